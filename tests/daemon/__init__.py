"""What the supervisor decides without a process."""
