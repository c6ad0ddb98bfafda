"""How the worker says that it works."""

import tempfile
import time
from pathlib import Path

# The only place that the container can write to.
HEARTBEAT_FILE = Path(tempfile.gettempdir()) / "alive"

OLDEST_SECONDS = 90


def beat(file: Path = HEARTBEAT_FILE) -> None:
    """Says that the worker works. Call it in between, too, where one piece takes long."""
    file.write_text(str(time.time()))


def is_alive(file: Path = HEARTBEAT_FILE, now: float | None = None) -> bool:
    """Whether the worker has said so lately."""
    try:
        last = float(file.read_text())
    except (OSError, ValueError):
        return False
    return (time.time() if now is None else now) - last < OLDEST_SECONDS
