"""`wabot …` as a process of its own on a terminal of some width."""

import os
import pty
import re
import struct
import subprocess
import sys
import termios
from fcntl import ioctl

_GONE = re.compile(r"[^\n]*\r\x1b\[K|\x1b\[[0-9;]*m")
"""Colours, and lines that were taken back."""


def on_terminal(columns: int, *words: object, encoding: str = "utf-8") -> str:
    """What it shows there, without colours; both of its outputs lead to the terminal."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    running = subprocess.Popen(
        [sys.executable, "-m", "wabot", *map(str, words)],
        stdout=theirs,
        stderr=theirs,
        env={**kept, "PYTHONIOENCODING": encoding},
    )
    os.close(theirs)
    shown = bytearray()
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # so Linux tells that nobody writes any more
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    running.wait(60)
    return _GONE.sub("", shown.decode(encoding).replace("\r\n", "\n"))
