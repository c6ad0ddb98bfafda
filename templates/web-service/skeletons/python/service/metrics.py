"""Counts requests, and tells of them in the text format that Prometheus reads."""

import threading
import time
from collections import Counter


class Metrics:
    def __init__(self) -> None:
        self._started = time.time()
        self._requests: Counter[int] = Counter()
        self._lock = threading.Lock()

    def count(self, status: int) -> None:
        with self._lock:
            self._requests[status] += 1

    def text(self) -> str:
        with self._lock:
            counts = sorted(self._requests.items())
        lines = [
            "# HELP process_start_time_seconds When the process started.",
            "# TYPE process_start_time_seconds gauge",
            f"process_start_time_seconds {self._started}",
            "# HELP http_requests_total Requests that were answered, by status.",
            "# TYPE http_requests_total counter",
        ]
        lines += [
            f'http_requests_total{{status="{status}"}} {count}'
            for status, count in counts
        ]
        return "\n".join(lines) + "\n"
