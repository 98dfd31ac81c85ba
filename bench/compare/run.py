#!/usr/bin/env python3
"""Compares Longshore with MLServer and KServe's Python server: the same models, threads and load on the same machine.

Installs the other two from PyPI into virtual environments under bench/compare/target (once), starts all of them on
the loopback address, checks that they give equal answers, and measures them in turn: closed-loop load at each
concurrency, then open-loop load that arrives as a Poisson process of the same rate and seed for all. Prints a Markdown
table of medians and writes it, with the raw figures as JSON, to --out.

Needs a built tree (mvn package), Java, wrk, h2load, and a Python that the requirements-*.txt say they are for. What is
compared and how fairly: bench/compare/README.md.
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "load"))

import harness  # noqa: E402
import measure  # noqa: E402
import report  # noqa: E402
from answers import check_equal, check_known, ask_grpc, ask_http  # noqa: E402
from servers import INSTALLED, SERVERS, Setup  # noqa: E402

MODELS = ("simple", "minilm")


class Case:
    """One model over one wire, with the load that goes there."""

    def __init__(self, model, wire, load, is_binary=False):
        self.model = model
        self.wire = wire
        self.load = load
        self.is_grpc = wire == "gRPC"
        self.is_binary = is_binary
        self.name = f"{model}, {wire}"

    def spoken_by(self, deployment):
        return deployment.speaks_binary or not self.is_binary


def cases(model):
    loads, calls = harness.loads(), harness.grpc_loads()
    if model == "simple":
        return [Case(model, "HTTP JSON", loads["simple JSON"]), Case(model, "gRPC", calls["simple"])]
    tokens = [{"name": name, "shape": [1, 128], "datatype": "INT64", "data": values} for name, values in harness.token_values().items()]
    return [
        Case(model, "HTTP JSON", harness.Load(model, *harness.as_json(tokens), ())),
        Case(model, "HTTP binary", loads["minilm 128 tokens binary"], is_binary=True),
        Case(model, "gRPC", harness.GrpcLoad(model, harness.packed_tokens(), ())),
    ]


def setup(model, server, options, folder):
    """The demo's model and config, with as many instances and threads as all servers have."""
    source = harness.distribution() / "models" / model
    config = re.sub(r"^instance_group.*\n", "", (source / "config.pbtxt").read_text(), flags=re.MULTILINE)
    config += (
        f"\ninstance_group [ {{ count: {options.instances} kind: KIND_CPU }} ]\n"
        f'parameters {{ key: "intra_op_thread_count" value {{ string_value: "{options.threads}" }} }}\n'
    )
    own = folder / server.name.lower()
    own.mkdir()
    return Setup(model, (source / "1/model.onnx").resolve(), config, options.instances, options.threads, own)


@contextlib.contextmanager
def deployments(model, options):
    """All servers with the model, ready; they have ended when this is left."""
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        started = []
        for server in options.servers:
            deployment = server(setup(model, server, options, folder))
            stack.callback(deployment.stop)
            started.append(deployment)
        for deployment in started:
            progress(f"waiting for {deployment.name} with {model}")
            deployment.wait()
        yield started


def compare_answers(case, started):
    answers = {}
    for deployment in started:
        outputs = (ask_grpc if case.is_grpc else ask_http)(deployment, case.load)
        if case.model == "simple":
            check_known(deployment, outputs)
        answers[deployment.name] = outputs
    difference = check_equal(case.name, answers)
    progress(f"{case.name}: equal answers, largest difference {difference:.1e}")
    return difference


def in_turn(started, rounds):
    """The servers round by round; each round begins with the next one, so that none has always the same predecessor."""
    for i in range(rounds):
        yield from started[i % len(started):] + started[:i % len(started)]


def run_case(case, started, options, results):
    started = [deployment for deployment in started if case.spoken_by(deployment)]
    difference = compare_answers(case, started)
    with tempfile.TemporaryDirectory() as folder:
        closed_loop = measure.ClosedLoop(case, pathlib.Path(folder))
        open_loop = measure.OpenLoop(case, pathlib.Path(folder), options)
        speeds = {}
        for deployment in started:
            progress(f"{case.name}: warming up {deployment.name}")
            speeds[deployment.name] = closed_loop.run(deployment, 8, options.warmup).rate
        for concurrency in options.concurrencies:
            rows = {deployment.name: [] for deployment in started}
            for deployment in in_turn(started, options.rounds):
                seconds = measure.seconds_for(speeds[deployment.name], concurrency, options)
                rows[deployment.name].append(closed_loop.run(deployment, concurrency, seconds))
            results.add(case, f"{concurrency} at a time", rows, difference)
            progress(f"{case.name}, {concurrency} at a time: {rates(rows)}")
        rate = options.rate or results.slowest_rate(case) / 2
        rows = {deployment.name: [] for deployment in started}
        for i, deployment in enumerate(in_turn(started, options.rounds)):
            seed = options.seed + i // len(started)
            rows[deployment.name].append(open_loop.run(deployment, rate, seed))
        results.add(case, f"Poisson, {rate:.3g}/s", rows, difference)
        progress(f"{case.name}, Poisson: {rates(rows)}")


def rates(rows):
    return ", ".join(f"{name} {measure.median(rounds, 'rate'):,.1f}/s" for name, rounds in rows.items())


def progress(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def names(known):
    def parse(text):
        chosen = [name.strip().lower() for name in text.split(",")]
        unknown = [name for name in chosen if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"unknown: {unknown[0]}; there are {', '.join(known)}")
        return chosen
    return parse


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", type=names(SERVERS), default=list(SERVERS), metavar="NAMES",
                        help=f"which, separated by commas; ratios are to the first (default: {','.join(SERVERS)})")
    parser.add_argument("--models", type=names(MODELS), default=list(MODELS), metavar="NAMES", help=f"which (default: {','.join(MODELS)})")
    parser.add_argument("--concurrencies", type=lambda text: [int(n) for n in text.split(",")], default=[1, 16, 64], metavar="NUMBERS",
                        help="requests at a time in closed-loop load (default: 1,16,64)")
    parser.add_argument("--rounds", type=int, default=5, help="times that each server is measured (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=8, help="seconds of each measurement; more where a server's latency needs them (default: %(default)s)")
    parser.add_argument("--warmup", type=int, default=30, help="seconds of load on each server before it is measured (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 3 s after 4 s: shows that all works, its figures are worth little")
    parser.add_argument("--rate", type=float, help="requests a second of the Poisson load (default: half of what the slowest server did in closed loop)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first round's arrivals, the next one's in the next (default: %(default)s)")
    parser.add_argument("--instances", type=int, default=os.cpu_count(), help="copies of the model that run at a time (default: the cores, %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="intra-op threads of each instance (default: %(default)s)")
    parser.add_argument("--python", default=sys.executable, help="the Python of the virtual environments (default: %(default)s)")
    parser.add_argument("--out", type=pathlib.Path, default=INSTALLED / "results", metavar="FOLDER", help="for the results (default: %(default)s)")
    options = parser.parse_args()
    options.latencies, options.longest_arrivals = 5, 30
    if options.quick:
        options.rounds, options.seconds, options.warmup = 2, 3, 4
        options.latencies, options.longest_arrivals = 2, 5
    options.servers = [SERVERS[name] for name in options.servers]
    missing = [tool for tool in ("java", "wrk", "h2load") if not shutil.which(tool)]
    if missing:
        parser.error(f"{missing[0]} is needed and not on the path")
    return options


def main():
    options = parse_options()
    # Ends as Ctrl-C does, so that the servers are stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    versions = [server.install(options.python) for server in options.servers]
    results = report.Results(options, versions)
    try:
        for model in options.models:
            with deployments(model, options) as started:
                for case in cases(model):
                    run_case(case, started, options, results)
                results.memory.update({f"{d.name} with {model}": round(d.memory()) for d in started})
    finally:
        results.write(options.out)
    print(results.markdown())


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("interrupted; all servers are stopped")
