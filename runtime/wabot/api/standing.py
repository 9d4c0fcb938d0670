"""How a tenant's link to WhatsApp stands."""

from typing import NamedTuple

from wabot.api.house import House
from wabot.api.linking import PART, Linking
from wabot.model.session import SessionState


class Since(NamedTuple):
    """A state, since when it is so, and when the tenant was connected last (UTC milliseconds)."""

    state: SessionState
    since: int | None
    connected: int | None


def standing(house: House, tenant: str) -> SessionState:
    """As of now: what the supervisor says of a session that does not run counts more than what that said last.

    Raises:
        Problem, StoreError: the tenant is gone, or its store cannot be read.
    """
    return stands_since(house, tenant).state


def stands_since(house: House, tenant: str) -> Since:
    """
    Raises:
        Problem, StoreError: the tenant is gone, or its store cannot be read.
    """
    row = house.desk(tenant).read(lambda ask: ask("session_row").fetchone())
    state = SessionState("stopped")
    if row is not None:
        state = SessionState(row["status"], row["detail"], row["action"], row["until"])
    linking: Linking | None = house.parts.get(PART)
    said = None if linking is None else linking.standing(tenant)
    if said is not None:
        state = said
    return Since(state, None if row is None else row["since"], None if row is None else row["connected_at"])
