"""Triton's two clients behind one face, so that a program is written once and says itself where the wires differ.

A program is run as NAME.py http|grpc HTTP_HOST:PORT GRPC_HOST:PORT MODEL_REPOSITORY and drives the server over the wire that is
named first. It prints one line a check and exits non-zero at the first that fails. The models are those of ClientModels.java.
"""
import pathlib
import re
import urllib.error
import urllib.request

import numpy as np
import tritonclient.grpc
import tritonclient.http
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

from checks import expect

# Whose fault a refusal is, as the two wires put it.
INVALID = ("400", "StatusCode.INVALID_ARGUMENT")
NOT_FOUND = ("404", "StatusCode.NOT_FOUND")
INTERNAL = ("500", "StatusCode.INTERNAL")
UNSUPPORTED = ("501", "StatusCode.UNIMPLEMENTED")
UNAVAILABLE = ("503", "StatusCode.UNAVAILABLE")


class Wire:
    """One of the clients, connected."""

    def __init__(self, name, http_url, grpc_url, repository):
        self.name = name
        self.http_url = http_url
        self.grpc_url = grpc_url
        self.repository = pathlib.Path(repository)
        self.is_http = name == "http"
        self.module = {"http": tritonclient.http, "grpc": tritonclient.grpc}[name]
        self.client = self.connect()

    def connect(self, **options):
        """A further client."""
        if self.is_http:
            return self.module.InferenceServerClient(
                self.http_url, network_timeout=120.0, connection_timeout=120.0, **options
            )
        return self.module.InferenceServerClient(self.grpc_url, **options)

    def other(self):
        """The other wire to the same server."""
        return Wire("grpc" if self.is_http else "http", self.http_url, self.grpc_url, self.repository)

    def ok(self, condition, what):
        expect(condition, f"{self.name}: {what}")

    def input(self, name, array, datatype=None, binary=True):
        """An input; not binary = as JSON, which gRPC's client has no counterpart of."""
        array = np.asarray(array)
        tensor = self.module.InferInput(name, list(array.shape), datatype or np_to_triton_dtype(array.dtype))
        if self.is_http:
            tensor.set_data_from_numpy(array, binary_data=binary)
        else:
            tensor.set_data_from_numpy(array)
        return tensor

    def output(self, name, binary=True, classes=0):
        """An output that is asked for."""
        if self.is_http:
            return self.module.InferRequestedOutput(name, binary_data=binary, class_count=classes)
        return self.module.InferRequestedOutput(name, class_count=classes)

    def forms(self):
        """Whether tensors are binary: both ways where the wire has both."""
        return (True, False) if self.is_http else (True,)

    def simple(self, first, second, binary=True):
        """The inputs of the model simple and of those made like it."""
        return [self.input("INPUT0", first, "INT32", binary), self.input("INPUT1", second, "INT32", binary)]

    def infers(self, model="simple"):
        """Whether a model made like simple adds."""
        ones = np.ones((1, 16), dtype=np.int32)
        return (self.client.infer(model, self.simple(ones, ones)).as_numpy("OUTPUT0") == 2).all()

    def read(self, call, *arguments, **options):
        """What a call that reads answers, as dictionaries. gRPC's leave out what is empty and have 64-bit numbers as text."""
        method = getattr(self.client, call)
        return method(*arguments, **options) if self.is_http else method(*arguments, as_json=True, **options)

    def config(self, model, *arguments):
        """A model's configuration in effect."""
        config = self.read("get_model_config", model, *arguments)
        return config if self.is_http else config["config"]

    def index(self):
        """State and reason of each version that the repository's index names."""
        index = self.read("get_model_repository_index")
        models = index if self.is_http else index.get("models", [])
        return {(m["name"], m.get("version", "")): (m.get("state", ""), m.get("reason", "")) for m in models}

    def statistics(self, *arguments):
        """The statistics of versions, by model and version."""
        models = self.read("get_inference_statistics", *arguments)["model_stats"]
        return {(m["name"], m["version"]): m for m in models}

    def response(self, result):
        """What a response says beside its tensors."""
        return result.get_response() if self.is_http else result.get_response(as_json=True)

    def refused(self, call, text, status):
        """Checks that the server refuses a call with this text in the message."""
        try:
            call()
        except InferenceServerException as e:
            told = f"{e.status()} {e.message()!r}"
            self.ok(text in e.message(), f"refused: {told} has {text!r}")
            self.ok(e.status() == status[0 if self.is_http else 1], f"with the status {told}")
            return
        self.ok(False, f"refused: {text}")

    def http(self, path, body=None, **headers):
        """Status, headers and body of a plain HTTP call."""
        request = urllib.request.Request(f"http://{self.http_url}{path}", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as e:
            with e:
                return e.code, e.headers, e.read()

    def metric(self, name, model):
        """The value of one of the metrics of a model."""
        text = self.http("/metrics")[2].decode()
        return float(re.search(rf'^{name}{{[^}}]*model="{model}"[^}}]*}} (\S+)$', text, re.MULTILINE).group(1))
