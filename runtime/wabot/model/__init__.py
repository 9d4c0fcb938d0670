"""Frozen values that every layer speaks: messages, contacts, context, turns, sessions. Standard library only."""
