package indexer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// graveyard keeps dead letters, or refuses to.
type graveyard struct {
	rs  []Rejection
	err error
}

func (g *graveyard) Reject(_ context.Context, rs []Rejection) error {
	if g.err != nil {
		return g.err
	}
	g.rs = append(g.rs, rs...)
	return nil
}

type rig struct {
	t    testing.TB
	s    *storage.Store
	x    *Indexer
	dead *graveyard
	next int64
}

func newRig(t testing.TB) *rig {
	s := storagetest.Open(t, storage.Options{})
	dead := &graveyard{}
	return &rig{t: t, s: s, x: New(s, dead, slog.New(slog.DiscardHandler)), dead: dead}
}

func (r *rig) apply(ms ...Message) {
	r.t.Helper()
	for i := range ms {
		ms[i].Offset = r.next
		r.next++
	}
	if err := r.x.Apply(context.Background(), Batch{Topic: "t", Messages: ms, Next: r.next}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) counts(want map[string]uint64) {
	r.t.Helper()
	if got := r.s.State().Counts; !reflect.DeepEqual(got, want) {
		r.t.Errorf("counted %v, want %v", got, want)
	}
}

const caseFIR = "13225008230123"

func message(form string) Message {
	return Message{Key: []byte(caseFIR), Value: []byte(form)}
}

// iif1 is an IIF1 of this version with one accused of this name; more is added at its end.
func iif1(version, name, more string) Message {
	return message(`{"schema":1,"form":"IIF1","form_id":"1","version":` + version + `,"fir":"` + caseFIR + `","station":"13225008",
		"event_at":"2023-05-04T10:20:00+05:30","entered_at":"2023-05-04T11:05:00+05:30",
		"persons":[{"ref":"A1","role":"accused","name":"` + name + `"}]` + more + `}`)
}

func (r *rig) names() []string {
	out := []string{}
	if err := r.s.Each(func(rec *storage.Record) error { out = append(out, rec.Name); return nil }); err != nil {
		r.t.Fatal(err)
	}
	return out
}

func (r *rig) holds(want ...string) {
	r.t.Helper()
	if got := r.names(); strings.Join(got, ",") != strings.Join(want, ",") {
		r.t.Errorf("holds %v, want %v", got, want)
	}
}

func TestVersions(t *testing.T) {
	r := newRig(t)
	r.apply(iif1("2", "Ram", ""))
	r.apply(iif1("1", "Shyam", ""), iif1("2", "Ram", ""))
	r.holds("Ram")
	a, b := iif1("2", "Ram", ""), iif1("2", "Mohan", "")
	r.apply(b)
	sa, sb := sha256.Sum256(a.Value), sha256.Sum256(b.Value)
	if bytes.Compare(sa[:], sb[:]) > 0 {
		r.holds("Ram")
	} else {
		r.holds("Mohan")
	}
	r.apply(iif1("3", "Sohan", `,"colour_of_sky":"blue"`))
	r.holds("Sohan")
	got := r.s.State().Counts
	if got[CountSuperseded] != 1 || got[CountDuplicate] != 1 || got[CountConflict] != 1 || got[CountUnknown] != 1 {
		t.Errorf("counted %v", got)
	}
}

func TestWithdrawalIsFinal(t *testing.T) {
	r := newRig(t)
	null := Message{Key: []byte(caseFIR)}
	r.apply(iif1("1", "Ram", ""), null)
	r.holds()
	r.apply(iif1("2", "Ram", ""))
	r.holds()
	r.apply(null)
	r.counts(map[string]uint64{CountApplied: 1, CountWithdrawal: 1, CountWithdrawn: 1, CountRepeated: 1})
	r.apply(iif1("3", "Shyam", `,"reinstates":true`))
	r.holds("Shyam")
	r.apply(iif1("4", "Mohan", "")) // does not say that it reinstates
	r.holds("Shyam")
	r.apply(Message{Key: []byte("13225008230999")})
	if n := r.s.State().Counts[CountUnknownCase]; n != 1 {
		t.Errorf("%d withdrawals of unknown cases", n)
	}
	r.apply(Message{Key: []byte(caseFIR), Value: []byte{}}) // empty, not null
	r.holds("Shyam")
	if len(r.dead.rs) != 1 {
		t.Errorf("dead letters %+v", r.dead.rs)
	}
}

func TestBadMessagesAreRejectedAndTheNextApplied(t *testing.T) {
	f := func(name string, m Message, field string) {
		t.Helper()
		r := newRig(t)
		r.apply(m, iif1("1", "Ram", ""))
		r.holds("Ram")
		if len(r.dead.rs) != 1 || r.dead.rs[0].Field != field || r.dead.rs[0].Reason == "" {
			t.Fatalf("%s: dead letters %+v, want one of field %q", name, r.dead.rs, field)
		}
		d, sum := r.dead.rs[0], sha256.Sum256(m.Value)
		if d.Topic != "t" || d.Offset != 0 || d.Size != len(m.Value) || d.SHA256 != hex.EncodeToString(sum[:]) || len(d.Head) > 3*headBytes {
			t.Errorf("%s: dead letter %+v", name, d)
		}
		r.counts(map[string]uint64{CountRejected: 1, CountApplied: 1})
		if next, _, _, _ := r.x.Next("t", 0); next != 2 {
			t.Errorf("%s: next offset %d", name, next)
		}
	}
	ok := string(iif1("1", "Ram", "").Value)
	f("malformed", message(`{"schema":1,`), "")
	f("not an object", message(`[1,2]`), "")
	f("wrong type", message(strings.Replace(ok, `"version":1`, `"version":"1"`, 1)), "version")
	f("impossible date", message(strings.Replace(ok, "2023-05-04T10", "2023-02-30T10", 1)), "event_at")
	f("other schema", message(strings.Replace(ok, `"schema":1`, `"schema":2`, 1)), "schema")
	f("large", message(ok[:len(ok)-1]+`,"x":"`+strings.Repeat("y", 10<<20)), "")
	f("empty key", Message{Key: []byte{}, Value: []byte(ok)}, "key")
	f("no key", Message{Value: []byte(ok)}, "key")
	f("another key", Message{Key: []byte("13225008230999"), Value: []byte(ok)}, "fir")
	f("invalid UTF-8", message(strings.Replace(ok, "Ram", "R\xffm", 1)), "")
	f("deep", message(strings.Replace(ok, `"schema":1`, `"schema":1,"x":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000), 1)), "")
	f("null without a key", Message{}, "key")
}

func TestDeadLettersComeFirst(t *testing.T) {
	r := newRig(t)
	r.dead.err = errors.New("no broker")
	b := Batch{Topic: "t", Messages: []Message{message("{"), iif1("1", "Ram", "")}, Next: 2}
	if err := r.x.Apply(context.Background(), b); !errors.Is(err, r.dead.err) {
		t.Fatalf("got %v", err)
	}
	r.holds()
	if _, _, known, _ := r.x.Next("t", 0); known {
		t.Error("the offset moved without its dead letters")
	}
	r.dead.err = nil
	if err := r.x.Apply(context.Background(), b); err != nil {
		t.Fatal(err)
	}
	r.holds("Ram")
}

func TestEmptyBatchMovesTheOffsetAndFreshness(t *testing.T) {
	r := newRig(t)
	apply := func(next int64, through time.Time) {
		t.Helper()
		if err := r.x.Apply(context.Background(), Batch{Topic: "t", Next: next, Through: through}); err != nil {
			t.Fatal(err)
		}
	}
	first, second := time.Now().Truncate(0), time.Now().Add(time.Second).Truncate(0)
	apply(7, first)
	for { // the offset becomes visible once the shards have the commit
		offsets, moved := r.s.Offsets()
		if len(offsets) == 1 && offsets[0].Next == 7 {
			break
		}
		<-moved
	}
	commits := r.s.State().Seq
	apply(7, second)
	offsets, _ := r.s.Offsets()
	if !offsets[0].Through.Equal(second) || r.s.State().Seq != commits {
		t.Errorf("offsets %+v, %d commits for no change", offsets, r.s.State().Seq-commits)
	}
}

func TestLargeBatchIsSplit(t *testing.T) {
	r := newRig(t)
	rng := rand.New(rand.NewPCG(1, 1))
	noise := func() string { // what is packed small would all fit one transaction
		b := make([]byte, 22<<10)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		return base64.StdEncoding.EncodeToString(b)
	}
	var ms []Message
	for i := range 40 {
		id := string(rune('a'+i%26)) + string(rune('a'+i/26))
		m := message(strings.Replace(string(iif1("1", "Ram", `,"x":"`+noise()).Value)+`"}`, `"form_id":"1"`, `"form_id":"`+id+`"`, 1))
		for range 12 { // the same case and form again and again would be one write: many cases
			c := caseFIR[:10] + string(rune('0'+i/10)) + string(rune('0'+i%10)) + string(rune('0'+len(ms)%100/10)) + string(rune('0'+len(ms)%10))
			ms = append(ms, Message{Key: []byte(c), Value: bytes.Replace(m.Value, []byte(caseFIR), []byte(c), 1)})
		}
	}
	ms = append(ms, message("{"))
	r.apply(ms...)
	if len(r.dead.rs) != 1 {
		t.Fatalf("dead letters: %d, first %+v", len(r.dead.rs), r.dead.rs[0])
	}
	st := r.s.State()
	if st.Counts[CountApplied] != 480 || st.Counts[CountRejected] != 1 || st.Seq < 2 {
		t.Errorf("state %+v", st)
	}
}

// TestStoreEndsAsTheFold applies any sequence of messages with values in any batches, with repeats, and compares
// the store's records with the fold of the newest versions.
func TestStoreEndsAsTheFold(t *testing.T) {
	r := newRig(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		fir := fmt.Sprintf("132250082%05d", n)
		newest := keep{}
		var ms []Message
		for _, f := range genForms(fir).Draw(rt, "forms") {
			v := encode(f)
			newest.take(v)
			ms = append(ms, Message{Key: []byte(fir), Value: v})
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		ms = append(ms, ms[:rng.IntN(len(ms)+1)]...)
		rng.Shuffle(len(ms), func(i, j int) { ms[i], ms[j] = ms[j], ms[i] })
		for len(ms) > 0 {
			k := 1 + rng.IntN(len(ms))
			r.apply(ms[:k]...)
			ms = ms[k:]
		}
		c, values, err := r.s.Forms(fir)
		if err != nil {
			rt.Fatal(err)
		}
		if len(values) != len(newest) {
			rt.Fatalf("%d forms are stored, want %d", len(values), len(newest))
		}
		var want Case
		if err := json.Unmarshal(newest.fold(fir), &want); err != nil {
			rt.Fatal(err)
		}
		got, err := r.s.GetAll(c.Records)
		if err != nil {
			rt.Fatal(err)
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want.Records)
		if len(got) != len(want.Records) || len(got) > 0 && !bytes.Equal(a, b) {
			rt.Fatalf("stored:\n%s\nwant:\n%s", a, b)
		}
	})
	if len(r.dead.rs) > 0 {
		t.Errorf("dead letters: %+v", r.dead.rs)
	}
}

// TestTwoPartitionsHoldOneCase applies forms of one case from two partitions at once, again and again.
func TestTwoPartitionsHoldOneCase(t *testing.T) {
	r := newRig(t)
	const rounds = 40
	var wg sync.WaitGroup
	for partition := range 2 {
		wg.Go(func() {
			for i := range rounds {
				form := strings.Replace(string(iif1("1", "Ram", "").Value), `"form_id":"1"`, fmt.Sprintf(`"form_id":"%d-%d"`, partition, i), 1)
				form = strings.Replace(form, `"ref":"A1"`, fmt.Sprintf(`"ref":"A%d-%d"`, partition, i), 1)
				m := message(form)
				m.Offset = int64(i)
				b := Batch{Topic: "t", Partition: partition, Messages: []Message{m}, Next: int64(i) + 1}
				if err := r.x.Apply(context.Background(), b); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(r.names()); n != 2*rounds || len(r.dead.rs) > 0 {
		t.Errorf("%d records of %d forms, %d dead letters", n, 2*rounds, len(r.dead.rs))
	}
}

func TestViewHidesWhatIsNotFindable(t *testing.T) {
	r := newRig(t)
	r.apply(iif1("1", "Ram", `,"place":"Model Town"`), message(`{"schema":1,"form":"IIF2","form_id":"2","version":1,"fir":"`+caseFIR+`","station":"13225008","event_at":"2023-05-05T10:20:00+05:30","entered_at":"2023-05-05T11:05:00+05:30","sensitive":true,"persons":[{"ref":"W1","role":"victim","name":"Sita"}]}`))
	c, values, err := r.s.Forms(caseFIR)
	if err != nil {
		t.Fatal(err)
	}
	v, err := View(c, values, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Records) != 2 || v.Records[0].Name != "Ram" || v.Records[1].Name != "" || v.Records[1].MaskedUnder != underMark || v.Hidden != 0 || v.Place != "" || len(v.Forms) != 2 {
		t.Errorf("view %+v", v)
	}
}

// What proves the log is kept with the offset, also where a batch without messages brings it, and is forgotten by
// Rewind, which moves the offset back.
func TestProofIsKeptWithTheOffset(t *testing.T) {
	r := newRig(t)
	apply := func(b Batch) {
		t.Helper()
		b.Topic = "t"
		if err := r.x.Apply(context.Background(), b); err != nil {
			t.Fatal(err)
		}
	}
	is := func(next int64, want Proof) {
		t.Helper()
		if n, got, known, err := r.x.Next("t", 0); n != next || got != want || !known || err != nil {
			t.Errorf("offset %d, proof %+v, %v, %v; want %d, %+v", n, got, known, err, next, want)
		}
	}
	one, two := Proof{Epoch: 3, Base: 0, End: 5, CRC: 0xfeedbeef}, Proof{Epoch: -1, Base: 5, End: 9, CRC: 7}
	apply(Batch{Next: 5, Proof: one, Unreadable: 3})
	is(5, one)
	apply(Batch{Next: 7})
	is(7, one)
	apply(Batch{Next: 7, Proof: two})
	is(7, two)
	apply(Batch{Next: 7, Through: time.Now()})
	is(7, two)
	if err := r.x.Rewind(context.Background(), "t", 0, 2, 4); err != nil {
		t.Fatal(err)
	}
	is(2, Proof{})
	r.counts(map[string]uint64{CountMissing: 4, CountUnreadable: 3})
}

// TestCompare holds the rule by which a log is told from another.
func TestCompare(t *testing.T) {
	p := Proof{Epoch: 4, Base: 40, End: 50, CRC: 1}
	f := func(what string, next int64, l Look, want Verdict) {
		t.Helper()
		if got := Compare(p, next, l); got != want {
			t.Errorf("%s: verdict %d, want %d", what, got, want)
		}
	}
	with := func(b Proof, records int32) Look { return Look{End: 60, Batch: b, Records: records, EpochEnd: -1} }
	f("the batch stands", 50, with(p, 10), Same)
	f("the batch stands, of another leader that took it over", 50, with(Proof{Epoch: 5, Base: 40, End: 50, CRC: 1}, 10), Same)
	f("another batch of the same offsets", 50, with(Proof{Epoch: 4, Base: 40, End: 50, CRC: 2}, 10), Other)
	f("the same bytes in a longer batch", 50, with(Proof{Epoch: 4, Base: 40, End: 51, CRC: 1}, 11), Other)
	f("a batch around it", 50, with(Proof{Epoch: 4, Base: 30, End: 60, CRC: 2}, 30), Other)
	f("a batch within it", 50, with(Proof{Epoch: 4, Base: 45, End: 47, CRC: 2}, 2), Other)
	f("thinned by compaction", 50, with(Proof{Epoch: 4, Base: 40, End: 50, CRC: 2}, 9), Untold)
	f("thinned, of another leader", 50, with(Proof{Epoch: 5, Base: 40, End: 50, CRC: 2}, 9), Other)
	f("gone, another behind it", 50, with(Proof{Epoch: 4, Base: 50, End: 60, CRC: 2}, 10), Untold)
	f("gone, nothing behind it", 50, Look{End: 50, EpochEnd: -1}, Untold)
	f("gone, and its epoch goes on", 50, Look{End: 60, EpochEnd: 60}, Untold)
	f("gone, and its epoch ended before", 50, Look{End: 60, EpochEnd: 49}, Other)
	f("the log ends before", 50, Look{End: 49, EpochEnd: -1}, Other)
	p = Proof{}
	f("nothing was kept", 50, with(Proof{Base: 40, End: 50}, 10), Untold)
	f("nothing was kept, and the log ends before", 50, Look{End: 49, EpochEnd: -1}, Other)
}

// A form with a byte order mark is the form without, also as content; what came wrapped goes to the dead letters with what
// it came in.
func TestWrappedMessages(t *testing.T) {
	r := newRig(t)
	plain := iif1("1", "Ram", "")
	marked := message("\xef\xbb\xbf" + string(plain.Value))
	r.apply(marked)
	r.apply(plain)
	r.holds("Ram")
	quoted, _ := json.Marshal(string(plain.Value))
	r.apply(message(string(quoted)), message("\x00\x00\x00\x00\x01"+string(plain.Value)))
	r.counts(map[string]uint64{CountApplied: 1, CountDuplicate: 1, CountRejected: 2})
	for i, want := range []string{"a JSON string that holds JSON", "five bytes of a schema registry"} {
		if d := r.dead.rs[i]; d.Field != "" || !strings.Contains(d.Reason, want) || d.Offset != int64(2+i) {
			t.Errorf("dead letter %+v, want %q", d, want)
		}
	}
}

// A batch that is applied in parts is proved, part by part, by the record batch that the part came to.
func TestProofOfAPart(t *testing.T) {
	one, two, three := Proof{Base: 0, End: 5, CRC: 1}, Proof{Base: 5, End: 9, CRC: 2}, Proof{Base: 12, End: 13, CRC: 3}
	b := Batch{Next: 13, Before: []Proof{one, two}, Proof: three}
	f := func(next int64, want Proof) {
		t.Helper()
		if got := b.proofAt(next); got != want {
			t.Errorf("up to offset %d: %+v, want %+v", next, got, want)
		}
	}
	f(0, Proof{})
	f(1, one)
	f(5, one)
	f(6, two)
	f(12, two)
	f(13, three)
}
