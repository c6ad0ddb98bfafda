"""One piece of work after the other, until the worker is stopped."""

import threading
import traceback
from collections.abc import Callable

from .log import log


class Worker:
    """A piece that fails is logged, and the next one follows after a pause: a worker that ends
    would only be started again."""

    def __init__(
        self,
        work: Callable[[], bool],
        beat: Callable[[], None],
        pause_seconds: float = 5,
    ) -> None:
        self._work = work
        self._beat = beat
        self._pause_seconds = pause_seconds
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.is_set():
            self._beat()
            if not self._once():
                self._stopping.wait(self._pause_seconds)

    def stop(self) -> None:
        """Finishes the piece in hand, and takes no other."""
        self._stopping.set()

    def _once(self) -> bool:
        try:
            return self._work()
        except Exception:
            log("error", "a piece of work failed", error=traceback.format_exc())
            return False
