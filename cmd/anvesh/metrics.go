package main

import (
	"fmt"
	"io"
	"maps"
	"runtime/debug"
	"slices"

	"anvesh/query/access"
)

// metrics writes what the store and the log say of themselves, in Prometheus text. Labels hold no personal data.
func (s *service) metrics(w io.Writer) {
	st := s.store.State()
	family(w, "anvesh_records", "gauge", "Persons and vehicles that are held.")
	fmt.Fprintf(w, "anvesh_records{kind=\"person\"} %d\nanvesh_records{kind=\"vehicle\"} %d\n", st.Persons, st.Vehicles)
	gauge(w, "anvesh_persons_findable", "Persons that searches can find.", s.reg.Findable())
	parts, rows := s.reg.Parts()
	gauge(w, "anvesh_register_parts", "Sealed parts of the register.", parts)
	gauge(w, "anvesh_register_head_rows", "Rows of the register that are in memory alone.", rows)
	family(w, "anvesh_register_wait_seconds", "gauge", "The longest that a search has waited for an update of the register.")
	fmt.Fprintf(w, "anvesh_register_wait_seconds %.9f\n", s.reg.LongestWait().Seconds())
	gauge(w, "anvesh_cases", "Cases that are held.", st.Cases)
	family(w, "anvesh_commits_total", "counter", "Transactions that were committed.")
	fmt.Fprintf(w, "anvesh_commits_total %d\n", st.Seq)
	family(w, "anvesh_updates_total", "counter", "Messages of the log by what became of them.")
	for _, n := range slices.Sorted(maps.Keys(st.Counts)) {
		fmt.Fprintf(w, "anvesh_updates_total{what=%q} %d\n", n, st.Counts[n])
	}
	s.logMetrics(w)
	s.storeMetrics(w)
	s.guardMetrics(w)
	if f := s.engine.Status().FreshnessS; f >= 0 {
		family(w, "anvesh_freshness_seconds", "gauge", "Age of what all partitions are applied up to.")
		fmt.Fprintf(w, "anvesh_freshness_seconds %.3f\n", f)
	}
}

// logMetrics writes how far the log is read.
func (s *service) logMetrics(w io.Writer) {
	partitions := s.logState().Partitions
	family(w, "anvesh_log_offset", "gauge", "Offset of a partition that is applied next.")
	for _, p := range partitions {
		fmt.Fprintf(w, "anvesh_log_offset{partition=\"%d\"} %d\n", p.Partition, p.Offset)
	}
	family(w, "anvesh_log_lag", "gauge", "Messages of a partition that are not applied yet.")
	for _, p := range partitions {
		fmt.Fprintf(w, "anvesh_log_lag{partition=\"%d\"} %d\n", p.Partition, p.Lag)
	}
}

// storeMetrics writes how the store stands.
func (s *service) storeMetrics(w io.Writer) {
	_, degraded := s.engine.Ready()
	gauge(w, "anvesh_degraded", "Reasons why answers may miss records.", len(degraded))
	faults, _ := s.store.Faults()
	gauge(w, "anvesh_store_faults", "Faults that check and scrubber have found.", faults)
	damaged, waiting := s.store.Damaged(), 0
	for _, a := range damaged {
		waiting += a.Waiting
	}
	gauge(w, "anvesh_cases_damaged", "Cases that are damaged and set aside until anvesh mend.", len(damaged))
	gauge(w, "anvesh_updates_waiting", "Updates that wait for damaged cases.", waiting)
	free, reserve := s.store.DiskSpace()
	gauge(w, "anvesh_disk_free_bytes", "Free space where the store lies.", free)
	gauge(w, "anvesh_disk_reserve_bytes", "Free space below which no updates are taken.", reserve)
	gauge(w, "anvesh_memory_limit_bytes", "GOMEMLIMIT.", debug.SetMemoryLimit(-1))
	passes, bytes, last := s.store.Scrubbed()
	family(w, "anvesh_scrub_passes_total", "counter", "Times that the scrubber has read everything.")
	fmt.Fprintf(w, "anvesh_scrub_passes_total %d\n", passes)
	family(w, "anvesh_scrub_bytes_total", "counter", "Bytes that the scrubber has read.")
	fmt.Fprintf(w, "anvesh_scrub_bytes_total %d\n", bytes)
	if !last.IsZero() {
		gauge(w, "anvesh_scrub_last_seconds", "Unix time at which the last pass ended.", last.Unix())
	}
	if done, total, ok := s.store.Rebuilding(); ok {
		gauge(w, "anvesh_rebuild_records", "Records that a running rebuild has read.", done)
		gauge(w, "anvesh_rebuild_records_total", "Records that it has to read.", total)
	}
}

// guardMetrics writes what budgets refused and which alarms were raised, by kind and of nobody in particular.
func (s *service) guardMetrics(w io.Writer) {
	spent, alarms := s.guard.Counts()
	family(w, "anvesh_budget_refused_total", "counter", "Searches, cases and rows that a spent budget refused.")
	fmt.Fprintf(w, "anvesh_budget_refused_total %d\n", spent)
	family(w, "anvesh_alarms_total", "counter", "Alarms that were raised, by kind.")
	for _, kind := range access.AlarmKinds() {
		fmt.Fprintf(w, "anvesh_alarms_total{kind=%q} %d\n", kind, alarms[kind])
	}
	r := s.keys.Report()
	gauge(w, "anvesh_credentials_open", "Requests for credentials that are neither issued nor refused.", r.Open)
	family(w, "anvesh_credentials_oldest_hours", "gauge", "How long the oldest of them waits.")
	fmt.Fprintf(w, "anvesh_credentials_oldest_hours %.2f\n", r.OldestHours)
}

// family writes what a name means, before its series.
func family(w io.Writer, name, kind, help string) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// gauge writes a gauge without labels.
func gauge[N int | int64 | uint64](w io.Writer, name, help string, n N) {
	family(w, name, "gauge", help)
	fmt.Fprintf(w, "%s %d\n", name, n)
}
