"""Start the app on loopback, say its address, open the browser. No other address: it has no passwords."""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..engine import progress
from ..errors import Place, Refused

if TYPE_CHECKING:
    from fastapi import FastAPI

PORT = 8642
HOST = "127.0.0.1"
MOST_PORT = 65_535
LINES = 200  # open at once
WARM_S = 10.0  # that stopping waits for the example, which looks up at every block of draws
IDLE_S, SHUTDOWN_S = 30, 2  # of a line between two requests; for answers under way when the server stops
HEAD_BYTES = 32 * 1024  # of a request's head: the guard refuses an address at 16,000


def serve(port: int = PORT, browse: bool = True) -> None:
    """Serve until stopped by Ctrl-C; all runs end with it. Refused if the port is taken or none."""
    from .app import create

    listening = _listen(port)
    address = f"http://{HOST}:{listening.getsockname()[1]}/"
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    sys.stderr.write(f"Resynapse is at {address} (Ctrl-C stops it). Nothing leaves this machine.\n")
    sys.stderr.flush()
    app = create()
    warming = threading.Thread(target=_warm, args=(app,), daemon=True)
    warming.start()
    if browse:
        timer = threading.Timer(0.3, webbrowser.open, (address,))
        timer.daemon = True
        timer.start()
    try:
        server(app).run([listening])
    except KeyboardInterrupt:
        sys.stderr.write("Resynapse has stopped.\n")
    finally:
        app.state.runs.closing = True
        warming.join(WARM_S)  # a thread inside NumPy must not meet the interpreter's end
        listening.close()


def server(app: FastAPI | None = None) -> Any:
    """A server around the app: strict about slow lines, quick to stop."""
    import uvicorn

    from .app import create
    from .slow import Deadline

    served = create() if app is None else app

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            """Ctrl-C: whoever listens to a run is let go at once."""
            served.state.runs.closing = True
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        served, http=Deadline, ws="none", log_level="warning", access_log=False, server_header=False,
        limit_concurrency=LINES, timeout_keep_alive=IDLE_S, timeout_graceful_shutdown=SHUTDOWN_S,
        h11_max_incomplete_event_size=HEAD_BYTES, proxy_headers=False,
    )  # fmt: skip
    return Server(config)


def _listen(port: int) -> socket.socket:
    place = Place(text=str(port)[:20], end=len(str(port)[:20]), field="--port")
    if not 0 <= port <= MOST_PORT:
        raise Refused(f"{str(port)[:20]} is no port", f"A port is 0 to {MOST_PORT}; 0 takes any that is free.",
                      (str(PORT), "0"), place)  # fmt: skip
    # the protocol is named so that asyncio turns Nagle's delay off: 40 ms of every answer
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
        sock.listen()
    except PermissionError:
        sock.close()
        raise Refused(f"port {port} may not be used", "Ports below 1024 belong to the system.", (str(PORT),),
                      place) from None  # fmt: skip
    except OSError:
        sock.close()
        raise Refused(f"port {port} is taken", "Another program listens there, perhaps a first Resynapse.",
                      ("--port 0",)) from None  # fmt: skip
    return sock


def _warm(app: FastAPI) -> None:
    """Compute the example before it is asked for; given up when the server stops."""
    from ..services.explore import warm

    def heard(_: int, __: int) -> None:
        if app.state.runs.closing:
            raise InterruptedError

    try:
        with progress.listening(heard):
            warm()
    except Exception:  # a computation that is let go may end in any error: it counts only while the server lives
        if not app.state.runs.closing:
            raise
