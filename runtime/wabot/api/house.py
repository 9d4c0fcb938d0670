"""What every endpoint works with: the tenants' stores, their rules, the clock, and whoever opens the door."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from fastapi import Request

from wabot.api.fences.shares import Shares
from wabot.api.problems import Problem, unavailable, unknown
from wabot.api.settings import ApiSettings
from wabot.bus import SESSION, Mouth
from wabot.engine.load import load_tenant
from wabot.model.errors import StoreError
from wabot.ports import Clock
from wabot.session.last_sound import COPY
from wabot.session.report import Mute, Report
from wabot.store.sqlite.desk import Desk
from wabot.store.sqlite.opening import NAME

if TYPE_CHECKING:
    from wabot.api.guard import Who
    from wabot.language.rule_set import RuleSet

Part = TypeVar("Part")


class Door(Protocol):
    """Who asks."""

    async def enter(self, request: Request) -> "Who":
        """Whoever sends the request, by the token or key that it bears.

        Raises:
            Problem: 401, nobody that is known.
        """

    async def enter_token(self, token: str) -> "Who":
        """The same for whoever bears it in another way than by a request."""


@dataclass
class House:
    """`tenants` tells each tenant's folder of rules by its name, as it is now; `data` holds `data/<tenant>`. `parts`
    holds what modules keep for as long as the API runs, by the module's name."""

    data: Path
    tenants: Callable[[], Mapping[str, Path]]
    clock: Clock
    door: Door
    wrote: Callable[[str], None] = lambda _tenant: None
    """Is told of each tenant whose store was changed by the API."""
    report: Report = field(default_factory=Mute)
    settings: ApiSettings = field(default_factory=ApiSettings)
    shares: Shares | None = None
    """How often whoever is known may ask; None: as often as they like."""
    parts: dict[str, Any] = field(default_factory=dict)
    _desks: dict[str, Desk] = field(default_factory=dict)
    _rules: dict[str, tuple[Any, "RuleSet | None"]] = field(default_factory=dict)
    _copies: dict[str, Path] = field(default_factory=dict)
    _mouths: dict[str, Mouth] = field(default_factory=dict)
    _untold: set[str] = field(default_factory=set)
    _closing: set[asyncio.Task[None]] = field(default_factory=set)

    def part(self, name: str, make: Callable[[], Part]) -> Part:
        """What a module keeps under that name, made when it is first asked for."""
        found: Part | None = self.parts.get(name)
        if found is None:
            found = self.parts[name] = make()
        return found

    def desk(self, tenant: str) -> Desk:
        """The tenant's store.

        Raises:
            Problem: there is no such tenant (any more), or its store cannot be used.
        """
        found = self._desks.get(tenant)
        if tenant not in self.tenants():
            if found is not None:
                self._let_go(self._desks.pop(tenant))
            raise unknown("tenant", tenant)
        if found is not None and not found.stands:
            if not (self.data / tenant / NAME).is_file():  # it is being replaced: none is made in its place
                raise unavailable()
            self._let_go(self._desks.pop(tenant))
            found = None
        if found is None:
            try:
                found = Desk(self.data / tenant, tenant, lambda: self._changed(tenant))
            except StoreError as error:
                raise unavailable() from error
            self._desks[tenant] = found
        return found

    async def rules(self, tenant: str) -> "RuleSet | None":
        """The rules that are live in the tenant's session; where it never ran, those in its folder. None when neither
        are sound."""
        seen = self._rules_seen(tenant)
        if seen is None:
            return None
        place = seen[0]
        known = self._rules.get(tenant)
        if known is None or known[0] != seen:
            known = self._rules[tenant] = (seen, (await asyncio.to_thread(load_tenant, place)).rule_set)
        return known[1]

    async def sound_rules(self, tenant: str, lacking: str) -> "RuleSet":
        """The same where nothing goes without them; `lacking` is what nobody knows then.

        Raises:
            Problem: 409, there are none.
        """
        found = await self.rules(tenant)
        if found is None:
            raise Problem(409, f"This tenant has no sound rules, so nobody knows {lacking}.", "NO_RULES")
        return found

    def _rules_seen(self, tenant: str) -> tuple[Any, ...] | None:
        """Where the rules stand, and what makes them the same ones. Asked with each message that is sent."""
        copy = self._copies.get(tenant)
        if copy is None:
            copy = self._copies[tenant] = self.data / tenant / COPY / tenant
        for place in (copy, self.tenants().get(tenant)):
            if place is not None:
                try:
                    there = place.stat()
                except OSError:
                    continue
                if S_ISDIR(there.st_mode):
                    return place, there.st_dev, there.st_ino, there.st_mtime_ns
        return None

    def tell_session(self, tenant: str, kind: str, **word: Any) -> None:
        """Say a word to the tenant's session, which may not run."""
        mouth = self._mouths.get(tenant)
        if mouth is None:
            mouth = self._mouths[tenant] = Mouth(self.data / tenant, SESSION)
        mouth.say(kind, **word)

    def _changed(self, tenant: str) -> None:
        # Once for all that shared a commit: they go on in one turn of the loop.
        if tenant not in self._untold:
            self._untold.add(tenant)
            asyncio.get_running_loop().call_soon(self._tell_change, tenant)

    def _tell_change(self, tenant: str) -> None:
        self._untold.discard(tenant)
        self.tell_session(tenant, "look")
        self.wrote(tenant)

    def _let_go(self, desk: Desk) -> None:
        task = asyncio.get_running_loop().create_task(desk.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        desks, self._desks = list(self._desks.values()), {}
        for desk in desks:
            await desk.close()


def house_of(request: Request) -> House:
    """The house that an endpoint belongs to."""
    house: House = request.app.state.house
    return house
