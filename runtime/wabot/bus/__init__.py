"""Words between the processes of one machine: never waited for, never kept. Whoever hears one reads the store.

Each listener has a Unix datagram socket in a folder that only the daemon's user may enter: `data/api.sock` for the
API, `data/<tenant>/session.sock` for a session. Words are JSON objects with a `kind`. What a full, broken or absent
socket does not take is lost, so everybody also looks by themselves now and then.
"""

from wabot.bus.ear import Ear
from wabot.bus.words import API, SESSION, Mouth

__all__ = ["API", "SESSION", "Ear", "Mouth"]
