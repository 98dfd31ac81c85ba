"""Checks the catalogue against the ONNX checker and ONNX Runtime in Python.

Optional; not part of the Maven build. Needs the packages onnx, onnxruntime and numpy:

    mvn -pl onnx-builder package
    mvn -q -pl onnx-builder dependency:build-classpath -Dmdep.outputFile=target/classpath
    java -cp onnx-builder/target/classes:$(cat onnx-builder/target/classpath) io.longshore.onnx.GenerateModels OUT_DIR
    python onnx-builder/src/test/python/check.py OUT_DIR
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime as ort

INVALID = {"unknown_operator", "future_format"}

DTYPES = {
    "bool": np.bool_, "uint8": np.uint8, "uint16": np.uint16, "uint32": np.uint32, "uint64": np.uint64,
    "int8": np.int8, "int16": np.int16, "int32": np.int32, "int64": np.int64,
    "fp16": np.float16, "fp32": np.float32, "fp64": np.float64,
}


def run(session, **inputs):
    return session.run(None, inputs)


def check_simple(session, shape):
    a = np.arange(np.prod(shape), dtype=np.int32).reshape(shape)
    total, difference = run(session, INPUT0=a, INPUT1=a * 3)
    np.testing.assert_array_equal(total, a * 4)
    np.testing.assert_array_equal(difference, a * -2)


def check_identity(session, name):
    kind = name.removeprefix("identity_")
    if kind == "bytes":
        value = np.array(["a", "", "Grüße"], dtype=object)
    elif kind == "bf16":
        import ml_dtypes

        value = np.array([1.5, -2.0], dtype=ml_dtypes.bfloat16)
        out = session.run_with_ort_values(
            None, {"INPUT0": ort.OrtValue.ortvalue_from_numpy_with_onnx_type(value.view(np.uint16), 16)})
        assert out[0].data_type() == "tensor(bfloat16)"
        return
    else:
        value = np.array([0, 1, 100], dtype=DTYPES[kind])
    np.testing.assert_array_equal(run(session, INPUT0=value)[0], value)
    empty = value[:0]
    assert run(session, INPUT0=empty)[0].shape == (0,)


def check_several_outputs(session):
    x = np.arange(6, dtype=np.float32).reshape(2, 3)
    negated, sums, shape = run(session, INPUT0=x)
    np.testing.assert_array_equal(negated, -x)
    np.testing.assert_array_equal(sums, x.sum(axis=1))
    assert shape.tolist() == [2, 3]


def check_gather(session):
    x = np.array([1, 2, 3], dtype=np.float32)
    assert run(session, INPUT0=x, INPUT1=np.array([2, 0]))[0].tolist() == [3, 1]
    try:
        run(session, INPUT0=x, INPUT1=np.array([7]))
    except Exception as e:  # the Python package has no public base class of its failures
        assert "out of data bounds" in str(e), e
    else:
        raise AssertionError("an index out of range must fail")


def check_product(session, rows):
    columns = session.get_outputs()[0].shape[1]
    count = rows * columns
    weights = ((np.arange(count) % 251 - 125.5) / 4096).astype(np.float32).reshape(rows, columns)
    x = np.ones((2, rows), dtype=np.float32)
    np.testing.assert_allclose(run(session, INPUT0=x)[0], x @ weights, rtol=1e-4, atol=1e-5)


def check_sequence_controls(session):
    one = np.array([[1]], dtype=np.int32)
    total, identity = run(session, INPUT0=one, START=one * 10, END=one * 100, READY=one * 1000, CORRID=np.array([[7]]))
    assert total.tolist() == [[1111]] and identity.tolist() == [[7]]


CHECKS = {
    "simple": lambda s: check_simple(s, (3, 16)),
    "simple_unbatched": lambda s: check_simple(s, (16,)),
    "simple_unnamed_batch": lambda s: check_simple(s, (2, 16)),
    "simple_fixed_batch": lambda s: check_simple(s, (8, 16)),
    "identity_scalar": lambda s: np.testing.assert_equal(run(s, INPUT0=np.array(2.5, np.float32))[0], np.float32(2.5)),
    "scalar_sum": lambda s: np.testing.assert_equal(
        run(s, INPUT0=np.array(2, np.float32), INPUT1=np.array(3, np.float32))[0], np.float32(5)),
    "several_outputs": check_several_outputs,
    "string_upper": lambda s: np.testing.assert_array_equal(
        run(s, INPUT0=np.array(["ab", "Cd"], dtype=object))[0], np.array(["AB", "CD"], dtype=object)),
    "non_zero": lambda s: np.testing.assert_array_equal(
        run(s, INPUT0=np.array([0, 5, 0, 7], dtype=np.float32))[0], [[1, 3]]),
    "gather": check_gather,
    "external_weights": lambda s: check_product(s, 64),
    "weights": lambda s: check_product(s, 256),
    "slow": lambda s: np.testing.assert_equal(np.isfinite(run(s, INPUT0=np.array([5]))[0]), True),
    "sequence_controls": check_sequence_controls,
    "sequence_sum": lambda s: np.testing.assert_array_equal(
        run(s, INPUT0=np.array([[2]], np.int32), SUM_IN=np.array([[3]], np.int32)), [[[5]], [[5]]]),
    "sequence_history": lambda s: np.testing.assert_array_equal(
        run(s, INPUT0=np.array([2], np.float32), PAST=np.array([3, 4], np.float32)), [[3, 4, 2], [3, 4, 2]]),
    "sequence_output": lambda s: np.testing.assert_equal(len(run(s, INPUT0=np.ones(2, np.float32))[0]), 2),
}


def check(file, name):
    if name in INVALID:
        try:
            ort.InferenceSession(file, providers=["CPUExecutionProvider"])
        except Exception as e:  # the Python package has no public base class of its failures
            return "refused as it should be: " + str(e).splitlines()[0][:90]
        raise AssertionError(name + " must not load")
    onnx.checker.check_model(str(file), full_check=True)
    session = ort.InferenceSession(file, providers=["CPUExecutionProvider"])
    if name.startswith("identity_") and name != "identity_scalar":
        check_identity(session, name)
    else:
        CHECKS[name](session)
    return "ok"


def main():
    ort.set_default_logger_severity(4)
    folders = sorted(p for p in pathlib.Path(sys.argv[1]).iterdir() if p.is_dir())
    for folder in folders:
        print(f"{folder.name:24}", check(folder / "1" / "model.onnx", folder.name))
    print(len(folders), "models checked")


main()
