package main

import (
	"context"
	"log/slog"
	"time"
)

// worker does one piece of work after the other. A piece that fails is logged, and the next one
// follows after a pause: a worker that ends would only be started again.
type worker struct {
	work  func(context.Context) (bool, error)
	beat  func() error
	pause time.Duration
}

// run ends when the context does, after the piece in hand.
func (w worker) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := w.beat(); err != nil {
			slog.Warn("the heartbeat could not be written", "error", err)
		}
		// The piece in hand is finished, also when the worker shall stop.
		busy, err := w.work(context.WithoutCancel(ctx))
		if err != nil {
			slog.Error("a piece of work failed", "error", err)
		}
		if busy && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(w.pause):
		}
	}
}
