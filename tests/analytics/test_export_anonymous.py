"""What an anonymous export tells of a customer: nothing, in no format and no table."""

import stat
import zipfile
from pathlib import Path

import pytest

from tests.analytics.exported import EMAIL, LID, NAME, OPERATOR, PHONE, SECRET, read, secretive, shop, written
from wabot.analytics.export.formats import FORMATS
from wabot.analytics.export.pseudonyms import NAME as KEY
from wabot.analytics.export.pseudonyms import tenants_pseudonyms
from wabot.analytics.export.tables import TABLES, Veil
from wabot.model.errors import StoreError

TELLING = [PHONE, LID, SECRET, SECRET.lower(), NAME, EMAIL, OPERATOR, "contact-1", "chat-1", "Sari", "Halo", "3EB0"]
FORMS = [one.name for one in FORMATS]


def everything_in(path: Path, format: str) -> str:
    """The file's own bytes, what it holds packed, and every value that a reader finds in it."""
    found = path.read_bytes()
    if format == "xlsx":
        with zipfile.ZipFile(path) as book:
            found += b"".join(book.read(name) for name in book.namelist())
    return found.decode("utf-8", "replace") + "".join(map(str, read(path, format)))


@pytest.mark.parametrize("format", FORMS)
@pytest.mark.parametrize("name", [one.name for one in TABLES])
def test_nothing_that_tells_who_a_customer_is_stands_anywhere_in_the_file(
    tmp_path: Path, format: str, name: str
) -> None:
    folder = secretive(tmp_path / "warung")
    found = everything_in(written(folder, tmp_path / "out", format, name, anonymous=True), format)
    assert [word for word in TELLING if word in found] == []


@pytest.mark.parametrize("format", FORMS)
def test_the_same_search_finds_them_in_an_export_that_is_not_anonymous(tmp_path: Path, format: str) -> None:
    folder = secretive(tmp_path / "warung")
    found = everything_in(written(folder, tmp_path / "out", format), format)
    assert [word for word in (PHONE, LID, SECRET, NAME, OPERATOR, "contact-1", "Halo") if word not in found] == []


def test_a_customer_has_one_pseudonym_in_every_table_format_and_export(tmp_path: Path) -> None:
    folder = secretive(tmp_path / "warung")
    seen = set()
    for format in FORMS:
        for name, column in (("messages", "contact_id"), ("conversations", "contact_id"), ("contacts", "id")):
            path = written(folder, tmp_path / f"{name}.{format}", format, name, anonymous=True)
            seen |= {row[column] for row in read(path, format)}
    assert len(seen) == 1
    assert next(iter(seen)).startswith("customer-")


def test_two_shops_name_the_same_customer_differently(tmp_path: Path) -> None:
    names = [tenants_pseudonyms(shop(tmp_path / tenant)).of(Veil.customer, ["contact-1"]) for tenant in "ab"]
    assert names[0] != names[1]


def test_who_is_no_person_keeps_their_name_among_operators(tmp_path: Path) -> None:
    found = read(written(secretive(tmp_path / "warung"), tmp_path / "o", "jsonl", anonymous=True), "jsonl")
    senders = [row["sender_id"] for row in found]
    assert senders[0] == "" and senders[2] == "wabot" and senders[1].startswith("operator-")


def test_figures_stay_as_they_are(tmp_path: Path) -> None:
    (row,) = read(written(secretive(tmp_path / "w"), tmp_path / "o", "json", "contacts", anonymous=True), "json")
    assert (row["segment"], row["total_orders"], row["total_spent"]) == ("vip", 3, 125_000)
    assert not row.keys() & {"phone", "lid", "name", "email", "address", "notes", "tags", "customer_id"}


def test_a_column_of_text_from_outside_is_in_no_anonymous_export() -> None:
    kept = {
        (one.name, column.name, column.veil)
        for one in TABLES
        for column in one.columns
        if column.kind.value in ("text", "words") and column.veil is not Veil.drop
    }
    assert {veil for _, _, veil in kept} == {Veil.operator}


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = shop(tmp_path / "warung")
    first = tenants_pseudonyms(folder).of(Veil.customer, ["a"])
    assert stat.S_IMODE((folder / KEY).stat().st_mode) == 0o600
    content = (folder / KEY).read_bytes()
    assert tenants_pseudonyms(folder).of(Veil.customer, ["a"]) == first
    assert (folder / KEY).read_bytes() == content
    assert [entry.name for entry in folder.iterdir() if entry.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [(b"pendek\n", 0o600, "holds no key"), (b"", 0o600, "holds no key"), (b"ab" * 32, 0o644, "read by other users")],
)
def test_a_key_that_is_none_or_that_others_can_read_is_refused(
    tmp_path: Path, content: bytes, mode: int, said: str
) -> None:
    folder = shop(tmp_path / "warung")
    (folder / KEY).write_bytes(content)
    (folder / KEY).chmod(mode)
    with pytest.raises(StoreError, match=said):
        tenants_pseudonyms(folder)


def test_a_backup_keeps_the_key_so_that_pseudonyms_survive_a_restore(tmp_path: Path) -> None:
    from wabot.store.keeping.copying import copy_tenant

    folder = shop(tmp_path / "warung")
    tenants_pseudonyms(folder)
    (tmp_path / "staged").mkdir()
    copy_tenant(folder, tmp_path / "staged")
    assert (tmp_path / "staged" / KEY).read_bytes() == (folder / KEY).read_bytes()
