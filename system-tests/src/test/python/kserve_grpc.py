"""Drives a running server with KServe's own Python client over gRPC.

Usage: kserve_grpc.py HOST:PORT
Prints one line a check; exits non-zero at the first that fails.
"""
import asyncio
import sys

import numpy as np
from kserve import InferInput, InferRequest
from kserve.inference_client import InferenceGRPCClient

from checks import expect


def request(binary):
    values = np.arange(16, dtype=np.int32).reshape(1, 16)
    inputs = []
    for name in ("INPUT0", "INPUT1"):
        tensor = InferInput(name, [1, 16], "INT32")
        tensor.set_data_from_numpy(values, binary_data=binary)
        inputs.append(tensor)
    return InferRequest(model_name="simple", infer_inputs=inputs, request_id="abc")


async def check(url):
    client = InferenceGRPCClient(url, verbose=False, timeout=60)
    expect(await client.is_server_live(), "server is live")
    expect(await client.is_server_ready(), "server is ready")
    expect(await client.is_model_ready("simple"), "model is ready")
    for binary in (False, True):
        answer = await client.infer(request(binary))
        expect(np.array_equal(answer.outputs[0].as_numpy(), 2 * np.arange(16).reshape(1, 16)), f"sums, binary={binary}")
        expect(answer.id == "abc" and answer.model_name == "simple", f"id and model, binary={binary}")
    await client.close()


def main(url):
    asyncio.run(check(url))


if __name__ == "__main__":
    main(*sys.argv[1:])
