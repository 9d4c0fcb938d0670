"""What a session does at times, by cron expressions on the tenant's clock: a list of jobs, and who runs them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from wabot.language.rule_set import WINDOW, RuleSet
from wabot.model.errors import StoreError
from wabot.ports import Clock, Store
from wabot.session.keys_backup import NO_KEY, KeysBackup
from wabot.session.report import Report

_LOOK: Final = 30.0
"""Seconds between looks at the clock, which may be set meanwhile."""
_FIRST: Final = 5.0
"""Seconds after the start before anything is looked at: customers come first."""


@dataclass(frozen=True, slots=True)
class Site:
    """What a job works on. `rules` are those that are live as it begins; `keys` is None where there are none."""

    store: Store
    rules: RuleSet
    clock: Clock
    keys: KeysBackup | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """`cron` has five fields, on the tenant's clock; `H` stands for a minute (hour …) of each tenant's own, so that
    they do not all begin at once. `work` says in a few words what it did. `about` is for people."""

    name: str
    cron: str
    work: Callable[[Site], Awaitable[str]]
    about: str


async def clean_up(site: Site) -> str:
    """Delete what is older than the tenant keeps it."""
    keep = site.rules.tenant.keep
    if keep is None:
        return "kept for ever"
    now = site.clock.now()
    deleted = await site.store.upkeep.clean_up(now - max(keep, WINDOW), now, site.rules.tenant.timezone)
    return ", ".join(f"{count} {table}" for table, count in deleted.items()) or "nothing was old enough"


async def aggregate(site: Site) -> str:
    """Count what happened since the last time."""
    chats, days = await site.store.upkeep.aggregate(site.clock.now(), site.rules.tenant.timezone)
    return f"{chats} chats counted, {days} days summed"


async def tidy(site: Site) -> str:
    """Keep the tenant's file quick and small."""
    return await site.store.upkeep.tidy(site.clock.now())


async def drop_uploads(site: Site) -> str:
    """Delete the files that people sent, or never sent, long ago."""
    count = await site.store.upkeep.drop_uploads(site.clock.now())
    return f"{count} files deleted" if count else "nothing was old enough"


async def back_up_keys(site: Site) -> str:
    """Write the encrypted backup of the WhatsApp keys."""
    return NO_KEY if site.keys is None else await site.keys.write(site.clock.now())


JOBS: Final = (
    Job("clean-up", "H 3 * * *", clean_up, "deletes what is older than `keep`"),
    Job("tidy", "H 4 * * *", tidy, "keeps the file quick and small"),
    Job("uploads", "H 2 * * *", drop_uploads, "deletes people's files that no message needs any more"),
    Job("keys-backup", "H 5 * * *", back_up_keys, "writes the encrypted backup of the WhatsApp keys"),
    Job("figures-of-the-day", "H 0 * * *", aggregate, "counts the figures of the day that ended"),
)


def all_jobs(aggregation: str) -> tuple[Job, ...]:
    """`JOBS`, and that figures are counted at the times of a cron expression."""
    return (*JOBS, Job("figures", aggregation, aggregate, "counts what happened since the last time"))


def next_run(cron: str, after: int, zone: tzinfo, tenant: str) -> int:
    """When `cron` is next, later than `after` (UTC milliseconds), on the clock of `zone`."""
    from croniter import croniter

    begin = datetime.fromtimestamp(after / 1000, zone)
    found: datetime = croniter(cron, begin, hash_id=tenant.encode()).get_next(datetime)
    return int(found.timestamp() * 1000)


async def run_job(job: Job, site: Site) -> tuple[bool, str]:
    """Run it now and write down what came of it: whether it went well, and what it says."""
    await site.store.upkeep.began(job.name, site.clock.now())
    try:
        ok, said = True, await job.work(site)
    except Exception as error:  # it is tried again at its next time; nothing else may suffer
        ok, said = False, str(error) or repr(error)
    await site.store.upkeep.ended(job.name, site.clock.now(), ok, said)
    return ok, said


class Jobs:
    """Runs `jobs` at their times, one after the other. One whose time passed while no process was there runs at the
    start, once."""

    def __init__(
        self,
        jobs: Sequence[Job],
        store: Store,
        clock: Clock,
        rules: Callable[[], RuleSet],
        report: Report,
        keys: KeysBackup | None = None,
    ) -> None:
        self._keys = keys
        self._jobs, self._store, self._clock, self._rules, self._report = jobs, store, clock, rules, report
        self._due: dict[str, int] = {}

    async def run(self) -> None:
        """Run what is due, until cancelled."""
        await asyncio.sleep(_FIRST)
        while True:
            wait = _LOOK
            try:
                wait = min(_LOOK, max((await self.look() - self._clock.now()) / 1000, 0.0))
            except StoreError as error:
                self._report.note("the jobs wait for the store", level="error", error=str(error))
            # Not the session's clock: one that follows a script would be moved on by the waiting.
            await asyncio.sleep(wait)

    async def look(self) -> int:
        """Run what is due by now; when the next one is due (UTC milliseconds).

        Raises:
            StoreError: the store cannot tell, or be told.
        """
        if not self._due:
            await self._learn()
        for job in self._jobs:
            now = self._clock.now()
            # A clock that was set back: what would be due by it now does not wait for what it showed before.
            self._due[job.name] = min(self._due[job.name], self._next(job, now))
            if self._due[job.name] <= now:
                self._due[job.name] = self._next(job, now)
                await self._run(job)
        return min(self._due.values(), default=self._clock.now() + int(_LOOK * 1000))

    async def _learn(self) -> None:
        now = self._clock.now()
        runs = await self._store.upkeep.known(tuple(job.name for job in self._jobs), now)
        for job in self._jobs:
            last = runs[job.name].began if runs[job.name].began is not None else runs[job.name].known_since
            self._due[job.name] = self._next(job, min(last or now, now))

    async def _run(self, job: Job) -> None:
        ok, said = await run_job(job, Site(self._store, self._rules(), self._clock, self._keys))
        if ok:
            self._report.note("a job is done", job=job.name, outcome=said)
        else:
            self._report.note(
                "a job failed: it is tried again at its next time", level="error", job=job.name, error=said
            )

    def _next(self, job: Job, after: int) -> int:
        return next_run(job.cron, after, self._rules().tenant.timezone, self._store.tenant)
