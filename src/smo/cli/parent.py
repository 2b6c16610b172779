"""End with whoever started this process: a child that outlives its parent would hold the port and serve old pages."""

import os
import signal
import threading
import time

LOOK_SECONDS = 0.5
GRACE_SECONDS = 10.0


def end_with(parent: int) -> None:
    """From now on, end when `parent` is no longer our parent: politely first, then at once."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=look, name="end with parent", daemon=True).start()
