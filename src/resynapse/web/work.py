"""The process of one run: what is asked comes in as a line, what is told goes out as lines, all JSON."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from contextlib import suppress
from typing import IO, Any

from ..errors import Refused
from ..services.runs import Step, work
from .refusals import told

TOLD_S = 0.05  # between two steps that are told


def main() -> None:
    """Work, and tell; ends with the server, however that ends."""
    kind, ask = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_server, daemon=True).start()
    with suppress(AttributeError, OSError):
        os.nice(5)  # the page comes first
    out, sys.stdout = sys.stdout, sys.stderr  # nothing else speaks on the line
    try:
        _say(out, "done", _json(work(kind, ask, _Telling(out))))
    except Refused as no:
        _say(out, "failed", told(no))
    except Exception:  # whatever it is, the server is told that the run failed; the traceback goes to the log
        sys.stderr.write(traceback.format_exc())
        _say(out, "failed", told(Refused("a fault in the program", "The log says where.")))


def _end_with_server() -> None:
    """The server holds the other end of the input as long as it lives."""
    with suppress(OSError, ValueError):
        os.read(sys.stdin.fileno(), 1)
    os._exit(1)


class _Telling:
    """Tells a step unless one was told a moment ago; a new stage and the last step always."""

    def __init__(self, out: IO[str]) -> None:
        self.out, self.stage, self.at = out, "", 0.0

    def __call__(self, step: Step) -> None:
        now = time.monotonic()
        if step.stage == self.stage and step.done < step.of and now - self.at < TOLD_S:
            return
        self.stage, self.at = step.stage, now
        _say(self.out, "step", step.stage, step.done, step.of, "" if step.result is None else _json(step.result))


def _say(out: IO[str], *said: Any) -> None:
    out.write(json.dumps(said) + "\n")
    out.flush()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
