"""Asks a server once over each wire, and compares what the servers answer."""
import http.client
import json
import math
import struct
import sys

import harness
from connections import Connection

RELATIVE, ABSOLUTE = 1e-4, 1e-5
FORMATS = {"INT32": "i", "INT64": "q", "FP32": "f"}


def ask_http(deployment, load):
    """The outputs as {name: (datatype, shape, values)}."""
    connection = http.client.HTTPConnection("127.0.0.1", deployment.port, timeout=60)
    try:
        connection.request("POST", load.path, load.body, load.headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            deployment.fail(f"status {answer.status}: {body[:500]!r}")
        size = int(answer.getheader("Inference-Header-Content-Length") or len(body))
        return from_json(json.loads(body[:size]), body[size:])
    finally:
        connection.close()


def from_json(answer, binary):
    outputs = {}
    for output in answer["outputs"]:
        if "data" in output:
            values = flat(output["data"])
        else:
            size = output["parameters"]["binary_data_size"]
            values, binary = unpack(output["datatype"], binary[:size]), binary[size:]
        outputs[output["name"]] = (output["datatype"], output["shape"], values)
    return outputs


def flat(data):
    return [value for item in data for value in (flat(item) if isinstance(item, list) else [item])]


def unpack(datatype, data):
    kind = FORMATS[datatype]
    return list(struct.unpack(f"<{len(data) // struct.calcsize(kind)}{kind}", data))


def ask_grpc(deployment, load):
    """The outputs as {name: (datatype, shape, values)}."""
    try:
        connection = Connection(deployment.grpc_port, harness.H2load.INFER, load.body)
    except (RuntimeError, OSError) as failure:
        deployment.fail(f"no answer over gRPC: {failure}")
    connection.close()
    deployment.answer_size = len(connection.answer)
    return from_message(connection.answer[5:])


def from_message(message):
    """The outputs of a ModelInferResponse."""
    fields = list(parse(message))
    raw = [value for number, value in fields if number == 6]
    outputs = {}
    for i, tensor in enumerate(value for number, value in fields if number == 5):
        parts = list(parse(tensor))
        name, datatype = (next(value for number, value in parts if number == wanted).decode() for wanted in (1, 2))
        shape = [dim for number, value in parts if number == 3 for dim in (varints(value) if isinstance(value, bytes) else [value])]
        values = unpack(datatype, raw[i]) if raw else contents(datatype, next(value for number, value in parts if number == 5))
        outputs[name] = (datatype, shape, values)
    return outputs


def contents(datatype, message):
    """The values of an InferTensorContents, which are packed."""
    data = b"".join(value for _, value in parse(message))
    if datatype == "FP32":
        return unpack(datatype, data)
    return [value - (1 << 64) if value >> 63 else value for value in varints(data)]


def parse(message):
    """The fields of a protobuf message as (number, int or bytes)."""
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        if key & 7 == 0:
            value, at = varint(message, at)
        elif key & 7 == 2:
            size, at = varint(message, at)
            value, at = message[at:at + size], at + size
        else:
            raise ValueError(f"a field of wire type {key & 7} in an answer")
        yield key >> 3, value


def varint(message, at):
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return value, at


def varints(data):
    at, values = 0, []
    while at < len(data):
        value, at = varint(data, at)
        values.append(value)
    return values


def check_known(deployment, outputs):
    """What simple answers to 0 to 15 twice: the sums and the differences."""
    expected = {"OUTPUT0": [2 * i for i in range(16)], "OUTPUT1": [0] * 16}
    if {name: values for name, (_, _, values) in outputs.items()} != expected:
        deployment.fail(f"the sums and differences are wrong: {outputs}")


def check_equal(what, answers):
    """Ends the run unless all servers' outputs are those of the first, floats within the tolerance; returns the largest difference."""
    (first, reference), *others = answers.items()
    largest = 0.0
    for name, outputs in others:
        if {n: (t, s, len(v)) for n, (t, s, v) in outputs.items()} != {n: (t, s, len(v)) for n, (t, s, v) in reference.items()}:
            sys.exit(f"{what}: {name} answers other tensors than {first}")
        for output, (_, _, values) in outputs.items():
            for i, (a, b) in enumerate(zip(values, reference[output][2])):
                if not math.isclose(a, b, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
                    sys.exit(f"{what}: {output}[{i}] is {a} from {name} and {b} from {first}")
                largest = max(largest, abs(a - b))
    return largest
