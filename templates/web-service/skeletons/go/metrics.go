package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// metrics counts requests, and tells of them in the text format that Prometheus reads.
type metrics struct {
	started  time.Time
	mutex    sync.Mutex
	requests map[int]int
}

func newMetrics() *metrics {
	return &metrics{started: time.Now(), requests: map[int]int{}}
}

func (m *metrics) count(status int) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.requests[status]++
}

func (m *metrics) writeTo(w io.Writer) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	fmt.Fprintln(w, "# HELP process_start_time_seconds When the process started.")
	fmt.Fprintln(w, "# TYPE process_start_time_seconds gauge")
	fmt.Fprintf(w, "process_start_time_seconds %d\n", m.started.Unix())
	fmt.Fprintln(w, "# HELP http_requests_total Requests that were answered, by status.")
	fmt.Fprintln(w, "# TYPE http_requests_total counter")
	for status, count := range m.requests {
		fmt.Fprintf(w, "http_requests_total{status=\"%d\"} %d\n", status, count)
	}
}
