"""What `wabot doctor` looks at: one file a part of the house."""
