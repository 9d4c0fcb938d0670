"""What the supervisor knows of each tenant: from its own acts, and from what the sessions tell. In memory only."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from wabot.daemon.api_standing import ApiStanding
from wabot.daemon.restart import BUSY, DONE
from wabot.model.alert import Alert, AlertKind
from wabot.model.session import SessionStatus
from wabot.ports import Clock
from wabot.session.counting import BOUNDS, LATENCIES

STATES: Final = tuple(dict.fromkeys((*get_args(SessionStatus), "restarting", "parked", "needs_a_person", "refused")))
"""Those of a session, and those in which the supervisor runs none."""
_SILENT: Final = 30_000
"""Milliseconds without news (a session tells something every 5 s) after which it counts as stuck."""
_MOST: Final = 3_000
"""Series of one tenant: what a session tells beyond them is not counted."""
_DEATHS: Final = 3
"""Ends of the API's process in a row, none of which came after a minute of service, that are an alert."""
_STEADY: Final = 60_000
_LABELS: Final = {"messages": 0, "reconnects": 0, "silences": 1, "replies": 2}

Series = tuple[str, ...]
_FROM_THE_START: Final = (("messages",), ("reconnects",), ("silences", "set_aside"), ("silences", "loop_suspected"))
"""Told as 0 until there is one: Prometheus sees no increase in what begins with its first."""


@dataclass
class TenantView:
    """One tenant, as it is known. Times are UTC milliseconds. `done`: its session was to end. Totals are since the
    supervisor began."""

    tenant: str
    state: str = "starting"
    detail: str = ""
    action: str = ""
    until: int = 0
    pid: int | None = None
    heard: int = 0
    restarts: int = 0
    done: bool = False
    reloads: dict[str, int] = field(default_factory=lambda: {"ok": 0, "failed": 0})
    reload_ok: bool | None = None
    reloaded: int | None = None
    counts: dict[Series, int] = field(default_factory=lambda: dict.fromkeys(_FROM_THE_START, 0))
    latencies: dict[str, list[float]] = field(default_factory=dict)
    backlog: Mapping[str, Any] = field(default_factory=dict)
    _told_counts: dict[Series, int] = field(default_factory=dict)
    _told_latencies: dict[str, list[float]] = field(default_factory=dict)

    def born(self) -> None:
        """A new session begins to count at nothing."""
        self._told_counts.clear()
        self._told_latencies.clear()

    def count(self, told: Any) -> None:
        for *key, total in told:
            series = tuple(map(str, key))
            if _LABELS.get(series[0] if series else "") != len(series) - 1 or not isinstance(total, int):
                continue
            if series in self.counts or len(self.counts) < _MOST:
                self.counts[series] = self.counts.get(series, 0) + max(total - self._told_counts.get(series, 0), 0)
                self._told_counts[series] = total

    def took(self, told: Mapping[str, list[float]]) -> None:
        """Each latency's buckets, and the sum after them."""
        for name, totals in told.items():
            if name in LATENCIES and len(totals) == len(BOUNDS) + 2:
                none = [0.0] * len(totals)
                before, sums = self._told_latencies.get(name, none), self.latencies.get(name, none)
                added = [max(now - then, 0) for now, then in zip(totals, before, strict=True)]
                self.latencies[name] = [one + more for one, more in zip(sums, added, strict=True)]
                self._told_latencies[name] = totals


class Overview:
    """Every tenant, and the API where there is one. `alert` is called with what a person must hear of, and the tenant
    that it is about."""

    def __init__(self, tenants: Iterable[str], clock: Clock, alert: Callable[[Alert, str], None]) -> None:
        self.tenants = {name: TenantView(name, heard=clock.now()) for name in tenants}
        self.api: ApiStanding | None = None
        self._deaths = 0
        self._clock, self._alert = clock, alert

    def api_stands(self, standing: ApiStanding) -> None:
        """Take how the API's process stands. One that dies again and again is an alert."""
        before, self.api = self.api, standing
        if standing.status != "restarting":
            return
        steady = before is not None and before.status == "serving" and standing.since - before.since > _STEADY
        self._deaths = 1 if steady else self._deaths + 1
        if self._deaths == _DEATHS:
            self._alert(Alert("api", f"The API's process does not stay alive: {standing.detail}."), "")

    def api_lives(self) -> bool:
        """Whether the API's process takes requests; also when there is to be no API."""
        return self.api is None or self.api.status == "serving"

    def heard(self, tenant: str, kind: str, news: Mapping[str, Any]) -> None:
        """Take news of a tenant: what its session tells (`beat`, `state`, `reload`, `counts`), and what the supervisor
        does: `started` (pid), `standing` (status, detail, action: no session runs, for now or until a person acts),
        `ended` (code, why: for good), `removed`. Others are passed over; nothing is raised."""
        if kind == "removed":
            self.tenants.pop(tenant, None)
            return
        view = self.tenants.setdefault(tenant, TenantView(tenant))
        view.heard = self._clock.now()
        take = _KINDS.get(kind)
        if take is not None:
            try:
                take(self, view, news)
            except (TypeError, ValueError, KeyError, AttributeError):
                return  # a session of another version, or one gone mad: the supervisor goes on

    def ready(self, view: TenantView) -> bool:
        """Whether the tenant answers, or is silent as it should be."""
        return view.done or (view.state == "connected" and view.pid is not None and not self.stuck(view))

    def stuck(self, view: TenantView) -> bool:
        """Whether a session that runs has told nothing for so long that its event loop cannot be alive."""
        return view.pid is not None and self._clock.now() - view.heard > _SILENT

    def _started(self, view: TenantView, news: Mapping[str, Any]) -> None:
        view.born()
        view.pid, view.done = int(news["pid"]), False
        view.state, view.detail, view.action, view.until = "starting", "", "", 0

    def _ended(self, view: TenantView, news: Mapping[str, Any]) -> None:
        view.pid, view.done, view.until = None, news["code"] == DONE, 0
        view.state, view.detail, view.action = "stopped", "" if view.done else str(news["why"]), ""
        # Whoever starts a second daemon reads of it there; the tenant itself is served, by the first.
        if not view.done and news["code"] != BUSY:
            self._alert(Alert("parked", f"The session ended, and is not started again: {view.detail}."), view.tenant)

    def _standing(self, view: TenantView, news: Mapping[str, Any]) -> None:
        status, detail, action = str(news["status"]), str(news.get("detail", "")), str(news.get("action", ""))
        view.pid = None
        if status == "restarting":
            view.restarts += 1
        elif status == "needs_a_person" and view.action:
            return  # its session told what, and that is an alert already
        view.state, view.detail, view.action = status if status in STATES else "stopped", detail, action
        view.until = 0
        if status != "restarting":
            kind: AlertKind = "session" if status == "needs_a_person" else "parked"
            self._alert(Alert(kind, " ".join(filter(None, (f"{status}: {detail}", action)))), view.tenant)

    def _state(self, view: TenantView, news: Mapping[str, Any]) -> None:
        before = (view.state, view.action)
        status = str(news["status"])
        view.state = status if status in STATES else "starting"
        view.detail, view.action = str(news.get("detail", "")), str(news.get("action", ""))
        view.until = int(news.get("until", 0))
        # Rules with errors are an alert of the session's own.
        if view.action and (view.state, view.action) != before and view.state != "rules_invalid":
            said = " ".join(part for part in (f"{view.state}:", view.detail, view.action) if part)
            self._alert(Alert("session", said), view.tenant)

    def _reload(self, view: TenantView, news: Mapping[str, Any]) -> None:
        view.reload_ok = bool(news["ok"])
        view.reloads["ok" if view.reload_ok else "failed"] += 1
        if view.reload_ok:
            view.reloaded = self._clock.now()

    def _counts(self, view: TenantView, news: Mapping[str, Any]) -> None:
        view.count(news.get("counters", ()))
        view.took(news.get("latencies", {}))
        view.backlog = news.get("backlog", view.backlog)


_KINDS: Final = {
    "started": Overview._started,
    "ended": Overview._ended,
    "standing": Overview._standing,
    "state": Overview._state,
    "reload": Overview._reload,
    "counts": Overview._counts,
}
