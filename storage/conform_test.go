package storage_test

import (
	"runtime"
	"testing"

	"anvesh/storage"
	"anvesh/storage/simulated"
	"anvesh/storage/storagetest"
)

// TestConform: a store in a directory and one in memory keep the promises of every store.
func TestConform(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		storagetest.Conform(t, func(t *testing.T) storagetest.Place {
			dir := t.TempDir()
			return storagetest.Place{Work: func(...string) { runtime.Gosched() }, Open: func(o storage.Options) (storagetest.Store, error) {
				o.Dir = dir
				return storage.Open(o)
			}}
		})
	})
	t.Run("simulated", func(t *testing.T) {
		storagetest.Conform(t, func(*testing.T) storagetest.Place {
			disk := &simulated.Disk{}
			var steps *simulated.Scheduler
			return storagetest.Place{
				Open: func(o storage.Options) (storagetest.Store, error) {
					steps = &simulated.Scheduler{}
					o.Backend, o.Scheduler = disk, steps
					return storage.Open(o)
				},
				Work: func(tasks ...string) {
					for _, task := range tasks {
						steps.Step(task)
					}
				},
			}
		})
	})
}
