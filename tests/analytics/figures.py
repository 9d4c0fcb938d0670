"""Figures in one form, whoever counted them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

Hour = tuple[date, int | None]
"""An hour of the tenant's clock; None for its whole day."""


@dataclass
class Figures:
    """What is not in a mapping is 0. Rules are keyed by day, rule and reason, people by day and e-mail."""

    chats: dict[Hour, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    rules: dict[tuple[date, str, str], dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    people: dict[tuple[date, str], dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
