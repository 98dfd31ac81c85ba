"""Drives a running server with KServe's own Python client over REST.

Usage: kserve_rest.py HOST:PORT
Prints one line a check; exits non-zero at the first that fails.
"""
import asyncio
import sys

import numpy as np
from kserve import InferInput, InferRequest
from kserve.inference_client import InferenceRESTClient, RESTConfig

from checks import expect


def request(binary, **names):
    values = np.arange(16, dtype=np.int32).reshape(1, 16)
    inputs = []
    for name in ("INPUT0", "INPUT1"):
        tensor = InferInput(name, [1, 16], "INT32")
        tensor.set_data_from_numpy(values, binary_data=binary)
        inputs.append(tensor)
    return InferRequest(model_name="simple", infer_inputs=inputs, **names)


async def check(url):
    async with InferenceRESTClient(RESTConfig(protocol="v2", retries=1, timeout=60)) as client:
        expect(await client.is_server_live(url), "server is live")
        expect(await client.is_server_ready(url), "server is ready")
        expect(await client.is_model_ready(url, "simple"), "model is ready")
        for binary in (False, True):
            answer = await client.infer(url, request(binary, request_id="abc"), model_name="simple", timeout=60)
            sums = answer.outputs[0].as_numpy()
            expect(np.array_equal(sums, 2 * np.arange(16).reshape(1, 16)), f"sums, binary={binary}")
            expect(answer.id == "abc" and answer.model_name == "simple", f"id and model, binary={binary}")
        body = {"inputs": [{"name": n, "shape": [1, 16], "datatype": "INT32", "data": list(range(16))} for n in ("INPUT0", "INPUT1")]}
        answer = await client.infer(url, body, model_name="simple", timeout=60)
        expect(answer["outputs"][1]["data"] == [0] * 16 if isinstance(answer, dict) else answer.outputs[1].data == [0] * 16,
               "a request without an id")


def main(url):
    asyncio.run(check(f"http://{url}"))


if __name__ == "__main__":
    main(*sys.argv[1:])
