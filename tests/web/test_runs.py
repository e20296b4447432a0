"""Long runs: followed as they go, stopped at once, gone with the server. And the server itself."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest

from resynapse.errors import Refused
from resynapse.services import runs
from resynapse.web import api_runs, jobs, serve

from .conftest import API, SMALL, is_refusal, until

LONG = {"kind": "simulate", "draws": 1000, "people": 4, "plan": "0.5 mg/kg over 40 min, every 3.5 d, 20 times"}
TRIALS = {"kind": "lottery", "trials": 1_000_000, "n": 200, "hits": 100}


def begin(client, ask):
    answer = client.post(f"{API}/runs", json=ask)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert answer.headers["location"] == told["address"]
    return told


def over(client, told, seconds=90):
    until(lambda: client.get(told["address"]).json()["state"] in jobs.ENDS, seconds)
    return client.get(told["address"]).json()


def spoken(lines):
    """Server-sent events of some lines: (id, event, data)."""
    found, now = [], {}
    for line in lines:
        if not line and "data" in now:
            found.append((int(now["id"]), now["event"], json.loads(now["data"])))
        if not line:
            now = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            now[name] = value
    return found


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:  # it ended, perhaps while it was read
        return False


def test_a_run_gives_what_is_given_at_once(live):
    ask = {**SMALL, "against": "1 mg/kg", "draws": 60, "seed": 3}
    with live.client() as client:
        told = begin(client, {"kind": "simulate", **ask})
        with client.stream("GET", told["events"]) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert "content-encoding" not in answer.headers
            events = spoken(answer.iter_lines())
        assert [e[0] for e in events] == sorted({e[0] for e in events})
        assert {e[1] for e in events[:-1]} <= {"progress"}
        assert events[-1][1] == "done"
        last = events[-1][2]
        assert (last["done"], last["of"], last["state"]) == (120, 120, "done")
        counts = [e[2]["done"] for e in events]
        assert counts == sorted(counts)
        result = client.get(told["result"])
        assert result.json() == client.post(f"{API}/simulate", json=ask).json()


def test_progress_is_true(monkeypatch):
    heard = []
    runs._held.clear()
    runs.work("simulate", {**SMALL, "draws": 60, "against": "1 mg/kg"}, heard.append)
    assert [s.done for s in heard] == sorted(s.done for s in heard)
    assert {s.of for s in heard} == {120}
    assert {s.stage for s in heard[:-1]} == {"draws"}
    assert (heard[0].done, heard[-1].done, heard[-1].stage) == (0, 120, "adding up")
    heard.clear()
    found = runs.work("lottery", {"n": 17, "hits": 12, "trials": 3500, "seed": 1}, heard.append)
    trials = [s for s in heard if s.stage == "trials"]
    assert [s.done for s in trials] == [1000, 2000, 3000, 3500]
    assert [sum(s.result["counts"]) for s in trials] == [1000, 2000, 3000, 3500]
    assert found == trials[-1].result
    monkeypatch.setattr("resynapse.services.claims.DRAWS", 6)
    heard.clear()
    runs.work("claims", {"seed": 2, "draws": 6, "people": 4}, heard.append)
    assert (heard[-1].done, heard[-1].of, heard[-1].stage) == (42, 42, "adding up")


def test_a_lottery_told_as_it_goes_and_stopped(live):
    with live.client() as client:
        told = begin(client, TRIALS)
        assert client.get(told["result"]).status_code == 409
        is_refusal(client.get(told["result"]))
        with client.stream("GET", told["events"]) as answer:
            seen = []
            for line in answer.iter_lines():
                seen.append(line)
                events = spoken(seen)
                if any(0 < sum(e[2].get("so_far", {}).get("counts", [])) < 1_000_000 for e in events):
                    break
        running = live.app.state.runs.get(told["id"]).process
        stopped = client.delete(told["address"]).json()
        assert stopped["state"] == "stopped"
        until(lambda: not alive(running.pid), 5)
        so_far = client.get(told["result"]).json()
        assert 0 < so_far["trials"] < 1_000_000
        assert sum(so_far["counts"]) == so_far["trials"]
        assert client.delete(told["address"]).json()["state"] == "stopped"
        with client.stream("GET", told["events"]) as answer:
            assert spoken(answer.iter_lines())[-1][1] == "stopped"


def test_a_simulation_stopped_leaves_nothing(live):
    with live.client() as client:
        told = begin(client, LONG)
        until(lambda: client.get(told["address"]).json()["state"] == "working")
        assert client.delete(told["address"]).json()["state"] == "stopped"
        no = client.get(told["result"])
        assert no.status_code == 409
        assert "stopped" in is_refusal(no)["refused"]


def test_events_taken_up_again(live):
    with live.client() as client:
        told = begin(client, {"kind": "lottery", "trials": 1000})
        over(client, told)
        with client.stream("GET", told["events"]) as answer:
            (last, name, _), *rest = spoken(answer.iter_lines())
        assert (name, rest) == ("done", [])
        for heard, expected in (
            (last - 1, [(last, "done")]),
            (last + 50, [(last, "done")]),
            ("x" * 5, [(last, "done")]),
        ):
            with client.stream("GET", told["events"], headers={"last-event-id": str(heard)}) as answer:
                assert [e[:2] for e in spoken(answer.iter_lines())] == expected
        assert client.get(told["events"], headers={"last-event-id": str(last)}).status_code == 204


def test_events_keep_the_line_open(live, monkeypatch):
    monkeypatch.setattr(api_runs, "HEARTBEAT_S", 0.2)
    monkeypatch.setattr(jobs, "_start", lambda _: Idle())
    with live.client() as client:
        told = begin(client, LONG)
        with client.stream("GET", told["events"]) as answer:
            beats = 0
            for line in answer.iter_lines():
                beats += line.startswith(":")
                if beats == 3:
                    break
        until(lambda: not live.server.server_state.tasks)  # who leaves is let go
        client.delete(told["address"])


class Idle:
    """A process that says nothing until it is killed."""

    pid = returncode = None

    def __init__(self):
        read, write = os.pipe()
        self.stdin, self.stdout = None, os.fdopen(read, "rb")
        self.write = os.fdopen(write, "wb")

    def kill(self):
        self.write.close()

    def wait(self):
        return -9


def test_a_line_of_ten(client, monkeypatch):
    monkeypatch.setattr(jobs, "_start", lambda _: Idle())
    found = [begin(client, LONG) for _ in range(jobs.WORKING + jobs.WAITING)]
    states = [client.get(f["address"]).json()["state"] for f in found]
    assert states == ["working"] * jobs.WORKING + ["waiting"] * jobs.WAITING
    no = client.post(f"{API}/runs", json=LONG)
    assert no.status_code == 503
    assert int(no.headers["retry-after"]) > 0
    is_refusal(no)
    client.delete(found[0]["address"])
    client.delete(found[5]["address"])
    until(lambda: client.get(found[2]["address"]).json()["state"] == "working")
    assert client.get(found[5]["address"]).json()["state"] == "stopped"
    assert client.post(f"{API}/runs", json=LONG).status_code == 202


def test_ids_are_not_guessed_and_old_runs_go(client, monkeypatch):
    monkeypatch.setattr(jobs, "_start", lambda _: Idle())
    ids = set()
    for _ in range(jobs.KEPT + 5):
        told = begin(client, LONG)
        client.delete(told["address"])
        ids.add(told["id"])
    assert len(ids) == jobs.KEPT + 5
    assert all(re.fullmatch(r"[\w-]{22}", key) for key in ids)
    kept = [key for key in ids if client.get(f"{API}/runs/{key}").status_code == 200]
    assert len(kept) == jobs.KEPT
    no = client.get(f"{API}/runs/{'a' * 22}")
    assert no.status_code == 404
    is_refusal(no)
    assert client.get(f"{API}/runs").status_code == 405  # nobody lists runs
    monkeypatch.setattr(jobs, "KEPT_S", 0.0)
    assert {client.get(f"{API}/runs/{key}").status_code for key in kept} == {404}


@pytest.mark.parametrize(
    "ask",
    [{"kind": "simulate", "plan": "0,5 mg"}, {"kind": "simulate", "draws": 1000, "people": 1000},
     {"kind": "nothing"}, {}, {"kind": "lottery", "n": 3, "hits": 4}, {"kind": "claims", "plan": "six"},
     {"kind": "simulate", "person": "x.toml"}],
)  # fmt: skip
def test_a_run_is_refused_before_it_is_taken_in(client, ask):
    no = client.post(f"{API}/runs", json=ask)
    assert no.status_code == 422
    is_refusal(no)


@pytest.mark.parametrize("kind", ["simulate", "lottery"])
def test_a_refused_run_names_the_field_as_it_was_sent(client, kind):
    no = client.post(f"{API}/runs", json={"kind": kind, "seed": -1}).json()
    assert no["place"]["field"] == "seed"
    assert no["refused"].startswith("'seed'") or no["refused"].startswith("seed")


def test_a_run_that_fails(client):
    told = begin(client, {"kind": "simulate", **SMALL, "floor": "100 y"})
    last = over(client, told)
    assert last["state"] == "failed"
    assert last["refusal"]["refused"]
    no = client.get(told["result"])
    assert no.status_code == 409
    assert "failed" in is_refusal(no)["refused"]
    told = begin(client, LONG)
    until(lambda: client.app.state.runs.get(told["id"]).process is not None)
    client.app.state.runs.get(told["id"]).process.kill()  # as the system does when memory is out
    assert "signal 9" in over(client, told)["refusal"]["refused"]


def test_with_the_app_all_runs_end(app):
    from .conftest import TestClient

    with TestClient(app, base_url="http://127.0.0.1") as client:
        for _ in range(3):
            begin(client, LONG)
        until(lambda: sum(j.process is not None for j in app.state.runs._jobs.values()) == 2)
        pids = [j.process.pid for j in app.state.runs._jobs.values() if j.process]
        assert all(map(alive, pids))
    assert not any(map(alive, pids))
    assert {j.state for j in app.state.runs._jobs.values()} == {"stopped"}


# the server as people start it


class Started:
    """`resynapse app` in a process of its own."""

    def __init__(self, *more):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "resynapse", "app", "--no-browse", *more],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.address = self.process.stdout.readline().strip()

    def ready(self):
        def there():
            try:
                return httpx.get(f"{self.address}api/v1/health", timeout=5).status_code == 200
            except httpx.TransportError:
                return False

        until(there, 60)
        return self


def children(pid):
    """Processes of a server, by what started them or by their work."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found.append(int(name))
    return found


@pytest.mark.parametrize("how", ["ctrl-c", "terminate", "kill"])
def test_no_process_is_left(how):
    app = Started("--port", "0").ready()
    told = httpx.post(f"{app.address}api/v1/runs", json=LONG).json()
    until(lambda: children(app.process.pid))
    pids = children(app.process.pid)
    listener = threading.Thread(target=listen, args=(f"{app.address.rstrip('/')}{told['events']}",), daemon=True)
    listener.start()
    time.sleep(0.5)
    begun = time.monotonic()
    app.process.send_signal({"ctrl-c": signal.SIGINT, "terminate": signal.SIGTERM, "kill": signal.SIGKILL}[how])
    out, said = app.process.communicate(timeout=30)
    assert time.monotonic() - begun < 15  # two seconds where nobody else works
    until(lambda: not any(map(alive, pids)), 10)
    listener.join(10)
    assert out == ""
    assert "Traceback" not in said
    if how == "ctrl-c":
        assert (app.process.returncode, said.splitlines()[1:]) == (0, ["Resynapse has stopped."])


def listen(address):
    try:
        with httpx.stream("GET", address, timeout=60) as answer:
            for _ in answer.iter_lines():
                pass
    except httpx.TransportError:
        pass


def test_the_address_alone_on_standard_output():
    app = Started("--port", "0").ready()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", app.address)
    app.process.send_signal(signal.SIGINT)
    out, said = app.process.communicate(timeout=30)
    assert (out, app.process.returncode) == ("", 0)
    assert said.splitlines() == [
        f"Resynapse is at {app.address} (Ctrl-C stops it). Nothing leaves this machine.", "Resynapse has stopped."
    ]  # fmt: skip


def test_only_this_machine():
    app = Started("--port", "0").ready()
    port = int(app.address.rstrip("/").rpartition(":")[2])
    with open("/proc/net/tcp") as file:
        rows = [line.split() for line in file][1:]
    held = {row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[1].endswith(f":{port:04X}")}
    assert held == {"0100007F"}  # 127.0.0.1 and nothing else
    app.process.send_signal(signal.SIGINT)
    app.process.communicate(timeout=30)
    done = subprocess.run(
        [sys.executable, "-m", "resynapse", "app", "--host", "0.0.0.0"], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "No such option" in done.stderr


@pytest.mark.parametrize(("port", "passes"), [(70_000, "8642"), (-1, "8642"), (10**30, "8642")])
def test_a_port_that_is_none(port, passes):
    with pytest.raises(Refused) as no:
        serve._listen(port)
    assert passes in no.value.passes


def test_a_port_that_is_taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run([sys.executable, "-m", "resynapse", "app", "--no-browse", "--port", str(port)],
                              capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"port {port} is taken" in done.stderr
    assert "--port 0" in done.stderr


def test_without_the_extra_one_line_says_how():
    hide = "import sys, importlib.util as u\nfind = u.find_spec\n" \
           "u.find_spec = lambda name, *a: None if name == 'uvicorn' else find(name, *a)\n" \
           "sys.argv = ['resynapse', 'app']\nfrom resynapse.cli.main import main\nmain()\n"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", hide], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.strip() == 'refused: the page needs the extra web: pip install ".[web]"'


def test_ctrl_c_while_something_is_computed():
    app = Started("--port", "0").ready()
    ask = {"draws": 1000, "people": 4, "against": "1 mg/kg", "plan": "six"}
    found = []
    threads = [threading.Thread(target=lambda: found.append(status(app.address, ask)), daemon=True) for _ in range(4)]
    for t in threads:
        t.start()
    time.sleep(1.5)
    begun = time.monotonic()
    app.process.send_signal(signal.SIGINT)
    _, said = app.process.communicate(timeout=30)
    assert time.monotonic() - begun < 10
    for t in threads:
        t.join(10)
    assert set(found) <= {503, 200}
    assert len(found) == 4
    assert (app.process.returncode, said.splitlines()[1:]) == (0, ["Resynapse has stopped."])


def status(address, ask):
    return httpx.post(f"{address}api/v1/simulate", json=ask, timeout=60).status_code
