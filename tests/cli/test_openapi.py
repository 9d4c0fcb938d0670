"""`wabot openapi`: the document of the API, for tools."""

import json
from pathlib import Path

from tests.cli.typed import Typed
from wabot.api.app import openapi


def test_the_document_is_printed_or_written_as_the_api_serves_it(wabot: Typed, tmp_path: Path) -> None:
    served = json.loads(json.dumps(openapi()))
    assert wabot("openapi").data == served
    file = tmp_path / "openapi.json"
    said = wabot("openapi", "--output", file)
    assert (said.code, said.out) == (0, "")
    assert json.loads(file.read_text("utf-8")) == served
