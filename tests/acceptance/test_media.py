"""`wabot run` keeps customers' files when the tenant asks for it."""

import json

from tests.acceptance.daemon import Daemon


def test_a_file_that_a_customer_sends_is_kept_and_shown_and_delays_no_reply(daemon: Daemon) -> None:
    folder = daemon.tenant(debounce="0s", mark_read="answered")
    (folder / "tenant.yaml").open("a").write("media: {download: true, max_size: 1kB}\n")
    (daemon.sim / "foto.jpg").write_bytes(b"\xff\xd8\xff\xe0 foto")
    (daemon.sim / "besar.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"x" * 1_000)
    lines: list[dict[str, object]] = [
        {"id": "A1", "from": "6281200000001", "type": "image", "caption": "jam buka?", "file": "foto.jpg"},
        {"id": "A2", "from": "6281200000001", "type": "image", "file": "besar.jpg"},
    ]
    (daemon.sim / "warung.in.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    assert daemon.start("--until-idle", "--fast").wait(60) == 0
    assert daemon.replies() == ["Kami buka tiap hari kak."]
    said = {one["wa_id"]: one for one in daemon.wabot("conversations", "6281200000001")["last_messages"]}
    kept = daemon.data / "warung" / said["A1"]["media"]["file"]
    assert kept.read_bytes() == b"\xff\xd8\xff\xe0 foto"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert said["A2"]["media"]["error"].startswith("it is larger than media.max_size")
    assert [file.name for file in kept.parent.iterdir()] == [kept.name]
    told = [json.loads(line) for line in (daemon.sim / "warung.out.jsonl").read_text().splitlines()]
    assert [line["messages"] for line in told if line.get("state") == "read"] == [["A1"]]
