"""Loads and unloads models with Triton's Python clients over HTTP and gRPC, with other configurations and other files.

Usage: repository_control.py HTTP_HOST:PORT GRPC_HOST:PORT MODEL_REPOSITORY
The server is in mode explicit and takes uploads; the repository has the model simple. Prints one line a check; exits non-zero
at the first that fails.
"""
import json
import pathlib
import sys

import numpy as np
import tritonclient.grpc
import tritonclient.http
from tritonclient.utils import InferenceServerException

from checks import expect


class Checks:
    def __init__(self, wire, module, client, model_file):
        self.wire = wire
        self.module = module
        self.client = client
        self.model_file = model_file

    def ok(self, condition, what):
        expect(condition, f"{self.wire}: {what}")

    def refused(self, call, message):
        try:
            call()
            self.ok(False, f"refused: {message}")
        except InferenceServerException as e:
            self.ok(message in e.message(), f"refused: {e.message()!r} has {message!r}")

    def max_batch_size(self, model):
        config = self.client.get_model_config(model)
        return config["max_batch_size"] if self.wire == "http" else config.config.max_batch_size

    def index(self):
        index = self.client.get_model_repository_index()
        if self.wire == "http":
            return {(m["name"], m.get("version", "")): (m.get("state", ""), m.get("reason", "")) for m in index}
        return {(m.name, m.version): (m.state, m.reason) for m in index.models}

    def infers(self, model):
        inputs = []
        for name in ("INPUT0", "INPUT1"):
            tensor = self.module.InferInput(name, [1, 16], "INT32")
            tensor.set_data_from_numpy(np.ones((1, 16), dtype=np.int32))
            inputs.append(tensor)
        return (self.client.infer(model, inputs).as_numpy("OUTPUT0") == 2).all()

    def plain(self):
        self.ok(not self.client.is_model_ready("simple"), "not loaded at the start")
        self.client.load_model("simple")
        self.client.load_model("simple")
        self.ok(self.infers("simple") and self.max_batch_size("simple") == 8, "loaded as the repository has it")

    def config(self):
        self.client.load_model("simple", config=json.dumps({"max_batch_size": "2", "instance_group": [{"kind": "kind_cpu"}]}))
        self.ok(self.infers("simple") and self.max_batch_size("simple") == 2, "another configuration")
        self.refused(
            lambda: self.client.load_model("simple", config='{"max_batch_size":-1,"inputs":[]}'),
            "failed to load 'simple', failed to poll from model repository: config override: ",
        )
        self.ok(self.infers("simple") and self.max_batch_size("simple") == 2, "what served before serves on")
        state, reason = self.index()[("simple", "1")]
        self.ok(state == "READY" and "did you mean 'input'?" in reason, "the index tells why")
        self.refused(lambda: self.client.load_model("simple", config='{"name":"other"}'), "'other' differs from the model's")
        self.refused(
            lambda: self.client.load_model("simple", config='{"default_model_filename":"none.onnx"}'),
            "load failed for model 'simple': version 1 is at UNAVAILABLE state: ",
        )
        self.client.load_model("simple")
        self.ok(self.max_batch_size("simple") == 8, "a plain load brings the repository's back")

    def files(self):
        config = json.dumps({"backend": "onnxruntime", "max_batch_size": 4})
        self.client.load_model("simple", config=config, files={"file:7/model.onnx": self.model_file})
        self.ok(self.infers("simple"), "uploaded files")
        self.ok(self.client.is_model_ready("simple", "7"), "their version")
        self.ok(not self.client.is_model_ready("simple", "1"), "and no other")
        self.client.load_model("uploaded", config=config, files={"file:1/model.onnx": self.model_file})
        self.ok(self.infers("uploaded"), "a model that the repository lacks")
        self.refused(
            lambda: self.client.load_model("uploaded", files={"file:1/model.onnx": self.model_file}),
            "failed to load 'uploaded', failed to poll from model repository",
        )
        self.refused(
            lambda: self.client.load_model("uploaded", config=config, files={"file:1/../../x": self.model_file}),
            "the file name '1/../../x' must be a relative path",
        )
        self.refused(
            lambda: self.client.load_model("uploaded", config=config, files={"file:1/model.onnx": b"no model"}),
            "load failed for model 'uploaded': version 1 is at UNAVAILABLE state: ",
        )
        self.ok(self.infers("uploaded"), "what served before serves on")
        self.client.load_model("simple")
        self.ok(self.client.is_model_ready("simple", "1"), "a plain load brings the repository's back")

    def unload(self):
        for model in ("uploaded", "simple"):
            self.client.unload_model(model, unload_dependents=model == "simple")
            self.client.unload_model(model)
            self.ok(not self.client.is_model_ready(model), f"{model} is unloaded")
            self.ok(self.index()[(model, "1")] == ("UNAVAILABLE", "unloaded"), "the index says so")
        self.client.unload_model("nowhere")
        self.refused(
            lambda: self.client.load_model("nowhere"), "failed to load 'nowhere', failed to poll from model repository"
        )
        self.refused(lambda: self.client.load_model("uploaded"), "failed to poll from model repository")


def main():
    model_file = (pathlib.Path(sys.argv[3]) / "simple" / "1" / "model.onnx").read_bytes()
    http = tritonclient.http.InferenceServerClient(sys.argv[1], network_timeout=120.0, connection_timeout=120.0)
    grpc = tritonclient.grpc.InferenceServerClient(sys.argv[2])
    for wire, module, client in (("http", tritonclient.http, http), ("grpc", tritonclient.grpc, grpc)):
        checks = Checks(wire, module, client, model_file)
        checks.plain()
        checks.config()
        checks.files()
        checks.unload()


if __name__ == "__main__":
    main()
