package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"anvesh/query"
)

// metrics writes what the store and the log say of themselves, in Prometheus text. Labels hold no personal data.
func (s *service) metrics(w io.Writer) {
	st := s.store.State()
	fmt.Fprintf(w, "anvesh_records{kind=\"person\"} %d\nanvesh_records{kind=\"vehicle\"} %d\n", st.Persons, st.Vehicles)
	fmt.Fprintf(w, "anvesh_persons_findable %d\nanvesh_cases %d\nanvesh_commits_total %d\n", s.reg.Findable(), st.Cases, st.Seq)
	var names []string
	for n := range st.Counts {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		fmt.Fprintf(w, "anvesh_updates_total{what=%q} %d\n", n, st.Counts[n])
	}
	log := s.logState()
	for _, p := range log.Partitions {
		fmt.Fprintf(w, "anvesh_log_offset{partition=\"%d\"} %d\nanvesh_log_lag{partition=\"%d\"} %d\n", p.Partition, p.Offset, p.Partition, p.Lag)
	}
	_, degraded := s.engine.Ready()
	faults, _ := s.store.Faults()
	fmt.Fprintf(w, "anvesh_degraded %d\nanvesh_store_faults %d\n", len(degraded), faults)
	free, reserve := s.store.Room()
	fmt.Fprintf(w, "anvesh_disk_free_bytes %d\nanvesh_disk_reserve_bytes %d\nanvesh_memory_limit_bytes %d\n", free, reserve, debug.SetMemoryLimit(-1))
	passes, bytes, last := s.store.Scrubbed()
	fmt.Fprintf(w, "anvesh_scrub_passes_total %d\nanvesh_scrub_bytes_total %d\n", passes, bytes)
	if !last.IsZero() {
		fmt.Fprintf(w, "anvesh_scrub_last_seconds %d\n", last.Unix())
	}
	if done, total, ok := s.store.Rebuilding(); ok {
		fmt.Fprintf(w, "anvesh_rebuild_records %d\nanvesh_rebuild_records_total %d\n", done, total)
	}
	if f := s.engine.Status(s.w.ctx).(*query.Status).FreshnessS; f >= 0 {
		fmt.Fprintf(w, "anvesh_freshness_seconds %.3f\n", f)
	}
}
