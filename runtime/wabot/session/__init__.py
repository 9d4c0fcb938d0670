"""One tenant's session: from a customer's message to the reply on its way."""
