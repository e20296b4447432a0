"""The app in the process of the test, and a real server on a socket of its own."""

import contextlib
import socket
import threading
import time
import warnings

import httpx
import pytest

from resynapse.web import app as app_
from resynapse.web import serve

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the test client would rather have another httpx
    from starlette.testclient import TestClient

API = "/api/v1"
SMALL = {"draws": 2, "people": 2}  # people in all, where their number is not the point


@pytest.fixture
def app():
    made = app_.create()
    yield made
    made.state.runs.close()


@pytest.fixture
def client(app):
    """Calls the app without a socket. A fault of ours is an answer, as it is outside."""
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


class Live:
    """A server in a thread."""

    def __init__(self, app):
        self.app = app
        self.socket = serve._listen(0)
        self.port = self.socket.getsockname()[1]
        self.server = serve.server(app)
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],), daemon=True)
        self.thread.start()
        until(lambda: self.server.started)
        self.address = f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.app.state.runs.closing = True
        self.server.should_exit = True
        self.thread.join(20)
        self.socket.close()

    def client(self, **named):
        return httpx.Client(base_url=self.address, timeout=60, **named)

    def line(self, timeout=20.0):
        """An open socket, to say on it what no client would."""
        return contextlib.closing(socket.create_connection(("127.0.0.1", self.port), timeout))

    def said(self, raw, timeout=20.0):
        """What comes back for these bytes, until the line is closed or nothing comes."""
        with self.line(timeout) as line:
            line.sendall(raw)
            return heard(line)


def heard(line):
    out = b""
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        while part := line.recv(65536):
            out += part
            head, _, body = out.partition(b"\r\n\r\n")
            length = [int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length")]
            if length and len(body) >= length[0]:
                break
    return out


@pytest.fixture
def live(app):
    running = Live(app)
    yield running
    running.stop()


def until(true, seconds=20.0):
    """Ask again until something holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


@pytest.fixture
def quick(monkeypatch):
    """Waits of tenths of a second where people get ten."""
    from resynapse.web import guard, slow

    monkeypatch.setattr(guard, "BODY_S", 0.3)
    monkeypatch.setattr(guard, "DRAIN_S", 0.3)
    monkeypatch.setattr(slow, "HEAD_S", 0.5)


def is_refusal(answer):
    """The one shape of every refusal, with words in it and no trace of the program."""
    told = answer.json()
    assert set(told) == {"refused", "rule", "passes", "place"}
    assert told["refused"]
    assert "Traceback" not in answer.text
    assert 'File "' not in answer.text
    return told
