package bench

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"anvesh/indexer"
	"anvesh/indexer/iif"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/register"
	"anvesh/query/units"
	"anvesh/storage"
	"anvesh/storage/simulated"
)

// The simulation runs the real indexer, store and engine over a store in memory whose writes fail, whose machine
// crashes between and within them, and whose log repeats and reorders, and holds them against a model of what was
// acknowledged. One seed is one run; the same seed is the same run.
//
// What must hold: what was acknowledged is there, once; a withdrawn record does not come back; a search shows nothing
// that the store does not have, and all that it has once the shards have followed; an offset never moves back.

// simSteps is how many steps a seed takes.
const simSteps = 100

// most is the limit of a search.
var most = 100

// A sim is one run.
type sim struct {
	rng  *rand.Rand
	disk *simulated.Disk
	path []string // what was done, for the report

	store    *storage.Store
	steps    *simulated.Scheduler // of the store's work in the background
	x        *indexer.Indexer
	follower simFollower
	engine   *query.Engine
	terms    int // TermsVersion

	log      [2][]indexer.Message
	logs     [2]simLog
	serial   int      // of the last message
	trusting bool     // planted: the log is not compared with what was read
	next     [2]int64 // of each partition, as acknowledged
	versions map[string]int
	clock    [2]int64 // of each partition, the greatest time that was acknowledged
	time     [2]time.Time
	model    map[string][]simMessage // what was acknowledged of each case

	secrets  []string // words that nobody may find
	oneRole  bool     // planted
	timeless bool     // planted
	early    bool     // planted

	left    int // writes until one fails; below 0 none does
	crashes bool
	down    bool

	harm  simDamage
	large map[string]bool // cases that no transaction has held
	torn  error           // of look
}

var (
	errFault = errors.New("a write that fails")
	simFIRs  = []string{"13225008230001", "13225008230002", "13225008230003", "13225009230001", "13225009230002"}
	simNames = []string{"Ram Kumar", "Sita Devi", "Mohan Lal", "Balbir Singh", "Anil Sharma", "Kavita", "Rakesh @ Kala"}
	simUnits = units.Default()
)

// simulate runs one seed and returns what was violated.
func simulate(seed uint64, lie simulated.Lie, plant ...func(*sim)) (err error) {
	s := &sim{rng: rand.New(rand.NewPCG(seed, 3)), disk: &simulated.Disk{Lie: lie}, terms: register.TermsVersion, left: -1,
		versions: map[string]int{}, model: map[string][]simMessage{}, large: map[string]bool{},
		time: [2]time.Time{simStart, simStart}, harm: simDamage{harmed: map[string]bool{}}}
	s.disk.Fault, s.disk.Look, s.follower.fault = s.fault, s.look, s.fault
	for _, p := range plant {
		p(s)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("seed %d, step %d: %w; it did %v", seed, len(s.path), err, s.path)
		}
	}()
	if err := s.open(); err != nil {
		return err
	}
	for range simSteps {
		if err := cmp.Or(s.step(), s.torn); err != nil {
			return err
		}
		if s.down || s.store.Err() != nil { // a store whose shards failed takes no more until it is opened again
			s.disk.Crash()
			if err := s.open(); err != nil {
				return err
			}
		}
	}
	s.left = -1
	return s.compare()
}

// fault fails a write when its time has come; a crash fails all that follow, until the store is opened again.
func (s *sim) fault(string) error {
	if s.down {
		return errFault
	}
	if s.left--; s.left != -1 {
		return nil
	}
	s.down = s.crashes
	return errFault
}

// open opens the store, again after what breaks it meanwhile.
func (s *sim) open() error {
	healed := false
	for s.store = nil; ; {
		s.down = false
		if s.rng.IntN(8) > 0 {
			s.left = -1
		}
		reg := register.New()
		extra := strconv.Itoa(s.terms)
		terms := func(dst []string, r *storage.Record) []string {
			if dst = register.Terms(dst, r); len(dst) > 0 && s.terms > register.TermsVersion {
				dst = append(dst, "v"+extra)
			}
			return dst
		}
		s.steps = &simulated.Scheduler{}
		store, err := storage.Open(storage.Options{Backend: s.disk, Scheduler: s.steps, RebuildChunk: 3, Followers: s.follower.following(), FollowerLag: 12, Terms: terms, TermsSum: register.TermsSum,
			TermsVersion: s.terms, Derived: s.derived(reg), SaveEvery: 10})
		if s.store = store; err == nil {
			s.x = indexer.New(s.store, nobody{}, slog.New(slog.DiscardHandler))
			s.reconnected()
			if s.lostName() {
				if healed || len(s.harm.harmed) == 0 {
					return errors.New("open: cases are lost")
				}
				healed, s.store = true, nil
				s.path = append(s.path, "restored")
				s.follower.name++
				s.disk.Heal() // a restore makes shards and register anew
				s.disk.Lose(true)
				s.disk.Lose(false)
				s.disk.Crash()
				continue
			}
			s.engine, err = query.New(query.Options{Store: s.store, Register: reg, Units: simUnits})
			return err
		}
		if !errors.Is(err, errFault) {
			return fmt.Errorf("open: %w", err)
		}
		s.path = append(s.path, "open failed")
		s.disk.Crash()
	}
}

// nobody takes no dead letters: the simulation sends none.
type nobody struct{}

func (nobody) Reject(_ context.Context, rs []indexer.Rejection) error {
	return fmt.Errorf("a message was refused: %s %s", rs[0].Field, rs[0].Reason)
}

// step does one thing at random.
func (s *sim) step() error {
	acts := []struct {
		name   string
		weight int
		do     func() error
	}{
		{"produce", 20, s.produce}, {"largest", 3, s.largest}, {"roles", 4, s.roles}, {"slips", 4, s.slips}, {"deliver", 30, s.deliver}, {"repeat", 4, s.repeat}, {"index", 15, s.work(storage.TaskIndex)},
		{"persist", 5, s.persist}, {"rebuild", 5, s.rebuild},
		{"follow", 6, s.follow}, {"carry out", 2, s.work(storage.TaskRedo)}, {"save", 6, s.work(storage.TaskSave)}, {"tend", 4, s.work(storage.TaskTend)}, {"search", 8, s.search},
		{"fault", 6, s.arm}, {"crash", 3, s.crash}, {"close", 1, s.close}, {"terms", 1, s.changeTerms}, {"lose", 1, s.lose}, {"cut", 2, s.cut}, {"accept", 3, s.accept}, {"damage", 3, s.damage},
		{"compare", 2, s.compare},
	}
	all := 0
	for _, a := range acts {
		all += a.weight
	}
	n := s.rng.IntN(all)
	for _, a := range acts {
		if n -= a.weight; n < 0 {
			s.path = append(s.path, a.name)
			return a.do()
		}
	}
	return nil
}

// produce appends messages: next versions, repeated and outdated ones, withdrawals and reinstatements.
func (s *sim) produce() error {
	p := s.rng.IntN(len(s.log))
	base := int64(len(s.log[p]))
	for range 1 + s.rng.IntN(4) {
		m := s.message()
		if old := s.log[s.rng.IntN(len(s.log))]; len(old) > 0 && s.rng.IntN(6) == 0 {
			m = old[s.rng.IntN(len(old))]
		}
		m.Offset, m.Time = int64(len(s.log[p])), s.now(p)
		s.log[p] = append(s.log[p], m)
	}
	s.appended(p, base)
	return nil
}

func (s *sim) message() indexer.Message {
	fir := simFIRs[s.rng.IntN(len(simFIRs))]
	m := indexer.Message{Key: []byte(fir)}
	if s.rng.IntN(12) > 0 {
		m.Value = s.form(fir, s.rng.IntN(3))
	}
	return m
}

// form is the next version of one of the case's two forms, or one before it.
func (s *sim) form(fir string, accused int) []byte {
	id := fir + "-" + strconv.Itoa(1+s.rng.IntN(2))
	s.versions[id]++
	version := s.versions[id]
	if version > 2 && s.rng.IntN(5) == 0 {
		version -= 1 + s.rng.IntN(2)
	}
	form := map[string]any{"schema": 1, "form": "IIF1", "form_id": id, "version": version, "fir": fir, "station": fir[:8],
		"event_at": "2023-05-04T10:20:00+05:30", "entered_at": "2023-05-04T11:05:00+05:30"}
	if s.rng.IntN(10) == 0 {
		form["reinstates"] = true
	}
	var persons []any
	for i := range accused {
		persons = append(persons, map[string]any{"ref": "A" + strconv.Itoa(i+1), "role": "accused", "name": simNames[s.rng.IntN(len(simNames))]})
	}
	if len(persons) > 0 {
		form["persons"] = persons
	}
	if s.rng.IntN(3) == 0 {
		form["vehicles"] = []any{map[string]any{"ref": "V1", "registration": fmt.Sprintf("HR26DK%04d", s.rng.IntN(10_000)), "status": "stolen"}}
	}
	value, _ := json.Marshal(form)
	return value
}

// largest appends a form that makes its case larger than one transaction holds.
func (s *sim) largest() error {
	p, fir := s.rng.IntN(len(s.log)), simFIRs[s.rng.IntN(len(simFIRs))]
	s.large[fir] = true
	s.log[p] = append(s.log[p], indexer.Message{Key: []byte(fir), Value: s.form(fir, 14+s.rng.IntN(8)), Offset: int64(len(s.log[p])), Time: s.now(p)})
	s.appended(p, int64(len(s.log[p]))-1)
	return nil
}

// look is a reader beside the commits: the records of a case are always those of its forms.
func (s *sim) look() {
	if s.store == nil || s.torn != nil {
		return
	}
	for _, fir := range simFIRs {
		if s.large[fir] {
			s.torn = s.whole(fir)
		}
		if s.torn != nil {
			return
		}
	}
}

func (s *sim) whole(fir string) error {
	c, values, err := s.store.Forms(fir)
	if errors.Is(err, storage.ErrNotFound) || errors.Is(err, errFault) {
		return nil
	}
	if err != nil {
		return s.wholeOrHarmed(fir, err)
	}
	rs, err := s.store.GetAll(c.Records)
	if err != nil {
		return s.wholeOrHarmed(fir, err)
	}
	var forms []*iif.Form
	var arrived []time.Time
	for i, v := range values {
		form, err := iif.Parse([]byte(fir), v)
		if err != nil {
			return fmt.Errorf("look at %s: %w", fir, err)
		}
		forms, arrived = append(forms, form), append(arrived, indexer.Arrived(c.Current()[i]))
	}
	want := indexer.FoldArrived(fir, forms, arrived).Records
	for i, r := range rs {
		if len(want) != len(rs) || r == nil || !same(r, &want[i]) {
			return fmt.Errorf("a reader sees case %s half done", fir)
		}
	}
	return nil
}

// deliver applies the next messages of a partition.
func (s *sim) deliver() error {
	p := s.rng.IntN(len(s.log))
	from := s.next[p]
	if ok, err := s.mayRead(p); !ok {
		return err
	}
	to := min(from+1+int64(s.rng.IntN(5)), int64(len(s.log[p])))
	return s.apply(p, from, to)
}

func (s *sim) apply(p int, from, to int64) error {
	b := indexer.Batch{Topic: "t", Partition: p, Messages: s.log[p][from:to], Next: to}
	if to > from {
		b.Before, b.Proof = s.logs[p].batches, s.logs[p].batchAt(to-1)
	}
	err := s.x.Apply(context.Background(), b)
	switch {
	case errors.Is(err, storage.ErrBackwards) && to <= s.next[p]: // a part of what is applied already
		return nil
	case err != nil:
		if !errors.Is(err, errFault) {
			return fmt.Errorf("apply: %w", err)
		}
		return s.parted(p, from, to)
	case to < s.next[p]:
		return fmt.Errorf("partition %d moved back from %d to %d", p, s.next[p], to)
	}
	from = max(from, min(s.next[p], to)) // the rest was applied before
	s.next[p] = to
	s.acknowledge(p, s.log[p][from:to])
	return s.applied(p, from, to)
}

// parted acknowledges the part of a batch that was applied before the rest failed: several cases that no transaction
// holds are taken in parts, and the log is read again from Next.
func (s *sim) parted(p int, from, to int64) error {
	next, _ := s.store.Next(storage.Position{Topic: "t", Partition: p})
	switch {
	case next <= s.next[p]:
		return nil
	case next >= to:
		return fmt.Errorf("partition %d is applied to %d by a batch that failed", p, next)
	}
	s.acknowledge(p, s.log[p][s.next[p]:next])
	s.next[p] = next
	return s.applied(p, from, next)
}

// repeat delivers again what was applied, as a consumer that was thrown back would.
func (s *sim) repeat() error {
	p := s.rng.IntN(len(s.log))
	if s.next[p] == 0 {
		return nil
	}
	s.logs[p].anew = true
	if ok, err := s.mayRead(p); !ok {
		return err
	}
	from := s.rng.Int64N(s.next[p])
	return s.apply(p, from, from+1+s.rng.Int64N(s.next[p]-from))
}

// work takes a step of a task of the store's, if there is one.
func (s *sim) work(task string) func() error {
	return func() error {
		s.steps.Step(task)
		return nil
	}
}

func (s *sim) follow() error { return s.work(storage.TaskFollow + s.follower.following()[0].Name)() }

func (s *sim) persist() error {
	s.disk.Persist()
	return nil
}

// rebuild takes a step of a rebuild, or begins one.
func (s *sim) rebuild() error {
	if s.steps.Step(storage.TaskRebuild) {
		return nil
	}
	if err := s.store.StartRebuild(); err != nil && !errors.Is(err, errFault) {
		return err
	}
	return nil
}

// arm makes one of the next writes fail, or the machine crash there.
func (s *sim) arm() error {
	s.left, s.crashes = s.rng.IntN(6), s.rng.IntN(2) == 0
	return nil
}

func (s *sim) crash() error {
	s.down = true
	return nil
}

func (s *sim) close() error {
	s.left = -1
	if err := s.store.Close(); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return s.open()
}

// lose crashes, and loses what can be made again.
func (s *sim) lose() error {
	s.disk.Lose(s.rng.IntN(2) == 0)
	return s.crash()
}

// changeTerms starts a program with other terms.
func (s *sim) changeTerms() error {
	s.left = -1
	if err := s.store.Close(); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	s.terms = 2*register.TermsVersion + 1 - s.terms // to and fro
	return s.open()
}

// search shows nothing that is not there, and nobody who is hidden.
func (s *sim) search() error {
	if err := s.kept(); err != nil {
		return err
	}
	held := map[string]bool{}
	for _, r := range s.records() {
		held[r.ID] = r.Visibility == storage.Findable
	}
	a, err := s.engine.Search(context.Background(), access.Program("bench"), &query.PersonRequest{Name: simNames[s.rng.IntN(len(simNames))], Common: query.Common{Reason: "FIR 1/2026", Limit: &most}})
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	for _, h := range a.Hits {
		if !held[h.Record.ID] {
			return fmt.Errorf("a search shows %s, which is not held", h.Record.ID)
		}
	}
	return nil
}

// compare holds everything against the model, after the shards have followed.
func (s *sim) compare() error {
	left := s.left
	s.left = -1
	defer func() { s.left = left }()
	if s.down {
		return nil
	}
	if err := s.work(storage.TaskRedo)(); err != nil {
		return err
	}
	if err := s.mend(); err != nil {
		return err
	}
	r, err := s.store.CheckFull()
	if err == nil { // that a rebuild failed by a planted write is told, and is no fault of what is stored
		r.Faults -= len(r.Findings)
		r.Findings = slices.DeleteFunc(r.Findings, func(f storage.Finding) bool { return strings.Contains(f.What, errFault.Error()) })
		r.Faults += len(r.Findings)
	}
	if err != nil || r.Faults > 0 {
		return fmt.Errorf("check: %v, %w", r, cmp.Or(err, errors.New("faults")))
	}
	for p, want := range s.next {
		if got, _ := s.store.Next(storage.Position{Topic: "t", Partition: p}); got != want {
			return fmt.Errorf("partition %d is applied to %d, acknowledged to %d", p, got, want)
		}
	}
	want, n := s.records(), 0
	err = s.store.Each(func(got *storage.Record) error {
		if n == len(want) || !same(got, &want[n]) {
			return fmt.Errorf("the store has %s, which the model has not, or has otherwise", got.ID)
		}
		n++
		return nil
	})
	if err == nil && n < len(want) {
		err = fmt.Errorf("the store lacks %s", want[n].ID)
	}
	if err != nil {
		return err
	}
	if err := s.kept(); err != nil {
		return err
	}
	if err := s.follower.agrees(s, want); err != nil {
		return err
	}
	return s.found(slices.DeleteFunc(want, func(r storage.Record) bool { return r.Visibility != storage.Findable }))
}

func same(a, b *storage.Record) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// found looks for every person through the shards, and through the register.
func (s *sim) found(want []storage.Record) error {
	for _, fir := range simFIRs {
		cs, _, _, err := s.store.Candidates(context.Background(), storage.Selection{All: [][]string{{"s" + fir[:8]}}, Limit: 100})
		if err != nil {
			return err
		}
		for _, r := range want {
			if r.Kind == storage.Person && r.Station == fir[:8] && !slices.ContainsFunc(cs, func(c storage.Candidate) bool { return c.ID == r.ID }) {
				return fmt.Errorf("the shards do not find %s", r.ID)
			}
		}
	}
	for _, r := range want {
		if r.Kind != storage.Person {
			continue
		}
		a, err := s.engine.Search(context.Background(), access.Program("bench"), &query.PersonRequest{Name: r.Name, Common: query.Common{Reason: "FIR 1/2026", Limit: &most}})
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(a.Hits, func(h query.Hit) bool { return h.Record.ID == r.ID }) {
			return fmt.Errorf("a search by its own name does not find %s", r.ID)
		}
	}
	return nil
}

// envNumber is a number of the environment, or another.
func envNumber(t testing.TB, name string, other uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return other
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestSimulation runs SEEDS seeds (default 200), or the one that SEED names.
func TestSimulation(t *testing.T) {
	first, n := uint64(time.Now().UnixNano())>>10, envNumber(t, "SEEDS", 200)
	if seed := envNumber(t, "SEED", 0); seed != 0 {
		first, n = seed, 1
	}
	began := time.Now()
	for seed := first; seed < first+n; seed++ {
		if err := simulate(seed, simulated.Honest); err != nil {
			t.Fatalf("%v; SEED=%d repeats it", err, seed)
		}
	}
	t.Logf("%d seeds from %d, %d steps, %.0f seeds a minute", n, first, n*simSteps, float64(n)/time.Since(began).Minutes())
}

// TestSimulationOfOld repeats seeds that have found something: a register that was saved for a commit which a failing
// shard had kept from it; a withdrawal that was mended with an earlier stamp than it had; a register that showed a person
// again whom a case had lost before its entry was damaged; shards that lacked a lost record which a commit had removed;
// a record that was hidden while its case was mended, and came back.
func TestSimulationOfOld(t *testing.T) {
	for _, seed := range []uint64{1753503135565703, 1753856624607904, 1753856895774760, 1753857029586937, 1753857159153172} {
		if err := simulate(seed, simulated.Honest); err != nil {
			t.Error(err)
		}
	}
}

// TestSimulationFinds plants faults that the simulation must find within fifty seeds each.
func TestSimulationFinds(t *testing.T) {
	f := func(name string, lie simulated.Lie, plant ...func(*sim)) {
		t.Helper()
		for seed := uint64(1); seed <= 50; seed++ {
			if err := simulate(seed, lie, plant...); err != nil {
				t.Logf("%s: found with seed %d: %.200s", name, seed, err)
				return
			}
		}
		t.Errorf("%s: not found within fifty seeds", name)
	}
	f("a journal entry that is left out", simulated.DropJournal)
	f("half a commit", simulated.HalfCommit)
	f("a deleted key that stays", simulated.KeepDeleted)
	f("a log that was cut and grew again, taken for the one that was read", simulated.Honest, trustsTheLog)
	f("a shard that says too early that it is durable", simulated.EarlyDurable)
	f("a case that is seen half done", simulated.OpenSteps)
	f("a redo list that is lost", simulated.LoseRedo)
	f("a step that does half", simulated.HalfStep)
	f("a ref that is the same person whatever his role", simulated.Honest, oneRole)
	f("forms of which nobody knows when they arrived", simulated.Honest, noArrival)
	f("a follower that forgets nothing", simulated.Honest, forgetful)
	f("damage that is taken for absence or for what was", simulated.Honest, believes)
	f("a register that is cut before it has followed its last commit", simulated.Honest, cutsEarly)
}

// TestSimulationRepeats runs a seed twice: it must take the same way, or a seed could not be looked into.
func TestSimulationRepeats(t *testing.T) {
	for seed := uint64(1); seed <= 50; seed++ {
		a, b := simulate(seed, simulated.DropJournal), simulate(seed, simulated.DropJournal)
		if (a == nil) != (b == nil) || a != nil && a.Error() != b.Error() {
			t.Fatalf("seed %d ended in %v and in %v", seed, a, b)
		}
	}
}
