import os
import signal
import tomllib
from pathlib import Path

from .log import log
from .server import Service

# The cluster needs a moment to notice that this pod wants no more requests.
GRACE_SECONDS = 5

project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
service = Service(
    name=project["name"],
    version=os.environ.get("VERSION", "development"),
    environment=os.environ.get("ENVIRONMENT", "local"),
    port=int(os.environ.get("PORT", "8080")),
)


def stop(number: int, _frame: object) -> None:
    log("info", "shutting down", signal=signal.Signals(number).name)
    service.stop(GRACE_SECONDS if number == signal.SIGTERM else 0)


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
log("info", "listening", port=service.port)
service.run()
log("info", "stopped")
