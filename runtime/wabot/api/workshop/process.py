"""The process itself: reads orders from its standard input, one after the other, and answers on its standard output.

An order and its answer are JSON after their length (4 bytes, big-endian). The process ends when its input does, or
when an order takes longer than it may, whoever watches; its memory has a bound.
"""

import os
import resource
import signal
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import orjson

from wabot.api.problems import Problem
from wabot.api.workshop import trying
from wabot.api.workshop.catalogue import catalogue
from wabot.api.workshop.shelf import Current, Place, Shelf
from wabot.model.failure import place_of

MEMORY: Final = 1_000_000_000
"""Bytes of address space: a few times what the largest tenants need."""
_TOLD: Final = 8
"""Tenants whose catalogue is remembered as it was told."""
_GRACE: Final = 1.0
"""Seconds after which the process ends itself when whoever gave the order has not ended it."""

Order = Mapping[str, Any]


class Workshop:
    """Carries out orders; `place` of each is the tenant's folder and the copy of its last sound rules."""

    def __init__(self) -> None:
        self._shelf = Shelf()
        self._told: OrderedDict[str, tuple[Current, str, dict[str, Any]]] = OrderedDict()
        self._acts: Final[Mapping[str, Callable[[Order], Any]]] = {
            "catalogue": self._catalogue,
            "decision": lambda order: trying.decision(self._current(order).rule_set, order["said"]),
            "quick_reply": lambda order: trying.quick_reply(self._current(order).rule_set, order["asked"]),
            "change": _change,
        }

    def carry_out(self, order: Order) -> Any:
        """
        Raises:
            Problem: as it is answered to whoever asked.
        """
        return self._acts[order["act"]](order)

    def _current(self, order: Order) -> Current:
        return self._shelf.current(Place(_path(order["folder"]), Path(order["copy"])))

    def _catalogue(self, order: Order) -> Any:
        """All of it, or nothing when whoever asks has just that."""
        current, folder = self._current(order), str(order["folder"])
        kept = self._told.get(folder)
        if kept is None or kept[0].loaded is not current.loaded or kept[0].folder is not current.folder:
            told = catalogue(current)
            kept = self._told[folder] = current, blake2b(orjson.dumps(told), digest_size=12).hexdigest(), told
            if len(self._told) > _TOLD:
                self._told.popitem(last=False)
        return {"tag": kept[1], "catalogue": None if order["known"] == kept[1] else kept[2]}


def _change(order: Order) -> Any:
    from wabot.api.workshop.changing import change  # with what writes and checks YAML, which most tenants never need

    return change(_path(order["folder"]), Path(order["data"]), order["change"])


def _path(text: str | None) -> Path | None:
    return None if text is None else Path(text)


def answered(workshop: Workshop, order: Order) -> dict[str, Any]:
    """`{"done": …}`, or `{"problem": …}` as a `Problem` is made of."""
    try:
        return {"done": workshop.carry_out(order)}
    except Problem as problem:
        said = {"status": problem.status, "message": problem.message, "code": problem.code, "headers": problem.headers}
        return {"problem": {**said, "more": problem.more}}
    except MemoryError:
        raise  # there is none for an answer either: the process ends
    except Exception as error:
        return {"failed": place_of(error)}


def main() -> None:
    """Work until the input ends."""
    # What anything prints must not get among the answers.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    orders = sys.stdin.buffer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    workshop = Workshop()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _say(out, {"ready": True})
    while len(head := orders.read(4)) == 4:
        order = orjson.loads(orders.read(int.from_bytes(head, "big")))
        signal.setitimer(signal.ITIMER_REAL, order["deadline"] + _GRACE)
        said = answered(workshop, order)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _say(out, said)


def _say(out: Any, said: Any) -> None:
    body = orjson.dumps(said)
    out.write(len(body).to_bytes(4, "big") + body)
    out.flush()


if __name__ == "__main__":
    main()
