package main

import (
	"context"
	"errors"
	"testing"
)

func TestRun(t *testing.T) {
	ended, end := context.WithCancel(context.Background())
	end()
	failing := func(context.Context) (int, error) { return 0, errors.New("no") }

	cases := []struct {
		name string
		ctx  context.Context
		job  func(context.Context) (int, error)
		code int
	}{
		{"ends well when the job is done", context.Background(), job, 0},
		{"ends with an error when the job fails", context.Background(), failing, 1},
		{"does nothing when it shall end already", ended, job, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if code := run(c.ctx, c.job); code != c.code {
				t.Errorf("ends with %d, not %d", code, c.code)
			}
		})
	}
}
