"""Whether a chat looks like two machines that answer each other, as the store counts it (store/sqlite/knowing.py)."""

from typing import Final

from wabot.store.sqlite.knowing import LOOP_SPAN, MOST_REPEATS, MOST_REPLIES

_NO_MESSAGE: Final = "\0"


class Loops:
    """What was said lately in one chat. Times are UTC milliseconds."""

    __slots__ = ("_recent",)

    def __init__(self) -> None:
        self._recent: list[tuple[int, str, tuple[str, ...]]] = []

    def said(self, at: int, text: str, replies: tuple[str, ...]) -> None:
        """The message with this `text` got these replies."""
        recent = self._recent
        if recent and recent[0][0] <= at - LOOP_SPAN:
            recent = [item for item in recent if item[0] > at - LOOP_SPAN]
        self._recent = [*recent, (at, text, replies)]

    def sent(self, at: int) -> None:
        """Something went out that answered no message."""
        self.said(at, _NO_MESSAGE, ("",))

    def end(self) -> None:
        """A person wrote."""
        self._recent = []

    def suspected(self, text: str, at: int) -> bool:
        """Whether a message with this text, at that moment, is one too many."""
        if not self._recent:
            return False
        self._recent = [item for item in self._recent if item[0] > at - LOOP_SPAN]
        if sum(len(replies) for _, _, replies in self._recent) > MOST_REPLIES:
            return True
        repeats: dict[str, int] = {}
        for _, trigger, replies in self._recent:
            if trigger == text:
                for reply in replies:
                    repeats[reply] = repeats.get(reply, 0) + 1
        return max(repeats.values(), default=0) >= MOST_REPEATS
