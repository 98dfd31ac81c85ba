"""Inference: each datatype, requested outputs, versions, several requests at a time, refusals. Usage: see wires.py."""
import json
import queue
import sys

import ml_dtypes
import numpy as np
from tritonclient.utils import triton_to_np_dtype

from checks import reference
from wires import INVALID, NOT_FOUND, Wire

INTEGERS = ("UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64")
FLOATS = [0.0, -0.0, 0.5, -1.25, 2.0, 65504.0, np.inf, -np.inf, np.nan]


def edge_values():
    """For each datatype of fixed width values at which conversions go wrong."""
    values = {"BOOL": np.array([True, False, False, True])}
    for datatype in INTEGERS:
        limits = np.iinfo(triton_to_np_dtype(datatype))
        values[datatype] = np.array([limits.min, 0, 1, limits.max], dtype=limits.dtype)
    for datatype in ("FP16", "FP32", "FP64"):
        values[datatype] = np.array(FLOATS, dtype=triton_to_np_dtype(datatype))
    values["BF16"] = np.array(FLOATS, dtype=ml_dtypes.bfloat16)
    return values


def identity(wire, model, values, datatype, binary):
    result = wire.client.infer(
        model, [wire.input("INPUT0", values, datatype, binary)], outputs=[wire.output("OUTPUT0", binary)]
    )
    return result.as_numpy("OUTPUT0")


def datatypes(wire):
    for datatype, values in edge_values().items():
        for binary in wire.forms():
            if not binary and datatype in ("FP16", "BF16"):
                json_refused(wire, datatype)
                continue
            found = identity(wire, f"identity_{datatype.lower()}", values, datatype, binary)
            same = found.dtype == values.dtype and found.tobytes() == values.tobytes()
            wire.ok(same, f"{datatype} unchanged, binary={binary}")
            rows = np.stack([values, values])
            found = identity(wire, f"batched_identity_{datatype.lower()}", rows, datatype, binary)
            wire.ok(found.tobytes() == rows.tobytes(), f"{datatype} unchanged as two rows, binary={binary}")


def json_refused(wire, datatype):
    """Sent without the client, which refuses BF16 itself."""
    body = {"inputs": [{"name": "INPUT0", "shape": [1], "datatype": datatype, "data": [1.0]}]}
    status, _, answer = wire.http(f"/v2/models/identity_{datatype.lower()}/infer", json.dumps(body).encode())
    wire.ok(status == 400 and f"receiving {datatype} data via JSON is not supported" in answer.decode(), f"no {datatype} as JSON")


def texts(wire):
    anything = np.array([b"", b"a", b"nul\0inside", "ünïcödé 漢字 🚢".encode(), b"x" * 100_000], dtype=np.object_)
    for binary in wire.forms():
        found = identity(wire, "bytes", anything, "BYTES", binary)
        wire.ok(same_texts(found, anything), f"texts unchanged, binary={binary}")
    every = np.array([bytes(range(256)), b"\xff\xfe"], dtype=np.object_)
    wire.ok(same_texts(identity(wire, "bytes", every, "BYTES", True), every), "bytes that are no text unchanged")


def same_texts(found, wanted):
    """Compares elements; those that came as JSON are str."""
    found = [e.encode() if isinstance(e, str) else e for e in found.ravel()]
    return found == list(wanted.ravel())


def sizes(wire):
    none = np.zeros((0,), dtype=np.float32)
    for binary in wire.forms():
        wire.ok(identity(wire, "identity_fp32", none, "FP32", binary).shape == (0,), f"no elements, binary={binary}")
    many = np.random.default_rng(1).standard_normal(4 * 1024 * 1024).astype(np.float32)
    wire.ok(np.array_equal(identity(wire, "identity_fp32", many, "FP32", True), many), "16 MiB")


def values(wire):
    first = np.arange(32, dtype=np.int32).reshape(2, 16)
    second = np.full((2, 16), 7, dtype=np.int32)
    wanted = reference(wire.repository, "simple", {"INPUT0": first, "INPUT1": second})
    for binary in wire.forms():
        outputs = [wire.output(name, binary) for name in wanted]
        result = wire.client.infer("simple", wire.simple(first, second, binary), outputs=outputs, request_id="abc")
        for name, value in wanted.items():
            wire.ok(np.array_equal(result.as_numpy(name), value), f"{name} is onnxruntime's, binary={binary}")
        wire.ok(wire.response(result)["id"] == "abc", "the request's id")


def outputs(wire):
    ones = np.ones((1, 16), dtype=np.int32)
    both = wire.client.infer("simple", wire.simple(ones, ones))
    wire.ok(both.as_numpy("OUTPUT0") is not None and both.as_numpy("OUTPUT1") is not None, "all outputs unless asked")
    one = wire.client.infer("simple", wire.simple(ones, ones), outputs=[wire.output("OUTPUT1")])
    wire.ok(one.as_numpy("OUTPUT0") is None, "an output that was not asked for is absent")
    wire.ok(not one.as_numpy("OUTPUT1").any(), "the output that was asked for")


def versions(wire):
    ones = np.ones((1, 16), dtype=np.int32)
    for asked, served in (("", "3"), ("1", "1"), ("3", "3")):
        result = wire.client.infer("versions", wire.simple(ones, ones), model_version=asked)
        wire.ok(wire.response(result)["model_version"] == served, f"version {asked!r} is served by {served}")
    wire.refused(lambda: wire.client.infer("versions", wire.simple(ones, ones), model_version="2"), "versions", NOT_FOUND)


def at_once(wire):
    """The clients' own way to have several requests under way."""
    wanted = [np.full((1, 16), i, dtype=np.int32) for i in range(50)]
    if wire.is_http:
        client = wire.connect(concurrency=8)
        calls = [client.async_infer("simple", wire.simple(value, value)) for value in wanted]
        found = [call.get_result().as_numpy("OUTPUT0") for call in calls]
        client.close()
    else:
        answers = queue.Queue()
        for i, value in enumerate(wanted):
            wire.client.async_infer(
                "simple", wire.simple(value, value), lambda result, error: answers.put((result, error)), request_id=str(i)
            )
        found = [None] * len(wanted)
        for _ in wanted:
            result, error = answers.get(timeout=60)
            wire.ok(error is None, "an answer") if error is not None else None
            found[int(result.get_response().id)] = result.as_numpy("OUTPUT0")
    wire.ok(all(np.array_equal(f, w + w) for f, w in zip(found, wanted)), "50 requests at a time, each with its answer")


def refusals(wire):
    short = np.ones((1, 8), dtype=np.int32)
    long = np.ones((9, 16), dtype=np.int32)
    floats = np.ones((1, 16), dtype=np.float32)
    ones = np.ones((1, 16), dtype=np.int32)
    first, second = wire.simple(ones, ones)
    for call, text in (
        (lambda: wire.client.infer("simple", wire.simple(short, short)), "unexpected shape for input 'INPUT0' for model 'simple'"),
        (lambda: wire.client.infer("simple", [first]), "expected 2 inputs but got 1 inputs for model 'simple'"),
        (lambda: wire.client.infer("simple", wire.simple(long, long)), "batch-size must be <= 8 for 'simple'"),
        (lambda: wire.client.infer("simple", [wire.input("INPUT0", floats), second]), "data-type is 'FP32'"),
        (lambda: wire.client.infer("simple", [first, second], outputs=[wire.output("X")]), "inference output 'X'"),
        (lambda: wire.client.infer("nowhere", [first]), "unknown model: 'nowhere'"),
    ):
        wire.refused(call, text, INVALID)
    wire.ok(wire.infers(), "and the server goes on")


def main(*arguments):
    wire = Wire(*arguments)
    datatypes(wire)
    texts(wire)
    sizes(wire)
    values(wire)
    outputs(wire)
    versions(wire)
    at_once(wire)
    refusals(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
