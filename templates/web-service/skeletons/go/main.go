// A small HTTP service.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	if err := run(); err != nil {
		slog.Error("failed", "error", err)
		os.Exit(1)
	}
}

func run() error {
	service := newService(serviceName(), getenv("VERSION", "development"), getenv("ENVIRONMENT", "local"))
	server := &http.Server{
		Addr:              ":" + getenv("PORT", "8080"),
		Handler:           service.handler(),
		ReadHeaderTimeout: 5 * time.Second,
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	slog.Info("listening", "address", server.Addr)

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}

	slog.Info("shutting down")
	service.refuse()
	// The cluster needs a moment to notice that this pod wants no more requests.
	time.Sleep(5 * time.Second)
	grace, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	slog.Info("stopped")
	return nil
}

// serviceName is the last part of the module's path.
func serviceName() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "service"
	}
	parts := strings.Split(info.Main.Path, "/")
	return parts[len(parts)-1]
}

func getenv(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}
