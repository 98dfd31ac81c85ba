"""Parameters of requests and responses, names that are reserved, and headers that become parameters. Usage: see wires.py.

The model parameters tells the parameters of its request, as texts and as parameters of its response. The server forwards headers
whose names begin with "forward-" or "triton_".
"""
import sys

import grpc
import numpy as np
from tritonclient.grpc import service_pb2, service_pb2_grpc

from wires import INVALID, Wire

ANY = np.array([0], dtype=np.int32)


def told(wire, **options):
    result = wire.client.infer("parameters", [wire.input("ANY", ANY)], **options)
    return result, {line.decode() for line in result.as_numpy("TOLD").ravel() if line}


def custom(wire):
    sent = {"text": "ünï", "number": 2**53 + 1, "negative": -7, "flag": True}
    result, lines = told(wire, parameters=sent)
    wire.ok(lines == {"text=ünï", f"number={2**53 + 1}", "negative=-7", "flag=true"}, f"the model has them: {lines}")
    answered = wire.response(result)["parameters"]
    if not wire.is_http:
        # Oneofs, with 64-bit numbers as text.
        answered = {name: next(iter(value.values())) for name, value in answered.items() if name in sent}
        answered = {name: int(v) if isinstance(v, str) and name != "text" else v for name, v in answered.items()}
    wire.ok({name: answered[name] for name in sent} == sent, f"the response has them: {answered}")
    wire.ok(told(wire)[1] == set(), "none unless sent")


def doubles(wire):
    _, lines = told(wire, parameters={"ratio": 0.25})
    wire.ok(lines == {"ratio=0.25"}, f"a double: {lines}")


def known(wire):
    """The protocol's own parameters are no custom ones."""
    _, lines = told(wire, priority=1, timeout=60_000_000)
    wire.ok(lines == set(), f"the protocol's own are not among them: {lines}")


def reserved(wire):
    """The client refuses the protocol's names itself, so the message is made without it."""
    if wire.is_http:
        body = b'{"inputs":[{"name":"ANY","shape":[1],"datatype":"INT32","data":[0]}],"parameters":{"triton_x":1}}'
        status, _, answer = wire.http("/v2/models/parameters/infer", body)
        wire.ok(status == 400 and b"keys starting with 'triton_' are reserved" in answer, f"triton_x is refused: {answer}")
        for value, kind in ((b"[1]", "an array"), (b"null", "null"), (b"{}", "an object")):
            status, _, answer = wire.http("/v2/models/parameters/infer", body.replace(b'"triton_x":1', b'"x":' + value))
            wire.ok(status == 400 and b"parameter 'x' has invalid type" in answer, f"{kind} is refused: {answer}")
        return
    request = service_pb2.ModelInferRequest(model_name="parameters", raw_input_contents=[ANY.tobytes()])
    request.inputs.add(name="ANY", datatype="INT32", shape=[1])
    request.parameters["triton_x"].int64_param = 1
    with grpc.insecure_channel(wire.grpc_url) as channel:
        try:
            service_pb2_grpc.GRPCInferenceServiceStub(channel).ModelInfer(request)
            wire.ok(False, "triton_x is refused")
        except grpc.RpcError as e:
            wire.ok(
                e.code() == grpc.StatusCode.INVALID_ARGUMENT and "keys starting with 'triton_' are reserved" in e.details(),
                f"triton_x is refused: {e.details()}",
            )


def headers(wire):
    _, lines = told(wire, headers={"forward-user": "anne", "other": "x"})
    wire.ok(lines == {"forward-user=anne"}, f"a header that matches is a parameter: {lines}")
    name = "Forward-User" if wire.is_http else "forward-user"
    _, lines = told(wire, headers={name: "anne"}, parameters={"forward-user": "mallory", "more": 1})
    wire.ok(lines == {"forward-user=anne", "more=1"}, f"and counts before a parameter of the same name: {lines}")
    wire.refused(
        lambda: told(wire, headers={"triton_x": "1"}),
        "Header 'triton_x' is reserved for Triton usage and cannot be forwarded.",
        INVALID,
    )


def main(*arguments):
    wire = Wire(*arguments)
    custom(wire)
    doubles(wire)
    known(wire)
    reserved(wire)
    headers(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
