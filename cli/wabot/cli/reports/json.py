"""One JSON document."""

from wabot.cli import render
from wabot.cli.reports.report import Report


def write(report: Report) -> str:
    """Counts and findings; `silenced` and `fixed` only when there are some."""
    data = {
        "tenants": len(report.tenants),
        "files": report.files,
        "rules": report.rules,
        "findings": [render.finding_as_data(item) for item in report.findings],
    }
    if report.silenced:
        data["silenced"] = [{**render.finding_as_data(one.finding), "reason": one.reason} for one in report.silenced]
    if report.fixed:
        data["fixed"] = [
            {**render.finding_as_data(one.finding), "fix": one.title, "safe": one.safe} for one in report.fixed
        ]
    return render.as_json(data)
