"""A picture or document from the tenant's media/ folder."""

from pathlib import Path
from typing import ClassVar

from wabot.language.template import Template
from wabot.model.value import value


@value
class Media:
    """`file` is the name as written; `path` is where it was found (None: nowhere). `messages` are its captions."""

    kind: ClassVar[str] = "media"
    file: str
    path: Path | None = None
    messages: tuple[Template, ...] = ()
