"""A WhatsApp server on this machine, for tests: the real client pairs with it, logs in, and speaks with its people."""
