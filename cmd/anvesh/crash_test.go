package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"anvesh/indexer"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/register"
	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// TestCrash attacks the program: it is killed KILLS times (default 20), each time at a random moment of one of the
// attacks, and after every one to four kills compared with a model of what was acknowledged: every record, the number of
// updates applied, and 200 searches, whose answers must be those of an engine that was never killed. The store is checked
// whole each time too.
//
// SEED repeats the made-up cases, the attacks and their moments in milliseconds; what the program is doing in that
// millisecond is the machine's affair, so that a fault found by one seed may take a few runs to come again.
func TestCrash(t *testing.T) {
	kills := int(fromEnv(t, "KILLS", 20))
	seed := uint64(fromEnv(t, "SEED", time.Now().UnixNano()))
	t.Logf("to repeat: make crash SEED=%d KILLS=%d", seed, kills)
	c := newCrash(t, seed, kills)
	for c.killed < kills {
		for range 1 + c.rng.IntN(4) {
			if a := attacks[c.rng.IntN(len(attacks))]; a.run(c) {
				c.count[a.name]++
				c.killed++
			}
		}
		c.verify()
	}
	c.restore()
	t.Logf("%d kills (%v), %d updates acknowledged, %d records compared %d times, %d searches compared, %d of which had looked at all records: nothing lost, doubled or wrong",
		c.killed, c.count, c.acknowledged, c.records, c.rounds, c.searches, c.whole)
}

// An attack kills the program once, and tells whether that did not end before. To attack another command or step, add
// it to the list.
type attack struct {
	name string
	run  func(*crash) bool
}

var attacks = []attack{
	{"load", (*crash).killLoad}, // the first twice: most of what can be lost is under way there
	{"load", (*crash).killLoad},
	{"start", (*crash).killStart}, // also the payment of what the kill before has left undone
	{"stop", (*crash).killStop},
	{"rebuild", (*crash).killRebuild},
	{"rebuild while serving", func(c *crash) bool { return c.killBeside("rebuild") }},
	{"backup", func(c *crash) bool { return c.killBeside("backup", "--to", c.backup) }},
}

// A crash is one run of the attack.
type crash struct {
	t   *testing.T
	rng *rand.Rand
	dir string
	// key searches, admin makes backups and rebuilds.
	key, admin string
	// backup is a directory of parts, to which a killed command must be able to add.
	backup string
	asks   []ask

	updates      [][2]string // key and value; an empty value withdraws
	acknowledged int         // of these
	sent         int         // so many at most may stand in the log
	started      time.Duration

	model  *model
	folded int // updates that the model has
	engine *reference

	killed, rounds, records int
	searches, whole         int // compared, and of these those that looked at all records
	count                   map[string]int
}

func fromEnv(t *testing.T, name string, normal int64) int64 {
	text := os.Getenv(name)
	if text == "" {
		return normal
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		t.Fatalf("%s must be a whole number above 0", name)
	}
	return n
}

func newCrash(t *testing.T, seed uint64, kills int) *crash {
	c := &crash{t: t, rng: rand.New(rand.NewPCG(seed, 5)), dir: t.TempDir(), model: newModel(),
		count: map[string]int{}}
	c.backup = t.TempDir()
	c.key, c.admin = addKey(t, c.dir), adminKey(t, c.dir)
	var made [][2]string
	made, c.asks = madeUp(t, seed, 100*kills+400)
	for i, u := range made {
		c.updates = append(c.updates, u)
		if i > 50 && c.rng.IntN(40) == 0 { // withdraw a case that came a little earlier
			c.updates = append(c.updates, [2]string{made[i-c.rng.IntN(50)][0], ""})
		}
	}
	if c.rng.IntN(3) == 0 {
		c.addLargest()
	}
	c.engine = newReference(t)
	c.serve().stop() // so that every attack has a store to meet
	return c
}

// addLargest puts a case among the updates that no transaction of the store holds: 640 accused of fifty aliases each by eight
// forms, and, now and then, a small form that rewrites them all.
func (c *crash) addLargest() {
	const fir = "13225008239999"
	form := func(kind, id string, version int, rest string) [2]string {
		return [2]string{fir, fmt.Sprintf(`{"schema":1,"form":%q,"form_id":%q,"version":%d,"fir":%q,"station":"13225008",
			"event_at":"2023-05-04T10:20:00+05:30","entered_at":"2023-05-04T11:05:00+05:30",%s}`, kind, id, version, fir, rest)}
	}
	letters := func() string {
		text := make([]byte, 200)
		for i := range text {
			text[i] = byte('a' + c.rng.IntN(26))
		}
		return string(text)
	}
	var large [][2]string
	for k := range 8 {
		var persons []string
		for i := range 80 {
			var aliases []string
			for range 50 {
				aliases = append(aliases, letters())
			}
			persons = append(persons, fmt.Sprintf(`{"ref":"A%d","role":"accused","aliases":["%s"]}`, 80*k+i, strings.Join(aliases, `","`)))
		}
		large = append(large, form("IIF1", fmt.Sprint("1-", k), 1, `"persons":[`+strings.ReplaceAll(strings.Join(persons, ","), `\"`, `"`)+`]`))
	}
	var mixed [][2]string
	for i, u := range c.updates {
		if i == 20 {
			mixed = append(mixed, large...)
		}
		if i > 20 && i%60 == 0 {
			mixed = append(mixed, form("IIF2", "2", i, fmt.Sprintf(`"sections":[{"act":"BNS","section":"%d"}]`, i)))
		}
		mixed = append(mixed, u)
	}
	c.updates = mixed
}

// moment is a random part of d. The attacks sleep for it: when the kill comes is what they are about.
func (c *crash) moment(d time.Duration) time.Duration {
	return time.Duration(c.rng.Float64() * float64(d))
}

// serve starts the service and waits until it is ready.
func (c *crash) serve() *server {
	begin := time.Now()
	s := serve(c.t, c.dir, c.key)
	c.started = time.Since(begin)
	return s
}

// next returns the updates to send: those that may stand in the log already without being acknowledged, and at least n.
func (c *crash) next(n int) [][2]string {
	c.sent = min(max(c.sent, c.acknowledged+n), len(c.updates))
	return c.updates[c.acknowledged:c.sent]
}

// killLoad kills the service while updates come, are applied, indexed and merged.
func (c *crash) killLoad() bool {
	s := c.serve()
	next := c.next(20 + c.rng.IntN(200))
	killed := make(chan bool)
	moment := c.moment(300 * time.Millisecond)
	go func() {
		time.Sleep(moment)
		s.kill()
		close(killed)
	}()
	c.acknowledged += load(s.broker, next, killed)
	<-killed
	return true
}

// killStart kills the service before it is ready.
func (c *crash) killStart() bool {
	s := launch(c.t, c.dir, c.key)
	time.Sleep(c.moment(c.started))
	s.kill()
	return true
}

// killStop kills the service while it stops.
func (c *crash) killStop() bool {
	s := c.serve()
	c.acknowledged += load(s.broker, c.next(20), nil)
	s.cmd.Process.Signal(os.Interrupt)
	time.Sleep(c.moment(100 * time.Millisecond))
	return s.kill()
}

// killRebuild kills the making of new shards.
func (c *crash) killRebuild() bool {
	cmd := exec.Command(os.Args[0], "rebuild", "--data", c.dir)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	time.Sleep(c.moment(c.started))
	cmd.Process.Kill()
	return cmd.Wait() != nil
}

// killBeside kills the service and the command that it works for at once.
func (c *crash) killBeside(command ...string) bool {
	s := c.serve()
	cmd := exec.Command(os.Args[0], append(command, "--server", s.address)...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "ANVESH_KEY="+c.admin)
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	time.Sleep(c.moment(200 * time.Millisecond))
	s.kill()
	cmd.Process.Kill()
	cmd.Wait()
	return true
}

// restore adds a last part to the backup, whatever kills have left of it, restores it elsewhere, and compares that too.
func (c *crash) restore() {
	c.t.Helper()
	to := c.t.TempDir() + "/restored"
	for _, line := range [][]string{{"backup", "--data", c.dir, "--to", c.backup}, {"restore", "--data", to, "--from", c.backup}} {
		if _, errs, code := program(c.t, "", line...); code != 0 {
			c.t.Fatalf("%v: exit %d, %s", line, code, errs)
		}
	}
	c.t.Run("restored", func(t *testing.T) { c.model.compare(t, to) })
}

// load publishes in order until all is acknowledged or stop is closed, and returns how many were. What was sent
// and not acknowledged is sent again by the next call, as a producer does.
func load(broker string, updates [][2]string, stop <-chan bool) (acknowledged int) {
	c, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.DefaultProduceTopic("iif.updates"), kgo.RecordRetries(1),
		kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(1)) // an idempotent one does not give up on what is under way
	if err != nil {
		return 0
	}
	defer c.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	for len(updates) > 0 {
		n := min(200, len(updates))
		var rs []*kgo.Record
		for _, u := range updates[:n] {
			rs = append(rs, &kgo.Record{Key: []byte(u[0]), Value: valueOf(u)})
		}
		if c.ProduceSync(ctx, rs...).FirstErr() != nil {
			return acknowledged
		}
		acknowledged += n
		updates = updates[n:]
	}
	return acknowledged
}

// valueOf is the value of an update's message: null where it withdraws.
func valueOf(update [2]string) []byte {
	if update[1] == "" {
		return nil
	}
	return []byte(update[1])
}

// verify starts the service, sends again what was not acknowledged, and compares all with the model.
func (c *crash) verify() {
	c.t.Helper()
	s := c.serve()
	for c.next(20); c.acknowledged < c.sent; {
		c.acknowledged += load(s.broker, c.updates[c.acknowledged:c.sent], nil)
	}
	c.fold()
	s.caughtUp()
	for range 200 {
		a := c.asks[c.rng.IntN(len(c.asks))]
		got, want := s.answer(a), c.engine.answer(a)
		if got != want {
			c.t.Fatalf("after %d kills %s %q is answered\n%s\nwant\n%s\nthe service is degraded: %q", c.killed, a.field, a.text, got, want, s.status().Degraded)
		}
		c.searches++
		if strings.Contains(got, `"total_is":"exact"`) {
			c.whole++
		}
	}
	s.stop()
	c.compareStore()
	c.rounds++
}

// caughtUp waits until all that the log holds is searchable.
func (s *server) caughtUp() {
	s.t.Helper()
	for {
		st := s.status()
		behind := !st.Ready
		for _, p := range st.Partitions {
			behind = behind || p.Lag > 0 || st.Through.Offsets[strconv.Itoa(p.Partition)] < p.End
		}
		if !behind {
			return
		}
		if len(s.ended) > 0 {
			s.t.Fatalf("the service ended by itself: %v", <-s.ended)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// answer is what a search answers, without what differs from time to time.
func (s *server) answer(a ask) string {
	s.t.Helper()
	status, body := s.get("/v1/"+a.kind+"/search", url.Values{a.field: {a.text}, "limit": {"100"}, "reason": {"FIR 1/2026"}})
	var answer query.Answer
	if err := json.Unmarshal(body, &answer); status != 200 || err != nil {
		s.t.Fatalf("%s %q: status %d, %s", a.field, a.text, status, body)
	}
	return essence(&answer)
}

// essence is all of an answer that two engines must agree on when they hold the same: everything but what names this
// search, how long it took, and how far in which log it has seen.
func essence(a *query.Answer) string {
	e := *a
	e.SearchID, e.TookUS, e.Through = "", 0, query.Through{}
	e.Hits = slices.Clone(a.Hits)
	for i := range e.Hits {
		e.Hits[i].HitID = ""
	}
	e.Groups = slices.Clone(a.Groups)
	for i := range e.Groups {
		e.Groups[i].Hits = slices.Clone(a.Groups[i].Hits)
		for k, id := range e.Groups[i].Hits {
			e.Groups[i].Hits[k] = strings.TrimPrefix(id, a.SearchID)
		}
	}
	b, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// fold brings the model and the engine that is never killed up to what is acknowledged.
func (c *crash) fold() {
	c.t.Helper()
	fresh := c.updates[c.folded:c.acknowledged]
	c.folded = c.acknowledged
	c.model.add(c.t, fresh)
	c.engine.apply(fresh)
}

// compareStore opens the store, as a service that was stopped has left it, and compares it with the model. It is checked
// whole when it is closed.
func (c *crash) compareStore() {
	c.t.Helper()
	c.t.Run(fmt.Sprintf("after %d kills", c.killed), func(t *testing.T) { c.records = c.model.compare(t, c.dir) })
	if c.t.Failed() {
		c.t.FailNow()
	}
}

// A reference is a store and engine in this process, which nobody kills.
type reference struct {
	t      *testing.T
	x      *indexer.Indexer
	engine *query.Engine
	next   int64
}

func newReference(t *testing.T) *reference {
	reg := register.New()
	store := storagetest.Open(t, storage.Options{Dir: t.TempDir(), Terms: register.Terms, TermsSum: register.TermsSum,
		TermsVersion: register.TermsVersion, Derived: reg})
	engine, err := query.New(query.Options{Store: store, Register: reg})
	if err != nil {
		t.Fatal(err)
	}
	return &reference{t: t, x: indexer.New(store, nil, slog.New(slog.DiscardHandler)), engine: engine}
}

// apply applies updates and waits until they are searchable.
func (r *reference) apply(updates [][2]string) {
	r.t.Helper()
	b := indexer.Batch{Topic: "iif.updates"}
	for _, u := range updates {
		b.Messages = append(b.Messages, indexer.Message{Offset: r.next, Key: []byte(u[0]), Value: valueOf(u)})
		r.next++
	}
	b.Next = r.next
	err := r.x.Apply(context.Background(), b)
	for err == nil {
		if err = r.engine.Await(context.Background(), query.Token(map[int]int64{0: r.next})); err == nil {
			return
		}
		if errors.Is(err, query.ErrNotFresh) { // a busy machine
			err = nil
		}
	}
	r.t.Fatal(err)
}

// answer is what the engine answers, as server.answer tells it.
func (r *reference) answer(a ask) string {
	r.t.Helper()
	var answer *query.Answer
	var err error
	limit := 100
	common := query.Common{Limit: &limit, Reason: "FIR 1/2026"}
	if a.kind == "vehicles" {
		answer, err = r.engine.Search(context.Background(), access.Program("test"), &query.VehicleRequest{Registration: a.text, Common: common})
	} else {
		answer, err = r.engine.Search(context.Background(), access.Program("test"), &query.PersonRequest{Name: a.text, Common: common})
	}
	if err != nil {
		r.t.Fatal(err)
	}
	// Through JSON and back, as the other one came.
	b, err := json.Marshal(answer)
	var back query.Answer
	if err == nil {
		err = json.Unmarshal(b, &back)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return essence(&back)
}
