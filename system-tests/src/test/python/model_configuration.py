"""Model configuration: the configuration in effect, completed by the server. Usage: see wires.py."""
import json
import sys

from wires import INVALID, NOT_FOUND, Wire


def numbers(dims):
    return [int(dim) for dim in dims]


def completed(wire):
    """What the repository leaves out and the server finds in the model's file."""
    config = wire.config("batched_identity_fp32")
    wire.ok(config["name"] == "batched_identity_fp32" and config["platform"] == "onnxruntime_onnx", "name and platform")
    wire.ok(config["backend"] == "onnxruntime" and config["max_batch_size"] == 4, "backend and batch size")
    wire.ok([(t["name"], t["data_type"], numbers(t["dims"])) for t in config["input"]] == [("INPUT0", "TYPE_FP32", [-1])],
            "inputs")
    wire.ok(int(config["version_policy"]["latest"]["num_versions"]) == 1, "version policy")


def as_written(wire):
    config = wire.config("image_NCHW")["input"][0]
    wire.ok(config["format"] == "FORMAT_NCHW" and numbers(config["dims"]) == [3, 4, 5], "the layout of images")
    wire.ok(wire.config("image_NHWC")["input"][0]["format"] == "FORMAT_NHWC", "and the other one")
    reshaped = wire.config("reshaped")
    wire.ok(numbers(reshaped["input"][0]["reshape"]["shape"]) == [16], "reshape of an input")
    wire.ok(numbers(reshaped["output"][0]["reshape"]["shape"]) == [16], "reshape of an output")
    wire.ok(wire.config("labelled")["output"][0]["label_filename"] == "labels.txt", "the file of labels")
    wire.ok("all" in wire.config("versions")["version_policy"], "a version policy")
    words = wire.config("words")
    wire.ok(words["model_transaction_policy"]["decoupled"] is True, "decoupled")
    group = words["instance_group"][0]
    wire.ok(int(group["count"]) == 2 and group["kind"] == "KIND_CPU", "instances")
    wire.ok(words["parameters"]["class"]["string_value"].endswith("WordsModel"), "parameters")
    optional = {tensor["name"]: tensor.get("optional", False) for tensor in wire.config("optional")["input"]}
    wire.ok(optional == {"A": False, "B": True}, "an optional input")


def versions(wire):
    wire.ok(wire.config("versions", "1") == wire.config("versions", "3"), "of a version")
    wire.refused(lambda: wire.client.get_model_config("versions", "2"), "versions", NOT_FOUND)
    wire.refused(lambda: wire.client.get_model_config("nowhere"), "unknown model: 'nowhere'", INVALID)


def round_trip(wire):
    """A configuration that was read out is one that a load takes."""
    before = wire.config("controlled")
    wire.client.load_model("controlled", config=json.dumps(before))
    wire.ok(wire.config("controlled") == before and wire.infers("controlled"), "what is read out can be loaded")
    wire.client.load_model("controlled")


def main(*arguments):
    wire = Wire(*arguments)
    completed(wire)
    as_written(wire)
    versions(wire)
    round_trip(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
