"""Those who have a phone: customers, and the owner of a shop. Each is a Signal device that we play."""
