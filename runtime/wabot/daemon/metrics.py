"""The overview in the words of Prometheus. What is told here is in docs/monitoring.md; no customer is in it."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from resource import getpagesize
from typing import Any, Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from wabot.daemon.overview import STATES, Overview, TenantView
from wabot.ports import Clock
from wabot.session.counting import BOUNDS, LATENCIES

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_LATENCY_HELP: Final = {
    "arrival_to_due": "From a message's arrival to when its reply is due: what the rules ask for.",
    "arrival_to_sent": "From a message's arrival to when its reply was sent.",
    "due_to_sent": "From when a reply was due to when it was sent: what wabot adds.",
}
Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily
Alerts = Callable[[], Mapping[tuple[str, str], int]]
"""The node's own alerts that are open or dead: (tenant, status) → number."""


class Metrics(Collector):
    """Collects at each scrape; `alerts` tells of the node's own."""

    def __init__(self, overview: Overview, clock: Clock, alerts: Alerts) -> None:
        self._overview, self._clock, self._alerts = overview, clock, alerts
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """What `/metrics` answers."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Family]:
        views = sorted(self._overview.tenants.values(), key=lambda view: view.tenant)
        build = GaugeMetricFamily("wabot_build_info", "The version that runs.", labels=["version", "python"])
        build.add_metric([version("wabot"), ".".join(map(str, sys.version_info[:3]))], 1)
        yield build
        yield from _counters(views)
        yield from _latencies(views)
        yield from self._sessions(views)
        yield from self._backlogs(views)
        yield self._open_alerts(views)
        yield from _api(self._overview)

    def _sessions(self, views: list[TenantView]) -> Iterator[Family]:
        states = GaugeMetricFamily("wabot_session_state", "1 for the state it is in.", labels=["tenant", "state"])
        for view in views:
            for state in STATES:
                states.add_metric([view.tenant, state], int(view.state == state))
        yield states
        yield _gauge("wabot_session_ready", "1: it answers, or is silent as it should be.", views, self._overview.ready)
        yield _gauge(
            "wabot_session_parked", "1: not started again.", views, lambda view: view.state in ("parked", "refused")
        )
        yield _gauge(
            "wabot_session_action_needed", "1: a person must do something.", views, lambda view: bool(view.action)
        )
        yield _gauge(
            "wabot_session_restricted_until_timestamp_seconds",
            "When a ban or a restriction ends; 0: there is none.",
            views,
            lambda view: view.until / 1000,
        )
        yield _gauge(
            "wabot_session_first_contacts_stopped_until_timestamp_seconds",
            "When new customers are answered again; 0: they are.",
            views,
            lambda view: view.backlog.get("first_contacts_until", 0) / 1000,
        )
        yield _gauge(
            "wabot_session_heard_timestamp_seconds",
            "When it told something last.",
            views,
            lambda view: view.heard / 1000,
        )
        yield _gauge(
            "wabot_session_resident_memory_bytes", "Memory of its process.", views, lambda view: _rss(view.pid)
        )
        restarts = CounterMetricFamily("wabot_session_restarts", "Starts after a crash.", labels=["tenant"])
        reloads = CounterMetricFamily("wabot_reloads", "Looks at changed rules.", labels=["tenant", "outcome"])
        for view in views:
            restarts.add_metric([view.tenant], view.restarts)
            for outcome, number in view.reloads.items():
                reloads.add_metric([view.tenant, outcome], number)
        yield restarts
        yield reloads
        yield _gauge("wabot_reload_ok", "0: the rules on disk are broken.", views, lambda view: view.reload_ok)
        yield _gauge(
            "wabot_reload_success_timestamp_seconds",
            "When rules were read and found sound last.",
            views,
            lambda view: None if view.reloaded is None else view.reloaded / 1000,
        )

    def _backlogs(self, views: list[TenantView]) -> Iterator[Family]:
        now = self._clock.now()

        def since(name: str) -> Callable[[TenantView], float | None]:
            def age(view: TenantView) -> float | None:
                if not view.backlog:
                    return None
                at = view.backlog.get(name)
                return 0 if at is None else max(now - at, 0) / 1000

            return age

        yield _gauge("wabot_outbox_depth", "Replies that wait.", views, lambda view: view.backlog.get("outbox"))
        yield _gauge("wabot_outbox_oldest_seconds", "Age of the oldest reply that waits.", views, since("oldest"))
        yield _gauge("wabot_outbox_overdue_seconds", "How long the first reply is overdue.", views, since("due"))
        yield _gauge(
            "wabot_replies_undelivered",
            "Replies that reached no phone, though the customer has written since.",
            views,
            lambda view: view.backlog.get("undelivered"),
        )
        yield _gauge(
            "wabot_journal_backlog", "Messages not decided yet.", views, lambda view: view.backlog.get("undecided")
        )

    def _open_alerts(self, views: list[TenantView]) -> Family:
        numbers = dict(self._alerts())
        for view in views:
            for status in ("open", "dead"):
                key = (view.tenant, status)
                numbers[key] = numbers.get(key, 0) + int(view.backlog.get(f"alerts_{status}", 0))
        told = GaugeMetricFamily(
            "wabot_alerts", "Alerts: open, or dead within a day (nobody could be told).", labels=["tenant", "status"]
        )
        for (tenant, status), number in sorted(numbers.items()):
            told.add_metric([tenant, status], number)
        return told


def _api(overview: Overview) -> Iterator[Family]:
    """Nothing where there is to be no API."""
    if (standing := overview.api) is None:
        return
    yield GaugeMetricFamily("wabot_api_up", "1: the API takes requests.", value=int(overview.api_lives()))
    yield CounterMetricFamily("wabot_api_restarts", "Starts after its process had died.", value=standing.restarts)
    if (memory := _rss(standing.pid)) is not None:
        yield GaugeMetricFamily("wabot_api_resident_memory_bytes", "Memory of the API's process.", value=memory)


def _counters(views: list[TenantView]) -> Iterator[Family]:
    messages = CounterMetricFamily("wabot_messages", "Messages of customers.", labels=["tenant"])
    replies = CounterMetricFamily(
        "wabot_replies", "Replies; one that was read was sent, too.", labels=["tenant", "rule", "outcome"]
    )
    silences = CounterMetricFamily("wabot_silences", "Messages without a reply, and why.", labels=["tenant", "reason"])
    reconnects = CounterMetricFamily(
        "wabot_session_reconnects", "Connections that were cut and made again.", labels=["tenant"]
    )
    families = {"messages": messages, "replies": replies, "silences": silences, "reconnects": reconnects}
    for view in views:
        for (name, *labels), total in sorted(view.counts.items()):
            families[name].add_metric([view.tenant, *labels], total)
    return iter(families.values())


def _latencies(views: list[TenantView]) -> Iterator[Family]:
    for name in LATENCIES:
        family = HistogramMetricFamily(f"wabot_{name}_seconds", _LATENCY_HELP[name], labels=["tenant"])
        for view in views:
            *buckets, total = view.latencies.get(name, [0.0] * (len(BOUNDS) + 2))
            sums, so_far = [], 0.0
            for bound, number in zip((*map(str, map(float, BOUNDS)), "+Inf"), buckets, strict=True):
                so_far += number
                sums.append((bound, so_far))
            family.add_metric([view.tenant], sums, total)
        yield family


def _gauge(name: str, text: str, views: list[TenantView], value: Callable[[TenantView], Any]) -> Family:
    """A value a tenant; None is not told."""
    family = GaugeMetricFamily(name, text, labels=["tenant"])
    for view in views:
        if (number := value(view)) is not None:
            family.add_metric([view.tenant], float(number))
    return family


def _rss(pid: int | None) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        if pid is not None:
            return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * getpagesize()
    return None
