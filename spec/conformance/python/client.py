"""A client of the Pipe protocol, written from proto/PROTOCOL.md alone: sessions, partitions, commands, groups."""

import asyncio
import json
import random
import time

from websockets.exceptions import ConnectionClosed

from codec import MAX_RANGES, EventKind, Frame, NameReader, NameWriter, ProtocolError, Receipts, RuleKind, Verb, Verdict, decode
from dial import Backoff, Dialler, Refused, proof_of
from lanes import Lanes
from outbox import Outbox
from partition import LOST, OWNED, RETIRED, RETURNED, REVOKING, Event, Partition

MAX_MESSAGES = 4096
MAX_BYTES = 4 * 2**20
ACK_S = 0.05
HELLO_RANGES = 2000
BYE_S = 2
HEALTHY_S = 10
STAY_CLOSED = {4401, 4409, 4410}
USER_KINDS = {"USER_ONLINE", "USER_OFFLINE"}
CHANNEL_KINDS = {"MEMBER_ADDED", "MEMBER_REMOVED", "OCCUPIED", "VACATED", "CACHE_MISS"}


class Connection:
    """One WebSocket: what a session begins anew with each of them."""

    def __init__(self, socket, nonce):
        now = time.monotonic()
        self.socket, self.nonce = socket, nonce
        self.reads, self.writes = NameReader(), NameWriter()
        self.heard = self.spoke = now
        self.welcome_at = None
        self.frame_bytes, self.ping_s, self.dead_s = 2**20, 10.0, 25.0
        self.urgent = []
        self.wake = asyncio.Event()
        self.said_bye = self.sent_bye = self.heard_bye = False
        # Code of an ERROR of the gateway, behind which nothing is handled.
        self.error_code = None


class Client:
    """`rules` are the names of RuleKind; `handle(event)` is a coroutine; `told(what, detail)` hears of the session."""

    def __init__(self, address, rules, handle, told=lambda what, detail: None, group=None, name="", backoff=None):
        self._dialler = Dialler(**address)
        self._rules, self._handle, self._told = rules, handle, told
        self._group, self._name = group, name
        self._backoff = backoff or Backoff()
        self._session, self._secret, self._attempt, self._node = b"", b"", 0, ""
        self._partitions = {}
        # Sockets and channels of a stream that was reset, until the new one says what is there.
        self._carried_told = {}
        self._outbox = Outbox()
        self._lanes = Lanes(self._may_begin, self._begin, self._handled, self._ended)
        self._connection = None
        self._grace_s = None
        self._grace_timer = None
        # Events of earlier connections that are not finished and have not come again.
        self._earlier = {}
        self._granted = None
        self._moved = set()
        self._finished_since_ack = 0
        self._ack_timer, self._ack_due = None, False
        self._returning = {}
        self._ticked = time.monotonic()
        self._stood_still = None
        self._ending = False
        self._was_welcome = False
        self._welcomed = asyncio.Event()

    # ---- connects ----

    async def run(self):
        """Keeps a session until it ends: by `disconnect`, or by a refusal after which a client stays closed."""
        while not self._ending:
            at_once, not_before_s = False, 0
            try:
                socket, nonce = await asyncio.wait_for(self._dialler.dial(), 10)
            except Refused as refusal:
                self._told("refused", refusal)
                if refusal.final:
                    return
                not_before_s = refusal.retry_after_s
            except Exception as error:  # a dial may fail in as many ways as there are networks
                self._told("error", error)
            else:
                code = await self._live(Connection(socket, nonce))
                if code in STAY_CLOSED:
                    return
                at_once = code == 4503
            if self._ending:
                return
            wait_s = random.uniform(0, 1) if at_once else self._backoff.next()
            await asyncio.sleep(max(wait_s, not_before_s))

    async def disconnect(self):
        """Says BYE: the session ends, and in a group everything goes to the others."""
        self._ending = True
        self._lanes.pause()
        await self._lanes.idle()
        connection = self._connection
        if connection is None:
            return
        connection.said_bye = True
        connection.wake.set()
        try:
            await asyncio.wait_for(connection.socket.wait_closed(), BYE_S)
        except asyncio.TimeoutError:
            await connection.socket.close(1000)

    async def welcomed(self):
        await self._welcomed.wait()

    async def _live(self, connection):
        """A connection from HELLO to its close, whose code is returned."""
        tasks = []
        code = 1006
        try:
            await connection.socket.send(self._hello(connection))
            tasks = [asyncio.ensure_future(each) for each in (self._beat(connection), self._write(connection))]
            await self._read(connection)
        except ProtocolError as error:
            await self._fail(connection, tasks, error.code, str(error))
            code = error.code
        except ConnectionClosed:
            pass
        finally:
            for task in tasks:
                task.cancel()
            self._lost_connection()
        closed = connection.socket.close_code
        # A close that this side began with a reason of its own stands for itself.
        code = code if code != 1006 else connection.error_code or closed or 1006
        if code == 4403:
            self._session, self._secret = b"", b""
        self._told("disconnected", code)
        return code

    async def _fail(self, connection, tasks, code, message):
        self._told("error", ProtocolError(message, code))
        for task in tasks:
            task.cancel()
        frame = Frame()
        frame.error.code, frame.error.message = code, message
        try:
            await asyncio.wait_for(connection.socket.send(frame.SerializeToString()), 1)
            await connection.socket.close(code, message[:100])
        except (ConnectionClosed, asyncio.TimeoutError):
            pass

    def _hello(self, connection):
        self._attempt += 1
        frame = Frame()
        hello = frame.hello
        hello.version, hello.library, hello.attempt, hello.name = 1, "standpipe-python", self._attempt, self._name
        if self._group is not None:
            hello.group.name = self._group["name"]
            for setting in ("order", "mode", "overflow"):
                setattr(hello.group, setting, self._group.get(setting, 0))
        hello.next_seq = 1
        if self._session:
            hello.session = self._session
            hello.proof = proof_of(self._secret, connection.nonce, self._attempt)
            hello.next_seq = self._outbox.first_seq
            here = [each for each in self._partitions.values() if each.state != LOST]
            # HELLO has a limit of 64 KiB. A range that is left out is not forgotten, or comes again and is known here.
            for partition in here:
                position = hello.positions.add()
                partition.write_position(position, min(MAX_RANGES, HELLO_RANGES // len(here)))
                position.wants_snapshot = partition.wants_snapshot
        self._moved.clear()
        self._earlier = {
            (partition, offset): len(event.data)
            for partition in self._partitions.values()
            for held in (partition.queued, partition.running)
            for offset, event in held.items()
        }
        hello.credit.messages, hello.credit.bytes = self._granted = self._room()
        for kind in self._rules:
            hello.rules.add(kind=getattr(RuleKind, kind))
        return frame.SerializeToString()

    def _room(self):
        """Credit less what still runs for earlier connections."""
        return max(0, MAX_MESSAGES - len(self._earlier)), max(0, MAX_BYTES - sum(self._earlier.values()))

    def _lost_connection(self):
        was_welcome = self._connection is not None
        self._connection = None
        self._stood_still = None
        for timer in self._returning.values():
            timer.cancel()
        self._returning.clear()
        self._ack_over()
        if was_welcome and self._group is not None and self._grace_s is not None:
            self._grace_timer = asyncio.get_running_loop().call_later(self._grace_s, self._lanes.pause)

    # ---- reading ----

    async def _read(self, connection):
        while True:
            data = await connection.socket.recv()
            connection.heard = time.monotonic()
            if len(data) > connection.frame_bytes:
                raise ProtocolError("a frame above the limit", 4413)
            frame = decode(data)
            if frame is None or connection.error_code is not None:
                continue
            body = frame.WhichOneof("body")
            if connection.welcome_at is None and body not in ("welcome", "error", "bye"):
                raise ProtocolError(f"{body} before WELCOME")
            handler = self._FRAMES.get(body)
            if handler is None:
                raise ProtocolError(f"{body} goes from the client to the gateway")
            handler(self, connection, getattr(frame, body))
            if connection.heard_bye:
                await connection.socket.close(1000)
                return

    def _on_welcome(self, connection, welcome):
        if connection.welcome_at is not None:
            raise ProtocolError("a second WELCOME")
        if welcome.version != 1:
            raise ProtocolError(f"version {welcome.version}")
        resumed = welcome.verdict == Verdict.RESUMED
        if resumed and (not self._session or welcome.session != self._session):
            raise ProtocolError("another session than was asked for")
        if not resumed:
            self._session, self._secret = welcome.session, welcome.secret
            self._retire(welcome.node)
        self._outbox.welcome(resumed, welcome.next_seq)
        connection.welcome_at = time.monotonic()
        limits = welcome.limits
        connection.frame_bytes = limits.frame_bytes if limits.HasField("frame_bytes") else connection.frame_bytes
        connection.ping_s = (limits.ping_ms if limits.HasField("ping_ms") else 10_000) / 1000
        connection.dead_s = (limits.dead_ms if limits.HasField("dead_ms") else 25_000) / 1000
        self._node = welcome.node
        self._grace_s = welcome.grace_ms / 1000 if welcome.HasField("grace_ms") else None
        self._connection = connection
        connection.urgent.append(_frame("ready"))
        if resumed:
            assigned = {each.partition for each in welcome.assigned}
            for partition in list(self._partitions.values()):
                partition.connected()
                if partition.number not in assigned:
                    self._lose(partition)
            for each in welcome.assigned:
                self._assign(each, resumed=True)
        elif self._was_welcome or welcome.unhandled:
            self._told("reset", welcome.reason or "unhandled")
        self._was_welcome = True
        if self._grace_timer is not None:
            self._grace_timer.cancel()
            self._grace_timer = None
        self._outbox.command_ack(welcome.command_ack)
        self._resume()
        if self._moved or self._room() != self._granted:
            self._ack_soon()
        self._welcomed.set()
        self._told("welcome", Verdict.names[welcome.verdict])
        connection.wake.set()

    def _retire(self, node):
        """The session is gone: what has begun runs to its end, and nothing of it is acknowledged."""
        for partition in self._partitions.values():
            self._drop(partition.drop_queued(), partition)
            answers_for = partition.state != LOST
            partition.state = RETIRED
            if not partition.told or not answers_for:
                continue
            if self._group is None:
                self._carried_told[partition.number] = partition.told
            elif node != self._node:
                for kind, thing in sorted(partition.told):
                    ended = "CLOSE" if kind == "socket" else "VACATED"
                    self._lanes.push(Event(ended, (kind, thing), partition, **{kind: thing}))
            else:
                self._told("moved", sorted(partition.told))
        self._partitions.clear()
        self._moved.clear()

    def _on_assign(self, _, assign):
        for each in assign.assigned:
            self._assign(each)

    def _assign(self, each, resumed=False):
        if each.first_offset < 1:
            raise ProtocolError("first_offset 0")
        partition = self._partitions.get(each.partition)
        if partition is None or partition.epoch != each.epoch:
            if partition is not None:
                self._drop(partition.drop_queued(), partition)
                partition.state = RETIRED
            told = self._carried_told.pop(each.partition, partition.told if partition else ())
            new = Partition(each.partition, each.generation, each.epoch, each.first_offset, told)
            self._partitions[each.partition] = new
            return
        if partition.generation != each.generation or partition.state == LOST:
            self._drop(partition.assign(each.generation, each.first_offset), partition)
            self._mark(partition)
        elif resumed:
            partition.state = OWNED
        else:
            return
        partition.sent = each.first_offset - 1

    def _on_events(self, connection, events):
        connection.reads.define(events.names)
        if events.HasField("command_ack"):
            self._on_command_ack(connection, events.command_ack)
        for run in events.runs:
            partition = self._partitions.get(run.partition)
            if partition is None:
                raise ProtocolError(f"a run of partition {run.partition}, which was never assigned")
            late = run.generation < partition.generation or partition.state != OWNED
            if not late:
                partition.check_run(run)
                partition.skip_to(run.first_offset)
            for at, event in enumerate(run.events):
                channel = connection.reads.read(event.channel, event.channel_name)
                name = connection.reads.read(event.event, event.event_name)
                if not late:
                    self._on_event(partition, run.first_offset + at, event, channel, name)

    def _on_event(self, partition, offset, event, channel, name):
        if self._earlier.pop((partition, offset), None) is not None:
            self._grow()
        known = partition.knows(offset)
        partition.arrived(offset)
        if known:
            # A finished event that came again: its acknowledgement is not known over there.
            return self._mark(partition) if offset in partition.finished else None
        kind = EventKind.names.get(event.kind, "UNSPECIFIED")
        if kind == "UNSPECIFIED":
            partition.finished.add(offset, offset)
            return self._mark(partition)
        fields = {"socket": event.socket, "channel": channel, "name": name, "data": event.data}
        new = Event(kind, self._key(kind, event, channel), partition, offset, redelivered=event.redelivered, **fields)
        told = partition.take(new)
        for each in told:
            self._lanes.push(each)
        if not told:
            self._mark(partition)

    def _key(self, kind, event, channel):
        if kind in USER_KINDS:
            return "user", event.user
        if kind in CHANNEL_KINDS or (kind == "MESSAGE" and channel and self._by_channel()):
            return "channel", channel
        return "socket", event.socket

    def _by_channel(self):
        return self._group is not None and self._group.get("order") == 2

    def _on_gap(self, _, gap):
        partition = self._partitions.get(gap.partition)
        if partition is None or gap.first < 1 or gap.new_epoch < partition.epoch:
            raise ProtocolError(f"a GAP of partition {gap.partition} that cannot be")
        if partition.state != OWNED:
            return
        self._told("gap", gap.count)
        if gap.new_epoch == partition.epoch:
            partition.skip_to(gap.first)
            partition.sent = gap.first - 1
            partition.wants_snapshot = True
            return self._mark(partition)
        self._drop(partition.drop_queued(), partition)
        partition.state = RETIRED
        new = Partition(gap.partition, partition.generation, gap.new_epoch, gap.first, partition.told)
        self._partitions[gap.partition] = new

    def _on_snapshot(self, _, snapshot):
        partition = self._partitions.get(snapshot.partition)
        if partition is None:
            raise ProtocolError(f"a SNAPSHOT of partition {snapshot.partition}, which was never assigned")
        if partition.state != OWNED:
            return
        for each in partition.snapshot(snapshot):
            self._lanes.push(each)

    # ---- groups ----

    def _on_revoke(self, connection, revoke):
        partition = self._partitions.get(revoke.partition)
        if partition is None or partition.generation != revoke.generation or partition.state != OWNED:
            return
        partition.state = REVOKING
        self._drop(partition.drop_queued(), partition)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(revoke.deadline_ms / 1000, self._return, connection, partition)
        self._returning[partition] = timer
        if not partition.running:
            self._return(connection, partition)

    def _return(self, connection, partition):
        """Nothing of it runs any more, or the deadline has passed: RETURNED, behind the commands issued so far."""
        timer = self._returning.pop(partition, None)
        if timer is None or partition.state != REVOKING:
            return
        timer.cancel()
        connection.urgent.append((partition, self._outbox.next_seq))
        connection.wake.set()

    def _on_lost(self, _, lost):
        partition = self._partitions.get(lost.partition)
        if partition is not None and partition.generation == lost.generation:
            self._lose(partition)

    def _lose(self, partition):
        if partition.state == LOST:
            return
        partition.state = LOST
        self._drop(partition.drop_queued(), partition)
        timer = self._returning.pop(partition, None)
        if timer is not None:
            timer.cancel()
        self._moved.discard(partition)
        if partition.told:
            self._told("moved", sorted(partition.told))
        partition.forget()

    # ---- handlers ----

    def _drop(self, events, partition):
        self._lanes.drop(events)
        for event in events:
            if self._earlier.pop((partition, event.offset), None) is not None:
                self._grow()

    def _may_begin(self):
        """False when this process stood still for so long that others may own its partitions by now."""
        if self._group is None or self._grace_s is None or self._connection is None:
            return True
        if time.monotonic() - self._ticked <= self._grace_s:
            return True
        self._ticked = self._stood_still = time.monotonic()
        self._lanes.pause()
        self._ping(self._connection, self._stood_still)
        return False

    def _resume(self):
        if not self._ending:
            self._lanes.resume()

    def _begin(self, event):
        if event.partition.state != RETIRED:
            event.partition.begin(event)

    async def _handled(self, event):
        try:
            await self._handle(event)
        except Exception as error:  # a handler that fails has ended, too
            self._told("error", error)

    def _ended(self, event):
        partition = event.partition
        partition.end(event)
        if self._earlier.pop((partition, event.offset), None) is not None:
            self._grow()
        if self._partitions.get(partition.number) is partition:
            self._mark(partition)
            if partition.state == REVOKING and not partition.running and self._connection is not None:
                self._return(self._connection, partition)

    # ---- commands ----

    def trigger(self, verb, name, data, channel="", socket="", cause=None, delivered=False):
        """A command. The future has its outcome: `applied`, `refused` or `unknown`, and the receipt or the code."""
        text = json.dumps(data, separators=(",", ":")).encode()
        outcome = asyncio.get_running_loop().create_future()
        origin = None
        if cause is not None and cause.offset is not None:
            origin = (cause.partition.number, cause.generation, cause.offset, cause.answers)
            cause.answers += 1

        def write(command, handle):
            command.verb, command.data, command.socket = getattr(Verb, verb), text, socket
            for field, word in (("channel", channel), ("event", name)):
                number = handle(word)
                setattr(command, *((field, number) if number else (f"{field}_name", word)))
            if origin is not None:
                to = command.origin
                to.partition, to.generation, to.offset, to.index = origin
            if delivered:
                command.receipt = Receipts.DELIVERED

        self._outbox.add(write, len(text), lambda *end: outcome.done() or outcome.set_result(end))
        if self._connection is not None:
            self._connection.wake.set()
        return outcome

    def _on_command_ack(self, connection, ack):
        self._outbox.command_ack(ack)
        connection.wake.set()

    # ---- writing ----

    def _mark(self, partition):
        """The position has moved."""
        if not partition.acknowledges:
            return
        self._moved.add(partition)
        self._finished_since_ack += 1
        self._ack_soon(self._finished_since_ack >= MAX_MESSAGES // 4)

    def _grow(self):
        self._ack_soon()

    def _ack_soon(self, now=False):
        if self._connection is None:
            return
        if self._ack_timer is None:
            self._ack_timer = asyncio.get_running_loop().call_later(ACK_S, self._ack_now)
        if now:
            self._ack_now()

    def _ack_now(self):
        self._ack_due = True
        if self._connection is not None:
            self._connection.wake.set()

    def _ack_over(self):
        if self._ack_timer is not None:
            self._ack_timer.cancel()
        self._ack_timer, self._ack_due = None, False
        self._finished_since_ack = 0

    def _write_ack(self, ack):
        for partition in self._moved:
            if partition.acknowledges:
                partition.write_position(ack.positions.add())
        room = self._room()
        if room != self._granted:
            ack.credit.messages, ack.credit.bytes = self._granted = room
        self._moved.clear()
        self._ack_over()

    async def _write(self, connection):
        while True:
            await connection.wake.wait()
            connection.wake.clear()
            while (frame := self._next(connection)) is not None:
                connection.spoke = time.monotonic()
                await connection.socket.send(frame.SerializeToString())

    def _next(self, connection):
        """The next frame to send; None when there is none."""
        if self._connection is not connection or connection.sent_bye:
            return None
        for at, each in enumerate(connection.urgent):
            if isinstance(each, tuple) and self._outbox.next_to_send < each[1]:
                continue
            del connection.urgent[at]
            frame = self._returned(each[0]) if isinstance(each, tuple) else each
            if frame is not None:
                return frame
            return self._next(connection)
        frame = Frame()
        if self._outbox.write(frame.commands, connection.writes):
            if self._moved:
                self._write_ack(frame.commands.ack)
            return frame
        if self._ack_due or (connection.said_bye and self._moved):
            frame = Frame()
            self._write_ack(frame.ack)
            if frame.ack.positions or frame.ack.HasField("credit"):
                return frame
        if connection.said_bye:
            connection.sent_bye = True
            return _frame("bye")
        return None

    def _returned(self, partition):
        if partition.state != REVOKING:
            return None
        partition.state = RETURNED
        self._moved.discard(partition)
        frame = Frame()
        partition.write_position(frame.returned.position)
        return frame

    # ---- the other frames ----

    async def _beat(self, connection):
        """PING after silence of this side, the end after silence of the other."""
        silent_ticks = 0
        while True:
            tick_s = min(connection.ping_s, connection.dead_s, 10 * (self._grace_s or 1)) / 20
            await asyncio.sleep(tick_s)
            now = time.monotonic()
            stood_still = now - self._ticked > 3 * tick_s
            self._ticked = now
            if connection.welcome_at is not None and now - connection.welcome_at > HEALTHY_S:
                self._backoff.reset()
            if connection.welcome_at is not None and now - connection.spoke >= connection.ping_s:
                self._ping(connection, now)
            # What arrived while the process stood still is read before it is judged.
            silent = now - connection.heard > connection.dead_s and not stood_still
            silent_ticks = silent_ticks + 1 if silent else 0
            if silent_ticks > 1:
                await self._fail(connection, [], 4430, "nothing was heard for dead_ms")
                return

    def _ping(self, connection, time_of):
        ping = _frame("ping")
        ping.ping.time = time_of
        connection.urgent.append(ping)
        connection.wake.set()

    def _on_ping(self, connection, ping):
        pong = _frame("pong")
        pong.pong.time = ping.time
        connection.urgent.append(pong)
        connection.wake.set()

    def _on_pong(self, _, pong):
        if pong.time == self._stood_still:
            self._stood_still = None
            self._resume()

    def _on_query(self, connection, query):
        reply = _frame("reply")
        reply.reply.id, reply.reply.error.code = query.id, 4218
        reply.reply.error.message = f"unknown method {query.method[:100]!r}"
        connection.urgent.append(reply)
        connection.wake.set()

    def _on_go_away(self, _, go_away):
        self._told("go_away", go_away.reason)

    def _on_bye(self, connection, _):
        connection.heard_bye = True

    def _on_error(self, connection, error):
        connection.error_code = error.code
        self._told("error", ProtocolError(error.message, error.code))

    def _ignore(self, *_):
        """SUBSCRIBED and REPLY: this client asks for neither, and ids that are not open are ignored."""

    _FRAMES = {
        "welcome": _on_welcome,
        "events": _on_events,
        "command_ack": _on_command_ack,
        "subscribed": _ignore,
        "gap": _on_gap,
        "snapshot": _on_snapshot,
        "assign": _on_assign,
        "revoke": _on_revoke,
        "lost": _on_lost,
        "query": _on_query,
        "reply": _ignore,
        "ping": _on_ping,
        "pong": _on_pong,
        "go_away": _on_go_away,
        "bye": _on_bye,
        "error": _on_error,
    }


def _frame(body):
    frame = Frame()
    getattr(frame, body).SetInParent()
    return frame
