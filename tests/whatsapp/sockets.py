"""Whom processes talk to, as Linux shows it: every socket with an address at its other end."""

import ipaddress
import struct
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, NamedTuple

_KINDS: Final = ("tcp", "tcp6", "udp", "udp6")
_EVERY: Final = 0.01
"""Seconds between two looks: a refused connection, and a question to a name server, live hardly longer."""


class Peer(NamedTuple):
    kind: str
    address: str
    port: int

    @property
    def here(self) -> bool:
        address = ipaddress.ip_address(self.address)
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_loopback


def peers(pids: Iterable[int]) -> set[Peer]:
    """The other ends of all sockets of these processes, at this moment."""
    sockets: dict[str, set[str]] = {}
    """By network namespace: the inodes of their sockets."""
    tables: dict[str, int] = {}
    for pid in pids:
        try:
            links = [str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()]
            network = str(Path(f"/proc/{pid}/ns/net").readlink())
        except OSError:  # it has just ended
            continue
        sockets.setdefault(network, set()).update(link[8:-1] for link in links if link.startswith("socket:["))
        tables[network] = pid
    found: set[Peer] = set()
    for network, pid in tables.items():
        for kind in _KINDS:
            try:
                rows = Path(f"/proc/{pid}/net/{kind}").read_text().splitlines()[1:]
            except OSError:
                continue
            found |= {
                _peer(kind, row[2])
                for row in map(str.split, rows)
                if row[9] in sockets[network] and row[2][-5:] != ":0000"
            }
    return found


def _peer(kind: str, hexadecimal: str) -> Peer:
    address, port = hexadecimal.split(":")
    words = struct.pack(f"={len(address) // 8}I", *(int(address[at : at + 8], 16) for at in range(0, len(address), 8)))
    return Peer(kind, str(ipaddress.ip_address(words)), int(port, 16))


def family(pid: int) -> list[int]:
    """The process and all that it started, however deep."""
    found = [pid]
    for parent in found:
        for tasks in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, tasks.read_text().split())
            except OSError:
                continue
    return found


class Watch:
    """Looks again and again, in a thread of its own, until it is left. `seen` holds every peer there was."""

    def __init__(self, pids: Callable[[], list[int]]) -> None:
        self.seen: set[Peer] = set()
        self.looks = 0
        self._pids = pids
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def elsewhere(self) -> set[Peer]:
        """Those that are not on this machine."""
        return {peer for peer in self.seen if not peer.here}

    def _look(self) -> None:
        while not self._over.wait(_EVERY):
            self.seen |= peers(self._pids())
            self.looks += 1
