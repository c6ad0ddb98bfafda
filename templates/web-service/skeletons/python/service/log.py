"""Lines of JSON on standard output, as log collectors expect them."""

import json
import os
import sys
from datetime import datetime, timezone


def log(level: str, message: str, **fields: object) -> None:
    """Writes one line. Level "debug" is written when LOG_LEVEL says so."""
    if level == "debug" and os.environ.get("LOG_LEVEL") != "debug":
        return
    time = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    entry = {"time": time, "level": level, "message": message, **fields}
    sys.stdout.write(json.dumps(entry, default=str) + "\n")
    sys.stdout.flush()
