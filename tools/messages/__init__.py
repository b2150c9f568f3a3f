"""The strings of the pages, taken from the code and the templates, and the catalogues that translate them."""
