"""Runs one load against one server and says what came of it."""
import collections
import math
import statistics
import subprocess
import time

import harness
import openloop

# Of the Poisson load: seconds before those that count, and requests under way at most.
WARMUP, CONNECTIONS = 2, 64
# Fewer answers have no such percentile worth its name.
LEAST_FOR_P99, LEAST_FOR_P999 = 100, 1000
# The longest measurement that a slow server's latency may ask for, in seconds.
LONGEST = 60
# A server is idle that uses less processor time than this in two pauses of so long, one after the other.
IDLE_SECONDS, PAUSE_SECONDS = 0.02, 0.3

Round = collections.namedtuple("Round", "rate answers p50 p99 p999 processor_ms send_delay_p99")
Round.__doc__ = "Answers a second, answers, latencies in ms, the server's processor time for each, and how late the generator sent."


def percentiles(latencies):
    """The 50th, 99th and 99.9th, by nearest rank."""
    ordered = sorted(latencies)
    return [ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.99, 0.999)]


def worthy(latencies, answers):
    """The percentiles in ms, less those that so few answers do not have."""
    p50, p99, p999 = latencies
    return p50, p99 if answers >= LEAST_FOR_P99 else None, p999 if answers >= LEAST_FOR_P999 else None


def seconds_for(deployment_rate, concurrency, options):
    """At least some latencies long: what is unfinished at the end is not counted, and would weigh most on a slow server."""
    wanted = options.latencies * concurrency / deployment_rate
    return max(options.seconds, min(LONGEST, math.ceil(wanted)))


def seconds_of_arrivals(rate, options):
    """Long enough for a 99th percentile, if that is possible."""
    return max(options.seconds, min(options.longest_arrivals, math.ceil(1.1 * LEAST_FOR_P99 / rate)))


def settle(deployment, seconds=120):
    """Waits until the server is idle: what a generator left unfinished would cost the next server."""
    until = time.monotonic() + seconds
    before, idle = deployment.processor_time(), 0
    while idle < 2:
        if time.monotonic() > until:
            deployment.fail(f"still busy {seconds} s after the last request")
        time.sleep(PAUSE_SECONDS)
        now = deployment.processor_time()
        idle = idle + 1 if now - before <= IDLE_SECONDS else 0
        before = now


def naming(deployment, action):
    """What the action returns; where the generator gives up, the server is named and its log shown."""
    try:
        return action()
    except SystemExit as failure:
        deployment.fail(failure.code)
    except subprocess.CalledProcessError as failure:
        deployment.fail(f"{failure}\n{failure.stderr[-2000:]}")


class ClosedLoop:
    """wrk and h2load: each connection sends its next request when it has its answer."""

    def __init__(self, case, folder):
        self.case = case
        self.wrk = harness.Wrk(folder)
        self.h2load = harness.H2load(folder)
        self.h2load.log = folder / "latencies"

    def run(self, deployment, concurrency, seconds):
        before = deployment.processor_time()
        rate, latencies = naming(deployment, lambda: self.load(deployment, concurrency, seconds))
        spent = deployment.processor_time() - before
        answers = round(rate * seconds)
        settle(deployment)
        if answers == 0 and seconds < LONGEST:
            return self.run(deployment, concurrency, min(LONGEST, 4 * seconds))
        if answers == 0:
            deployment.fail(f"no answer within {seconds} s at concurrency {concurrency}")
        return Round(rate, answers, *worthy(latencies, answers), spent / answers * 1e3, None)

    def load(self, deployment, concurrency, seconds):
        load = self.case.load
        if not self.case.is_grpc:
            return self.wrk.run(deployment.url(load.path), load, concurrency, seconds)
        # An error has no tensors, and one in a thousand would show.
        load.least_answer = 0.999 * deployment.answer_size
        rate = self.h2load.run(deployment.grpc_port, harness.H2load.INFER, load, concurrency, seconds)
        return rate, [micros / 1000 for micros in percentiles(self.h2load.latencies)]


class OpenLoop:
    """bench/open-loop: requests arrive by a seeded Poisson process; latency counts from the time at which one was due."""

    def __init__(self, case, folder, options):
        self.case = case
        self.options = options
        self.body = folder / "due"
        # The generator frames a message itself.
        self.body.write_bytes(case.load.body[5:] if case.is_grpc else case.load.body)

    def run(self, deployment, rate, seed):
        seconds = seconds_of_arrivals(rate, self.options)
        outcomes = naming(deployment, lambda: self.load(deployment, rate, seconds, seed))
        faults = [one.fault for one in outcomes if one.fault]
        if faults or not outcomes:
            deployment.fail(f"{len(faults)} of {len(outcomes)} requests of the Poisson load failed, such as: {faults[:1]}")
        settle(deployment)
        latencies, delays = [one.latency for one in outcomes], [one.delay for one in outcomes]
        return Round(
            len(outcomes) / seconds, len(outcomes), *worthy(percentiles(latencies), len(outcomes)), None, percentiles(delays)[1]
        )

    def load(self, deployment, rate, seconds, seed):
        load = self.case.load
        if self.case.is_grpc:
            target, headers = f"grpc://127.0.0.1:{deployment.grpc_port}{harness.H2load.INFER}", None
        else:
            target, headers = deployment.url(load.path), load.headers
        return openloop.arrivals(target, self.body, rate, seconds, WARMUP, seed, CONNECTIONS, headers)


def median(rounds, what):
    values = [getattr(one, what) for one in rounds]
    return None if None in values else statistics.median(values)
