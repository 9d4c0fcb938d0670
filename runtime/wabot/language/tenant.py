"""A tenant's folder, whole: find it, read every file, check all of it, and collect every finding before failing."""

import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfoNotFoundError

from wabot.language.diagnostic import Diagnostic, Location
from wabot.language.document import Document
from wabot.language.hours import ALWAYS_OPEN, Hours, parse_span
from wabot.language.own_files import NO_DRAFTS, QUICK_REPLIES, Drafts, OwnFiles
from wabot.language.read import Files, read_hours, read_quick_reply, read_rule
from wabot.language.references import Names, check_quick_replies, check_rules, check_tests
from wabot.language.rule_set import Matcher, QuickReply, Rule, RuleSet, Tenant
from wabot.language.tenant_settings import read_tenant
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


def load_tenant(folder: Path, build: Build, drafts: Drafts = NO_DRAFTS) -> Loaded:
    """Read and check one tenant's folder, with `drafts` as if they lay there; `build` makes the matcher of its rules.
    Nothing is raised for what is wrong in the folder: that is in `diagnostics`."""
    return _Reader(folder, drafts).load(build)


class _Reader:
    def __init__(self, folder: Path, drafts: Drafts) -> None:
        self.folder, self.files = folder, OwnFiles(folder, drafts)
        self.tenant_id = folder.resolve().name
        self.media: tuple[Path, ...] = ()

    def load(self, build: Build) -> Loaded:
        try:
            present = self.files.names()
        except OSError as error:
            self.files.found(
                self.folder, "WB001", f"cannot be read: {error.strerror}", "check the folder's permissions"
            )
            return self._loaded(None, (), None)
        if not _ID.fullmatch(self.tenant_id):
            message = f"`{self.tenant_id}` cannot be a tenant's id"
            self.files.found(
                self.folder, "WB012", message, "name the folder with small letters, digits and -, at most 63"
            )
        if "tenant.yaml" not in present:
            self.files.found(
                self.folder, "WB011", "tenant.yaml is missing", "every folder here is a tenant; begin others with _"
            )
        self.files.strays(present)
        tenant = self._tenant() if "tenant.yaml" in present else None
        hours = self._hours() if "hours.yaml" in present else ALWAYS_OPEN
        rules, ids = self._rules(present, tenant)
        quick = self._quick_replies([name for name in QUICK_REPLIES if name in present], tenant)
        sound = not any(item.severity == "error" for item in self._all())
        readable = None
        if tenant is not None:
            ordered = tuple(sorted(rules, key=lambda rule: -rule.priority))
            readable = RuleSet(tenant, ordered, self._revision(), build(ordered), hours or ALWAYS_OPEN, quick)
        return self._loaded(readable if sound else None, self._tests(ids), readable)

    def _tenant(self) -> Tenant | None:
        document = self.files.read(self.folder / "tenant.yaml", "tenant")
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
        written = [document.data for document in self.files.documents if document.kind == "tenant"]
        found = written[0].get("vars", {}) if written and isinstance(written[0], dict) else None
        return found if isinstance(found, dict) and all(isinstance(name, str) for name in found) else None

    def _hours(self) -> Hours | None:
        document = self.files.read(self.folder / "hours.yaml", "hours")
        if document is None:
            return None
        hours = read_hours(document)
        return None if document.findings else hours

    def _rules(self, present: set[str], tenant: Tenant | None) -> tuple[list[Rule], dict[str, Location]]:
        paths = [self.folder / "rules.yaml"] if "rules.yaml" in present else []
        paths += self.files.glob("rules", ".yaml")
        own = [self.files.listing(path, "rules") for path in paths]
        shared = [document for name in tenant.include if (document := self._shared(name))] if tenant else []
        if not any(document.entries or document.findings for document in (*own, *shared)):
            self.files.found(
                self.folder, "WB014", "there are no rules here: nobody is answered", "write rules.yaml", "warning"
            )
        # The tenant's own templates and media win over those that lie beside shared rules.
        places = [*(document.path.parent for document in reversed(shared)), self.folder]
        templates = {path.name: self.files.text(path) for path in self._resources(places, "templates", ".j2")}
        media = {path.name: path for path in self._resources(places, "media", "") if self.files.is_file(path)}
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
        if not self.files.bounds.hold(path):
            self.files.outside(path)
            return None
        if path.is_file():
            return self.files.listing(path, "rules")
        tenant = next(document for document in self.files.documents if document.path.name == "tenant.yaml")
        at = tenant.locate(("include", tenant.data["include"].index(name)))
        tenant.report("WB218", f"there is no file {name} beside the tenants' folders", "check the path", at=at)
        return None

    def _resources(self, places: Sequence[Path], folder: str, suffix: str) -> list[Path]:
        found = {path.name: path for place in places for path in self.files.glob(folder, suffix, place)}
        return list(found.values())

    def _quick_replies(self, names: Sequence[str], tenant: Tenant | None) -> tuple[QuickReply, ...]:
        documents = [self.files.listing(self.folder / name, "quick-replies") for name in names]
        check_quick_replies(documents, self._vars(tenant))
        return tuple(
            read_quick_reply(entry) for document in documents for entry in document.entries if entry is not None
        )

    def _tests(self, ids: dict[str, Location]) -> tuple[Document, ...]:
        usable = []
        for path in self.files.glob("tests", ".yaml"):
            document = self.files.listing(path, "tests")
            check_tests(document, ids)
            usable.append(document)
        return tuple(document for document in usable if not document.findings)

    def _all(self) -> Sequence[Diagnostic]:
        return [*self.files.findings, *(finding for document in self.files.documents for finding in document.findings)]

    def _loaded(self, rule_set: RuleSet | None, tests: tuple[Document, ...], readable: RuleSet | None) -> Loaded:
        findings = tuple(sorted(set(self._all())))
        documents = tuple(self.files.documents)
        return Loaded(self.tenant_id, self.folder, rule_set, findings, documents, tests, readable, self.media)

    def _revision(self) -> str:
        digest = hashlib.sha256()
        for document in sorted(self.files.documents, key=lambda document: document.path):
            digest.update(f"{os.path.relpath(document.path, self.folder)}\0{document.text}\0".encode())
        return digest.hexdigest()[:12]


def _written_span(entry: Any) -> tuple[str, ...]:
    """Which of a rule's spans of hours is none."""
    try:
        parse_span(entry.get("conditions", {}).get("between", "00:00-24:00"))
    except ValueError:
        return ("conditions", "between")
    return ("trigger", "working_hours")
