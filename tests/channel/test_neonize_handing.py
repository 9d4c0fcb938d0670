"""What a connection tells is stored together, in its order, and never more of it at once than there is room for."""

import asyncio

import pytest

from wabot.channel.neonize.handing import MOST, Handing


class Slow:
    """A store that takes things when it is told to."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.stored: list[int] = []
        self.takes = asyncio.Event()

    async def take(self, number: int) -> None:
        self.begun.append(number)
        await self.takes.wait()
        self.stored.append(number)


async def test_what_comes_in_a_stream_is_handed_over_in_its_order_before_the_first_of_it_is_stored() -> None:
    store, handing = Slow(), Handing(lambda _error: None)
    for number in range(50):
        await handing.over(store.take(number))
    await asyncio.sleep(0)
    assert (store.begun, store.stored) == (list(range(50)), [])
    store.takes.set()
    await handing.done()
    assert len(store.stored) == 50


async def test_while_a_store_takes_nothing_the_rest_waits_where_it_has_a_limit() -> None:
    store, handing = Slow(), Handing(lambda _error: None)

    async def hand_over_all() -> None:
        for number in range(3 * MOST):
            await handing.over(store.take(number))

    all_of_it = asyncio.create_task(hand_over_all())
    for _ in range(10 * MOST):
        await asyncio.sleep(0)
    assert len(store.begun) == MOST
    store.takes.set()
    await all_of_it
    await handing.done()
    assert len(store.stored) == 3 * MOST


async def test_a_session_that_fails_with_it_ends_the_connection() -> None:
    told: list[BaseException] = []
    handing = Handing(told.append)

    async def fails() -> None:
        raise ValueError("a bug")

    await handing.over(fails())
    with pytest.raises(ValueError, match="a bug"):
        await handing.done()
    assert [str(error) for error in told] == ["a bug"]
