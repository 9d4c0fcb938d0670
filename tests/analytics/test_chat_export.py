"""Chats as phones export them: each file of `chats/` stands beside what must be read from it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from wabot.analytics.chat_export import Export, NotAnExport, parse

CASES = sorted((Path(__file__).parent / "chats").glob("*.txt"))
E2E = "31/12/23 20.14 - Pesan dan panggilan terenkripsi secara end-to-end. Ketuk untuk info selengkapnya."


def shown(export: Export) -> str:
    lines = []
    for entry in export.entries:
        what = entry.kind if entry.kind != "message" else entry.type
        text = entry.text.replace("\n", "⏎")
        lines.append(f"{entry.line} | {entry.at:%Y-%m-%d %H:%M:%S} | {entry.sender} | {what} | {text}".rstrip())
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_exported_chat_is_read_as_it_was_written(path: Path) -> None:
    text = path.read_bytes().decode("utf-8-sig")
    assert shown(parse(text, UTC)) == path.with_suffix(".expected").read_text("utf-8")


def first(line: str) -> datetime:
    return parse(line, UTC).entries[0].at.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("31/12/23 20.15 - Budi: Halo", datetime(2023, 12, 31, 20, 15)),
        ("31/12/2023 20.15 - Budi: Halo", datetime(2023, 12, 31, 20, 15)),
        ("31/12/23, 20:15 - Budi: Halo", datetime(2023, 12, 31, 20, 15)),
        ("31/12/23 pukul 20.15 - Budi: Halo", datetime(2023, 12, 31, 20, 15)),
        ("12/31/23, 8:15 PM - Budi: Halo", datetime(2023, 12, 31, 20, 15)),
        ("12/31/23, 8:15\u202fPM - Budi: Halo", datetime(2023, 12, 31, 20, 15)),
        ("12/31/23, 12:05 AM - Budi: Halo", datetime(2023, 12, 31, 0, 5)),
        ("12/31/23, 12:05 p.m. - Budi: Halo", datetime(2023, 12, 31, 12, 5)),
        ("31.12.23, 20:15 - Budi: Halo", datetime(2023, 12, 31, 20, 15)),
        ("2023-12-31, 20:15 - Budi: Halo", datetime(2023, 12, 31, 20, 15)),
        ("[31/12/23 20.15.33] Budi: Halo", datetime(2023, 12, 31, 20, 15, 33)),
        ("[31/12/23, 20.15.33] Budi: Halo", datetime(2023, 12, 31, 20, 15, 33)),
        ("\u200e[12/31/23, 8:15:33\u202fPM] Budi: Halo", datetime(2023, 12, 31, 20, 15, 33)),
        ("\ufeff[31/12/23 pukul 20.15.33] Budi: Halo", datetime(2023, 12, 31, 20, 15, 33)),
        ("[2023/12/31, 20:15:33] Budi: Halo", datetime(2023, 12, 31, 20, 15, 33)),
    ],
)
def test_dates_and_times_are_read_as_phones_of_both_languages_write_them(line: str, at: datetime) -> None:
    assert first(line) == at


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        (["1/2/23", "2/2/23", "13/2/23"], "2023-02-01"),
        (["1/2/23", "1/13/23"], "2023-01-02"),
        (["1/2/23", "2/2/23", "3/2/23"], "2023-02-01"),  # three days, not three months
        (["3/1/23", "3/2/23", "3/3/23"], "2023-03-01"),
        (["11/2/23", "12/2/23", "1/3/23"], "2023-02-11"),  # the other way, the chat would go back
        (["5/5/23", "5/5/23"], "2023-05-05"),
    ],
)
def test_whether_days_or_months_come_first_is_decided_from_the_whole_file(dates: list[str], wanted: str) -> None:
    text = "\n".join(f"{day}, 10:00 - Budi: Halo" for day in dates)
    assert f"{first(text):%Y-%m-%d}" == wanted


def test_with_a_clock_of_twelve_hours_and_nothing_else_to_go_by_months_come_first() -> None:
    assert first("4/5/23, 8:15 PM - Budi: Halo") == datetime(2023, 4, 5, 20, 15)
    assert first("4/5/23 20.15 - Budi: Halo") == datetime(2023, 5, 4, 20, 15)


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ("<Media tidak disertakan>", "image", ""),
        ("<Media omitted>", "image", ""),
        ("IMG-20231231-WA0001.jpg (file terlampir)", "image", ""),
        ("IMG-20231231-WA0001.jpg (file attached)\nini buktinya kak", "image", "ini buktinya kak"),
        ("\u200eimage omitted", "image", ""),
        ("\u200estiker tidak disertakan", "sticker", ""),
        ("\u200evideo omitted", "video", ""),
        ("\u200eaudio tidak disertakan", "audio", ""),
        ("\u200e<attached: 00000012-AUDIO-2023-12-31.opus>", "audio", ""),
        ("\u200e<terlampir: 00000012-PHOTO-2023-12-31.jpg>", "image", ""),
        ("bukti ya \u200e<terlampir: 00000012-PHOTO.jpg>", "image", "bukti ya"),
        ("Daftar harga.pdf • \u200e2 halaman \u200edocument omitted", "document", ""),
        ("STK-2023.webp (file terlampir)", "sticker", ""),
        ("Budi.vcf (file terlampir)", "contact", ""),
        ("lokasi: https://maps.google.com/?q=-6.2,106.8", "location", ""),
        ("Pesan ini dihapus", "taken_back", ""),
        ("\u200eThis message was deleted.", "taken_back", ""),
        ("Anda telah menghapus pesan ini", "taken_back", ""),
        ("Jadi dua ya \u200e<Pesan ini diedit>", "text", "Jadi dua ya"),
        ("\u200ePanggilan suara tak terjawab", "notice", "Panggilan suara tak terjawab"),
        ("image omitted dari tadi kak", "text", "image omitted dari tadi kak"),
        ("jam 20.15 - bisa?", "text", "jam 20.15 - bisa?"),
        ("link: https://toko.id/a: b", "text", "link: https://toko.id/a: b"),
    ],
)
def test_what_was_left_out_taken_back_or_attached_is_known_for_what_it_was(said: str, kind: str, text: str) -> None:
    entry = parse(f"{E2E}\n31/12/23 20.15 - Budi: {said}", UTC).entries[1]
    what = entry.kind if entry.kind != "message" else entry.type
    assert (what, entry.text) == (kind, text)


def test_a_name_with_a_colon_is_found_where_every_line_begins_with_it() -> None:
    lines = [f"31/12/23 20.1{number} - Toko: Melati: nomor {number}" for number in range(4)]
    lines.append("31/12/23 20.15 - Toko: Melati: harga: 10 ribu")
    assert parse("\n".join(lines), UTC).senders == ("Toko: Melati",)
    assert parse(lines[0], UTC, ["Toko: Melati"]).senders == ("Toko: Melati",)


@pytest.mark.parametrize(
    "text",
    [
        f'{E2E}\n31/12/23 20.15 - Budi membuat grup "Arisan"\n31/12/23 20.16 - Budi: Halo',
        f"{E2E}\n31/12/23 20.15 - Budi: Halo\n31/12/23 20.15 - Ani: Halo\n31/12/23 20.15 - Citra: Halo",
        '12/31/23, 8:15 PM - Budi created group "Arisan"\n12/31/23, 8:15 PM - Budi: Halo',
    ],
)
def test_the_chat_of_a_group_is_refused(text: str) -> None:
    with pytest.raises(NotAnExport, match="it is a group's"):
        parse(text, UTC)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        (
            "[LINE] Riwayat obrolan dengan Budi\nDisimpan pada: 2023/12/31 20:15\n\nMin, 31/12/2023\n20:15\tBudi\tHalo",
            "LINE",
        ),
        ('{"name": "Budi", "type": "personal_chat", "messages": []}', "Telegram"),
        ("<!DOCTYPE html>\n<html><head><title>Exported Data</title>", "Telegram"),
        ("Budi, [31/12/23 20:15]\nHalo kak", "Telegram"),
        ("[2023-12-31, 20:15] Budi: Halo", "Signal"),
        ("# Catatan\n- beli gula", "no line of it begins with a date"),
        ("PK\x03\x04\x00\x00", "no line of it begins with a date"),
        ("99/99/99 20.15 - Budi: Halo", "no line of it begins with a date"),
    ],
)
def test_what_another_app_wrote_is_refused_and_named_where_it_is_known(text: str, why: str) -> None:
    with pytest.raises(NotAnExport, match=why):
        parse(text, UTC)


_ANYTHING = st.text(st.characters(codec="utf-16"), max_size=60)
_LINES = st.lists(
    st.one_of(
        _ANYTHING,
        st.builds("{} - {}: {}".format, st.sampled_from(["31/12/23 20.15", "1/2/23, 8:15 PM"]), _ANYTHING, _ANYTHING),
        st.builds("[{}] {}: {}".format, st.sampled_from(["31/12/23 20.15.33", "1/2/3 1.2.3"]), _ANYTHING, _ANYTHING),
        st.builds("{}/{}/{} {}.{} - {}".format, *[st.integers(0, 99)] * 5, _ANYTHING),
    ),
    max_size=12,
)


@examples(400, deadline=None)
@given(_LINES)
def test_whatever_stands_in_a_file_it_is_read_or_refused(lines: list[str]) -> None:
    try:
        export = parse("\n".join(lines), UTC)
    except NotAnExport:
        return
    assert export.entries


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=30)


@examples(400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["Budi", "Warung Sari"]), _WORDS, _WORDS), min_size=1, max_size=20))
def test_every_message_of_an_export_is_kept_with_its_lines(said: list[tuple[str, str, str]]) -> None:
    lines = [f"{number + 1:02}/12/23 20.15 - {who}: > {one}\n> {two}" for number, (who, one, two) in enumerate(said)]
    export = parse("\n".join(lines), UTC)
    assert [(entry.sender, entry.text) for entry in export.entries] == [
        (who, f"> {one}\n> {two}") for who, one, two in said
    ]
