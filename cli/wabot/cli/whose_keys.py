"""Whether a tenant's keys are of the number that its tenant.yaml names."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from wabot.cli.tenants import DEFAULT
from wabot.language.folders import find_tenants
from wabot.model.errors import UsageError
from wabot.model.session import SessionState
from wabot.session.last_sound import COPY


def other_number(folder: Path, linked: str, *, rules: Path | None = None, running: bool = False) -> SessionState | None:
    """What is wrong and what to do when the keys in the data folder, linked to the number `linked`, are not the
    tenant's; None when they are, or nobody knows its number. A session that runs has the number of the rules that are
    live; otherwise those in `rules` count (./rules, when None), and without them those that were live last."""
    number = _number(folder, rules, running)
    if not (number.isascii() and number.isdigit()) or number == linked:
        return None
    from wabot.channel.neonize.linked import named
    from wabot.channel.neonize.outcomes import other_keys

    wrong = other_keys(number, linked)
    return replace(wrong, action=named(wrong.action, folder))


def written(rules: Path | None) -> dict[str, Path] | None:
    """The tenants' folders of rules by their names: those in `rules`, or in ./rules; None when none is named and that
    is not there.

    Raises:
        UsageError: there are no rules at `rules`.
    """
    place = rules or (DEFAULT if DEFAULT.exists() else None)
    return None if place is None else {one.resolve().name: one for one in find_tenants(place).folders}


def _number(folder: Path, rules: Path | None, running: bool) -> str:
    from wabot.daemon.numbers import Numbers

    numbers, live = Numbers(), folder / COPY / folder.name
    there = None
    with suppress(UsageError):  # where rules are asked for, that is told
        there = (written(rules) or {}).get(folder.name)
    places = [live, there] if running else [there, live]
    return next((number for one in places if one is not None and (number := numbers.of(one))), "")
