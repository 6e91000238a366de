package query

import (
	"time"

	"anvesh/query/register"
)

// A LogState is how the reading of the log stands.
type LogState struct {
	CaughtUp   bool // everything that the log held at start is applied
	Partitions []Partition
	Degraded   []string // why answers may miss records
}

// A Partition is how far one partition of the log is read.
type Partition struct {
	Partition int        `json:"partition"`
	Offset    int64      `json:"offset"` // next to apply
	End       int64      `json:"end"`    // next to be appended
	Lag       int64      `json:"lag"`
	Through   *time.Time `json:"through,omitempty"` // all that was appended before is applied
	Degraded  string     `json:"degraded,omitempty"`
}

// A Status is what /v1/status shows.
type Status struct {
	Ready      bool              `json:"ready"`
	Degraded   []string          `json:"degraded"`
	Partitions []Partition       `json:"partitions"`
	Shards     Shards            `json:"shards"`
	Records    RecordCounts      `json:"records"`
	Updates    map[string]uint64 `json:"updates"` // what became of messages, since the store was made
	Damaged    []DamagedCase     `json:"damaged"` // cases that cannot be read
	Through    Through           `json:"through"`
	FreshnessS float64           `json:"freshness_s"` // age of through, seconds; -1 where it is not known
	Commit     uint64            `json:"commit"`
	Version    string            `json:"version"`
	Terms      int               `json:"terms_version"`
}

// A DamagedCase is not shown, and updates for it wait until anvesh mend has put it right.
type DamagedCase struct {
	Case    string    `json:"case"`
	Why     string    `json:"why"`
	Since   time.Time `json:"since"`
	Waiting int       `json:"waiting"` // updates
}

// RecordCounts counts what is held.
type RecordCounts struct {
	Cases    int `json:"cases"`
	Persons  int `json:"persons"` // findable or not
	Vehicles int `json:"vehicles"`
	Findable int `json:"findable_persons"`
}

// Ready tells whether everything that the log held at start is applied, and why answers may miss records.
func (e *Engine) Ready() (ready bool, degraded []string) {
	s := e.logState()
	return s.CaughtUp, s.Degraded
}

// logState is how the log stands, and whether the store takes what comes.
func (e *Engine) logState() LogState {
	s := e.o.Log()
	s.Degraded = append(s.Degraded, e.store.Degraded()...)
	return s
}

// Status tells how the service stands.
func (e *Engine) Status() *Status {
	log := e.logState()
	st := e.store.State()
	answering, of := e.store.Shards()
	s := &Status{Ready: log.CaughtUp, Degraded: append([]string{}, log.Degraded...), Partitions: append([]Partition{}, log.Partitions...),
		Shards: Shards{answering, of}, Updates: st.Counts, Through: e.through(), FreshnessS: -1, Commit: st.Seq,
		Version: e.o.Version, Terms: register.TermsVersion,
		Records: RecordCounts{Cases: st.Cases, Persons: st.Persons, Vehicles: st.Vehicles, Findable: e.reg.Findable()}}
	s.Damaged = []DamagedCase{}
	for _, a := range e.store.Damaged() {
		s.Damaged = append(s.Damaged, DamagedCase{a.FIR, a.Why, a.Since, a.Waiting})
	}
	if !s.Through.Time.IsZero() {
		s.FreshnessS = e.o.Now().Sub(s.Through.Time).Seconds()
	}
	return s
}
