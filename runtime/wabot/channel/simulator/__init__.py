"""Customers without WhatsApp: from a file that is followed, or from a terminal."""

from wabot.channel.simulator.console import ConsoleChannel
from wabot.channel.simulator.files import SimulatorChannel

__all__ = ["ConsoleChannel", "SimulatorChannel"]
