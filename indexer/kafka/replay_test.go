package kafka

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

// checked makes the snapshots of a log that nobody has open.
func checked(t *testing.T, dir string) (seen []*snapshot) {
	t.Helper()
	notes, err := openNotes(dir)
	if err != nil {
		t.Fatal(err)
	}
	found, seen, err := checkLog(t.Context(), dir, notes, time.Now())
	if err != nil || len(found) > 0 {
		t.Fatalf("%v, %v", found, err)
	}
	return seen
}

// kept reads the snapshot that is kept of partition 0.
func kept(t *testing.T, dir string) (s snapshot) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(partitionDir(dir, "iif.updates", 0), "snapshot.json"))
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The snapshot that the check writes after a kill is the one that the library makes of the same log when it reads all of
// it, with a torn end too, and the library goes by it.
func TestSnapshotAfterAKill(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	_, _, home := segmented(t, dir)
	rel, err := filepath.Rel(dir, home)
	if err != nil {
		t.Fatal(err)
	}
	bases, err := segmentsOf(home)
	if err != nil {
		t.Fatal(err)
	}
	for name, torn := range map[string]int{"whole": 0, "a torn end": 40} {
		ours, library := killed(t, dir), killed(t, dir)
		for _, dir := range []string{ours, library} {
			path := segmentPath(filepath.Join(dir, rel), bases[len(bases)-1])
			b, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, append(b, b[:torn]...), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.DataDir(library), kfake.WithLogger(brokerLog{quiet()}))
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		for _, s := range checked(t, ours) {
			if err := s.write(); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := kept(t, ours), kept(t, library); !reflect.DeepEqual(got, want) || len(got.Segments) != len(bases) {
			t.Errorf("%s: written\n%+v\nthe library's\n%+v", name, got, want)
		}

		all := checked(t, ours)
		marked := all[slices.IndexFunc(all, func(s *snapshot) bool { return s.dir == filepath.Join(ours, rel) })]
		marked.CreatedAt = time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		if err := os.Remove(filepath.Join(marked.dir, "snapshot.json")); err != nil {
			t.Fatal(err)
		}
		if err := marked.write(); err != nil {
			t.Fatal(err)
		}
		b := startBroker(t, ours, "127.0.0.1:0")
		client := dialTopics(t, options(b.Addr()))
		publish(t, client, texts(3, "more")...)
		s := newSink()
		runClient(t, client, s)
		eventually(t, name+": all is read, what was appended too", func() bool { return s.total() == 303 })
		s.check(t)
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if got := kept(t, ours); !got.CreatedAt.Equal(marked.CreatedAt) || got.HighWatermark != 303 {
			t.Errorf("%s: the library did not go by the snapshot: %+v", name, got)
		}
	}
}

// Where there were transactions the library looks for itself which ones were aborted: after a kill their messages are not
// delivered, nor those of one that was open.
func TestTransactionsAfterAKill(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	b := startBroker(t, dir, "127.0.0.1:0")
	dialTopics(t, options(b.Addr()))
	k := producer(t, b.Addr(), kgo.TransactionalID("one"))
	for _, how := range []kgo.TransactionEndTry{kgo.TryAbort, kgo.TryCommit} {
		if err := k.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		text := map[kgo.TransactionEndTry]string{kgo.TryAbort: "lost", kgo.TryCommit: "kept"}[how]
		produceAll(t, k, &kgo.Record{Value: []byte(text)})
		if err := k.EndTransaction(context.Background(), how); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	produceAll(t, k, &kgo.Record{Value: []byte("lost")})
	produceAll(t, producer(t, b.Addr()), &kgo.Record{Value: []byte("kept")})

	b = startBroker(t, killed(t, dir), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	s := newSink()
	runClient(t, c, s)
	_, end, err := c.Bounds(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "all", func() bool { return s.at(0) == end })
	s.check(t)
	if got := s.all(0); len(got) != 2 || string(got[0].Value) != "kept" || string(got[1].Value) != "kept" {
		t.Errorf("delivered: %+v", got)
	}
}
