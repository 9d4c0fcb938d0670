"""What each rule did in a period, and why none answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from wabot.analytics.period import Period
from wabot.language.rule_set import Rule
from wabot.store.sqlite.queries import Ask

Standing = Literal["live", "off", "gone", "unknown"]
"""Whether a rule is in the tenant's files: asked, switched off, not there (any more); "unknown" where nobody knows
them."""


@dataclass(frozen=True, slots=True)
class RuleFigure:
    """One rule in a period. `alone`: after so many of its answers neither did a person write within ten minutes
    (`by_person`) nor did the customer go on with something that no rule knew (`unknown_next`). `micros` is what its
    decisions took together, `last_at` when it was asked to answer last (UTC milliseconds; None: never)."""

    rule: str
    fired: int = 0
    alone: int = 0
    by_person: int = 0
    unknown_next: int = 0
    failed: int = 0
    micros: int = 0
    last_at: int | None = None
    standing: Standing = "unknown"
    trigger: str = ""

    @property
    def share_alone(self) -> float | None:
        """Of its answers, those that were enough; None when it gave none."""
        return self.alone / self.fired if self.fired else None


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """`rules` did something, the most frequent first; `idle` are rules in the files that are asked and did nothing, in
    the order in which they are asked. `silences` says why no rule answered, the most frequent reason first."""

    rules: tuple[RuleFigure, ...]
    idle: tuple[RuleFigure, ...]
    silences: Mapping[str, int]


def rule_figures(ask: Ask, period: Period, rules: Sequence[Rule] | None = None) -> RuleFigures:
    """The figures of a period, beside the `rules` in the tenant's files (None: nobody knows them)."""
    rows = ask("rule_figures", first=period.first.isoformat(), last=period.last.isoformat()).fetchall()
    written = {rule.id: rule for rule in rules or ()}
    figures = [
        _figure(row, None if rules is None else _standing(written.get(row["rule_id"])), written)
        for row in _by_rule(rows).values()
    ]
    acted = {figure.rule for figure in figures}
    idle = tuple(
        RuleFigure(rule.id, standing="live", trigger=rule.trigger.kind)
        for rule in rules or ()
        if rule.enabled and rule.id not in acted
    )
    silences = {row["reason"]: row["fired"] for row in rows if not row["rule_id"]}
    return RuleFigures(
        tuple(sorted(figures, key=lambda one: (-one.fired, -one.failed, one.rule))),
        idle,
        dict(sorted(silences.items(), key=lambda one: (-one[1], one[0]))),
    )


def _by_rule(rows: Sequence[Any]) -> Mapping[str, Any]:
    return {row["rule_id"]: row for row in rows if row["rule_id"]}


def _standing(rule: Rule | None) -> Standing:
    return "gone" if rule is None else "live" if rule.enabled else "off"


def _figure(row: Any, standing: Standing | None, written: Mapping[str, Rule]) -> RuleFigure:
    rule = written.get(row["rule_id"])
    return RuleFigure(
        rule=row["rule_id"],
        fired=row["fired"],
        alone=row["alone"],
        by_person=row["by_person"],
        unknown_next=row["unknown_next"],
        failed=row["failed"],
        micros=row["micros"],
        last_at=row["last_at"],
        standing=standing or "unknown",
        trigger="" if rule is None else rule.trigger.kind,
    )
