"""A tenant's folder, whole: find it, read every file, check all of it, and collect every finding before failing."""

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfoNotFoundError

from wabot.language.bounds import Bounds
from wabot.language.diagnostic import Diagnostic, Location
from wabot.language.document import Document, read_document
from wabot.language.durations import check_durations
from wabot.language.files import MAX_BYTES, read_file
from wabot.language.hours import ALWAYS_OPEN, Hours, parse_span
from wabot.language.read import Files, read_hours, read_quick_reply, read_rule, read_tenant
from wabot.language.references import Names, check_quick_replies, check_rules, check_tests
from wabot.language.rule_set import Matcher, Rule, RuleSet, Tenant
from wabot.language.shape import Kind, Listing, check_shape, entries, salvage
from wabot.language.wording import check_text

_ID: Final = re.compile(r"[a-z0-9-]{1,63}")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a tenant's folder holds. `rule_set` is None when an error stands in anything but the tests, which are no
    part of what runs; `readable` then still holds what could be read, for those who look for more mistakes. `tests`
    are the test files that can be run."""

    tenant_id: str
    folder: Path
    rule_set: RuleSet | None
    diagnostics: tuple[Diagnostic, ...]
    documents: tuple[Document, ...]
    tests: tuple[Document, ...] = ()
    readable: RuleSet | None = None
    media: tuple[Path, ...] = ()


Build = Callable[[tuple[Rule, ...]], Matcher]


def load_tenant(folder: Path, build: Build) -> Loaded:
    """Read and check one tenant's folder; `build` makes the matcher of its rules. Nothing is raised for what is wrong
    in the folder: that is in `diagnostics`."""
    return _Reader(folder).load(build)


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bounds = Bounds(folder)
        self.tenant_id = folder.resolve().name
        self.documents: list[Document] = []
        self.findings: list[Diagnostic] = []
        self.media: tuple[Path, ...] = ()

    def load(self, build: Build) -> Loaded:
        try:
            present = {entry.name for entry in self.folder.iterdir()}
        except OSError as error:
            self._found(self.folder, "WB001", f"cannot be read: {error.strerror}", "check the folder's permissions")
            return self._loaded(None, (), None)
        if not _ID.fullmatch(self.tenant_id):
            message = f"`{self.tenant_id}` cannot be a tenant's id"
            self._found(self.folder, "WB012", message, "name the folder with small letters, digits and -, at most 63")
        if "tenant.yaml" not in present:
            self._found(
                self.folder, "WB011", "tenant.yaml is missing", "every folder here is a tenant; begin others with _"
            )
        self._strays(present)
        tenant = self._tenant() if "tenant.yaml" in present else None
        hours = self._hours() if "hours.yaml" in present else ALWAYS_OPEN
        rules, ids = self._rules(present, tenant)
        quick = self._quick_replies(tenant) if "quick-replies.yaml" in present else ()
        sound = not any(item.severity == "error" for item in self._all())
        readable = None
        if tenant is not None:
            ordered = tuple(sorted(rules, key=lambda rule: -rule.priority))
            readable = RuleSet(tenant, ordered, self._revision(), build(ordered), hours or ALWAYS_OPEN, quick)
        return self._loaded(readable if sound else None, self._tests(ids), readable)

    def _tenant(self) -> Tenant | None:
        document = self._read(self.folder / "tenant.yaml", "tenant")
        if document is None:
            return None
        if (nobody := document.data.get("handoff", {}).get("nobody")) is not None:
            check_text(document, ("handoff", "nobody"), nobody, document.data.get("vars", {}), ())
        try:
            return read_tenant(self.tenant_id, document.data)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            name = document.data["timezone"]
            hint = "Indonesia has Asia/Jakarta, Asia/Makassar and Asia/Jayapura"
            document.report("WB208", f"`{name}` is no time zone", hint, at=document.locate(("timezone",)))
            return None

    def _vars(self, tenant: Tenant | None) -> Mapping[str, Any] | None:
        """The tenant's `vars`, also of a tenant.yaml with mistakes elsewhere; None where nobody can know them."""
        if tenant is not None:
            return tenant.vars
        written = [document.data for document in self.documents if document.kind == "tenant"]
        found = written[0].get("vars", {}) if written and isinstance(written[0], dict) else None
        return found if isinstance(found, dict) and all(isinstance(name, str) for name in found) else None

    def _hours(self) -> Hours | None:
        document = self._read(self.folder / "hours.yaml", "hours")
        if document is None:
            return None
        hours = read_hours(document)
        return None if document.findings else hours

    def _rules(self, present: set[str], tenant: Tenant | None) -> tuple[list[Rule], dict[str, Location]]:
        paths = [self.folder / "rules.yaml"] if "rules.yaml" in present else []
        paths += self._glob("rules", ".yaml")
        own = [self._listing(path, "rules") for path in paths]
        shared = [document for name in tenant.include if (document := self._shared(name))] if tenant else []
        if not any(document.entries or document.findings for document in (*own, *shared)):
            self._found(
                self.folder, "WB014", "there are no rules here: nobody is answered", "write rules.yaml", "warning"
            )
        # The tenant's own templates and media win over those that lie beside shared rules.
        places = [*(document.path.parent for document in reversed(shared)), self.folder]
        templates = {path.name: self._text(path) for path in self._resources(places, "templates", ".j2")}
        media = {path.name: path for path in self._resources(places, "media", "") if self._is_file(path)}
        self.media = tuple(media.values())
        names = Names(templates, media, self._vars(tenant), tenant.teams if tenant else None)
        ids = check_rules(own, shared, names)
        files = Files({name: document.text for name, document in templates.items()}, media)
        rules: list[Rule] = []
        for document in (*own, *shared):
            for index, entry in enumerate(document.entries):
                try:
                    if entry is not None:
                        rules.append(read_rule(document, index, files))
                except ValueError as error:
                    at = document.locate(("rules", index, *_written_span(entry)))
                    document.report("WB207", str(error), "", at=at)
        return rules, ids

    def _shared(self, name: str) -> Document | None:
        path = self.folder.parent / name
        if not self.bounds.hold(path):
            self._outside(path)
            return None
        if path.is_file():
            return self._listing(path, "rules")
        tenant = next(document for document in self.documents if document.path.name == "tenant.yaml")
        at = tenant.locate(("include", tenant.data["include"].index(name)))
        tenant.report("WB218", f"there is no file {name} beside the tenants' folders", "check the path", at=at)
        return None

    def _resources(self, places: Sequence[Path], folder: str, suffix: str) -> list[Path]:
        found = {path.name: path for place in places for path in self._glob(folder, suffix, place)}
        return list(found.values())

    def _outside(self, path: Path) -> Document:
        """In place of a file that is not the tenant's: nothing of it is read, lest a finding quotes it."""
        self._found(path, "WB015", "this link leads out of the tenant's folder", "put the file itself here")
        return Document(path, findings=[self.findings[-1]])

    def _is_file(self, path: Path) -> bool:
        if self.bounds.left_by(path):
            self._outside(path)
            return False
        if path.is_file():
            return True
        if not path.is_dir():  # a folder has its own finding
            self._found(path, "WB001", "cannot be read: it is no file", "put the file itself here")
        return False

    def _quick_replies(self, tenant: Tenant | None) -> tuple[Any, ...]:
        document = self._listing(self.folder / "quick-replies.yaml", "quick-replies")
        check_quick_replies(document, self._vars(tenant))
        return tuple(read_quick_reply(entry) for entry in document.entries if entry is not None)

    def _tests(self, ids: dict[str, Location]) -> tuple[Document, ...]:
        usable = []
        for path in self._glob("tests", ".yaml"):
            document = self._listing(path, "tests")
            check_tests(document, ids)
            usable.append(document)
        return tuple(document for document in usable if not document.findings)

    def _read(self, path: Path, kind: Kind) -> Document | None:
        if self.bounds.left_by(path):
            self._outside(path)
            return None
        document = read_document(path)
        document.kind = kind
        self.documents.append(document)
        shaped = _parsed(document) and check_shape(document, kind)
        check_durations(document)
        return document if shaped and not document.findings else None

    def _listing(self, path: Path, kind: Listing) -> Document:
        """Read a file that is a list of rules, tests or quick replies; what is usable is in `entries`."""
        if self.bounds.left_by(path):
            return self._outside(path)
        document = read_document(path)
        document.kind = kind
        self.documents.append(document)
        if _parsed(document):
            shaped = check_shape(document, kind)
            document.entries = entries(kind, document.data) if shaped else salvage(kind, document.data)
            check_durations(document)
        return document

    def _text(self, path: Path) -> Document:
        if self.bounds.left_by(path):
            return self._outside(path)
        document = Document(path)
        self.documents.append(document)
        try:
            raw = read_file(path)
            if len(raw) > MAX_BYTES:
                message = f"the file is larger than {MAX_BYTES // 1_000_000} MB"
                document.report("WB008", message, "shorten it: it is the text of one reply")
            else:
                document.text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            document.report("WB002", "this file is not UTF-8 text", "save it as UTF-8")
        except OSError as error:
            document.report("WB001", f"cannot be read: {error.strerror or error}", "check the file's permissions")
        return document

    def _glob(self, folder: str, suffix: str, within: Path | None = None) -> list[Path]:
        place = (within or self.folder) / folder
        if self.bounds.left_by(place) or (within not in (None, self.folder) and not self.bounds.hold(place)):
            self._outside(place)
            return []
        try:
            entries = sorted(place.iterdir()) if place.is_dir() else []
        except OSError as error:
            self._found(place, "WB001", f"cannot be read: {error.strerror}", "check the folder's permissions")
            return []
        if not place.is_dir() and place.exists():
            hint = f"make {folder}/ a folder, with the files in it"
            self._found(place, "WB013", "this file is not read: it should be a folder", hint, "warning")
        for entry in entries:
            if entry.is_dir() and entry.name[0] not in "_." and not (suffix and entry.name.endswith(suffix)):
                hint = f"put its files into {folder}/ itself"
                self._found(entry, "WB013", "this folder is not read: folders here hold no folders", hint, "warning")
            if suffix == ".yaml" and entry.suffix == ".yml":
                self._found(
                    entry, "WB013", "this file is not read: its name ends in .yml", "rename it to .yaml", "warning"
                )
        return [entry for entry in entries if entry.name.endswith(suffix) and not entry.name.startswith(".")]

    def _strays(self, present: set[str]) -> None:
        known = {"tenant.yaml", "hours.yaml", "rules.yaml", "quick-replies.yaml", "quick-replies.managed.yaml"}
        folders = ("rules", "templates", "media", "tests")
        for name in sorted(present - known):
            if (meant := f"{name}s") in folders and (self.folder / name).is_dir():
                self._found(self.folder / name, "WB013", "this folder is not read", f"name it {meant}", "warning")
            if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                hint = f"the files here are {', '.join(sorted(known)[:4])}; more rules go into rules/*.yaml"
                self._found(self.folder / name, "WB013", "this file is not read", hint, "warning")

    def _found(self, path: Path, code: str, message: str, hint: str, severity: Any = "error") -> None:
        self.findings.append(_finding(path, code, message, hint)._replace(severity=severity))

    def _all(self) -> Sequence[Diagnostic]:
        return [*self.findings, *(finding for document in self.documents for finding in document.findings)]

    def _loaded(self, rule_set: RuleSet | None, tests: tuple[Document, ...], readable: RuleSet | None) -> Loaded:
        findings = tuple(sorted(set(self._all())))
        documents = tuple(self.documents)
        return Loaded(self.tenant_id, self.folder, rule_set, findings, documents, tests, readable, self.media)

    def _revision(self) -> str:
        digest = hashlib.sha256()
        for document in sorted(self.documents, key=lambda document: document.path):
            digest.update(f"{os.path.relpath(document.path, self.folder)}\0{document.text}\0".encode())
        return digest.hexdigest()[:12]


def _parsed(document: Document) -> bool:
    """Whether there is data to look at. A repeated key, say, is a mistake, but hides no other; an endless file does."""
    return document.data is not None and not any(finding.code == "WB008" for finding in document.findings)


def _written_span(entry: Any) -> tuple[str, ...]:
    """Which of a rule's spans of hours is none."""
    try:
        parse_span(entry.get("conditions", {}).get("between", "00:00-24:00"))
    except ValueError:
        return ("conditions", "between")
    return ("trigger", "working_hours")


def _finding(path: Path, code: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(Location(path), "error", code, message, hint)
