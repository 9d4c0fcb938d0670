"""What rules mean: one check a file, and the one list of them in `checks`."""
