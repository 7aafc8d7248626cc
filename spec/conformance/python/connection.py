"""One WebSocket of a session: frames in both directions, the heartbeat and the close."""

import asyncio
import time

from websockets.exceptions import ConnectionClosed

from codec import FRAME_BYTES, Frame, NameReader, NameWriter, ProtocolError, decode


def frame_of(body):
    frame = Frame()
    getattr(frame, body).SetInParent()
    return frame


class Connection:
    """
    The owner gets frames by `received(body, message)`, is asked for the next one by `next_frame()`, which is None when
    there is none, and hears of each beat by `ticked(now)`.
    """

    def __init__(self, socket, nonce, owner):
        self.socket, self.nonce, self._owner = socket, nonce, owner
        self.reads, self.writes = NameReader(), NameWriter()
        self.welcome_at = None
        self.is_ending = False
        self._heard = self._spoke = self._ticked = time.monotonic()
        self._frame_bytes, self._ping_s, self._dead_s = FRAME_BYTES, 10.0, 25.0
        self._beat_s = 0.5
        self._urgent = []
        self._wake = asyncio.Event()
        self._tasks = []
        self._heard_bye = False
        # Code of an ERROR of the gateway, behind which nothing is handled.
        self._error_code = None

    async def live(self, hello):
        """From HELLO to the close, whose code is returned."""
        code = None
        try:
            await self.socket.send(hello.SerializeToString())
            self._tasks = [asyncio.ensure_future(each) for each in (self._beat(), self._write())]
            await self._read()
        except ProtocolError as error:
            code = error.code
            await self._fail(code, str(error))
        except ConnectionClosed:
            pass
        finally:
            for task in self._tasks:
                task.cancel()
        return code or self._error_code or self.socket.close_code or 1006

    def welcomed(self, limits, grace_s):
        self.welcome_at = time.monotonic()
        if limits.HasField("frame_bytes"):
            self._frame_bytes = limits.frame_bytes
        if limits.HasField("ping_ms"):
            self._ping_s = limits.ping_ms / 1000
        if limits.HasField("dead_ms"):
            self._dead_s = limits.dead_ms / 1000
        # Often enough to notice that the process stood still for as long as the grace.
        self._beat_s = min(self._ping_s / 20, self._dead_s / 20, (grace_s or 1) / 2)
        self.push(frame_of("ready"))

    def push(self, frame):
        """A frame that goes before events' positions and commands."""
        self._urgent.append(frame)
        self._wake.set()

    def wake(self):
        self._wake.set()

    def ping(self, time_of):
        ping = frame_of("ping")
        ping.ping.time = time_of
        self.push(ping)

    def bye(self):
        """Says BYE behind all that there is to say."""
        self.is_ending = True
        self._wake.set()

    async def _read(self):
        while not self._heard_bye:
            data = await self.socket.recv()
            self._heard = time.monotonic()
            if len(data) > self._frame_bytes:
                raise ProtocolError("a frame above the limit", 4413)
            frame = decode(data)
            if frame is None or self._error_code is not None:
                continue
            body = frame.WhichOneof("body")
            if self.welcome_at is None and body not in ("welcome", "error", "bye"):
                raise ProtocolError(f"{body} before WELCOME")
            self._received(body, getattr(frame, body))
        await self.socket.close(1000)

    def _received(self, body, message):
        if body == "ping":
            pong = frame_of("pong")
            pong.pong.time = message.time
            self.push(pong)
        elif body == "bye":
            self._heard_bye = True
        else:
            if body == "error":
                self._error_code = message.code
            self._owner.received(body, message)

    async def _write(self):
        while True:
            await self._wake.wait()
            self._wake.clear()
            while (frame := self._next()) is not None:
                self._spoke = time.monotonic()
                await self.socket.send(frame.SerializeToString())
                if frame.HasField("bye"):
                    return

    def _next(self):
        if self._urgent:
            return self._urgent.pop(0)
        frame = self._owner.next_frame() if self.welcome_at is not None else None
        return frame_of("bye") if frame is None and self.is_ending else frame

    async def _beat(self):
        """PING after silence of this side, the end after silence of the other."""
        silent_beats = 0
        while True:
            await asyncio.sleep(self._beat_s)
            now = time.monotonic()
            stood_still = now - self._ticked > 3 * self._beat_s
            self._ticked = now
            self._owner.ticked(now)
            if self.welcome_at is not None and now - self._spoke >= self._ping_s:
                self.ping(now)
            # What arrived while the process stood still is read before it is judged.
            silent = now - self._heard > self._dead_s and not stood_still
            silent_beats = silent_beats + 1 if silent else 0
            if silent_beats > 1:
                return await self._fail(4430, "nothing was heard for dead_ms")

    async def _fail(self, code, message):
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        frame = Frame()
        frame.error.code, frame.error.message = code, message
        self._owner.received("error", frame.error)
        try:
            await asyncio.wait_for(self.socket.send(frame.SerializeToString()), 1)
            await self.socket.close(code, message[:100])
        except (ConnectionClosed, asyncio.TimeoutError):
            pass
