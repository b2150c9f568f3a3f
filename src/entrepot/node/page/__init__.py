"""Pages for people: rendered on the server, in the reader's language, whole without JavaScript."""
