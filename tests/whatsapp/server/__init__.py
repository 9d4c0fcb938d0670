"""What WhatsApp's own machines do: connections, pairing, login, questions, routing, and the media host."""
