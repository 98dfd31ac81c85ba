"""The servers that are compared: how each is installed, set up and started. README.md gives the reasons for each choice."""
import collections
import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import harness

HERE = pathlib.Path(__file__).resolve().parent
RUNTIMES = HERE / "runtimes"
INSTALLED = HERE / "target"
LOG_TAIL = 40

Setup = collections.namedtuple("Setup", "model model_file config instances threads folder")
Setup.__doc__ = "A model to serve: its file, its config for Longshore, instances and intra-op threads of each, and a folder for state."


class Deployment:
    """One server with one model, on free ports of the loopback address. Its processes share a group."""

    name = ""
    speaks_binary = True

    def __init__(self, setup):
        self.setup = setup
        self.port, self.grpc_port = harness.free_port(), harness.free_port()
        # Bytes of the last answer over gRPC, with its frame.
        self.answer_size = 0
        self.log_file = setup.folder / "server.log"
        with open(self.log_file, "w") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=setup.folder, env=dict(os.environ, **self.environment()), stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )

    def command(self):
        raise NotImplementedError

    def environment(self):
        # NumPy's libraries have threads of their own; compiled modules are kept, else each start takes long.
        return {"PYTHONPATH": str(RUNTIMES), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": ""}

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def fail(self, what):
        """Ends the run with the end of the server's log."""
        tail = "\n".join(self.log_file.read_text(errors="replace").splitlines()[-LOG_TAIL:])
        sys.exit(f"\n{self.name} with {self.setup.model}: {what}\nThe end of its log:\n{tail}")

    def wait(self, seconds=180):
        """Waits until the server says that the model is ready."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                self.fail(f"the server ended with code {self.process.returncode}")
            try:
                with urllib.request.urlopen(self.url(f"/v2/models/{self.setup.model}/ready"), timeout=60) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        self.fail(f"not ready after {seconds} s")

    def processes(self):
        """The fields of /proc/ID/stat behind the command's name, of each process in the group."""
        found = []
        for file in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = file.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[2]) == self.process.pid and fields[0] != "Z":
                found.append(fields)
        return found

    def processor_time(self):
        """Seconds of processor time that the server's processes have used so far."""
        return sum(int(fields[11]) + int(fields[12]) for fields in self.processes()) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Resident MiB of the server's processes together; what they share counts in each."""
        return sum(int(fields[21]) for fields in self.processes()) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)

    def stop(self):
        """Asks the server to end, then ends what is left of its group."""
        self.signal(signal.SIGTERM)
        until = time.monotonic() + 15
        try:
            while time.monotonic() < until and (self.process.poll() is None or self.processes()):
                time.sleep(0.1)
        finally:
            self.signal(signal.SIGKILL)
            self.process.wait()

    def signal(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass


class Longshore(Deployment):
    name = "Longshore"

    def command(self):
        repository = self.setup.folder / "models"
        version = repository / self.setup.model / "1"
        version.mkdir(parents=True)
        (version / "model.onnx").symlink_to(self.setup.model_file)
        (version.parent / "config.pbtxt").write_text(self.setup.config)
        return [
            harness.distribution() / "bin/longshore", "serve", f"--http-port={self.port}", f"--grpc-port={self.grpc_port}",
            f"--metrics-port={harness.free_port()}", f"--model-repository={repository}",
        ]

    def environment(self):
        return {"LONGSHORE_STATE_DIR": str(self.setup.folder / "state"), "ORT_DISABLE_TELEMETRY": "1"}

    @staticmethod
    def install(_):
        return f"Longshore {harness.distribution().name.partition('-')[2]}"


class PythonServer(Deployment):
    """A server from PyPI in a virtual environment of its own."""

    package = ""

    @classmethod
    def folder(cls):
        return INSTALLED / cls.package

    @classmethod
    def install(cls, python):
        """Installs the versions of the requirements file, unless they are; returns what is installed."""
        requirements = HERE / f"requirements-{cls.package}.txt"
        wanted = hashlib.sha256(requirements.read_bytes() + python.encode()).hexdigest()
        stamp = cls.folder() / "installed"
        if not stamp.exists() or stamp.read_text() != wanted:
            print(f"installing {cls.name} into {cls.folder()}", file=sys.stderr, flush=True)
            shutil.rmtree(cls.folder(), ignore_errors=True)
            subprocess.run([python, "-m", "venv", cls.folder()], check=True)
            subprocess.run(
                [
                    cls.folder() / "bin/pip", "install", "-q", "--disable-pip-version-check", "--no-compile", "--only-binary", ":all:",
                    "-r", requirements,
                ],
                check=True,
            )
            stamp.write_text(wanted)
        pins = dict(line.split("==") for line in requirements.read_text().splitlines() if "==" in line)
        return f"{cls.name} {pins[cls.package]} with onnxruntime {pins['onnxruntime']}"


class MLServer(PythonServer):
    name = "MLServer"
    package = "mlserver"
    speaks_binary = False  # Its REST endpoint takes JSON alone.

    def command(self):
        setup = self.setup
        settings = {
            "host": "127.0.0.1", "http_port": self.port, "grpc_port": self.grpc_port, "metrics_port": harness.free_port(),
            "debug": False, "parallel_workers": self.workers(), "gzip_enabled": False,
        }
        model = {
            "name": setup.model, "implementation": "mlserver_runtime.OnnxModel",
            "parameters": {"uri": str(setup.model_file), "extra": {"intra_op_threads": setup.threads}},
        }
        (setup.folder / "settings.json").write_text(json.dumps(settings))
        (setup.folder / "model-settings.json").write_text(json.dumps(model))
        return [self.folder() / "bin/mlserver", "start", setup.folder]

    def workers(self):
        """Worker processes; 0 runs the model in the process of the wires, which is faster for a model of microseconds."""
        return 0 if self.setup.model == "simple" else self.setup.instances


class KServe(PythonServer):
    name = "KServe"
    package = "kserve"

    def command(self):
        setup = self.setup
        log_config = setup.folder / "log.json"
        quiet = {"level": "WARNING"}
        log_config.write_text(json.dumps({
            "version": 1, "disable_existing_loggers": False,
            "loggers": {name: quiet for name in ("kserve", "kserve.trace", "uvicorn.error", "uvicorn.access")},
        }))
        return [
            self.folder() / "bin/python", RUNTIMES / "kserve_server.py", f"--model_name={setup.model}", f"--model_file={setup.model_file}",
            f"--http_port={self.port}", f"--grpc_port={self.grpc_port}", f"--workers={setup.instances}",
            "--enable_latency_logging=false", f"--log_config_file={log_config}",
            f"--intra_op_threads={setup.threads}", f"--run_threads={self.run_threads()}",
        ]

    def run_threads(self):
        """Threads beside the event loop of each process; 0 for a model of microseconds, which a hop would only delay."""
        return 0 if self.setup.model == "simple" else self.setup.instances


SERVERS = {server.name.lower(): server for server in (Longshore, MLServer, KServe)}
