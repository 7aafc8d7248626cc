"""A partition at the client: sections Down and The states of a partition of proto/PROTOCOL.md. No input or output."""

from bisect import bisect_right

from codec import MAX_RANGES, ProtocolError

OWNED, REVOKING, RETURNED, LOST, RETIRED = "owned", "revoking", "returned", "lost", "retired"


class Finished:
    """Offsets whose handlers have ended: everything up to `floor`, and ranges above it."""

    def __init__(self, floor):
        self.floor = floor
        self.ranges = []

    def __contains__(self, offset):
        if offset <= self.floor:
            return True
        at = bisect_right(self.ranges, [offset, float("inf")]) - 1
        return at >= 0 and offset <= self.ranges[at][1]

    def add(self, first, last):
        if last <= self.floor or last < first:
            return
        touched = [each for each in self.ranges if each[0] <= last + 1 and each[1] >= first - 1]
        at = bisect_right(self.ranges, [first, float("inf")])
        if touched:
            at = self.ranges.index(touched[0])
            first, last = min(first, touched[0][0]), max(last, touched[-1][1])
        self.ranges[at : at + len(touched)] = [[first, last]]
        if self.ranges[0][0] <= self.floor + 1:
            self.floor = max(self.floor, self.ranges.pop(0)[1])


class Event:
    """An event on its way to its handler. One without an offset tells a difference that a snapshot showed."""

    def __init__(self, kind, key, partition, offset=None, **fields):
        self.kind, self.key, self.partition, self.offset = kind, key, partition, offset
        self.generation = partition.generation
        self.socket = fields.get("socket", "")
        self.channel = fields.get("channel", "")
        self.name = fields.get("name", "")
        self.data = fields.get("data", b"")
        self.redelivered = fields.get("redelivered", False)
        self.answers = 0

    @property
    def change(self):
        """What it changes in the set of open sockets and occupied channels: the thing, and whether it is there."""
        if self.kind in ("OPEN", "CLOSE"):
            return ("socket", self.socket), self.kind == "OPEN"
        if self.kind in ("OCCUPIED", "VACATED"):
            return ("channel", self.channel), self.kind == "OCCUPIED"
        return None


class Snapshot:
    def __init__(self, frame):
        self.offset = frame.offset
        self.covers = {kind for kind in ("socket", "channel") if getattr(frame, f"covers_{kind}s")}
        self.there = set()

    def add(self, frame):
        self.there.update(("socket", each.id) for each in frame.sockets)
        self.there.update(("channel", each.name) for each in frame.channels)


class Partition:
    def __init__(self, number, generation, epoch, first_offset, told=(), state=OWNED):
        self.number, self.generation, self.epoch = number, generation, epoch
        self.state = state
        self.expected = first_offset
        self.finished = Finished(first_offset - 1)
        self.queued, self.running = {}, {}
        # Events without an offset that wait.
        self.differences = set()
        # Last offset that was sent or skipped on this connection.
        self.sent = first_offset - 1
        # Things that handlers were told of, and things that are there after all that has arrived.
        self.told, self.there = set(told), set(told)
        # Changes by events above `floor` or `sent`, whichever is lower: snapshots older than they can still come.
        self._changes = []
        self._covered = set()
        self._half = None
        self.wants_snapshot = True

    # ---- ownership ----

    def connected(self):
        """A new connection: half a snapshot is void."""
        self._half = None

    def assign(self, generation, first_offset):
        """The same epoch, in another generation or after the partition was lost. Returns what is dropped."""
        dropped = self.drop_queued()
        self.generation, self.state = generation, OWNED
        self.finished.add(self.finished.floor + 1, first_offset - 1)
        self.expected = max(self.expected, first_offset)
        self.wants_snapshot = True
        return dropped

    def drop_queued(self):
        """Drops what has not begun, so that it is taken when it comes again."""
        dropped = [*self.queued.values(), *self.differences]
        if self.differences:
            self.wants_snapshot = True
        gone = set(self.queued)
        self._changes = [change for change in self._changes if change[0] not in gone]
        self.queued.clear()
        self.differences.clear()
        self.there = set(self.told)
        return dropped

    def forget(self):
        """What is there is another member's to know."""
        self.told.clear()
        self.there.clear()
        self._changes.clear()
        self._covered = set()
        self._half = None

    def knows(self, offset):
        return offset in self.finished or offset in self.running or offset in self.queued

    @property
    def acknowledges(self):
        return self.state in (OWNED, REVOKING)

    # ---- events ----

    def check_run(self, run):
        if run.epoch != self.epoch or run.first_offset - run.skipped > self.expected:
            raise ProtocolError(f"a run of partition {self.number} that no GAP announced")

    def skip_to(self, first_offset):
        """Counts offsets that were never received as finished."""
        self.finished.add(self.expected, first_offset - 1)
        self.expected = max(self.expected, first_offset)
        self.sent = max(self.sent, first_offset - 1)

    def take(self, event):
        """An event that is new here. Returns what has to be told, in order; nothing means that it is finished."""
        offset, change = event.offset, event.change
        told = [event]
        if change is not None and change[1] and change[0][0] in self._covered and change[0] in self.there:
            told = []
        elif event.key[0] == "socket" and "socket" in self._covered and change != (("socket", event.socket), True):
            thing = ("socket", event.socket)
            if thing not in self.there:
                told.insert(0, Event("OPEN", event.key, self, socket=event.socket))
                self._change(offset, thing, True)
        if not told:
            self.finished.add(offset, offset)
            return told
        if change is not None:
            self._change(offset, *change)
        self.queued[offset] = event
        self.differences.update(told[:-1])
        return told

    def arrived(self, offset):
        self.expected = max(self.expected, offset + 1)
        self.sent = max(self.sent, offset)

    def _change(self, offset, thing, is_there):
        (self.there.add if is_there else self.there.discard)(thing)
        lowest = min(self.finished.floor, self.sent)
        if self._changes and self._changes[0][0] <= lowest:
            self._changes = [change for change in self._changes if change[0] > lowest]
        self._changes.append((offset, thing, is_there))

    def begin(self, event):
        if event.offset is None:
            self.differences.discard(event)
        else:
            self.running[event.offset] = self.queued.pop(event.offset)
        if event.change is not None:
            thing, is_there = event.change
            (self.told.add if is_there else self.told.discard)(thing)

    def end(self, event):
        if event.offset is not None:
            del self.running[event.offset]
            self.finished.add(event.offset, event.offset)

    # ---- snapshots ----

    def snapshot(self, frame):
        """Returns the differences to tell, once the snapshot is whole."""
        if frame.epoch != self.epoch or frame.offset != self.sent:
            raise ProtocolError(f"a snapshot of partition {self.number} at {frame.offset}, not at {self.sent}")
        if frame.begin:
            self._half = Snapshot(frame)
            self.wants_snapshot = True
        elif self._half is None:
            raise ProtocolError("a snapshot without a beginning")
        self._half.add(frame)
        if not frame.end:
            return []
        whole, self._half, self.wants_snapshot = self._half, None, False
        return self._compare(whole)

    def _compare(self, whole):
        there = whole.there
        for offset, thing, is_there in sorted(self._changes, key=lambda change: change[0]):
            if offset > whole.offset:
                (there.add if is_there else there.discard)(thing)
        self._covered = whole.covers
        differences = []
        for thing in sorted(self.there ^ there):
            if thing[0] not in whole.covers:
                continue
            is_there = thing in there
            kinds = ("OPEN", "CLOSE") if thing[0] == "socket" else ("OCCUPIED", "VACATED")
            fields = {thing[0]: thing[1]}
            differences.append(Event(kinds[0] if is_there else kinds[1], thing, self, **fields))
            (self.there.add if is_there else self.there.discard)(thing)
        self.differences.update(differences)
        return differences

    # ---- positions ----

    def write_position(self, position, max_ranges=MAX_RANGES):
        position.partition, position.generation, position.epoch = self.number, self.generation, self.epoch
        position.offset = self.finished.floor
        for first, last in self.finished.ranges[:max_ranges]:
            position.finished.add(first=first, last=last)
