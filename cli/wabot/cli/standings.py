"""What the daemon says about a tenant whose session it does not run, set into what the tenant's store says."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from wabot.daemon.presence import find_daemon
from wabot.daemon.standing import FILE, read_standing
from wabot.model.session import SessionState, Summary

STANDING: Final = FILE
DOWN: Final = ("restarting", "parked", "needs_a_person", "refused")
"""States in which no session runs, as the daemon says."""


def with_standing(summary: Summary, folder: Path, *, runs: bool) -> Summary:
    """The summary of the tenant whose data is in `folder`, as it stands with the daemon. `runs`: a session process
    has the tenant."""
    standing = read_standing(folder)
    if standing is None:
        return summary
    state = summary.state
    if standing.status == "restarting" and (runs or find_daemon(folder.parent) is None):
        return summary
    if standing.status == "needs_a_person" and (runs or state.action):
        return summary  # the session itself said it better
    if runs:
        return replace(summary, state=SessionState(state.status, standing.detail, standing.action))
    return replace(
        summary,
        state=SessionState(standing.status, standing.detail, standing.action),
        state_since=standing.since,
    )
