"""The table and the raw figures."""
import json
import os
import pathlib
import platform
import statistics
import subprocess
import time

from measure import median


class Results:
    def __init__(self, options, versions):
        self.options = options
        self.versions = versions
        self.began = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
        self.busy_before = os.getloadavg()[2]
        self.memory = {}
        self.rows = []

    def add(self, case, load, rounds_by_server, difference):
        self.rows.append({"case": case.name, "load": load, "largest_difference": difference, "rounds": rounds_by_server})

    def slowest_rate(self, case):
        """Of the highest rates that the servers reached in closed loop, the lowest."""
        best = {}
        for row in self.rows:
            if row["case"] == case.name:
                for name, rounds in row["rounds"].items():
                    best[name] = max(best.get(name, 0), median(rounds, "rate"))
        return min(best.values())

    def markdown(self):
        lines = [*self.conditions(), "", *self.header()]
        for row in self.rows:
            lines += self.lines(row)
        answers = sum(one.answers for row in self.rows for rounds in row["rounds"].values() for one in rounds)
        lines += ["", f"Errors: 0 of {answers:,} answers. Resident memory after all loads, MiB: {self.memory_text()}."]
        delays = [one.send_delay_p99 for row in self.rows for rounds in row["rounds"].values() for one in rounds if one.send_delay_p99 is not None]
        if delays:
            lines.append(f"99 % of the Poisson requests were sent within {statistics.median(delays):.2f} ms of when they were due (median of the runs).")
        return "\n".join(lines)

    def memory_text(self):
        return "; ".join(f"{name} {mebibytes:,}" for name, mebibytes in self.memory.items()) or "not measured"

    def header(self):
        first = self.options.servers[0].name
        return [
            f"| load | server | answers/s | of {first}'s | p50 ms | p99 ms | p99.9 ms | p99 to {first}'s | processor ms each |",
            "|---|---|---|---|---|---|---|---|---|",
        ]

    def lines(self, row):
        reference = next(iter(row["rounds"].values()))
        for i, (name, rounds) in enumerate(row["rounds"].items()):
            ratios = [ratio(rounds, reference, what) for what in ("rate", "p99")]
            cells = [
                f"{row['case']}, {row['load']}" if i == 0 else "", name, figure(median(rounds, "rate")), figure(ratios[0]),
                *[figure(median(rounds, what)) for what in ("p50", "p99", "p999")], figure(ratios[1]), figure(median(rounds, "processor_ms")),
            ]
            yield f"| {' | '.join(cells)} |"

    def conditions(self):
        options = self.options
        return [
            f"{self.began}; {', '.join(self.versions)}; {machine()}. Servers and load generators share the cores.",
            f"Each server: {options.instances} instances of the model, {options.threads} intra-op thread each, no batching, no request logs.",
            f"Medians of {options.rounds} rounds of at least {options.seconds} s in turn, after {options.warmup} s of warm-up; ratios are medians of the rounds' "
            f"ratios. Poisson seed {options.seed}. Load average over 15 minutes before the run: {self.busy_before:.1f}"
            + (" (a busy machine: quote nothing from it)." if self.busy_before > 1 else "."),
        ]

    def write(self, folder):
        """The table and the raw figures, as far as the run came."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "compare.md").write_text(self.markdown() + "\n")
        raw = {
            "began": self.began, "versions": self.versions, "machine": machine(), "load_average_before": self.busy_before,
            "options": {name: value for name, value in vars(self.options).items() if isinstance(value, (int, float, list)) and name != "servers"},
            "memory_mib": self.memory,
            "rows": [
                {**row, "rounds": {name: [one._asdict() for one in rounds] for name, rounds in row["rounds"].items()}} for row in self.rows
            ],
        }
        (folder / "compare.json").write_text(json.dumps(raw, indent=1) + "\n")


def ratio(rounds, reference, what):
    """The median of the rounds' ratios, or None where a round lacks the figure."""
    pairs = [(getattr(a, what), getattr(b, what)) for a, b in zip(rounds, reference)]
    return None if any(None in pair for pair in pairs) else statistics.median(a / b for a, b in pairs)


def figure(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def machine():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    model = next((line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name")), platform.machine())
    java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0].split('"')[1]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Linux {platform.release()}, Java {java}, Python {platform.python_version()}"
