"""Lists of customers as CSV: what spreadsheets write is read, and what is written does no harm in them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wabot.api.customer_list import CustomerList, NoList, Refused, line_of
from wabot.store.sqlite.caring import Listed

BUDI = "6281200000001"


def read(text: str) -> list[Listed | Refused]:
    return list(CustomerList(text.encode()).rows())


def test_a_list_of_a_spreadsheet_is_read_whatever_its_delimiter_and_the_names_of_its_columns() -> None:
    wanted = [Listed(BUDI, name="Budi, Pak", tags=("vip", "grosir"))]
    assert read('phone,name,tags\n0812-0000-0001,"Budi, Pak",vip;grosir\n') == wanted
    assert read("sep=;\r\nNo. HP;Nama;Label\r\n081200000001;Budi, Pak;vip|grosir\r\n") == wanted
    assert read("\ufeffTelepon\tNAMA\tTag\n+62 812 0000 0001\tBudi, Pak\tvip,grosir") == wanted


def test_what_is_wrong_is_told_with_the_line_on_which_its_row_begins() -> None:
    text = (
        "phone,name,email,segment,tags\n"
        'abc,"dua\nbaris",,,\n'
        "\n"
        "081200000001,Budi,bukan-email,,\n"
        "081200000002,Ani,,emas,\n"
        "081200000003,,,,dua kata\n"
        "081200000004,,,,,lebih\n"
        f"081200000005,{'x' * 101},,,\n"
    )
    assert [row[:2] for row in read(text)] == [
        (2, "phone"),
        (5, "email"),
        (6, "segment"),
        (7, "tags"),
        (8, ""),
        (9, "name"),
    ]


def test_a_cell_without_end_costs_its_own_row_and_no_crash() -> None:
    endless, other = read(f'phone,notes\n081200000001,"{"x" * 200_000}\n081200000002,baik')
    assert (isinstance(endless, Refused), endless[0]) == (True, 2)
    assert other == Listed("6281200000002", notes="baik")


def test_a_quote_that_is_never_closed_swallows_no_customer_silently() -> None:
    [whole, broken] = read('phone,notes\n081200000001,baik\n081200000002,"lupa\n081200000003,baik\n')
    assert isinstance(whole, Listed)
    assert isinstance(broken, Refused)
    assert (broken.line, "end of data" in broken.message) == (3, True)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"nama,alamat\nBudi,Bandung\n", b"phone,hp\n1,2\n", b"0812,Budi\n"]
)
def test_what_is_no_list_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(NoList, match=r"\w+.*\."):
        CustomerList(content)


def test_too_many_rows_are_not_read() -> None:
    with pytest.raises(NoList, match="split it"):
        read("phone\n" + "081200000001\n" * 50_001)


@given(
    st.binary(max_size=400)
    | st.text(max_size=400).map(lambda text: f"phone,name,notes\n{text}".encode("utf-8", "replace"))
)
def test_whatever_the_file_holds_it_is_read_or_refused(content: bytes) -> None:
    try:
        rows = list(CustomerList(content).rows())
    except NoList:
        return
    lines = content.count(b"\n") + content.count(b"\r") + 1
    assert all(1 < row.line <= lines + 1 for row in rows if isinstance(row, Refused))


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60).map(str.strip)


@given(name=CELLS, notes=CELLS)
def test_what_is_written_is_read_again_as_it_was(name: str, notes: str) -> None:
    text = line_of(["phone", "name", "notes"]) + line_of([BUDI, name, notes])
    assert read(text) == [Listed(BUDI, name=name, notes=notes)]


@given(st.text(max_size=20))
def test_no_cell_that_is_written_is_a_formula(text: str) -> None:
    [[cell]] = csv.reader(io.StringIO(line_of([text]), newline="")) if text else [[""]]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
