"""The files for Prometheus and Grafana, and the page about them, against what a running daemon tells."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.daemon import Daemon, eventually
from tests.acceptance.watched import LISTEN, get
from tests.programs import needs
from wabot.model.alert import AlertKind

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "prometheus" / "rules.yaml"
DASHBOARD = ROOT / "deploy" / "grafana" / "wabot.json"
PAGE = (ROOT / "docs" / "monitoring.md").read_text("utf-8")
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
NAME = re.compile(r"\b(?:wabot|process)_[a-z_]+\b")
WANTED = ("wabot_outbox_depth{", "wabot_replies_total{", "wabot_api_resident_memory_bytes ")
LABEL = re.compile(r'\b([a-z]+) ?(?:=~|!=|!~|=) ?"')


def alerts() -> list[dict[str, Any]]:
    """The rules, as Prometheus reads them."""
    return [rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]]


def run_promtool(*words: str) -> str:
    """What it complains about, "" for nothing."""
    done = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def expressions() -> Iterator[str]:
    """Every expression of the rules and the dashboard."""
    yield from (rule["expr"] for rule in alerts())
    board = json.loads(DASHBOARD.read_text("utf-8"))
    for panel in board["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    yield from (one["query"]["query"] for one in board["templating"]["list"] if one["type"] == "query")


def test_every_name_in_the_files_and_on_the_page_is_told_by_a_running_daemon_and_the_other_way_round(
    daemon: Daemon,
) -> None:
    daemon.tenant(delay="0s")
    daemon.start(*LISTEN, "--api", "127.0.0.1:0")
    daemon.connected()
    daemon.say("jam buka?")

    def figures() -> str:
        said = get(daemon, "/metrics")[1]
        return said if all(name in said for name in WANTED) else ""

    body = str(eventually(figures, f"the outbox and a reply are told: {daemon.told()}"))
    families = list(text_string_to_metric_families(body))
    told = {family.name + suffix for family in families for suffix in SUFFIXES[family.type]}
    used = {name for expression in expressions() for name in NAME.findall(expression)}
    assert used - told == set()
    written = set(re.findall(r"^\| `(wabot_[a-z_]+)` \|", PAGE, re.MULTILINE))
    ours = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in families
        if family.name.startswith("wabot_")
    }
    assert written == ours
    rows = dict(re.findall(r"^\| `(wabot_[a-z_]+)` \| (?:–|([a-z, ]+)) \|", PAGE, re.MULTILINE))
    for family in families:
        for sample in family.samples:
            if family.name.startswith("wabot_"):
                name = family.name + ("_total" if family.type == "counter" else "")
                assert set(sample.labels) - {"le"} == set(filter(None, rows[name].split(", "))), name
    labels = {label for expression in expressions() for label in LABEL.findall(expression)}
    assert labels <= {"tenant", "job", "outcome", "reason", "status", "rule"}
    assert daemon.stop() == 0


def test_the_dashboard_has_one_place_for_each_panel_and_one_source() -> None:
    board = json.loads(DASHBOARD.read_text("utf-8"))
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        left, top = place["x"], place["y"]
        cells = {(x, y) for x in range(left, left + place["w"]) for y in range(top, top + place["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == "${datasource}"
            variables = set(re.findall(r"\$(\w+)", target["expr"]))
            assert variables <= {"tenant", "__rate_interval", "__range"}
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_each_alert_has_its_meaning_and_first_action_on_the_page() -> None:
    written = re.findall(r"^\| `(Wabot\w+)` \| (\w+) \| .+? \| .+? \|$", PAGE, re.MULTILINE)
    assert written == [(rule["alert"], rule["labels"]["severity"]) for rule in alerts()]
    section = PAGE.split("## What the webhook tells")[1].split("##")[0]
    kinds = re.findall(r"^\| `([a-z_]+)` \| [^|]+ \| [^|]+ \|$", section, re.MULTILINE)
    assert set(kinds) == set(get_args(AlertKind))


def test_the_node_file_of_the_page_is_one(tmp_path: Path) -> None:
    from wabot.daemon.settings import read_settings

    example = re.findall(r"```yaml\n(version.*?)```", PAGE, re.DOTALL)[0]
    (tmp_path / "node.yaml").write_text(example)
    (tmp_path / "alert-secret").write_text("a secret of some length")
    settings = read_settings({}, {"CREDENTIALS_DIRECTORY": str(tmp_path)}, tmp_path / "node.yaml").settings
    assert settings.listen == "127.0.0.1:9464"


@needs("promtool")
def test_promtool_finds_the_rules_sound() -> None:
    assert run_promtool("check", "rules", "--lint=all", "--lint-fatal", str(RULES)) == ""


@needs("promtool")
def test_the_rules_fire_on_what_they_are_for_and_on_nothing_else() -> None:
    tests = RULES.with_name("rules.test.yaml")
    assert run_promtool("test", "rules", str(tests)) == ""
    tried = set(re.findall(r"alertname: (\w+)", tests.read_text("utf-8")))
    assert tried == {rule["alert"] for rule in alerts()}


@needs("promtool")
def test_the_scrape_configuration_of_the_page_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(scrape_configs.*?)```", PAGE, re.DOTALL)
    (tmp_path / "prometheus.yml").write_text(example.replace("/etc/prometheus/wabot/rules.yaml", str(RULES)))
    assert run_promtool("check", "config", str(tmp_path / "prometheus.yml")) == ""
