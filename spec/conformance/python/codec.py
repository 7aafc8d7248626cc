"""Frames as bytes: section Bytes of proto/PROTOCOL.md, on top of the protobuf library and the schema beside the page."""

import subprocess
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

PROTO = Path(__file__).resolve().parents[3] / "proto"
MAX_UINT53 = 2**53 - 1
MAX_UINT32 = 2**32 - 1
MAX_RANGES = 1024
MAX_BATCH = 1024
MAX_ENTRIES = 65_536
MAX_RULES = 1000
MAX_NAME_BYTES = 1024
MAX_NAMES = 65_536
MAX_NAMES_BYTES = 4 * 2**20
FRAME_BYTES = 2**20


class ProtocolError(Exception):
    """A frame that must be refused, with the close code of the connection it came on."""

    def __init__(self, message, code=4400):
        super().__init__(message)
        self.code = code


def _schema():
    """The schema, read by protoc: there is no generated code to keep."""
    command = ["protoc", f"-I{PROTO}", "--descriptor_set_out=/dev/stdout", "pipe.proto"]
    files = descriptor_pb2.FileDescriptorSet.FromString(subprocess.run(command, check=True, capture_output=True).stdout)
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool


_POOL = _schema()
_FRAME = _POOL.FindMessageTypeByName("standpipe.v1.Frame")
# Newer protobuf libraries have a function where older ones have a method.
if hasattr(message_factory, "GetMessageClass"):
    Frame = message_factory.GetMessageClass(_FRAME)
else:
    Frame = message_factory.MessageFactory(_POOL).GetPrototype(_FRAME)


class _Enum:
    """Numbers of an enum by their names without the prefix, and names by their numbers."""

    def __init__(self, name, prefix):
        values = _POOL.FindEnumTypeByName(f"standpipe.v1.{name}").values
        self.names = {value.number: value.name[len(prefix) :] for value in values}
        for value in values:
            setattr(self, value.name[len(prefix) :], value.number)


EventKind = _Enum("EventKind", "EVENT_KIND_")
RuleKind = _Enum("RuleKind", "RULE_KIND_")
Verdict = _Enum("Verdict", "VERDICT_")
Verb = _Enum("Verb", "VERB_")
Order = _Enum("Order", "ORDER_")
Mode = _Enum("Mode", "MODE_")
Overflow = _Enum("Overflow", "OVERFLOW_")
Receipts = _Enum("Receipts", "RECEIPTS_")


def decode(data):
    """The frame in a binary message; None when its body is one of a later version."""
    if not isinstance(data, bytes):
        raise ProtocolError("a text message")
    if not data:
        raise ProtocolError("an empty message")
    bodies = _scan(_FRAME, data, 0, len(data))
    if bodies > 1:
        raise ProtocolError("more than one body")
    try:
        frame = Frame.FromString(data)
    except DecodeError as error:
        raise ProtocolError(str(error)) from error
    body = frame.WhichOneof("body")
    if body is None:
        return None
    _check(getattr(frame, body))
    return frame


def _varint(data, at, end):
    value = shift = 0
    while True:
        if at >= end or shift > 63:
            raise ProtocolError("a number without an end")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & (2**64 - 1), at
        shift += 7


def _number(field, value):
    """Checks a number that protobuf libraries cut without a word, or that is above what the protocol allows."""
    if field.type in (field.TYPE_UINT32, field.TYPE_ENUM) and value > MAX_UINT32:
        raise ProtocolError(f"{field.name} has more than 32 bits")
    if field.type == field.TYPE_UINT64 and value > MAX_UINT53:
        raise ProtocolError(f"{field.name} is above 2^53-1")


def _scan(message, data, at, end):
    """Rules about bytes that the protobuf library does not keep. Returns the number of known fields."""
    known = 0
    while at < end:
        tag, at = _varint(data, at, end)
        number, wire = tag >> 3, tag & 7
        if not 0 < number < 2**29:
            raise ProtocolError("a field number out of range")
        field = message.fields_by_number.get(number)
        if wire == 0:
            value, at = _varint(data, at, end)
            if field is not None:
                _number(field, value)
        elif wire == 1:
            at += 8
        elif wire == 2:
            length, at = _varint(data, at, end)
            if length > end - at:
                raise ProtocolError("a length past the end")
            if field is not None:
                known += field.type == field.TYPE_MESSAGE
                _bytes(field, data, at, at + length)
            at += length
        elif wire == 5:
            at += 4
        else:
            raise ProtocolError(f"wire type {wire}")
        if at > end:
            raise ProtocolError("a number cut short")
    return known


TEXT_BYTES = ("data", "params", "result")


def _bytes(field, data, at, end):
    if field.type == field.TYPE_MESSAGE:
        _scan(field.message_type, data, at, end)
    elif field.type == field.TYPE_STRING or (field.type == field.TYPE_BYTES and field.name in TEXT_BYTES):
        try:
            data[at:end].decode("utf-8")
        except UnicodeDecodeError as error:
            raise ProtocolError(f"{field.name} is not UTF-8") from error
    elif field.type in (field.TYPE_UINT32, field.TYPE_UINT64):
        while at < end:
            value, at = _varint(data, at, end)
            _number(field, value)


KNOWN_ENUMS = {"Verdict": False, "Order": True, "Mode": True, "Overflow": True, "Receipts": True}


def _check(message):
    """Rules about values, of a message and all that it holds."""
    kind = message.DESCRIPTOR.name
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.label == field.LABEL_REPEATED and len(value) > MAX_ENTRIES:
            raise ProtocolError(f"too many {field.name}")
        if field.type == field.TYPE_ENUM and field.enum_type.name in KNOWN_ENUMS:
            zero_allowed = KNOWN_ENUMS[field.enum_type.name]
            if value not in field.enum_type.values_by_number or (value == 0 and not zero_allowed):
                raise ProtocolError(f"{field.name} is {value}")
        elif field.type == field.TYPE_DOUBLE and not 0 <= value < float("inf"):
            raise ProtocolError(f"{field.name} is no time")
        elif field.type == field.TYPE_MESSAGE:
            if field.label == field.LABEL_REPEATED:
                for each in value:
                    _check(each)
            elif message.HasField(field.name):
                _check(value)
    check = _CHECKS.get(kind)
    if check is not None:
        check(message)


def _position(position):
    if len(position.finished) > MAX_RANGES:
        raise ProtocolError("too many ranges")
    above = position.offset
    for each in position.finished:
        if each.first < above + 2 or each.last < each.first:
            raise ProtocolError("finished ranges must ascend and lie apart")
        above = each.last


def _sequence(first, count):
    if first < 1 or first + max(count, 1) - 1 > MAX_UINT53:
        raise ProtocolError("numbers out of range")
    if count > MAX_BATCH:
        raise ProtocolError("too many at once")


def _run(run):
    _sequence(run.first_offset, len(run.events))
    if run.skipped >= run.first_offset:
        raise ProtocolError("a run skips more than lies before it")


def _events(events):
    if len(events.runs) > MAX_BATCH or sum(len(run.events) for run in events.runs) > MAX_BATCH:
        raise ProtocolError("too many events")


def _named(message):
    if (message.channel and message.channel_name) or (message.event and message.event_name):
        raise ProtocolError("a name both as a handle and in line")


def _command(command):
    _named(command)
    if sum(handle == 0 for handle in command.channels) != len(command.channel_names):
        raise ProtocolError("channel_names must have one name for each 0 in channels")


def _name(name):
    if not 1 <= len(name.name.encode()) <= MAX_NAME_BYTES:
        raise ProtocolError("a name must have 1 to 1024 bytes")


_CHECKS = {
    "Position": _position,
    "Run": _run,
    "Events": _events,
    "Event": _named,
    "Commands": lambda commands: _sequence(commands.first_seq, len(commands.commands)),
    "Command": _command,
    "Name": _name,
}


class NameReader:
    """Names of one connection that the other side defined."""

    def __init__(self):
        self._names = [""]
        self._bytes = 0

    def define(self, names):
        for each in names:
            self._bytes += len(each.name.encode())
            if each.handle != len(self._names):
                raise ProtocolError("handles are defined one after the other")
            if each.handle > MAX_NAMES or self._bytes > MAX_NAMES_BYTES:
                raise ProtocolError("too many names")
            self._names.append(each.name)

    def read(self, handle, in_line):
        if handle >= len(self._names):
            raise ProtocolError(f"the handle {handle} is not defined")
        return self._names[handle] if handle else in_line


class NameWriter:
    """Names of one connection that this side defines."""

    def __init__(self):
        self._handles = {}
        self._bytes = 0

    def handle(self, name, definitions):
        """The handle of a name, defined first where it has none; 0 when it has to travel in line."""
        known = self._handles.get(name)
        size = len(name.encode())
        if known is not None or size == 0 or size > MAX_NAME_BYTES:
            return known or 0
        if len(self._handles) >= MAX_NAMES or self._bytes + size > MAX_NAMES_BYTES:
            return 0
        handle = self._handles[name] = len(self._handles) + 1
        self._bytes += size
        definitions.add(handle=handle, name=name)
        return handle
