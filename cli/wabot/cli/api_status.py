"""The API in `wabot status`: whether its process takes requests, as the daemon that serves it says."""

import json
from dataclasses import asdict
from typing import Any, Final

from wabot.cli import render
from wabot.cli.output import style
from wabot.cli.stored import when
from wabot.daemon.api_standing import ApiStanding

API: Final = ""
"""The API among the tenants, none of which is called that."""


def api_text(standing: ApiStanding) -> str:
    name, since = style("the API", bold=True), when(standing.since, seconds=False)
    lines = [f"{name}  {standing.status} since {since}", f"  address    {standing.address}"]
    if standing.detail:
        lines.append(f"  its process died: {standing.detail}")
    if standing.restarts:
        lines.append(f"  begun again  {render.plural(standing.restarts, 'time')}; the daemon's log says why")
    return "\n".join(lines)


def api_line(standing: ApiStanding | None) -> str:
    return json.dumps({"api": api_data(standing)}, ensure_ascii=False)


def api_data(standing: ApiStanding | None) -> dict[str, Any] | None:
    """For machines; null where no daemon serves an API."""
    return None if standing is None else asdict(standing)
