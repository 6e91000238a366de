package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"

	"anvesh/bench/madeup"
	"anvesh/indexer/kafka"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/storage"
)

// demoCmd shows the main job on an empty machine.
type demoCmd struct {
	Records      int     `help:"Made-up persons and vehicles." default:"20000"`
	Seed         uint64  `help:"Of the made-up records." default:"1"`
	Data         string  `help:"Keep the directory; without it all is gone at the end." placeholder:"DIR" type:"path"`
	Listen       address `help:"Where HTTP is answered." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	BrokerListen address `help:"Where the embedded broker listens." default:"127.0.0.1:9092" placeholder:"HOST:PORT"`
}

func (demoCmd) examples() string {
	return lines("  anvesh demo", "  anvesh demo --records 200000 --data demo-data --listen 127.0.0.1:9000 --broker-listen 127.0.0.1:9093")
}

// Run makes, loads, and serves until a signal.
func (c *demoCmd) Run(w *world) (err error) {
	if c.Records < 100 {
		return usageError{errors.New("--records must be at least 100, or there is nothing to find")}
	}
	dir := c.Data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "anvesh-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	s, err := openService(w, serviceOptions{
		store:  storeFlags{Data: dir, Shards: 2},
		kafka:  kafkaFlags{Topic: "iif.updates", Rejected: "iif.rejected"},
		broker: brokerFlags{BrokerListen: c.BrokerListen, Partitions: 4}, embedded: true, listen: c.Listen, practice: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	served := make(chan error, 1)
	go func() { served <- s.serve(w.ctx) }()
	select {
	case <-s.opened:
	case err := <-served:
		return err
	}
	if s.store.State().Seq == 0 {
		if err := c.fill(w, s); err != nil {
			return err
		}
	}
	if err := s.await(w.ctx); err != nil {
		return err
	}
	// On a directory of an earlier demo all is applied before the log has been looked at.
	for ready, _ := s.engine.Ready(); !ready; ready, _ = s.engine.Ready() {
		select {
		case err := <-served:
			return err
		case <-time.After(keeperLook):
		}
	}
	if err := c.show(w, s); err != nil {
		return err
	}
	return <-served
}

// fill publishes made-up updates and waits until they are searchable.
func (c *demoCmd) fill(w *world, s *service) error {
	m := w.progress("publish made-up updates", 0)
	defer m.done()
	var batch []kafka.Message
	flush := func() error {
		_, err := s.client.Publish(w.ctx, batch)
		m.add(int64(len(batch)))
		batch = batch[:0]
		return err
	}
	err := madeup.Generate(madeup.Options{Records: c.Records, Seed: c.Seed}, func(fir string, value []byte) error {
		batch = append(batch, kafka.Message{Key: []byte(fir), Value: append([]byte(nil), value...)})
		if len(batch) < loadBatch {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// await returns once everything that the log holds at this moment is searchable.
func (s *service) await(ctx context.Context) error {
	want := map[int]int64{}
	n, err := s.client.Partitions(ctx)
	if err != nil {
		return err
	}
	for p := range n {
		_, end, err := s.client.Bounds(ctx, p)
		if err != nil {
			return err
		}
		want[p] = end
	}
	total := int64(0)
	for _, end := range want {
		total += end
	}
	m := s.w.progress("index", total)
	defer m.done()
	for {
		offsets, moved := s.store.Offsets()
		done := int64(0)
		for _, o := range offsets {
			done += min(o.Next, want[o.Partition])
		}
		if m.set(done); done >= total {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// show prints the address, a key, and three searches that find what they promise.
func (c *demoCmd) show(w *world, s *service) error {
	key, err := demoKey(s.keys)
	if err != nil {
		return err
	}
	st := s.store.State()
	address := "http://" + s.ln.Addr().String()
	fmt.Fprintf(w.stdout, "\nAnvesh practice: %d made-up persons and %d vehicles of %d cases.\n\n  page  %s/\n  key   %s\n  log   %s (topic iif.updates)\n\nThree searches, damaged at random; each finds what stands behind the #:\n\n",
		st.Persons, st.Vehicles, st.Cases, address, key, s.broker.Addr())
	tries, err := pickTries(w.ctx, s, rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), c.Seed)))
	if err != nil {
		return err
	}
	for _, t := range tries {
		fmt.Fprintf(w.stdout, "  # %s\n  curl -s -H 'Authorization: Bearer %s' '%s%s'\n\n", t.promise, key, address, t.path())
	}
	fmt.Fprintln(w.stdout, "Stop with Ctrl-C.")
	return nil
}

// demoKey adds a credential, or replaces that of an earlier demo on the same directory.
func demoKey(keys *access.Keys) (string, error) {
	key, _, err := keys.Add("demo", "")
	if errors.Is(err, access.ErrNameTaken) {
		key, _, err = keys.Rotate("demo", 0)
	}
	return key, err
}

// A try is one search of the demonstration and the record that it finds.
type try struct {
	kind    string // persons, vehicles
	query   url.Values
	id      string
	promise string
}

func (t *try) path() string {
	return "/v1/" + t.kind + "/search?" + t.query.Encode()
}

// pickTries draws records and damages what they are asked by: a name misspelt, a name in Devanagari, a plate misread.
// A search that does not have its record among the first ten is drawn again.
func pickTries(ctx context.Context, s *service, rng *rand.Rand) ([]try, error) {
	var people, hindi, plates []*storage.Record
	keep := func(list *[]*storage.Record, r *storage.Record) {
		if len(*list) < 200 {
			*list = append(*list, r)
		} else if i := rng.IntN(2000); i < 200 {
			(*list)[i] = r
		}
	}
	err := s.store.Each(func(r *storage.Record) error {
		switch {
		case r.Visibility != storage.Findable:
		case r.Kind == storage.Vehicle && len(r.Registration) >= 8:
			keep(&plates, r)
		case r.Kind == storage.Person && len(r.Relatives) > 0 && len(strings.Fields(r.Name)) > 1:
			keep(&people, r)
			if devanagari(r) != "" {
				keep(&hindi, r)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []try
	for _, from := range []struct {
		list []*storage.Record
		make func(*storage.Record) try
	}{
		{people, func(r *storage.Record) try {
			text, cause := madeup.DamageName(rng, latin(r))
			return try{"persons", url.Values{"name": {text}, "relative": {r.Relatives[0]}}, r.ID,
				fmt.Sprintf("%s: %s, as %s (%s)", r.ID, r.Name, text, cause)}
		}},
		{hindi, func(r *storage.Record) try {
			text := devanagari(r)
			return try{"persons", url.Values{"name": {text}, "relative": {r.Relatives[0]}}, r.ID,
				fmt.Sprintf("%s: %s, asked in Hindi", r.ID, r.Name)}
		}},
		{plates, func(r *storage.Record) try {
			text, cause := madeup.DamagePlate(rng, r.Registration)
			return try{"vehicles", url.Values{"registration": {text}}, r.ID,
				fmt.Sprintf("%s: %s, read as %s (%s)", r.ID, r.Registration, text, cause)}
		}},
	} {
		t, err := pickTry(ctx, s.engine, from.list, from.make, rng)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func pickTry(ctx context.Context, e *query.Engine, list []*storage.Record, make func(*storage.Record) try, rng *rand.Rand) (try, error) {
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	for _, r := range list {
		t := make(r)
		t.query.Set("reason", "practice search")
		t.query.Set("limit", "10")
		if ok, err := finds(ctx, e, &t); err != nil || ok {
			return t, err
		}
	}
	return try{}, errors.New("none of the demonstration's searches finds its record; this is a fault of the program")
}

// finds runs a search as the page would.
func finds(ctx context.Context, e *query.Engine, t *try) (bool, error) {
	limit := 10
	common := query.Common{Limit: &limit, Reason: t.query.Get("reason")}
	var r query.Request = &query.PersonRequest{Name: t.query.Get("name"), Relative: t.query.Get("relative"), Common: common}
	if t.kind == "vehicles" {
		r = &query.VehicleRequest{Registration: t.query.Get("registration"), Common: common}
	}
	a, err := e.Search(ctx, access.Program("demo"), r)
	if err != nil {
		return false, err
	}
	for _, h := range a.Hits {
		if h.Record.ID == t.id {
			return true, nil
		}
	}
	return false, nil
}

// devanagari returns the first of a record's names that is written in Devanagari, or "".
func devanagari(r *storage.Record) string {
	for _, n := range append([]string{r.Name}, r.Names...) {
		if strings.ContainsFunc(n, func(c rune) bool { return unicode.Is(unicode.Devanagari, c) }) {
			return n
		}
	}
	return ""
}

// latin returns the first of a record's names that is not in Devanagari, or its name.
func latin(r *storage.Record) string {
	for _, n := range append([]string{r.Name}, r.Names...) {
		if n != "" && !strings.ContainsFunc(n, func(c rune) bool { return unicode.Is(unicode.Devanagari, c) }) {
			return n
		}
	}
	return r.Name
}

// genCmd writes made-up updates.
type genCmd struct {
	Records    positive `help:"Persons and vehicles after the fold." default:"20000"`
	Seed       uint64   `help:"The same seed gives the same bytes." default:"1"`
	SingleForm bool     `help:"One form a case, one person or vehicle a form."`
}

func (genCmd) examples() string {
	return lines("  anvesh gen --records 1000 --seed 7 > updates.ndjson", "  anvesh gen --records 200000 | anvesh load -")
}

// Run generates.
func (c *genCmd) Run(w *world) error {
	out := bufio.NewWriterSize(w.stdout, 1<<20)
	err := madeup.Generate(madeup.Options{Records: int(c.Records), Seed: c.Seed, SingleForm: c.SingleForm}, func(_ string, value []byte) error {
		out.Write(value)
		return out.WriteByte('\n')
	})
	if err != nil {
		return err
	}
	return out.Flush()
}
