"""What people at a front end wait for, in a shop with 100,000 conversations and 1,000,000 messages.

`make bench`. The real `wabot run --api`; 50 clients, in a process of their own, ask for the conversation list, a
conversation, a search, and to send: each 4 times a second, and then without a pause. Beside them, in turns in the same
run, the same clients ask FastAPI's least: endpoints that answer a constant, on the same server with the same settings.
What each request has the store do is measured and explained in `bench.api_queries`.
"""

import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bench.api_queries import report
from bench.api_shop import Shop, load, request
from bench.api_store import CHATS, OPERATORS
from wabot.store.sqlite.opening import open_for_reading

ROUNDS: Final = 2
SECONDS: Final = 5.0
PAUSE: Final = 0.25
"""Seconds between two requests of a client at work."""
AIM: Final = 2.5
OWNERS: Final = 200.0
"""Milliseconds at p95 that the owner's document asks for."""
_ASKED: Final = 2_000


def lists(token: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """The inbox as people look at it: mostly as it opens, and by each filter."""
    ways = ("", "", "", "status=active", "status=pending", "unreadOnly=true", "tags=vip", "page=3")
    for _ in range(_ASKED):
        yield "list", request("GET", f"/api/conversations?limit=20&{chance.choice(ways)}", token)


def searches(token: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    """By a name that thousands bear, or a part of a number."""
    for _ in range(_ASKED):
        word = chance.choice(("budi", "siti", f"0813000{chance.randrange(100):02}"))
        yield "search", request("GET", f"/api/conversations?limit=20&search={word}", token)


def details(token: str, ids: list[str]) -> Iterator[tuple[str, str]]:
    for id in ids:
        yield "detail", request("GET", f"/api/conversations/{id}", token)


def sends(token: str, ids: list[str]) -> Iterator[tuple[str, str]]:
    for id in ids:
        body = {"conversationId": id, "messageType": "text", "content": "Siap kak, ditunggu ya"}
        yield "send", request("POST", "/api/messages/send", token, body)


@contextmanager
def constant() -> Iterator[int]:
    """FastAPI's least, on a port of its own."""
    command = [sys.executable, "-m", "bench.api_constant"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def chosen(shop: Shop, chance: random.Random) -> list[str]:
    """Conversations that somebody looks at: any of them."""
    connection = open_for_reading(shop.data / shop.tenant)
    ids = [row[0] for row in connection.execute("SELECT id FROM conversations WHERE status <> 'spam'")]
    connection.close()
    return chance.sample(ids, min(_ASKED, len(ids)))


def measure(
    shop: Shop, port: int, name: str, asked: list[tuple[str, str]], pause: float
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The product's figures and those of the constant: the median of some rounds, taking turns."""
    method = "POST" if name == "send" else "GET"
    body = {"said": "halo"} if name == "send" else None
    plain = [("constant", request(method, "/constant", "x", body))]
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(figures(load(port, plain, SECONDS, pause=pause), "constant"))
        ours.append(figures(load(shop.port, asked, SECONDS, pause=pause), name))
    middle = [{key: statistics.median(one[key] for one in some) for key in some[0]} for some in (ours, theirs)]
    return middle[0], middle[1]


def figures(told: Any, kind: str) -> dict[str, float]:
    assert not told["wrong"], told["wrong"]
    one = told["kinds"][kind]
    return {"p50": one["p50"], "p95": one["p95"], "rate": one["count"] / (0.8 * SECONDS)}


def compare(shop: Shop) -> bool:
    chance = random.Random(3)
    ids, token = chosen(shop, chance), shop.token(OPERATORS[0])
    asked = {
        "list": list(lists(token, chance)),
        "detail": list(details(token, ids)),
        "send": list(sends(token, ids)),
        "search": list(searches(token, chance)),
    }
    kept = True
    with constant() as port:
        for pause, title in ((PAUSE, f"each asks every {PAUSE * 1000:.0f} ms"), (0.0, "without a pause (no aim)")):
            print(f"\n50 clients, {title}; {CHATS:,} conversations\n")
            print("| | p50 | p95 | requests/s | the constant's p95 | ratio |\n|---" + 5 * "|---:" + "|", flush=True)
            for name, some in asked.items():
                ours, theirs = measure(shop, port, name, some, pause)
                ratio = ours["p95"] / theirs["p95"]
                if pause:
                    kept = kept and ours["p95"] <= OWNERS and (ratio <= AIM or name == "search")
                print(
                    f"| {name} | {ours['p50']:.1f} ms | {ours['p95']:.1f} ms | {ours['rate']:,.0f} "
                    f"| {theirs['p95']:.1f} ms | {ratio:.2f}× |",
                    flush=True,
                )
    print(f"\naims at work: ≤ {AIM:g}× for list, detail and send, ≤ {OWNERS:.0f} ms: {'reached' if kept else 'MISSED'}")
    return kept


def main() -> int:
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        # A folder that is named is kept, and its store used again.
        shop = Shop(Path(sys.argv[1] if len(sys.argv) > 1 else folder))
        quick = report(shop)
        with shop.served():
            kept = compare(shop)
    print(f"\naims: {'reached' if kept and quick else 'MISSED'}")
    return 0 if kept and quick else 1


if __name__ == "__main__":
    sys.exit(main())
