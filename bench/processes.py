"""What processes take, as Linux tells it in /proc."""

import os
import re
from collections.abc import Sequence
from pathlib import Path


def below(parent: int) -> list[int]:
    """The children of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == parent:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def sessions(parent: int) -> list[int]:
    """Those children of a daemon that serve a tenant."""
    return running("wabot.daemon.child", below(parent))


def running(module: str, pids: Sequence[int]) -> list[int]:
    """Those of them that run this module."""
    return [pid for pid in pids if module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]


def pss(pid: int) -> int:
    """Bytes of memory, each shared page counted in parts."""
    return _kilobytes(pid, "Pss")


def private(pid: int) -> int:
    """Bytes of memory that the process shares with nobody."""
    return _kilobytes(pid, "Private_Dirty") + _kilobytes(pid, "Private_Clean")


def _kilobytes(pid: int, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return 1024 * int(found[1]) if found else 0


def descriptors(pid: int) -> int:
    """Open files, sockets and pipes."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def threads(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/task").iterdir())


def seconds(pid: int) -> float:
    """Processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
