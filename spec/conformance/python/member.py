"""A backend that writes down what it handles and answers it, as spec/faults/children/backend.ts does in Node.

Its options are those of that program, as JSON in CHILD_OPTIONS, and `takesMs`, the time that a handler takes besides. It says its name when it has a session. SIGTERM makes it
disconnect; it ends, too, when its standard input does.
"""

import asyncio
import json
import os
import signal
import sys
import time

from client import Client
from codec import Mode, Order, Overflow
from dial import Backoff


def sum_of(text):
    """Checksum of spec/support/ledger.ts: FNV-1a over UTF-16, with the finisher of MurmurHash3."""
    units = text.encode("utf-16-le")
    value = 0x811C9DC5
    for at in range(0, len(units), 2):
        value = (value ^ int.from_bytes(units[at : at + 2], "little")) * 0x01000193 & 0xFFFFFFFF
    value = (value ^ (value >> 16)) * 0x85EBCA6B & 0xFFFFFFFF
    value = (value ^ (value >> 13)) * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ (value >> 16)


class Ledger:
    def __init__(self, path):
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(self, kind, **fields):
        line = {"type": kind, **fields, "atNs": str(time.clock_gettime_ns(time.CLOCK_MONOTONIC))}
        os.write(self._file, (json.dumps(line) + "\n").encode())


class Member:
    def __init__(self, options):
        self._name = options["name"]
        self._ledger = Ledger(options["ledger"])
        self._takes_ms = options.get("takesMs", 0)
        self._answers = options.get("answers", False)
        self._answered = self.connects = 0
        client = options["client"]
        address = {"host": client.get("host", "127.0.0.1"), "port": client["port"]}
        address.update(app_id=client["appId"], key=client["key"], secret=client["secret"])
        group = None
        if client.get("group"):
            settings = {"order": Order.SOCKET, "mode": Mode.STICKY, "overflow": Overflow.GAP}
            group = {"name": client["group"], **settings}
        backoff = client.get("backoff", {"baseMs": 500, "maxMs": 30_000})
        self.client = Client(
            address,
            ["MESSAGE"],
            self._handle,
            self._told,
            group,
            backoff=Backoff(backoff["baseMs"] / 1000, backoff["maxMs"] / 1000),
        )

    def _told(self, what, detail):
        if what == "gap":
            self._ledger.write("announced", process=self._name, **({"count": detail} if detail else {}))
        elif what == "reset":
            self._ledger.write("announced", process=self._name)
        elif what == "welcome":
            self.connects += 1
        elif what == "error" and getattr(detail, "code", None) is not None:
            print(f"{self._name}: {detail.code} {detail}", file=sys.stderr, flush=True)

    async def _handle(self, event):
        if event.kind != "MESSAGE" or event.name != "say":
            return
        n = json.loads(event.data)["n"]
        named = {"process": self._name, "key": event.socket, "n": n}
        self._ledger.write("began", **named, sum=sum_of(event.data.decode()), redelivered=event.redelivered)
        await asyncio.sleep((self._takes_ms + n % 3) / 1000)
        if self._answers:
            self._answer(event)
        self._ledger.write("ended", **named)

    def _answer(self, event):
        self._answered += 1
        answer = {"process": self._name, "n": self._answered}
        self._ledger.write("sent", **answer, browsers=[event.socket])
        outcome = self.client.trigger("TRIGGER_SOCKET", "answer", answer, socket=event.socket, cause=event)

        def settled(ended):
            if not ended.cancelled():
                word = {"applied": "ok"}.get(ended.result()[0], ended.result()[0])
                self._ledger.write("settled", **answer, outcome=word)

        outcome.add_done_callback(settled)


async def ended_input():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


async def main():
    member = Member(json.loads(os.environ["CHILD_OPTIONS"]))
    running = asyncio.ensure_future(member.client.run())
    orphaned = asyncio.ensure_future(ended_input())
    leaving = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, leaving.set)
    await member.client.welcomed()
    print(json.dumps({"name": member._name}), flush=True)
    left = asyncio.ensure_future(leaving.wait())
    await asyncio.wait({running, orphaned, left}, return_when=asyncio.FIRST_COMPLETED)
    if leaving.is_set():
        await member.client.disconnect()
        print(json.dumps({"connects": member.connects}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
