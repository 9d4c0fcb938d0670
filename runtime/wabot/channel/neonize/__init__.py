"""WhatsApp, through neonize. Importing this package loads nothing else: `wabot sessions` and `wabot doctor` need its
`linked` alone, and the library itself is loaded when the channel runs."""
