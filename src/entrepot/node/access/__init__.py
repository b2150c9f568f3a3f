"""Who may call the API: tokens, each of one party with one role."""
