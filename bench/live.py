"""What wabot adds to WhatsApp: a session beside a bare neonize program that says what it hears, on one server.

`make bench`. Both are real processes with the real client, which talk to the server of tests/whatsapp in this process,
one after the other, several rounds; key stores and databases lie on the disk of this checkout. A customer who is known
asks and waits for the answer, again and again: the round trips. Then 50 customers do so at once: messages a second.
(Memory is measured by bench.live_memory.)

A reply never leaves in the moment in which a message arrives (within 50 ms: channel/neonize/settling.py), and that wait
is no work. So the session tells moments of each reply: the message's arrival in Python, the reply's claim in the outbox
(decided, stored, allowed), the moment from which it may leave (that, or the end of the wait), and that in which the
library got it. What the library and the network take from there on is in the echo's round trip, too.
"""

import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.tenants import number_of, rules, write_tenant
from tests.whatsapp.wire.library import WHY_NOT

from bench.processes import seconds
from wabot.channel.neonize.settling import SETTLE_MS

if not WHY_NOT:
    from tests.whatsapp.paired import Paired, paired
    from tests.whatsapp.people.customer import Customer
    from tests.whatsapp.whatsapp import WhatsApp
    from tests.whatsapp.wire.node import Node

ROUNDS: Final = 3
TRIPS: Final = 200
WARM: Final = 20
CROWD: Final = 50
EACH: Final = 12
MOST_ADDED: Final = 0.5
"""Of the echo's round trip, at the 95th percentile."""
LEAST_RATE: Final = 0.8
"""Of the echo's messages a second."""
ROOT: Final = Path(__file__).parent.parent
ECHO: Final = """\
  - id: apa-saja
    trigger: {type: pattern, regex: '(?P<kata>.+)'}
    response: "{{ match.kata }}"
"""


class Run(NamedTuple):
    """Times in milliseconds; `cpu` is processor time a message. `work`, `slop`: arrival → due and due → handed over, of
    wabot alone; `trips` are those on the wire, without the wait."""

    trips: list[float]
    rate: float
    cpu: float
    work: Sequence[float] = ()
    slop: Sequence[float] = ()


class Wire:
    """When each customer's message went out, and when its answer came in, as the server sees it."""

    def __init__(self) -> None:
        self.out: dict[str, float] = {}
        self.trips: list[float] = []

    def trace(self, who: str, node: "Node") -> None:
        if node.tag != "message":
            return
        if who == "server":
            self.out[node.jid("from").user] = time.perf_counter()
        elif (began := self.out.pop(node.jid("to").user, None)) is not None:
            self.trips.append((time.perf_counter() - began) * 1000)


def tenant(place: Path) -> Path:
    phone = number_of("warung")
    head = f'version: 1\nname: Warung\nphone: "{phone}"\ntimezone: Asia/Jakarta\n'
    settings = "auto_reply: {delay: 0s, debounce: 0s}\n"
    return write_tenant(place / "rules" / "warung", rules(ECHO) | {"tenant.yaml": head + settings})


@asynccontextmanager
async def running(whatsapp: "WhatsApp", *command: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *command,
        cwd=ROOT,
        env=os.environ | whatsapp.environment() | {"PYTHONPATH": f"{whatsapp.environment()['PYTHONPATH']}:{ROOT}"},
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def talks(customer: "Customer", turns: int) -> None:
    for turn in range(turns):
        text = f"{customer.number} {turn}"
        await customer.says(text)
        await customer.hears(text, within=30)


async def once(keys: "Paired", place: Path, wabot: bool) -> Run:
    """One round: a new server, a new process, new customers."""
    wire = Wire()
    async with WhatsApp(trace=wire.trace) as whatsapp:
        phone = keys.on(whatsapp)
        data, trace = place / "data" / "warung", place / "trace"
        keys.copy_to(data / "keys.db")
        command: tuple[str, ...] = ("bench.bare_echo", str(data / "keys.db"))
        if wabot:
            command = ("bench.live_session", str(tenant(place)), str(data), str(trace))
        async with running(whatsapp, *command) as process:
            await phone.connected(60)
            budi = whatsapp.customer("Budi")
            await talks(budi, WARM)
            wire.trips.clear()
            await talks(budi, TRIPS)
            trips = list(wire.trips)
            crowd = [whatsapp.customer(f"Orang {number}") for number in range(CROWD)]
            await asyncio.gather(*(talks(one, 1) for one in crowd))  # sessions begin
            began, busy = time.perf_counter(), seconds(process.pid)
            await asyncio.gather(*(talks(one, EACH) for one in crowd))
            rate = CROWD * EACH / (time.perf_counter() - began)
            cpu = (seconds(process.pid) - busy) * 1000 / (CROWD * EACH)
            unreadable = [error for one in (budi, *crowd) for error in one.unreadable]
            assert not unreadable, f"{len(unreadable)} answers could not be read"
    if not wabot:
        return Run(trips, rate, cpu)
    each = [json.loads(line) for line in trace.read_text("utf-8").splitlines()][WARM : WARM + TRIPS]
    dues = [max(moments["claimed"], moments["arrived"] + SETTLE_MS * 1_000_000) for moments in each]
    work = [(moments["claimed"] - moments["arrived"]) / 1e6 for moments in each]
    slop = [(moments["handed"] - due) / 1e6 for moments, due in zip(each, dues, strict=True)]
    waits = [(due - moments["claimed"]) / 1e6 for moments, due in zip(each, dues, strict=True)]
    return Run([trip - wait for trip, wait in zip(trips, waits, strict=True)], rate, cpu, work, slop)


async def measure(place: Path) -> dict[bool, list[Run]]:
    keys = await paired(place / "paired", number_of("warung"), "Warung")
    runs: dict[bool, list[Run]] = {False: [], True: []}
    for number in range(ROUNDS):
        for wabot in runs:
            folder = place / f"{number}-{wabot}"
            folder.mkdir()
            runs[wabot].append(await once(keys, folder, wabot))
    return runs


def percentile(values: Sequence[float], of: int) -> float:
    return statistics.quantiles(values, n=100)[of - 1]


def middle(runs: list[Run], name: str, of: int) -> float:
    """The median of the rounds' percentiles."""
    return statistics.median(percentile(getattr(run, name), of) for run in runs)


def verdict(what: str, reached: bool) -> bool:
    print(f"aim: {what}: {'reached' if reached else 'MISSED'}")
    return reached


def main() -> int:
    if WHY_NOT:
        print(f"skipped: {WHY_NOT}")
        return 0
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        runs = asyncio.run(measure(Path(folder)))
    echo, wabot = runs[False], runs[True]
    together = [Run([work + slop for work, slop in zip(run.work, run.slop, strict=True)], *run[1:]) for run in wabot]
    base = middle(echo, "trips", 95)
    print("| one known customer | p50 | p95 | p95 / echo |\n|---|---:|---:|---:|")
    rows = (
        ("bare echo: message → reply, on the wire", echo, "trips"),
        ("wabot: arrival → due", wabot, "work"),
        ("wabot: due → handed to the library", wabot, "slop"),
        ("**the two together**", together, "trips"),
        (f"check: wabot on the wire, without the wait (≤ {SETTLE_MS} ms)", wabot, "trips"),
    )
    for title, of, name in rows:
        p50, p95 = middle(of, name, 50), middle(of, name, 95)
        print(f"| {title} | {p50:.2f} ms | {p95:.2f} ms | {p95 / base:.2f} |")
    rates = [statistics.median(run.rate for run in of) for of in (echo, wabot)]
    print(f"\n| {CROWD} customers | echo | wabot | |\n|---|---:|---:|---:|")
    print(f"| messages a second | {rates[0]:.0f} | {rates[1]:.0f} | {rates[1] / rates[0]:.0%} |")
    cpu = [statistics.median(run.cpu for run in of) for of in (echo, wabot)]
    print(f"| processor time a message | {cpu[0]:.1f} ms | {cpu[1]:.1f} ms | +{cpu[1] - cpu[0]:.1f} ms |")
    added = middle(together, "trips", 95) / base
    print()
    reached = [
        verdict(f"added time ≤ {MOST_ADDED} × the echo's round trip at p95 ({added:.2f})", added <= MOST_ADDED),
        verdict(
            f"≥ {LEAST_RATE:.0%} of its messages a second ({rates[1] / rates[0]:.0%})",
            rates[1] >= LEAST_RATE * rates[0],
        ),
    ]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
