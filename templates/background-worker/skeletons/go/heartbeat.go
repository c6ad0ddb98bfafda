package main

import (
	"os"
	"path/filepath"
	"time"
)

const oldestHeartbeat = 90 * time.Second

// heartbeatFile is in the only folder that the container can write to.
func heartbeatFile() string {
	return filepath.Join(os.TempDir(), "alive")
}

// beat says that the worker works. Call it in between, too, where one piece takes long.
func beat(file string) error {
	return os.WriteFile(file, []byte(time.Now().Format(time.RFC3339)), 0o600)
}

// isAlive tells whether the worker has said so lately.
func isAlive(file string, now time.Time) bool {
	info, err := os.Stat(file)
	return err == nil && now.Sub(info.ModTime()) < oldestHeartbeat
}
