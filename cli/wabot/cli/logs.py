"""`wabot logs`: what a tenant's session and the supervisor have logged about it."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wabot.cli.exit_codes import CLEAN
from wabot.cli.output import Format, say, style
from wabot.cli.stored import DATA_HELP, stored_tenants

_EVERY: Final = 0.3
_RANKS: Final = {"debug": 0, "info": 1, "warning": 2, "error": 3, "critical": 4}
_COLOURS: Final = {"warning": "yellow", "error": "red", "critical": "red"}
_PLACED: Final = ("timestamp", "level", "event", "tenant")


class Level(StrEnum):
    info = "info"
    warning = "warning"
    error = "error"


def logs(
    tenant: Annotated[str, typer.Argument(help="The tenant.")],
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on with what comes; Ctrl-C ends.")] = False,
    count: Annotated[int, typer.Option("-n", "--lines", min=0, help="How many of the last lines.")] = 50,
    level: Annotated[Level, typer.Option(help="Only lines as grave as this.")] = Level.info,
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """Show the last log lines of a tenant: its states, reloads, replies (without their texts), crashes and restarts."""
    from wabot.daemon.tenant_log import KEPT, LIMIT, LOG, Following, last_lines

    (folder,) = stored_tenants(data, (tenant,), LOG)
    following = Following(folder) if follow else None
    # A line of a log has a hundred bytes and more: none but grave ones are sought through all there is.
    grave = level is not Level.info
    found = _grave(last_lines(folder, (KEPT + 1) * LIMIT if grave else count), level)
    for line in found[-count:] if count else []:
        say(_shown(line, output))
    while following is not None:
        for line in _grave(following.more(), level):
            say(_shown(line, output))
        time.sleep(_EVERY)
    raise typer.Exit(CLEAN)


def _grave(lines: Iterator[str] | list[str], level: Level) -> list[dict[str, Any]]:
    return [line for text in lines if (line := _read(text)) and _RANKS.get(str(line.get("level")), 1) >= _RANKS[level]]


def _read(text: str) -> dict[str, Any] | None:
    """A line as it was logged; None for one of which a full disk kept a part away."""
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _shown(line: dict[str, Any], output: Format) -> str:
    if output is Format.json:
        return json.dumps(line, ensure_ascii=False)
    level = str(line.get("level", ""))
    details = "  ".join(f"{key}={value}" for key, value in line.items() if key not in _PLACED)
    said = f"{_moment(line.get('timestamp'))}  {level:<7}  {line.get('event', '')}"
    return style(said, fg=_COLOURS.get(level, "")) + (f"  {style(details, dim=True)}" if details else "")


def _moment(stamp: object) -> str:
    try:
        return datetime.fromisoformat(str(stamp)).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return str(stamp)
