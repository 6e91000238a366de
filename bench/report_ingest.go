package bench

import (
	"anvesh/bench/madeup"
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// An IngestResult is one load through the log: updates of one form with one person or vehicle each, published by anvesh
// load on the same cores, synced by broker and store.
type IngestResult struct {
	Updates   int     `json:"updates"`
	Seconds   float64 `json:"seconds"` // from the first line published until all are searchable
	PerSecond float64 `json:"updates_per_second"`
	UpdateUS  float64 `json:"cpu_us_per_update"` // of the service, its broker included
	Written   float64 `json:"bytes_written_per_update"`
	Store     float64 `json:"store_bytes_per_record"`
	Shards    float64 `json:"shard_bytes_per_record"`
	Register  float64 `json:"register_bytes_per_record"`
	Log       float64 `json:"log_bytes_per_record"`
	PeakRSS   float64 `json:"peak_resident_bytes"`
}

// ingest makes the records, and loads them into an empty service.
func (m *measurement) ingest(ctx context.Context) error {
	file := filepath.Join(m.dir, "updates.ndjson")
	if err := m.makeRecords(file); err != nil {
		return err
	}
	s, err := startService(ctx, m.o.Program, m.dir)
	if err != nil {
		return err
	}
	defer s.kill()
	before, cpu, written := time.Now(), s.cpu(), s.written()
	load := exec.CommandContext(ctx, m.o.Program, "load", "--brokers", s.broker, file)
	load.Stderr = m.o.Progress
	out, err := load.Output()
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if err := s.await(strings.TrimSpace(string(out))); err != nil {
		return err
	}
	n := float64(m.o.Records)
	r := &IngestResult{Updates: m.o.Records, Seconds: time.Since(before).Seconds()}
	r.PerSecond = n / r.Seconds
	r.UpdateUS, r.Written = float64((s.cpu()-cpu).Microseconds())/n, (s.written()-written)/n
	r.PeakRSS = s.memory("VmHWM")
	if err := s.stop(); err != nil {
		return err
	}
	r.Store, r.Shards, r.Register, r.Log = sizeOf(s.dir+"/store")/n, sizeOf(s.dir+"/shards")/n, sizeOf(s.dir+"/derived")/n, sizeOf(s.dir+"/log")/n
	m.report.Ingest = r
	m.tell("%d updates in %.0f s, %.0f a second", r.Updates, r.Seconds, r.PerSecond)
	return os.Remove(file)
}

// generated are the options of the records.
func (m *measurement) generated() madeup.Options {
	return madeup.Options{Records: m.o.Records, Seed: m.o.Seed, SingleForm: true}
}

// makeRecords writes the updates as anvesh load reads them.
func (m *measurement) makeRecords(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = madeup.Generate(m.generated(), func(_ string, value []byte) error {
		w.Write(value)
		return w.WriteByte('\n')
	})
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
