"""How much of the rules the tests exercise, and the tests that are missing, as people and machines read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wabot.cli import render
from wabot.cli.output import style
from wabot.cli.tenants import subject as subject_of
from wabot.engine.coverage.kinds import KINDS
from wabot.engine.coverage.measure import Coverage, Share, examples_of, measure
from wabot.engine.coverage.missing import Missing, missing_tests
from wabot.engine.coverage.target import ORDINARY_DAY, Stage, Target
from wabot.engine.coverage.written import HEADER
from wabot.language.diagnostic import Location
from wabot.language.rule_set import Rule
from wabot.language.tenant import Loaded
from wabot.lint.subject import Subject

if TYPE_CHECKING:
    from wabot.cli.rehearsing import Rehearsed


@dataclass(frozen=True, slots=True)
class TenantCovered:
    """One tenant's coverage. `subject` knows where everything is written."""

    loaded: Loaded
    subject: Subject
    coverage: Coverage
    missing: Missing

    def place(self, target: Target) -> Location:
        return self.subject.place(self.rule(target)).locate(*target.steps, key=target.kind == "conditions")

    def rule(self, target: Target) -> Rule:
        return next(rule for rule in self.subject.rules if rule.id == target.rule)

    @property
    def file(self) -> Path:
        """Where missing tests go."""
        paths = [document.path for document in self.loaded.documents if document.path.parent.name == "tests"]
        return paths[0] if paths else self.loaded.folder / "tests" / "percakapan.yaml"


def cover(rehearsed: Sequence["Rehearsed"], only_some: bool) -> "Covered":
    """Measure the tenants whose rules could be played. `only_some`: not all their tests were."""
    tenants = []
    for tenant in rehearsed:
        rule_set = tenant.loaded.rule_set
        if rule_set is None:
            continue
        examples = examples_of(tenant.loaded)
        coverage = measure(rule_set, (seen for one in tenant.played for seen in one.exchanges), examples)
        day = tenant.played[0].conversation.at.date() if tenant.played else ORDINARY_DAY
        missing = missing_tests(Stage(rule_set, examples, day), coverage)
        tenants.append(TenantCovered(tenant.loaded, subject_of(tenant.loaded, rule_set), coverage, missing))
    return Covered(tenants, only_some)


@dataclass(frozen=True, slots=True)
class Covered:
    """The coverage of all chosen tenants."""

    tenants: Sequence[TenantCovered]
    only_some: bool = False

    @property
    def share(self) -> Share:
        return _sum([tenant.coverage.share for tenant in self.tenants])

    def below(self, least: float | None) -> bool:
        """Whether the total is less than `least` percent; to the item, not to the rounded figure."""
        share = self.share
        return least is not None and share.covered * 100 < least * share.total

    def text(self) -> str:
        """The table, and for each tenant what is missing and the tests to add."""
        lines = [*self._table()]
        if self.only_some:
            lines.append("(by the conversations that were played; there are more)")
        for tenant in self.tenants:
            if tenant.coverage.missing:
                lines += ["", *_missing_lines(tenant)]
        return "\n".join(lines)

    def _table(self) -> Iterator[str]:
        kinds = [kind for kind in KINDS if any(tenant.coverage.of(kind.name).total for tenant in self.tenants)]
        rows = [["coverage", *(kind.name for kind in kinds), "in all"]]
        for tenant in self.tenants:
            shares = [tenant.coverage.of(kind.name) for kind in kinds]
            rows.append([tenant.loaded.tenant_id, *map(_of, shares), f"{tenant.coverage.share.percent:g} %"])
        if len(self.tenants) != 1:
            total = [_sum([tenant.coverage.of(kind.name) for tenant in self.tenants]) for kind in kinds]
            rows.append(["total", *map(_of, total), f"{self.share.percent:g} %"])
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for number, row in enumerate(rows):
            first, *rest = (
                cell.ljust(wide) if not column else cell.rjust(wide)
                for column, (cell, wide) in enumerate(zip(row, widths, strict=True))
            )
            line = "  ".join([first, *rest])
            yield style(line, bold=True) if not number else line

    def as_data(self) -> dict[str, Any]:
        """For machines."""
        return {
            **_share(self.share),
            "complete": not self.only_some,
            "kinds": {kind.name: _share(_sum([t.coverage.of(kind.name) for t in self.tenants])) for kind in KINDS},
            "tenants": [_data(tenant) for tenant in self.tenants],
        }


def described(target: Target) -> str:
    """`keyword "jam tutup"`, `condition hours, not holding`, `the rule`."""
    noun = target.kind.removesuffix("s")
    if not target.what:
        return f"the {noun}"
    what = target.what if target.how else f'"{target.what}"'
    return f"{noun} {what}{f', {target.how}' if target.how else ''}"


def _missing_lines(tenant: TenantCovered) -> Iterator[str]:
    yield style(f"{tenant.loaded.tenant_id}: never exercised by a test or an example", bold=True)
    missing = [(_shown(tenant.place(target)), target) for target in tenant.coverage.missing]
    widest = max(len(at) for at, _ in missing)
    widest_id = max(len(target.rule) for _, target in missing)
    for at, target in missing:
        yield f"  {at:{widest}}  {target.rule:{widest_id}}  {described(target)}"
        if target in tenant.missing.why_not:
            yield f"      = no test for it: {tenant.missing.why_not[target]}"
    if tenant.missing.tests:
        new = not tenant.file.exists()
        yield ""
        yield style(f"  {'write' if new else 'add to'} {render.shown(tenant.file)}:", bold=True)
        yield ""
        if new:
            yield HEADER.rstrip()
        yield "\n".join(test.text for test in tenant.missing.tests).rstrip()


def _shown(at: Location) -> str:
    return f"{render.shown(at.path)}:{at.line}:{at.column}:"


def _of(share: Share) -> str:
    return f"{share.covered}/{share.total}" if share.total else "-"


def _sum(shares: Sequence[Share]) -> Share:
    return Share(sum(share.covered for share in shares), sum(share.total for share in shares))


def _share(share: Share) -> dict[str, Any]:
    return {"covered": share.covered, "total": share.total, "percent": share.percent}


def _data(tenant: TenantCovered) -> dict[str, Any]:
    tested = {target: number for number, test in enumerate(tenant.missing.tests) for target in test.targets}
    return {
        "tenant": tenant.loaded.tenant_id,
        **_share(tenant.coverage.share),
        "kinds": {kind.name: _share(tenant.coverage.of(kind.name)) for kind in KINDS},
        "missing": [
            {
                "kind": target.kind,
                "rule": target.rule,
                "what": target.what or None,
                "how": target.how or None,
                "path": render.shown(at.path),
                "line": at.line,
                "column": at.column,
                "test": tested.get(target),
                "why_no_test": tenant.missing.why_not.get(target),
            }
            for target in tenant.coverage.missing
            for at in [tenant.place(target)]
        ],
        "file": render.shown(tenant.file),
        "tests": [test.text for test in tenant.missing.tests],
    }
