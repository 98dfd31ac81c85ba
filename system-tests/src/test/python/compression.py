"""Compression of requests and responses. Usage: see wires.py. The server compresses gRPC's responses for whom understands it."""
import gzip
import json
import queue
import sys
import zlib

import numpy as np

from wires import Wire

BODY = json.dumps({
    "inputs": [{"name": n, "shape": [1, 16], "datatype": "INT32", "data": list(range(16))} for n in ("INPUT0", "INPUT1")]
}).encode()


def http(wire):
    ones = np.ones((1, 16), dtype=np.int32)
    for there in (None, "gzip", "deflate"):
        for back in (None, "gzip", "deflate"):
            for binary in (True, False):
                result = wire.client.infer(
                    "simple",
                    wire.simple(ones, ones, binary),
                    outputs=[wire.output("OUTPUT0", binary)],
                    request_compression_algorithm=there,
                    response_compression_algorithm=back,
                )
                wire.ok(np.array_equal(result.as_numpy("OUTPUT0"), ones + ones), f"{there} there, {back} back, {binary}")
    for coding, pack, unpack in (("gzip", gzip.compress, gzip.decompress), ("deflate", zlib.compress, zlib.decompress)):
        status, headers, body = wire.http(
            "/v2/models/simple/infer", pack(BODY), **{"Content-Encoding": coding, "Accept-Encoding": coding}
        )
        wire.ok(status == 200 and headers["Content-Encoding"] == coding, f"the response's coding is {coding}")
        wire.ok(json.loads(unpack(body))["outputs"][1]["data"] == [0] * 16, "and its body is in it")
    status, headers, _ = wire.http("/v2/models/simple/infer", BODY)
    wire.ok(status == 200 and headers["Content-Encoding"] is None, "nothing is compressed unasked")
    status, _, body = wire.http("/v2/models/simple/infer", BODY, **{"Content-Encoding": "gzip"})
    wire.ok(status == 400, f"what is not gzip is refused: {body}")


def over_grpc(wire):
    values = np.random.default_rng(1).standard_normal(150528).astype(np.float32)
    for algorithm in (None, "gzip", "deflate"):
        result = wire.client.infer("identity_fp32", [wire.input("INPUT0", values)], compression_algorithm=algorithm)
        wire.ok(np.array_equal(result.as_numpy("OUTPUT0"), values), f"{algorithm} there")
    zeros = np.zeros(150528, dtype=np.float32)
    result = wire.client.infer("identity_fp32", [wire.input("INPUT0", zeros)], compression_algorithm="gzip")
    wire.ok(np.array_equal(result.as_numpy("OUTPUT0"), zeros), "what compresses well")
    ones = np.ones((1, 16), dtype=np.int32)
    answers = queue.Queue()
    with wire.connect() as client:
        client.start_stream(lambda result, error: answers.put((result, error)), compression_algorithm="gzip")
        client.async_stream_infer("simple", wire.simple(ones, ones))
        result, error = answers.get(timeout=60)
        wire.ok(error is None and (result.as_numpy("OUTPUT0") == 2).all(), "in a stream")
        client.stop_stream()


def main(*arguments):
    wire = Wire(*arguments)
    if wire.is_http:
        http(wire)
    else:
        over_grpc(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
