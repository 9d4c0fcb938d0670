"""Keeps the Go library's own output (numbers, pair codes, texts) out of ours.

Go writes to the file descriptors 1 and 2 directly, so no Python stream can hold it back: the descriptors themselves are
pointed elsewhere, and Python's streams are moved to copies of the real ones.
"""

import os
import sys
from pathlib import Path
from typing import Final, TextIO

DISCARD: Final = Path(os.devnull)


def quiet(sink: Path = DISCARD) -> tuple[TextIO, TextIO]:
    """Point the descriptors 1 and 2 at `sink`; return text streams to the real standard output and standard error.

    `sys.stdout` and `sys.stderr` become those streams. The session's process calls this once, before it runs the
    channel; loggers that already hold the old streams must be set up afterwards. Child processes inherit the sink. A
    file as the sink is made with mode 0600: it may hold customers' numbers and texts.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    real = [os.fdopen(os.dup(fd), "w", buffering=1, encoding="utf-8", errors="replace") for fd in (1, 2)]
    target = os.open(sink, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)
    sys.stdout, sys.stderr = real
    return real[0], real[1]
