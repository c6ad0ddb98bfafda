package main

import "context"

// job is what runs each time that it is due. Replace this by yours.
//
// A run may be tried again after half of it was done, so doing it again must change nothing. The
// context ends when the cluster wants the run to end. It returns how much was done.
func job(ctx context.Context) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return 0, nil
}
