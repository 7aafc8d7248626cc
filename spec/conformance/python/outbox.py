"""Commands without an outcome: section Up of proto/PROTOCOL.md. No input or output."""

import asyncio
from collections import deque

from codec import MAX_BATCH, ProtocolError

CUT_BYTES = 64 * 1024


class Outbox:
    def __init__(self):
        self.first_seq = 1
        self.next_to_send = 1
        self._highest_sent = 0
        self._waiting = deque()
        self._refused, self._receipts = {}, {}
        self._credit = None
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def next_seq(self):
        """Seq of the next new command."""
        return self.first_seq + len(self._waiting)

    def add(self, write, data_bytes, settle):
        """A command: `write(command, names)` writes it with the names of a connection, `settle(outcome)` gets the end."""
        self._waiting.append((write, data_bytes, settle))
        self._empty.clear()

    async def empty(self):
        """Resolves when each command has its outcome."""
        await self._empty.wait()

    def welcome(self, resumed, next_seq):
        self._credit = None
        if resumed:
            if next_seq > self._highest_sent + 1:
                raise ProtocolError("next_seq is above what was sent")
            self.next_to_send = max(next_seq, self.first_seq)
            return
        sent = self._highest_sent - self.first_seq + 1
        unknown = [self._waiting.popleft() for _ in range(max(0, sent))]
        self.first_seq = self.next_to_send = 1
        self._highest_sent = 0
        self._refused.clear()
        self._receipts.clear()
        for _, _, settle in unknown:
            settle("unknown", None)
        self._tell_empty()

    def command_ack(self, ack):
        if ack.applied > self._highest_sent:
            raise ProtocolError("applied is above what was sent")
        self._refused.update((each.seq, each) for each in ack.refused)
        self._receipts.update((each.seq, each.sockets) for each in ack.receipts)
        if ack.HasField("credit"):
            self._credit = ack.credit
        while self.first_seq <= ack.applied:
            _, _, settle = self._waiting.popleft()
            refusal = self._refused.pop(self.first_seq, None)
            receipt = self._receipts.pop(self.first_seq, None)
            self.first_seq += 1
            settle("applied", receipt) if refusal is None else settle("refused", refusal.code)
        self.next_to_send = max(self.next_to_send, self.first_seq)
        self._tell_empty()

    def _tell_empty(self):
        if not self._waiting:
            self._empty.set()

    def write(self, commands, names):
        """Fills a COMMANDS frame as far as credit goes; False when nothing may be sent."""
        if self._credit is None or self._credit.messages == 0 or self._credit.bytes == 0:
            return False
        size = 0
        outstanding = self.next_to_send - self.first_seq
        held = sum(self._waiting[at][1] for at in range(outstanding))
        while self.next_to_send < self.next_seq and len(commands.commands) < MAX_BATCH and size < CUT_BYTES:
            write, data_bytes, _ = self._waiting[self.next_to_send - self.first_seq]
            over = outstanding + 1 > self._credit.messages or held + data_bytes > self._credit.bytes
            if outstanding > 0 and over:
                break
            if not commands.commands:
                commands.first_seq = self.next_to_send
            write(commands.commands.add(), lambda name: names.handle(name, commands.names))
            size += data_bytes + 64
            held += data_bytes
            outstanding += 1
            self.next_to_send += 1
            self._highest_sent = max(self._highest_sent, self.next_to_send - 1)
        return bool(commands.commands)
