"""What holds for every endpoint: floods, slow clients, smuggled requests, and errors that tell nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI, UploadFile
from hypothesis import given
from hypothesis import strategies as st

from tests.api.fenced import Noted, asked
from wabot.api.app import empty_app
from wabot.api.fences import Fences, Shares
from wabot.api.fences.addresses import counted_as
from wabot.api.fences.pace import WINDOW, Pace
from wabot.api.problems import Problem
from wabot.model.masked import masked_line
from wabot.session.clock import ScriptClock

SECRET_OF_BUDI = "Budi di Jalan Melati 7"


def app() -> FastAPI:
    made = empty_app()

    @made.get("/quick")
    async def quick() -> dict[str, str]:
        return {"said": "ok"}

    @made.get("/failing")
    async def failing() -> None:
        raise RuntimeError(SECRET_OF_BUDI)

    @made.post("/json")
    async def takes_json(body: dict[str, Any]) -> dict[str, int]:
        return {"fields": len(body)}

    @made.post("/upload")
    async def upload(file: UploadFile) -> dict[str, int]:
        return {"bytes": len(await file.read())}

    return made


class TestHowOften:
    async def test_an_address_that_asks_too_often_is_told_when_to_come_again(self) -> None:
        clock = ScriptClock()
        clock.set(1_769_569_200_000)
        async with asked(app(), Fences(per_minute=3), clock=clock) as client:
            for left in ("2", "1", "0"):
                answer = await client.get("/quick")
                assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (200, left)
            refused = await client.get("/quick")
            assert refused.status_code == 429
            assert refused.json()["code"] == "RATE_LIMITED"
            assert refused.headers["x-ratelimit-limit"] == "3"
            clock.set(clock.now() + int(refused.headers["retry-after"]) * 1000)
            assert (await client.get("/quick")).status_code == 200

    async def test_other_addresses_are_not_concerned(self) -> None:
        made, fences = app(), Fences(per_minute=1, proxies=("203.0.113.7",))
        async with asked(made, fences) as client:
            for address in ("198.51.100.1", "198.51.100.2"):
                assert (await client.get("/quick", headers={"x-forwarded-for": address})).status_code == 200
            again = await client.get("/quick", headers={"x-forwarded-for": "198.51.100.1"})
            assert again.status_code == 429

    async def test_whoever_is_no_proxy_cannot_name_another_address(self) -> None:
        async with asked(app(), Fences(per_minute=1)) as client:
            await client.get("/quick", headers={"x-forwarded-for": "198.51.100.1"})
            again = await client.get("/quick", headers={"x-forwarded-for": "198.51.100.2"})
            assert again.status_code == 429

    async def test_what_a_client_behind_a_proxy_adds_itself_is_not_believed(self) -> None:
        async with asked(app(), Fences(per_minute=1, proxies=("203.0.113.0/24",))) as client:
            for lie in ("10.0.0.1", "10.0.0.2"):
                answer = await client.get("/quick", headers={"x-forwarded-for": f"{lie}, 198.51.100.1"})
            assert answer.status_code == 429

    def test_a_customer_of_a_provider_has_one_address_whichever_of_ipv6_they_choose(self) -> None:
        assert counted_as("2001:db8:1:2::1") == counted_as("2001:db8:1:2:ffff::9")
        assert counted_as("2001:db8:1:2::1") != counted_as("2001:db8:1:3::1")
        assert counted_as("::ffff:192.0.2.1") == counted_as("192.0.2.1") == "192.0.2.1"

    @given(st.lists(st.integers(0, 20_000), max_size=150), st.integers(1, 8))
    def test_nobody_passes_twice_as_often_as_allowed_and_whoever_waits_as_told_passes(
        self, pauses: list[int], limit: int
    ) -> None:
        at = 1_000_000_000
        pace = Pace(limit, lambda: at)
        passed: list[int] = []
        for pause in pauses:
            at += pause
            standing = pace.step("somebody")
            if standing.wait:
                before, at = at, at + standing.wait * 1000
                assert not pace.step("somebody").wait
                passed.append(at)
                assert at - before <= 2 * WINDOW
            else:
                passed.append(at)
        for end in passed:
            window = [one for one in passed if end - WINDOW < one <= end]
            assert len(window) <= 2 * limit
            aligned = [one for one in passed if one // WINDOW == end // WINDOW]
            assert len(aligned) <= limit

    def test_a_crowd_of_addresses_is_forgotten(self) -> None:
        at = 0
        pace = Pace(5, lambda: at)
        for number in range(60_000):
            pace.step(str(number))
        assert len(pace._counts) <= 50_000
        at = 3 * WINDOW
        pace.step("another")
        assert len(pace._counts) == 1

    def test_a_person_has_a_share_wherever_they_ask_from_and_so_has_a_team(self) -> None:
        clock = ScriptClock()
        shares = Shares(Fences(person_per_minute=2, tenant_per_minute=3), clock)
        scope = {"method": "GET", "path": "/api/conversations"}
        for person in ("ani", "ani", "budi"):
            shares.take(scope, "warung", person)
        for person in ("ani", "siti"):
            with pytest.raises(Problem) as refused:
                shares.take(scope, "warung", person)
            assert refused.value.status == 429
            assert int(refused.value.headers["retry-after"]) > 0
        shares.take(scope, "toko", "ani")

    @pytest.mark.parametrize(
        "path", ["/api/messages/send-media", "/api/messages/01/retry", "/api/conversations/01/schedule-reminder"]
    )
    def test_writing_to_customers_has_a_narrower_share_than_reading(self, path: str) -> None:
        shares = Shares(Fences(sends_per_minute=1), ScriptClock())
        shares.take({"method": "POST", "path": "/api/messages/send"}, "warung", "ani")
        with pytest.raises(Problem):
            shares.take({"method": "POST", "path": path}, "warung", "ani")
        shares.take({"method": "GET", "path": "/api/messages"}, "warung", "ani")
        shares.take({"method": "POST", "path": "/api/messages/send"}, "warung", "budi")


class TestHowMuch:
    async def test_more_than_is_worked_on_at_once_is_told_to_come_again(self) -> None:
        made, go = app(), asyncio.Event()

        @made.get("/waiting")
        async def waiting() -> str:
            await go.wait()
            return "done"

        async with asked(made, Fences(at_once=2, per_minute=100)) as client:
            first = [asyncio.create_task(client.get("/waiting")) for _ in range(2)]
            await asyncio.sleep(0.05)
            refused = await client.get("/quick")
            assert (refused.status_code, refused.json()["code"]) == (503, "OVERLOADED")
            assert refused.headers["retry-after"] == "1"
            go.set()
            assert [one.status_code for one in await asyncio.gather(*first)] == [200, 200]
            assert (await client.get("/quick")).status_code == 200

    async def test_ten_megabytes_of_json_are_refused_before_they_are_read(self) -> None:
        read = 0

        async def parts() -> AsyncIterator[bytes]:
            nonlocal read
            for _ in range(160):
                read += 65_536
                yield b" " * 65_536

        async with asked(app()) as client:
            json = {"content-type": "application/json"}
            announced = await client.post("/json", headers=json, content=b" " * 10_000_000)
            chunked = await client.post("/json", headers=json, content=parts())
        assert [announced.status_code, chunked.status_code] == [413, 413]
        assert announced.json()["code"] == "TOO_LARGE"
        assert read < 1_200_000

    async def test_paths_that_take_files_have_a_limit_of_their_own(self) -> None:
        fences = Fences(body=1_000, uploads={"/upload": 50_000})
        async with asked(app(), fences) as client:
            for size, status in ((40_000, 200), (60_000, 413)):
                answer = await client.post("/upload", files={"file": ("a.bin", b"x" * size)})
                assert answer.status_code == status, answer.text
            assert answer.json()["code"] == "TOO_LARGE"

    @pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
    async def test_json_that_is_nested_deep_is_refused(self, opening: bytes) -> None:
        async with asked(app()) as client:
            json = {"content-type": "application/json"}
            answer = await client.post("/json", headers=json, content=opening * (900_000 // len(opening)))
            assert answer.status_code == 400
            deep = b'{"a": "' + b"[" * 1_000 + b'"}'
            assert (await client.post("/json", headers=json, content=deep)).status_code == 200

    @pytest.mark.parametrize(
        ("kind", "content"),
        [
            ("multipart/form-data", b"--x\r\n"),
            ("multipart/form-data; boundary=x", b"no part at all"),
            ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nhalf'),
            ("multipart/form-data; boundary=x", b"--x\r\n" + b"A: b\r\n" * 10_000),
            ("multipart/form-data; boundary=" + "x" * 5_000, b"--x--\r\n"),
            ("multipart/form-data; boundary=\xff", b"--x--\r\n"),
            (
                "multipart/form-data; boundary=x",
                b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nv\r\n--x--',
            ),
            ("application/json", b"\x00\xff"),
            ("application/json", b'{"a": 1'),
        ],
    )
    async def test_bodies_that_are_malformed_are_the_clients_fault(self, kind: str, content: bytes) -> None:
        async with asked(app()) as client:
            headers: Any = {"content-type": kind.encode("latin-1")}  # bytes, as they go over the wire
            path = "/json" if "json" in kind else "/upload"
            answer = await client.post(path, headers=headers, content=content)
            assert 400 <= answer.status_code < 500, answer.text
            assert "half" not in answer.text

    async def test_a_body_that_stops_is_given_up(self) -> None:
        async def stopping() -> AsyncIterator[bytes]:
            yield b'{"a": '
            await asyncio.sleep(5)

        async with asked(app(), Fences(patience=0.1)) as client:
            answer = await client.post("/json", headers={"content-type": "application/json"}, content=stopping())
            assert answer.status_code == 408

    async def test_a_body_that_trickles_is_given_up(self) -> None:
        async def trickling() -> AsyncIterator[bytes]:
            for _ in range(400):
                yield b" "
                await asyncio.sleep(0.02)

        async with asked(app(), Fences(patience=0.1)) as client:
            answer = await client.post("/json", headers={"content-type": "application/json"}, content=trickling())
            assert answer.status_code == 408


class TestWhichPages:
    async def test_no_page_of_another_origin_may_ask_unless_it_is_named(self) -> None:
        async with asked(app()) as client:
            answer = await client.get("/quick", headers={"origin": "https://evil.example"})
            assert not [name for name in answer.headers if name.startswith("access-control")]

    async def test_a_page_that_is_named_may_also_read_why_it_was_refused(self) -> None:
        fences = Fences(origins=("https://inbox.example",), per_minute=1)
        ours = {"origin": "https://inbox.example"}
        async with asked(app(), fences) as client:
            wanted = {
                **ours,
                "access-control-request-method": "PATCH",
                "access-control-request-headers": "authorization,content-type",
            }
            before = await client.options("/quick", headers=wanted)
            assert before.headers["access-control-allow-origin"] == "https://inbox.example"
            for status in (200, 429):
                answer = await client.get("/quick", headers=ours)
                assert answer.status_code == status
                assert answer.headers["access-control-allow-origin"] == "https://inbox.example"
                assert "access-control-allow-credentials" not in answer.headers
                assert "Origin" in answer.headers["vary"]
            assert "retry-after" in answer.headers["access-control-expose-headers"]

    async def test_others_may_not_ask_even_when_some_are_named(self) -> None:
        async with asked(app(), Fences(origins=("https://inbox.example",))) as client:
            for origin in (
                "https://evil.example",
                "https://inbox.example.evil.example",
                "null",
                "http://inbox.example",
            ):
                answer = await client.get("/quick", headers={"origin": origin})
                assert "access-control-allow-origin" not in answer.headers


class TestWhatNoAnswerHolds:
    async def test_an_error_that_nobody_expected_is_known_to_the_log_alone(self) -> None:
        noted = Noted()
        async with asked(app(), note=noted) as client:
            answer = await client.get("/failing")
        assert answer.status_code == 500
        body = answer.json()
        assert set(body) == {"statusCode", "error", "message", "code", "id"}
        (line,) = noted.lines
        assert line["id"] == body["id"]
        assert line["route"] == "/failing"
        assert line["error"].startswith("RuntimeError in failing (test_fences.py:")
        assert SECRET_OF_BUDI not in f"{line} {answer.text}"

    async def test_the_log_shows_the_id_of_an_error_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("secrets.token_hex", lambda size: "1" * 2 * size)
        async with asked(app()) as client:
            id = (await client.get("/failing")).json()["id"]
        assert masked_line({"id": id}) == {"id": id}, "it must not look like a customer's number"

    @pytest.mark.parametrize("path", ["/quick", "/nothing", "/failing", "/openapi.json", "/docs"])
    async def test_every_answer_has_the_headers_that_keep_browsers_from_guessing(self, path: str) -> None:
        async with asked(app()) as client:
            answer = await client.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] in ("no-store", "private, no-cache")

    async def test_the_page_of_documents_loads_nothing_from_anywhere(self) -> None:
        async with asked(app()) as client:
            page = await client.get("/docs")
        assert page.headers["content-type"].startswith("text/html")
        for sign in ("<script", "src=", "http://", "https://", "@import", "url("):
            assert sign not in page.text
        assert "script-src" not in page.headers["content-security-policy"]
        assert "default-src 'none'" in page.headers["content-security-policy"]
