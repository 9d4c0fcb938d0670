"""What a tenant that is connected to WhatsApp takes: `python -m bench.live_memory`.

Twenty shops on a WhatsApp of our own, with customers who have written. First each is served by a bare neonize program
that echoes, then all by one `wabot run`; the same key stores, the same messages. Memory is PSS: what processes share is
counted in parts. `--tenants 5` for a short look, `--start spawn` for sessions that share nothing.
"""

import argparse
import asyncio
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bench.processes import descriptors, private, pss, running, threads
from bench.street import Street, street

AIM: Final = 30.0
"""MB of a connected session."""
MORE: Final = 15.0
"""MB that a session may take more than the bare program."""
SESSION: Final = "a session that has answered"
CUSTOMERS: Final = 3
TIMES: Final = 5
REST: Final = 3.0
"""Seconds without a message before anything is measured."""


class Taken(NamedTuple):
    """The average of some processes: PSS and what is private of it in MB, descriptors, threads."""

    pss: float
    private: float
    descriptors: float
    threads: float


def taken(pids: Sequence[int]) -> Taken:
    def average(of: Callable[[int], int]) -> float:
        return sum(map(of, pids)) / len(pids)

    return Taken(average(pss) / 1e6, average(private) / 1e6, average(descriptors), average(threads))


def processes(town: Street) -> tuple[int, list[int], list[int]]:
    """The supervisor, the process that sessions are forked from, if any, and the sessions."""
    supervisor, *others = town.live.processes()
    return supervisor, running("wabot.daemon.nursery", others), running("wabot.daemon.child", others)


async def measure(tenants: int, start: str) -> int:
    async with street(tenants, CUSTOMERS) as town:
        place = Path(town.live.data.parent)
        async with town.echoes(place / "echo") as echoes:
            await town.chat(TIMES)
            await asyncio.sleep(REST)
            bare = taken([process.pid for process in echoes])
        town.live.environment["WABOT_SESSION_START"] = start
        await town.start()
        await asyncio.sleep(REST)
        supervisor, nursery, sessions = processes(town)
        assert len(sessions) == tenants, f"{len(sessions)} sessions\n{town.live.said()}"
        rows = {"a session, just connected": taken(sessions)}
        await town.chat(TIMES)
        await asyncio.sleep(REST)
        rows |= {SESSION: taken(sessions), "a bare echo program": bare, "the supervisor": taken([supervisor])}
        if nursery:
            rows["the process that sessions are forked from"] = taken(nursery)
        everything = sum(map(pss, [supervisor, *nursery, *sessions])) / 1e6
        parts = mapped(sessions)
        await town.live.stop()
    print(f"{tenants} tenants connected, {TIMES * CUSTOMERS} messages each\n")
    print("| | PSS | private | descriptors | threads |\n|---|---:|---:|---:|---:|")
    for title, row in rows.items():
        print(
            f"| {title} | {row.pss:.1f} MB | {row.private:.1f} MB | {row.descriptors:.0f} | {row.threads:.0f} |",
            flush=True,
        )
    each = rows[SESSION]
    print(f"| all of `wabot run`, a tenant | {everything / tenants:.1f} MB | | | |\n")
    print("| where a session's memory lies (PSS) | |\n|---|---:|")
    for title, size in sorted(parts.items(), key=lambda part: -part[1]):
        print(f"| {title} | {size:.1f} MB |")
    reached = each.pss <= AIM and each.pss <= bare.pss + MORE
    print(
        f"\nsession / bare echo: {each.pss / bare.pss:.2f}×; aim: ≤ {AIM:g} MB, and ≤ {MORE:g} MB more than the bare "
        f"program: {'reached' if reached else 'MISSED'}"
    )
    return 0 if reached else 1


def mapped(pids: Sequence[int]) -> dict[str, float]:
    """MB of PSS by what is mapped, the average of these processes."""
    found: defaultdict[str, float] = defaultdict(float)
    for pid in pids:
        title = ""
        for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
            if head := re.match(r"[0-9a-f]+-[0-9a-f]+ (\S+) (\S+) \S+ \d+\s*(.*)$", line):
                title = _title(head[3])
            elif line.startswith("Pss:"):
                found[title] += int(line.split()[1]) * 1024 / 1e6 / len(pids)
    return found


def _title(name: str) -> str:
    if "neonize-" in name:
        return "neonize's Go library, as it is mapped"
    if name == "[heap]":
        return "the C heap"
    if not name:
        return "anonymous: Python's objects, Go's heap, stacks"
    return "other libraries" if ".so" in name else "other"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=20)
    parser.add_argument("--start", choices=("fork", "spawn"), default="fork")
    given = parser.parse_args(arguments)
    return asyncio.run(measure(given.tenants, given.start))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
