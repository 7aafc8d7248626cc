"""The client as `standpipe conformance` wants it: `standpipe conformance --contract` says what it has to do."""

import asyncio
import json
import os

from client import Client
from codec import Mode, Order, Overflow


class Program:
    def __init__(self, env):
        address = {
            "host": env["STANDPIPE_HOST"],
            "port": int(env["STANDPIPE_PORT"]),
            "app_id": env["STANDPIPE_APP_ID"],
            "key": env["STANDPIPE_APP_KEY"],
            "secret": env["STANDPIPE_APP_SECRET"],
        }
        name = env.get("STANDPIPE_GROUP", "")
        settings = {"order": Order.SOCKET, "mode": Mode.STICKY, "overflow": Overflow.GAP}
        group = {"name": name, **settings} if name else None
        self.client = Client(address, ["SOCKET", "MESSAGE", "CHANNEL"], self._handle, self._told, group)

    def _report(self, name, data):
        self.client.trigger("TRIGGER_CHANNEL", name, data, channel="conformance")

    def _told(self, what, _):
        if what in ("gap", "reset"):
            self._report(what, {})

    async def _handle(self, event):
        if event.kind in ("OPEN", "CLOSE"):
            self._report(event.kind.lower(), {"socket": event.socket})
        elif event.kind in ("OCCUPIED", "VACATED"):
            self._report(event.kind.lower(), {"channel": event.channel})
        elif event.kind == "MESSAGE":
            await self._message(event)

    async def _message(self, event):
        # Data may be absent, which is no JSON text.
        asked = json.loads(event.data or b"null")
        asked = asked if isinstance(asked, dict) else {}
        self._report("begin", {"event": event.name, "socket": event.socket})
        self._answer(event, asked)
        if "publish" in asked:
            outcome = self.client.trigger("TRIGGER_CHANNEL", asked["publish"], {}, channel="room")
            outcome.add_done_callback(lambda ended: self._settled(asked["publish"], ended))
        if "ms" in asked:
            await asyncio.sleep(asked["ms"] / 1000)
            self._answer(event, asked)
        self._report("end", {"event": event.name, "socket": event.socket})

    def _answer(self, event, asked):
        if asked.get("answer"):
            self.client.trigger("TRIGGER_SOCKET", "answer", {}, socket=event.socket, cause=event)

    def _settled(self, name, ended):
        if not ended.cancelled():
            self._report("outcome", {"name": name, "outcome": ended.result()[0]})


async def main():
    await Program(os.environ).client.run()
    # A client that stays closed is there all the same until it is ended.
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
