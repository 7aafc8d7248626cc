"""A client of the Pipe protocol that follows proto/PROTOCOL.md: the session, and commands."""

import asyncio
import json

from codec import Frame, ProtocolError, Receipts, RuleKind, Verb, Verdict
from connection import Connection, frame_of
from dial import Backoff, Dialler, Refused, proof_of
from inbox import Inbox
from outbox import Outbox

DIAL_S = 10
BYE_S = 2
OUTCOMES_S = 10
HEALTHY_S = 10
STAY_CLOSED = {4401, 4409, 4410}


class Client:
    """`rules` are the names of RuleKind; `handle(event)` is a coroutine; `told(what, detail)` hears of the session."""

    def __init__(self, address, rules, handle, told=lambda what, detail: None, group=None, name="", backoff=None):
        self._dialler = Dialler(**address)
        self._rules, self._told = rules, told
        self._group, self._name = group, name
        self._backoff = backoff or Backoff()
        self._session, self._secret, self._attempt = b"", b"", 0
        self._outbox = Outbox()
        self._inbox = Inbox(group, name, handle, told, self._outbox, self._wake, self._ping)
        self._connection = None
        self._is_ending = False
        self._welcomed = asyncio.Event()

    async def run(self):
        """Keeps a session until it ends: by `disconnect`, or by a refusal after which a client stays closed."""
        while not self._is_ending:
            not_before_s = 0
            try:
                socket, nonce = await asyncio.wait_for(self._dialler.dial(), DIAL_S)
            except Refused as refusal:
                self._told("refused", refusal)
                if refusal.final:
                    return
                not_before_s = refusal.retry_after_s
            except Exception as error:  # a dial may fail in as many ways as there are networks
                self._told("error", error)
            else:
                code = await self._live(Connection(socket, nonce, self))
                if code in STAY_CLOSED:
                    return
            if not self._is_ending:
                await asyncio.sleep(not_before_s + self._backoff.next())

    async def welcomed(self):
        await self._welcomed.wait()

    async def disconnect(self):
        """Ends what runs, waits for the outcomes of commands, and says BYE: in a group everything goes to the others."""
        await self._inbox.stop()
        try:
            await asyncio.wait_for(self._outbox.empty(), OUTCOMES_S)
        except asyncio.TimeoutError:
            self._told("error", TimeoutError("commands have no outcome"))
        self._is_ending = True
        if self._connection is None:
            return
        self._connection.bye()
        socket = self._connection.socket
        try:
            await asyncio.wait_for(socket.wait_closed(), BYE_S)
        except asyncio.TimeoutError:
            await socket.close(1000)

    async def _live(self, connection):
        self._connection = connection
        code = await connection.live(self._hello(connection))
        self._connection = None
        self._inbox.disconnected()
        if code == 4403:
            self._session, self._secret = b"", b""
        self._told("disconnected", code)
        return code

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
            self._inbox.hello(hello)
        self._inbox.acks.hello(self._inbox.partitions, hello.credit)
        for kind in self._rules:
            hello.rules.add(kind=getattr(RuleKind, kind))
        return frame

    # ---- called by the connection ----

    def received(self, body, message):
        handler = self._FRAMES.get(body)
        if handler is None:
            raise ProtocolError(f"{body} goes from the client to the gateway")
        handler(self, message)

    def next_frame(self):
        frame = self._inbox.next_returned()
        if frame is not None:
            return frame
        acks = self._inbox.acks
        frame = Frame()
        if self._outbox.write(frame.commands, self._connection.writes):
            if acks.has_positions:
                acks.write(frame.commands.ack)
            return frame
        frame = Frame()
        due = acks.is_due or (self._connection.is_ending and acks.has_positions)
        return frame if due and acks.write(frame.ack) else None

    def ticked(self, now):
        self._inbox.ticked(now)
        at = self._connection.welcome_at if self._connection is not None else None
        if at is not None and now - at > HEALTHY_S:
            self._backoff.reset()

    def _wake(self):
        if self._connection is not None:
            self._connection.wake()

    def _ping(self, time_of):
        if self._connection is not None:
            self._connection.ping(time_of)

    # ---- frames ----

    def _on_welcome(self, welcome):
        connection = self._connection
        if connection.welcome_at is not None:
            raise ProtocolError("a second WELCOME")
        if welcome.version != 1:
            raise ProtocolError(f"version {welcome.version}")
        resumed = welcome.verdict == Verdict.RESUMED
        if resumed and (not self._session or welcome.session != self._session):
            raise ProtocolError("another session than was asked for")
        self._outbox.welcome(resumed, welcome.next_seq)
        grace_s = welcome.grace_ms / 1000 if self._group and welcome.HasField("grace_ms") else None
        connection.welcomed(welcome.limits, grace_s)
        self._inbox.welcome(welcome, resumed)
        if not resumed:
            self._session, self._secret = welcome.session, welcome.secret
            if self._welcomed.is_set() or welcome.unhandled:
                self._told("reset", welcome.reason or "unhandled")
        self._outbox.command_ack(welcome.command_ack)
        self._inbox.opened()
        self._welcomed.set()
        self._told("welcome", Verdict.names[welcome.verdict])

    def _on_events(self, events):
        names = self._connection.reads
        names.define(events.names)
        if events.HasField("command_ack"):
            self._on_command_ack(events.command_ack)
        self._inbox.events(events, names)

    def _on_command_ack(self, ack):
        self._outbox.command_ack(ack)
        self._wake()

    def _on_query(self, query):
        reply = frame_of("reply")
        reply.reply.id, reply.reply.error.code = query.id, 4218
        reply.reply.error.message = f"unknown method {query.method[:100]!r}"
        self._connection.push(reply)

    def _on_go_away(self, go_away):
        self._told("go_away", go_away.reason)

    def _on_error(self, error):
        self._told("error", ProtocolError(error.message, error.code))

    def _ignore(self, _):
        """SUBSCRIBED and REPLY: this client asks for neither, and ids that are not open are ignored."""

    _FRAMES = {
        "welcome": _on_welcome,
        "events": _on_events,
        "command_ack": _on_command_ack,
        "subscribed": _ignore,
        "gap": lambda self, gap: self._inbox.gap(gap),
        "snapshot": lambda self, snapshot: self._inbox.snapshot(snapshot),
        "assign": lambda self, assign: self._inbox.assign(assign),
        "revoke": lambda self, revoke: self._inbox.revoke(revoke),
        "lost": lambda self, lost: self._inbox.lost(lost),
        "query": _on_query,
        "reply": _ignore,
        "pong": lambda self, pong: self._inbox.pong(pong),
        "go_away": _on_go_away,
        "error": _on_error,
    }

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
        self._wake()
        return outcome
