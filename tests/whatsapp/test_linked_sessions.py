"""Linking and unlinking beside the daemon, and what it does with a tenant that no phone is linked to."""

from tests.tenants import number_of
from tests.whatsapp.live import Live
from tests.whatsapp.paired import Paired
from tests.whatsapp.shop import Shop
from tests.whatsapp.terminal import in_a_terminal
from tests.whatsapp.typed import Typed
from wabot.channel.neonize.linked import read_linked

PHONE = number_of("warung")


async def test_without_a_terminal_nobody_is_shown_a_code_and_a_pairing_elsewhere_starts_the_session(live: Live) -> None:
    live.tenant()
    phone = live.whatsapp.phone(PHONE)
    await live.start()
    await live.says("a person must act before it can run again")
    (session,) = (await live.wabot("sessions", code=1))["sessions"]
    assert (session["status"], session["phone"]) == ("qr_pending", None)
    assert session["action"] == f"Link the phone of {PHONE}: `wabot pair warung --data {live.data}`."
    assert not live.whatsapp.proxy.asked
    async with Typed(live, "pair", "warung") as pair:
        await phone.scans((await pair.says("qr"))["code"])
        assert (await pair.says("paired"))["daemon"] == "told"
    await phone.connected()
    await live.says(" connected")
    (session,) = (await live.wabot("sessions"))["sessions"]
    assert (session["status"], session["phone"], session["action"]) == ("connected", PHONE, "")
    async with Typed(live, "pair", "warung") as pair:
        already = await pair.says("already_paired")
        assert (already["runs"], already["status"]) == (True, "connected")
        assert await pair.ends() == 0


async def test_a_session_that_shows_a_code_ends_when_it_is_told_to(live: Live) -> None:
    live.tenant()
    async with in_a_terminal(live) as shown:
        await live.says("qr_pending")
        assert await live.stop() == 0
    assert b"warung: scan this with WhatsApp" in shown
    assert "is killed" not in live.said()


async def test_keys_that_are_lost_are_not_asked_for_by_a_code_while_their_backup_is_there(live: Live) -> None:
    live.tenant()
    live.keys().parent.mkdir(parents=True, mode=0o700)
    live.keys().with_name("keys.backup").write_bytes(b"opened by whoever has the key")
    async with in_a_terminal(live) as shown:
        await live.says(f"Bring the link back: `wabot sessions restore warung --data {live.data}`.")
    assert b"scan this" not in shown
    async with Typed(live, "pair", "warung", "--timeout", "1") as pair:
        await pair.ends()
        assert pair.process.stderr is not None
        assert b"the link comes back without it: wabot sessions restore warung" in await pair.process.stderr.read()


async def test_a_running_session_lets_its_phone_go_and_another_pairing_brings_it_back(shop: Shop) -> None:
    live, phone = shop.daemon, shop.phone
    said = await live.wabot("unpair", "warung", "--yes")
    assert (said["reason"], said["phone"]) == ("unlinked", PHONE)
    assert not phone.account.linked()
    assert read_linked(live.keys()) is None
    await live.says("a person must act before it can run again", times=2)
    (session,) = (await live.wabot("sessions", code=1))["sessions"]
    assert (session["status"], session["phone"]) == ("qr_pending", None)
    async with Typed(live, "pair", "warung") as pair:
        await phone.scans((await pair.says("qr"))["code"])
        await pair.says("paired")
    await phone.connected()


async def test_a_phone_that_has_unlinked_it_before_is_no_trouble(live: Live, paired_once: Paired) -> None:
    phone = live.phone(paired_once)
    await phone.unlinks()
    said = await live.wabot("unpair", "warung", "--yes")
    assert said["reason"] == "was_unlinked"
    assert read_linked(live.keys()) is None


async def test_out_of_reach_the_keys_stay_until_they_are_to_be_forgotten(live: Live, paired_once: Paired) -> None:
    phone = live.phone(paired_once)
    live.whatsapp.faults.unreachable = True
    said = await live.wabot("unpair", "warung", "--yes", "--timeout", "1", code=3)
    assert said["reason"] == "unreachable"
    assert read_linked(live.keys()) is not None
    said = await live.wabot("unpair", "warung", "--yes", "--forget-keys")
    assert said["reason"] == "forgotten"
    assert read_linked(live.keys()) is None
    assert phone.account.linked()
