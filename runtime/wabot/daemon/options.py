"""What `wabot run` was asked to do; handed to every session process as JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Literal, Self

ChannelName = Literal["neonize", "simulator"]
LogFormat = Literal["text", "json"]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """`sim` is the simulator's folder. `fast` drops delays and lets the clock follow the script; `until_idle` ends when
    all is answered; `show_messages` puts customers' words on the terminal (never into logs). `line` is the descriptor
    on which the session tells its supervisor the news (daemon/line.py), `beat` the seconds from one sign of life to the
    next."""

    channel: ChannelName = "neonize"
    sim: str = ""
    until_idle: bool = False
    fast: bool = False
    show_messages: bool = False
    line: int | None = None
    beat: float = 5.0

    def dump(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(**json.loads(text))
