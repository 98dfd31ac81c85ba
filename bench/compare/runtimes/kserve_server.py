"""KServe's Python server with a model over ONNX Runtime."""
import argparse
import asyncio
import concurrent.futures

import kserve
import kserve.model_server
import kserve.protocol.grpc.server as grpc_server
import kserve.protocol.rest.multiprocess.server as workers
import kserve.protocol.rest.server as rest_server
from kserve.utils.numpy_codec import from_np_dtype
from kserve.utils.utils import generate_uuid

from onnx_session import open_session, run

LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 60


class OnnxModel(kserve.Model):
    """Runs on the event loop, as KServe's own models do, or beside it on threads of its own."""

    def __init__(self, name, path, intra_op_threads, run_threads):
        super().__init__(name)
        self.path = path
        self.intra_op_threads = intra_op_threads
        self.run_threads = run_threads
        self.load()

    def load(self):
        self.session = open_session(self.path, self.intra_op_threads)
        self.executor = concurrent.futures.ThreadPoolExecutor(self.run_threads) if self.run_threads else None
        self.ready = True
        return self.ready

    def __getstate__(self):
        """What a worker process is given: a session cannot be sent to it."""
        return {key: value for key, value in self.__dict__.items() if key not in ("session", "executor")}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.load()

    async def predict(self, payload, headers=None, response_headers=None):
        inputs = {tensor.name: tensor.as_numpy() for tensor in payload.inputs}
        if self.executor is None:
            outputs = run(self.session, inputs)
        else:
            outputs = await asyncio.get_running_loop().run_in_executor(self.executor, run, self.session, inputs)
        return kserve.InferResponse(
            response_id=payload.id or generate_uuid(), model_name=self.name, infer_outputs=[self.output(*pair) for pair in outputs],
            # Over gRPC arrays always go as raw contents, and to ask for that makes KServe 0.21 fail on them.
            use_binary_outputs=payload.use_binary_outputs and not payload.from_grpc, requested_outputs=payload.request_outputs,
        )

    @staticmethod
    def output(name, array):
        return kserve.InferOutput(name=name, shape=list(array.shape), datatype=from_np_dtype(array.dtype), data=array)


class LoopbackConfig(rest_server.uvicorn.Config):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "host": LOOPBACK})


def listen_on_loopback():
    """KServe's server listens on all addresses and has no option for it."""
    rest_server.uvicorn.Config = LoopbackConfig
    create = grpc_server.aio.server

    def create_on_loopback(*args, **kwargs):
        server = create(*args, **kwargs)
        add_port = server.add_insecure_port
        server.add_insecure_port = lambda address: add_port(address.replace("[::]", LOOPBACK))
        return server

    grpc_server.aio.server = create_on_loopback


def let_workers_start():
    """KServe kills a worker process that does not answer within 5 s, which is too little to import its libraries on a busy machine."""
    workers.RESTServerProcess.is_alive.__defaults__ = (PATIENCE_SECONDS,)


def main():
    parser = argparse.ArgumentParser(description=__doc__, parents=[kserve.model_server.parser])
    parser.add_argument("--model_file", required=True)
    parser.add_argument("--intra_op_threads", type=int, required=True)
    parser.add_argument("--run_threads", type=int, required=True, help="threads of each process that run the model; 0 = its event loop")
    options = parser.parse_args()
    listen_on_loopback()
    let_workers_start()
    kserve.ModelServer().start([OnnxModel(options.model_name, options.model_file, options.intra_op_threads, options.run_threads)])


if __name__ == "__main__":
    main()
