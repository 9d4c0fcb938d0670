"""One file of more than sixty mistakes, each marked by the code of its finding at the end of its line."""

import re
from pathlib import Path

from wabot.engine.load import load_tenant
from wabot.lint.run import lint

NOW = 1_769_569_200_000
TENANT = Path(__file__).parent / "sixty" / "toko"


def test_every_mistake_is_found_at_its_line_and_nothing_else_is() -> None:
    lines = (TENANT / "rules.yaml").read_text("utf-8").splitlines()
    marked = [
        (number, str(found[1])) for number, line in enumerate(lines, 1) if (found := re.search(r"# (WB\d+)$", line))
    ]
    assert len(marked) >= 60
    loaded = load_tenant(TENANT)
    found = [
        (item.location.line, item.code) for item in (*loaded.diagnostics, *lint(loaded, NOW)) if item.severity != "info"
    ]
    assert sorted(found) == sorted(marked)
