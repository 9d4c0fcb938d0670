"""From a message that people send to everybody at the front ends who is told of it.

`make bench`. 100 clients listen by WebSockets, in a process of their own. A message is posted every 100 ms; counted is
the time until the last of the 100 has it. Beside it, in turns in the same run, bare python-socketio on the same server
broadcasts what is posted. wabot's time holds that the message is stored, flushed, and read from the feed.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.api import chosen
from bench.api_shop import Shop, ask
from bench.api_store import OPERATORS

LISTENERS: Final = 100
MESSAGES: Final = 100
PAUSE: Final = 0.1
ROUNDS: Final = 2
_LATE: Final = 5.0
"""Seconds after the last message, within which all are told."""
AIM: Final = 2.0
OWNERS: Final = 100.0
"""Milliseconds that the owner's document asks for."""


@contextmanager
def bare() -> Iterator[int]:
    """python-socketio's least, on a port of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.api_bare_socket"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def measure(port: int, tokens: list[str], ids: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds to the last listener: from each post, and from its answer, before which it was stored."""
    command = [sys.executable, "-m", "bench.api_listeners", str(port), "/messages", str(LISTENERS), ",".join(tokens)]
    posted: dict[str, int] = {}
    kept: dict[str, int] = {}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as listeners:
        assert listeners.stdin is not None and listeners.stdout is not None
        assert listeners.stdout.readline() == "ready\n"
        for number in range(MESSAGES):
            text = f"bench {number}"
            posted[text] = time.monotonic_ns()
            body = {"conversationId": ids[number], "messageType": "text", "content": text}
            said = ask(port, "POST", "/api/messages/send", tokens[0], body)
            kept[text] = time.monotonic_ns()
            assert b" 200 " in said[:20], said
            time.sleep(max(0.0, PAUSE - (time.monotonic_ns() - posted[text]) / 1e9))
        time.sleep(_LATE)
        listeners.stdin.close()
        heard = [json.loads(line) for line in listeners.stdout]
    assert len(heard) == LISTENERS
    missing = sum(1 for one in heard for text in posted if text not in one)
    assert not missing, f"{missing} were not told"
    last = {text: max(one[text] for one in heard) for text in posted}
    took, after = ([(last[text] - at) / 1e6 for text, at in since.items()] for since in (posted, kept))
    return took, after


def main() -> int:
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        shop = Shop(Path(sys.argv[1] if len(sys.argv) > 1 else folder))
        ids, tokens = chosen(shop, random.Random(7)), [shop.token(email) for email in OPERATORS[:10]]
        bare_ones: list[float] = []
        ours: list[float] = []
        stored: list[float] = []
        with shop.served(), bare() as port:
            for _ in range(ROUNDS):
                bare_ones += measure(port, tokens, ids)[0]
                posted, kept = measure(shop.port, tokens, ids)
                ours, stored = ours + posted, stored + kept
    print(f"until the last of {LISTENERS} clients has a message:\n\n| | p50 | p95 |\n|---|---:|---:|")
    rows = (("bare python-socketio, from the post", bare_ones), ("wabot, from the post", ours))
    for name, some in (*rows, ("wabot, once it is stored", stored)):
        print(f"| {name} | {statistics.median(some):.1f} ms | {statistics.quantiles(some, n=20)[-1]:.1f} ms |")
    ratio, p95 = statistics.median(stored) / statistics.median(bare_ones), statistics.quantiles(ours, n=20)[-1]
    reached = ratio <= AIM and p95 <= OWNERS
    aims = f"≤ {AIM:g}× once it is stored, p95 of all ≤ {OWNERS:.0f} ms"
    print(f"\n{ratio:.2f}×; aims: {aims}: {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
