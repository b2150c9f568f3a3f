"""The meaning of every element of a trade document: its term in a published vocabulary, else one of our own."""
