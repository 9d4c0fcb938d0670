"""Files that nobody uses."""

import re
from collections.abc import Iterator
from typing import Final

from wabot.language.diagnostic import Location
from wabot.language.responses.media import Media
from wabot.language.responses.template import TemplateFile
from wabot.lint.check import Check, Finding
from wabot.lint.subject import Subject

NAME: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_. -]*\.[A-Za-z0-9]{2,5}")
"""What schemas/rules.schema.json takes for a file's name."""
_RENAME: Final = "no rule can name it: rename it; letters A-Z and a-z, digits, spaces, `_`, `-` and `.` are allowed"


def _templates(subject: Subject) -> Iterator[Finding]:
    used = {rule.response.name for rule in subject.rules if isinstance(rule.response, TemplateFile)}
    for document in subject.loaded.documents:
        own = document.path.parent == subject.loaded.folder / "templates"
        if own and document.path.suffix == ".j2" and document.path.name not in used:
            yield Finding(Location(document.path), "no rule uses this template", "delete it, or use it in a rule")


def _media(subject: Subject) -> Iterator[Finding]:
    used = {rule.response.file for rule in subject.rules if isinstance(rule.response, Media)}
    for path in subject.loaded.media:
        if path.name not in used and path.parent == subject.loaded.folder / "media":
            can = NAME.fullmatch(path.name)
            hint = "delete it, or send it from a rule" if can else _RENAME
            yield Finding(Location(path), "no rule sends this file", hint)


CHECKS = (
    Check("WB461", "warning", "A template that nobody uses", _templates),
    Check("WB462", "warning", "A file that nobody sends", _media),
)
