"""What batches by length are worth to a real model."""
import os
import random
import shutil
import statistics

import harness
from counts import settled
from harness import GrpcLoad, H2load, Load, Server, Wrk

CONCURRENCIES = (2, 4, 16, 64)
LENGTHS, TEXTS, SEED = (8, 128), 64, 7
PADDING = " ".join(f"{name}=0" for name in harness.token_values())
# The demo's model as it comes, and the same with batches.
MODELS = {
    "alone": "",
    "batched": f'dynamic_batching {{ }}\nparameters {{ key: "longshore.padding" value {{ string_value: "{PADDING}" }} }}\n',
}


def batching(folder, options):
    server = Server.started(folder, f"--model-repository={repository(folder, MODELS)}")
    try:
        for name in MODELS:
            for wire in (Rest(folder, server), Grpc(folder, server)):
                wire.run(name, 8, options.warmup)
        beside_in_process(folder, server, options)
        mixed_lengths(folder, server, options)
    finally:
        server.stop()


def repository(folder, variants):
    """A repository of the demo's minilm under these names, each with this much more configuration."""
    models = folder / "models"
    for name, more in variants.items():
        shutil.copytree(harness.distribution() / "models/minilm", models / name)
        file = models / name / "config.pbtxt"
        file.write_text(file.read_text().replace('name: "minilm"\n', "").replace("max_batch_size: 64\n", f"max_batch_size: 16\n{more}"))
    return models


class Rest:
    name = "REST"

    def __init__(self, folder, server, length=128):
        self.wrk, self.server = Wrk(folder), server
        self.body = harness.as_binary(harness.packed_tokens(length))

    def run(self, model, concurrency, seconds):
        load = Load(model, *self.body, CONCURRENCIES)
        return self.wrk.run(self.server.url(load.path), load, concurrency, seconds)[0]


class Grpc:
    name = "gRPC"

    def __init__(self, folder, server, length=128):
        self.h2load, self.server = H2load(folder), server
        self.tensors = harness.packed_tokens(length)

    def run(self, model, concurrency, seconds):
        return self.h2load.run(self.server.grpc_port, H2load.INFER, GrpcLoad(model, self.tensors, CONCURRENCIES), concurrency, seconds)


def beside_in_process(folder, server, options):
    runs = [(wire, name) for wire in (Rest(folder, server), Grpc(folder, server)) for name in MODELS]
    print("128 tokens, ratio to the same model called in-process\n")
    print("| concurrency | in-process, requests/s | " + " | ".join(f"{wire.name} {name}" for wire, name in runs) + " |\n|---|---|" + "---|" * len(runs))
    for concurrency in CONCURRENCIES:
        limits, ratios = [], [[] for _ in runs]
        for _ in range(options.rounds):
            limits.append(harness.in_process(server.home / "models/minilm/1/model.onnx", min(concurrency, os.cpu_count()), options.seconds))
            for (wire, name), of_run in zip(runs, ratios):
                of_run.append(wire.run(name, concurrency, options.seconds) / limits[-1])
                # What the generator left behind runs on, and would slow the next down.
                settled(server)
        print(f"| {concurrency} | {statistics.median(limits):.1f} | " + " | ".join(f"{statistics.median(one):.2f}" for one in ratios) + " |", flush=True)


def mixed_lengths(folder, server, options):
    wrk, requests = Wrk(folder), texts()
    print(f"\n{TEXTS} texts of {LENGTHS[0]} to {LENGTHS[1]} tokens in turn, over REST\n")
    print("| concurrency | alone, requests/s | batched | ratio | rows of a batch |\n|---|---|---|---|---|")
    for name in MODELS:
        wrk.mixed(server.url(f"/v2/models/{name}/infer"), requests, 16, options.warmup)
        settled(server)
    for concurrency in CONCURRENCIES:
        rates, begun = {name: [] for name in MODELS}, settled(server)
        for _ in range(options.rounds):
            for name in MODELS:
                rates[name].append(wrk.mixed(server.url(f"/v2/models/{name}/infer"), requests, concurrency, options.seconds)[0])
                ended = settled(server)
        ratio = statistics.median(batched / alone for alone, batched in zip(rates["alone"], rates["batched"]))
        alone = ended.rows_of("alone") - begun.rows_of("alone")
        executions = ended.executions - begun.executions - alone
        rows = (ended.rows - begun.rows - alone) / executions
        print(f"| {concurrency} | {statistics.median(rates['alone']):.1f} | {statistics.median(rates['batched']):.1f} | {ratio:.2f} | {rows:.2f} |", flush=True)


def texts():
    """(body, headers) of texts whose lengths are drawn evenly."""
    lengths = random.Random(SEED)
    return [harness.as_binary(harness.packed_tokens(lengths.randint(*LENGTHS))) for _ in range(TEXTS)]
