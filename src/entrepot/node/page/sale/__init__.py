"""Pages of a sale: the board of all of them, the timeline of one, and the forms of its next steps."""
