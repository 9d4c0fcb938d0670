"""What a running daemon tells those who watch it."""

import json
import re
import urllib.error
import urllib.request
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.daemon import Daemon, eventually

LISTEN = ("--listen", "127.0.0.1:0")


def address(daemon: Daemon) -> str:
    """Where the daemon that was started last listens."""
    (found,) = eventually(
        lambda: re.findall(r"listening +address=(127\S+)", daemon.told())[-1:], f"it listens: {daemon.told()}"
    )
    return str(found)


def get(daemon: Daemon, path: str) -> tuple[int, str]:
    """Status and body."""
    try:
        with urllib.request.urlopen(f"http://{address(daemon)}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def readyz(daemon: Daemon) -> tuple[int, dict[str, dict[str, Any]]]:
    """Status, and what is told of each tenant."""
    status, body = get(daemon, "/readyz")
    told = json.loads(body)
    assert told["ready"] == (status == 200)
    return status, {tenant["tenant"]: tenant for tenant in told["tenants"]}


def metrics(daemon: Daemon) -> dict[tuple[str, tuple[str, ...]], float]:
    """(name, label values in the order of their names) → value."""
    status, body = get(daemon, "/metrics")
    assert status == 200
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(body)
        for sample in family.samples
    }
