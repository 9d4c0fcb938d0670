"""`wabot operator`: what is typed, what is shown, and who has access."""
