"""What models cost that are loaded and not asked."""
import shutil
import time

import harness
from harness import Server

COUNT = 1000
# Copies of the demo's smallest model: what an instance of the runtime takes for itself is the same with and without batching.
CONFIGS = {
    "one by one": "max_batch_size: 8\n",
    "dynamic batching": "max_batch_size: 8\ndynamic_batching { max_queue_delay_microseconds: 500 default_queue_policy { max_queue_size: 32 } }\n",
    "latency goal": 'max_batch_size: 8\nparameters { key: "longshore.latency_goal_ms" value { string_value: "50" } }\n',
}


def idle(folder, options):
    print("| models | threads of the JVM | heap, MiB | resident, MiB | more for a model: threads, heap KiB, resident KiB | ready after |\n|---|---|---|---|---|---|")
    none = measured(folder / "none", 0, "")
    print(f"| none | {none[0]} | {none[1]:.0f} | {none[2]:.0f} | | {none[3]:.0f} s |", flush=True)
    for name, config in CONFIGS.items():
        threads, heap, resident, seconds = measured(folder / name.replace(" ", "-"), COUNT, config)
        each = ", ".join(f"{(b - a) * scale / COUNT:.{digits}f}" for a, b, scale, digits in zip(none, (threads, heap, resident), (1, 1024, 1024), (3, 0, 0)))
        print(f"| {COUNT:,}, {name} | {threads} | {heap:.0f} | {resident:.0f} | {each} | {seconds:.0f} s |", flush=True)


def measured(folder, count, config):
    """Threads, MiB of the heap after collections and of resident memory, and seconds until the server was ready."""
    models = folder / "models"
    models.mkdir(parents=True)
    for i in range(count):
        version = models / f"simple{i}" / "1"
        version.mkdir(parents=True)
        shutil.copy(harness.distribution() / "models/simple/1/model.onnx", version)
        version.parent.joinpath("config.pbtxt").write_text(config)
    server = Server.started(folder, f"--model-repository={models}", patience=600)
    seconds = time.monotonic() - server.begun
    try:
        return server.threads(), *server.settled_memory(), seconds
    finally:
        server.stop()
        shutil.rmtree(folder)
