"""Start the app on loopback, say its address, open the browser."""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser

from ..errors import Refused

PORT = 8642


def serve(port: int = PORT, browse: bool = True) -> None:
    """Serve until stopped. Refused if the port is taken."""
    import uvicorn

    from .app import create

    listening = _listen(port)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    sys.stderr.write(f"Resynapse is at {address} (Ctrl-C stops it). Nothing leaves this machine.\n")
    sys.stderr.flush()
    threading.Thread(target=_warm, daemon=True).start()
    if browse:
        threading.Timer(0.3, webbrowser.open, (address,)).start()
    config = uvicorn.Config(create(), log_level="warning", access_log=False, server_header=False,
                            limit_concurrency=200, timeout_keep_alive=30)  # fmt: skip
    uvicorn.Server(config).run([listening])


def _listen(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("127.0.0.1", port))
    except OSError:
        sock.close()
        raise Refused(f"port {port} is taken", "Another program listens there, perhaps a first Resynapse.",
                      ("--port 0",)) from None  # fmt: skip
    return sock


def _warm() -> None:
    """Compute the example before it is asked for."""
    from ..services.explore import warm

    warm()
