"""docs/troubleshooting.md knows every state of a session, and every sentence that the store says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from wabot.model.session import SessionStatus

ROOT = Path(__file__).parents[2]
PAGE = re.sub(r"[\s`]+", " ", (ROOT / "docs" / "troubleshooting.md").read_text("utf-8"))
ERRORS = {"StoreError", "StoreDamaged"}
TELLERS = {"plainly", "_left", "_as_store_error"}
"""Functions whose texts become such errors."""


def sentences() -> Iterator[tuple[str, str]]:
    """Where each text stands, and its constant parts."""
    for path in sorted((ROOT / "runtime" / "wabot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            texts: list[ast.expr | None] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                texts = list(node.args)
            elif isinstance(node, ast.FunctionDef) and node.name in TELLERS:
                texts = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return)]
            for text in texts:
                for part in text.values if isinstance(text, ast.JoinedStr) else [text]:
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and len(part.value) > 4:
                        yield f"{path.name}:{part.lineno}", part.value


CHANNEL = ROOT / "runtime" / "wabot" / "channel" / "neonize"
WHOLE = ("outcomes.py", "unreachable.py")
"""Modules in which every text is for people."""
RAISED = {
    "ChannelError",
    "CustomerGone",
    "KeysUnusable",
    "KeysDamaged",
    "SendRefused",
    "SendRestricted",
    "SendUnknown",
    "_complain",
    "complain",
}


def of_the_channel() -> Iterator[tuple[str, str]]:
    """Where each text about WhatsApp stands, and its constant parts."""
    for path in sorted(CHANNEL.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        if path.name in WHOLE:
            explained = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            # Pairs of what the library says, and what that means: the first is for nobody to read.
            explained |= {id(node.elts[0]) for node in ast.walk(tree) if isinstance(node, ast.Tuple)}
            texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in explained]
        else:
            calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) in RAISED]
            texts = [part for call in calls for part in ast.walk(call) if isinstance(part, ast.Constant)]
        for text in texts:
            if isinstance(text.value, str) and text.value.count(" ") > 1 and "%" not in text.value:
                yield f"{path.name}:{text.lineno}", text.value


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("status", get_args(SessionStatus))
def test_every_state_of_a_session_is_on_the_page(status: str) -> None:
    assert f"| {status} | " in PAGE


def test_every_sentence_of_the_store_is_on_the_page() -> None:
    found = list(sentences())
    assert len(found) > 15
    missing = [(where, text) for where, text in found if re.sub(r"[\s`]+", " ", text).strip(" :.()") not in PAGE]
    assert not missing


def test_every_sentence_about_whatsapp_is_on_the_page() -> None:
    found = list(of_the_channel())
    assert len(found) > 30
    missing = [(where, text) for where, text in found if not all(part in PAGE for part in _parts(text))]
    assert not missing


def _parts(text: str) -> list[str]:
    return [re.sub(r"[\s`]+", " ", part).strip(" :.()") for part in re.split(r"\{\w*\}", text)]
