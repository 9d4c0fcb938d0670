"""Rules and messages as small Indonesian shops have them, any number of them, the same on every run."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from wabot.engine.index import Index
from wabot.language.diagnostic import Location
from wabot.language.hours import Hours, Span
from wabot.language.responses.menu import Menu, Option
from wabot.language.responses.text import Text
from wabot.language.rule_set import Conditions, Rule, RuleSet, TagCondition, Tenant
from wabot.language.template import Template
from wabot.language.triggers.keyword import Keyword, Match
from wabot.language.triggers.pattern import Pattern
from wabot.model.context import WHOLE_CONTACT, Contact, Context, Conversation, OpenMenu, Usage
from wabot.model.message import Message

NOW: Final = 1_769_569_200_000

_SUBJECTS: Final = """
    ongkir harga stok ukuran warna garansi promo diskon resi alamat menu paket jadwal katalog bahan motif retur
    refund pembayaran transfer rekening cicilan servis teknisi antrian booking reservasi pesanan kiriman kurir
    ekspedisi voucher member poin hadiah bonus grosir eceran reseller dropship cabang toko gudang parkir mushola
    lokasi peta sertifikat
""".split()
_THINGS: Final = """
    kemeja gamis hijab celana jaket sepatu sandal tas dompet topi kaos daster mukena sarung batik kebaya rok
    blouse kulkas mesin ac tv kipas setrika blender kompor dispenser pompa laptop printer hp charger kabel lampu
    remote nasi ayam bebek lele sate bakso mie soto rawon gudeg pecel tahu tempe es teh kopi jus susu roti kue
    donat martabak
""".split()
_PLACES: Final = """
    bandung jakarta surabaya medan makassar semarang jogja solo malang bogor depok bekasi tangerang cimahi garut
    cirebon tegal kudus jepara demak kediri blitar madiun jember banyuwangi denpasar mataram kupang ambon manado
""".split()
_CHATTER: Final = """
    halo kak selamat pagi siang sore mau tanya dong ya min gan sis permisi numpang boleh minta tolong bisa gak
    kira berapa apa ada masih untuk yang ini itu saya aku kami besok nanti hari jam minggu bulan makasih terima
    kasih oke siap ditunggu sebentar maaf lagi sudah belum tadi kemarin banget sekali aja juga lah deh nih
""".split()
_KINDS: Final[tuple[Match, ...]] = ("contains",) * 6 + ("word",) * 2 + ("starts_with", "exact")


_LABELS: Final = ("Lihat katalog", "Jam buka", "Cek ongkir", "Cara pesan", "Status pesanan", "Bicara dengan CS")
_DAY: Final = (Span(9 * 60, 12 * 60), Span(13 * 60, 21 * 60))
_CONDITIONS: Final = (
    Conditions(message_type=frozenset({"text"})),
    Conditions(first_message=False),
    Conditions(hours="open"),
    Conditions(customer_tags=TagCondition(none=frozenset({"pemasok"}))),
    Conditions(has_order_history=True, message_count=(2, None)),
    Conditions(between=Span(8 * 60, 20 * 60), days=frozenset(range(6))),
    Conditions(segment=frozenset({"vip"})),
    Conditions(last_contact=(None, 86_400_000)),
)
_SHOWN: Final = (
    (r"\b(?P<resi>", ""),
    (r"\d{6,10})\b", "12345678"),
    ("(?:ke )?", "ke "),
    ("(?P<kota>", ""),
    ("(?:order|pesan) +", "pesan "),
    (r"(?P<jumlah>\d+) *", "3 "),
    ("(?:pcs|buah|porsi) +", "porsi "),
    (r"[- ]?(?P<kode>[a-z]\d{2})", "-a12"),
    *((rf"\d{{{length}}}\b", "12345678"[:length]) for length in (5, 6, 7, 8)),
    (r"\b", ""),
    (")", ""),
)
"""Pieces of the regexes of `_pattern`, and a text that each of them matches."""


def rules(count: int, seed: int = 1) -> tuple[Rule, ...]:
    """`count` rules in the order of decision: nine in ten by keywords, one in ten by a regex."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        trigger = _pattern(chance, number) if number % 10 == 9 else _keyword(chance, number)
        made.append(
            Rule(
                id=f"aturan-{number}",
                trigger=trigger,
                response=Text((Template("Siap kak"),)),
                location=Location(Path("rules.yaml"), number + 1),
                priority=chance.choice((30, 50, 50, 50, 70)),
            )
        )
    return tuple(sorted(made, key=lambda rule: -rule.priority))


def _keyword(chance: random.Random, number: int) -> Keyword:
    phrases = []
    for _ in range(chance.randint(1, 4)):
        words = [chance.choice(_SUBJECTS), chance.choice(_THINGS), _brand(chance)]
        phrases.append(" ".join(words if number > 40 or chance.random() < 0.3 else words[:2]))
    return Keyword(tuple(phrases), _KINDS[number % 10 % len(_KINDS)])


def _brand(chance: random.Random) -> str:
    return "".join(chance.choice("bcdghjklmnprstw") + chance.choice("aeiou") for _ in range(chance.randint(2, 4)))


def _pattern(chance: random.Random, number: int) -> Pattern:
    code = "".join(chance.choice("bcdfghjklmnprstvw") for _ in range(3)) + str(number)
    shape = number // 10 % 5
    if shape == 0:
        return Pattern(rf"\b(?P<resi>{code.upper()}\d{{6,10}})\b")
    if shape == 1:
        return Pattern(rf"ongkir (?:ke )?(?P<kota>{chance.choice(_PLACES)}{number})")
    if shape == 2:
        return Pattern(rf"(?:order|pesan) +(?P<jumlah>\d+) *(?:pcs|buah|porsi) +{chance.choice(_THINGS)} {code}")
    if shape == 3:
        return Pattern(rf"{code}[- ]?(?P<kode>[a-z]\d{{2}})")
    return Pattern(rf"\b{number}\d{{{5 + number % 4}}}\b")  # digits only: no literal announces it


def messages(count: int, ruled: Sequence[Rule], seed: int = 2) -> list[Message]:
    """`count` messages, of which half are meant to match one of `ruled`, evenly over them."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        words = [chance.choice(_CHATTER) for _ in range(chance.randint(3, 9))]
        if number % 2:
            trigger = chance.choice(ruled).trigger
            if isinstance(trigger, Keyword):
                phrase = chance.choice(trigger.keywords)
                if trigger.match == "exact":
                    words = [phrase]
                else:
                    words.insert(0 if trigger.match == "starts_with" else chance.randint(0, len(words)), phrase)
            elif isinstance(trigger, Pattern):
                words.append(_matching(trigger, chance))
        elif number % 10 == 0:
            words.append(str(chance.randint(1, 5000)))
        text = " ".join(words)
        made.append(
            Message(f"M{number}", "628110000", text.capitalize() + chance.choice(("", "?", " kak", "!")), sent_at=NOW)
        )
    return made


def _matching(trigger: Pattern, chance: random.Random) -> str:
    """A text that one of the five shapes of `_pattern` matches."""
    text = trigger.regex
    digits = "".join(chance.choice("0123456789") for _ in range(8))
    for shape, shown in _SHOWN:
        text = text.replace(shape, digits[: len(shown)] if shown.isdigit() else shown)
    return text


def lived_in(ruled: Sequence[Rule]) -> tuple[Rule, ...]:
    """The same rules as a shop has them after a year: half of them with a condition, a third with a cooldown, and a
    menu before them."""
    options = tuple(Option(str(number), label) for number, label in enumerate(_LABELS, 1))
    menu = Rule(
        "menu", Keyword(("menu utama",)), Menu((Template("Pilih ya kak"),), options), Location(Path("rules.yaml"))
    )
    made = [
        replace(
            rule,
            conditions=_CONDITIONS[number // 2 % len(_CONDITIONS)] if number % 2 else None,
            cooldown=600_000 if number % 3 == 0 else None,
        )
        for number, rule in enumerate(ruled)
    ]
    return (menu, *made)


def busy(ruled: Sequence[Rule]) -> Context:
    """A customer in the middle of things: a menu is open, and a dozen rules have answered today."""
    used = [rule.id for rule in ruled[:: max(1, len(ruled) // 12)]][:12]
    usage = {name: Usage(NOW - 60_000 * number, "2026-01-28", 1) for number, name in enumerate(used, 1)}
    return Context(
        now=NOW,
        contact=Contact("628110000", "Budi", frozenset({"umum"}), orders=2),
        conversation=Conversation(
            earlier_messages=9,
            last_contact=NOW - 3_600_000,
            menu=OpenMenu("menu", NOW + 600_000),
            tags=frozenset({"a"}),
        ),
        usage={**usage, WHOLE_CONTACT: Usage(NOW - 60_000, "2026-01-28", 12)},
    )


def rule_set(ruled: tuple[Rule, ...]) -> RuleSet:
    """The rules as a tenant's, ready to decide."""
    tenant = Tenant("toko", "Toko", "6281100000000", ZoneInfo("Asia/Jakarta"))
    hours = Hours((_DAY, _DAY, _DAY, _DAY, _DAY, _DAY, ()), "ID", always=False)
    return RuleSet(tenant, ruled, "bench", Index(ruled), hours)
