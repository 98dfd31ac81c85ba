"""Which requests are traced, read and changed, for all models and for one. Usage: see wires.py.

The server writes traces to MODEL_REPOSITORY/../trace.json and traces nothing at first, and nothing at the end.
"""
import json
import sys
import time

from wires import INVALID, UNSUPPORTED, Wire


def main(*arguments):
    wire = Wire(*arguments)
    file = wire.repository.parent / "trace.json"

    def values(message):
        """Each setting as HTTP has it: lists for levels, texts for all else."""
        if wire.is_http:
            return message
        lists = {name: list(setting.value) for name, setting in message.settings.items()}
        return {name: value if name == "trace_level" else value[0] for name, value in lists.items()}

    def update(settings, model=None):
        return values(wire.client.update_trace_settings(model_name=model, settings=settings))

    def ids():
        return {entry["id"] for entry in json.loads(file.read_text())} if file.exists() else set()

    defaults = {
        "trace_level": ["OFF"],
        "trace_rate": "1000",
        "trace_count": "-1",
        "log_frequency": "0",
        "trace_file": str(file),
        "trace_mode": "triton",
    }
    wire.ok("trace" in wire.read("get_server_metadata")["extensions"], "the extension is named")
    wire.ok(values(wire.client.get_trace_settings()) == defaults, "the settings are Triton's defaults")
    before = ids()
    wire.ok(wire.infers() and ids() == before, "nothing is traced")

    own = update({"trace_level": ["TIMESTAMPS", "TENSORS"], "trace_rate": "1"}, "simple")
    wire.ok(own == {**defaults, "trace_level": ["TIMESTAMPS", "TENSORS"], "trace_rate": "1"}, "one model has settings of its own")
    wire.ok(values(wire.client.get_trace_settings()) == defaults, "all others have theirs")
    wire.ok(values(wire.client.get_trace_settings(model_name="simple")) == own, "its settings are read")
    wire.ok(update({"trace_rate": "7"})["trace_rate"] == "7", "those for all models change")
    wire.ok(values(wire.client.get_trace_settings(model_name="simple"))["trace_rate"] == "1", "its own win")
    wire.infers()
    end = time.monotonic() + 60
    while len(ids()) == len(before) and time.monotonic() < end:
        time.sleep(0.01)
    new = ids() - before
    wire.ok(len(new) == 1, "a request to it is traced")
    activities = [
        stamp["name"] for entry in json.loads(file.read_text()) if entry["id"] in new for stamp in entry.get("timestamps", [])
    ]
    wire.ok("COMPUTE_START" in activities and "REQUEST_END" in activities, f"with its moments: {activities}")

    wire.ok(update({"trace_level": None, "trace_rate": None}, "simple")["trace_rate"] == "7", "taken back, they are those for all")
    wire.ok(update({"trace_rate": None}) == defaults, "and those are as at the start")
    wire.refused(
        lambda: update({"trace_file": "/tmp/elsewhere.json"}),
        "trace file location can not be updated through network protocol",
        UNSUPPORTED,
    )
    wire.refused(lambda: update({"trace_level": ["OFF", "TENSORS"]}), "Expect only one trace level 'OFF' is specified", INVALID)
    wire.refused(lambda: update({"trace_rate": "often"}), "Unable to parse 'trace_rate', got: often", INVALID)
    wire.refused(lambda: update({}, "nobody"), "Request for unknown model : nobody", INVALID)


if __name__ == "__main__":
    main(*sys.argv[1:])
