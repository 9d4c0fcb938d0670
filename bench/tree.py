"""A repository of rules as a file tree: as many tenants as wanted, written as their owners would write them."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_TRADES: Final = {
    "warung": ("nasi rames", "ayam geprek", "soto ayam", "es teh", "nasi goreng", "bakso", "mie ayam", "gado gado"),
    "toko": ("gamis", "hijab", "mukena", "kemeja", "celana", "jaket", "daster", "sarung"),
    "servis": ("kulkas", "ac", "mesin cuci", "pompa air", "kompor", "setrika", "dispenser", "kipas angin"),
    "salon": ("creambath", "smoothing", "potong rambut", "facial", "manicure", "masker", "cat rambut", "spa"),
}
_PLACES: Final = ("Bandung", "Cimahi", "Surabaya", "Malang", "Semarang", "Solo", "Makassar", "Medan", "Bogor")
_ASPECTS: Final = (
    ("harga", "{thing} mulai {price} ribu kak, tergantung pilihannya."),
    ("stok", "{thing} masih ada kak {{{{ first_name }}}}. Mau berapa?"),
    ("ukuran", "Untuk {thing} ada ukuran kecil, sedang dan besar kak."),
    ("promo", "Promo {thing} minggu ini: beli 2 gratis 1, kak {{{{ first_name }}}}!"),
    ("jadwal", "Jadwal {thing} hari ini {{{{ hours.today }}}}, kak."),
    ("kirim", "{thing} bisa dikirim dari {{{{ vars.alamat }}}}, ongkir dihitung dari alamat kakak."),
)
_FRAME: Final = """\
# yaml-language-server: $schema=../../schemas/rules.schema.json
version: 1
rules:
  - id: sambutan
    name: Sambutan pelanggan baru
    trigger: {type: welcome}
    priority: 90
    response:
      type: menu
      message: "Halo kak {{ first_name }}, selamat datang di {{ tenant.name }}! Ada yang bisa dibantu?"
      options:
        - {key: "1", label: Jam buka, goto: jam-buka}
        - {key: "2", label: Alamat, goto: alamat}
        - {key: "0", label: Bicara dengan CS, action: forward_to_cs}
      expires: 30m

  - id: jam-buka
    trigger: {type: keyword, keywords: [jam buka, buka jam, jam berapa buka, tutup jam]}
    response: |
      {% if hours.open %}Kami sedang buka kak.{% else %}Kami tutup kak, buka lagi {{ hours.next_open }}.{% endif %}

      Jam buka hari ini: {{ hours.today }}.
    cooldown: 10m
    examples:
      match: [jam buka?, "Kak, BUKA JAM berapa ya"]
      no_match: [jam tangan bukan?]

  - id: alamat
    trigger: {type: keyword, keywords: [alamat, lokasi, di mana], match: word}
    response: "Kami di {{ vars.alamat }}, kak."
    cooldown: 10m

  - id: resi
    trigger: {type: pattern, regex: '\\b(?P<resi>JP\\d{10})\\b'}
    priority: 70
    response: "Resi {{ match.resi }} sedang kami cek ya kak {{ first_name }}."
    tags: [tanya-resi]

  - id: pesan
    trigger: {type: pattern, regex: '\\bpesan\\b.*?\\b(?P<jumlah>\\d{1,2})\\b'}
    priority: 60
    response: Siap kak {{ first_name }}, {{ match.jumlah }} kami catat. Mohon tulis alamat lengkapnya ya.

  - id: komplain
    trigger: {type: keyword, keywords: [komplain, kecewa, refund], match: word}
    priority: 80
    response: {type: forward_to_cs, message: "Mohon maaf kak {{ first_name }}, tim kami segera membantu."}
    set_priority: urgent

  - id: tutup
    trigger: {type: time_based, hours: closed}
    priority: 10
    cooldown: 4h
    response: {type: template, template: tutup.j2}

  - id: tidak-paham
    trigger: {type: fallback}
    conditions: {message_type: [text]}
    cooldown: 30m
    response: Sebentar ya kak {{ first_name }}, pesan kakak kami baca.
"""
_FRAMED: Final = _FRAME.count("- id: ")
_HOURS: Final = """\
version: 1
weekly:
  mon-fri: ["09:00-12:00", "13:00-{end}:00"]
  sat: ["09:00-14:00"]
  sun: closed
holidays:
  calendar: ID
"""
_CLOSED: Final = "Maaf kak {{ first_name }}, {{ tenant.name }} sedang tutup. Kami buka lagi {{ hours.next_open }}.\n"
_CONDITIONS: Final = ("{message_type: [text]}", "{hours: open}", "{has_order_history: true}")
_TESTS: Final = """\
version: 1
tests:
  - name: pelanggan lama bertanya jam buka
    at: 2026-01-28 10:00
    contact: {{name: Budi Santoso, messages: 2}}
    steps:
      - {{say: jam buka?, expect: {{rule: jam-buka, reply: {{contains: Kami sedang buka}}}}}}
      - {{say: jam buka?, expect: {{rule: none, reason: cooldown}}}}
      - wait: 11m
      - {{say: alamat kak, expect: {{rule: alamat, reply: "Kami di {place}, kak."}}}}
"""


def write_tree(folder: Path, tenants: int, rules: int, seed: int = 3) -> Path:
    """`tenants` sound tenants of `rules` rules each below `folder`, the same on every run."""
    for number in range(tenants):
        chance = random.Random(f"{seed} {number}")
        trade = chance.choice(list(_TRADES))
        place = f"Jl. Melati {number % 90 + 1}, {chance.choice(_PLACES)}"
        mine = folder / f"{trade}-{number:04}"
        (mine / "tests").mkdir(parents=True)
        (mine / "templates").mkdir()
        (mine / "tenant.yaml").write_text(
            f'version: 1\nname: {trade.title()} {number}\nphone: "62811{number:07}"\ntimezone: Asia/Jakarta\n'
            f'language: id\nvars: {{alamat: "{place}"}}\nteams: [cs]\n',
            "utf-8",
        )
        (mine / "hours.yaml").write_text(_HOURS.format(end=chance.choice((17, 20, 21))), "utf-8")
        written = "\n".join(_rule(chance, trade, index) for index in range(rules - _FRAMED))
        (mine / "rules.yaml").write_text(f"{_FRAME}\n{written}", "utf-8")
        (mine / "templates" / "tutup.j2").write_text(
            "Maaf kak {{ first_name }}, {{ tenant.name }} sedang tutup. Kami buka lagi {{ hours.next_open }}.\n",
            "utf-8",
        )
        (mine / "tests" / "percakapan.yaml").write_text(_TESTS.format(place=place), "utf-8")
    return folder


def _rule(chance: random.Random, trade: str, index: int) -> str:
    things = _TRADES[trade]
    thing = things[index % len(things)]
    aspect, reply = _ASPECTS[index // len(things) % len(_ASPECTS)]
    model = f"{chance.choice('abcdehkmpr')}{index}"
    return "\n".join(_lines(chance, f"{aspect} {thing} {model}", reply.format(thing=thing.title(), price=index + 10)))


def _lines(chance: random.Random, phrase: str, reply: str) -> Iterator[str]:
    aspect, *rest = phrase.split()
    match = chance.choice(("contains",) * 5 + ("word",) * 3 + ("starts_with", "fuzzy"))
    yield f"  - id: {phrase.replace(' ', '-')}"
    yield f"    trigger: {{type: keyword, keywords: [{phrase}, {' '.join(rest)} {aspect}], match: {match}}}"
    yield f'    response: "{reply}"'
    if chance.random() < 0.5:
        yield f"    cooldown: {chance.choice(('10m', '30m', '1h'))}"
    if chance.random() < 0.2:
        yield f"    priority: {chance.choice((40, 55, 60))}"
    if chance.random() < 0.2:
        yield f"    conditions: {chance.choice(_CONDITIONS)}"
    if chance.random() < 0.3:
        yield f'    examples: {{match: ["{phrase} kak"], no_match: [makasih]}}'
