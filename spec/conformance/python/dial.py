"""The way to a connection: section Connecting of proto/PROTOCOL.md."""

import hashlib
import hmac
import random
import time
from email.utils import parsedate_to_datetime

from websockets.exceptions import InvalidStatusCode
from websockets.legacy.client import connect

from codec import FRAME_BYTES

SUBPROTOCOL = "standpipe.v1"
NEVER_AGAIN = {"bad_subprotocol", "missing_parameter", "unknown_key", "bad_version", "bad_timestamp", "bad_signature"}


def signature_of(method, path, key, timestamp, secret):
    """Signature in hex of the three lines: method, path, parameters."""
    lines = [method, path, f"auth_key={key}&auth_timestamp={timestamp}&auth_version=1.0"]
    return hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def proof_of(secret, nonce, attempt):
    """Proof that HELLO has with a session, 32 bytes."""
    return hmac.new(secret, f"{nonce}.{attempt}".encode(), hashlib.sha256).digest()


class Refused(Exception):
    """An HTTP answer other than 101."""

    def __init__(self, status, code, retry_after_s):
        super().__init__(f"{status} {code}")
        self.code = code
        self.final = code in NEVER_AGAIN
        self.retry_after_s = retry_after_s


class Dialler:
    """Opens signed connections. Keeps how far the gateway's clock is from this one, once it is told."""

    def __init__(self, host, port, app_id, key, secret):
        self._host, self._port = host, port
        self._path = f"/pipe/{app_id}"
        self._key, self._secret = key, secret
        self._clock_offset_s = 0

    async def dial(self):
        """A WebSocket, and the nonce of its answer."""
        at = int(time.time() + self._clock_offset_s)
        signature = signature_of("GET", self._path, self._key, at, self._secret)
        parameters = f"auth_key={self._key}&auth_timestamp={at}&auth_version=1.0&auth_signature={signature}"
        try:
            socket = await connect(
                f"ws://{self._host}:{self._port}{self._path}",
                subprotocols=[SUBPROTOCOL],
                extra_headers={"Authorization": f"Standpipe {parameters}"},
                compression=None,
                # The client itself refuses what is too long, with the code of the protocol.
                max_size=2 * FRAME_BYTES,
                ping_interval=None,
                close_timeout=2,
            )
        except InvalidStatusCode as error:
            code = error.headers.get("Standpipe-Error", "")
            if code == "expired" and "Date" in error.headers:
                self._clock_offset_s = parsedate_to_datetime(error.headers["Date"]).timestamp() - time.time()
            after = error.headers.get("Retry-After", "0")
            raise Refused(error.status_code, code, int(after) if after.isdigit() else 0) from error
        return socket, socket.response_headers.get("Standpipe-Nonce", "")


class Backoff:
    """Seconds to wait before the next connect. The first failure is the loss of a healthy connection."""

    def __init__(self, base_s=0.5, max_s=30.0):
        self._base_s, self._max_s = base_s, max_s
        self.failures = 0

    def next(self):
        self.failures += 1
        return random.uniform(0, min(self._max_s, self._base_s * 2 ** min(self.failures, 30)))

    def reset(self):
        self.failures = 0
