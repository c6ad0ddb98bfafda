// A worker without a port.
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
	if len(os.Args) > 1 && os.Args[1] == "alive" {
		// What the cluster runs to ask whether the worker works; see the Deployment.
		if !isAlive(heartbeatFile(), time.Now()) {
			os.Exit(1)
		}
		return
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	slog.Info("started", "version", os.Getenv("VERSION"), "environment", os.Getenv("ENVIRONMENT"))
	w := worker{
		work:  work,
		beat:  func() error { return beat(heartbeatFile()) },
		pause: 5 * time.Second,
	}
	w.run(ctx)
	slog.Info("stopped")
}
