"""The outcome of a rehearsal as JUnit XML, which every CI reads: a suite a file, a case a conversation."""

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from wabot.cli import misses, render

if TYPE_CHECKING:
    from wabot.cli.rehearsing import Played, Rehearsed

_COLOUR: Final = re.compile("\x1b\\[[0-9;]*m")
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(file: Path, rehearsed: Sequence["Rehearsed"]) -> None:
    """Write the report.

    Raises:
        OSError: the file cannot be written.
    """
    root = ET.Element("testsuites", name="wabot")
    for tenant in rehearsed:
        if tenant.errors:
            _broken(root, tenant)
        for path, played in groupby(tenant.played, key=lambda one: one.conversation.location.path):
            name = f"{tenant.loaded.tenant_id}/{path.relative_to(tenant.loaded.folder)}"
            suite = ET.SubElement(root, "testsuite", name=_clean(name), file=_clean(render.shown(path)))
            for one in played:
                _case(suite, f"{tenant.loaded.tenant_id}.{path.stem}", one)
    for suite in root:
        _count(suite, [suite])
    _count(root, list(root))
    ET.indent(root)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _case(suite: ET.Element, group: str, one: "Played") -> None:
    at = one.conversation.location
    case = ET.SubElement(
        suite,
        "testcase",
        name=_clean(one.conversation.name),
        classname=_clean(group),
        file=_clean(render.shown(at.path)),
        line=str(at.line),
        time="0",
    )
    for miss in one.misses:
        text = misses.failure(one.conversation, miss, one.exchanges)
        if not miss.todo:
            told = f"expected {miss.wanted}, got {miss.got}"
            ET.SubElement(case, "failure", message=_clean(told), type="expectation").text = _clean(text)
    known = [miss for miss in one.misses if miss.todo]
    if known and not one.failed:
        ET.SubElement(case, "skipped", message=_clean("todo: " + "; ".join(miss.todo for miss in known)))


def _broken(root: ET.Element, tenant: "Rehearsed") -> None:
    suite = ET.SubElement(root, "testsuite", name=tenant.loaded.tenant_id, file=render.shown(tenant.loaded.folder))
    case = ET.SubElement(
        suite, "testcase", name="its files have no errors", classname=tenant.loaded.tenant_id, time="0"
    )
    for item in tenant.errors:
        error = ET.SubElement(case, "error", message=_clean(f"{item.message} [{item.code}]"), type=item.code)
        error.text = _clean(render.finding(item))


def _count(element: ET.Element, suites: Sequence[ET.Element]) -> None:
    cases = [case for suite in suites for case in suite.iter("testcase")]
    for name, inside in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(case.find(inside) is not None for case in cases)))
    element.set("tests", str(len(cases)))
    element.set("time", "0")


def _clean(text: str) -> str:
    """XML has no way to write control characters, and wants no colours."""
    return _NOT_XML.sub("�", _COLOUR.sub("", text))
