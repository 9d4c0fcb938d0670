"""What wabot does, as sentences that run."""
