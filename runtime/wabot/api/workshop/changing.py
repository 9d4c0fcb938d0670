"""Rules and quick replies written by the API: into the tenant's two managed files alone, and only what leaves the whole
tenant without an error."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from wabot.api.problems import Problem, unknown
from wabot.api.workshop import rules
from wabot.api.workshop.catalogue import quick_reply
from wabot.api.workshop.listing import EntryList
from wabot.api.workshop.replacing import ChangedMeanwhile, alone, read, replace
from wabot.api.workshop.shelf import as_data, shown
from wabot.engine.load import load_tenant
from wabot.language.diagnostic import Diagnostic
from wabot.language.own_files import QUICK_REPLIES, RULES
from wabot.language.tenant import Loaded
from wabot.lint.run import lint, may_silence
from wabot.lint.silences import Commented, heed

Entry = Mapping[str, Any]
_TRIES: Final = 3
_SHOWN: Final = 20
_OFF: Final = (
    "Rules are code here: people write them in this tenant's folder, in git. To let the API write rules and quick "
    "replies of its own, put `managed: true` into the tenant's tenant.yaml; it then writes {rules} and {replies}, and "
    "no other file."
)


class _Kind(NamedTuple):
    """What is written: the file, the key of its list, what names an entry, and what it is called."""

    file: str
    key: str
    name: str
    called: str
    made: Callable[[Entry, Entry | None, str], dict[str, Any]]
    told: Callable[[Entry, str], dict[str, Any]]


def _quick_reply(told: Entry, before: Entry | None, _timezone: str) -> dict[str, Any]:
    """As `rules.from_wire`."""
    made = dict(before or {})
    for name in ("shortcut", "title", "message", "category", "tags", "operators"):
        if name in told:
            made.pop(name, None)
            made |= {name: told[name]} if told[name] else {}
    return made


_KINDS: Final[Mapping[str, _Kind]] = {
    "rule": _Kind(RULES, "rules", "id", "rule", rules.from_wire, rules.to_wire),
    "quick_reply": _Kind(
        QUICK_REPLIES[1], "quick_replies", "shortcut", "quick reply", _quick_reply, lambda entry, _: quick_reply(entry)
    ),
}


def change(folder: Path | None, data: Path, order: Mapping[str, Any]) -> dict[str, Any]:
    """Carry out an order: `act` is create, change or remove; `kind` rule or quick_reply; `id` whose (None: a new rule
    gets one); `told` the fields. `data` is the tenant's data folder.

    Returns:
        dict: the `entry` as it is told now (None: removed), and the `findings` that are no errors.

    Raises:
        Problem: nothing is written; 404, 409 or 422, and why.
    """
    if folder is None or not folder.is_dir():
        raise Problem(409, "The tenant's folder is not there.", "FOLDER_GONE")
    with alone(data):
        for _ in range(_TRIES):
            try:
                return _Change(folder, order).carried_out()
            except ChangedMeanwhile:
                continue
    message = "The tenant's files were changed by somebody else in the meantime; look at them, and try again."
    raise Problem(409, message, "CHANGED_MEANWHILE")


class _Change:
    def __init__(self, folder: Path, order: Mapping[str, Any]) -> None:
        self.folder, self.order, self.kind = folder, order, _KINDS[order["kind"]]
        self.path = folder / self.kind.file
        self.before = load_tenant(folder)

    def carried_out(self) -> dict[str, Any]:
        readable = self.before.readable
        if readable is None:
            raise self._refused(self.before.diagnostics)
        if not readable.tenant.managed:
            raise Problem(409, _OFF.format(rules=RULES, replies=QUICK_REPLIES[1]), "RULES_ARE_CODE")
        seen = read(self.path, self.folder)
        text = None if seen is None else seen.decode("utf-8-sig", "replace")
        listed = EntryList(self.path, text, self.kind.key, self.kind.name)
        entry = self._edit(listed, str(readable.tenant.timezone))
        loaded = load_tenant(self.folder, {self.path: listed.text.encode()})
        left = _findings(loaded, self.order["now"])
        if any(item.severity == "error" for item in left):
            raise self._refused(left)
        replace(self.path, listed.text, seen)
        told = None if entry is None else self.kind.told(entry, str(readable.tenant.timezone))
        own = [as_data(item, self.folder) for item in left if item.location.path == self.path]
        return {"entry": told, "findings": own[:_SHOWN]}

    def _edit(self, listed: EntryList, timezone: str) -> Entry | None:
        """Change the list; the entry as it is then."""
        act, name, told = self.order["act"], self.order["id"], self.order["told"]
        written = self._written()
        if act == "create":
            name = name or rules.free_id(told["name"], written.keys())
            if name in written:
                message = f"There is a {self.kind.called} {name} already, in {written[name]}."
                raise Problem(409, message, "EXISTS", source=written[name])
            entry = self.kind.made({**told, self.kind.name: name}, None, timezone)
            listed.add(entry)
            return entry
        place = listed.place(name)
        if place is None and name in written:
            message = (
                f"People wrote the {self.kind.called} {name}, in {written[name]}: the API changes only what stands in "
                f"{self.kind.file}. Change it there."
            )
            raise Problem(409, message, "WRITTEN_BY_PEOPLE", source=written[name])
        if place is None:
            raise unknown(self.kind.called, name)
        if act == "remove":
            listed.remove(place)
            return None
        entry = self.kind.made(told, listed.entries[place], timezone)
        renamed = entry[self.kind.name]
        if renamed != name and renamed in written:
            message = f"There is a {self.kind.called} {renamed} already, in {written[renamed]}."
            raise Problem(409, message, "EXISTS", source=written[renamed])
        if entry != listed.entries[place]:
            listed.change(place, entry)
        return entry

    def _written(self) -> dict[str, str]:
        """Where each rule's id, or each shortcut, is written. A shared rule is nobody's own: another may take its
        place."""
        found: dict[str, str] = {}
        for document in self.before.documents:
            listed = document.data.get(self.kind.key) if isinstance(document.data, dict) else None
            if not isinstance(listed, list) or not document.path.is_relative_to(self.folder):
                continue
            for at, entry in enumerate(listed):
                if isinstance(entry, dict) and isinstance(name := entry.get(self.kind.name), str):
                    line = document.locate((self.kind.key, at, self.kind.name)).line
                    found.setdefault(name, f"{shown(document.path, self.folder)}:{line}")
        return found

    def _refused(self, findings: tuple[Diagnostic, ...]) -> Problem:
        errors = [item for item in findings if item.severity == "error"]
        first = as_data(errors[0], self.folder)
        message = f"Nothing is written: {first['path']}:{first['line']}:{first['column']}: {first['message']}"
        return Problem(422, message, "UNSOUND", findings=[as_data(item, self.folder) for item in errors[:_SHOWN]])


def _findings(loaded: Loaded, now: int) -> tuple[Diagnostic, ...]:
    """What `wabot validate` finds in the tenant."""
    found = sorted({*loaded.diagnostics, *lint(loaded, now)})
    silent = Commented([one for one in loaded.documents if may_silence(one)], loaded.rule_set is not None)
    left, _ = heed([silent], found)
    return tuple(sorted(left))
