"""The process from which sessions are forked: `python -m wabot.daemon.nursery SOCKET CHANNEL ROOM`.

It has imported what every session needs, so that they share that memory and start at once. It has one thread, never
loads the Go library, knows no tenant, opens no tenant's file, and ends when the supervisor's end of the socket closes.

On the socket (`SOCK_SEQPACKET`, whose descriptor was inherited): it says `{"ready": true}` once; each order
`{"words": [folder, data, options]}` comes with two descriptors, the session's standard input and its line, and is
answered by `{"pid": …}` or `{"error": errno}`.

A session is forked twice: its first parent ends at once, so that it becomes a child of the supervisor (which is the
"subreaper" of its descendants), and not of this process. Whoever kills this process ends no session, and how a session
ended is told to the supervisor alone.
"""

import errno
import gc
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn

from wabot.daemon.options import RunOptions
from wabot.daemon.preload import preload
from wabot.daemon.starting import SESSION
from wabot.model.failure import place_of

LONGEST: Final = 65_536
"""Bytes of an order."""
ROOM: Final = "·" * 512
"""An argument that holds the place of the longer ones of a session, which are written over it for `ps`."""
_DESCRIPTORS: Final = 2
_END: Final = 2.0
"""Seconds for threads that are ending."""
_LOOKS: Final = 200
_NAME: Final = 15
"""Bytes of the name that Linux keeps of a thread."""


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    channel = sys.argv[2]
    show("nursery", sys.executable, "-m", "wabot.daemon.nursery", channel)
    # What lives before the fork is never looked through again: looking would copy its pages.
    gc.disable()
    try:
        preload(channel)
    except Exception as error:
        sys.exit(f"wabot: what sessions need cannot be imported: {place_of(error)}")
    if not alone():
        names = ", ".join(thread.name for thread in threading.enumerate())
        sys.exit(f"wabot: a process with threads is not forked ({names})")
    gc.freeze()
    serve(control)


def alone() -> bool:
    """Whether this process has one thread; those that end are waited for."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(_END)
    for _ in range(_LOOKS):  # a thread that Python has joined takes a moment to be gone for the kernel
        if len(list(Path("/proc/self/task").iterdir())) == 1:
            return threading.active_count() == 1
        time.sleep(_END / _LOOKS)
    return False


def serve(control: socket.socket) -> None:
    """Fork until the supervisor is gone."""
    with suppress(ConnectionError):
        control.send(b'{"ready": true}')
        while True:
            said, descriptors, _, _ = socket.recv_fds(control, LONGEST, _DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
            if not said:
                return
            # The kernel drops descriptors for which this process has no room.
            whole = len(descriptors) == _DESCRIPTORS
            answer = _fork(control, json.loads(said)["words"], descriptors) if whole else {"error": errno.EMFILE}
            for descriptor in descriptors:
                os.close(descriptor)
            control.send(json.dumps(answer).encode())


def _fork(control: socket.socket, words: Sequence[str], descriptors: Sequence[int]) -> Mapping[str, int]:
    ear, mouth = os.pipe()
    try:
        first = os.fork()
        if first == 0:
            _between(control, words, descriptors, ear, mouth)
        os.close(mouth)
        mouth = -1
        told = os.read(ear, 32)
        os.waitpid(first, 0)  # from here on the session is the supervisor's child
    except OSError as error:
        return {"error": error.errno or 0}
    finally:
        os.close(ear)
        if mouth >= 0:
            os.close(mouth)
    return {"pid": int(told)} if told.isdigit() else {"error": -int(told or b"0")}


def _between(
    control: socket.socket, words: Sequence[str], descriptors: Sequence[int], ear: int, mouth: int
) -> NoReturn:
    """The process between this one and the session."""
    try:
        session = os.fork()
        if session == 0:
            try:
                control.close()
                os.close(ear)
                os.close(mouth)
                be_born(words, *descriptors)
            finally:
                os._exit(1)  # not 0, which is a session that is done
        os.write(mouth, str(session).encode())
    except OSError as error:
        with suppress(OSError):
            os.write(mouth, str(-(error.errno or 0)).encode())
    finally:
        os._exit(0)


def be_born(words: Sequence[str], stdin: int, line: int) -> NoReturn:
    """Become the session of these words: everything that a new Python would have of its own is made its own."""
    try:
        os.setpgid(0, 0)
        os.dup2(stdin, 0)
        os.close(stdin)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        folder, data, options = words
        sys.argv = [SESSION, folder, data, replace(RunOptions.parse(options), line=line).dump()]
        show(f"wabot {Path(folder).name}", sys.executable, "-m", SESSION, *sys.argv[1:])
        gc.enable()
        from wabot.daemon import child

        child.main()
    finally:
        os._exit(1)


def show(name: str, *command: str) -> None:
    """Let `ps` and `top` show this name and command. The kernel takes the command from the memory in which it laid the
    arguments down; what is longer than those were is cut."""
    with suppress(OSError, ValueError):
        Path("/proc/self/comm").write_bytes(name.encode()[:_NAME])
        fields = Path("/proc/self/stat").read_text("utf-8", "replace").rsplit(")", 1)[1].split()
        begin, end = int(fields[45]), int(fields[46])  # arg_start, arg_end: proc(5)
        shown = "\0".join(command).encode("utf-8", "surrogateescape")[: end - begin - 1].ljust(end - begin, b"\0")
        with Path("/proc/self/mem").open("r+b", buffering=0) as memory:
            memory.seek(begin)
            memory.write(shown)


if __name__ == "__main__":
    main()
