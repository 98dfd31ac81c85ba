"""Reads and changes the settings of the log with Triton's Python clients over HTTP and gRPC.

Usage: log_settings.py HTTP_HOST:PORT GRPC_HOST:PORT
The server has the default settings, and has them again at the end. Prints one line a check; exits non-zero at the first that
fails.
"""
import sys

import tritonclient.grpc
import tritonclient.http
from tritonclient.utils import InferenceServerException

from checks import expect

DEFAULTS = {
    "log_file": "",
    "log_info": True,
    "log_warning": True,
    "log_error": True,
    "log_verbose_level": 0,
    "log_format": "default",
}
CHANGES = {"log_info": False, "log_warning": False, "log_error": False, "log_verbose_level": 1, "log_format": "ISO8601"}


def values(message):
    """The settings of a message of gRPC, or those of HTTP as they are."""
    if isinstance(message, dict):
        return message
    return {name: getattr(value, value.WhichOneof("parameter_choice")) for name, value in message.settings.items()}


def check(wire, client):
    expect(values(client.get_log_settings()) == DEFAULTS, f"{wire}: the settings are Triton's defaults")
    changed = values(client.update_log_settings(CHANGES))
    expect(changed == {**CHANGES, "log_file": ""}, f"{wire}: every setting but the file changes")
    try:
        client.update_log_settings({"log_file": "log.txt", "log_info": True})
        expect(False, f"{wire}: another file is refused")
    except InferenceServerException as e:
        text = "log file location can not be updated through network protocol"
        expect(text in e.message(), f"{wire}: another file is refused")
    expect(values(client.get_log_settings()) == changed, f"{wire}: a refused change changes nothing")
    back = {name: value for name, value in DEFAULTS.items() if name != "log_file"}
    expect(values(client.update_log_settings(back)) == DEFAULTS, f"{wire}: the defaults come back")


def main():
    check("HTTP", tritonclient.http.InferenceServerClient(sys.argv[1]))
    check("gRPC", tritonclient.grpc.InferenceServerClient(sys.argv[2]))


if __name__ == "__main__":
    main()
