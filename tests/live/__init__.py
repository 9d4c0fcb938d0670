"""The whole daemon on WhatsApp, against the server for tests: what goes wrong, and what customers see of it."""
