"""How much of the rules the tests and `examples` exercise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wabot.engine.coverage.kinds import KINDS
from wabot.engine.coverage.target import Target
from wabot.engine.exchange import Exchange
from wabot.engine.trace import in_text
from wabot.language.rule_set import RuleSet
from wabot.language.tenant import Loaded
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.pattern import Pattern


class Share(NamedTuple):
    """So many of so many."""

    covered: int
    total: int

    @property
    def percent(self) -> float:
        """Rounded down to a tenth, so that 100 means all. Nothing to cover is 100."""
        return self.covered * 1000 // self.total / 10 if self.total else 100.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """All that there is to cover in a tenant's rules, and what of it was exercised."""

    targets: tuple[Target, ...]
    exercised: frozenset[Target]

    @property
    def missing(self) -> tuple[Target, ...]:
        return tuple(target for target in self.targets if target not in self.exercised)

    @property
    def share(self) -> Share:
        return Share(len(self.targets) - len(self.missing), len(self.targets))

    def of(self, kind: str) -> Share:
        """The share of one kind of things."""
        mine = [target for target in self.targets if target.kind == kind]
        return Share(sum(target in self.exercised for target in mine), len(mine))


def measure(rule_set: RuleSet, exchanges: Iterable[Exchange], examples: Mapping[str, Sequence[str]]) -> Coverage:
    """The coverage by all messages of the tests, and by `examples` (texts that match, by rule id). Disabled rules are
    nothing to cover."""
    rules = [rule for rule in rule_set.rules if rule.enabled]
    exercised: set[Target] = set()
    for exchange in exchanges:
        exercised |= exercised_by(exchange)
    for rule in rules:
        for text in examples.get(rule.id, ()):
            # One that does not match is a finding (WB213), and exercises nothing.
            if isinstance(rule.trigger, Keyword | Pattern) and in_text(rule.trigger, text) is not None:
                exercised |= {target for kind in KINDS for target in kind.in_example(rule, text)}
    targets = tuple(target for rule in rules for kind in KINDS for target in kind.targets(rule))
    return Coverage(targets, frozenset(exercised))


def exercised_by(exchange: Exchange) -> set[Target]:
    """What one message of a test exercises, of every kind."""
    return {target for kind in KINDS for target in kind.in_exchange(exchange)}


def examples_of(loaded: Loaded) -> dict[str, list[str]]:
    """The texts under `examples: match` of each rule, by its id."""
    found: dict[str, list[str]] = {}
    for document in loaded.documents:
        if isinstance(document.data, dict) and "rules" in document.data:
            for entry in document.entries:
                if entry is not None:
                    found.setdefault(entry["id"], list(entry.get("examples", {}).get("match", ())))
    return found
