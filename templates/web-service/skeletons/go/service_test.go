package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func request(s *service, method, path string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	s.handler().ServeHTTP(recorder, httptest.NewRequest(method, path, nil))
	return recorder
}

func TestSaysWhatItIs(t *testing.T) {
	response := request(newService("orders", "1.2.3", "test"), http.MethodGet, "/")

	var body map[string]string
	if err := json.Unmarshal(response.Body.Bytes(), &body); err != nil {
		t.Fatal(err)
	}
	if body["name"] != "orders" || body["version"] != "1.2.3" || body["environment"] != "test" {
		t.Errorf("unexpected answer: %v", body)
	}
}

func TestAnswers(t *testing.T) {
	refusing := newService("orders", "1.2.3", "test")
	refusing.refuse()
	running := newService("orders", "1.2.3", "test")

	cases := []struct {
		name    string
		service *service
		method  string
		path    string
		status  int
	}{
		{"alive", running, http.MethodGet, "/healthz", http.StatusOK},
		{"ready", running, http.MethodGet, "/readyz", http.StatusOK},
		{"alive while it shuts down", refusing, http.MethodGet, "/healthz", http.StatusOK},
		{"not ready while it shuts down", refusing, http.MethodGet, "/readyz", http.StatusServiceUnavailable},
		{"unknown path", running, http.MethodGet, "/nowhere", http.StatusNotFound},
		{"unknown method", running, http.MethodPost, "/", http.StatusMethodNotAllowed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := request(c.service, c.method, c.path).Code; got != c.status {
				t.Errorf("%s %s answers %d, not %d", c.method, c.path, got, c.status)
			}
		})
	}
}

func TestCountsRequests(t *testing.T) {
	s := newService("orders", "1.2.3", "test")
	request(s, http.MethodGet, "/nowhere")

	body := request(s, http.MethodGet, "/metrics").Body.String()
	if !strings.Contains(body, "http_requests_total{status=\"404\"} 1\n") {
		t.Errorf("the request was not counted: %s", body)
	}
}
