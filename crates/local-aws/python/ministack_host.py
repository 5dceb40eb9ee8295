"""Runs MiniStack for as long as the process that started it lives.

The parent holds the other end of standard input. When it goes, however it goes, the pipe ends,
and this process takes its whole group, the function processes among them, with it.
"""

import os
import signal
import socketserver
import threading

# The Lambda Runtime API is served by socketserver. Nagle's algorithm against delayed
# acknowledgements costs every warm invocation 40 ms.
socketserver.StreamRequestHandler.disable_nagle_algorithm = True


def end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


threading.Thread(target=end_with_parent, daemon=True).start()

from ministack.app import main  # noqa: E402 - the thread must be there before MiniStack starts

main()
