"""Whom the API's machine may be made to ask: nobody of its own network, whatever a name resolves to."""

import ipaddress
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.https import Site, site
from wabot.api.outside import Forbidden, Outside, Resolve, Unreachable, is_public

NEAR = "127.0.0.1", "127.9.9.9", "10.0.0.8", "172.16.5.4", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1"
NEVER = (
    "0.0.0.0", "0.1.2.3", "100.64.0.1", "100.100.100.200", "169.254.169.254", "192.0.0.1", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1", "2001:db8::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    "2002:a9fe:a9fe::1", "::169.254.169.254", "::ffff:0:169.254.169.254",
)  # fmt: skip
WRAPPED_NEAR = "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "::ffff:0:10.0.0.1"
PUBLIC = "93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"


class Names:
    """A resolver that answers with what is next in its script, then with the last of it for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def names(*answers: Sequence[str]) -> Names:
    return Names(*answers)


async def get(outside: Outside, url: str, seconds: float = 20.0) -> tuple[int, bytes]:
    async with outside.ask("GET", url, seconds=seconds) as answer:
        return answer.status, b"".join([piece async for piece in answer.pieces()])


@pytest.mark.parametrize("address", [*NEAR, *WRAPPED_NEAR, *NEVER])
async def test_an_address_that_is_not_the_internets_is_never_asked(address: str) -> None:
    with pytest.raises(Forbidden):
        await get(Outside(resolve=names([address])), "https://cdn.example/x.jpg")
    bracketed = f"[{address.partition('%')[0]}]" if ":" in address else address
    with pytest.raises(Forbidden):
        Outside().check(f"https://{bracketed}/")


@pytest.mark.parametrize("address", NEVER)
async def test_clouds_own_addresses_stay_closed_where_private_networks_are_open(address: str) -> None:
    with pytest.raises(Forbidden):
        await get(Outside(private=True, resolve=names([address])), "https://cdn.example/")


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_anybodys_may_be_asked(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_however_it_is_wrapped(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    wrapped = [
        ipaddress.IPv6Address(0xFFFF_0000_0000 | number),
        ipaddress.IPv6Address(0x0064_FF9B << 96 | number),
        ipaddress.IPv6Address(0x2002 << 112 | number << 80),
    ]
    assert {is_public(each) for each in wrapped} == {is_public(address)}


async def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Forbidden):
        await get(Outside(resolve=names(["93.184.216.34", "10.0.0.1"])), "https://cdn.example/")


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example/x",
        "ftp://cdn.example/x",
        "file:///etc/passwd",
        "//cdn.example/x",
        "https://user:secret@cdn.example/x",
        "https:///x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://cdn.example:99999/x",
        "https://cdn.example:x/x",
        "https://exa mple/x",
        "",
    ],
)
def test_a_url_that_is_none_for_outside_is_refused_before_anybody_is_asked(url: str) -> None:
    with pytest.raises(Forbidden):
        Outside().check(url)


async def test_numbers_that_only_the_resolver_reads_as_addresses_are_judged_as_well() -> None:
    # 2130706433, 0x7f.1 and 127.1 are 127.0.0.1 to the machine's own resolver, and names to us.
    for host in ("2130706433", "0x7f.1", "127.1", "localhost"):
        with pytest.raises((Forbidden, Unreachable)):
            await get(Outside(), f"https://{host}/")


def near(here: Site, resolve: Resolve) -> Outside:
    """What asks the site as if it were outside: this machine is the only one that a test can ask."""
    return Outside(private=True, resolve=resolve, tls=here.tls)


async def test_the_connection_goes_to_the_address_that_was_judged_under_the_hosts_own_name(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        rebinding = names(["127.0.0.1"], ["169.254.169.254"])
        assert await get(near(here, rebinding), f"https://cdn.example:{here.port}/a?b=c") == (200, b"ok")
        assert rebinding.asked == 1
        (asked,) = here.asked
        assert asked.startswith("GET /a?b=c HTTP/1.1\r\n")
        assert f"host: cdn.example:{here.port}\r\n" in asked.lower()


async def test_a_name_that_leads_to_this_machine_makes_no_connection(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        with pytest.raises(Forbidden):
            await get(Outside(resolve=names(["127.0.0.1"]), tls=here.tls), f"https://cdn.example:{here.port}/")
        assert here.connections == 0


async def test_a_certificate_of_another_host_is_not_believed(tmp_path: Path) -> None:
    async with site(tmp_path, "evil.example") as here:
        with pytest.raises(Unreachable, match="ConnectError"):
            await get(near(here, names(["127.0.0.1"])), f"https://cdn.example:{here.port}/")
        assert here.asked == []


async def test_a_redirect_is_an_answer_and_is_not_followed(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        here.answer = b"HTTP/1.1 302 Found\r\nlocation: https://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
        resolve = names(["127.0.0.1"])
        assert (await get(near(here, resolve), f"https://cdn.example:{here.port}/"))[0] == 302
        assert (resolve.asked, here.connections) == (1, 1)


async def test_the_next_address_is_tried_when_one_cannot_be_connected_to(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        outside = near(here, names(["::1", "127.0.0.1"]))
        assert (await get(outside, f"https://cdn.example:{here.port}/"))[0] == 200


async def test_plain_http_goes_to_private_networks_alone_and_only_where_the_node_opens_them(tmp_path: Path) -> None:
    async with site(tmp_path, plain=True) as here:
        url = f"http://receiver.internal:{here.port}/"
        assert (await get(Outside(private=True, resolve=names(["127.0.0.1"])), url))[0] == 200
        with pytest.raises(Forbidden):
            await get(Outside(private=True, resolve=names(["93.184.216.34"])), url)


async def test_who_never_answers_or_never_ends_is_given_up(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        url = f"https://cdn.example:{here.port}/"
        here.hang = True
        for begun in (b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"):
            here.answer = begun
            with pytest.raises(Unreachable, match="no answer within"):
                await get(near(here, names(["127.0.0.1"])), url, seconds=0.3)


async def test_an_answer_that_breaks_off_is_none(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        here.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"
        with pytest.raises(Unreachable):
            await get(near(here, names(["127.0.0.1"])), f"https://cdn.example:{here.port}/")


async def test_proxies_of_the_environment_are_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    async with site(tmp_path) as here:
        assert (await get(near(here, names(["127.0.0.1"])), f"https://cdn.example:{here.port}/"))[0] == 200


async def test_what_goes_wrong_says_neither_url_nor_address(tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as failed:
        await get(Outside(private=True, resolve=names(["127.0.0.1"])), "https://secret-host.example:1/token")
    assert "secret" not in str(failed.value)
    assert "127" not in str(failed.value)
