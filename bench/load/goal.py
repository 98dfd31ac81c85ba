"""What a latency goal is worth to a real model, beside no batches and beside a fixed delay."""
import statistics

from batching import Grpc, Rest, repository
from counts import settled
from harness import Server

GOAL_MILLIS, DELAY_MICROS = 200, 5000
CONCURRENCIES, LENGTHS = (1, 16, 64), (16, 128)
MODELS = {
    "alone": "",
    "delayed": f"dynamic_batching {{ max_queue_delay_microseconds: {DELAY_MICROS} }}\n",
    "goal": f'parameters {{ key: "longshore.latency_goal_ms" value {{ string_value: "{GOAL_MILLIS}" }} }}\n',
}


def goal(folder, options):
    server = Server.started(folder, f"--model-repository={repository(folder, MODELS)}")
    try:
        print(f"minilm one by one, in batches after {DELAY_MICROS / 1000:.0f} ms at most, and with a goal of {GOAL_MILLIS} ms; ratio to the better of the other two\n")
        print("| tokens | wire | concurrency | alone, requests/s | delayed | goal | ratio | rows of a batch | learned: of a batch, of a row |\n|---|---|---|---|---|---|---|---|---|")
        for length in LENGTHS:
            for wire in (Rest(folder, server, length), Grpc(folder, server, length)):
                for name in MODELS:
                    wire.run(name, 8, options.warmup // 2)
                for concurrency in CONCURRENCIES:
                    row(server, length, wire, concurrency, options)
    finally:
        server.stop()


def row(server, length, wire, concurrency, options):
    # A change of load is learned from, not measured.
    wire.run("goal", concurrency, options.seconds)
    begun, rates = settled(server), {name: [] for name in MODELS}
    for _ in range(options.rounds):
        for name, of_model in rates.items():
            of_model.append(wire.run(name, concurrency, options.seconds))
            # What the generator left behind runs on, and would slow the next down.
            ended = settled(server)
    ratio = statistics.median(ours / max(alone, delayed) for alone, delayed, ours in zip(*rates.values()))
    label = 'model="goal"'
    fixed, of_row = (ended.value(f"longshore_batch_{kind}_cost_seconds", label) * 1000 for kind in ("fixed", "row"))
    rows, executions = (ended.value(name, label) - begun.value(name, label) for name in ("nv_inference_count", "nv_inference_exec_count"))
    medians = " | ".join(f"{statistics.median(of_model):,.1f}" for of_model in rates.values())
    print(f"| {length} | {wire.name} | {concurrency} | {medians} | {ratio:.2f} | {rows / executions:.2f} | {fixed:.1f} ms, {of_row:.1f} ms |", flush=True)
