"""Notices: what a person is told of the sales of her parties, in pages and by letter."""
