"""Whether customers are asked how they liked the help of the shop's people."""

from wabot.model.value import value


@value
class Csat:
    """Asked once after a chat was settled, when a person had answered there. `question` "" is wabot's own; `wait` is
    milliseconds since the chat was settled."""

    enabled: bool = False
    question: str = ""
    wait: int = 60_000
