package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// runAll does pieces, of which negative ones fail, and stops when there are none left.
func runAll(pieces []int) (done []int, beats int) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	w := worker{
		pause: time.Millisecond,
		beat:  func() error { beats++; return nil },
		work: func(context.Context) (bool, error) {
			piece := pieces[0]
			pieces = pieces[1:]
			if len(pieces) == 0 {
				stop()
			}
			if piece < 0 {
				return false, errors.New("no")
			}
			done = append(done, piece)
			return true, nil
		},
	}
	w.run(ctx)
	return done, beats
}

func TestDoesOnePieceAfterTheOther(t *testing.T) {
	done, beats := runAll([]int{1, 2, 3})
	if !slices.Equal(done, []int{1, 2, 3}) || beats != 3 {
		t.Errorf("did %v with %d heartbeats", done, beats)
	}
}

func TestGoesOnAfterAFailure(t *testing.T) {
	if done, _ := runAll([]int{1, -1, 3}); !slices.Equal(done, []int{1, 3}) {
		t.Errorf("did %v", done)
	}
}

func TestIsAliveWhileItsHeartbeatIsYoung(t *testing.T) {
	file := filepath.Join(t.TempDir(), "alive")
	if isAlive(file, time.Now()) {
		t.Error("alive before the first heartbeat")
	}
	if err := beat(file); err != nil {
		t.Fatal(err)
	}
	if !isAlive(file, time.Now()) {
		t.Error("not alive after a heartbeat")
	}
	if isAlive(file, time.Now().Add(2*time.Minute)) {
		t.Error("alive two minutes after the last heartbeat")
	}
}
