"""Positions and credit that the gateway has yet to be told: ACK and Credit in proto/PROTOCOL.md."""

import asyncio

MAX_MESSAGES = 4096
MAX_BYTES = 4 * 2**20
ACK_S = 0.05


class Acks:
    """`wake()` is called when an ACK is due."""

    def __init__(self, wake):
        self._wake = wake
        self._moved = set()
        self._finished = 0
        # Bytes of events of earlier connections that are not finished and have not come again.
        self._earlier = {}
        self._granted = None
        self._timer, self._is_due = None, False
        self._is_connected = False

    @property
    def has_positions(self):
        return bool(self._moved)

    @property
    def is_due(self):
        return self._is_due

    def hello(self, partitions, credit):
        """HELLO tells all positions, and credit less what is at hand for earlier connections."""
        self._moved.clear()
        self._earlier = {
            (partition, offset): len(event.data)
            for partition in partitions
            for held in (partition.queued, partition.running)
            for offset, event in held.items()
        }
        credit.messages, credit.bytes = self._granted = self._room()

    def connected(self):
        self._is_connected = True
        if self._moved or self._room() != self._granted:
            self._soon()

    def disconnected(self):
        self._is_connected = False
        self._over()

    def forget(self, partition=None):
        """Nothing of a partition, or of all of them, is acknowledged any more."""
        self._moved = set() if partition is None else self._moved - {partition}

    def mark(self, partition):
        """The position has moved."""
        if partition.acknowledges:
            self._moved.add(partition)
            self._finished += 1
            self._soon(self._finished >= MAX_MESSAGES // 4)

    def at_hand_no_more(self, partition, offset):
        """An event of an earlier connection has ended, was dropped, or came again: there is room for another."""
        if self._earlier.pop((partition, offset), None) is not None:
            self._soon()

    def write(self, ack):
        """False when there is nothing to tell."""
        for partition in self._moved:
            if partition.acknowledges:
                partition.write_position(ack.positions.add())
        room = self._room()
        if room != self._granted:
            ack.credit.messages, ack.credit.bytes = self._granted = room
        self._moved.clear()
        self._over()
        return bool(ack.positions) or ack.HasField("credit")

    def _room(self):
        return max(0, MAX_MESSAGES - len(self._earlier)), max(0, MAX_BYTES - sum(self._earlier.values()))

    def _soon(self, now=False):
        if not self._is_connected:
            return
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(ACK_S, self._now)
        if now:
            self._now()

    def _now(self):
        self._is_due = True
        self._wake()

    def _over(self):
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._is_due = None, False
        self._finished = 0
