"""How long WhatsApp is waited for, as people are told."""

import inspect
from pathlib import Path

import pytest

from wabot.channel.neonize.channel import NeonizeChannel
from wabot.channel.neonize.outcomes import out_of_patience, unanswered

DOCS = (Path(__file__).parents[2] / "docs" / "troubleshooting.md").read_text("utf-8")
TOLD = {
    "cut_seconds": (300, "after 5 minutes, counted from the cut, a new process does"),
    "login_seconds": (60, f"`{(unanswered().state or pytest.fail()).detail}` (after a minute)"),
}


@pytest.mark.parametrize("name", TOLD)
def test_the_docs_name_the_patience_that_a_tenant_has(name: str) -> None:
    seconds, sentence = TOLD[name]
    assert inspect.signature(NeonizeChannel).parameters[name].default == seconds
    assert sentence in DOCS


def test_an_outage_is_told_in_minutes() -> None:
    told = out_of_patience(TOLD["cut_seconds"][0]).state
    assert told is not None and "for 5 minutes" in told.detail
