"""Pages about people: sign up, sign in, reset, businesses, who acts for them, and who did what."""
