"""CUDA shared memory: what a server without a GPU says to it. Usage: see wires.py.

Without the client's own module for CUDA, which needs a GPU too: handles are as many bytes as CUDA's.
"""
import base64
import sys

from wires import INVALID, NOT_FOUND, UNSUPPORTED, Wire


def main(*arguments):
    wire = Wire(*arguments)
    handle = base64.b64encode(bytes(64))
    if wire.is_http:
        handle = handle.decode()
    wire.ok("cuda_shared_memory" in wire.read("get_server_metadata")["extensions"], "the extension is named")
    wire.refused(
        lambda: wire.client.register_cuda_shared_memory("c", handle, 0, 64),
        "CUDA shared memory is not supported: this server has no GPU module",
        UNSUPPORTED,
    )
    wire.refused(
        lambda: wire.client.register_cuda_shared_memory("c", handle[:8], 0, 64),
        "'raw_handle' must be a valid base64 encoded cudaIpcMemHandle_t",
        INVALID,
    )
    answer = wire.read("get_cuda_shared_memory_status")
    wire.ok(not (answer if wire.is_http else answer.get("regions")), "no CUDA regions")
    wire.client.unregister_cuda_shared_memory("c")
    wire.client.unregister_cuda_shared_memory()
    wire.ok(True, "unregister of what is not there is done")
    wire.refused(lambda: wire.client.get_cuda_shared_memory_status("c"), "'c'", NOT_FOUND)


if __name__ == "__main__":
    main(*sys.argv[1:])
