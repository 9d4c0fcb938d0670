"""Which messages wait for each other: a customer's, in the order in which they came, under whatever name they came."""

from collections import deque
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain, islice

from wabot.model.message import Message


class Queue:
    """The messages of one customer that are not decided yet; the first of them is being decided.

    `before` are queues of the same customer whose first messages were begun before anybody knew that they are one: they
    end first. `into` is the queue that took the others of this one over.
    """

    __slots__ = ("_waiting", "before", "into", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.before: list[Queue] = []
        self.into: Queue | None = None
        self._waiting: deque[tuple[int, Message]] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def first(self) -> Message:
        return self._waiting[0][1]

    def others(self) -> Iterator[Message]:
        """What the customer wrote after the first of these."""
        after = islice(self._waiting, 1, None)
        return (message for _, message in (after if self.into is None else chain(after, self.into._waiting)))

    def add(self, number: int, message: Message) -> None:
        self._waiting.append((number, message))

    def done(self) -> None:
        """The first message is decided."""
        self._waiting.popleft()

    def take_over(self, other: "Queue") -> None:
        """All but the first of `other`'s messages are decided here, in the order of their arrival."""
        ours, theirs = list(self._waiting), list(other._waiting)
        self._waiting = deque([*ours[:1], *merge(ours[1:], theirs[1:])])
        other._waiting = deque(theirs[:1])
        other.into = self
        self.before.append(other)


class Queues:
    """The queues of those customers who wait."""

    def __init__(self) -> None:
        self._of: dict[str, Queue] = {}
        self._also: dict[str, str] = {}
        """A customer's name → another one of theirs; the last of such a chain names their queue."""
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._of)

    def know(self, pairs: Iterable[tuple[str, str]]) -> None:
        """These names are known to be one customer's, two by two."""
        for one, other in pairs:
            self._join([self._known(one), self._known(other)])

    def add(self, message: Message) -> Queue | None:
        """Put a message into its customer's queue. Returns that queue when it is new: somebody must begin to work."""
        self._count += 1
        name = self._join([self._known(name) for name in _names(message)])
        queue = self._of.get(name)
        fresh = queue is None
        if queue is None:
            queue = self._of[name] = Queue(name)
        queue.add(self._count, message)
        return queue if fresh else None

    def end(self, queue: Queue) -> None:
        """Nothing waits in `queue` any more."""
        if self._of.get(queue.name) is queue:
            del self._of[queue.name]

    def _known(self, name: str) -> str:
        while name in self._also:
            name = self._also[name]
        return name

    def _join(self, names: list[str]) -> str:
        one, *others = names
        for other in others:
            if other == one:
                continue
            self._also[other] = one
            theirs = self._of.pop(other, None)
            if theirs is None:
                continue
            ours = self._of.get(one)
            if ours is None:
                theirs.name = one
                self._of[one] = theirs
            else:
                ours.take_over(theirs)
        return one


def _names(message: Message) -> list[str]:
    """The names of the customer whose chat this is. In a group, and where the shop writes itself, the sender is not."""
    if message.from_me or message.chat_kind != "direct":
        return [message.chat]
    return [name for name in dict.fromkeys((message.chat, message.lid, message.phone)) if name]
