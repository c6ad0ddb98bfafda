"""Runs a job once."""

import threading
import time
import traceback
from collections.abc import Callable

from .log import log


def run(job: Callable[[threading.Event], int], ending: threading.Event) -> int:
    """Returns the exit code: 0 when it is done; with any other the cluster tries it again, as
    often as the schedule allows."""
    started = time.monotonic()
    try:
        done = job(ending)
    except Exception:
        seconds = round(time.monotonic() - started, 3)
        log("error", "failed", error=traceback.format_exc(), seconds=seconds)
        return 1
    log("info", "done", done=done, seconds=round(time.monotonic() - started, 3))
    return 0
