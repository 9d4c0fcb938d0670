"""Ways to a tenant's customers: `neonize` is WhatsApp, `simulator` plays customers from files."""
