"""The demo as it is served by default, without any option. Usage: see wires.py."""
import sys

import numpy as np

from checks import reference
from wires import UNAVAILABLE, UNSUPPORTED, Wire

MODELS = ("simple", "minilm", "identity_fp32", "question_similarity")


def metadata(wire):
    for model in MODELS:
        wire.ok(wire.client.is_model_ready(model), f"{model} is ready")
        wire.ok(wire.read("get_model_metadata", model)["versions"] == ["1"], f"{model} has metadata")
    config = wire.config("minilm")
    wire.ok(config["max_batch_size"] == 64 and config["input"][0]["name"] == "input_ids", "model configuration")
    wire.ok(int(config["input"][0]["dims"][0]) == -1, "with dims")
    index = wire.index()
    wire.ok(set(index) == {(model, "1") for model in MODELS} and index[("simple", "1")][0] == "READY", "repository index")
    wire.ok(len(wire.statistics()) == len(MODELS), "statistics of all models")


def minilm(wire, binary):
    tokens = np.array([[101, 2129, 2079, 1045, 25141, 2026, 20786, 1029, 102]], dtype=np.int64)
    feeds = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
    result = wire.client.infer(
        "minilm",
        [wire.input(name, value, binary=binary) for name, value in feeds.items()],
        outputs=[wire.output("last_hidden_state", binary)],
    )
    wanted = reference(wire.repository, "minilm", feeds)["last_hidden_state"]
    wire.ok(np.allclose(result.as_numpy("last_hidden_state"), wanted, atol=1e-4), f"minilm, binary={binary}")


def similarity(wire, binary):
    question = np.array([b"How do I reset my password?"], dtype=np.object_)
    candidates = np.array([b"I forgot my password, how can I change it?", b"Which countries do you ship to?"], dtype=np.object_)
    result = wire.client.infer(
        "question_similarity",
        [wire.input("QUESTION", question, "BYTES", binary), wire.input("CANDIDATE", candidates, "BYTES", binary)],
        outputs=[wire.output("SCORE", binary)],
    )
    scores = result.as_numpy("SCORE")
    wire.ok(scores[0] > 0.7 and scores[1] < 0.4, f"question_similarity {scores}, binary={binary}")


def identity(wire, binary):
    values = np.random.default_rng(1).standard_normal(150528).astype(np.float32)
    result = wire.client.infer(
        "identity_fp32", [wire.input("INPUT0", values, binary=binary)], outputs=[wire.output("OUTPUT0", binary)]
    )
    wire.ok(np.array_equal(result.as_numpy("OUTPUT0"), values), f"identity_fp32, binary={binary}")


def off_by_default(wire):
    """What an operator has to allow first."""
    text = "explicit model load / unload is not allowed"
    wire.refused(lambda: wire.client.load_model("simple"), text, UNAVAILABLE)
    wire.refused(lambda: wire.client.unload_model("simple"), text, UNAVAILABLE)
    wire.refused(lambda: wire.client.register_system_shared_memory("r", "/r", 1), "--allow-client-shm=true", UNSUPPORTED)


def main(*arguments):
    wire = Wire(*arguments)
    metadata(wire)
    for binary in wire.forms():
        minilm(wire, binary)
        similarity(wire, binary)
        identity(wire, binary)
    off_by_default(wire)
    wire.ok(wire.infers(), "and the server goes on")


if __name__ == "__main__":
    main(*sys.argv[1:])
