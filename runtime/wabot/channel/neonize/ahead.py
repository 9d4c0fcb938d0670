"""What of neonize can be imported before a session's process is forked: all of Python, and nothing of Go.

A process with threads must not be forked. The Go library starts some when it loads, which `neonize._binder` does, and
`neonize.utils.log` starts one of Python's. While the rest is imported, stand-ins take the place of these two: whoever
imports a name from them gets a mark, which can be kept but not used. In the session, `finish` imports the two and puts
the real things where the marks are; nothing else differs from an import in the usual order. Should a version of
neonize use such a name while it is imported, or keep it where it cannot be replaced, then only its protobufs are
imported ahead.
"""

import gc
import importlib
import logging
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from wabot.model.hidden import hidden

_PACKAGE: Final = "neonize"
_LATE: Final = ("neonize._binder", "neonize.utils.log")
_ALL: Final = ("neonize.aioze.client", "neonize.aioze.events", "neonize.download", "neonize.utils.platform")
_PROTOBUFS: Final = (
    "neonize.proto.Neonize_pb2",
    "neonize.proto.waE2E.WAWebProtobufsE2E_pb2",
    "neonize.proto.waHistorySync.WAWebProtobufsHistorySync_pb2",
)
_COMMAND_LINE: Final = ("click", "pygments", "rich")
_marks: list["_Mark"] = []
_places: list[tuple[ModuleType, str, "_Mark"]] = []
"""Where the marks are: found before the fork, since looking for them touches, and so copies, the memory of all."""


class _Mark:
    """Stands for a name of a module that is imported late. Whatever is done with it fails."""

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        _marks.append(_Mark(self.__name__, name))
        return _marks[-1]


def slim() -> None:
    """Import httpx as where it is installed alone: its command line would bring rich, click and pygments, 4 MB that
    nobody here uses."""
    with hidden(*_COMMAND_LINE):
        importlib.import_module("httpx")


def import_without_go() -> None:
    """Import what can be. What cannot is left to the session, which says what is missing."""
    if _PACKAGE in sys.modules or find_spec(_PACKAGE) is None:
        return
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        slim()
        _import_protobufs()
        _import_marked()
    except Exception:  # a library may fail in any way
        for name in _modules():
            if not name.startswith("neonize.proto"):
                del sys.modules[name]
    finally:
        _marks.clear()
        root.handlers[:] = handlers
        root.setLevel(level)


def finish() -> None:
    """Import the rest, Go with it. To be called in the session before anything of neonize is used; without
    `import_without_go` there is nothing to do."""
    if _places:
        for late in _LATE:
            importlib.import_module(late)
        for module, name, mark in _places:
            setattr(module, name, getattr(sys.modules[mark.module], mark.name))
        _places.clear()


def _import_protobufs() -> None:
    """These need nothing of the rest: a stand-in for the package lets them find each other."""
    spec = find_spec(_PACKAGE)
    assert spec is not None and spec.origin is not None
    package = ModuleType(_PACKAGE)
    package.__path__ = [str(Path(spec.origin).parent)]
    sys.modules[_PACKAGE] = package
    try:
        for name in _PROTOBUFS:
            importlib.import_module(name)
    finally:
        del sys.modules[_PACKAGE]


def _import_marked() -> None:
    """Raises whatever keeps it from being done."""
    sys.modules.update({name: _StandIn(name) for name in _LATE})
    try:
        for name in _ALL:
            importlib.import_module(name)
    finally:
        for name in _LATE:
            del sys.modules[name]
    modules = [sys.modules[name] for name in _modules()]
    names = [vars(module) for module in modules]
    for mark in _marks:
        for holder in gc.get_referrers(mark):
            if holder is not _marks and not any(holder is one for one in names):
                raise ImportError(f"{mark.module}.{mark.name} is kept where it cannot be replaced")
    _places.extend(
        (module, name, kept) for module in modules for name, kept in vars(module).items() if isinstance(kept, _Mark)
    )


def _modules() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == _PACKAGE]
