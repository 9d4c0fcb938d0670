"""`wabot jobs`: what each tenant's session does at times, when it last did, and doing it now."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wabot.cli import render
from wabot.cli.configured import configured_jobs
from wabot.cli.exit_codes import CLEAN, FAILURE
from wabot.cli.kept import last_sound_rules
from wabot.cli.output import Format, complain, say, style
from wabot.cli.stored import DATA_HELP, missing, stored_tenants
from wabot.cli.table import table
from wabot.language.rule_set import RuleSet
from wabot.model.errors import UsageError
from wabot.model.stored import JobRun
from wabot.session.clock import RealClock
from wabot.session.jobs import Job, Site, next_run, run_job

_HEAD: Final = ("job", "when", "last run", "took", "outcome", "next run", "what it does")


class Order(StrEnum):
    list = "list"
    run = "run"


@dataclass(frozen=True, slots=True)
class _Listed:
    """A job of one tenant; `last` is None when the tenant's session has not known it yet."""

    rules: RuleSet
    job: Job
    last: JobRun | None
    next: int

    def at(self, moment: int | None) -> str:
        """On the tenant's clock."""
        zone = self.rules.tenant.timezone
        return "" if moment is None else f"{datetime.fromtimestamp(moment / 1000, zone):%Y-%m-%d %H:%M}"


def jobs(
    order: Annotated[Order, typer.Argument(help="What to do: list, run NAME.")] = Order.list,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The job's name, as listed.")] = "",
    data: Annotated[Path, typer.Option(help=DATA_HELP)] = Path("data"),
    tenant: Annotated[list[str] | None, typer.Option("--tenant", help="Only this tenant; may be repeated.")] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for machines.")] = Format.text,
) -> None:
    """List what each tenant's session does at times (on the tenant's clock), or do it now, also beside a daemon."""
    folders = stored_tenants(data, tenant or ())
    if order is Order.list:
        if name:
            raise UsageError("`wabot jobs` lists; to run one now, `wabot jobs run NAME`")
        listed = [(folder.name, list(_listed(folder))) for folder in folders]
        if output is Format.json:
            say(render.as_json({"jobs": [_as_data(folder, one) for folder, rows in listed for one in rows]}))
        else:
            say("\n\n".join("\n".join(_table(*tenant)) for tenant in listed) or f"nothing is stored in {data} yet")
        raise typer.Exit(CLEAN)
    if not name:
        raise UsageError("`wabot jobs run` needs a job's name; `wabot jobs` lists them")
    known = configured_jobs()
    job = next((job for job in known if job.name == name), None)
    if job is None:
        raise missing("job", name, "wabot", [job.name for job in known])
    done = [(folder.name, *asyncio.run(_run(folder, job))) for folder in folders]
    if output is Format.json:
        say(
            render.as_json({"ran": [{"tenant": who, "job": name, "ok": ok, "outcome": what} for who, ok, what in done]})
        )
    else:
        for who, ok, what in done:
            (say if ok else complain)(f"{who}  {name}: {what if ok else f'failed: {what}'}")
    raise typer.Exit(CLEAN if all(ok for _, ok, _ in done) else FAILURE)


async def _run(folder: Path, job: Job) -> tuple[bool, str]:
    from wabot.cli.configured import configured_key
    from wabot.session.keys_backup import KeysBackup
    from wabot.store.sqlite import open_store

    rules = last_sound_rules(folder)
    store = open_store(folder, folder.name)
    try:
        keys = KeysBackup(folder, configured_key())
        return await run_job(job, Site(store, rules, RealClock(), keys))
    finally:
        await store.close()


def _listed(folder: Path) -> Iterator[_Listed]:
    from wabot.store.sqlite import reading

    rules, now = last_sound_rules(folder), RealClock().now()
    with reading(folder, folder.name) as store:
        runs = store.job_runs()
    for job in configured_jobs():
        yield _Listed(rules, job, runs.get(job.name), next_run(job.cron, now, rules.tenant.timezone, folder.name))


def _table(tenant: str, rows: list[_Listed]) -> Iterator[str]:
    yield style(tenant, bold=True)
    yield from table(_HEAD, [_row(one) for one in rows], flexible=(4, 6))


def _row(one: _Listed) -> tuple[str, ...]:
    last = one.last
    took = _took(last)
    began = one.at(last.began) if last is not None else ""
    return (
        one.job.name,
        one.job.cron,
        began or "never",
        "" if took is None else f"{took / 1000:.1f} s",
        _outcome(last),
        one.at(one.next),
        one.job.about,
    )


def _outcome(last: JobRun | None) -> str:
    if last is None or last.began is None:
        return ""
    if last.ok is None:
        return "runs, or broke off"
    return last.detail if last.ok else f"failed: {last.detail}"


def _took(last: JobRun | None) -> int | None:
    if last is None or last.began is None or last.ended is None:
        return None
    return last.ended - last.began


def _as_data(tenant: str, one: _Listed) -> dict[str, Any]:
    last = one.last
    return {
        "tenant": tenant,
        "job": one.job.name,
        "cron": one.job.cron,
        "about": one.job.about,
        "last_run": None if last is None else last.began,
        "took_ms": _took(last),
        "ok": None if last is None else last.ok,
        "outcome": _outcome(last) or None,
        "next_run": one.next,
    }
