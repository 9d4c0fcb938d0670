"""Orders are looked up by real processes, with each tenant's own secret."""

from functools import partial
from pathlib import Path

from tests.acceptance.daemon import Daemon, eventually
from tests.till import open_till

RULES = """\
  - id: lama
    trigger: {type: keyword, keywords: [halo]}
    conditions: {has_order_history: true}
    response: "Sudah {{ contact.orders }} kali ya kak"
"""


def test_each_tenant_asks_its_shop_with_its_own_secret(daemon: Daemon, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of melati\n")
    secret.chmod(0o600)
    environment = {
        "WABOT_ORDERS_PRIVATE": "true",
        "WABOT_ORDERS_SECRET_WARUNG": "of warung",
        "WABOT_ORDERS_SECRET_TOKO_MELATI_FILE": str(secret),
    }
    with open_till() as till:
        for tenant in ("warung", "toko-melati"):
            folder = daemon.tenant(tenant, RULES, delay="0s", debounce="0s")
            path = folder / "tenant.yaml"
            path.write_text(f'{path.read_text()}orders: {{url: "{till.url}", header: X-Api-Key}}\n')
        daemon.start(**environment)
        for tenant, shown in (("warung", "of warung"), ("toko-melati", "of melati")):
            daemon.connected(tenant)
            daemon.say("halo", tenant=tenant)
            eventually(partial(daemon.replies, tenant), f"an answer of {tenant}: {daemon.told()}")
            assert daemon.replies(tenant) == ["Sudah 3 kali ya kak"]
            assert till.asked[-1][1]["x-api-key"] == shown
        assert "is no setting" not in daemon.told()
        assert all(word not in daemon.told() for word in ("of warung", "of melati", till.url))
        assert daemon.stop() == 0
