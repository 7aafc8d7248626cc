"""Handlers: those of one key run one after the other, those of different keys at the same time."""

import asyncio
from collections import deque


class Lanes:
    """`may_begin()` is asked before each event; `begin` and `end` hear of it, `handle` is its handler."""

    def __init__(self, may_begin, begin, handle, end):
        self._may_begin, self._begin, self._handle, self._end = may_begin, begin, handle, end
        self._waiting = {}
        self._running = {}
        self._paused = False

    def push(self, event):
        self._waiting.setdefault(event.key, deque()).append(event)
        self._start(event.key)

    def drop(self, events):
        gone = set(events)
        for key in {event.key for event in events}:
            left = deque(each for each in self._waiting.get(key, ()) if each not in gone)
            if left:
                self._waiting[key] = left
            else:
                self._waiting.pop(key, None)

    def pause(self):
        self._paused = True

    def resume(self):
        self._paused = False
        for key in list(self._waiting):
            self._start(key)

    def _start(self, key):
        if not self._paused and key not in self._running:
            self._running[key] = asyncio.ensure_future(self._run(key))

    async def _run(self, key):
        # Events of a lane that was paused or dropped meanwhile are not begun.
        while key in self._waiting and not self._paused and self._may_begin():
            event = self._waiting[key].popleft()
            if not self._waiting[key]:
                del self._waiting[key]
            self._begin(event)
            try:
                await self._handle(event)
            finally:
                self._end(event)
        del self._running[key]

    async def idle(self):
        """Resolves when no handler runs."""
        while self._running:
            await asyncio.wait(list(self._running.values()))
