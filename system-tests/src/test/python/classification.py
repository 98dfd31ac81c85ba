"""Classification: the largest elements of an output with their labels. Usage: see wires.py."""
import sys

import numpy as np

from wires import INVALID, Wire


def classes(wire, model, value, count, binary, name="OUTPUT0"):
    """OUTPUT0 of a model made like simple, as classes, each a text."""
    result = wire.client.infer(model, wire.simple(value, value, binary), outputs=[wire.output(name, binary, count)])
    return [[e.encode() if isinstance(e, str) else e for e in row] for row in result.as_numpy(name).tolist()]


def main(*arguments):
    wire = Wire(*arguments)
    rows = np.arange(32, dtype=np.int32).reshape(2, 16)
    for binary in wire.forms():
        found = classes(wire, "simple", rows, 3, binary)
        wanted = [[b"30:15", b"28:14", b"26:13"], [b"62:15", b"60:14", b"58:13"]]
        wire.ok(found == wanted, f"three classes of each row, binary={binary}")
        found = classes(wire, "labelled", -rows[:1], 4, binary)
        wire.ok(found == [[b"0:0:zero", b"-2:1:one", b"-4:2", b"-6:3:three"]], f"labels, binary={binary}")
        found = classes(wire, "labelled", rows[:1], 2, binary, "OUTPUT1")
        wire.ok(found == [[b"0:0", b"0:1"]], f"of equal ones the first, an output without labels, binary={binary}")
        wire.ok(len(classes(wire, "simple", rows[:1], 100, binary)[0]) == 16, f"all where there are fewer, binary={binary}")
    whole = wire.client.infer(
        "simple", wire.simple(rows, rows), outputs=[wire.output("OUTPUT0", classes=1), wire.output("OUTPUT1")]
    )
    wire.ok(whole.as_numpy("OUTPUT0").shape == (2, 1) and whole.as_numpy("OUTPUT1").shape == (2, 16), "beside a plain output")
    flags = wire.input("INPUT0", np.array([True, False]), "BOOL")
    wire.refused(
        lambda: wire.client.infer("identity_bool", [flags], outputs=[wire.output("OUTPUT0", classes=1)]), "", INVALID
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
