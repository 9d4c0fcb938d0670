"""JSON as the store holds it."""

import json
from collections.abc import Callable
from typing import Any, Final

as_json: Final[Callable[[Any], str]] = json.JSONEncoder(ensure_ascii=False).encode
"""Names and texts as they are written. One encoder for all: making one takes as long as most of what it encodes."""
