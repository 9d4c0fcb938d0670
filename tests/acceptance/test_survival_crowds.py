"""Ten thousand messages at once: all are dealt with, and the tenant beside them notices nothing."""

import json

from tests.acceptance.daemon import Daemon, eventually
from tests.acceptance.oracle import rows, statuses

CROWD = 10_000


def test_ten_thousand_messages_at_once_are_all_dealt_with_while_another_tenant_is_answered(daemon: Daemon) -> None:
    daemon.tenant("warung", delay="0s", debounce="0s")
    daemon.tenant("toko", delay="0s", debounce="0s")
    daemon.start("--log-format", "json")
    daemon.connected("warung")
    daemon.connected("toko")
    texts = ["apa kabar"] * 99 + ["jam buka?"]
    lines = [
        json.dumps({"id": f"C{number}", "from": f"62813{number % 2_000:06}", "text": texts[number % 100]})
        for number in range(CROWD)
    ]
    with (daemon.sim / "warung.in.jsonl").open("a") as file:
        file.write("\n".join(lines) + "\n")

    def decided() -> int:
        return int(rows(daemon, "SELECT COUNT(*) FROM inbound_journal WHERE decided_at IS NOT NULL")[0][0])

    eventually(lambda: decided() > 100, "the crowd is being dealt with")
    daemon.say("jam buka?", tenant="toko")
    eventually(lambda: daemon.replies("toko"), "the other tenant answers")
    assert decided() < CROWD, "the other tenant was answered only after the crowd"
    eventually(lambda: decided() == CROWD, f"all are decided: {decided()} {daemon.told()[-2000:]}")
    reasons = dict(rows(daemon, "SELECT reason, COUNT(*) FROM auto_reply_logs GROUP BY reason"))
    assert sum(reasons.values()) == CROWD
    assert reasons["no_match"] == CROWD * 99 // 100
    assert sum(statuses(daemon).values()) == reasons["answered"]
    assert daemon.stop() == 0, daemon.told()[-2000:]
    kept = rows(daemon, "SELECT payload FROM inbound_journal ORDER BY sequence")
    assert [json.loads(payload)["id"] for (payload,) in kept] == [f"C{number}" for number in range(CROWD)]
