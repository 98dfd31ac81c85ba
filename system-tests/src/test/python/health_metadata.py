"""Health and metadata of server and models. Usage: see wires.py."""
import json
import sys

import grpc

from wires import NOT_FOUND, Wire

EXTENSIONS = {
    "classification", "sequence", "model_repository", "schedule_policy", "model_configuration", "system_shared_memory",
    "cuda_shared_memory", "binary_tensor_data", "parameters", "statistics",
}


def health(wire):
    wire.ok(wire.client.is_server_live() and wire.client.is_server_ready(), "server is live and ready")
    wire.ok(wire.client.is_model_ready("simple") and wire.client.is_model_ready("simple", "1"), "model is ready")
    wire.ok(not wire.client.is_model_ready("simple", "2"), "a version that is not there is not ready")
    wire.ok(not wire.client.is_model_ready("nowhere"), "unknown model is not ready")


def server(wire):
    metadata = wire.read("get_server_metadata")
    wire.ok(metadata["name"] == "triton" and metadata["version"], "server name and version")
    wire.ok(EXTENSIONS <= set(metadata["extensions"]), f"extensions {metadata['extensions']}")


def integers(tensors):
    return [(t["name"], t["datatype"], [int(dim) for dim in t["shape"]]) for t in tensors]


def models(wire):
    metadata = wire.read("get_model_metadata", "simple")
    wire.ok(metadata["name"] == "simple" and metadata["platform"] == "onnxruntime_onnx", "name and platform")
    wire.ok(metadata["versions"] == ["1"], "versions")
    wire.ok(integers(metadata["inputs"]) == [("INPUT0", "INT32", [-1, 16]), ("INPUT1", "INT32", [-1, 16])], "inputs")
    wire.ok(integers(metadata["outputs"]) == [("OUTPUT0", "INT32", [-1, 16]), ("OUTPUT1", "INT32", [-1, 16])], "outputs")
    wire.ok(wire.read("get_model_metadata", "versions")["versions"] == ["1", "3"], "several versions")
    wire.ok(wire.read("get_model_metadata", "versions", "3")["versions"] == ["3"], "one of several versions")
    wire.refused(lambda: wire.client.get_model_metadata("versions", "2"), "versions", NOT_FOUND)


def bodies(wire):
    """What KServe's clients read, and Triton's do not."""
    for path, wanted in (
        ("/v2/health/live", {"live": True}),
        ("/v2/health/ready", {"ready": True}),
        ("/v2/models/simple/ready", {"name": "simple", "ready": True}),
    ):
        status, _, body = wire.http(path)
        wire.ok(status == 200 and json.loads(body) == wanted, f"{path} says {wanted}")
    status, _, body = wire.http("/v2/models/nowhere/ready")
    wire.ok(status == 400 and json.loads(body) == {"error": "Model version not ready"}, "an unknown model is not ready")


def health_service(wire):
    with grpc.insecure_channel(wire.grpc_url) as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        wire.ok(check(b"") == b"\x08\x01", "grpc.health.v1 says SERVING")
        wire.ok(check(b"\n\x06simple") == b"\x08\x01", "and of a model")
        watch = channel.unary_stream("/grpc.health.v1.Health/Watch")(b"\n\x06simple")
        wire.ok(next(watch) == b"\x08\x01", "and to whom watches")
        watch.cancel()


def main(*arguments):
    wire = Wire(*arguments)
    health(wire)
    server(wire)
    models(wire)
    if wire.is_http:
        bodies(wire)
    else:
        health_service(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
