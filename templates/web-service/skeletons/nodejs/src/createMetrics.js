/** Counts requests, and tells of them in the text format that Prometheus reads. */
export function createMetrics() {
  const started = Date.now() / 1000;
  const requests = new Map();
  return {
    count(status) {
      requests.set(status, (requests.get(status) ?? 0) + 1);
    },
    text() {
      const lines = [
        '# HELP process_start_time_seconds When the process started.',
        '# TYPE process_start_time_seconds gauge',
        `process_start_time_seconds ${started}`,
        '# HELP http_requests_total Requests that were answered, by status.',
        '# TYPE http_requests_total counter',
      ];
      for (const [status, count] of requests) {
        lines.push(`http_requests_total{status="${status}"} ${count}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}
