"""`wabot pair` against WhatsApp's side of it."""

import asyncio
import os
import signal
import stat
import time
from pathlib import Path

import pytest

from tests.tenants import number_of
from tests.whatsapp.archive import Old
from tests.whatsapp.live import Live
from tests.whatsapp.paired import Paired
from tests.whatsapp.typed import Typed, gone
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.protobufs import e2e
from wabot.channel.neonize.linked import is_half_made, mark, read_linked
from wabot.channel.neonize.pairing import LOGIN
from wabot.daemon import link_process
from wabot.daemon.linking_order import MARGIN, Order

PHONE = number_of("warung")
OTHER = "6281100000099"


async def test_nothing_that_arrives_while_a_phone_is_linked_is_lost(live: Live) -> None:
    live.tenant()
    phone = live.whatsapp.phone(PHONE)
    regular = live.whatsapp.customer("Ani", "6281234567809")
    budi = live.whatsapp.customer("Budi", "6281234567801")
    phone.remembers(regular, [Old("H1", e2e.Message(conversation="pesan 2 porsi"), now() - 86_400)])
    async with Typed(live, "pair", "warung") as pair:
        code = await pair.says("qr")
        assert code["expires_in"] == 60
        await phone.scans(code["code"])
        await budi.says("jam buka?")
        assert (await pair.says("paired"))["phone"] == PHONE
        assert await pair.ends() == 0
    (session,) = (await live.wabot("sessions", code=1))["sessions"]
    assert session["action"] == f"start it: wabot run {live.rules} --data {live.data}"
    assert list((live.data / "warung" / "history").glob("*.sync"))
    linked = read_linked(live.keys())
    assert linked is not None
    assert (linked.phone, linked.device) == (PHONE, phone.client.number)
    assert abs(linked.since / 1000 - now()) < 300
    await live.start()
    await budi.hears("Kami buka tiap hari kak.")
    chats = {chat["name"]: chat["messages"] for chat in (await live.wabot("conversations"))["conversations"]}
    assert set(chats) == {"Ani", "Budi"}
    assert not budi.unreadable


async def test_a_code_that_is_typed_links_the_phone(live: Live) -> None:
    live.tenant()
    phone = live.whatsapp.phone(PHONE)
    async with Typed(live, "pair", "warung", "--code", f"+{PHONE}") as pair:
        code = await pair.says("pair_code")
        assert len(code["code"]) == 9
        assert code["code"][4] == "-"
        assert code["expires_in"] == 160
        await phone.enters(code["code"].replace("-", ""))
        await pair.says("paired")
        assert await pair.ends() == 0


async def test_a_number_that_whatsapp_does_not_know_gets_no_code(live: Live) -> None:
    live.tenant()
    async with Typed(live, "pair", "warung", "--code", PHONE) as pair:
        failed = await pair.says("failed")
        assert failed["reason"] == "rejected"
        assert failed["detail"].startswith(f"WhatsApp gives no code for {PHONE} (")
        assert await pair.ends() == 3


@pytest.mark.parametrize("fault", ["wrong_mac", "wrong_signature"])
async def test_a_phone_whose_word_does_not_fit_is_refused(live: Live, fault: str) -> None:
    live.tenant()
    phone = live.whatsapp.phone(PHONE)
    async with Typed(live, "pair", "warung") as pair:
        scanning = asyncio.ensure_future(phone.scans((await pair.says("qr"))["code"], **{fault: True}))
        failed = await pair.says("failed")
        assert failed["reason"] == "refused", failed
        assert failed["detail"].startswith("Pairing failed")
        assert await pair.ends() == 3
        scanning.cancel()
    assert read_linked(live.keys()) is None
    assert not is_half_made(live.keys())


async def test_another_number_is_unlinked_at_once_and_nothing_of_it_is_read(live: Live) -> None:
    live.tenant()
    stranger = live.whatsapp.phone(OTHER, "Orang lain")
    customer = live.whatsapp.customer("Budi", "6281234567801")
    async with Typed(live, "pair", "warung") as pair:
        await stranger.scans((await pair.says("qr"))["code"])
        await customer.says("rahasia")
        failed = await pair.says("failed")
        assert failed["reason"] == "wrong_number"
        assert failed["detail"].endswith("It was unlinked.")
        assert f"`wabot pair warung --data {live.data}`" in failed["action"]
        assert OTHER not in str(failed)
        assert await pair.ends() == 3
    assert not stranger.account.linked()
    assert read_linked(live.keys()) is None
    assert (await live.wabot("conversations"))["conversations"] == []


async def test_a_connection_that_is_cut_gets_a_new_code(live: Live) -> None:
    live.tenant()
    phone = live.whatsapp.phone(PHONE)
    async with Typed(live, "pair", "warung") as pair:
        first = await pair.says("qr")
        live.whatsapp.proxy.cut()
        second = await pair.says("qr")
        assert first["code"] != second["code"]
        await phone.scans(second["code"])
        await pair.says("paired")


async def test_a_code_that_nobody_scans_expires_and_leaves_nothing(live: Live) -> None:
    live.tenant()
    async with Typed(live, "pair", "warung", "--timeout", "4") as pair:
        code = await pair.says("qr")
        assert code["expires_in"] == 4
        worker = pair.worker()
        failed = await pair.says("failed")
        assert (failed["reason"], failed["detail"]) == ("expired", "Nobody scanned the code within 4 s.")
        assert await pair.ends() == 3
        await gone(worker)
    assert not is_half_made(live.keys())


async def test_who_cannot_reach_whatsapp_is_told_so_after_the_timeout_and_what_to_do(live: Live) -> None:
    live.tenant()
    live.whatsapp.goes_away()
    async with Typed(live, "pair", "warung", "--timeout", "6") as pair:
        failed = await pair.says("failed")
        assert failed["reason"] == "unreachable"
        assert failed["detail"] == "WhatsApp cannot be reached: web.whatsapp.com refuses the connection (503)."
        assert failed["action"] == "Look at the network of this machine: `wabot doctor --online`."
        assert await pair.ends() == 3
    waits = [int(event["detail"].split()[-2]) for event in pair.heard if event["event"] == "waiting"]
    assert waits
    assert sum(waits) <= 7  # each is rounded


async def test_ctrl_c_is_heard_while_the_next_attempt_is_waited_for(live: Live) -> None:
    live.tenant()
    live.whatsapp.goes_away()
    async with Typed(live, "pair", "warung") as pair:
        await pair.says("waiting")
        await pair.says("waiting")
        await pair.says("waiting")  # the next attempt follows in 6 s or more
        pair.interrupt()
        assert (await pair.says("failed"))["reason"] == "interrupted"


async def test_a_network_that_is_gone_when_the_time_is_up_is_what_is_told_not_that_nobody_scanned(live: Live) -> None:
    live.tenant()
    async with Typed(live, "pair", "warung", "--timeout", "5") as pair:
        await pair.says("qr")
        live.whatsapp.goes_away()
        assert (await pair.says("failed"))["reason"] == "unreachable"


async def test_a_pairing_dies_with_whoever_asked_for_it(live: Live) -> None:
    live.tenant()
    async with Typed(live, "pair", "warung") as pair:
        await pair.says("qr")
        worker = pair.worker()
        pair.process.kill()
        await gone(worker)
    assert read_linked(live.keys()) is None
    assert not is_half_made(live.keys())
    await live.whatsapp.server.until(lambda: not live.whatsapp.server.connections, "the client goes")


async def test_ctrl_c_leaves_no_picture_and_nothing_half_done(live: Live, place: Path) -> None:
    live.tenant()
    picture = place / "kode.svg"
    async with Typed(live, "pair", "warung", "--out", str(picture)) as pair:
        await pair.says("qr")
        worker = pair.worker()
        assert picture.read_text("utf-8").startswith("<?xml")
        assert stat.S_IMODE(picture.stat().st_mode) == 0o600
        pair.interrupt()
        assert (await pair.says("failed"))["reason"] == "interrupted"
        assert await pair.ends() == 130
        await gone(worker)
    assert not picture.exists()
    assert not is_half_made(live.keys())


async def test_a_pairing_that_is_killed_once_the_phone_has_linked_it_goes_on_where_it_stopped(live: Live) -> None:
    live.tenant()
    phone = live.whatsapp.phone(PHONE)
    async with Typed(live, "pair", "warung") as pair:
        scanning = asyncio.ensure_future(phone.scans((await pair.says("qr"))["code"]))
        await pair.says("linking")
        os.kill(pair.worker(), signal.SIGKILL)
        assert (await pair.says("failed"))["reason"] == "failed"
        await scanning
    assert read_linked(live.keys()) is None
    assert [one["phone"] for one in (await live.wabot("sessions", code=1))["sessions"]] == [None]
    async with Typed(live, "pair", "warung") as pair:
        await pair.says("paired")
        assert [event["event"] for event in pair.heard] == ["paired"]
    assert read_linked(live.keys()) is not None
    async with Typed(live, "pair", "warung") as pair:
        assert (await pair.says("already_paired"))["phone"] == PHONE
        assert await pair.ends() == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_login_that_cannot_come_about_is_given_up_after_its_own_time_and_no_sooner(live: Live) -> None:
    live.tenant()
    phone = live.whatsapp.phone(PHONE)
    async with Typed(live, "pair", "warung", "--timeout", "15") as pair:
        scanning = asyncio.ensure_future(phone.scans((await pair.says("qr"))["code"]))
        await pair.says("linking")
        begun = time.monotonic()
        live.whatsapp.goes_away()
        assert (await pair.says("failed", within=MARGIN))["reason"] == "unfinished"
        assert time.monotonic() - begun >= LOGIN - 5
        scanning.cancel()
    waits = [int(event["detail"].split()[-2]) for event in pair.heard if event["event"] == "waiting"]
    assert sum(waits) <= LOGIN


RESTRICTED = [(402, 101), (402, 199), (463, 0)]  # 199: a reason that the library cannot name


@pytest.mark.parametrize(("reason", "ban"), RESTRICTED)
async def test_a_number_that_whatsapp_restricts_is_told_so_and_no_bot_is_spoken_of(
    live: Live, paired_once: Paired, reason: int, ban: int
) -> None:
    live.tenant()
    live.phone(paired_once)
    live.whatsapp.refuses(reason, ban=ban)
    told = await live.wabot("unpair", "warung", "--yes", code=3)
    assert read_linked(live.keys()) is not None
    mark(live.keys()).touch()
    async with Typed(live, "pair", "warung") as pair:
        failed = await pair.says("failed")
        assert await pair.ends() == 3
    for said in (told, failed):
        assert said["reason"] == "rejected"
        assert said["detail"] == "WhatsApp restricts this number at present."
        assert said["action"] == "Look at WhatsApp on the phone: it says why."


async def test_keys_that_whatsapp_never_heard_of_are_replaced(live: Live, paired_once: Paired) -> None:
    live.tenant()
    paired_once.copy_to(live.keys())
    mark(live.keys()).touch()
    phone = live.whatsapp.phone(PHONE)
    async with Typed(live, "pair", "warung") as pair:
        await phone.scans((await pair.says("qr"))["code"])
        await pair.says("paired")


def test_a_process_that_hangs_is_ended_by_its_deadline(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_process, "GRACE", 0.5)
    with link_process.LinkProcess(place / "warung", Order("pair", 0, PHONE)) as process:
        os.kill(process.pid, signal.SIGSTOP)
        (said,) = process.events()
    assert (said["reason"], said["detail"]) == ("failed", "WhatsApp's library hung, and was ended.")
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


async def test_a_library_that_crashes_while_a_code_is_shown_is_begun_again(live: Live) -> None:
    live.tenant()
    phone = live.whatsapp.phone(PHONE)
    async with Typed(live, "pair", "warung") as pair:
        await pair.says("qr")
        os.kill(pair.worker(), signal.SIGABRT)
        assert (await pair.says("waiting"))["detail"] == "WhatsApp's library has crashed. It is begun again."
        await phone.scans((await pair.says("qr"))["code"])
        await pair.says("paired")
        assert await pair.ends() == 0
