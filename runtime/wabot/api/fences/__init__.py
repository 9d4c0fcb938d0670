"""What stands around every endpoint and the socket alike, whoever wrote them."""
