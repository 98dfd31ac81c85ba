"""Binary tensor data: beside JSON, behind it, without it; on gRPC raw contents against typed ones. Usage: see wires.py."""
import json
import struct
import sys

import grpc
import numpy as np
from tritonclient.grpc import service_pb2, service_pb2_grpc

from wires import Wire

FIRST = np.arange(16, dtype=np.int32).reshape(1, 16)
SECOND = np.ones((1, 16), dtype=np.int32)


def mixed(wire):
    """Each input and each output by itself as JSON or binary."""
    for one in (True, False):
        for two in (True, False):
            inputs = [wire.input("INPUT0", FIRST, binary=one), wire.input("INPUT1", SECOND, binary=two)]
            outputs = [wire.output("OUTPUT0", two), wire.output("OUTPUT1", one)]
            result = wire.client.infer("simple", inputs, outputs=outputs)
            same = np.array_equal(result.as_numpy("OUTPUT0"), FIRST + SECOND)
            wire.ok(same and np.array_equal(result.as_numpy("OUTPUT1"), FIRST - SECOND), f"inputs binary: {one}, {two}")
            told = ["binary_data_size" in o.get("parameters", {}) for o in result.get_response()["outputs"]]
            wire.ok(told == [two, one], "outputs the other way round")


def header_length(wire):
    """The messages as they are, without the client."""
    def tensor(name, **parameters):
        return {"name": name, "shape": [1, 16], "datatype": "INT32", "parameters": parameters}

    header = json.dumps({
        "inputs": [tensor("INPUT0", binary_data_size=64), tensor("INPUT1", binary_data_size=64)],
        "parameters": {"binary_data_output": True},
        "outputs": [{"name": "OUTPUT0"}, {"name": "OUTPUT1", "parameters": {"binary_data": False}}],
    }).encode()
    status, headers, body = wire.http(
        "/v2/models/simple/infer",
        header + FIRST.tobytes() + SECOND.tobytes(),
        **{"Inference-Header-Content-Length": str(len(header)), "Content-Type": "application/octet-stream"},
    )
    wire.ok(status == 200 and headers["Content-Type"] == "application/octet-stream", "an answer with binary data")
    length = int(headers["Inference-Header-Content-Length"])
    outputs = json.loads(body[:length])["outputs"]
    wire.ok(body[length:] == (FIRST + SECOND).tobytes(), "binary_data_output makes outputs binary")
    wire.ok(outputs[1]["data"] == (FIRST - SECOND).ravel().tolist(), "unless an output says otherwise")


def sizes(wire):
    """Sizes that lie are refused."""
    for size, text in ((63, "63"), (65, ""), (10**12, "")):
        header = json.dumps({"inputs": [
            {"name": "INPUT0", "shape": [4, 4], "datatype": "INT32", "parameters": {"binary_data_size": size}}]}).encode()
        status, _, body = wire.http(
            "/v2/models/simple/infer", header + bytes(64), **{"Inference-Header-Content-Length": str(len(header))}
        )
        wire.ok(status == 400 and text in json.loads(body)["error"], f"a size of {size} is refused: {body.decode()}")


def raw_request(wire):
    """No JSON at all: the body is the one input of the model."""
    values = np.arange(8, dtype=np.float32)
    status, headers, body = wire.http(
        "/v2/models/identity_fp32/infer", values.tobytes(), **{"Inference-Header-Content-Length": "0"}
    )
    length = int(headers.get("Inference-Header-Content-Length", "0"))
    wire.ok(status == 200 and body[length:] == values.tobytes(), "a raw binary request")
    text = b"a text without its length"
    status, headers, body = wire.http("/v2/models/upper/infer", text, **{"Inference-Header-Content-Length": "0"})
    length = int(headers.get("Inference-Header-Content-Length", "0"))
    wire.ok(status == 200 and body[length:] == struct.pack("<I", len(text)) + text.upper(), "of a text")
    for model in ("simple", "bytes"):
        status, _, body = wire.http(f"/v2/models/{model}/infer", text, **{"Inference-Header-Content-Length": "0"})
        wire.ok(status == 400, f"not of every model: {body.decode()}")


def typed_contents(wire):
    """Triton's client sends raw contents alone; others send typed ones, with the same answer."""
    with grpc.insecure_channel(wire.grpc_url) as channel:
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        typed, raw = (service_pb2.ModelInferRequest(model_name="simple") for _ in range(2))
        for name, value in (("INPUT0", FIRST), ("INPUT1", SECOND)):
            for request in (typed, raw):
                request.inputs.add(name=name, datatype="INT32", shape=[1, 16])
            typed.inputs[-1].contents.int_contents.extend(value.ravel().tolist())
            raw.raw_input_contents.append(value.tobytes())
        answers = [stub.ModelInfer(request) for request in (typed, raw)]
        wire.ok(answers[0] == answers[1], "typed and raw contents give the same answer")
        wire.ok(answers[0].raw_output_contents[0] == (FIRST + SECOND).tobytes(), "with raw contents")
        typed.raw_input_contents.append(FIRST.tobytes())
        try:
            stub.ModelInfer(typed)
            wire.ok(False, "both at once are refused")
        except grpc.RpcError as e:
            wire.ok(e.code() == grpc.StatusCode.INVALID_ARGUMENT, f"both at once are refused: {e.details()}")


def main(*arguments):
    wire = Wire(*arguments)
    wire.ok("binary_tensor_data" in wire.read("get_server_metadata")["extensions"], "the extension is named")
    if wire.is_http:
        mixed(wire)
        header_length(wire)
        sizes(wire)
        raw_request(wire)
    else:
        typed_contents(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
