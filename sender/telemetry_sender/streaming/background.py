"""Work in a thread that nothing waits for: it may hang in a read of a pipe when the run is over."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

Result = TypeVar("Result")


async def in_background(work: Callable[[], Result]) -> Result:
    """Return the result of `work`, or raise what it raises; a daemon thread carries it out."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def tell(settle: Callable[[], None]) -> None:
        """Settle the future in its loop, unless that has ended or nobody waits any more."""
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: None if done.done() else settle())

    def carry_out() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - whatever it is, who awaits it gets it
            failure = error
            tell(lambda: done.set_exception(failure))
        else:
            tell(lambda: done.set_result(result))

    Thread(target=carry_out, daemon=True).start()
    return await done
