"""The figures that an owner looks at first, with their goals and what they were before."""

from collections.abc import Iterator
from typing import NamedTuple

from wabot.analytics.measures import Mean, Ratio
from wabot.analytics.overview import Figures
from wabot.analytics.report.manner import Manner
from wabot.analytics.report.words import WORDS


class Change(NamedTuple):
    """Against the period before. `turn` is "up", "down" or "" for the same; `good` is None where neither is better."""

    text: str
    turn: str
    good: bool | None
    was: str


class Tile(NamedTuple):
    """A figure of the summary. `share` is the percentage and `goal` what it is to pass, where it has one."""

    label: str
    value: str
    note: str = ""
    change: Change | None = None
    share: float | None = None
    goal: float | None = None
    reached: bool | None = None


class Comparing:
    """Writes how figures changed, in a language."""

    def __init__(self, manner: Manner) -> None:
        self.manner, self._words = manner, WORDS[manner.language]

    def numbers(self, now: int, before: int) -> Change | None:
        """None where there is nothing to compare with."""
        if not before:
            return None
        percent = 100 * (now - before) / before
        return self._change(percent, f"{self.manner.signed(percent)}%", None, self.manner.whole(before))

    def shares(self, now: Ratio, before: Ratio) -> Change | None:
        if now.percent is None or before.percent is None:
            return None
        points = now.percent - before.percent
        text = self._words["points"].format(change=self.manner.signed(points, 1))
        return self._change(points, text, points > 0, self.manner.percent(before.percent), 1)

    def waits(self, now: Mean, before: Mean) -> Change | None:
        if now.seconds is None or not before.seconds:
            return None
        percent = 100 * (now.seconds - before.seconds) / before.seconds
        text = f"{self.manner.signed(percent)}%"
        return self._change(percent, text, percent < 0, self.manner.lasting(before.seconds))

    def ratings(self, now: float | None, before: float | None) -> Change | None:
        if now is None or before is None:
            return None
        return self._change(
            now - before, self.manner.signed(now - before, 1), now > before, self.manner.decimal(before), 1
        )

    def _change(self, by: float, text: str, good: bool | None, was: str, places: int = 0) -> Change:
        was = self._words["was"].format(value=was)
        if not round(by, places):
            return Change(self._words["same"], "", None, was)
        return Change(text, "up" if by > 0 else "down", good, was)


def goals(now: Figures, before: Figures | None, manner: Manner) -> Iterator[Tile]:
    """The two figures that have a goal."""
    words, comparing = WORDS[manner.language], Comparing(manner)
    for label, name in (("alone", "alone"), ("delivered", "delivery")):
        ratio: Ratio = getattr(now, name)
        change = comparing.shares(ratio, getattr(before, name)) if before else None
        yield Tile(words[label], manner.percent(ratio.percent), "", change, ratio.percent, ratio.goal, ratio.reached)


def tiles(now: Figures, before: Figures | None, manner: Manner) -> Iterator[Tile]:
    """The other figures of the summary."""
    words, comparing = WORDS[manner.language], Comparing(manner)
    for name in ("conversations", "messages", "unique_customers"):
        change = comparing.numbers(getattr(now, name), getattr(before, name)) if before else None
        note = words["new_of"].format(number=manner.whole(now.new_customers)) if name == "unique_customers" else ""
        yield Tile(
            words["customers" if name == "unique_customers" else name], manner.whole(getattr(now, name)), note, change
        )
    for name in ("first_response_open", "first_response_closed"):
        mean: Mean = getattr(now, name)
        change = comparing.waits(mean, getattr(before, name)) if before else None
        yield Tile(words[name], manner.lasting(mean.seconds), "", change)
    yield _rating(now, before, comparing)


def _rating(now: Figures, before: Figures | None, comparing: Comparing) -> Tile:
    """What customers think; of a shop that does not ask them, how much the bot answered."""
    manner, words = comparing.manner, WORDS[comparing.manner.language]
    if now.csat is None:
        change = comparing.shares(now.answers, before.answers) if before else None
        return Tile(words["answered"], manner.percent(now.answers.percent), "", change)
    change = comparing.ratings(now.csat, before.csat) if before else None
    note = words["csat_of"].format(number=manner.whole(now.csat_answers))
    return Tile(words["csat"], manner.decimal(now.csat), note, change)
