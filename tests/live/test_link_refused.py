"""WhatsApp does not let the number in: what its people read, and that nobody knocks in vain."""

from pathlib import Path

import pytest

from tests.live.alone import alone
from tests.live.states import stands
from tests.whatsapp.live import Live
from tests.whatsapp.paired import Paired
from tests.whatsapp.whatsapp import WhatsApp
from wabot.session.clock import RealClock

FINAL = [
    (401, "logout", "This bot was unlinked on the phone", "wabot"),
    (403, "logout", "WhatsApp no longer accepts this account on its phone", "Open WhatsApp on the phone"),
    (405, "outdated", "no longer accepts this version of the neonize library", "Upgrade wabot"),
    (406, "banned", "WhatsApp has banned this number.", "ask for a review"),
    (400, "stopped", "WhatsApp refused the login (generic).", "Look at WhatsApp on the phone"),
    (409, "stopped", "WhatsApp refused the login (bad user agent).", "Look at WhatsApp on the phone"),
]


@pytest.mark.parametrize(("reason", "status", "detail", "action"), FINAL)
async def test_a_login_that_only_a_person_can_mend_is_tried_once(
    whatsapp: WhatsApp, paired_once: Paired, place: Path, reason: int, status: str, detail: str, action: str
) -> None:
    whatsapp.refuses(reason)
    async with alone(whatsapp, paired_once, place) as channel:
        told = await channel.is_(status)
        assert detail in told["detail"]
        assert action in told["action"]
        assert await channel.ended() == ""
    assert len(whatsapp.proxy.asked) == 1


PASSING = [
    (402, 101, "banned", "WhatsApp banned this number (send to too many people) until ", 3_600_000),
    (402, 199, "banned", "WhatsApp banned this number until ", 86_400_000),  # a reason that the library cannot name
    (463, 0, "restricted", "WhatsApp restricts this number at present.", 3_600_000),
]


@pytest.mark.parametrize(("reason", "ban", "status", "detail", "lasts"), PASSING)
async def test_a_ban_says_until_when_and_what_to_do(
    whatsapp: WhatsApp, paired_once: Paired, place: Path, reason: int, ban: int, status: str, detail: str, lasts: int
) -> None:
    whatsapp.refuses(reason, ban=ban)
    before = RealClock().now()
    async with alone(whatsapp, paired_once, place) as channel:
        told = await channel.is_(status)
    assert told["detail"].startswith(detail)
    assert told["action"]
    assert before <= told["until"] - lasts <= RealClock().now()


async def test_a_ban_is_waited_out_without_a_knock_also_by_whoever_starts_meanwhile(
    live: Live, paired_once: Paired
) -> None:
    live.phone(paired_once)
    live.tenant()
    live.whatsapp.refuses(402)
    await live.start()
    held = await stands(live, "banned")
    assert await live.stop() == 0
    live.whatsapp.refuses(0)
    await live.start()
    await live.says(held.detail, times=2)
    assert len(live.whatsapp.proxy.asked) == 1
    await live.wabot("resume", "warung")
    await stands(live, "connected")


async def test_a_person_who_had_the_ban_lifted_has_the_running_session_try_at_once(
    live: Live, paired_once: Paired
) -> None:
    live.phone(paired_once)
    live.tenant()
    live.whatsapp.refuses(402)
    await live.start()
    assert "wabot resume warung --data" in (await stands(live, "banned")).action
    live.whatsapp.refuses(0)
    await live.wabot("resume", "warung")
    await stands(live, "connected")


async def test_after_the_ban_the_number_logs_in_by_itself(whatsapp: WhatsApp, paired_once: Paired, place: Path) -> None:
    whatsapp.refuses(402, expire=1)
    async with alone(whatsapp, paired_once, place) as channel:
        await channel.is_("banned")
        whatsapp.refuses(0)
        await channel.is_("connected")


@pytest.mark.parametrize("reason", [500, 503])
async def test_a_fault_of_whatsapps_own_is_waited_for(
    whatsapp: WhatsApp, paired_once: Paired, place: Path, reason: int
) -> None:
    whatsapp.refuses(reason)
    whatsapp.server.patience = 0.1
    async with alone(whatsapp, paired_once, place) as channel:
        held = await channel.is_("disconnected")
        assert held["detail"] == f"WhatsApp has a fault of its own ({reason}). The bot keeps trying."
        assert held["action"] == ""
        whatsapp.refuses(0)
        await channel.is_("connected")
