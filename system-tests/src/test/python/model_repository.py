"""Model repository: index, load and unload, with other configurations and other files. Usage: see wires.py.

Takes the model controlled, which is like simple, and leaves it as it was.
"""
import json
import sys

from wires import INTERNAL, INVALID, NOT_FOUND, Wire

NOT_POLLED = "failed to load '{}', failed to poll from model repository"
NOT_AVAILABLE = "load failed for model '{}': version 1 is at UNAVAILABLE state: "


def plain(wire):
    wire.client.unload_model("controlled")
    wire.ok(not wire.client.is_model_ready("controlled"), "not loaded")
    wire.client.load_model("controlled")
    wire.client.load_model("controlled")
    wire.ok(wire.infers("controlled") and wire.config("controlled")["max_batch_size"] == 8, "loaded as the repository has it")
    wire.ok(wire.index()[("controlled", "1")] == ("READY", ""), "the index says so")
    wire.ok(wire.index()[("versions", "3")] == ("READY", ""), "and names versions")


def config(wire):
    other = {"max_batch_size": "2", "instance_group": [{"kind": "kind_cpu"}]}
    wire.client.load_model("controlled", config=json.dumps(other))
    wire.ok(wire.infers("controlled") and wire.config("controlled")["max_batch_size"] == 2, "another configuration")
    wire.refused(
        lambda: wire.client.load_model("controlled", config='{"max_batch_size":-1,"inputs":[]}'),
        NOT_POLLED.format("controlled") + ": config override: ",
        INTERNAL,
    )
    wire.ok(wire.infers("controlled") and wire.config("controlled")["max_batch_size"] == 2, "what served before serves on")
    state, reason = wire.index()[("controlled", "1")]
    wire.ok(state == "READY" and "did you mean 'input'?" in reason, "the index tells why")
    wire.refused(
        lambda: wire.client.load_model("controlled", config='{"name":"other"}'), "'other' differs from the model's", INTERNAL
    )
    wire.refused(
        lambda: wire.client.load_model("controlled", config='{"default_model_filename":"none.onnx"}'),
        NOT_AVAILABLE.format("controlled"),
        INVALID,
    )
    wire.client.load_model("controlled")
    wire.ok(wire.config("controlled")["max_batch_size"] == 8, "a plain load brings the repository's back")


def files(wire):
    model_file = (wire.repository / "controlled" / "1" / "model.onnx").read_bytes()
    override = json.dumps({"backend": "onnxruntime", "max_batch_size": 4})
    wire.client.load_model("controlled", config=override, files={"file:7/model.onnx": model_file})
    wire.ok(wire.infers("controlled"), "uploaded files")
    wire.ok(wire.client.is_model_ready("controlled", "7"), "their version")
    wire.ok(not wire.client.is_model_ready("controlled", "1"), "and no other")
    wire.client.load_model("uploaded", config=override, files={"file:1/model.onnx": model_file})
    wire.ok(wire.infers("uploaded"), "a model that the repository lacks")
    for refused, text, status in (
        ({"files": {"file:1/model.onnx": model_file}}, NOT_POLLED.format("uploaded"), INTERNAL),
        (
            {"config": override, "files": {"file:1/../../x": model_file}},
            "the file name '1/../../x' must be a relative path",
            INTERNAL,
        ),
        ({"config": override, "files": {"file:1/model.onnx": b"no model"}}, NOT_AVAILABLE.format("uploaded"), INVALID),
    ):
        wire.refused(lambda: wire.client.load_model("uploaded", **refused), text, status)
    wire.ok(wire.infers("uploaded"), "what served before serves on")
    wire.client.load_model("controlled")
    wire.ok(wire.client.is_model_ready("controlled", "1"), "a plain load brings the repository's back")


def unload(wire):
    for model in ("uploaded", "controlled"):
        wire.client.unload_model(model, unload_dependents=model == "controlled")
        wire.client.unload_model(model)
        wire.ok(not wire.client.is_model_ready(model), f"{model} is unloaded")
        wire.ok(wire.index()[(model, "1")] == ("UNAVAILABLE", "unloaded"), "the index says so")
    wire.refused(lambda: wire.infers("controlled"), "'controlled' has no available versions", NOT_FOUND)
    wire.client.unload_model("nowhere")
    for model in ("nowhere", "uploaded"):
        wire.refused(lambda: wire.client.load_model(model), NOT_POLLED.format(model), INTERNAL)
    wire.client.load_model("controlled")
    wire.ok(wire.infers("controlled"), "loaded again")


def main(*arguments):
    wire = Wire(*arguments)
    plain(wire)
    config(wire)
    files(wire)
    unload(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
