"""The keys are another number's than tenant.yaml's: nobody knows which is right, so nothing is unlinked."""

from tests.live.states import stands
from tests.tenants import number_of
from tests.whatsapp.live import Live
from tests.whatsapp.paired import Paired
from tests.whatsapp.shop import Shop
from tests.whatsapp.typed import Typed
from wabot.channel.neonize.linked import mark, read_linked
from wabot.model.masked import masked_within

PHONE = number_of("warung")
MISTYPED = "6281100000093"
SAID = f"The keys are those of {PHONE}, and tenant.yaml says {MISTYPED}."
LOGGED = masked_within(SAID)


async def test_a_number_mistyped_in_tenant_yaml_costs_no_link_and_is_forgiven_once_corrected(shop: Shop) -> None:
    live = shop.daemon
    asked = len(shop.whatsapp.proxy.asked)
    live.tenant(phone=MISTYPED)
    await live.says(LOGGED)
    await shop.phone.disconnected()
    held = await stands(live, "stopped", detail=SAID)
    assert f"`wabot unpair warung --data {live.data}`" in held.action
    assert f"`wabot pair warung --data {live.data}`" in held.action
    assert len(shop.whatsapp.proxy.asked) == asked, "it logged in with keys of another number"
    assert shop.phone.account.linked()
    (told,) = (await live.wabot("sessions", code=1))["sessions"]
    assert (told["phone"], told["detail"]) == (PHONE, SAID)
    live.tenant()
    await shop.phone.connected()
    budi = shop.whatsapp.customer("Budi", "6281234567801")
    await budi.says("jam buka?")
    await budi.hears("Kami buka")


async def test_keys_of_another_tenant_are_refused_by_every_command_that_meets_them(
    live: Live, paired_once: Paired
) -> None:
    live.tenant(phone=MISTYPED)
    phone = live.phone(paired_once)
    async with Typed(live, "pair", "warung") as pair:
        failed = await pair.says("failed")
        assert (failed["reason"], failed["detail"]) == ("other_number", SAID)
        assert f"`wabot unpair warung --data {live.data}`" in failed["action"]
        assert await pair.ends() == 3
    assert not live.whatsapp.proxy.asked
    await live.start()
    await live.says(LOGGED)
    (told,) = (await live.wabot("sessions", code=1))["sessions"]
    assert (told["phone"], told["detail"]) == (PHONE, SAID)
    checks = (await live.wabot("doctor", str(live.rules), code=1))["checks"]
    (found,) = [one for one in checks if one["found"] == SAID]
    assert (found["level"], "wabot unpair warung" in found["do"]) == ("fail", True)
    assert phone.account.linked()


async def test_a_pairing_that_was_cut_off_before_its_login_unlinks_nobody_afterwards(
    live: Live, paired_once: Paired
) -> None:
    live.tenant(phone=MISTYPED)
    phone = live.phone(paired_once)
    mark(live.keys()).touch()  # whose keys these are, only the login tells
    async with Typed(live, "pair", "warung") as pair:
        failed = await pair.says("failed")
        assert (failed["reason"], failed["detail"]) == ("other_number", SAID)
        assert await pair.ends() == 3
    assert phone.account.linked()
    mark(live.keys()).unlink()
    assert read_linked(live.keys()) is not None


async def test_nothing_of_the_other_number_is_read_while_it_is_unlinked(live: Live, paired_once: Paired) -> None:
    live.tenant(phone=MISTYPED)
    phone = live.phone(paired_once)
    await live.start()
    await live.says(LOGGED)
    budi = live.whatsapp.customer("Budi", "6281234567801")
    await budi.says("jam buka?")
    said = await live.wabot("unpair", "warung", "--yes")
    assert said["reason"] == "unlinked"
    assert not phone.account.linked()
    assert (await live.wabot("conversations"))["conversations"] == []
