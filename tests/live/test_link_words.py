"""What goes out, and what stays in: no mark on replies, and nobody's words or numbers in a log."""

import os
import signal
from collections.abc import Iterator

from tests.tenants import number_of
from tests.whatsapp.archive import Old
from tests.whatsapp.live import Live
from tests.whatsapp.shop import Shop
from tests.whatsapp.typed import Typed
from tests.whatsapp.wire.clock import now
from tests.whatsapp.wire.node import Node
from tests.whatsapp.wire.protobufs import e2e


async def test_customers_see_no_mark_of_a_machine_on_replies(shop: Shop) -> None:
    siti = shop.whatsapp.customer("Siti", "6281234567802", addressing="pn", alt=False)
    await siti.says("jam buka?")
    await siti.hears("Kami buka")
    sent = [node for node in shop.whatsapp.server.received if node.tag == "message"]
    assert sent
    assert {tag for node in sent for tag in _tags(node)}.isdisjoint({"bot", "biz"})


def _tags(node: Node) -> Iterator[str]:
    for child in node.children():
        yield child.tag
        yield from _tags(child)


async def test_no_log_holds_a_customers_words_or_numbers_or_a_code(live: Live) -> None:
    whatsapp, number = live.whatsapp, number_of("warung")
    phone = whatsapp.phone(number)
    live.tenant()
    regular = whatsapp.customer("Ani Rahasia", "6281234567809")
    phone.remembers(regular, [Old("H1", e2e.Message(conversation="pesan 2 porsi melur"), now() - 86_400)])
    async with Typed(live, "pair", "warung", "--code", f"+{number}") as pair:
        code = (await pair.says("pair_code"))["code"]
        await phone.enters(code.replace("-", ""))
        assert await pair.ends() == 0
        assert pair.process.stderr
        complaint = (await pair.process.stderr.read()).decode()
    await live.start()
    await phone.connected()
    budi = whatsapp.customer("Budi Rahasia", "6281234567801")
    siti = whatsapp.customer("Siti Rahasia", "6281234567802", addressing="pn", alt=False)
    await budi.says("jam buka? kodeku melati")
    await budi.hears("Kami buka")
    whatsapp.refuses_messages(479)
    await siti.says("halo, alamatku kenanga 5")
    await live.says("a reply was not sent")
    whatsapp.refuses_messages(0)
    lost = whatsapp.loses_messages(1)
    await budi.says("jam buka? sandiku anggrek")
    await whatsapp.server.until(lambda: bool(lost.ids), "a message is lost")
    os.kill(live.session(), signal.SIGKILL)
    await live.says("killed by signal 9 while it was connected")
    await live.says("nobody knows whether a reply went out")
    await phone.connected()
    whatsapp.cut()
    await siti.says("jam buka? namaku mawar")
    await siti.hears("Kami buka")
    assert await live.stop() == 0

    secrets = [code, code.replace("-", ""), "melur", "melati", "kenanga", "anggrek", "mawar", "Kami buka", "Rahasia"]
    secrets += [name for one in (regular, budi, siti) for name in (one.account.pn.user, one.account.lid.user)]
    texts = {"what the daemon printed": live.said(), "what wabot pair complained of": complaint}
    for file in live.data.rglob("*"):  # the databases and the tenant's rules may hold them, and nothing else
        if file.is_file() and ".db" not in file.name and "rules.good" not in file.parts:
            texts[str(file.relative_to(live.data))] = file.read_text("utf-8", "replace")
    assert "nobody knows whether a reply went out" in texts["warung/log/wabot.jsonl"]
    assert {where: [secret for secret in secrets if secret in text] for where, text in texts.items()} == {
        where: [] for where in texts
    }
