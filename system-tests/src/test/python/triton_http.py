"""Drives a running server with Triton's Python client over HTTP and checks every value against onnxruntime.

Usage: triton_http.py HOST:PORT MODEL_REPOSITORY
Prints one line a check; exits non-zero at the first that fails.
"""
import pathlib
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

from checks import expect, reference


def tensor(name, array, datatype, binary):
    result = triton.InferInput(name, list(array.shape), datatype)
    result.set_data_from_numpy(array, binary_data=binary)
    return result


def outputs(names, binary):
    return [triton.InferRequestedOutput(name, binary_data=binary) for name in names]


class Checks:
    def __init__(self, url, repository):
        self.client = triton.InferenceServerClient(url, network_timeout=120.0, connection_timeout=120.0)
        self.repository = pathlib.Path(repository)

    def metadata(self):
        expect(self.client.is_server_live(), "server is live")
        expect(self.client.is_server_ready(), "server is ready")
        expect(self.client.get_server_metadata()["name"] == "triton", "server name")
        expect("binary_tensor_data" in self.client.get_server_metadata()["extensions"], "extensions")
        for model in ("simple", "minilm", "identity_fp32", "question_similarity"):
            expect(self.client.is_model_ready(model), f"{model} is ready")
            expect(self.client.get_model_metadata(model)["versions"] == ["1"], f"{model} metadata")
        config = self.client.get_model_config("minilm")
        expect(config["max_batch_size"] == 64 and config["input"][0]["dims"] == [-1], "model configuration")
        index = {model["name"]: model["state"] for model in self.client.get_model_repository_index()}
        expect(index["simple"] == "READY" and len(index) == 4, "repository index")
        expect(not self.client.is_model_ready("nowhere"), "unknown model is not ready")

    def simple(self, binary):
        first = np.arange(32, dtype=np.int32).reshape(2, 16)
        second = np.full((2, 16), 7, dtype=np.int32)
        result = self.client.infer(
            "simple",
            [tensor("INPUT0", first, "INT32", binary), tensor("INPUT1", second, "INT32", binary)],
            outputs=outputs(("OUTPUT0", "OUTPUT1"), binary),
            request_id="abc",
        )
        wanted = reference(self.repository, "simple", {"INPUT0": first, "INPUT1": second})
        for name, value in wanted.items():
            expect(np.array_equal(result.as_numpy(name), value), f"simple {name}, binary={binary}")
        expect(result.get_response()["id"] == "abc", "response id")

    def one_output(self):
        ones = np.ones((1, 16), dtype=np.int32)
        result = self.client.infer(
            "simple",
            [tensor("INPUT0", ones, "INT32", True), tensor("INPUT1", ones, "INT32", True)],
            outputs=outputs(("OUTPUT1",), True),
        )
        expect(result.as_numpy("OUTPUT0") is None, "an output that was not asked for is absent")
        expect(not result.as_numpy("OUTPUT1").any(), "the output that was asked for")

    def classes(self, binary):
        first = np.arange(32, dtype=np.int32).reshape(2, 16)
        result = self.client.infer(
            "simple",
            [tensor("INPUT0", first, "INT32", binary), tensor("INPUT1", first, "INT32", binary)],
            outputs=[triton.InferRequestedOutput("OUTPUT0", binary_data=binary, class_count=3)],
        )
        wanted = [[b"30:15", b"28:14", b"26:13"], [b"62:15", b"60:14", b"58:13"]]
        found = [[str(value).encode() if isinstance(value, str) else value for value in row]
                 for row in result.as_numpy("OUTPUT0").tolist()]
        expect(found == wanted, f"three classes of each row, binary={binary}")

    def identity(self, binary, count):
        values = np.random.default_rng(1).standard_normal(count).astype(np.float32)
        shape = [1, count] if self.batched("identity_fp32") else [count]
        values = values.reshape(shape)
        name = self.client.get_model_metadata("identity_fp32")["inputs"][0]["name"]
        out = self.client.get_model_metadata("identity_fp32")["outputs"][0]["name"]
        result = self.client.infer("identity_fp32", [tensor(name, values, "FP32", binary)], outputs=outputs((out,), binary))
        expect(np.array_equal(result.as_numpy(out), values), f"identity of {count} floats, binary={binary}")

    def batched(self, model):
        return len(self.client.get_model_metadata(model)["inputs"][0]["shape"]) > 1

    def minilm(self, binary):
        tokens = np.array([[101, 2129, 2079, 1045, 25141, 2026, 20786, 1029, 102]], dtype=np.int64)
        feeds = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        result = self.client.infer(
            "minilm",
            [tensor(name, value, "INT64", binary) for name, value in feeds.items()],
            outputs=outputs(("last_hidden_state",), binary),
        )
        wanted = reference(self.repository, "minilm", feeds)["last_hidden_state"]
        expect(np.allclose(result.as_numpy("last_hidden_state"), wanted, atol=1e-4), f"minilm, binary={binary}")

    def similarity(self, binary):
        question = np.array([b"How do I reset my password?"], dtype=np.object_)
        candidates = np.array(
            [b"I forgot my password, how can I change it?", b"Which countries do you ship to?"], dtype=np.object_
        )
        result = self.client.infer(
            "question_similarity",
            [tensor("QUESTION", question, "BYTES", binary), tensor("CANDIDATE", candidates, "BYTES", binary)],
            outputs=outputs(("SCORE",), binary),
        )
        scores = result.as_numpy("SCORE")
        expect(scores[0] > 0.7 and scores[1] < 0.4, f"question_similarity {scores}, binary={binary}")

    def compression(self, algorithm):
        ones = np.ones((1, 16), dtype=np.int32)
        result = self.client.infer(
            "simple",
            [tensor("INPUT0", ones, "INT32", True), tensor("INPUT1", ones, "INT32", True)],
            request_compression_algorithm=algorithm,
            response_compression_algorithm=algorithm,
        )
        expect(np.array_equal(result.as_numpy("OUTPUT0"), ones + ones), f"{algorithm} both ways")

    def statistics(self):
        stats = self.client.get_inference_statistics("simple")["model_stats"][0]
        expect(stats["inference_count"] >= stats["execution_count"] > 0, "inferences are counted")
        times = stats["inference_stats"]
        parts = ("queue", "compute_input", "compute_infer", "compute_output")
        expect(times["success"]["ns"] == sum(times[part]["ns"] for part in parts), "durations add up")
        expect(all(times[part]["ns"] > 0 for part in parts), "each part takes time")
        expect(len(self.client.get_inference_statistics()["model_stats"]) == 4, "statistics of all models")

    def errors(self):
        short = np.ones((1, 8), dtype=np.int32)
        try:
            self.client.infer("simple", [tensor("INPUT0", short, "INT32", True), tensor("INPUT1", short, "INT32", True)])
            expect(False, "a wrong shape is refused")
        except InferenceServerException as e:
            expect("unexpected shape for input 'INPUT0' for model 'simple'" in e.message(), "a wrong shape is refused")
        try:
            self.client.infer("nowhere", [tensor("INPUT0", short, "INT32", True)])
            expect(False, "an unknown model is refused")
        except InferenceServerException as e:
            expect("unknown model: 'nowhere'" in e.message(), "an unknown model is refused")
        try:
            self.client.register_system_shared_memory("r", "/r", 1)
            expect(False, "shared memory is refused unless allowed")
        except InferenceServerException as e:
            expect("--allow-client-shm=true" in e.message(), "shared memory is refused unless allowed")


def main():
    checks = Checks(sys.argv[1], sys.argv[2])
    checks.metadata()
    checks.one_output()
    for binary in (True, False):
        checks.simple(binary)
        checks.classes(binary)
        checks.identity(binary, 150528)
        checks.minilm(binary)
        checks.similarity(binary)
    checks.identity(True, 4 * 1024 * 1024)
    checks.compression("gzip")
    checks.compression("deflate")
    checks.statistics()
    checks.errors()


if __name__ == "__main__":
    main()
