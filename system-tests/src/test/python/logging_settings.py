"""What the log shows, read and changed. Usage: see wires.py."""
import sys

from wires import UNSUPPORTED, Wire

DEFAULTS = {
    "log_file": "",
    "log_info": True,
    "log_warning": True,
    "log_error": True,
    "log_verbose_level": 0,
    "log_format": "default",
}
CHANGES = {"log_info": False, "log_warning": False, "log_error": False, "log_verbose_level": 1, "log_format": "ISO8601"}


def main(*arguments):
    wire = Wire(*arguments)

    def values(message):
        """The settings of a message of gRPC, or those of HTTP as they are."""
        if wire.is_http:
            return message
        return {name: getattr(value, value.WhichOneof("parameter_choice")) for name, value in message.settings.items()}

    wire.ok("logging" in wire.read("get_server_metadata")["extensions"], "the extension is named")
    wire.ok(values(wire.client.get_log_settings()) == DEFAULTS, "the settings are Triton's defaults")
    changed = values(wire.client.update_log_settings(CHANGES))
    wire.ok(changed == {**CHANGES, "log_file": ""}, "every setting but the file changes")
    wire.refused(
        lambda: wire.client.update_log_settings({"log_file": "log.txt", "log_info": True}),
        "log file location can not be updated through network protocol",
        UNSUPPORTED,
    )
    wire.ok(values(wire.client.get_log_settings()) == changed, "a refused change changes nothing")
    back = {name: value for name, value in DEFAULTS.items() if name != "log_file"}
    wire.ok(values(wire.client.update_log_settings(back)) == DEFAULTS, "the defaults come back")


if __name__ == "__main__":
    main(*sys.argv[1:])
