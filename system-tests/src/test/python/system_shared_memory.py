"""System shared memory: inputs and outputs in regions. Usage: see wires.py. The server allows clients to use it."""
import os
import sys

import numpy as np
import tritonclient.utils.shared_memory as shm
from tritonclient.utils import serialize_byte_tensor

from checks import reference
from wires import INTERNAL, INVALID, NOT_FOUND, Wire

BYTES = 2 * 16 * 4
ALREADY_EXISTS = ("400", "StatusCode.ALREADY_EXISTS")


class Checks:
    def __init__(self, wire):
        self.wire = wire
        self.client = wire.client
        self.handles = []

    def region(self, name, byte_size):
        """Makes an object and registers all of it."""
        key = f"/longshore_{os.getpid()}_{self.wire.name}_{name}"
        handle = shm.create_shared_memory_region(name, key, byte_size)
        self.handles.append(handle)
        self.client.register_system_shared_memory(name, key, byte_size)
        return handle, key

    def input(self, name, shape, datatype, region, byte_size, offset=0):
        tensor = self.wire.module.InferInput(name, shape, datatype)
        tensor.set_shared_memory(region, byte_size, offset)
        return tensor

    def output(self, name, region, byte_size, offset=0):
        tensor = self.wire.module.InferRequestedOutput(name)
        tensor.set_shared_memory(region, byte_size, offset)
        return tensor

    def status(self, name=""):
        answer = self.client.get_system_shared_memory_status(name)
        if self.wire.is_http:
            return {region["name"]: (region["key"], region["offset"], region["byte_size"]) for region in answer}
        return {name: (region.key, region.offset, region.byte_size) for name, region in answer.regions.items()}

    def registration(self):
        self.wire.ok(self.status() == {}, "no regions at first")
        _, key = self.region("input", 2 * BYTES)
        self.region("output", 2 * BYTES)
        self.wire.ok(self.status("input") == {"input": (key, 0, 2 * BYTES)}, "status of a region")
        self.wire.ok(sorted(self.status()) == ["input", "output"], "status of all regions")
        self.wire.refused(
            lambda: self.client.register_system_shared_memory("input", key, BYTES),
            "shared memory region 'input' already in manager",
            ALREADY_EXISTS,
        )
        self.wire.refused(
            lambda: self.client.register_system_shared_memory("x", "/longshore_nowhere", 1),
            "Unable to open shared memory region: '/longshore_nowhere'",
            INTERNAL,
        )
        self.wire.refused(
            lambda: self.client.register_system_shared_memory("x", key, BYTES, offset=BYTES + 1),
            "failed to register shared memory region 'x': invalid args",
            INVALID,
        )
        self.wire.refused(
            lambda: self.client.register_system_shared_memory("x", "/../etc/passwd", 1),
            "invalid shm key '/../etc/passwd'",
            INVALID,
        )
        self.wire.refused(
            lambda: self.status("x"),
            "Unable to find system shared memory region: 'x'",
            NOT_FOUND,
        )
        self.wire.refused(
            lambda: self.client.get_cuda_shared_memory_status("input"),
            "The region named 'input' is registered as system shared memory, not CUDA shared memory",
            NOT_FOUND,
        )
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
        wanted = reference(self.wire.repository, "simple", {"INPUT0": first, "INPUT1": second})
        for name, offset in (("OUTPUT0", BYTES), ("OUTPUT1", 0)):
            shape = result.get_output(name)
            shape = shape["shape"] if self.wire.is_http else list(shape.shape)
            values = shm.get_contents_as_numpy(outputs, np.int32, shape, offset)
            self.wire.ok(np.array_equal(values, wanted[name]), f"simple {name} in shared memory")

    def mixed(self, first, second):
        """One input and one output in shared memory, the others in the messages."""
        shm.set_shared_memory_region(self.handles[0], [first])
        other = self.wire.module.InferInput("INPUT1", [2, 16], "INT32")
        other.set_data_from_numpy(second)
        result = self.client.infer(
            "simple",
            [self.input("INPUT0", [2, 16], "INT32", "input", BYTES), other],
            outputs=[self.output("OUTPUT0", "output", 2 * BYTES), self.wire.module.InferRequestedOutput("OUTPUT1")],
        )
        self.wire.ok(np.array_equal(result.as_numpy("OUTPUT1"), first - second), "an output in the message")
        values = shm.get_contents_as_numpy(self.handles[1], np.int32, [2, 16])
        self.wire.ok(np.array_equal(values, first + second), "beside one in shared memory")

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
        self.wire.ok(list(values.ravel()) == [b"AHOY", b"", "GRüN".encode()], "texts in shared memory")

    def faults(self):
        def infer(size=BYTES, offset=0, room=BYTES, region="input"):
            return self.client.infer(
                "simple",
                [self.input("INPUT0", [2, 16], "INT32", region, size, offset),
                 self.input("INPUT1", [2, 16], "INT32", "input", BYTES)],
                outputs=[self.output("OUTPUT0", "output", room)],
            )

        self.wire.refused(
            lambda: infer(region="nowhere"),
            "Unable to find shared memory region: 'nowhere'",
            NOT_FOUND,
        )
        self.wire.refused(
            lambda: infer(offset=2 * BYTES),
            "Invalid offset for shared memory region: 'input'",
            INVALID,
        )
        self.wire.refused(
            lambda: infer(size=3 * BYTES),
            "Invalid offset + byte size for shared memory region: 'input'",
            INVALID,
        )
        self.wire.refused(
            lambda: infer(size=64),
            "input byte size mismatch for input 'INPUT0' for model 'simple'. Expected 128, got 64",
            INVALID,
        )
        self.wire.refused(
            lambda: infer(room=64),
            "shared memory size specified with the request for output 'OUTPUT0' (64 bytes) should be at least"
                     " 128 bytes to hold the results",
            INTERNAL,
        )
        infer()
        self.wire.ok(True, "and the server goes on")

    def cut_off(self):
        """A client that makes its object smaller kills nobody."""
        handle, key = self.region("short", BYTES)
        path = "/dev/shm" + key
        os.truncate(path, 10)
        ones = np.ones((2, 16), dtype=np.int32)
        other = self.wire.module.InferInput("INPUT1", [2, 16], "INT32")
        other.set_data_from_numpy(ones)
        for inputs, outputs in (
            ([self.input("INPUT0", [2, 16], "INT32", "short", BYTES), other], None),
            ([self.input("INPUT0", [2, 16], "INT32", "input", BYTES), other], [self.output("OUTPUT0", "short", BYTES)]),
        ):
            self.wire.refused(
            lambda: self.client.infer("simple", inputs, outputs=outputs),
            "shared memory region 'short' is smaller than it was registered",
            INVALID,
        )
        self.wire.ok(os.path.getsize(path) == 10, "the server does not make it larger")
        os.truncate(path, BYTES)

    def streaming(self):
        answers = []
        ones = np.ones((2, 16), dtype=np.int32)
        shm.set_shared_memory_region(self.handles[0], [ones, ones])
        with self.wire.connect() as client:
            client.start_stream(callback=lambda result, error: answers.append((result, error)))
            client.async_stream_infer(
                "simple",
                [self.input("INPUT0", [2, 16], "INT32", "input", BYTES),
                 self.input("INPUT1", [2, 16], "INT32", "input", BYTES, BYTES)],
                outputs=[self.output("OUTPUT0", "output", BYTES)],
            )
            client.stop_stream()
        self.wire.ok(len(answers) == 1 and answers[0][1] is None, f"a streamed answer {answers}")
        values = shm.get_contents_as_numpy(self.handles[1], np.int32, [2, 16])
        self.wire.ok(np.array_equal(values, ones + ones), "streamed into shared memory")

    def end(self):
        self.client.unregister_system_shared_memory("input")
        self.wire.ok("input" not in self.status(), "unregistered")
        self.client.unregister_system_shared_memory()
        self.wire.ok(self.status() == {}, "all unregistered")

    def destroy(self):
        for handle in self.handles:
            shm.destroy_shared_memory_region(handle)


def main(*arguments):
    wire = Wire(*arguments)
    checks = Checks(wire)
    first = np.arange(32, dtype=np.int32).reshape(2, 16)
    second = np.full((2, 16), 7, dtype=np.int32)
    try:
        wire.ok("system_shared_memory" in wire.read("get_server_metadata")["extensions"], "the extension is named")
        checks.registration()
        checks.simple(first, second)
        checks.mixed(first, second)
        checks.strings()
        checks.faults()
        checks.cut_off()
        if not wire.is_http:
            checks.streaming()
        checks.end()
    finally:
        checks.destroy()


if __name__ == "__main__":
    main(*sys.argv[1:])
