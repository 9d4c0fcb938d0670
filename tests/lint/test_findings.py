"""Each case in cases/: a tenant's sound files, beside exactly what the checks of their meaning find.

A case is one file of sections: `== path ==` begins a file of the tenant, `== findings ==` the expected lines.
Files that a case does not write are the sound ones of tests/tenants.py.
"""

from pathlib import Path

import pytest

from tests.engine.rule_sets import NOW
from tests.tenants import sections, write_tenant
from wabot.engine.load import load_tenant
from wabot.language.shape import schema
from wabot.lint.run import lint
from wabot.lint.unused import NAME

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_what_rules_do_not_mean_is_found_and_explained(case: Path, tmp_path: Path) -> None:
    files = sections(case.read_text("utf-8"))
    expected = files.pop("findings")
    folder = write_tenant(tmp_path / "warung", files)
    assert not load_tenant(folder).diagnostics
    found = [
        f"{item.location.path.relative_to(folder) if item.location.path != folder else '.'}:{item.location.line}:"
        f"{item.location.column}: {item.severity}: {item.message} [{item.code}]"
        + (f"\n  = {item.hint}" if item.hint else "")
        for item in lint(load_tenant(folder), NOW)
    ]
    assert "\n".join(found) == expected.strip()


def test_which_files_can_be_named_is_what_the_schema_takes() -> None:
    pattern = schema("rules")["$defs"]["response_media"]["properties"]["file"]["pattern"]
    assert pattern == f"^{NAME.pattern}$"
