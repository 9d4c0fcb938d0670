"""Which rules, and which keywords of rules, earlier rules take every message from. Proven, and shown to be so by a
message that the engine decides; what cannot be proven is left out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Final, NamedTuple

from wabot.engine.proof.automaton import Budget, missed
from wabot.engine.proof.literal import EVERYTHING, Literal, takes, tree
from wabot.engine.proof.syntax import Node, Unknown
from wabot.language.responses.menu import Menu
from wabot.language.rule_set import Candidate, Conditions, HoursState, Rule
from wabot.language.triggers.fallback import Fallback
from wabot.language.triggers.goto import OnlyGoto
from wabot.language.triggers.keyword import Keyword
from wabot.language.triggers.menu_selection import MenuSelection
from wabot.language.triggers.pattern import Pattern
from wabot.language.triggers.time_based import TimeBased
from wabot.language.triggers.welcome import Welcome
from wabot.lint.situation import Situation, situation
from wabot.lint.subject import Subject
from wabot.lint.survey import Part, Reading, Survey, matches, rules_of, sources, survey
from wabot.model.message import MESSAGE_TYPES

_TOGETHER: Final = 8
"""Up to so many keywords and regexes are looked at as one."""
_STATES: Final[tuple[HoursState, ...]] = ("open", "closed")
_CONDITIONS: Final = tuple(field.name for field in fields(Conditions))


class Taken(NamedTuple):
    """Messages that a rule never gets (`certain`), or gets only while the rules `by` may not answer. `place` is the
    keyword's; None: all messages of the rule. `winners` answer `text`, one of these messages."""

    place: int | None
    by: tuple[Rule, ...]
    certain: bool
    text: str
    winners: tuple[Rule, ...]


class Shadowed(NamedTuple):
    """A rule from which earlier ones take something; `whole`: everything, and no menu leads to it either."""

    rule: Rule
    taken: tuple[Taken, ...]
    whole: bool

    @property
    def certain(self) -> bool:
        return all(each.certain for each in self.taken)

    @property
    def by(self) -> tuple[Rule, ...]:
        """The rules that take it, each once."""
        return tuple({rule.id: rule for each in self.taken for rule in each.by}.values())


@lru_cache(maxsize=1)
def shadowed(subject: Subject) -> tuple[Shadowed, ...]:
    """The tenant's rules from which earlier ones take something."""
    return tuple(find_shadowed(survey(subject)))


def find_shadowed(surveyed: Survey) -> Iterator[Shadowed]:
    """As `shadowed`, for a rule set that is at hand."""
    ranked = [(rank, rule) for rank, rule in enumerate(surveyed.rule_set.rules) if rule.enabled]
    without_text = [(rank, rule) for rank, rule in ranked if isinstance(rule.trigger, Welcome | TimeBased | Fallback)]
    in_menus = {
        option.goto
        for _, rule in ranked
        for option in (rule.response.options if isinstance(rule.response, Menu) else ())
        if option.goto
    }
    for rank, rule in ranked:
        # The other triggers are not asked for what a customer writes, but for what was chosen from a menu.
        if not isinstance(rule.trigger, MenuSelection | OnlyGoto):
            found = _Rule(surveyed, rank, rule).shadowed(without_text)
            if found is not None:
                yield found._replace(whole=found.whole and rule.id not in in_menus)


class _Rule:
    """One rule, and the rules that are asked before it."""

    def __init__(self, surveyed: Survey, rank: int, rule: Rule) -> None:
        self.surveyed = surveyed
        self.rank = rank
        self.rule = rule
        self.last = isinstance(rule.trigger, Fallback)
        self.in_text = isinstance(rule.trigger, Keyword | Pattern)
        self._situation: tuple[Situation | None] | None = None
        self._proofs: dict[tuple[int, tuple[int, ...]], tuple[Rule, ...]] = {}

    def shadowed(self, without_text: Iterable[tuple[int, Rule]]) -> Shadowed | None:
        readings = self.surveyed.readings.get(self.rank, [])
        parts = [part for reading in readings for part in reading.parts]
        if self.in_text and not parts:
            return None
        blankets = [rule for rank, rule in without_text if self._before(rank, rule)]
        met = parts if self.in_text else [self.surveyed.anything]
        if not blankets and not any(self._rivals(part) for part in met):
            return None  # nearly every rule
        states = self._states()
        if not states:
            return None
        return self._by_rules_without_text(states, blankets, met[0]) or self._by_text(states, blankets, readings)

    def _by_rules_without_text(
        self, states: Sequence[HoursState], blankets: Sequence[Rule], part: Part
    ) -> Shadowed | None:
        for certain in (True, False):
            chosen = [next(self._blanket(blankets, state, certain), None) for state in states]
            if None not in chosen:
                by = tuple({rule.id: rule for rule in chosen if rule is not None}.values())
                if taken := self._shown(None, by, certain, [part]):
                    return Shadowed(self.rule, (taken,), whole=True)
        return None

    def _by_text(
        self, states: Sequence[HoursState], blankets: Sequence[Rule], readings: Sequence[Reading]
    ) -> Shadowed | None:
        states = [state for state in states if next(self._blanket(blankets, state, certain=True), None) is None]
        if not self.in_text:
            taken = self._taken(None, [self.surveyed.anything], states)
            return None if taken is None else Shadowed(self.rule, (taken,), whole=True)
        found = {reading.place: self._taken(reading.place, reading.parts, states) for reading in readings}
        all_taken = tuple(taken for taken in found.values() if taken is not None)
        whole = all(found[reading.place] is not None for reading in readings if reading.known != "never")
        return Shadowed(self.rule, all_taken, whole) if all_taken else None

    def _taken(self, place: int | None, parts: Sequence[Part], states: Sequence[HoursState]) -> Taken | None:
        if not parts or not all(self._rivals(part) for part in parts):
            return None
        for certain in (True, False):
            by: dict[str, Rule] = {}
            if all(self._proven(part, state, certain, by) for part in parts for state in states):
                return self._shown(place, tuple(by.values()), certain, parts)
        return None

    def _proven(self, part: Part, state: HoursState, certain: bool, by: dict[str, Rule]) -> bool:
        rivals = [each for each in self._rivals(part) if self._silences(each.rule, state, certain)]
        key = (id(part), tuple(each.order for each in rivals))
        proof = self._proofs.get(key)
        if proof is None:
            proof = self._proofs[key] = _prove(part, rivals, self.surveyed.budget)
        by.update((rule.id, rule) for rule in proof)
        return bool(proof)

    def _rivals(self, part: Part) -> list[Candidate]:
        return [each for each in part.found if self._before(each.rank, each.rule)]

    def _before(self, rank: int, rule: Rule) -> bool:
        """Whether that rule is asked before this one, and keeps this one from being asked when it answers."""
        if isinstance(rule.trigger, Fallback):
            return self.last and rank < self.rank and not rule.continues
        return self.last or (rank < self.rank and not rule.continues)

    def _blanket(self, blankets: Iterable[Rule], state: HoursState, certain: bool) -> Iterator[Rule]:
        """The rules that take every message in that state of the shop."""
        for rule in blankets:
            if self._triggers(rule, state) and self._implies(rule, state) and (self._unlimited(rule) or not certain):
                yield rule

    def _triggers(self, rule: Rule, state: HoursState) -> bool:
        if isinstance(rule.trigger, TimeBased):
            return rule.trigger == self.rule.trigger if rule.trigger.hours is not None else rule.trigger.state == state
        return self._is_first() if isinstance(rule.trigger, Welcome) else True

    def _silences(self, rule: Rule, state: HoursState, certain: bool) -> bool:
        if certain:
            return self._implies(rule, state) and self._unlimited(rule)
        if self._implies(rule, state):
            return True
        here = self._here()
        return here is not None and here.allows(rule)

    def _implies(self, rule: Rule, state: HoursState) -> bool:
        """Whether the rule's conditions hold whenever this rule's do, in that state of the shop."""
        return rule.conditions is None or all(
            self._implied(name, getattr(rule.conditions, name), state) for name in _CONDITIONS
        )

    def _implied(self, name: str, asked: object, state: HoursState) -> bool:
        mine = getattr(self.rule.conditions, name) if self.rule.conditions is not None else None
        if asked is None or asked == mine:
            return True
        if name == "hours":
            return asked == state
        if name == "first_message":
            return asked is True and self._is_first()
        if name == "message_type" and mine is None:
            mine = MESSAGE_TYPES
        # Sets are what may be (types, segments, days): fewer of them ask for more. Tags are no set, but a value.
        return isinstance(asked, frozenset) and isinstance(mine, frozenset) and mine <= asked

    def _unlimited(self, rule: Rule) -> bool:
        # A fallback is not even asked when a rule before it matched and only its limits held it back.
        return not rule.limited or (self.last and not isinstance(rule.trigger, Fallback))

    def _is_first(self) -> bool:
        conditions = self.rule.conditions
        return isinstance(self.rule.trigger, Welcome) or (conditions is not None and conditions.first_message is True)

    def _states(self) -> list[HoursState]:
        """The states of the shop in which this rule may answer."""
        trigger, conditions = self.rule.trigger, self.rule.conditions
        asked = {conditions.hours} if conditions is not None and conditions.hours is not None else set(_STATES)
        if isinstance(trigger, TimeBased) and trigger.hours is None:
            asked &= {trigger.state}
        if self.surveyed.hours_known and self.surveyed.rule_set.hours.always:
            asked &= {"open"}
        return [state for state in _STATES if state in asked]

    def _here(self) -> Situation | None:
        if self._situation is None:
            self._situation = (situation(self.surveyed.usual, self.rule),)
        return self._situation[0]

    def _shown(self, place: int | None, by: tuple[Rule, ...], certain: bool, parts: Sequence[Part]) -> Taken | None:
        """With a message that the engine decides so; None if it decides none so."""
        here = self._here()
        shown: Taken | None = None
        for part in parts if here is not None else ():
            if self.in_text and all(each.rank != self.rank for each in part.found):
                continue
            winners = tuple(answer.rule for answer in here.decide(part.sample).answers) if here is not None else ()
            if any(rule.id == self.rule.id for rule in winners):
                return None
            if winners and (shown is None or (winners[-1] in by and shown.winners[-1] not in by)):
                shown = Taken(place, by, certain, part.sample, winners)
        return shown


def _prove(part: Part, rivals: Sequence[Candidate], budget: Budget) -> tuple[Rule, ...]:
    """The rules that take, each or together, every text of the part; () where that is not proven."""
    known: list[tuple[Candidate, Literal | Node]] = []
    for rival in rivals:
        source = rival.decision.answers[0].matched
        try:
            meant = matches(rival.rule.trigger, source) if source in sources(rival.rule.trigger) else None
        except Unknown:
            continue
        # No literal takes what matches every text; it need not be proven each time.
        if meant is not None and not (part.matches is EVERYTHING and isinstance(meant, Literal)):
            known.append((rival, meant))
    alone = next((rival.rule for rival, meant in known if _takes(meant, part, budget)), None)
    if alone is not None:
        return (alone,)
    some = known[:_TOGETHER]
    # Literals take a literal each alone or not at all.
    both = isinstance(part.matches, Literal) and all(isinstance(meant, Literal) for _, meant in some)
    if len(some) > 1 and not both and _take_together([meant for _, meant in some], part, budget):
        return rules_of(rival for rival, _ in some)
    return ()


def _takes(meant: Literal | Node, part: Part, budget: Budget) -> bool:
    if isinstance(meant, Literal) and isinstance(part.matches, Literal):
        return takes(meant, part.matches)
    return _take_together([meant], part, budget)


def _take_together(several: Sequence[Literal | Node], part: Part, budget: Budget) -> bool:
    literals = any(isinstance(each, Literal) for each in (part.matches, *several))
    trees = [tree(each) if isinstance(each, Literal) else each for each in (part.matches, *several)]
    try:
        return missed(trees[0], trees[1:], ordinary=literals, budget=budget) is None
    except Unknown:
        return False
