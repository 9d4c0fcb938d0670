"""What happens, told as it happens: Socket.IO with the namespaces `/messages` and `/whatsapp`. docs/events.md has every
event."""
