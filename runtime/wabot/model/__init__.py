"""Frozen values that every layer speaks: messages, contacts, decisions' context, what is stored and sent. Standard library only."""
