"""What a schema cannot see: ids that repeat, and names (rules, templates, files, teams) that do not exist."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from wabot.language.diagnostic import Location
from wabot.language.document import Document, Steps
from wabot.language.durations import is_too_long
from wabot.language.hours import YEARS
from wabot.language.read import duration
from wabot.language.regex import Regex, RegexError
from wabot.language.wording import check_template_file, check_text
from wabot.model.media import unsendable


@dataclass(slots=True)
class Names:
    """What rules may refer to. `teams` and `variables` are the tenant's (None: tenant.yaml could not be read, so
    anything may be right)."""

    templates: Mapping[str, Document] = field(default_factory=dict)
    media: Mapping[str, Path] = field(default_factory=dict)
    variables: Collection[str] | None = ()
    teams: Collection[str] | None = None


def check_rules(own: Sequence[Document], shared: Sequence[Document], names: Names) -> dict[str, Location]:
    """Report on every rules file what is wrong between its lines; in the `entries` of the documents only those rules
    are left that can be compiled. A rule of the tenant's `own` takes the place of a `shared` one with its id. Returns
    where each rule id stands."""
    return _Rules(names).check(own, shared)


class _Rules:
    def __init__(self, names: Names) -> None:
        self.names = names
        self.ids: dict[str, Location] = {}
        self.menus: dict[str, Mapping[str, Any]] = {}
        self.used: dict[str, set[str]] = {}
        self.reached: set[str] = set()

    def check(self, own: Sequence[Document], shared: Sequence[Document]) -> dict[str, Location]:
        for documents, overridable in ((own, False), (shared, True)):
            before = set(self.ids)
            for document in documents:
                for index, rule in enumerate(document.entries):
                    if rule is None:
                        continue
                    if overridable and rule["id"] in before:
                        document.entries[index] = None
                    else:
                        self._name(document, index, rule)
        for document in (*own, *shared):
            for index, rule in enumerate(document.entries):
                if rule is not None:
                    self._rule(document, ("rules", index), rule)
        for document in (*own, *shared):
            for index, rule in enumerate(document.entries):
                if rule is not None and "trigger" not in rule and rule["id"] not in self.reached:
                    self._untriggered(document, ("rules", index), rule)
        for name, groups in self.used.items():
            check_template_file(self.names.templates[name], self.names.variables, groups)
        return self.ids

    def _name(self, document: Document, index: int, rule: Mapping[str, Any]) -> None:
        at = document.locate(("rules", index, "id"))
        name = rule["id"]
        if name == "none":
            message = "`none` cannot be a rule's id: where a test expects it, it means that nobody answers"
            document.report("WB105", message, "give the rule another id", at=at)
        if first := self.ids.get(name):
            message = f"the rule id `{name}` is used twice; first in {first.path.name}:{first.line}"
            document.report("WB201", message, "rename one of the two", at=at)
            self._texts(document, ("rules", index), rule)
            document.entries[index] = None
            return
        self.ids[name] = at
        response = rule["response"]
        if isinstance(response, dict) and response["type"] == "menu":
            self.menus[name] = response

    def _rule(self, document: Document, steps: Steps, rule: Mapping[str, Any]) -> None:
        before = len(document.findings)
        groups = _check_trigger(document, (*steps, "trigger"), rule.get("trigger"))
        refused = len(document.findings) > before
        self._selection(document, (*steps, "trigger"), rule.get("trigger"))
        self._texts(document, steps, rule, groups)
        if isinstance(rule["response"], dict):
            self._options(document, (*steps, "response", "options"), rule["response"].get("options", ()))
            self._target(document, (*steps, "response", "to"), rule["response"].get("to", {}))
        if refused:
            document.entries[int(steps[1])] = None

    def _texts(self, document: Document, steps: Steps, rule: Mapping[str, Any], groups: Collection[str] = ()) -> None:
        response, variables = rule["response"], self.names.variables
        if "follow_up" in rule:
            check_text(document, (*steps, "follow_up", "message"), rule["follow_up"]["message"], variables, groups)
        if isinstance(response, str):
            check_text(document, (*steps, "response"), response, variables, groups)
            return
        for key in ("message", "caption", "invalid"):
            texts = response.get(key, ())
            if isinstance(texts, str):
                check_text(document, (*steps, "response", key), texts, variables, groups)
            else:
                for place, text in enumerate(texts):
                    check_text(document, (*steps, "response", key, place), text, variables, groups)
        if (name := response.get("template")) is not None:
            if name in self.names.templates:
                self.used.setdefault(name, set()).update(groups)
            else:
                at = document.locate((*steps, "response", "template"))
                hint = _guess(name, self.names.templates)
                document.report("WB202", f"there is no template `{name}` in templates/", hint, at=at)
        if (name := response.get("file")) is not None:
            self._file(document, (*steps, "response", "file"), name)

    def _file(self, document: Document, steps: Steps, name: str) -> None:
        path, at = self.names.media.get(name), document.locate(steps)
        if path is None:
            document.report("WB215", f"there is no file `{name}` in media/", _guess(name, self.names.media), at=at)
            return
        with suppress(OSError):  # gone this moment; whoever sends it looks again
            if why := unsendable(name, path.stat().st_size):
                document.report("WB222", f"`{name}` {why}", "put a file there that WhatsApp takes", at=at)

    def _options(self, document: Document, steps: Steps, options: Sequence[Mapping[str, Any]]) -> None:
        for place, option in enumerate(options):
            goto = option.get("goto")
            self.reached.add(goto or "")
            if goto is not None and goto not in self.ids:
                at = document.locate((*steps, place, "goto"))
                document.report("WB214", f"no rule has the id `{goto}`", _guess(goto, self.ids), at=at)

    def _target(self, document: Document, steps: Steps, target: Mapping[str, str]) -> None:
        team = target.get("team")
        if team is not None and self.names.teams is not None and team not in self.names.teams:
            known = ", ".join(self.names.teams) or "none"
            hint = f"add it to `teams` in tenant.yaml; there are: {known}"
            document.report("WB216", f"there is no team `{team}`", hint, at=document.locate((*steps, "team")))

    def _untriggered(self, document: Document, steps: Steps, rule: Mapping[str, Any]) -> None:
        if not document.has((*steps, "trigger")):
            message = f"`trigger` is missing in the rule `{rule['id']}`, and no menu leads to it"
            hint = "write a trigger, or let an option of a menu say `goto: " + rule["id"] + "`"
            document.report("WB220", message, hint, at=document.locate((*steps, "id")))

    def _selection(self, document: Document, steps: Steps, trigger: Mapping[str, Any] | None) -> None:
        if trigger is None or trigger["type"] != "menu_selection":
            return
        name, key = trigger["menu"], trigger["key"]
        if name not in self.menus:
            message = f"the rule `{name}` is no menu" if name in self.ids else f"no rule has the id `{name}`"
            document.report("WB217", message, _guess(name, self.menus), at=document.locate((*steps, "menu")))
            return
        options = {option["key"].strip(): option for option in self.menus[name]["options"]}
        at = document.locate((*steps, "key"))
        if key.strip() not in options:
            document.report("WB217", f"the menu `{name}` has no option `{key}`", _guess(key, options), at=at)
        elif decided := {"goto", "action"} & options[key.strip()].keys():
            hint = f"remove `{decided.pop()}` from the option, or this rule"
            document.report("WB219", f"the option `{key}` of the menu `{name}` never asks this rule", hint, at=at)


def check_quick_replies(documents: Sequence[Document], variables: Collection[str] | None) -> None:
    """Report shortcuts that repeat, also in another file, and what is wrong in their messages."""
    seen: dict[str, Location] = {}
    for document in documents:
        for index, reply in enumerate(document.entries):
            if reply is None:
                continue
            at = document.locate(("quick_replies", index, "shortcut"))
            if first := seen.get(reply["shortcut"]):
                where = f"line {first.line}" if first.path == at.path else f"{first.path.name}:{first.line}"
                message = f"the shortcut `{reply['shortcut']}` is used twice; first in {where}"
                document.report("WB210", message, "rename one", at=at)
            seen.setdefault(reply["shortcut"], at)
            check_text(document, ("quick_replies", index, "message"), reply["message"], variables, ())


def check_tests(document: Document, ids: Collection[str]) -> None:
    """Report rules that a test expects and nobody wrote, moments that do not exist, regexes that RE2 refuses."""
    for index, test in enumerate(document.entries):
        if test is not None:
            _check_clock(document, ("tests", index), test)
        for number, step in enumerate(test["steps"] if test else ()):
            expect = step.get("expect", {})
            steps: Steps = ("tests", index, "steps", number, "expect")
            for what in ("reply", "follow_up"):
                reply = expect.get(what)
                if isinstance(reply, dict) and "matches" in reply:
                    _check_regex(document, (*steps, what, "matches"), reply["matches"])
            named = [((*steps, "rule"), expect["rule"])] if "rule" in expect else []
            named += [((*steps, "rules", place), rule) for place, rule in enumerate(expect.get("rules", ()))]
            for where, rule in named:
                if rule != "none" and rule not in ids:
                    hint = _guess(rule, ids)
                    document.report("WB209", f"no rule has the id `{rule}`", hint, at=document.locate(where))


def _check_clock(document: Document, steps: Steps, test: Mapping[str, Any]) -> None:
    """Report when a test starts at no moment, or waits until the calendar ends."""
    where: Steps = (*steps, "at")
    try:
        now = datetime.fromisoformat(test["at"])
    except ValueError:
        document.report("WB207", f"{test['at']} is no date and time", "", at=document.locate(where))
        return
    waits = [(number, step["wait"]) for number, step in enumerate(test["steps"]) if "wait" in step]
    for number, wait in [(None, "0s"), *waits]:
        where = where if number is None else (*steps, "steps", number, "wait")
        now += timedelta(milliseconds=0 if is_too_long(wait) else duration(wait))
        if now.year not in YEARS:
            message = f"the clock stands in the year {now.year}; years run from {YEARS[0]} to {YEARS[-1]}"
            document.report("WB207", message, "", at=document.locate(where))
            return


def _check_trigger(document: Document, steps: Steps, trigger: Mapping[str, Any] | None) -> set[str]:
    """Returns the named groups of the trigger's regexes."""
    regexes: list[tuple[Steps, str]] = []
    kind = trigger["type"] if trigger else ""
    if trigger is None:
        return set()
    if kind == "pattern":
        regexes = [((*steps, "regex"), trigger["regex"])]
    elif kind == "keyword" and trigger.get("match") == "regex":
        regexes = [((*steps, "keywords", place), regex) for place, regex in enumerate(trigger["keywords"])]
    groups: set[str] = set()
    for where, regex in regexes:
        groups |= _check_regex(document, where, regex)
    return groups


def _check_regex(document: Document, where: Steps, regex: str) -> set[str]:
    """Returns the named groups of a regex; none when it is refused."""
    try:
        return set(Regex(regex).names)
    except RegexError as error:
        hint = (
            "RE2 has no look-around ((?=, (?!, (?<=) and no back-references (\\1)"
            if _beyond_re2(regex)
            else "check brackets and backslashes; in YAML, single quotes keep backslashes as they are"
        )
        document.report("WB205", f"RE2 refuses this regex: {error}", hint, at=document.locate(where))
        return set()


def _beyond_re2(regex: str) -> bool:
    return any(mark in regex for mark in ("(?=", "(?!", "(?<=", "(?<!", "\\1", "\\2", "(?P=", "(?>"))


def _guess(word: str, known: Collection[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    listed = ", ".join(sorted(known)[:12]) or "none"
    return f"did you mean `{close[0]}`?" if close else f"there are: {listed}"
