"""The vectors of proto/vectors.json as a test of the codec and the signatures: prints what fails, and how many held."""

import json
import sys

from google.protobuf.json_format import MessageToDict, ParseDict

from codec import PROTO, Frame, ProtocolError, decode
from dial import proof_of, signature_of


def failures(vectors):
    signed = vectors["signature"]
    path, key, at, secret = (signed[name] for name in ("path", "key", "timestamp", "secret"))
    if signature_of("GET", path, key, at, secret) != signed["signature"]:
        yield "signature"
    proof = vectors["proof"]
    if proof_of(bytes.fromhex(proof["secret"]), proof["nonce"], proof["attempt"]).hex() != proof["proof"]:
        yield "proof"
    for vector in vectors["frames"]:
        data = bytes.fromhex(vector["hex"])
        try:
            frame = decode(data)
        except ProtocolError as error:
            yield f"{vector['type']}: refused, {error}"
            continue
        if frame is None or MessageToDict(frame) != vector["json"]:
            yield f"{vector['type']}: read as {frame}"
        if decode(ParseDict(vector["json"], Frame()).SerializeToString()) != frame:
            yield f"{vector['type']}: written otherwise"
    for vector in vectors["bad"]:
        try:
            decode(bytes.fromhex(vector["hex"]))
        except ProtocolError as error:
            if error.code != vector["code"]:
                yield f"{vector['title']}: refused with {error.code}"
        else:
            if not vector.get("may"):
                yield f"{vector['title']}: taken"


if __name__ == "__main__":
    all_vectors = json.loads((PROTO / "vectors.json").read_text())
    failed = list(failures(all_vectors))
    for each in failed:
        print(each)
    count = 2 + len(all_vectors["frames"]) + len(all_vectors["bad"])
    print(f"{count - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)
