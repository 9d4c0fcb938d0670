"""What rules answered to a replayed message, for people and machines."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from wabot.analytics.replaying.said import Said
from wabot.cli.output import style
from wabot.cli.stored import in_a_line
from wabot.model.visible import on_one_line

_LONGEST: Final = 200


def answers(said: Sequence[Said], reason: str) -> Iterator[str]:
    """A line for each rule that answered; without any, why none did."""
    if not said:
        yield style(f"no reply: {reason}", dim=True)
    for one in said:
        text = f"fails: {one.error}" if one.error else "(no text)" if one.text is None else short(one.text)
        yield f"{style(one.rule, fg='green')}  {text}"


def answers_data(said: Sequence[Said], reason: str) -> dict[str, Any]:
    """The same for machines, in full."""
    told = [{"rule": one.rule, "reply": one.text, "error": one.error or None} for one in said]
    return {"reason": reason, "answers": told}


def short(text: str) -> str:
    """The text on one line, the end of a long one left out."""
    line = in_a_line(on_one_line(text))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
