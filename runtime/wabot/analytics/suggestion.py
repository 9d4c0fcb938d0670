"""A rule to begin with for what no rule knew, as YAML; and whether it works among the tenant's own."""

import json
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from wabot.analytics.chat_words import Use
from wabot.analytics.grouping import Group
from wabot.analytics.wordings import examples
from wabot.engine.decide import decide
from wabot.engine.load import load_tenant
from wabot.engine.normalize import fold
from wabot.engine.trace import in_text
from wabot.language.rule_set import RuleSet
from wabot.language.triggers.keyword import Keyword, Match
from wabot.language.triggers.pattern import Pattern
from wabot.lint.run import lint
from wabot.lint.situation import Situation, ordinary
from wabot.model.message import MessageType
from wabot.model.value import changed

HEAD: Final = "version: 1\nrules:\n"
"""What a file begins with that holds nothing but such rules."""
RESPONSE: Final = "Terima kasih sudah bertanya, kak. (Jawaban ini belum diisi: ganti teks ini sebelum dipakai.)"
_MOST_FORMS, _MOST_TEXTS = 10, 30
_LONGEST_ID, _LONGEST_KEYWORD, _LONGEST_NAME = 50, 200, 80
_PRIORITY: Final = 50
_PLAIN: Final = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*")
_NOT_PLAIN: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_NOBODY: Final = 'version: 1\nname: Toko\nphone: "6281100000000"\ntimezone: Asia/Jakarta\n'
"""The tenant whose rules nobody knows."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule that answers so many (`answers`) of the messages that it is for. `yaml` is an entry of a list of rules."""

    id: str
    keywords: tuple[str, ...]
    match: Match
    answers: int
    yaml: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A group of messages that wants a rule; `note` is a line that says who asked."""

    group: Group
    texts: tuple[str, ...]
    types: tuple[MessageType, ...]
    note: str


class Answering:
    """The rules, asked as an ordinary customer would while the shop is open; the tenant's limits are left aside."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._usual: Situation = ordinary(rule_set)

    def rule(self, text: str, kind: MessageType) -> str:
        """The rule that answers, by what stands in the text; "" when none does."""
        message = changed(self._usual.message, text=text, type=kind)
        for answer in decide(self._usual.rule_set, message, self._usual.context).answers:
            if isinstance(answer.rule.trigger, Keyword | Pattern):
                return answer.rule.id
        return ""


def suggest(
    wanted: Sequence[Wanted], folder: Path | None, rule_set: RuleSet | None, now: int
) -> list[Suggestion | None]:
    """A rule for each group, that stands beside the others and those in the tenant's `folder` (its `rule_set`; None:
    nobody knows them), has no finding, and answers more than half of the group's messages; None where there is none.
    `now` is UTC milliseconds: holidays may be over."""
    taken = {rule.id for rule in rule_set.rules} if rule_set is not None else set()
    priority = _priority(rule_set)
    drafts = {number: _draft(one, taken, priority) for number, one in enumerate(wanted)}
    drafts = {number: draft for number, draft in drafts.items() if draft.keywords}
    found: dict[int, Suggestion] = {}
    with _place(None if rule_set is None else folder) as place:
        while drafts:
            found, bad = _tried(drafts, place, now)
            if not bad:
                break
            drafts = {number: draft for number, draft in drafts.items() if number not in bad}
    return [found[number] if number in drafts else None for number in range(len(wanted))]


def _tried(drafts: "Mapping[int, _Draft]", folder: Path, now: int) -> tuple[dict[int, Suggestion], set[int]]:
    """The rules as they would stand, and those of them that would not do."""
    # Files are read in the order of their names: the rule that more asked for comes first.
    paths = {folder / "rules" / f"unanswered-{number:05}.yaml": number for number in drafts}
    loaded = load_tenant(folder, {path: drafts[number].file().encode() for path, number in paths.items()})
    findings = (*loaded.diagnostics, *lint(loaded, now))
    bad = {paths[one.location.path] for one in findings if one.severity != "info" and one.location.path in paths}
    if bad or loaded.readable is None:
        return {}, bad or set(drafts)
    answering = Answering(loaded.readable)
    found = {number: draft.suggestion(answering) for number, draft in drafts.items()}
    return found, {number for number, one in found.items() if 2 * one.answers <= len(drafts[number].wanted.texts)}


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    """The tenant's folder, or one of a tenant of whom nothing is known."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="wabot-") as place:
        made = Path(place) / "toko"
        made.mkdir()
        (made / "tenant.yaml").write_text(_NOBODY, "utf-8")
        yield made


def _priority(rule_set: RuleSet | None) -> int:
    """Below all rules that look at the text: what they answer, they go on to answer."""
    rules = () if rule_set is None else rule_set.rules
    lowest = min((rule.priority for rule in rules if isinstance(rule.trigger, Keyword | Pattern)), default=_PRIORITY)
    return min(max(lowest - 1, 0), _PRIORITY)


@dataclass(frozen=True, slots=True)
class _Draft:
    wanted: Wanted
    id: str
    keywords: tuple[str, ...]
    match: Match
    priority: int

    def file(self) -> str:
        return HEAD + self.entry()

    def entry(self) -> str:
        trigger = Keyword(self.keywords, self.match)
        fitting = examples(self.wanted.texts, lambda text: in_text(trigger, text) is not None)
        lines = [
            f"# {self.wanted.note}",
            f"- id: {self.id}",
            f"  name: {_scalar(f'Tanya {self.wanted.group.word}'[:_LONGEST_NAME].rstrip())}",
            "  trigger:",
            "    type: keyword",
            f"    match: {self.match}",
            "    keywords:",
            *(f"      - {_scalar(keyword)}" for keyword in self.keywords),
            f"  priority: {self.priority}",
            "  cooldown: 10m",
            f"  response: {_scalar(RESPONSE)}",
            *(["  examples:", "    match:"] if fitting else []),
            *(f"      - {_scalar(text)}" for text in fitting),
        ]
        return "".join(f"  {line}\n" for line in lines)

    def suggestion(self, answering: Answering) -> Suggestion:
        said = Counter(zip(self.wanted.texts, self.wanted.types, strict=True))
        answers = sum(number for (text, kind), number in said.items() if answering.rule(text, kind) == self.id)
        return Suggestion(self.id, self.keywords, self.match, answers, self.entry())


def _draft(wanted: Wanted, taken: set[str], priority: int) -> _Draft:
    """`taken` are ids that rules have; the new one is added."""
    keywords, match = _keywords(wanted)
    name = _new_id(wanted, taken) if keywords else ""
    taken.add(name)
    return _Draft(wanted, name, keywords, match, priority)


def _keywords(wanted: Wanted) -> tuple[tuple[str, ...], Match]:
    """The word that the messages share, as they write it; whole messages where they share only how they ask."""
    if wanted.group.use is Use.asking:
        said = Counter(map(fold, wanted.texts))
        often = sorted(said, key=lambda text: (-said[text], text))
        return tuple(text for text in often if len(text) <= _LONGEST_KEYWORD)[:_MOST_TEXTS], "exact"
    return wanted.group.forms[:_MOST_FORMS], "word"


def _new_id(wanted: Wanted, taken: Collection[str]) -> str:
    plain = unicodedata.normalize("NFKD", wanted.group.word).encode("ascii", "ignore").decode().lower()
    base = "-".join(["tanya", *re.findall(r"[a-z0-9]+", plain)])[:_LONGEST_ID].rstrip("-")
    names = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(name for name in names if name not in taken)


def _scalar(text: str) -> str:
    """A text in YAML: quoted, unless it can only be read as itself."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _NOT_PLAIN else json.dumps(text, ensure_ascii=False)
