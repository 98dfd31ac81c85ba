"""Drives a running server with Triton's Python client over gRPC, unary and streaming.

Usage: triton_grpc.py HOST:PORT MODEL_REPOSITORY
Prints one line a check; exits non-zero at the first that fails.
"""
import pathlib
import queue
import sys

import grpc
import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

from checks import expect, reference


def tensor(name, array, datatype):
    result = triton.InferInput(name, list(array.shape), datatype)
    result.set_data_from_numpy(array)
    return result


def simple(first, second):
    return [tensor("INPUT0", first, "INT32"), tensor("INPUT1", second, "INT32")]


class Checks:
    def __init__(self, url, repository):
        self.url = url
        self.client = triton.InferenceServerClient(url)
        self.repository = pathlib.Path(repository)

    def metadata(self):
        expect(self.client.is_server_live() and self.client.is_server_ready(), "server is live and ready")
        expect(self.client.get_server_metadata().name == "triton", "server name")
        for model in ("simple", "minilm", "identity_fp32", "question_similarity"):
            expect(self.client.is_model_ready(model), f"{model} is ready")
            expect(list(self.client.get_model_metadata(model).versions) == ["1"], f"{model} metadata")
        config = self.client.get_model_config("minilm").config
        expect(config.max_batch_size == 64 and config.input[0].name == "input_ids", "model configuration")
        expect(not self.client.is_model_ready("nowhere"), "unknown model is not ready")
        index = {model.name: model.state for model in self.client.get_model_repository_index().models}
        expect(index["simple"] == "READY" and len(index) == 4, "repository index")

    def simple(self):
        first = np.arange(32, dtype=np.int32).reshape(2, 16)
        second = np.full((2, 16), 7, dtype=np.int32)
        result = self.client.infer("simple", simple(first, second), request_id="abc")
        for name, value in reference(self.repository, "simple", {"INPUT0": first, "INPUT1": second}).items():
            expect(np.array_equal(result.as_numpy(name), value), f"simple {name}")
        expect(result.get_response().id == "abc", "response id")

    def identity(self, count, compression=None):
        values = np.random.default_rng(1).standard_normal(count).astype(np.float32)
        result = self.client.infer("identity_fp32", [tensor("INPUT0", values, "FP32")], compression_algorithm=compression)
        expect(np.array_equal(result.as_numpy("OUTPUT0"), values), f"identity of {count} floats, compression={compression}")

    def minilm(self):
        tokens = np.array([[101, 2129, 2079, 1045, 25141, 2026, 20786, 1029, 102]], dtype=np.int64)
        feeds = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
        result = self.client.infer("minilm", [tensor(name, value, "INT64") for name, value in feeds.items()])
        wanted = reference(self.repository, "minilm", feeds)["last_hidden_state"]
        expect(np.allclose(result.as_numpy("last_hidden_state"), wanted, atol=1e-4), "minilm")

    def similarity(self):
        question = np.array([b"How do I reset my password?"], dtype=np.object_)
        candidates = np.array([b"I forgot my password, how can I change it?", b"Which countries do you ship to?"], dtype=np.object_)
        result = self.client.infer(
            "question_similarity", [tensor("QUESTION", question, "BYTES"), tensor("CANDIDATE", candidates, "BYTES")]
        )
        scores = result.as_numpy("SCORE")
        expect(scores[0] > 0.7 and scores[1] < 0.4, f"question_similarity {scores}")

    def stream(self):
        answers = queue.Queue()
        client = triton.InferenceServerClient(self.url)
        client.start_stream(callback=lambda result, error: answers.put((result, error)))
        ones = np.ones((1, 16), dtype=np.int32)
        for i in range(50):
            client.async_stream_infer("simple", simple(ones * i, ones), request_id=str(i))
        client.async_stream_infer("nowhere", simple(ones, ones), request_id="lost")
        client.async_stream_infer("simple", simple(ones, ones), request_id="last")
        for i in range(50):
            result, error = answers.get(timeout=60)
            expect(error is None and result.get_response().id == str(i), f"streamed response {i} in order") if i % 10 == 0 else None
            if error is not None or not np.array_equal(result.as_numpy("OUTPUT0"), ones * (i + 1)):
                expect(False, f"streamed response {i}: {error}")
        _, error = answers.get(timeout=60)
        expect("unknown model: 'nowhere'" in str(error), "an error inside the stream")
        result, error = answers.get(timeout=60)
        expect(error is None and result.get_response().id == "last", "the stream goes on behind it")
        client.stop_stream()

    def classes(self):
        first = np.arange(32, dtype=np.int32).reshape(2, 16)
        result = self.client.infer(
            "simple", simple(first, first), outputs=[triton.InferRequestedOutput("OUTPUT0", class_count=2)]
        )
        wanted = [[b"30:15", b"28:14"], [b"62:15", b"60:14"]]
        expect(result.as_numpy("OUTPUT0").tolist() == wanted, "two classes of each row")

    def deadline(self):
        ones = np.ones((1, 16), dtype=np.int32)
        result = self.client.infer("simple", simple(ones, ones), client_timeout=30.0)
        expect(result.as_numpy("OUTPUT0").sum() == 32, "a request with a deadline")

    def statistics(self):
        before = self.client.get_inference_statistics("simple").model_stats[0]
        ones = np.ones((3, 16), dtype=np.int32)
        self.client.infer("simple", simple(ones, ones))
        after = self.client.get_inference_statistics("simple").model_stats[0]
        expect(after.inference_count == before.inference_count + 3, "rows are counted")
        expect(after.execution_count == before.execution_count + 1, "executions are counted")
        stats = after.inference_stats
        expect(stats.success.ns == stats.queue.ns + stats.compute_input.ns + stats.compute_infer.ns + stats.compute_output.ns,
               "durations add up")
        expect(any(batch.batch_size == 3 for batch in after.batch_stats), "batch sizes are counted")
        expect(len(self.client.get_inference_statistics().model_stats) == 4, "statistics of all models")

    def errors(self):
        short = np.ones((1, 8), dtype=np.int32)
        for model, text, code in (
            ("simple", "unexpected shape for input 'INPUT0' for model 'simple'", "INVALID_ARGUMENT"),
            ("nowhere", "unknown model: 'nowhere'", "INVALID_ARGUMENT"),
        ):
            try:
                self.client.infer(model, simple(short, short))
                expect(False, f"{text} is told")
            except InferenceServerException as e:
                expect(text in e.message() and code in e.status(), f"{text} is told")
        try:
            self.client.load_model("simple")
            expect(False, "loading is refused without explicit control")
        except InferenceServerException as e:
            expect("explicit model load / unload is not allowed" in e.message(), "loading is refused without explicit control")
        try:
            self.client.register_system_shared_memory("r", "/r", 1)
            expect(False, "shared memory is refused unless allowed")
        except InferenceServerException as e:
            expect("--allow-client-shm=true" in e.message(), "shared memory is refused unless allowed")

    def health(self):
        with grpc.insecure_channel(self.url) as channel:
            check = channel.unary_unary("/grpc.health.v1.Health/Check")
            expect(check(b"") == b"\x08\x01", "grpc.health.v1 says SERVING")


def main():
    checks = Checks(sys.argv[1], sys.argv[2])
    checks.metadata()
    checks.simple()
    checks.identity(150528)
    checks.identity(150528, "gzip")
    checks.identity(4 * 1024 * 1024)
    checks.minilm()
    checks.similarity()
    checks.classes()
    checks.stream()
    checks.deadline()
    checks.statistics()
    checks.errors()
    checks.health()


if __name__ == "__main__":
    main()
