"""What the node says holds where a tenant's files say nothing; and it can silence them all."""

from pathlib import Path

from tests.tenants import rules, write_tenant
from wabot.engine.load import load_tenant
from wabot.session.defaults import NodeDefaults, loading

TENANT = 'version: 1\nname: Warung\nphone: "6281100000000"\ntimezone: Asia/Jakarta\n'


def test_limits_of_the_node_hold_where_the_tenant_is_silent(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung", {"tenant.yaml": TENANT + "auto_reply: {max_per_minute: 3}\n"})
    loaded = loading(NodeDefaults(delay=5_000, max_per_contact_per_day=7, max_per_minute=600))(folder)
    assert loaded.rule_set is not None
    reply = loaded.rule_set.tenant.auto_reply
    assert (reply.delay, reply.max_per_contact_per_day, reply.max_per_minute) == (5_000, 7, 3)
    assert reply.enabled


def test_a_node_that_is_switched_off_answers_for_no_tenant(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung", {"tenant.yaml": TENANT + "auto_reply: {enabled: true}\n"})
    loaded = loading(NodeDefaults(enabled=False))(folder)
    assert loaded.rule_set is not None
    assert not loaded.rule_set.tenant.auto_reply.enabled


def test_the_defaults_of_the_node_are_those_of_the_language(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung")
    at_node, alone = loading(NodeDefaults())(folder).rule_set, load_tenant(folder).rule_set
    assert at_node is not None
    assert alone is not None
    assert at_node.tenant == alone.tenant


def test_a_tenant_that_is_off_stays_off_and_broken_files_stay_findings(tmp_path: Path) -> None:
    folder = write_tenant(tmp_path / "warung", {"tenant.yaml": TENANT + "auto_reply: {enabled: false}\n"})
    loaded = loading(NodeDefaults())(folder)
    assert loaded.rule_set is not None
    assert not loaded.rule_set.tenant.auto_reply.enabled
    broken = loading(NodeDefaults())(write_tenant(tmp_path / "toko", rules("  - id: x\n")))
    assert broken.rule_set is None
    assert broken.diagnostics
