"""What stands around every endpoint and the socket alike, whoever wrote them: how much one address may ask, how large
and how slow a request may be, which pages of other origins may ask, and what no answer may hold."""

from wabot.api.fences.around import fenced
from wabot.api.fences.limits import Fences
from wabot.api.fences.shares import Shares

__all__ = ["Fences", "Shares", "fenced"]
