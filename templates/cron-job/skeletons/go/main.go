// A job that runs on a schedule.
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	slog.Info("started", "version", os.Getenv("VERSION"), "environment", os.Getenv("ENVIRONMENT"))
	code := run(ctx, job)
	stop()
	os.Exit(code)
}

// run runs a job once, and returns the exit code: 0 when it is done; with any other the cluster
// tries it again, as often as the schedule allows.
func run(ctx context.Context, job func(context.Context) (int, error)) int {
	started := time.Now()
	done, err := job(ctx)
	if err != nil {
		slog.Error("failed", "error", err, "seconds", time.Since(started).Seconds())
		return 1
	}
	slog.Info("done", "done", done, "seconds", time.Since(started).Seconds())
	return 0
}
