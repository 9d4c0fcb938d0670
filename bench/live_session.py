"""One tenant's session for `bench.live`: `python -m bench.live_session TENANT_FOLDER DATA_FOLDER TRACE`.

It is the real child of `wabot run`, with more replies a minute than any shop may send and without the chance that
delays replies. TRACE gets a line of JSON a reply once the session ends: the moments, in ns of the monotonic clock,
at which the message arrived, the reply stood in the outbox, was claimed, and was handed to the library.
"""

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from wabot.channel.neonize import channel
from wabot.channel.neonize.library import Client, Sent
from wabot.channel.neonize.speaking import Speaking
from wabot.daemon import child
from wabot.daemon.options import RunOptions
from wabot.engine import effects
from wabot.language.tenant import Loaded
from wabot.model.turn import Outbound
from wabot.session import session
from wabot.session.defaults import loading
from wabot.session.sender import Sender
from wabot.store.sqlite import knowing

MARKS = ("arrived", "ready", "claimed", "handed")


class Trace:
    """The moments of each reply, by its chat: each chat has one message under way."""

    def __init__(self) -> None:
        self.under_way: dict[str, dict[str, int]] = defaultdict(dict)
        self.done: list[dict[str, int]] = []

    def mark(self, chat: str, name: str) -> None:
        moments = self.under_way[chat]
        moments[name] = time.monotonic_ns()
        if name == MARKS[-1]:
            if len(moments) == len(MARKS):
                self.done.append(moments)
            del self.under_way[chat]


def traced(trace: Trace) -> None:
    """Have every reply leave its marks: the session makes these where it would make their like."""

    class MarkedClient(Client):
        def _listen(self, kind: str) -> None:
            super()._listen(kind)
            if kind != "Message":
                return
            code = next(reversed(self._client.event.list_func))
            heard = self._client.event.list_func[code]

            async def marks(client: Any, body: Any) -> None:
                trace.mark(body.Info.MessageSource.Chat.User, "arrived")
                await heard(client, body)

            self._client.event.list_func[code] = marks

        async def send(self, user: str, server: str, body: Any, ready: Callable[[], bool] = lambda: True) -> Sent:
            def looks() -> bool:
                if may := ready():
                    trace.mark(user, "handed")
                return may

            return await super().send(user, server, body, looks)

    class MarkedSpeaking(Speaking):
        async def send(self, outbound: Outbound) -> None:
            trace.mark(outbound.chat, "claimed")
            await super().send(outbound)

    class MarkedSender(Sender):
        def add(self, replies: Iterable[Outbound], moved: int | None = None) -> None:
            replies = list(replies)
            for reply in replies:
                trace.mark(reply.chat, "ready")
            super().add(replies, moved)

    vars(channel).update(Client=MarkedClient, Speaking=MarkedSpeaking)
    vars(session)["Sender"] = MarkedSender


def unlimited(load: Callable[[Path], Loaded]) -> Callable[[Path], Loaded]:
    """What `load` loads, with more replies than any shop may send."""

    def loads(folder: Path) -> Loaded:
        loaded = load(folder)
        assert loaded.rule_set is not None, "the bench's tenant has errors"
        tenant = loaded.rule_set.tenant
        auto = replace(tenant.auto_reply, max_per_minute=10_000_000, max_per_contact_per_day=10_000_000)
        return replace(loaded, rule_set=replace(loaded.rule_set, tenant=replace(tenant, auto_reply=auto)))

    return loads


def main() -> None:
    rules, data, place = sys.argv[1:4]
    trace = Trace()
    traced(trace)
    vars(effects)["SPREAD"] = 0
    vars(knowing)["MOST_REPLIES"] = 10_000_000
    vars(child)["loading"] = lambda node: unlimited(loading(node))
    leave = os._exit

    def leaves(status: int) -> NoReturn:
        Path(place).write_text("".join(json.dumps(moments) + "\n" for moments in trace.done), "utf-8")
        leave(status)

    os._exit = leaves
    sys.argv[1:] = [rules, data, RunOptions().dump()]
    child.main()


if __name__ == "__main__":
    main()
