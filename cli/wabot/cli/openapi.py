"""`wabot openapi`: the API's OpenAPI document, for tools that make clients or checks of it."""

from pathlib import Path
from typing import Annotated

import typer

from wabot.cli import render
from wabot.cli.output import say
from wabot.model.errors import UsageError


def openapi(
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write it here.")] = None,
) -> None:
    """Print the OpenAPI document of the API that `wabot run --api` serves."""
    try:
        from wabot.api.app import openapi as document
    except ModuleNotFoundError as error:
        raise UsageError(f"the API needs the extra: pip install 'wabot[api]' ({error.name} is missing)") from error
    text = render.as_json(document())
    if output is None:
        say(text)
    else:
        output.write_text(f"{text}\n", "utf-8")
