"""What the started server counts, and the end of what it does."""
import re
import sys
import time


class Counts:
    """The server's metrics at this moment, over all models."""

    def __init__(self, server):
        self.text = expect(server, "GET", "/metrics").decode()
        self.withdrawn = self.value("nv_inference_request_failure", 'reason="CANCELED"')
        self.failed = self.value("nv_inference_request_failure") - self.withdrawn
        self.rows, self.executions = self.value("nv_inference_count"), self.value("nv_inference_exec_count")
        self.waiting = self.value("nv_inference_pending_request_count")
        self.in_flight = self.value("longshore_server_requests_in_flight")
        self.bytes = self.value("longshore_request_memory_bytes")

    def rows_of(self, model):
        """Rows of one model, each of which was an execution where the model has no batches."""
        return self.value("nv_inference_count", f'model="{model}"')

    def is_settled(self):
        return self.waiting + self.in_flight + self.bytes == 0

    def value(self, name, label=""):
        """The sum of the series of this name that have the label."""
        return sum(float(line.rsplit(" ", 1)[1]) for line in self.text.splitlines() if re.match(rf"{name}[ {{]", line) and label in line)


def settled(server):
    """The metrics once nothing is left, or after five seconds."""
    until = time.monotonic() + 5
    counts = Counts(server)
    while not counts.is_settled() and time.monotonic() < until:
        time.sleep(0.05)
        counts = Counts(server)
    return counts


def expect(server, method, path, body=None):
    """The answer's body; ends the run where it is not a 200."""
    status, answer = server.request(method, path, body)
    if status != 200:
        sys.exit(f"{path}: {status} {answer}")
    return answer
