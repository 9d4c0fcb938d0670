"""Each case in cases/: a tenant's files as a person may write them, beside exactly what `wabot validate` finds.

A case is one file of sections: `== path ==` begins a file of the tenant, `== findings ==` the expected lines.
Files that a case does not write are the sound ones of tests/tenants.py.
"""

from pathlib import Path

import pytest

from tests.tenants import sections, write_tenant
from wabot.engine.load import load_tenant

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_mistake_is_found_at_its_line_and_explained(case: Path, tmp_path: Path) -> None:
    files = sections(case.read_text("utf-8"))
    expected = files.pop("findings")
    folder = write_tenant(tmp_path / "warung", files)
    found = [
        f"{item.location.path.relative_to(folder) if item.location.path != folder else '.'}:{item.location.line}:"
        f"{item.location.column}: {item.severity}: {item.message} [{item.code}]"
        + (f"\n  = {item.hint}" if item.hint else "")
        for item in load_tenant(folder).diagnostics
    ]
    assert "\n".join(found) == expected.strip()


def test_there_are_cases() -> None:
    assert len(CASES) >= 25
