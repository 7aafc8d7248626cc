"""Partitions and their handlers: sections Down, Resuming and Partitions and groups of proto/PROTOCOL.md."""

import asyncio
import time

from acks import Acks
from codec import MAX_RANGES, EventKind, Frame, Order, ProtocolError
from lanes import Lanes
from partition import LOST, OWNED, RETIRED, RETURNED, REVOKING, Event, Partition

HELLO_RANGES = 2000
USER_KINDS = {"USER_ONLINE", "USER_OFFLINE"}
CHANNEL_KINDS = {"MEMBER_ADDED", "MEMBER_REMOVED", "OCCUPIED", "VACATED", "CACHE_MISS"}


class Inbox:
    """`handle` and `told` are those of the client; `wake()` and `ping(time)` are of its connection."""

    def __init__(self, group, name, handle, told, outbox, wake, ping):
        self._group, self._name = group, name
        self._handle, self._told, self._outbox = handle, told, outbox
        self._wake, self._ping = wake, ping
        self.acks = Acks(wake)
        self._lanes = Lanes(self._may_begin, lambda event: event.partition.begin(event), self._handled, self._ended)
        self._partitions = {}
        # Sockets and channels of a stream that was reset, until the new one says what is there.
        self._carried = {}
        self._node = ""
        # Deadlines of partitions that are revoked, and those to return, each with the first command that need not go before.
        self._deadlines, self._returns = {}, []
        self._grace_s = self._grace_timer = None
        self._ticked = time.monotonic()
        self._stood_still = None
        self._is_open = self._is_stopping = False

    @property
    def partitions(self):
        return self._partitions.values()

    # ---- the session ----

    def hello(self, hello):
        here = [each for each in self._partitions.values() if each.state != LOST]
        # HELLO has a limit of 64 KiB. An event whose range is left out comes again and is known here.
        for partition in here:
            position = hello.positions.add()
            partition.write_position(position, min(MAX_RANGES, HELLO_RANGES // len(here)))
            position.wants_snapshot = partition.wants_snapshot

    def welcome(self, welcome, resumed):
        if resumed:
            assigned = {each.partition for each in welcome.assigned}
            for partition in self._partitions.values():
                partition.connected()
                if partition.number not in assigned:
                    self._lose(partition)
            for each in welcome.assigned:
                self._assign(each, resumed=True)
        else:
            self._retire(welcome.node)
        self._node = welcome.node
        self._grace_s = welcome.grace_ms / 1000 if self._group and welcome.HasField("grace_ms") else None

    def opened(self):
        """The session was told of: handlers may begin."""
        self._is_open = True
        self._ticked = time.monotonic()
        if self._grace_timer is not None:
            self._grace_timer.cancel()
            self._grace_timer = None
        self._resume()
        self.acks.connected()

    def disconnected(self):
        for timer in self._deadlines.values():
            timer.cancel()
        self._deadlines.clear()
        self._returns.clear()
        self.acks.disconnected()
        if self._is_open and self._grace_s is not None:
            self._grace_timer = asyncio.get_running_loop().call_later(self._grace_s, self._lanes.pause)
        self._is_open = False
        self._stood_still = None

    async def stop(self):
        """Begins nothing more, and resolves when nothing runs."""
        self._is_stopping = True
        self._lanes.pause()
        await self._lanes.idle()

    def _retire(self, node):
        """The session is gone: nothing of it is acknowledged. What nobody else gets runs to its end."""
        comes_again = (self._group is not None or self._name != "") and node == self._node
        for partition in self._partitions.values():
            if comes_again:
                self._drop(partition.drop_queued())
            was_lost, partition.state = partition.state == LOST, RETIRED
            if was_lost:
                continue
            if self._group is None:
                self._carried[partition.number] = partition.there
            elif node != self._node:
                for kind, thing in sorted(partition.there):
                    ended = "CLOSE" if kind == "socket" else "VACATED"
                    self._lanes.push(Event(ended, (kind, thing), partition, **{kind: thing}))
            elif partition.told:
                self._told("moved", sorted(partition.told))
        self._partitions.clear()
        self.acks.forget()

    # ---- frames ----

    def assign(self, assign):
        for each in assign.assigned:
            self._assign(each)

    def _assign(self, each, resumed=False):
        if each.first_offset < 1:
            raise ProtocolError("first_offset 0")
        partition = self._partitions.get(each.partition)
        if partition is None or partition.epoch != each.epoch:
            if partition is not None:
                partition.state = RETIRED
            there = self._carried.pop(each.partition, partition.there if partition else ())
            new = Partition(each.partition, each.generation, each.epoch, each.first_offset, there)
            self._partitions[each.partition] = new
            return
        if partition.generation != each.generation or partition.state == LOST:
            self._drop(partition.assign(each.generation, each.first_offset))
            self.acks.mark(partition)
        elif resumed:
            partition.state = OWNED
        else:
            return
        partition.sent = each.first_offset - 1

    def events(self, events, names):
        for run in events.runs:
            partition = self._assigned(run.partition)
            late = run.generation < partition.generation or partition.state != OWNED
            if not late:
                partition.check_run(run)
                partition.skip_to(run.first_offset)
            for at, event in enumerate(run.events):
                channel = names.read(event.channel, event.channel_name)
                name = names.read(event.event, event.event_name)
                if not late:
                    self._event(partition, run.first_offset + at, event, channel, name)

    def _event(self, partition, offset, event, channel, name):
        self.acks.at_hand_no_more(partition, offset)
        known = partition.knows(offset)
        partition.arrived(offset)
        if known:
            # A finished event that came again: the gateway does not know its acknowledgement.
            if offset in partition.finished:
                self.acks.mark(partition)
            return
        kind = EventKind.names.get(event.kind, "UNSPECIFIED")
        if kind == "UNSPECIFIED":
            partition.finished.add(offset, offset)
            return self.acks.mark(partition)
        fields = {"socket": event.socket, "channel": channel, "name": name, "data": event.data}
        new = Event(kind, self._key(kind, event, channel), partition, offset, redelivered=event.redelivered, **fields)
        told = partition.take(new)
        for each in told:
            self._lanes.push(each)
        if not told:
            self.acks.mark(partition)

    def _key(self, kind, event, channel):
        if kind in USER_KINDS:
            return "user", event.user
        by_channel = self._group is not None and self._group.get("order") == Order.CHANNEL
        if kind in CHANNEL_KINDS or (kind == "MESSAGE" and channel and by_channel):
            return "channel", channel
        return "socket", event.socket

    def gap(self, gap):
        partition = self._assigned(gap.partition)
        if partition.state != OWNED:
            return
        if gap.first < 1 or gap.new_epoch < partition.epoch:
            raise ProtocolError(f"a GAP of partition {gap.partition} that leads back")
        self._told("gap", gap.count)
        if gap.new_epoch == partition.epoch:
            partition.skip_to(gap.first)
            partition.sent = gap.first - 1
            partition.wants_snapshot = True
            return self.acks.mark(partition)
        partition.state = RETIRED
        new = Partition(gap.partition, partition.generation, gap.new_epoch, gap.first, partition.there)
        self._partitions[gap.partition] = new

    def snapshot(self, snapshot):
        partition = self._assigned(snapshot.partition)
        if partition.state == OWNED:
            for each in partition.snapshot(snapshot):
                self._lanes.push(each)

    def revoke(self, revoke):
        partition = self._partitions.get(revoke.partition)
        if partition is None or partition.generation != revoke.generation or partition.state != OWNED:
            return
        partition.state = REVOKING
        self._drop(partition.drop_queued())
        later = asyncio.get_running_loop().call_later
        self._deadlines[partition] = later(revoke.deadline_ms / 1000, self._return, partition)
        if not partition.running:
            self._return(partition)

    def lost(self, lost):
        partition = self._partitions.get(lost.partition)
        if partition is not None and partition.generation == lost.generation:
            self._lose(partition)

    def _assigned(self, number):
        partition = self._partitions.get(number)
        if partition is None:
            raise ProtocolError(f"partition {number} was never assigned")
        return partition

    # ---- partitions that go ----

    def _return(self, partition):
        """Nothing of it runs any more, or the deadline has passed: RETURNED is due, behind the commands issued so far."""
        timer = self._deadlines.pop(partition, None)
        if timer is not None:
            timer.cancel()
            self._returns.append((partition, self._outbox.next_seq))
            self._wake()

    def next_returned(self):
        """A RETURNED whose commands have left; None when there is none."""
        for each in self._returns:
            partition, behind_seq = each
            if self._outbox.next_to_send < behind_seq:
                continue
            self._returns.remove(each)
            partition.state = RETURNED
            self.acks.forget(partition)
            frame = Frame()
            partition.write_position(frame.returned.position)
            return frame
        return None

    def _lose(self, partition):
        if partition.state == LOST:
            return
        partition.state = LOST
        self._drop(partition.drop_queued())
        timer = self._deadlines.pop(partition, None)
        if timer is not None:
            timer.cancel()
        self._returns = [each for each in self._returns if each[0] is not partition]
        self.acks.forget(partition)
        if partition.told:
            self._told("moved", sorted(partition.told))
        partition.forget()

    def _drop(self, events):
        self._lanes.drop(events)
        for event in events:
            self.acks.at_hand_no_more(event.partition, event.offset)

    # ---- handlers ----

    def ticked(self, now):
        self._ticked = now

    def _may_begin(self):
        """False when this process stood still for so long that others may own its partitions by now."""
        now = time.monotonic()
        if self._grace_s is None or not self._is_open or now - self._ticked <= self._grace_s:
            return True
        self._ticked = self._stood_still = now
        self._lanes.pause()
        self._ping(now)
        return False

    def pong(self, pong):
        if pong.time == self._stood_still:
            self._stood_still = None
            self._resume()

    def _resume(self):
        if not self._is_stopping:
            self._lanes.resume()

    async def _handled(self, event):
        try:
            await self._handle(event)
        except Exception as error:  # a handler that fails has ended, too
            self._told("error", error)

    def _ended(self, event):
        partition = event.partition
        partition.end(event)
        self.acks.at_hand_no_more(partition, event.offset)
        if self._partitions.get(partition.number) is not partition:
            return
        self.acks.mark(partition)
        if partition.state == REVOKING and not partition.running:
            self._return(partition)
