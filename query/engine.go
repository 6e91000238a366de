// Package query answers searches: request -> candidates -> score -> graded, explained hits.
//
// An Engine answers from two things: a view of the Register (room register: compact match forms in memory, and what is
// shown of a hit, derived from the records), and the store's shards (exact terms, for searches without a name or
// number). No search reads a record from the store.
//
// Evidence is counted in nats: the logarithm of how much likelier an agreement is if the record is the one sought than
// if it is anybody's. A rare name is much evidence, Singh is little, a contradicting birth year counts against. What a
// field says is added up, and the sum against the number of records held gives score and class (evidence.go). Reasons
// are that sum's own lines.
//
// # Where the time goes
//
// Read from profiles at 1,000,000 made-up records. A search by name took 1.07 ms; two fifths of it were twenty records
// read and decoded from Badger and their names read anew, so both are kept in the register (register/texts.go), packed.
// What is left, 0.45 ms: a quarter resolves the name against the vocabulary, a fifth weighs names, a third looks at
// bearers of common names, a fifth shows and explains.
//
// By name and relative it took 4.1 ms, of which half was looking at thousands who bear one of the names; each look
// waits for memory four times. Who bears names near to both is looked at first (personSearch.readShared), which raises
// the bar for all others, and those are read step by step for 64 at once (readPart), so that the processor fetches
// while it waits: 1.8 ms. Bounding them by a byte of their birth year, or putting off those whom the year speaks
// against, changed nothing: most of who is looked at has no year or one that fits.
//
// Reading order: door.go (the one way in and out), register/view.go (what is known of what is held), persons.go and
// vehicles.go (from request to hits), evidence.go (what agreement is worth). The rooms name and plate know strings
// only.
package query

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"anvesh/query/phrase"
	"anvesh/query/register"
	"anvesh/query/units"
	"anvesh/storage"
)

// Options configure an Engine. Store and Register are required.
type Options struct {
	Store    *storage.Store
	Register register.Source
	Units    *units.Units     // default units.Default
	Now      func() time.Time // default time.Now
	Log      func() LogState  // how the log stands; default: caught up, no partitions
	Version  string           // of the program, for /v1/status
	Practice bool             // mark every answer: the records are made up
	// Case makes the outside view of a case from its stored forms, nil for one that may not be shown, such as a sealed one
	// unless sealed asks for it; shown tells the same of another case. Required for Case, Unmask and FindCases.
	Case func(c *storage.Case, values [][]byte, sealed bool, shown func(fir string) (bool, error)) (CaseView, error)
	// Audit is where who asked what is written before anything leaves. Without one nothing is written: for tests and measures.
	Audit Auditor
	// FreshWait is how long a search waits for the offsets it asks for with at_least. Default 2 s.
	FreshWait time.Duration
	// Guard is asked before each question is looked up; nil admits all that the policy allows.
	Guard Guard
}

// An Engine answers searches. Its methods may be called from many goroutines.
type Engine struct {
	o     Options
	store *storage.Store
	reg   register.Source
	units *units.Units
	seen  atomic.Pointer[seen]
}

// New returns an engine.
func New(o Options) (*Engine, error) {
	if o.Store == nil || o.Register == nil {
		return nil, errors.New("query: Options.Store and Options.Register are required")
	}
	if o.Units == nil {
		o.Units = units.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = func() LogState { return LogState{CaughtUp: true} }
	}
	if o.FreshWait == 0 {
		o.FreshWait = 2 * time.Second
	}
	return &Engine{o: o, store: o.Store, reg: o.Register, units: o.Units}, nil
}

// view takes what searches see of a label, without what a commit has just taken away or hidden.
func (e *Engine) view(of register.Label) (v register.View, release func()) {
	return e.reg.View(of, e.store)
}

// begin waits for the freshness that is asked for and makes the answer that a search fills.
func (e *Engine) begin(ctx context.Context, c *Common) (*Answer, error) {
	ready, degraded := e.Ready()
	if !ready {
		return nil, ErrNotReady
	}
	if err := e.await(ctx, c.AtLeast); err != nil {
		return nil, err
	}
	answering, of := e.store.Shards()
	a := &Answer{SearchID: newID(), Hits: []Hit{}, TotalIs: "exact", Complete: len(degraded) == 0,
		Shards: Shards{answering, of}, Through: e.through(), Practice: e.o.Practice}
	return a, nil
}

// newID is 96 random bits, in hex.
func newID() string {
	var b [12]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// seen is what through made of a list of offsets.
type seen struct {
	offsets []storage.Offset
	through Through
}

// through is how far the store is searchable. Answers share its map until that moves.
func (e *Engine) through() Through {
	offsets, _ := e.store.Offsets()
	if s := e.seen.Load(); s != nil && len(s.offsets) == len(offsets) && (len(offsets) == 0 || &s.offsets[0] == &offsets[0]) {
		return s.through
	}
	t := Through{Offsets: map[string]int64{}}
	next := map[int]int64{}
	for i, o := range offsets {
		next[o.Partition] = o.Next
		t.Offsets[strconv.Itoa(o.Partition)] = o.Next
		if i == 0 || o.Through.Before(t.Time) {
			t.Time = o.Through
		}
	}
	t.Time = t.Time.UTC()
	t.token = Token(next)
	e.seen.Store(&seen{offsets, t})
	return t
}

// Await returns once everything below the token's offsets is searchable, ErrNotFresh where that takes too long, or
// ErrNotReady. A search that follows need not wait.
func (e *Engine) Await(ctx context.Context, token string) error {
	if ready, _ := e.Ready(); !ready {
		return ErrNotReady
	}
	return e.await(ctx, token)
}

// await returns once everything below the token's offsets is searchable, or ErrNotFresh.
func (e *Engine) await(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	want, err := ParseToken(token)
	if err == nil {
		err = e.mayCome(want)
	}
	if err != nil {
		return err
	}
	timeout := time.NewTimer(e.o.FreshWait)
	defer timeout.Stop()
	for {
		offsets, moved := e.store.Offsets()
		missing := notReached(want, offsets)
		if missing == "" {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		case <-timeout.C:
			return fmt.Errorf("%w: %s", ErrNotFresh, missing)
		}
	}
}

// mayCome refuses a partition that the log does not have, for which no wait would help. Before the log is known it refuses none.
func (e *Engine) mayCome(want map[int]int64) error {
	log := e.o.Log().Partitions
	if len(log) == 0 {
		return nil
	}
	known := map[int]bool{}
	for _, p := range log {
		known[p.Partition] = true
	}
	offsets, _ := e.store.Offsets()
	for _, o := range offsets { // of a log before, whose offsets are kept
		known[o.Partition] = true
	}
	for _, p := range slices.Sorted(maps.Keys(want)) {
		if !known[p] && want[p] > 0 {
			all := slices.Sorted(maps.Keys(known))
			return refuse("at_least", phrase.NoPartition, strconv.Itoa(p), strings.Trim(fmt.Sprint(all), "[]"))
		}
	}
	return nil
}

func notReached(want map[int]int64, offsets []storage.Offset) string {
	have := map[int]int64{}
	for _, o := range offsets {
		have[o.Partition] = o.Next
	}
	var missing []string
	for p, n := range want {
		if have[p] < n {
			missing = append(missing, fmt.Sprintf("partition %d is applied to %d, asked for %d", p, have[p], n))
		}
	}
	return strings.Join(missing, "; ")
}

// Token writes offsets as an offset token: "0:1234,1:88", the next offset of each partition.
func Token(offsets map[int]int64) string {
	var parts []string
	for _, p := range slices.Sorted(maps.Keys(offsets)) {
		parts = append(parts, fmt.Sprintf("%d:%d", p, offsets[p]))
	}
	return strings.Join(parts, ",")
}

// ParseToken reads an offset token.
func ParseToken(s string) (map[int]int64, error) {
	out := map[int]int64{}
	for part := range strings.SplitSeq(s, ",") {
		p, n, ok := strings.Cut(part, ":")
		partition, err1 := strconv.ParseUint(p, 10, 20)
		next, err2 := strconv.ParseInt(n, 10, 64)
		if !ok || err1 != nil || err2 != nil || next < 0 || len(p) > 6 || len(n) > 18 || n[0] == '+' {
			return nil, refuse("at_least", phrase.NotToken)
		}
		if _, twice := out[int(partition)]; twice {
			return nil, refuse("at_least", phrase.TokenTwice)
		}
		out[int(partition)] = next
	}
	return out, nil
}

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
