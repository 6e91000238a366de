package main

import (
	"fmt"
	"io"
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
	fmt.Fprintf(w, "anvesh_degraded %d\n", len(log.Degraded))
	if f := s.engine.Status(s.w.ctx).(*query.Status).FreshnessS; f >= 0 {
		fmt.Fprintf(w, "anvesh_freshness_seconds %.3f\n", f)
	}
}
