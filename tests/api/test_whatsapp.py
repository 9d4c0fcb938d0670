"""Linking and unlinking a phone at a front end, and how the link stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.api.linking import ScriptedLinking
from tests.api.sockets import Served, served, until
from tests.session.stage import Stage, stage
from tests.whatsapp.camera import seen
from wabot.api.linking import PART
from wabot.model.session import SessionState

HOME = "data/warung"


@asynccontextmanager
async def street(place: Path) -> AsyncIterator[tuple[Stage, Served, ScriptedLinking]]:
    linking = ScriptedLinking()
    async with (
        stage(place, home=HOME) as shop,
        served(place / "data", {"warung": shop.folder}, shop.clock, {PART: linking}) as api,
    ):
        yield shop, api, linking


async def test_one_attempt_at_a_time_is_shared_and_shown_to_those_who_may_link(tmp_path: Path) -> None:
    async with (
        street(tmp_path) as (_, api, linking),
        api.connected(None, "/whatsapp") as ibu,
        api.connected(api.front(role="operator"), "/whatsapp") as operator,
    ):
        await ibu.say("join-tenant", {"tenantId": "warung"}, "/whatsapp")
        await operator.say("join-tenant", {}, "/whatsapp")
        front = api.front()
        asking = [asyncio.create_task(front.post("/api/whatsapp/connect", body)) for body in ({}, {"tenantId": None})]
        await until(lambda: linking.attempts)
        linking.attempts[0].says("qr", code="2@first", expires_in=60)
        first, second = await asyncio.gather(*asking)
        assert first["status"] == second["status"] == "qr_pending"
        assert seen(first["qrCode"]) == seen(second["qrCode"]) == "2@first"
        assert len(linking.attempts) == 1
        linking.attempts[0].says("qr", code="2@second", expires_in=20)
        code = await ibu.hears("qr-code", 2)
        assert seen(code["qrCode"]) == "2@second"
        assert code["expiresIn"] == 20
        async with api.connected(None, "/whatsapp") as late:
            await late.say("join-tenant", {"tenantId": "warung"}, "/whatsapp")
            assert seen((await late.hears("qr-code"))["qrCode"]) == "2@second"
        await operator.say("join-tenant", {}, "/whatsapp")
        linking.attempts[0].says("linking")
        await until(lambda: operator.all("connection-status")[-1]["status"] == "connecting")
        linking.attempts[0].says("done", reason="paired")
        await asyncio.sleep(0.02)
        assert not operator.all("qr-code"), "whoever sees a code may link a phone with it"


async def test_what_goes_wrong_is_answered_and_told(tmp_path: Path) -> None:
    async with street(tmp_path) as (_, api, linking), api.connected(None, "/whatsapp") as ibu:
        front = api.front()
        for reason, status in (("busy", 409), ("unreachable", 503), ("rejected", 502), ("failed", 502)):
            asking = asyncio.create_task(front.ask("POST", "/api/whatsapp/connect"))
            await until(lambda: linking.attempts and linking.attempts[-1].said.empty())
            before = len(linking.attempts)
            linking.attempts[-1].says("done", reason=reason, detail="So it is.", action="Do this.")
            answer = await asking
            assert (answer.status_code, answer.json()["code"]) == (status, f"LINKING_{reason.upper()}")
            assert answer.json()["message"] == "So it is. Do this."
            await until(lambda: any(one.get("reason") == "So it is." for one in ibu.all("connection-status")))
            assert len(linking.attempts) == before
            linking.attempts.clear()


async def test_a_code_that_nobody_scanned_gives_way_to_another_attempt(tmp_path: Path) -> None:
    async with street(tmp_path) as (_, api, linking), api.connected(None, "/whatsapp") as ibu:
        front = api.front()

        async def nobody_scans(code: str) -> None:
            linking.attempts.clear()
            asking = asyncio.create_task(front.post("/api/whatsapp/connect"))
            await until(lambda: linking.attempts)
            linking.attempts[-1].says("qr", code=code, expires_in=60)
            assert seen((await asking)["qrCode"]) == code
            assert (await front.get("/api/whatsapp/status"))["status"] == "qr_pending"
            linking.attempts[-1].says("done", reason="expired", detail=f"Nobody scanned {code}.")
            await until(
                lambda: any(one.get("reason") == f"Nobody scanned {code}." for one in ibu.all("connection-status"))
            )

        await nobody_scans("2@first")
        await nobody_scans("2@second")


async def test_a_phone_that_is_linked_is_told_of_and_its_session_started(tmp_path: Path) -> None:
    async with street(tmp_path) as (_, api, linking):
        linking.keys, front = True, api.front()
        assert await front.post("/api/whatsapp/connect") == {
            "status": "connected",
            "phoneNumber": "6281100000000",
            "sessionId": "warung",
        }
        linking.state = SessionState("parked", "It died five times.", "wabot reload")
        assert (await front.post("/api/whatsapp/connect"))["status"] == "connecting"
        assert linking.begun == 1
        assert not linking.attempts


async def test_the_supervisors_word_counts_more_than_what_the_session_said_last(tmp_path: Path) -> None:
    async with street(tmp_path) as (shop, api, linking):
        front = api.front(role="viewer")
        stands = await front.get("/api/whatsapp/status")
        assert (stands["status"], stands["state"], stands["isOnline"]) == ("connected", "connected", True)
        assert stands["lastConnected"] == stands["since"] == "2026-01-28T03:00:00.000Z"
        linking.state = SessionState("restarting", "It died.", "", 0)
        stands = await front.get("/api/whatsapp/status")
        assert (stands["status"], stands["state"], stands["isOnline"]) == ("disconnected", "restarting", False)
        assert stands["lastConnected"] == "2026-01-28T03:00:00.000Z"
        linking.state = None
        assert shop.channel.inbox is not None
        until_then = shop.clock.now() + 3_600_000
        await shop.channel.inbox.state(SessionState("banned", "WhatsApp says no.", "Wait.", until_then))
        stands = await front.get("/api/whatsapp/status")
        assert (stands["state"], stands["detail"], stands["action"]) == ("banned", "WhatsApp says no.", "Wait.")
        assert stands["until"] == "2026-01-28T04:00:00.000Z"


async def test_a_session_that_dies_is_told_to_those_who_listen(tmp_path: Path) -> None:
    async with street(tmp_path) as (_, api, linking), api.connected(None, "/whatsapp") as ibu:
        await ibu.hears("connection-status")
        linking.state = SessionState("parked", "It died five times.")
        assert (await ibu.hears("connection-status", 2))["reason"] == "It died five times."


async def test_unlinking_says_what_came_of_it(tmp_path: Path) -> None:
    async with street(tmp_path) as (_, api, linking), api.connected(None, "/whatsapp") as ibu:
        front, linking.keys = api.front(), True
        answer = await front.delete("/api/whatsapp/disconnect")
        assert answer == {"success": True, "message": "The phone is unlinked; chats and rules stay."}
        assert (await front.delete("/api/whatsapp/disconnect"))["message"] == "No phone is linked."
        linking.busy = True
        busy = await front.ask("DELETE", "/api/whatsapp/disconnect")
        assert (busy.status_code, busy.headers["retry-after"]) == (409, "10")
        said = await ibu.say("disconnect-whatsapp", {"tenantId": "warung"}, "/whatsapp")
        assert (said["success"], said["code"]) == (False, "LINKING_BUSY")


async def test_another_tenant_is_refused_whoever_names_it(tmp_path: Path) -> None:
    async with street(tmp_path) as (_, api, linking), api.connected(None, "/whatsapp") as ibu:
        linking.keys = True
        for event in ("join-tenant", "disconnect-whatsapp"):
            assert (await ibu.say(event, {"tenantId": "toko"}, "/whatsapp"))["code"] == "FORBIDDEN"
        assert (await api.front().ask("POST", "/api/whatsapp/connect", json={"tenantId": "toko"})).status_code == 400
        assert linking.keys


async def test_an_operator_looks_and_links_nothing(tmp_path: Path) -> None:
    async with (
        street(tmp_path) as (_, api, linking),
        api.connected(api.front(role="operator"), "/whatsapp") as operator,
    ):
        front = api.front(role="operator")
        assert (await front.ask("POST", "/api/whatsapp/connect")).status_code == 403
        assert (await front.ask("DELETE", "/api/whatsapp/disconnect")).status_code == 403
        assert (await operator.say("disconnect-whatsapp", {}, "/whatsapp"))["code"] == "FORBIDDEN"
        assert not linking.attempts


async def test_without_a_daemon_nothing_is_linked_and_the_rest_is_answered(tmp_path: Path) -> None:
    async with (
        stage(tmp_path, home=HOME) as shop,
        served(tmp_path / "data", {"warung": shop.folder}, shop.clock) as api,
    ):
        assert (await api.front().ask("POST", "/api/whatsapp/connect")).status_code == 501
        assert (await api.front().get("/api/whatsapp/status"))["phoneNumber"] is None
