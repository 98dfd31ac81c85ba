"""Calls a server that wants certificates of its clients, and a secret for some calls, with Triton's Python client.

Usage: triton_grpc_tls.py HOST:PORT SERVER_CERTIFICATE CLIENT_KEY CLIENT_CERTIFICATE HEADER SECRET
Prints one line a check; exits non-zero at the first that fails.
"""
import sys

import numpy as np
import tritonclient.grpc as triton
from tritonclient.utils import InferenceServerException

from checks import expect


def refusal(call):
    try:
        call()
    except InferenceServerException as refused:
        return refused
    return None


def main(url, root, key, certificate, header, secret):
    client = triton.InferenceServerClient(
        url, ssl=True, root_certificates=root, private_key=key, certificate_chain=certificate
    )
    expect(client.is_server_ready(), "a client with a certificate is served")
    both = [triton.InferInput(name, [1, 16], "INT32") for name in ("INPUT0", "INPUT1")]
    for each in both:
        each.set_data_from_numpy(np.arange(16, dtype=np.int32).reshape(1, 16))
    sums = client.infer("simple", both).as_numpy("OUTPUT0")
    expect((sums == 2 * np.arange(16)).all(), "inference over TLS")

    refused = refusal(client.get_model_repository_index)
    expect(refused is not None and "UNAVAILABLE" in refused.status(), "the index is restricted")
    expect(
        refused.message() == f"This protocol is restricted, expecting header '{header}'", "Triton's words for that"
    )
    index = client.get_model_repository_index(headers={header: secret})
    expect("simple" in [model.name for model in index.models], "the index with the secret")

    stranger = triton.InferenceServerClient(url, ssl=True, root_certificates=root)
    expect(refusal(stranger.is_server_live) is not None, "a client without a certificate is refused")
    plain = triton.InferenceServerClient(url)
    expect(refusal(plain.is_server_live) is not None, "a client without TLS is refused")


main(*sys.argv[1:])
