"""A hundred tenants for ten minutes, each with a message a second: nothing may grow.

`make soak`. The real `wabot run` on the simulator, a process a tenant. Compared: the third minute with the last one, in
memory (PSS), open descriptors, and the time from a message's arrival to its decision. `--tenants 10 --minutes 2` for a
short look.
"""

import argparse
import json
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from bench.pipeline import SAID, TENANT
from bench.processes import below, descriptors, pss, sessions

GROWTH: Final = 1.10
"""What a figure of the last minute may be of that of the third: less is noise."""
SLOWER: Final = 1.5


class Minute(NamedTuple):
    """PSS of all processes in MB, open descriptors, and milliseconds from arrival to decision (p50, p95)."""

    memory: float
    descriptors: int
    p50: float
    p95: float
    decided: int


class Shops:
    """The tenants' folders, their customers' files, and the daemon."""

    def __init__(self, place: Path, count: int) -> None:
        self.rules, self.sim, self.data = place / "rules", place / "sim", place / "data"
        self.sim.mkdir()
        self.names = [f"toko-{number:03}" for number in range(count)]
        for number, name in enumerate(self.names):
            shutil.copytree(TENANT, self.rules / name)
            file = self.rules / name / "tenant.yaml"
            file.write_text(file.read_text().replace("6281100000001", f"62811{number:08}"))
            (self.sim / f"{name}.in.jsonl").touch()
        command = [sys.executable, "-m", "wabot", "run", str(self.rules), "--data", str(self.data)]
        command += ["--channel", "simulator", "--sim", str(self.sim), "--log-format", "json"]
        self.log = (place / "log").open("wb")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)

    def connected(self) -> bool:
        return all((self.sim / f"{name}.out.jsonl").exists() for name in self.names)

    def say(self, number: int) -> None:
        """A customer writes to each shop; a customer asks four things and goes."""
        for name in self.names:
            line = {"id": f"M{number}", "from": f"62812{number // 4:08}", "text": SAID[number % len(SAID)]}
            with (self.sim / f"{name}.in.jsonl").open("a") as file:
                file.write(json.dumps(line) + "\n")

    def minute(self, since: int) -> Minute:
        took: list[int] = []
        for name in self.names[:: max(1, len(self.names) // 20)]:
            with closing(sqlite3.connect(f"file:{self.data / name}/wabot.db?mode=ro", uri=True)) as connection:
                asked = "SELECT decided_at - arrived_at FROM inbound_journal WHERE arrived_at > ? AND decided_at > 0"
                took += [row[0] for row in connection.execute(asked, (since,))]
        pids = [self.process.pid, *below(self.process.pid)]
        cuts = statistics.quantiles(took, n=20) if len(took) > 1 else [0.0] * 19
        return Minute(
            sum(map(pss, pids)) / 1e6, sum(map(descriptors, pids)), statistics.median(took or [0]), cuts[-1], len(took)
        )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=100)
    parser.add_argument("--minutes", type=int, default=10)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        shops = Shops(Path(folder), given.tenants)
        try:
            return soak(shops, given.minutes)
        finally:
            shops.process.send_signal(signal.SIGTERM)
            shops.process.wait(60)


def soak(shops: Shops, minutes: int) -> int:
    while not shops.connected():
        time.sleep(0.2)
        assert shops.process.poll() is None, "the daemon ended"
    print(f"{len(shops.names)} tenants connected; {minutes} minutes of a message a second each", flush=True)
    print("| minute | memory | a process | descriptors | p50 | p95 | decided (sample) |\n" + 7 * "|---:" + "|")
    seen: list[Minute] = []
    number = 0
    for minute in range(minutes):
        since = time.time_ns() // 1_000_000
        end = time.monotonic() + 60
        while time.monotonic() < end:
            began = time.monotonic()
            shops.say(number)
            number += 1
            time.sleep(max(0.0, began + 1 - time.monotonic()))
        seen.append(shops.minute(since))
        row = seen[-1]
        each = row.memory / len(shops.names)
        print(
            f"| {minute + 1} | {row.memory:,.0f} MB | {each:.1f} MB | {row.descriptors:,} | {row.p50:.0f} ms "
            f"| {row.p95:.0f} ms | {row.decided:,} |",
            flush=True,
        )
    first, last = seen[min(2, len(seen) - 1)], seen[-1]
    alive = len(sessions(shops.process.pid))
    kept = (
        last.memory <= GROWTH * first.memory
        and last.descriptors <= GROWTH * first.descriptors
        and last.p95 <= SLOWER * max(first.p95, 5)
        and alive == len(shops.names)
    )
    print(
        f"\nmemory {last.memory / first.memory:.2f}×, descriptors {last.descriptors / first.descriptors:.2f}×, p95 "
        f"{last.p95 / max(first.p95, 1):.2f}×, {alive} sessions alive: {'nothing grew' if kept else 'IT GREW'}"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
