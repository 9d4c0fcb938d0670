"""What a customer notices of people at front ends: the bot's replies with and without the API's load.

`make bench`. The real `wabot run --api` on the simulator, a shop with 1,000,000 messages. A customer writes now and
then; each message is timed from its arrival to its reply's going out, less the delay that the rules ask for. In turns
in the same run: nobody asks the API; 50 clients ask it without a pause, from a process of their own.
"""

import json
import random
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from bench.api import chosen, details, lists
from bench.api_shop import Shop, load
from bench.pipeline import SAID

SECONDS: Final = 15.0
PAUSE: Final = 0.15
ROUNDS: Final = 2
AIM: Final = 1.5


def write(shop: Shop, number: int) -> str:
    """A customer's only message; the chat in which it stands."""
    chat = f"62815{number:08}"
    line = {"id": f"R{number}", "from": chat, "name": "Budi", "text": SAID[0]}
    with (shop.sim / f"{shop.tenant}.in.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")
    return chat


def phase(shop: Shop, numbers: range) -> list[int]:
    """Customers write, one after the other; milliseconds until each was answered."""
    chats = []
    for number in numbers:
        began = time.monotonic()
        chats.append(write(shop, number))
        time.sleep(max(0.0, began + PAUSE - time.monotonic()))
    time.sleep(2.0)
    asked = (
        "SELECT outbox.sent_at - arrived_at - (due_at - outbox.created_at) FROM outbox JOIN inbound_journal "
        "ON inbound_journal.tenant_id = outbox.tenant_id AND inbound_journal.chat = outbox.chat "
        "WHERE outbox.chat = ? AND outbox.kind = 'reply'"
    )
    with closing(sqlite3.connect(f"file:{shop.data / shop.tenant}/wabot.db?mode=ro", uri=True)) as connection:
        took = [row[0] for chat in chats for row in connection.execute(asked, (chat,)) if row[0] is not None]
    assert len(took) > 0.9 * len(chats), f"{len(took)} of {len(chats)} were answered"
    return took


def main() -> int:
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        shop = Shop(Path(sys.argv[1] if len(sys.argv) > 1 else folder))
        chance, token = random.Random(9), shop.token()
        requests = [*lists(token, chance), *details(token, chosen(shop, chance))]
        chance.shuffle(requests)
        count, first = int(SECONDS / PAUSE), int(time.time()) % 10_000_000
        alone: list[int] = []
        beside: list[int] = []
        with shop.served():
            for number in range(ROUNDS):
                begin = first + 2 * number * count
                alone += phase(shop, range(begin, begin + count))
                asking = threading.Thread(target=load, args=(shop.port, requests, SECONDS))
                asking.start()
                beside += phase(shop, range(begin + count, begin + 2 * count))
                asking.join()
    print("| from arrival to reply | p50 | p95 |\n|---|---:|---:|")
    for name, some in (("nobody asks the API", alone), ("50 clients ask without a pause", beside)):
        print(f"| {name} | {statistics.median(some):.0f} ms | {statistics.quantiles(some, n=20)[-1]:.0f} ms |")
    ratio = statistics.quantiles(beside, n=20)[-1] / max(statistics.quantiles(alone, n=20)[-1], 1)
    print(f"\n{ratio:.2f}×; aim: ≤ {AIM:g}×: {'reached' if ratio <= AIM else 'MISSED'}")
    return 0 if ratio <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
