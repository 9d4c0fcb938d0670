"""Through the whole of it: a customer's phone, WhatsApp, the real client, the daemon, and back."""

from tests.whatsapp.shop import Shop


async def test_a_customer_is_answered(shop: Shop) -> None:
    budi = shop.whatsapp.customer("Budi", "6281234567801")
    await budi.says("jam buka?")
    await budi.hears("Kami buka tiap hari kak.")
    assert not budi.unreadable


async def test_a_customer_with_a_phone_number_is_answered(shop: Shop) -> None:
    siti = shop.whatsapp.customer("Siti Aminah", "6281234567802", addressing="pn")
    await siti.says("halo")
    await siti.hears("Halo kak Siti")
    assert not siti.unreadable
