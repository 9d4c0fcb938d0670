"""Twenty shops on WhatsApp for ten minutes, with customers who write: nothing grows, is lost, or is answered twice.

`make soak-whatsapp`. One `wabot run` on a WhatsApp of our own (tests/whatsapp), which runs in this process. Compared:
memory (PSS), descriptors and threads of all processes after the first quarter of the time, when all that is loaded late
is there, and at the end. `--tenants 5 --minutes 2` for a short look.
"""

import argparse
import asyncio
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from tests.whatsapp.people.customer import Customer

from bench.live_memory import processes
from bench.processes import descriptors, pss, threads
from bench.street import Street, street

CUSTOMERS: Final = 5
EVERY: Final = 20.0
"""Seconds from one message of a customer to the next: six within two minutes are no loop."""
LOOK: Final = 15.0
GROWTH: Final = 1.10
MORE: Final = 2
"""Threads and descriptors of a process that may come and go."""


class Look(NamedTuple):
    """At one moment, of all processes: MB, descriptors, threads; and sessions."""

    memory: float
    session: float
    descriptors: int
    threads: int
    sessions: frozenset[int]


def look(town: Street) -> Look:
    supervisor, nursery, sessions = processes(town)
    everyone = [supervisor, *nursery, *sessions]
    return Look(
        sum(map(pss, everyone)) / 1e6,
        sum(map(pss, sessions)) / 1e6 / len(sessions),
        sum(map(descriptors, everyone)),
        sum(map(threads, everyone)),
        frozenset(sessions),
    )


async def soak(tenants: int, minutes: float) -> int:
    async with street(tenants, CUSTOMERS) as town:
        await town.start()
        loop = asyncio.get_running_loop()
        end = loop.time() + 60 * minutes
        took: list[float] = []
        asked: list[tuple[Customer, str]] = []
        lost: list[str] = []

        async def write(customer: Customer, wait: float) -> None:
            await asyncio.sleep(wait)
            while loop.time() < end:
                began = loop.time()
                try:
                    answer, seconds = await town.ask(customer)
                except AssertionError as error:
                    lost.append(str(error))
                else:
                    asked.append((customer, answer))
                    took.append(seconds)
                await asyncio.sleep(max(0.0, began + EVERY - loop.time()))

        customers = [customer for shop in town.shops for customer in shop.customers]
        writing = [
            asyncio.create_task(write(customer, EVERY * number / len(customers)))
            for number, customer in enumerate(customers)
        ]
        print(f"{tenants} shops with {CUSTOMERS} customers each, a message every {EVERY:g} s from each customer\n")
        print("| minute | memory | a session | descriptors | threads | answered | p95 |\n" + 7 * "|---:" + "|")
        seen: list[Look] = []
        began = loop.time()
        while loop.time() < end:
            await asyncio.sleep(min(LOOK, max(0.1, end - loop.time())))
            seen.append(await asyncio.to_thread(look, town))
            now, recent = seen[-1], took[-len(customers) :]
            p95 = statistics.quantiles(recent, n=20)[-1] if len(recent) > 1 else 0.0
            print(
                f"| {(loop.time() - began) / 60:.1f} | {now.memory:,.0f} MB | {now.session:.1f} MB "
                f"| {now.descriptors:,} | {now.threads:,} | {len(took):,} | {1000 * p95:.0f} ms |",
                flush=True,
            )
        await asyncio.gather(*writing)
        await asyncio.sleep(2)  # a second answer would be there by now
        said = Counter((id(customer), heard.text) for customer in customers for heard in customer.heard)
        twice = [answer for customer, answer in asked if _count(said, customer, answer) != 1]
        unreadable = sum(len(customer.unreadable) for customer in customers)
        told = town.live.said()
        ended = await town.live.stop()
        return _judge(seen, lost, twice, unreadable, told, ended)


def _count(said: "Counter[tuple[int, str]]", customer: Customer, answer: str) -> int:
    return sum(times for (who, text), times in said.items() if who == id(customer) and f"{answer} " in text)


def _judge(seen: Sequence[Look], lost: list[str], twice: list[str], unreadable: int, told: str, ended: int) -> int:
    first, last = seen[min(len(seen) // 4, len(seen) - 1)], seen[-1]
    processes = len(last.sessions) + 2
    grew = [
        what
        for what, is_more in (
            ("memory", last.memory > GROWTH * first.memory),
            ("descriptors", last.descriptors > first.descriptors + MORE * processes),
            ("threads", last.threads > first.threads + MORE * processes),
        )
        if is_more
    ]
    restarted = len(seen[0].sessions ^ last.sessions)
    print(
        f"\nmemory {last.memory / first.memory:.2f}×, descriptors {last.descriptors / first.descriptors:.2f}×, threads "
        f"{last.threads / first.threads:.2f}×; lost {len(lost)}, answered twice {len(twice)}, unreadable {unreadable}, "
        f"sessions that changed {restarted}, the daemon's exit code {ended}"
    )
    for error in lost[:3]:
        print(error)
    errors = [line for line in told.splitlines() if "[error" in line or "[warning" in line]
    print("\n".join(errors[:5]))
    failed = [*grew, *lost, *twice]
    sound = not failed and not unreadable and not restarted and ended == 0
    print("nothing grew, nothing was lost" if sound else f"FAILED: {', '.join(grew) or 'see above'}")
    return 0 if sound else 1


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10)
    given = parser.parse_args(arguments)
    return asyncio.run(soak(given.tenants, given.minutes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
