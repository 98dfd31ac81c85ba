"""Load that arrives as a seeded Poisson process, whether or not the server keeps up: bench/open-loop."""
import subprocess
import sys
from typing import NamedTuple

import harness

GENERATOR = harness.ROOT / "bench/open-loop/target"


class Outcome(NamedTuple):
    """What became of a request: milliseconds from the time at which it was due to its end, and to its sending; the fault, or ''."""

    latency: float
    delay: float
    fault: str


def arrivals(target, body, rate, seconds, warmup, seed, connections, headers=None):
    """The outcomes of requests that arrive within so many seconds at so many a second. The target is a URL of http or grpc; a
    gRPC message is without its frame."""
    if not (GENERATOR / "lib").exists():
        sys.exit(f"there is no {GENERATOR / 'lib'}; run mvn package first")
    # The quick compiler alone: a generator that lives for seconds should not spend them on the other one.
    command = [
        "java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m", "-cp", f"{GENERATOR}/classes:{GENERATOR}/lib/*",
        "io.longshore.bench.openloop.OpenLoop", target, *map(str, (body, rate, seconds, warmup, seed, connections)),
        *(f"{name}:{value}" for name, value in (headers or {}).items()),
    ]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [outcome(line) for line in out.splitlines()]


def outcome(line):
    latency, delay, *fault = line.split(" ", 2)
    return Outcome(int(latency) / 1000, int(delay) / 1000, fault[0] if fault else "")
