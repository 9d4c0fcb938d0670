"""`wabot run`: one supervisor, one session process a tenant."""
