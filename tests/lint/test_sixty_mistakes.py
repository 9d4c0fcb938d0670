"""One file of more than sixty mistakes, each marked by the code of its finding at the end of its line."""

import re
from pathlib import Path

from tests.engine.rule_sets import NOW
from wabot.engine.load import load_tenant
from wabot.lint.run import lint

TENANT = Path(__file__).parent / "sixty" / "toko"


def test_every_mistake_is_found_at_its_line_and_nothing_else_is() -> None:
    lines = enumerate((TENANT / "rules.yaml").read_text("utf-8").splitlines(), 1)
    marked = [(number, line[-5:]) for number, line in lines if re.search(r"# WB\d{3}$", line)]
    assert len(marked) >= 60
    loaded = load_tenant(TENANT)
    every = (*loaded.diagnostics, *lint(loaded, NOW))
    assert sorted((item.location.line, item.code) for item in every if item.severity != "info") == sorted(marked)
