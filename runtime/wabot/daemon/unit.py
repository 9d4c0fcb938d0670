"""The systemd unit of `wabot run`: what a service may do, and no more. Pure text."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MARK: Final = "# Written by `wabot service install`. To change it: systemctl edit. Checksum: "
_HOMES: Final = (Path("/home"), Path("/root"), Path("/run/user"))
_TEMPORARY: Final = (Path("/tmp"), Path("/var/tmp"))
_STATE: Final = Path("/var/lib")


@dataclass(frozen=True, slots=True)
class Service:
    """`command` are the words that start wabot; `interpreter` is the Python behind them; all paths are absolute.
    `account` is the user whom the service runs as, "" for a service of the user who installs it."""

    command: tuple[str, ...]
    interpreter: Path
    rules: Path
    data: Path
    account: str = ""
    memory_max: str = ""


def unit(service: Service) -> str:
    """The unit file."""
    body = "\n".join([*_head(), "", *_service(service), "", *_install(service)]) + "\n"
    return f"{_MARK}{_checksum(body)}\n{body}"


def is_edited(text: str) -> bool:
    """Whether a unit file is not as `unit` once made it: somebody's changes are in it, or it is somebody else's."""
    first, _, body = text.partition("\n")
    return first != f"{_MARK}{_checksum(body)}"


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _head() -> list[str]:
    return [
        "[Unit]",
        "Description=wabot: WhatsApp auto-replies",
        "Wants=network-online.target",
        "After=network-online.target",
    ]


def _service(service: Service) -> list[str]:
    words = [*service.command, "run", str(service.rules), "--data", str(service.data)]
    return [
        "[Service]",
        "Type=notify",
        "NotifyAccess=main",
        f"ExecStart={' '.join(map(_word, words))}",
        "ExecReload=/bin/kill -HUP $MAINPID",
        *([f"User={service.account}", f"Group={service.account}"] if service.account else []),
        "",
        "# The daemon says every half minute that it lives, and starts dead sessions by itself.",
        "WatchdogSec=60s",
        "Restart=on-failure",
        "RestartSec=5s",
        "RestartPreventExitStatus=2",
        "TimeoutStartSec=5min",
        "# It stops its sessions in order; what is left after that is killed.",
        "KillMode=mixed",
        "TimeoutStopSec=60s",
        *([f"MemoryMax={service.memory_max}"] if service.memory_max else ["#MemoryMax=2G"]),
        "",
        "# Secrets reach the daemon as a credential, a file that no other user can read:",
        "#LoadCredential=node.yaml:/etc/wabot/node.yaml",
        "#Environment=WABOT_NODE=%d/node.yaml",
        "#LoadCredential=whatsapp-key:/etc/wabot/whatsapp-key",
        "#Environment=WHATSAPP_ENCRYPTION_KEY_FILE=%d/whatsapp-key",
        "",
        "UMask=0077",
        "NoNewPrivileges=yes",
        "LockPersonality=yes",
        "RestrictRealtime=yes",
        "RestrictSUIDSGID=yes",
        "SystemCallArchitectures=native",
        *(_walls(service) if service.account else []),
    ]


def _walls(service: Service) -> list[str]:
    """What only the system's manager can build: a user's own has no right to."""
    # Not MemoryDenyWriteExecute: the WhatsApp library calls back into Python through code that is made at run time.
    inside = (service.rules, service.data, service.interpreter, Path(service.command[0]))
    state = service.data.is_relative_to(_STATE) and service.data != _STATE
    return [
        "ProtectSystem=strict",
        f"ProtectHome={'read-only' if _any_below(inside, _HOMES) else 'yes'}",
        *([] if _any_below(inside, _TEMPORARY) else ["PrivateTmp=yes"]),
        *(
            [f"StateDirectory={_word(str(service.data.relative_to(_STATE)))}", "StateDirectoryMode=0700"]
            if state
            else [f"ReadWritePaths={_word(str(service.data))}"]
        ),
        "PrivateDevices=yes",
        "ProtectClock=yes",
        "ProtectControlGroups=yes",
        "ProtectHostname=yes",
        "ProtectKernelLogs=yes",
        "ProtectKernelModules=yes",
        "ProtectKernelTunables=yes",
        "ProtectProc=invisible",
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
        "RestrictNamespaces=yes",
        "RemoveIPC=yes",
        "CapabilityBoundingSet=",
        "AmbientCapabilities=",
        "SystemCallFilter=@system-service",
        "SystemCallErrorNumber=EPERM",
    ]


def _install(service: Service) -> list[str]:
    return ["[Install]", f"WantedBy={'multi-user.target' if service.account else 'default.target'}"]


def _any_below(paths: tuple[Path, ...], places: tuple[Path, ...]) -> bool:
    return any(path.is_relative_to(place) for path in paths for place in places)


def _word(word: str) -> str:
    """A word as systemd reads it: in quotes, where `%`, `$` and `\\` mean something else."""
    plain = word.replace("%", "%%").replace("$", "$$")
    if plain and all(letter.isalnum() or letter in "/._-+@:,=%$" for letter in plain):
        return plain
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
