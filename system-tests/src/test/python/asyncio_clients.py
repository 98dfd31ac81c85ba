"""The asyncio clients of Triton: 200 requests at a time, streams, cancellation. Usage: see wires.py."""
import asyncio
import sys

import numpy as np
import tritonclient.grpc.aio
import tritonclient.http.aio
from tritonclient.utils import InferenceServerException

from wires import Wire

REQUESTS = 200


def connect(wire):
    if wire.is_http:
        return tritonclient.http.aio.InferenceServerClient(wire.http_url, conn_limit=REQUESTS, conn_timeout=120.0)
    return tritonclient.grpc.aio.InferenceServerClient(wire.grpc_url)


async def reads(wire, client):
    wire.ok(await client.is_server_live() and await client.is_server_ready(), "server is live and ready")
    wire.ok(await client.is_model_ready("simple") and not await client.is_model_ready("nowhere"), "models are ready or not")
    options = {} if wire.is_http else {"as_json": True}
    metadata = await client.get_model_metadata("simple", **options)
    wire.ok(metadata["versions"] == ["1"], "metadata")
    statistics = await client.get_inference_statistics("simple", **options)
    wire.ok(statistics["model_stats"][0]["name"] == "simple", "statistics")


async def at_once(wire, client):
    async def one(number):
        value = np.full((1, 16), number, dtype=np.int32)
        result = await client.infer("simple", wire.simple(value, value), request_id=str(number))
        return (result.as_numpy("OUTPUT0") == 2 * number).all() and wire.response(result)["id"] == str(number)

    wire.ok(all(await asyncio.gather(*(one(number) for number in range(REQUESTS)))), f"{REQUESTS} requests at a time")


async def refusal(wire, client):
    short = np.ones((1, 8), dtype=np.int32)
    try:
        await client.infer("simple", wire.simple(short, short))
        wire.ok(False, "a wrong shape is refused")
    except InferenceServerException as e:
        wire.ok("unexpected shape for input 'INPUT0'" in e.message(), "a wrong shape is refused")


async def cancellation(wire, client):
    """Those that are cancelled end at once, those beside them do not notice, and nothing stays under way."""
    ones = np.ones((1, 16), dtype=np.int32)
    millis = [wire.input("MILLIS", np.array([500], dtype=np.int32))]
    calls = [asyncio.ensure_future(client.infer("slow", millis)) for _ in range(3)]
    while wire.metric("longshore_requests_in_flight", "slow") < 3:
        await asyncio.sleep(0.01)
    for call in calls[1:]:
        call.cancel()
    ended = await asyncio.gather(*calls, return_exceptions=True)
    wire.ok(not isinstance(ended[0], BaseException), "the one that is not cancelled has its answer")
    cancelled = [isinstance(e, asyncio.CancelledError) or "CANCEL" in str(e).upper() for e in ended[1:]]
    wire.ok(all(cancelled), f"those that are cancelled end: {ended[1:]!r}")
    result = await client.infer("simple", wire.simple(ones, ones))
    wire.ok((result.as_numpy("OUTPUT0") == 2).all(), "the client goes on")
    await nothing_under_way(wire, "slow")


async def nothing_under_way(wire, model):
    for _ in range(6000):
        if wire.metric("longshore_requests_in_flight", model) == 0:
            wire.ok(True, f"nothing of {model} is under way")
            return
        await asyncio.sleep(0.01)
    wire.ok(False, f"nothing of {model} is under way, within 60 s")


def words(wire, repeat):
    return {
        "model_name": "words",
        "inputs": [
            wire.input("TEXT", np.array([b"hi"], dtype=np.object_), "BYTES"),
            wire.input("REPEAT", np.array([repeat], dtype=np.int32)),
        ],
    }


async def stream(wire, client):
    async def requests():
        for number in range(100):
            value = np.full((1, 16), number, dtype=np.int32)
            yield {"model_name": "simple", "inputs": wire.simple(value, value), "request_id": str(number)}
        yield words(wire, 5)

    found, spoken = [], 0
    async for result, error in client.stream_infer(requests()):
        wire.ok(error is None, f"a response: {error}") if error is not None else None
        if result.get_response().model_name == "words":
            spoken += 1
            continue
        found.append(int(result.get_response().id))
        if not (result.as_numpy("OUTPUT0") == 2 * found[-1]).all():
            wire.ok(False, f"streamed response {found[-1]} has its values")
    wire.ok(found == list(range(100)), "100 streamed responses in order")
    wire.ok(spoken == 5, "and five of a decoupled model")


async def stream_cancellation(wire, client):
    async def requests():
        yield words(wire, -1)
        await asyncio.Event().wait()

    responses = client.stream_infer(requests())
    _, error = await responses.__anext__()
    wire.ok(error is None, "a stream without an end begins")
    responses.cancel()
    try:
        while True:
            await responses.__anext__()
    except (asyncio.CancelledError, InferenceServerException, StopAsyncIteration):
        wire.ok(True, "and ends when it is cancelled")
    await nothing_under_way(wire, "words")


async def check(wire):
    async with connect(wire) as client:
        await reads(wire, client)
        await at_once(wire, client)
        await refusal(wire, client)
        await cancellation(wire, client)
        if not wire.is_http:
            await stream(wire, client)
            await stream_cancellation(wire, client)


def main(*arguments):
    asyncio.run(check(Wire(*arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
