"""JUnit XML, which most CI servers show as test results: one test suite a tenant, one test case a file."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from wabot.cli import render
from wabot.cli.reports.report import Report
from wabot.language.diagnostic import Diagnostic

_NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(report: Report) -> str:
    """A clean file is a test that passed; in any other, each finding is a test case of its own. Infos pass."""
    top = ElementTree.Element("testsuites", name="wabot validate")
    left = list(report.findings)
    for tenant in report.tenants:
        files = tenant.files
        mine = [
            item for item in left if item.location.path in files or item.location.path.is_relative_to(tenant.folder)
        ]
        left = [item for item in left if item not in mine]
        _suite(top, tenant.tenant_id, tenant.folder, files, mine)
    if left:
        _suite(top, "outside the tenants", Path(), [], left)
    suites = list(top)
    for total in ("tests", "failures"):
        top.set(total, str(sum(int(suite.get(total, "0")) for suite in suites)))
    top.set("errors", "0")
    ElementTree.indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(top, encoding="unicode")


def _suite(
    top: ElementTree.Element, name: str, folder: Path, files: Iterable[Path], findings: list[Diagnostic]
) -> None:
    suite = ElementTree.SubElement(top, "testsuite", name=_clean(name))
    bad = {item.location.path for item in findings}
    for path in files:
        if path not in bad:
            _case(suite, name, _within(path, folder), path)
    for item in findings:
        at = item.location
        case = _case(suite, name, f"{_within(at.path, folder)}:{at.line}:{at.column} {item.code}", at.path, at.line)
        told = _clean(render.finding(item, coloured=False))
        if item.severity == "info":
            ElementTree.SubElement(case, "system-out").text = told
        else:
            message = _clean(item.message)
            ElementTree.SubElement(case, "failure", type=item.severity, message=message).text = told
    failures = sum(item.severity != "info" for item in findings)
    for total, count in (("tests", len(suite)), ("failures", failures), ("errors", 0)):
        suite.set(total, str(count))


def _case(suite: ElementTree.Element, tenant: str, name: str, path: Path, line: int = 0) -> ElementTree.Element:
    where = {"classname": _clean(tenant), "name": _clean(name), "file": _clean(render.shown(path))}
    return ElementTree.SubElement(suite, "testcase", where | ({"line": str(line)} if line else {}))


def _within(path: Path, folder: Path) -> str:
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return render.shown(path)


def _clean(text: str) -> str:
    """XML cannot hold most control characters, not even escaped."""
    return _NOT_IN_XML.sub("\ufffd", text)
