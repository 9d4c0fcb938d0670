"""What the checks look at: one tenant, as far as it could be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wabot.language.diagnostic import Location
from wabot.language.document import Document, Steps
from wabot.language.rule_set import Rule, RuleSet
from wabot.language.tenant import Loaded


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule is written: `document.entries[index]`."""

    document: Document
    index: int

    @property
    def data(self) -> Mapping[str, Any]:
        """The rule as written."""
        entry: Mapping[str, Any] = self.document.entries[self.index]
        return entry

    def locate(self, *steps: str | int, key: bool = False) -> Location:
        """Where a part of the rule is written: `locate("trigger", "keywords", 0)`."""
        whole: Steps = ("rules", self.index, *steps)
        return self.document.locate(whole, key=key)


class Subject:
    """A tenant's readable rules (those with errors left out) beside the files that they came from."""

    def __init__(self, loaded: Loaded, rule_set: RuleSet, today: date) -> None:
        """`today` is the tenant's."""
        self.loaded = loaded
        self.rule_set = rule_set
        self.today = today
        self._places = dict(_places(loaded, rule_set))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """In the order of decision; disabled ones too."""
        return self.rule_set.rules

    def place(self, rule: Rule) -> Place:
        """Where `rule` is written."""
        return self._places[rule.location]

    def document(self, name: str) -> Document | None:
        """The tenant's file of that name ("hours.yaml", "tutup.j2"), if it was read."""
        named = (item for item in self.loaded.documents if item.path.name == name)
        return next((item for item in named if item.data is not None or item.path.suffix == ".j2"), None)


def _places(loaded: Loaded, rule_set: RuleSet) -> Iterator[tuple[Location, Place]]:
    wanted = {rule.location for rule in rule_set.rules}
    for document in loaded.documents:
        if not isinstance(document.data, dict) or "rules" not in document.data:
            continue
        for index in range(len(document.entries)):
            location = document.locate(("rules", index, "id"))
            if location in wanted:
                yield location, Place(document, index)
