"""Drives a running server with Triton's Python client, tensors in system shared memory, over either wire.

Usage: triton_shared_memory.py http|grpc HOST:PORT MODEL_REPOSITORY
The server allows shared memory of clients and has the models simple and upper, both batched.
Prints one line a check; exits non-zero at the first that fails.
"""
import base64
import os
import pathlib
import sys

import numpy as np
import tritonclient.grpc
import tritonclient.http
import tritonclient.utils.shared_memory as shm
from tritonclient.utils import InferenceServerException, serialize_byte_tensor

from checks import expect, reference

BYTES = 2 * 16 * 4


class Checks:
    def __init__(self, kind, url, repository):
        self.triton = {"http": tritonclient.http, "grpc": tritonclient.grpc}[kind]
        self.kind = kind
        self.url = url
        self.client = self.triton.InferenceServerClient(url)
        self.repository = pathlib.Path(repository)
        self.handles = []

    def region(self, name, byte_size):
        """Makes an object and registers all of it."""
        key = f"/longshore_{os.getpid()}_{self.kind}_{name}"
        handle = shm.create_shared_memory_region(name, key, byte_size)
        self.handles.append(handle)
        self.client.register_system_shared_memory(name, key, byte_size)
        return handle, key

    def input(self, name, shape, datatype, region, byte_size, offset=0):
        tensor = self.triton.InferInput(name, shape, datatype)
        tensor.set_shared_memory(region, byte_size, offset)
        return tensor

    def output(self, name, region, byte_size, offset=0):
        tensor = self.triton.InferRequestedOutput(name)
        tensor.set_shared_memory(region, byte_size, offset)
        return tensor

    def status(self, name=""):
        answer = self.client.get_system_shared_memory_status(name)
        if self.kind == "http":
            return {region["name"]: (region["key"], region["offset"], region["byte_size"]) for region in answer}
        return {name: (region.key, region.offset, region.byte_size) for name, region in answer.regions.items()}

    def refused(self, text, action):
        try:
            action()
            expect(False, f"refused: {text}")
        except InferenceServerException as e:
            expect(text in e.message(), f"refused: {text}" if text in e.message() else f"{e.message()} is {text}")

    def registration(self):
        expect(self.status() == {}, "no regions at first")
        _, key = self.region("input", 2 * BYTES)
        self.region("output", 2 * BYTES)
        expect(self.status("input") == {"input": (key, 0, 2 * BYTES)}, "status of a region")
        expect(sorted(self.status()) == ["input", "output"], "status of all regions")
        self.refused("shared memory region 'input' already in manager",
                     lambda: self.client.register_system_shared_memory("input", key, BYTES))
        self.refused("Unable to open shared memory region: '/longshore_nowhere'",
                     lambda: self.client.register_system_shared_memory("x", "/longshore_nowhere", 1))
        self.refused("failed to register shared memory region 'x': invalid args",
                     lambda: self.client.register_system_shared_memory("x", key, BYTES, offset=BYTES + 1))
        self.refused("invalid shm key '/../etc/passwd'",
                     lambda: self.client.register_system_shared_memory("x", "/../etc/passwd", 1))
        self.refused("Unable to find system shared memory region: 'x'", lambda: self.status("x"))
        self.client.unregister_system_shared_memory("x")

    def simple(self, first, second):
        inputs, outputs = self.handles[0], self.handles[1]
        shm.set_shared_memory_region(inputs, [first, second])
        result = self.client.infer(
            "simple",
            [self.input("INPUT0", [2, 16], "INT32", "input", BYTES),
             self.input("INPUT1", [2, 16], "INT32", "input", BYTES, BYTES)],
            outputs=[self.output("OUTPUT0", "output", BYTES, BYTES), self.output("OUTPUT1", "output", BYTES)],
        )
        wanted = reference(self.repository, "simple", {"INPUT0": first, "INPUT1": second})
        for name, offset in (("OUTPUT0", BYTES), ("OUTPUT1", 0)):
            shape = result.get_output(name)
            shape = shape["shape"] if self.kind == "http" else list(shape.shape)
            values = shm.get_contents_as_numpy(outputs, np.int32, shape, offset)
            expect(np.array_equal(values, wanted[name]), f"simple {name} in shared memory")

    def mixed(self, first, second):
        """One input and one output in shared memory, the others in the messages."""
        shm.set_shared_memory_region(self.handles[0], [first])
        other = self.triton.InferInput("INPUT1", [2, 16], "INT32")
        other.set_data_from_numpy(second)
        result = self.client.infer(
            "simple",
            [self.input("INPUT0", [2, 16], "INT32", "input", BYTES), other],
            outputs=[self.output("OUTPUT0", "output", 2 * BYTES), self.triton.InferRequestedOutput("OUTPUT1")],
        )
        expect(np.array_equal(result.as_numpy("OUTPUT1"), first - second), "an output in the message")
        values = shm.get_contents_as_numpy(self.handles[1], np.int32, [2, 16])
        expect(np.array_equal(values, first + second), "beside one in shared memory")

    def strings(self):
        texts = np.array([b"ahoy", b"", "grün".encode()], dtype=np.object_)
        serialized = serialize_byte_tensor(texts)
        size = len(serialized.item())
        shm.set_shared_memory_region(self.handles[0], [serialized])
        self.client.infer(
            "upper",
            [self.input("INPUT0", [3, 1], "BYTES", "input", size)],
            outputs=[self.output("OUTPUT0", "output", 2 * BYTES)],
        )
        values = shm.get_contents_as_numpy(self.handles[1], np.object_, [3, 1])
        expect(list(values.ravel()) == [b"AHOY", b"", "GRüN".encode()], "texts in shared memory")

    def faults(self):
        def infer(size=BYTES, offset=0, room=BYTES, region="input"):
            return self.client.infer(
                "simple",
                [self.input("INPUT0", [2, 16], "INT32", region, size, offset),
                 self.input("INPUT1", [2, 16], "INT32", "input", BYTES)],
                outputs=[self.output("OUTPUT0", "output", room)],
            )

        self.refused("Unable to find shared memory region: 'nowhere'", lambda: infer(region="nowhere"))
        self.refused("Invalid offset for shared memory region: 'input'", lambda: infer(offset=2 * BYTES))
        self.refused("Invalid offset + byte size for shared memory region: 'input'", lambda: infer(size=3 * BYTES))
        self.refused("input byte size mismatch for input 'INPUT0' for model 'simple'. Expected 128, got 64",
                     lambda: infer(size=64))
        self.refused("shared memory size specified with the request for output 'OUTPUT0' (64 bytes) should be at least"
                     " 128 bytes to hold the results", lambda: infer(room=64))
        infer()
        expect(True, "and the server goes on")

    def cut_off(self):
        """A client that makes its object smaller kills nobody."""
        handle, key = self.region("short", BYTES)
        path = "/dev/shm" + key
        os.truncate(path, 10)
        ones = np.ones((2, 16), dtype=np.int32)
        other = self.triton.InferInput("INPUT1", [2, 16], "INT32")
        other.set_data_from_numpy(ones)
        for inputs, outputs in (
            ([self.input("INPUT0", [2, 16], "INT32", "short", BYTES), other], None),
            ([self.input("INPUT0", [2, 16], "INT32", "input", BYTES), other], [self.output("OUTPUT0", "short", BYTES)]),
        ):
            self.refused("shared memory region 'short' is smaller than it was registered",
                         lambda: self.client.infer("simple", inputs, outputs=outputs))
        expect(os.path.getsize(path) == 10, "the server does not make it larger")
        os.truncate(path, BYTES)

    def streaming(self):
        if self.kind == "http":
            return
        answers = []
        ones = np.ones((2, 16), dtype=np.int32)
        shm.set_shared_memory_region(self.handles[0], [ones, ones])
        with self.triton.InferenceServerClient(self.url) as client:
            client.start_stream(callback=lambda result, error: answers.append((result, error)))
            client.async_stream_infer(
                "simple",
                [self.input("INPUT0", [2, 16], "INT32", "input", BYTES),
                 self.input("INPUT1", [2, 16], "INT32", "input", BYTES, BYTES)],
                outputs=[self.output("OUTPUT0", "output", BYTES)],
            )
            client.stop_stream()
        expect(len(answers) == 1 and answers[0][1] is None, f"a streamed answer {answers}")
        values = shm.get_contents_as_numpy(self.handles[1], np.int32, [2, 16])
        expect(np.array_equal(values, ones + ones), "streamed into shared memory")

    def cuda(self):
        handle = base64.b64encode(bytes(64))
        if self.kind == "http":
            handle = handle.decode()
        self.refused("CUDA shared memory is not supported: this server has no GPU module",
                     lambda: self.client.register_cuda_shared_memory("c", handle, 0, 64))
        self.refused("'raw_handle' must be a valid base64 encoded cudaIpcMemHandle_t",
                     lambda: self.client.register_cuda_shared_memory("c", handle[:8], 0, 64))
        answer = self.client.get_cuda_shared_memory_status()
        expect(len(answer if self.kind == "http" else answer.regions) == 0, "no CUDA regions")
        self.client.unregister_cuda_shared_memory("c")
        self.client.unregister_cuda_shared_memory()
        self.refused("The region named 'input' is registered as system shared memory, not CUDA shared memory",
                     lambda: self.client.get_cuda_shared_memory_status("input"))

    def end(self):
        self.client.unregister_system_shared_memory("input")
        expect("input" not in self.status(), "unregistered")
        self.client.unregister_system_shared_memory()
        expect(self.status() == {}, "all unregistered")

    def destroy(self):
        for handle in self.handles:
            shm.destroy_shared_memory_region(handle)


def main():
    checks = Checks(*sys.argv[1:4])
    first = np.arange(32, dtype=np.int32).reshape(2, 16)
    second = np.full((2, 16), 7, dtype=np.int32)
    try:
        expect("system_shared_memory" in str(checks.client.get_server_metadata()), "extension")
        checks.registration()
        checks.simple(first, second)
        checks.mixed(first, second)
        checks.strings()
        checks.faults()
        checks.cut_off()
        checks.streaming()
        checks.cuda()
        checks.end()
    finally:
        checks.destroy()


if __name__ == "__main__":
    main()
