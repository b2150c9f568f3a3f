"""The condition of a node: what its operator must know, for the page and for the command."""
