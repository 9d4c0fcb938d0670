"""Programs that some tests need."""

import re
from pathlib import Path

from tests.programs import PACKAGES

ROOT = Path(__file__).parents[1]


def test_what_the_tests_need_is_what_ci_installs() -> None:
    installed = set(re.findall(r'^packages="(.*)"$', (ROOT / ".ci" / "packages").read_text(), re.MULTILINE)[0].split())
    named = set(re.findall(r"sh \.ci/packages (\S+)", (ROOT / ".ci" / "run").read_text()))
    assert set(PACKAGES.values()) <= installed | named
