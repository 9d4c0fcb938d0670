"""WhatsApp, through neonize. Importing this package is cheap: the library itself is loaded when the channel runs."""

from wabot.channel.neonize.channel import NeonizeChannel

__all__ = ["NeonizeChannel"]
