import os
import signal
import sys
import threading

from .job import job
from .log import log
from .run import run

ending = threading.Event()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: ending.set())
log(
    "info",
    "started",
    version=os.environ.get("VERSION", "development"),
    environment=os.environ.get("ENVIRONMENT", "local"),
)
sys.exit(run(job, ending))
