import os
import signal

from .heartbeat import beat
from .log import log
from .work import work
from .worker import Worker

worker = Worker(work, beat)


def stop(number: int, _frame: object) -> None:
    log("info", "shutting down", signal=signal.Signals(number).name)
    worker.stop()


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
log(
    "info",
    "started",
    version=os.environ.get("VERSION", "development"),
    environment=os.environ.get("ENVIRONMENT", "local"),
)
worker.run()
log("info", "stopped")
