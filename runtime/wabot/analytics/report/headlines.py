"""The figures that an owner looks at first, with their goals and what they were before."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from wabot.analytics.comparing import MEASURES, Measure
from wabot.analytics.comparing import Change as Difference
from wabot.analytics.measures import Ratio
from wabot.analytics.overview import Figures
from wabot.analytics.report.manner import Manner
from wabot.analytics.report.words import WORDS

_BY_NAME: Final = {measure.name: measure for measure in MEASURES}
_BY_RULES: Final = Measure("a rule's answer", "seconds", "less", lambda one: one.response_by_rules.seconds)
_FIRST_BY_PEOPLE: Final = Measure(
    "a person's first answer", "seconds", "less", lambda one: one.first_person_response.seconds
)
_TILES: Final = (
    ("conversations", "conversations"),
    ("messages", "messages"),
    ("customers", "customers"),
    ("first_response_open", "first answer, open"),
    ("first_response_closed", "first answer, closed"),
)


class Change(NamedTuple):
    """Against the period before. `turn` is "up", "down" or "" for the same; `good` is None where neither is better."""

    text: str
    turn: str
    good: bool | None
    was: str


class Tile(NamedTuple):
    """A figure of the summary. `share` is what it is of, where it has a goal."""

    label: str
    value: str
    note: str = ""
    change: Change | None = None
    share: Ratio | None = None


class Wait(NamedTuple):
    """How long customers waited on average, and how often they did."""

    label: str
    value: str
    times: int
    change: Change | None


class Headlines:
    """The figures of a period, beside those of the period before (None: not counted), as a language writes them."""

    def __init__(self, now: Figures, before: Figures | None, manner: Manner) -> None:
        self._now, self._before, self._manner, self._words = now, before, manner, WORDS[manner.language]

    def goals(self) -> Iterator[Tile]:
        """The two that have a goal."""
        for label, name, share in (
            ("alone", "by the bot alone", self._now.alone),
            ("delivered", "delivered", self._now.delivery),
        ):
            measure = _BY_NAME[name]
            yield Tile(self._words[label], self._value(measure), "", self._change(measure), share)

    def tiles(self) -> Iterator[Tile]:
        """The others of the summary."""
        new = self._words["new_of"].format(number=self._manner.whole(self._now.new_customers))
        for label, name in _TILES:
            measure = _BY_NAME[name]
            note = new if label == "customers" else ""
            yield Tile(self._words[label], self._value(measure), note, self._change(measure))
        yield self._last()

    def waits(self) -> Iterator[Wait]:
        """How long customers waited, for what."""
        now = self._now
        for label, measure, times in (
            ("wait_open", _BY_NAME["first answer, open"], now.first_response_open.number),
            ("wait_closed", _BY_NAME["first answer, closed"], now.first_response_closed.number),
            ("wait_rules", _BY_RULES, now.response_by_rules.number),
            ("wait_people", _BY_NAME["a person's answer"], now.response_by_people.number),
            ("wait_first_person", _FIRST_BY_PEOPLE, now.first_person_response.number),
            ("wait_resolution", _BY_NAME["until settled"], now.resolution.number),
        ):
            yield Wait(self._words[label], self._value(measure), times, self._change(measure))

    def _last(self) -> Tile:
        """What customers think; of a shop that does not ask them, how much the bot answered."""
        if self._now.csat is None:
            measure = _BY_NAME["answered by a rule"]
            return Tile(self._words["answered"], self._value(measure), "", self._change(measure))
        measure = _BY_NAME["rating"]
        note = self._words["csat_of"].format(number=self._manner.whole(self._now.csat_answers))
        return Tile(self._words["csat"], self._value(measure), note, self._change(measure))

    def _value(self, measure: Measure) -> str:
        return self._written(measure, measure.of(self._now))

    def _change(self, measure: Measure) -> Change | None:
        """None where there is nothing to compare with."""
        if self._before is None:
            return None
        found = Difference(measure, measure.of(self._before), measure.of(self._now))
        if found.difference is None or (found.percent is None and measure.unit != "percent"):
            return None
        by, text = self._by(found)
        was = self._words["was"].format(value=self._written(measure, found.before))
        if not float(f"{by:.{_PLACES[measure.unit]}f}"):
            return Change(self._words["same"], "", None, "")
        return Change(text, "up" if by > 0 else "down", found.is_better, was)

    def _by(self, found: Difference) -> tuple[float, str]:
        difference, percent, places = found.difference or 0.0, found.percent or 0.0, _PLACES[found.measure.unit]
        if found.measure.unit == "percent":
            return difference, self._words["points"].format(change=self._manner.signed(difference, places))
        if found.measure.unit == "score":
            return difference, self._manner.signed(difference, places)
        return percent, f"{self._manner.signed(percent, places)}%"

    def _written(self, measure: Measure, value: float | None) -> str:
        if measure.unit == "percent":
            return self._manner.percent(value)
        if measure.unit == "seconds":
            return self._manner.lasting(value)
        return self._manner.decimal(value, _PLACES[measure.unit])


_PLACES: Final = {"count": 0, "percent": 1, "seconds": 0, "score": 1}
