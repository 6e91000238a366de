package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"anvesh/indexer"
	"anvesh/indexer/iif"
	"anvesh/query"
	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// TestKills kills the service in the middle of a load, five times, and compares the store with the fold of what
// was acknowledged: every update is there, and was applied once.
func TestKills(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 5))
	dir := t.TempDir()
	key := addKey(t, dir)
	updates, _ := madeUp(t, 6000)
	acknowledged := 0
	for kills := 0; kills < 5; kills++ {
		s := serve(t, dir, key)
		killed := make(chan bool)
		go func() {
			time.Sleep(time.Duration(rng.IntN(700)) * time.Millisecond) // the moment of the kill is what is random
			s.kill()
			close(killed)
		}()
		acknowledged += load(s.broker, updates[acknowledged:], killed)
		<-killed
	}
	t.Logf("%d of %d updates acknowledged before the last kill", acknowledged, len(updates))
	s := serve(t, dir, key)
	for acknowledged < len(updates) {
		acknowledged += load(s.broker, updates[acknowledged:], nil)
	}
	for { // until the log is read to its end
		var st query.Status
		_, body := s.get("/v1/status", nil)
		if err := json.Unmarshal(body, &st); err != nil {
			t.Fatal(err)
		}
		lag := int64(0)
		for _, p := range st.Partitions {
			lag += p.Lag
		}
		if st.Ready && lag == 0 && int(st.Updates[indexer.CountApplied]) >= len(updates) {
			break
		}
		if len(s.ended) > 0 {
			t.Fatal("the service ended by itself")
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.stop()
	compareWithFold(t, dir, updates)
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
			rs = append(rs, &kgo.Record{Key: []byte(u[0]), Value: []byte(u[1])})
		}
		if c.ProduceSync(ctx, rs...).FirstErr() != nil {
			return acknowledged
		}
		acknowledged += n
		updates = updates[n:]
	}
	return acknowledged
}

func compareWithFold(t *testing.T, dir string, updates [][2]string) {
	t.Helper()
	type held struct {
		version int
		form    *iif.Form
	}
	cases := map[string]map[string]held{}
	for _, u := range updates {
		f, err := iif.Parse([]byte(u[0]), []byte(u[1]))
		if err != nil {
			t.Fatal(err)
		}
		if cases[u[0]] == nil {
			cases[u[0]] = map[string]held{}
		}
		if h := cases[u[0]][f.FormID]; h.version < f.Version {
			cases[u[0]][f.FormID] = held{f.Version, f}
		}
	}
	s := storagetest.Open(t, storage.Options{Dir: dir, Terms: query.Terms, TermsSum: query.TermsSum, Prepare: query.NewReader().Prepare, TermsVersion: query.TermsVersion, Derived: query.NewRegister()})
	records := 0
	for fir, forms := range cases {
		var fs []*iif.Form
		for _, h := range forms {
			fs = append(fs, h.form)
		}
		for _, want := range indexer.Fold(fir, fs).Records {
			records++
			got, err := s.Get(want.ID)
			if err != nil {
				t.Fatalf("record %s: %v", want.ID, err)
			}
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(want)
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("record %s is\n%s, want\n%s", want.ID, a, b)
			}
		}
	}
	st := s.State()
	if st.Persons+st.Vehicles != records || st.Counts[indexer.CountApplied] != uint64(len(updates)) {
		t.Errorf("%d records, %d applied; want %d and %d: %v", st.Persons+st.Vehicles, st.Counts[indexer.CountApplied], records, len(updates), st.Counts)
	}
}
