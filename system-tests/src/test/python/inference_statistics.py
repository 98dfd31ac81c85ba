"""Statistics: counts and durations that add up. Usage: see wires.py."""
import sys

import numpy as np
from tritonclient.utils import InferenceServerException

from wires import INVALID, Wire


def number(statistics, *path):
    """A number of the statistics; gRPC's leave zeros out and have the others as text."""
    for name in path:
        statistics = statistics.get(name, {})
    return int(statistics or 0)


def counts(wire):
    def read():
        return wire.statistics("simple")[("simple", "1")]

    before = read()
    for rows in (3, 3, 1):
        ones = np.ones((rows, 16), dtype=np.int32)
        wire.client.infer("simple", wire.simple(ones, ones))
    after = read()
    grown = {name: number(after, name) - number(before, name) for name in ("inference_count", "execution_count")}
    wire.ok(grown == {"inference_count": 7, "execution_count": 3}, f"rows and executions are counted: {grown}")
    wire.ok(number(after, "inference_stats", "success", "count") - number(before, "inference_stats", "success", "count") == 3,
            "requests are counted")
    rows = {number(batch, "batch_size"): number(batch, "compute_infer", "count") for batch in after["batch_stats"]}
    wire.ok(rows.get(3, 0) >= 2 and rows.get(1, 0) >= 1, f"executions by rows: {rows}")
    wire.ok(sum(rows.values()) == number(after, "execution_count"), "all executions are there")
    wire.ok(sum(size * count for size, count in rows.items()) == number(after, "inference_count"), "and all rows")
    wire.ok(number(after, "last_inference") > number(before, "last_inference") > 0, "the time of the last one")


def durations(wire):
    stats = wire.statistics("simple")[("simple", "1")]["inference_stats"]
    parts = [number(stats, part, "ns") for part in ("queue", "compute_input", "compute_infer", "compute_output")]
    wire.ok(number(stats, "success", "ns") == sum(parts) > 0, "durations add up")


def failures(wire):
    """A failure of the model counts as one; a request that does not fit the model is none of its executions."""
    def read():
        stats = wire.statistics("optional")[("optional", "1")]["inference_stats"]
        return number(stats, "success", "count"), number(stats, "fail", "count")

    before = read()
    try:
        wire.client.infer("optional", [wire.input("B", np.array([1], dtype=np.int64))])
        wire.ok(False, "a request without its input is refused")
    except InferenceServerException:
        wire.ok(read() == before, "a request that is refused is no execution")
    wire.client.infer("optional", [wire.input("A", np.array([1], dtype=np.int64))])
    wire.ok(read() == (before[0] + 1, before[1]), "one that succeeds is one")


def selection(wire):
    everything = wire.statistics()
    wire.ok({("simple", "1"), ("versions", "1"), ("versions", "3")} <= set(everything), "of all models")
    wire.ok(set(wire.statistics("versions")) == {("versions", "1"), ("versions", "3")}, "of all versions of one")
    wire.ok(set(wire.statistics("versions", "3")) == {("versions", "3")}, "of one version")
    wire.refused(
        lambda: wire.client.get_inference_statistics("nowhere"), "requested model 'nowhere' is not available", INVALID
    )
    wire.refused(lambda: wire.client.get_inference_statistics("versions", "2"), "'versions'", INVALID)


def main(*arguments):
    wire = Wire(*arguments)
    counts(wire)
    durations(wire)
    failures(wire)
    selection(wire)


if __name__ == "__main__":
    main(*sys.argv[1:])
