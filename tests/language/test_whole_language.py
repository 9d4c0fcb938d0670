"""A tenant that uses everything the language has, and its own conversations as the specification."""

from pathlib import Path

import pytest

from wabot.engine.load import load_tenant
from wabot.engine.rehearsal import play
from wabot.language.conversation import Conversation, read_conversations

TENANT = load_tenant(Path(__file__).parent / "whole" / "lengkap")
CONVERSATIONS = [conversation for document in TENANT.tests for conversation in read_conversations(document)]


def test_the_tenant_is_sound() -> None:
    assert TENANT.diagnostics == ()


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda conversation: conversation.name)
def test_a_conversation_goes_as_its_tenant_expects(conversation: Conversation) -> None:
    assert TENANT.rule_set is not None
    assert [(miss.said, miss.wanted, miss.got) for miss in play(TENANT.rule_set, conversation)] == []
