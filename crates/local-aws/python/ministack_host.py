"""Runs MiniStack behind the one endpoint, for as long as the process that started it lives.

It listens on a free port of the loopback interface and prints that port, but takes the endpoint's
port (GATEWAY_PORT) for its own in the URLs it hands out.

The parent holds the other end of standard input. When it goes, however it goes, the pipe ends,
and this process takes its whole group, the function processes among them, with it.
"""

import asyncio
import os
import signal
import socket
import socketserver
import threading

# The Lambda Runtime API is served by socketserver. Nagle's algorithm against delayed
# acknowledgements costs every warm invocation 40 ms.
socketserver.StreamRequestHandler.disable_nagle_algorithm = True

# Seconds or requests: ten years of the one, more than enough of the other.
NEVER = 10 * 365 * 24 * 3600


def end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


def listen() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


def main() -> None:
    # The thread must be there before MiniStack starts, which takes a moment.
    threading.Thread(target=end_with_parent, daemon=True).start()

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    listener = listen()
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    # The endpoint alone ends its connections. If MiniStack did, it could do so with a request that
    # it had just begun to carry out, and whoever tried again would find it done already.
    config.keep_alive_timeout = NEVER
    config.keep_alive_max_requests = NEVER
    config.loglevel = "WARNING"
    print(listener.getsockname()[1], flush=True)
    # Nobody reads standard output any further: what is still written goes to the log.
    os.dup2(2, 1)
    asyncio.run(serve(app, config))


main()
