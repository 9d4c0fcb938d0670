"""Deciding: pure functions of a rule set, a message and a context. No clock, no I/O, no event loop."""
