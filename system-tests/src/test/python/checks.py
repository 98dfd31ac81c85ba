"""What the clients' programs share."""
import sys
import time

import onnxruntime


def expect(condition, what):
    print(("ok   " if condition else "FAIL ") + what)
    if not condition:
        sys.exit(1)


def eventually(condition, what, seconds=60):
    """Looks again and again until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            expect(False, f"{what}, within {seconds} s")
    expect(True, what)


def reference(repository, model, feeds):
    """The outputs of a model of the repository, by name, as onnxruntime computes them."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(repository / model / "1" / "model.onnx"), options)
    return dict(zip([o.name for o in session.get_outputs()], session.run(None, feeds)))
