"""What may be told of an unexpected error. Its text may not: it can quote a customer."""

from pathlib import PurePath
from traceback import walk_tb


def place_of(error: BaseException) -> str:
    """`ValueError in decide (decide.py:80)`: its kind, and where it was raised."""
    name = type(error).__name__
    frames = list(walk_tb(error.__traceback__))
    if not frames:
        return name
    frame, line = frames[-1]
    code = frame.f_code
    return f"{name} in {code.co_name} ({PurePath(code.co_filename).name}:{line})"
