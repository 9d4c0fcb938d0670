"""What was answered, for as long as nothing changes: a team looks at one inbox, and its front ends ask for that again
and again. Never stale: each time the store says whether anything was committed since, which takes microseconds."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from wabot.api.answers import Tagged

_MOST: Final = 64
"""Answers that are kept of a tenant."""
_LARGEST: Final = 65_536
"""Bytes of an answer that is kept."""


class Versioned(Protocol):
    """`wabot.store.sqlite.desk.Desk`."""

    def version(self) -> int: ...


class KeptAnswers:
    """Of each tenant, those of the store's newest version alone."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Versioned, int, dict[Any, Tagged]]] = {}

    def answer(self, tenant: str, desk: Versioned, asked: Any, make: Callable[[], Tagged]) -> Tagged:
        """What `make` makes for what is `asked`, or made for it before; it must depend on nothing but that and the
        tenant's store, which `desk` holds.

        Raises:
            StoreError: the store cannot be read.
        """
        # Before it is made: what is committed meanwhile makes it old, never the other way round.
        version = desk.version()
        known = self._kept.get(tenant)
        if known is None or known[0] is not desk or known[1] != version:
            known = self._kept[tenant] = (desk, version, {})
        answers = known[2]
        found = answers.get(asked)
        if found is None:
            found = make()
            if len(found.body) <= _LARGEST:
                if len(answers) >= _MOST:
                    answers.pop(next(iter(answers)))
                answers[asked] = found
        return found
