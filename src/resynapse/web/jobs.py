"""Long runs, each a process of its own, so that one can be stopped at once. All of them end with the server."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ..errors import Refused
from ..services.runs import Kind
from .refusals import told

WORKING, WAITING = 2, 8  # runs at once, and in line behind them
KEPT, KEPT_S = 50, 3600.0  # finished runs, and for how long
ENDS = ("done", "stopped", "failed")
State = Literal["waiting", "working", "done", "stopped", "failed"]


@dataclass
class Job:
    """One run. state: waiting, working, done, stopped, failed. version counts what has changed; results are JSON."""

    kind: Kind
    ask: dict[str, Any]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    state: State = "waiting"
    stage: str = "waiting"
    done: int = 0
    of: int = 0
    version: int = 1
    result: str = ""
    refusal: dict[str, Any] | None = None
    began: float = 0.0
    ended: float = 0.0
    process: subprocess.Popen[bytes] | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will change."""
        return self.state in ENDS

    @property
    def seconds(self) -> float:
        """Since it began to work, s."""
        return (self.ended or time.monotonic()) - self.began if self.began else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far, s; nothing where nothing is counted."""
        if self.state != "working" or not 0 < self.done < self.of:
            return None
        return self.seconds * (self.of - self.done) / self.done


class Full(Exception):
    """Enough runs wait already."""


class Runs:
    """The runs of one server."""

    def __init__(self) -> None:
        self.closing = False  # set by a signal, without a lock: who listens lets go
        self._jobs: dict[str, Job] = {}
        self._line: deque[Job] = deque()
        self._busy: set[str] = set()
        self._lock = threading.RLock()

    def add(self, kind: Kind, ask: dict[str, Any]) -> Job:
        """A run takes its place in line. Full if enough wait."""
        with self._lock:
            self._sweep()
            if self.closing or len(self._line) >= WAITING:
                raise Full
            job = Job(kind, ask)
            self._jobs[job.id] = job
            self._line.append(job)
            self._begin()
        return job

    def get(self, key: str) -> Job | None:
        """The run of that id, or none."""
        with self._lock:
            self._sweep()
            return self._jobs.get(key)

    def stop(self, job: Job) -> None:
        """End a run at once; what it has told so far stays."""
        with self._lock:
            if job.over:
                return
            if job in self._line:
                self._line.remove(job)
            self._end(job, "stopped")
            if job.process is not None:
                job.process.kill()

    def close(self) -> None:
        """End all of them, and wait until their processes are gone."""
        self.closing = True
        with self._lock:
            jobs = list(self._jobs.values())
            for job in jobs:
                self.stop(job)
        for job in jobs:
            while job.id in self._busy:
                time.sleep(0.01)

    def _sweep(self) -> None:
        over = sorted((j for j in self._jobs.values() if j.over), key=lambda j: j.ended)
        late = time.monotonic() - KEPT_S
        for k, job in enumerate(over):
            if job.ended < late or k < len(over) - KEPT:
                del self._jobs[job.id]

    def _begin(self) -> None:
        """Start what waits while there is room."""
        while self._line and len(self._busy) < WORKING and not self.closing:
            job = self._line.popleft()
            self._busy.add(job.id)
            job.state, job.stage, job.began = "working", "starting", time.monotonic()
            job.version += 1
            threading.Thread(target=self._follow, args=(job,), daemon=True, name=f"run {job.id[:4]}").start()

    def _end(self, job: Job, state: State) -> None:
        job.state, job.ended = state, time.monotonic()
        job.version += 1

    def _follow(self, job: Job) -> None:
        """Start the process, hear what it tells, and clear up after it."""
        code: int | None = None
        try:
            with self._lock:
                if not job.over:
                    job.process = _start(job)
            if job.process is not None:
                self._hear(job, job.process)
                code = job.process.wait()
        finally:
            with self._lock:
                if not job.over:
                    job.refusal = _broken(code)
                    self._end(job, "failed")
                if job.process is not None:
                    for pipe in filter(None, (job.process.stdin, job.process.stdout)):
                        with suppress(OSError):
                            pipe.close()
                    job.process = None
                self._busy.discard(job.id)
                self._begin()

    def _hear(self, job: Job, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            what, *said = json.loads(line)
            with self._lock:
                if job.over:
                    return
                self._told(job, what, said)

    def _told(self, job: Job, what: str, said: list[Any]) -> None:
        if what == "step":
            job.stage, job.done, job.of = said[:3]
            job.result = said[3] or job.result
            job.version += 1
        elif what == "done":
            job.result, job.done = said[0], job.of
            self._end(job, "done")
        else:
            job.refusal = said[0]
            self._end(job, "failed")


def _broken(code: int | None) -> dict[str, Any]:
    how = f"by signal {-code}" if code is not None and code < 0 else f"with code {code}"
    return told(Refused(f"the run ended {how} and gave nothing", "The log says more; fewer people need less memory."))


def _start(job: Job) -> subprocess.Popen[bytes]:
    """The process of a run: it reads what is asked as one line, and ends when its input does.

    In a session of its own, so that Ctrl-C is the server's alone; without the working folder on its path.
    """
    home = str(Path(__file__).parents[2])
    path = os.pathsep.join(p for p in (home, os.environ.get("PYTHONPATH", "")) if p)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "resynapse.web.work"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path}, start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    with suppress(OSError):  # it is gone already: its code says why
        process.stdin.write(json.dumps([job.kind, job.ask]).encode() + b"\n")
        process.stdin.flush()
    return process
