"""A session with a real store and the simulator, its clock in the test's hand: conversations as transcripts."""
