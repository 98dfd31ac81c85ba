"""Runs programs one after the other in one process: importing the clients takes longer than most of the programs.

Each line of standard input names a program and its arguments, with tabs between them. The last line printed for each is
"== ended well" or "== failed".
"""
import faulthandler
import importlib
import sys
import traceback

LIMIT_SECONDS = 300


def run(name, arguments):
    """Whether the program ended well."""
    try:
        importlib.import_module(name.removesuffix(".py")).main(*arguments)
        return True
    except SystemExit as e:
        return not e.code
    except Exception:
        traceback.print_exc(file=sys.stdout)
        return False


for line in sys.stdin:
    program, *rest = line.rstrip("\n").split("\t")
    faulthandler.dump_traceback_later(LIMIT_SECONDS, exit=True)
    ended_well = run(program, rest)
    faulthandler.cancel_dump_traceback_later()
    print("== ended well" if ended_well else "== failed", flush=True)
