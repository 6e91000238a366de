package kafka

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// segmented makes a log of a few dozen small segments in dir, of a hundred batches of three messages each, and returns
// where its partition is. The broker is still running: a copy of dir is what a kill leaves.
func segmented(t *testing.T, dir string) (b *Broker, c *Client, home string) {
	t.Helper()
	b = startBroker(t, dir, "127.0.0.1:0")
	small := "1000"
	err := b.cluster.CreateTopic("iif.updates", 1, map[string]string{"segment.bytes": small, "retention.ms": "3000000000", "cleanup.policy": "delete"})
	if err != nil {
		t.Fatal(err)
	}
	c = dialTopics(t, options(b.Addr()))
	for range 100 {
		publish(t, c, texts(3, "k")...)
	}
	return b, c, partitionDir(dir, "iif.updates", 0)
}

// killed copies a log as a kill would leave it.
func killed(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// starts starts a broker on a log, publishes, and returns the offset after that.
func starts(t *testing.T, what, dir string, accept bool) int64 {
	t.Helper()
	b, err := StartBroker(BrokerOptions{Dir: dir, Listen: "127.0.0.1:0", Logger: quiet(), AcceptGap: accept})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer b.Close()
	c := dialTopics(t, options(b.Addr()))
	defer c.Close()
	return publish(t, c, texts(3, "more")...)
}

// refuses tries to start a broker on a log that it must refuse, and looks that it has changed nothing.
func refuses(t *testing.T, what, dir, text string) {
	t.Helper()
	before := tree(t, dir)
	b, err := StartBroker(BrokerOptions{Dir: dir, Listen: "127.0.0.1:0", Logger: quiet()})
	if err == nil {
		b.Close()
		t.Errorf("%s: it starts", what)
		return
	}
	if !errors.Is(err, ErrDamagedLog) || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: want %q: %v", what, text, err)
	}
	if !slices.Equal(before, tree(t, dir)) {
		t.Errorf("%s: it changed the log", what)
	}
}

// tree lists files with their lengths.
func tree(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			all = append(all, fmt.Sprint(path, " ", info.Size()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A log that lost what was acknowledged is refused, wherever and however it is damaged, and nothing of it is touched; one
// that a kill left is taken, also with a torn end.
func TestDamagedLogIsRefused(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	_, _, home := segmented(t, dir)
	rel, err := filepath.Rel(dir, home)
	if err != nil {
		t.Fatal(err)
	}
	bases, err := segmentsOf(home)
	if err != nil || len(bases) < 8 {
		t.Fatalf("%d segments, %v", len(bases), err)
	}
	first, middle, last := bases[0], bases[len(bases)/2], bases[len(bases)-1]
	change := func(base int64, how func([]byte) []byte) func(string) {
		return func(dir string) {
			path := segmentPath(filepath.Join(dir, rel), base)
			b, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, how(b), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[(at+len(b))%len(b)] ^= 1; return b }
	}
	cut := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:len(b)-n] } }
	zero := func(b []byte) []byte { clear(b[len(b)/2:]); return b }
	whole := func(b []byte) []byte { x, _, _, _ := nextBatch(b); return b[:len(x.raw)] } // the first batch alone
	remove := func(names ...string) func(string) {
		return func(dir string) {
			for _, name := range names {
				if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	segment := func(base int64) string { return filepath.Join(rel, fmt.Sprint(base, ".dat")) }
	torn := func(b []byte) []byte { return append(b, b[:40]...) }

	for name, how := range map[string]func(string){
		"untouched":                   func(string) {},
		"a torn end":                  change(last, torn),
		"a torn end of zeros":         change(last, func(b []byte) []byte { return append(b, make([]byte, 500)...) }),
		"the notes are gone":          remove(noteFile),
		"the oldest segment is gone":  remove(segment(first)),
		"indexes are gone":            remove(filepath.Join(rel, fmt.Sprint(last, ".idx"))),
		"the notes have a torn slot":  func(dir string) { clearAt(t, filepath.Join(dir, noteFile), slotSize*20+5) },
		"no snapshot of the segments": remove(filepath.Join(rel, "snapshot.json")),
	} {
		copied := killed(t, dir)
		how(copied)
		if end := starts(t, name, copied, false); end != 303 {
			t.Errorf("%s: goes on at offset %d, want 300", name, end-3)
		}
		if end := starts(t, name+", again", copied, false); end != 306 {
			t.Errorf("%s: goes on at offset %d the second time, want 303", name, end-3)
		}
	}
	for name, how := range map[string]func(string){
		"a bit in the first segment":        change(first, flip(100)),
		"a bit in the middle":               change(middle, flip(-30)),
		"a bit in the last batch":           change(last, flip(-5)),
		"a bit in the last segment":         change(last, flip(70)),
		"a bit in a length":                 change(last, flip(9)),
		"the last batch cut off":            change(last, cut(1)),
		"a whole batch cut off at the end":  change(last, whole),
		"a segment cut in the middle":       change(middle, cut(20)),
		"a whole batch cut from the middle": change(middle, whole),
		"an end of zeros":                   change(last, zero),
		"zeros in the middle":               change(middle, zero),
		"a segment without a byte":          change(middle, func([]byte) []byte { return nil }),
		"the last segment gone":             remove(segment(last)),
		"a segment gone":                    remove(segment(middle)),
		"the partition gone":                remove(rel),
		"all partitions gone":               remove("partitions"),
		"meta.json gone":                    remove("meta.json"),
		"topics.json gone":                  remove("topics.json"),
		"topics.json cut":                   func(dir string) { truncate(t, filepath.Join(dir, "topics.json"), 20) },
	} {
		copied := killed(t, dir)
		how(copied)
		refuses(t, name, copied, "damaged")
	}
}

func truncate(t *testing.T, path string, to int64) {
	t.Helper()
	if err := os.Truncate(path, to); err != nil {
		t.Fatal(err)
	}
}

func clearAt(t *testing.T, path string, at int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		b[at] ^= 0x55
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Any byte of the segments, flipped: the log is refused, or what is read of it is what was written.
func TestFlipsOfTheLog(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	_, c, home := segmented(t, dir)
	written := newSink()
	runClient(t, c, written)
	eventually(t, "all", func() bool { return written.total() == 300 })
	bases, err := segmentsOf(home)
	if err != nil {
		t.Fatal(err)
	}
	rel, _ := filepath.Rel(dir, home)
	rng := rand.New(rand.NewPCG(1, 2))
	copied, passed := killed(t, dir), 0
	for range 400 {
		path := segmentPath(filepath.Join(copied, rel), bases[rng.IntN(len(bases))])
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at, bit := rng.IntN(len(b)), byte(1)<<rng.IntN(8)
		b[at] ^= bit
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		notes, err := openNotes(copied)
		if err != nil {
			t.Fatal(err)
		}
		found, _, err := checkLog(t.Context(), copied, notes, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			passed++
			if !epochByte(b, at) {
				t.Errorf("byte %d of %s: not noticed", at, path)
			}
		}
		b[at] ^= bit
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if passed > 40 {
		t.Errorf("%d of 400 flips were not noticed", passed)
	}
}

// epochByte tells whether a byte of a segment belongs to the leader epoch of a batch, which says nothing of its messages.
func epochByte(data []byte, at int) bool {
	for from := 0; len(data) > 0; {
		b, rest, ok, err := nextBatch(data)
		if err != nil || !ok {
			return false
		}
		if in := at - from; in >= 12 && in < 16 {
			return true
		}
		from, data = from+len(b.raw), rest
	}
	return false
}

// Damage that is accepted is accepted for good: the broker goes on with what is whole, keeps a copy of what it cuts, and
// is not refused the next time.
func TestAcceptedDamage(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	_, _, home := segmented(t, dir)
	rel, _ := filepath.Rel(dir, home)
	bases, err := segmentsOf(home)
	if err != nil {
		t.Fatal(err)
	}
	f := func(name string, base int64, end int64, lost int) {
		t.Helper()
		copied := killed(t, dir)
		path := segmentPath(filepath.Join(copied, rel), base)
		clearAt(t, path, 30)
		refuses(t, name, copied, "--accept-gap")
		if got := starts(t, name, copied, true); got != end+3 {
			t.Errorf("%s: goes on at %d, want %d", name, got-3, end)
		}
		if _, err := os.Stat(path + ".damaged"); err != nil {
			t.Error(err)
		}
		if got := starts(t, name+", without the flag", copied, false); got != end+6 {
			t.Errorf("%s: goes on at %d, want %d", name, got-3, end+3)
		}
		b := startBroker(t, copied, "127.0.0.1:0")
		s := newSink()
		c := dial(t, options(b.Addr()))
		runClient(t, c, s)
		eventually(t, name+": the rest is read", func() bool { return s.at(0) == end+6 })
		if st := c.Status()[0]; int(end)+6-s.total() != lost || st.Missing != int64(lost) {
			t.Errorf("%s: %d messages up to offset %d, %d missing; want %d lost", name, s.total(), end+6, st.Missing, lost)
		}
		b.Close()
	}
	last, middle := bases[len(bases)-1], len(bases)/2
	f("the last segment", last, last, 0)
	f("a segment in the middle", bases[middle], 300, int(bases[middle+1]-bases[middle]))
}

// Where age has deleted all of a partition, the broker goes on from its offset after a stop and after a kill.
func TestOffsetsGoOnWhereAgeDeletedAll(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	b, _, _ := segmented(t, dir)
	if err := b.noteEnds(); err != nil { // as every minute
		t.Fatal(err)
	}
	aged := killed(t, dir)
	if err := b.cluster.DeleteRecords("iif.updates", 0, 300); err != nil {
		t.Fatal(err)
	}
	if err := b.noteEnds(); err != nil {
		t.Fatal(err)
	}
	if end := starts(t, "killed", killed(t, dir), false); end != 303 {
		t.Errorf("goes on at %d after a kill, want 300", end-3)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if end := starts(t, "stopped", dir, false); end != 303 {
		t.Errorf("goes on at %d after a stop, want 300", end-3)
	}
	// Killed before it was noted: the retention tells.
	if err := os.RemoveAll(partitionDir(aged, "iif.updates", 0)); err != nil {
		t.Fatal(err)
	}
	notes, err := openNotes(aged)
	if err != nil {
		t.Fatal(err)
	}
	if found, _, err := checkLog(t.Context(), aged, notes, time.Now().Add(30*24*time.Hour)); err != nil || len(found) != 1 {
		t.Errorf("before the retention is over: %v, %v", found, err)
	}
	if found, _, err := checkLog(t.Context(), aged, notes, time.Now().Add(35*24*time.Hour)); err != nil || len(found) != 0 {
		t.Errorf("after the retention is over: %v, %v", found, err)
	}
	if end := starts(t, "aged", aged, false); end != 303 {
		t.Errorf("goes on at %d, want 300", end-3)
	}
}

// A topic that is deleted is forgotten: another of its name begins at offset 0, and the next start finds nothing wrong.
func TestDeletedTopicIsForgotten(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	b, c, _ := segmented(t, dir)
	k := producer(t, b.Addr())
	req := newDelete("iif.updates")
	if _, err := req.RequestWith(context.Background(), k); err != nil {
		t.Fatal(err)
	}
	if err := c.EnsureTopics(context.Background()); err != nil {
		t.Fatal(err)
	}
	b.Close()
	if end := starts(t, "made again", dir, false); end != 3 {
		t.Errorf("begins at %d", end-3)
	}
}

// What any client is told is acknowledged is noted before, in every version of the answer.
func TestAcknowledgedIsNoted(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	b := startBroker(t, dir, "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr())) // an old version, with the topic's name
	f := func(end int64) {
		t.Helper()
		notes, err := openNotes(dir)
		if err != nil {
			t.Fatal(err)
		}
		if n := notes.need("iif.updates", 0); n.need != end {
			t.Errorf("noted up to %d, acknowledged up to %d", n.need, end)
		}
	}
	publish(t, c, texts(1, "a")...)
	f(1)
	produceAll(t, producer(t, b.Addr()), &kgo.Record{Value: []byte("x")}) // a later one, with its id
	f(2)
	for range 10 { // the file is written anew when it is full
		if err := b.notes.write(slices.Repeat([]note{{keyOf("another", 1), noteBatch, 7}}, slots/9)...); err != nil {
			t.Fatal(err)
		}
	}
	publish(t, c, texts(1, "a")...)
	f(3)
	if info, err := os.Stat(filepath.Join(dir, noteFile)); err != nil || info.Size() != slots*slotSize {
		t.Errorf("the notes take %v, %v", info, err)
	}
}

func newDelete(topic string) *kmsg.DeleteTopicsRequest {
	r := kmsg.NewPtrDeleteTopicsRequest()
	t := kmsg.NewDeleteTopicsRequestTopic()
	t.Topic = &topic
	r.Topics, r.TopicNames = append(r.Topics, t), append(r.TopicNames, topic)
	return r
}

// A batch that claims the broker's time is refused: the embedded broker would make it one that nobody can read.
func TestStampedBatchIsRefused(t *testing.T) {
	noLeaks(t)
	b := startBroker(t, t.TempDir(), "127.0.0.1:0")
	c := dialTopics(t, options(b.Addr()))
	raw := (&sheet{length: 1, deltas: []int64{0}}).encode()
	raw[22] |= 8
	binary.BigEndian.PutUint32(raw[17:], crc32.Checksum(raw[21:], castagnoli))
	r := kmsg.NewPtrProduceRequest()
	r.Acks, r.TimeoutMillis = -1, 1000
	topic, part := kmsg.NewProduceRequestTopic(), kmsg.NewProduceRequestTopicPartition()
	part.Records, topic.Topic = raw, "iif.updates"
	topic.Partitions = append(topic.Partitions, part)
	r.Topics = append(r.Topics, topic)
	resp, err := r.RequestWith(context.Background(), producer(t, b.Addr(), kgo.MaxVersions(kversion.V2_8_0())))
	if err != nil {
		t.Fatal(err)
	}
	if code := resp.Topics[0].Partitions[0].ErrorCode; code != kerr.InvalidTimestamp.Code {
		t.Errorf("answered with code %d", code)
	}
	if end := publish(t, c, texts(1, "a")...); end != 1 {
		t.Errorf("the log ends at %d", end)
	}
}
