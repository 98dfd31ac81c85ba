"""Streams: order, failures inside, decoupled models with none, one and many responses, cancellation. Usage: see wires.py.

Streams are gRPC's; what HTTP says to a decoupled model is the rest.
"""
import queue
import sys

import numpy as np

from checks import eventually
from wires import UNSUPPORTED, Wire


class Stream:
    """One stream; answers come as (result, error)."""

    def __init__(self, wire, **options):
        self.wire = wire
        self.client = wire.connect()
        self.answers = queue.Queue()
        self.client.start_stream(callback=lambda result, error: self.answers.put((result, error)), **options)

    def send(self, model, inputs, **options):
        self.client.async_stream_infer(model, inputs, **options)

    def next(self):
        return self.answers.get(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.client.stop_stream(cancel_requests=failure[0] is not None)
        self.client.close()


def words(wire, repeat, text=b"hi"):
    return [
        wire.input("TEXT", np.array([text], dtype=np.object_), "BYTES"),
        wire.input("REPEAT", np.array([repeat], dtype=np.int32)),
    ]


def is_final(result):
    return result.get_response().parameters["triton_final_response"].bool_param


def order(wire):
    ones = np.ones((1, 16), dtype=np.int32)
    with Stream(wire) as stream:
        for i in range(50):
            stream.send("simple", wire.simple(ones * i, ones), request_id=str(i))
        stream.send("nowhere", wire.simple(ones, ones), request_id="lost")
        stream.send("simple", wire.simple(ones, ones), request_id="last")
        for i in range(50):
            result, error = stream.next()
            if error is not None or result.get_response().id != str(i) or not is_final(result):
                wire.ok(False, f"streamed response {i} in order: {error}")
            if not np.array_equal(result.as_numpy("OUTPUT0"), ones * (i + 1)):
                wire.ok(False, f"streamed response {i} has its values")
        wire.ok(True, "50 streamed responses in order, each the final one of its request")
        _, error = stream.next()
        wire.ok("unknown model: 'nowhere'" in str(error), "an error inside the stream")
        result, error = stream.next()
        wire.ok(error is None and result.get_response().id == "last", "the stream goes on behind it")


def first_error_ends(wire):
    """With the header that asks for it, the first failure is the stream's."""
    ones = np.ones((1, 16), dtype=np.int32)
    with Stream(wire, headers={"triton_grpc_error": "true"}) as stream:
        stream.send("nowhere", wire.simple(ones, ones))
        _, error = stream.next()
        wire.ok(error.status() == "StatusCode.INVALID_ARGUMENT", f"an error with a status ends the stream: {error}")


def responses(wire, repeat, **options):
    """The results of a request to words, and whether each is final. A stream that was closed has all its answers."""
    with Stream(wire) as stream:
        stream.send("words", words(wire, repeat), **options)
    answers = [stream.next() for _ in range(stream.answers.qsize())]
    failures = [error for _, error in answers if error is not None]
    if failures:
        wire.ok(False, f"responses without a failure: {failures}")
    return [(result.as_numpy("WORD"), is_final(result)) for result, _ in answers]


def decoupled(wire):
    for repeat in (0, 1, 5):
        found = responses(wire, repeat)
        wire.ok([word.item() for word, _ in found] == [b"hi"] * repeat, f"{repeat} responses")
        with_empty = responses(wire, repeat, enable_empty_final_response=True)
        finals = [final for _, final in with_empty]
        wire.ok(finals[-1] and not any(finals[:-1]), f"one of them is the final one where it may be empty: {finals}")
        wire.ok([word.item() for word, _ in with_empty if word is not None] == [b"hi"] * repeat, "beside the responses")
    with Stream(wire) as stream:
        stream.send("words", words(wire, 2), parameters={"fail": True})
        ends = [stream.next() for _ in range(3)]
        wire.ok([error is None for _, error in ends] == [True, True, False], "a failure behind two responses")
        wire.ok("An Error Occurred" in str(ends[2][1]), f"is told: {ends[2][1]}")


def unary(wire):
    """A decoupled model where only one response is possible."""
    text = (
        "HTTP end point doesn't support models with decoupled transaction policy"
        if wire.is_http
        else "ModelInfer RPC doesn't support models with decoupled transaction policy"
    )
    wire.refused(lambda: wire.client.infer("words", words(wire, 1)), text, UNSUPPORTED)


def cancellation(wire):
    """A stream without an end is over when its client cancels it; so is a request."""
    stream = Stream(wire)
    stream.send("words", words(wire, -1, b"on and on"))
    result, _ = stream.next()
    wire.ok(result.as_numpy("WORD").item() == b"on and on", "a stream without an end begins")
    wire.ok(wire.metric("longshore_requests_in_flight", "words") == 1, "and is under way")
    stream.client.stop_stream(cancel_requests=True)
    eventually(lambda: wire.metric("longshore_requests_in_flight", "words") == 0, "grpc: and is over when it is cancelled")
    stream.client.close()
    answers = queue.Queue()
    call = wire.client.async_infer(
        "slow", [wire.input("MILLIS", np.array([500], dtype=np.int32))], lambda result, error: answers.put(error)
    )
    call.cancel()
    wire.ok("CANCELLED" in str(answers.get(timeout=60).status()), "a request that is cancelled ends")
    eventually(lambda: wire.metric("longshore_requests_in_flight", "slow") == 0, "grpc: on the server too")


def main(*arguments):
    wire = Wire(*arguments)
    unary(wire)
    if not wire.is_http:
        order(wire)
        first_error_ends(wire)
        decoupled(wire)
        cancellation(wire)
    wire.ok(wire.infers(), "and the server goes on")


if __name__ == "__main__":
    main(*sys.argv[1:])
