"""The worker processes behind the server: who gets one, for how long, and on which snapshot.

As many queries as there are workers run at once; some more wait a little; all others are
told at once to come back later (`BusyError`). A query that is not done after some seconds
steps aside: another process takes its place, so that short queries still go through. When
as many long ones are at work already and somebody waits, it is ended. When a build has
published a snapshot, new queries go to it as soon as processes have it open, and those that
run stay on theirs: nobody waits, and nobody sees anything but a whole snapshot.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Final

from kg.engine import Kind
from kg.errors import KgError, QueryTimeoutError, StoreError
from kg.snapshots import current
from kg.streams import Question
from kg.web.generations import Generation, Seat
from kg.web.processes import Limits, Process
from kg.web.runs import Answering, Counts, Running
from kg.web.settings import Settings
from kg.workers import Opening, Worker

LOOK: Final = 0.25
"""How often, in seconds, to look for a new snapshot."""

PAGE_BYTES: Final = 32 << 20
"""How large an answer may be that a page is made of."""

LINGER: Final = 5.0
"""How many seconds more than a query may take an old snapshot is kept, for handlers that ask several."""

_WORN: Final = 4  # a process that has used a quarter of what it may is replaced
_log = logging.getLogger("kg.web")


class BusyError(StoreError):
    """All workers are at work; *retry_after* is in seconds."""

    def __init__(self, message: str, *, retry_after: int = 2) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Pool:
    """The workers of one server; see the module. For the event loop only, but `from_thread`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.counts = Counts()
        self.on_switch: list[Callable[[Generation], None]] = []
        self._services = tuple(sorted(settings.services))
        self._generation: Generation | None = None
        self._running: set[Running] = set()
        self._waiting: deque[asyncio.Future[Seat]] = deque()
        self._first: deque[asyncio.Future[Seat]] = deque()
        self._foreign = 0
        self._starting = 0
        self._moving = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------ life

    async def start(self) -> None:
        """Open the current snapshot and start the workers.

        Raises:
            StoreError: there is no store, or it is damaged.
        """
        self.loop = asyncio.get_running_loop()
        self._closing = asyncio.Event()
        await self._switch(await asyncio.to_thread(Generation.open, self.settings.store))
        self._spawn(self._watch())

    async def close(self) -> None:
        """End all processes."""
        self._closing.set()
        for running in self._running:
            self._end(running.seat)
        self._end_idle()
        while self._tasks:  # none is cancelled: one may be about to start a process, or to move on
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._end_idle()

    def _end_idle(self) -> None:
        for seat in self._generation.retire() if self._generation else ():
            self._end(seat)

    @property
    def generation(self) -> Generation:
        """The snapshot that new queries go to."""
        if self._generation is None:
            raise StoreError("the server has not started yet")
        return self._generation

    @property
    def _places(self) -> int:
        """How many processes there are: one is kept for our own queries, whatever others ask."""
        return self.settings.workers + 1

    @property
    def running(self) -> int:
        """How many queries are at work."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """How many queries wait for a worker."""
        return _open(self._waiting) + _open(self._first)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ------------------------------------------------------------ snapshots

    async def _watch(self) -> None:
        while not await self._pause(LOOK):
            try:
                await self.refresh()
            except (KgError, OSError) as error:  # the old one is still good
                _log.warning("the new snapshot cannot be read: %s", error)
                await self._pause(1)

    async def _pause(self, seconds: float) -> bool:
        """Sleep, or find that the pool is closing."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)
        return self._closing.is_set()

    async def refresh(self) -> None:
        """Move to the current snapshot, if it is another one.

        Raises:
            StoreError: it cannot be read.
        """
        async with self._moving:
            if current(self.settings.store) != self.generation.snapshot:
                await self._switch(await asyncio.to_thread(Generation.open, self.settings.store))

    async def _switch(self, new: Generation) -> None:
        seats = await self._launch_all(new)
        old, self._generation = self._generation, new
        if old:
            self.counts.switches += 1
            for seat in old.retire():
                self._end(seat)
            self.loop.call_later(self.settings.seconds + LINGER, self._release, old)
        for seat in seats:
            self._give(seat)
        for told in self.on_switch:
            told(new)

    def _release(self, old: Generation) -> None:
        if any(running.seat.generation is old for running in self._running):
            self.loop.call_later(LINGER, self._release, old)
        else:
            old.release()

    # ------------------------------------------------------------ processes

    async def _launch_all(self, generation: Generation) -> list[Seat]:
        """Start as many processes as there should be, or none."""
        starts = [self._launch(generation) for _ in range(self._places)]
        found = await asyncio.gather(*starts, return_exceptions=True)
        errors = [each for each in found if isinstance(each, BaseException)]
        seats = [each for each in found if isinstance(each, Seat)]
        for seat in seats if errors else ():
            self._end(seat)
        for error in errors:
            raise error
        return seats

    async def _launch(self, generation: Generation) -> Seat:
        opening = Opening(generation.snapshot.database, megabytes=self.settings.megabytes)
        self.counts.started += 1
        starting = self.loop.create_task(asyncio.to_thread(Worker, opening))
        try:
            worker = await asyncio.shield(starting)
        except asyncio.CancelledError:
            self._spawn(_discard(starting))  # it starts all the same
            raise
        return Seat(Process(worker, self.loop), generation)

    def _end(self, seat: Seat) -> None:
        seat.process.detach()
        self._spawn(asyncio.to_thread(seat.process.kill))  # freeing gigabytes takes its time

    def _give(self, seat: Seat) -> None:
        """Give a process to who waits for one, or let it idle."""
        while self._first or (self._waiting and self._foreign < self.settings.workers):
            is_own = bool(self._first)
            future = (self._first if is_own else self._waiting).popleft()
            if not future.done():
                self._foreign += not is_own
                future.set_result(seat)
                return
        seat.generation.idle.append(seat)

    def _hand_on(self) -> None:
        """Give idle processes to those who wait, for there is room for one more query of others."""
        idle = self.generation.idle
        for seat in [idle.pop() for _ in range(len(idle))]:
            if seat.process.is_free:
                self._give(seat)
            else:
                self._end(seat)

    def _replenish(self) -> None:
        """Start as many processes as are missing."""
        if self._closing.is_set():
            return
        generation = self.generation
        at_work = sum(
            1 for running in self._running if running.seat.generation is generation and not running.is_long
        )
        missing = self._places - at_work - len(generation.idle) - self._starting
        for _ in range(missing):
            self._starting += 1
            self._spawn(self._add())

    async def _add(self) -> None:
        try:
            while True:
                generation = self.generation
                try:
                    seat = await self._launch(generation)
                except (KgError, OSError) as error:
                    _log.error("no worker can start: %s", error)
                    if await self._pause(1):
                        return
                    continue
                if not generation.is_retired:
                    self._give(seat)
                    return
                self._end(seat)
                if self._closing.is_set():
                    return
        finally:
            self._starting -= 1

    # ------------------------------------------------------------ asking

    async def ask(
        self,
        question: Question,
        *,
        generation: Generation | None = None,
        size: int | None = None,
        encoding: str = "",
        is_own: bool = False,
    ) -> Answering:
        """Ask a question of the current snapshot, or of another *generation*; at most *size* bytes.

        Our own (of a page, of a saved question) go before those that others wrote.

        Close what is returned, or read it to its end.

        Raises:
            BusyError: no worker was free in time.
            KgError: as in `Process.ask`.
        """
        self.counts.queries += 1
        seat = await self._take(generation or self.generation, is_own=is_own)
        running = Running(seat, self.loop.time(), is_own=is_own)
        self._running.add(running)
        if self.settings.grace < self.settings.seconds:
            running.timer = self.loop.call_later(self.settings.grace, self._step_aside, running)
        limits = Limits(
            seconds=self.settings.seconds,
            size=size or self.settings.max_result,
            services=self._services,
            encoding=encoding,
        )
        try:
            reply = await seat.process.ask(question, limits)
        except BaseException as error:
            self._finish(running)
            raise self._judge(error, running) from None
        if reply.is_whole:
            self._finish(running)
        return Answering(reply, seat.generation, seat.process, lambda: self._finish(running))

    def _judge(self, error: BaseException, running: Running) -> BaseException:
        if isinstance(error, QueryTimeoutError):
            self.counts.timeouts += 1
            if running.is_pressed:
                longer = "one longer query is" if self.settings.workers == 1 else "longer queries are"
                return BusyError(
                    f"the query was ended after {self.loop.time() - running.since:.0f} s, since {longer} at "
                    "work and others wait; ask for less, or try again later",
                    retry_after=round(self.settings.seconds),
                )
        elif isinstance(error, KgError):
            self.counts.errors += 1
        return error

    async def _take(self, generation: Generation, *, is_own: bool) -> Seat:
        if generation.is_released:
            generation = self.generation
        if generation.is_retired:
            seat = await self._launch(generation)
            self._foreign += not is_own
            return seat
        while generation.idle and (is_own or self._foreign < self.settings.workers):
            seat = generation.idle.pop()
            if seat.process.is_free:
                self._foreign += not is_own
                return seat
            self._end(seat)
        self._replenish()
        queue = self._first if is_own else self._waiting
        if _open(queue) >= self.settings.queue:
            raise self._busy()
        future: asyncio.Future[Seat] = self.loop.create_future()
        queue.append(future)
        timer = self.loop.call_later(self.settings.wait, self._give_up, future)
        self._press()
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and not future.exception():
                self._foreign -= not is_own
                self._give_back(future.result())
            raise
        finally:
            timer.cancel()

    def _busy(self) -> BusyError:
        self.counts.busy += 1
        return BusyError("all workers are busy; try again in some seconds")

    def _give_up(self, future: asyncio.Future[Seat]) -> None:
        if not future.done():
            future.set_exception(self._busy())

    def _step_aside(self, running: Running) -> None:
        """Let another process take the place of one whose query is long."""
        if sum(1 for each in self._running if each.is_long) < self.settings.workers:
            running.is_long = True
            running.seat.process.step_back()
            self._foreign -= not running.is_own
            self._replenish()
            self._hand_on()
        else:
            self._press()

    def _press(self) -> None:
        """If somebody waits and no place is left to step aside to, end the oldest query that should."""
        late = self.loop.time() - self.settings.grace
        found = [each for each in self._running if not each.is_long and each.since <= late]
        if found and self.waiting and not any(each.is_pressed for each in found):
            oldest = min(found, key=lambda each: each.since)
            oldest.is_pressed = True
            oldest.seat.process.hurry()

    def _finish(self, running: Running) -> None:
        if running not in self._running:
            return
        self._running.discard(running)
        if running.timer:
            running.timer.cancel()
        if running.is_long:
            self._end(running.seat)  # it goes slowly now
        else:
            self._foreign -= not running.is_own
            self._give_back(running.seat)
            self._hand_on()
        self._press()

    def _give_back(self, seat: Seat) -> None:
        is_worn = seat.process.peak * _WORN > self.settings.megabytes << 10
        if seat.process.is_free and not seat.generation.is_retired and not is_worn:
            self._give(seat)
        else:
            self._end(seat)
            self._replenish()

    # ------------------------------------------------------------ for threads

    async def collect(self, question: Question, generation: Generation | None = None) -> tuple[Kind, bytes]:
        """Ask, and wait for the whole answer."""
        answering = await self.ask(question, generation=generation, size=PAGE_BYTES, is_own=True)
        try:
            pieces = [answering.reply.start]
            pieces += [piece async for piece in answering.rest()]
            return answering.reply.kind, b"".join(pieces)
        finally:
            answering.close()

    def from_thread(self, question: Question, generation: Generation | None = None) -> tuple[Kind, bytes]:
        """Ask from any other thread than the event loop's, and wait; errors as in `ask`."""
        return asyncio.run_coroutine_threadsafe(self.collect(question, generation), self.loop).result()


def _open(queue: deque[asyncio.Future[Seat]]) -> int:
    return sum(1 for future in queue if not future.done())


async def _discard(starting: asyncio.Task[Worker]) -> None:
    with contextlib.suppress(KgError, OSError):
        worker = await starting
        await asyncio.to_thread(worker.kill)
