"""The whole product against a WhatsApp of our own: the real client, the real daemon, customers on loopback."""
