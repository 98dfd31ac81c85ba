"""The session of ONNX Runtime that the Python servers run: the same options as Longshore's own (docs/onnxruntime-backend.md)."""
import onnxruntime


def open_session(path, intra_op_threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = intra_op_threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def run(session, inputs):
    """The outputs in the model's order, as (name, array)."""
    names = [output.name for output in session.get_outputs()]
    return list(zip(names, session.run(names, inputs)))
