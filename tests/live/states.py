"""How a tenant stands, read as `wabot status` reads it, without a process for every look."""

import asyncio
from typing import Final

from tests.whatsapp.live import Live
from wabot.cli.standings import with_standing
from wabot.cli.status import runs
from wabot.model.errors import StoreError
from wabot.model.session import SessionState
from wabot.store.sqlite import read_summary

PATIENCE: Final = 40.0


def state(live: Live, tenant: str = "warung") -> SessionState:
    folder = live.data / tenant
    try:
        summary = read_summary(folder, tenant)
    except StoreError:  # not made yet
        return SessionState("starting")
    return with_standing(summary, folder, runs=runs(folder)).state


async def stands(
    live: Live, *statuses: str, tenant: str = "warung", within: float = PATIENCE, detail: str = ""
) -> SessionState:
    """Wait until the tenant is in one of these states, with that in its detail: what the log says is stored after."""
    try:
        async with asyncio.timeout(within):
            while (now := state(live, tenant)).status not in statuses or detail not in now.detail:
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{tenant} is {state(live, tenant)}, never {statuses} {detail}:\n{live.said()}") from None
    return now
