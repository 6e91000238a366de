package kafka

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"anvesh/indexer"
)

// read runs a client over a paper broker until its end is reached, and returns
// the offsets that were applied.
func (b *paper) read(t testing.TB, next int64, o Options) ([]int64, *Client) {
	t.Helper()
	return b.readInto(t, next, o, newSink())
}

func (b *paper) readInto(t testing.TB, next int64, o Options, s *memSink) ([]int64, *Client) {
	t.Helper()
	s.next[0] = next
	return b.readWith(t, o, s, nil)
}

// readWith reads from where the sink stands, with a client that set has changed.
func (b *paper) readWith(t testing.TB, o Options, s *memSink, set func(*Client)) ([]int64, *Client) {
	t.Helper()
	if _, known := s.next[0]; !known {
		s.next[0] = 0
	}
	o.Brokers, o.Logger, o.MaxWait = []string{"paper:1"}, quiet(), 20*time.Millisecond
	o, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(o, b)
	if set != nil {
		set(c)
	}
	s.maxCount, s.maxBytes = o.BatchCount, o.BatchBytes
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, s) }()
	for s.at(0) < b.high && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	if ctx.Err() != nil {
		t.Fatalf("stalled at offset %d of %d, %+v", s.at(0), b.high, c.Status())
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	for _, broken := range s.broken {
		t.Error(broken)
	}
	var offsets []int64
	for _, m := range s.all(0) {
		if string(m.Value) != string(text(m.Offset)) || string(m.Key) != "k" {
			t.Fatalf("offset %d holds %q", m.Offset, m.Value)
		}
		offsets = append(offsets, m.Offset)
	}
	return offsets, c
}

func equal(a, b []int64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestCompactedLogs(t *testing.T) {
	noLeaks(t)
	f := func(next int64, want []int64, sheets ...sheet) {
		t.Helper()
		for _, codec := range []int8{0, 1, 2, 3, 4} {
			b := &paper{sheets: append([]sheet(nil), sheets...)}
			for i := range b.sheets {
				b.sheets[i].codec = codec
			}
			b.high = b.sheets[len(b.sheets)-1].end()
			got, _ := b.read(t, next, Options{FetchBytes: 1}) // one batch an answer
			if !equal(got, want) {
				t.Errorf("codec %d: %v, want %v", codec, got, want)
			}
			if b.fetches > len(sheets)+30 {
				t.Errorf("codec %d: %d fetches of %d batches", codec, b.fetches, len(sheets))
			}
		}
	}
	d := func(deltas ...int64) []int64 { return deltas }
	f(0, d(0, 1, 2), sheet{base: 0, length: 3, deltas: d(0, 1, 2)})
	f(2, d(2), sheet{base: 0, length: 3, deltas: d(0, 1, 2)})
	// The tail of a batch is gone, in the middle and at the end of the log.
	f(0, d(0, 1, 10), sheet{base: 0, length: 10, deltas: d(0, 1)}, sheet{base: 10, length: 1, deltas: d(0)})
	f(0, d(0, 1), sheet{base: 0, length: 50, deltas: d(0, 1)})
	f(7, d(), sheet{base: 0, length: 50, deltas: d(0, 1)})
	// The head of a batch and of the log is gone.
	f(0, d(6, 9), sheet{base: 5, length: 5, deltas: d(1, 4)})
	// Batches without records, four in a row, and alone.
	f(0, d(0, 9), sheet{base: 0, length: 1, deltas: d(0)}, sheet{base: 1, length: 2}, sheet{base: 3, length: 2},
		sheet{base: 5, length: 2}, sheet{base: 7, length: 2}, sheet{base: 9, length: 1, deltas: d(0)})
	f(0, d(), sheet{base: 0, length: 4})
	f(3, d(), sheet{base: 0, length: 4})
	// Whole batches are gone between.
	f(0, d(0, 100), sheet{base: 0, length: 1, deltas: d(0)}, sheet{base: 100, length: 1, deltas: d(0)})
	// A log that ends in control records.
	f(0, d(0), sheet{base: 0, length: 1, txn: true, producer: 3, deltas: d(0)},
		sheet{base: 1, length: 1, txn: true, control: true, kind: 1, producer: 3, deltas: d(0)},
		sheet{base: 2, length: 1, txn: true, control: true, kind: 1, producer: 4, deltas: d(0)})
	// Aborted: producer 3's first transaction; its second and producer 4's are kept.
	f(0, d(1, 4), sheet{base: 0, length: 1, txn: true, producer: 3, deltas: d(0)},
		sheet{base: 1, length: 1, txn: true, producer: 4, deltas: d(0)},
		sheet{base: 2, length: 1, txn: true, producer: 3, deltas: d(0)},
		sheet{base: 3, length: 1, txn: true, control: true, kind: 0, producer: 3, deltas: d(0)},
		sheet{base: 4, length: 1, txn: true, producer: 3, deltas: d(0)},
		sheet{base: 5, length: 1, txn: true, control: true, kind: 1, producer: 3, deltas: d(0)},
		sheet{base: 6, length: 1, txn: true, control: true, kind: 1, producer: 4, deltas: d(0)})
}

func TestMissingOffsetsAreCounted(t *testing.T) {
	b := &paper{high: 101, sheets: []sheet{{base: 0, length: 1, deltas: []int64{0}}, {base: 100, length: 1, deltas: []int64{0}}}}
	_, c := b.read(t, 0, Options{})
	if s := c.Status()[0]; s.Missing != 99 {
		t.Errorf("%+v", s)
	}
	// The sink hears of them with the message behind them, also where each batch comes in an answer of its own and where
	// nothing stands behind them.
	for _, size := range []int{1, 1 << 20} {
		b := &paper{high: 300, sheets: []sheet{{base: 0, length: 2, deltas: []int64{0, 1}}, {base: 100, length: 1, deltas: []int64{0}},
			{base: 200, length: 100}}}
		var got []indexer.Batch
		s := newSink()
		s.refuse = func(b indexer.Batch) error {
			if b.Missing > 0 || len(b.Messages) > 0 {
				got = append(got, indexer.Batch{Messages: slices.Clone(b.Messages), Next: b.Next, Missing: b.Missing})
			}
			return nil
		}
		b.readInto(t, 0, Options{FetchBytes: size}, s)
		var missing int64
		for _, g := range got {
			missing += g.Missing
			if g.Missing > 0 && g.Next <= 2 {
				t.Errorf("%d bytes a fetch: %d offsets are counted before offset %d", size, g.Missing, g.Next)
			}
		}
		if missing != 98+99 {
			t.Errorf("%d bytes a fetch: %d offsets are counted as missing, want 197: %+v", size, missing, got)
		}
	}
}

func TestFirstBatchCutOff(t *testing.T) {
	var all []int64
	for i := range int64(500) {
		all = append(all, i)
	}
	b := &paper{high: 500, cutFirst: true, sheets: []sheet{{base: 0, length: 500, deltas: all}}}
	if got, _ := b.read(t, 0, Options{FetchBytes: 100}); !equal(got, all) {
		t.Errorf("%d messages", len(got))
	}
}

// What a broker took with a right checksum but nobody can read goes to the dead
// letters, once, and the next message is applied.
func TestUnreadableBatches(t *testing.T) {
	noLeaks(t)
	f := func(reason string, first int64, bad sheet) {
		t.Helper()
		bad.base, bad.length = 1, 5
		b := &paper{high: 7, sheets: []sheet{{base: 0, length: 1, deltas: []int64{0}}, bad, {base: 6, length: 1, deltas: []int64{0}}}}
		got, c := b.read(t, 0, Options{})
		want := []int64{0}
		for o := int64(1); o < first; o++ {
			want = append(want, o)
		}
		if want = append(want, 6); !equal(got, want) {
			t.Errorf("%s: applied %v, want %v", reason, got, want)
		}
		if len(b.letters) != 1 {
			t.Fatalf("%s: %d dead letters", reason, len(b.letters))
		}
		var r indexer.Rejection
		if err := json.Unmarshal(b.letters[0], &r); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(r.Reason, reason) || r.Offset != first || r.Topic != "iif.updates" || r.Size == 0 || len(r.SHA256) != 64 {
			t.Errorf("want %q at %d: %+v", reason, first, r)
		}
		if s := c.Status()[0]; s.Unreadable != 6-first {
			t.Errorf("%s: %d unreadable", reason, s.Unreadable)
		}
	}
	two := []int64{0, 1}
	f("claims", 1, sheet{garbage: []byte{0xff, 0xff, 0xff, 0xff, 0x0f}, claimed: 5})
	f("claims", 1, sheet{garbage: []byte{3, 0}, claimed: 5}) // a length of -2
	f("too long", 1, sheet{garbage: []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), claimed: 5})
	f("ends too early", 1, sheet{garbage: []byte{20, 0}, claimed: 5})
	f("ends too early", 1, sheet{garbage: []byte{}, claimed: 1 << 30})
	f("ends too early", 3, sheet{deltas: two, claimed: 3})
	f("out of order", 2, sheet{deltas: []int64{0, 0, 1}})
	f("out of order", 3, sheet{deltas: []int64{0, 1, 5}})
	f("-1 records", 1, sheet{claimed: -1})
	f("unknown codec", 1, sheet{lies: 7, claimed: 1, garbage: []byte("x")})
	for codec := int8(1); codec <= 4; codec++ {
		f("", 1, sheet{lies: codec, claimed: 1, garbage: []byte("these bytes are not compressed")})
		f("ends too early", 3, sheet{codec: codec, deltas: two, claimed: 3})
	}
}

// Where dead letters are refused, nothing behind the bad batch is applied, and
// what stands before it is not applied twice.
func TestDeadLettersRefused(t *testing.T) {
	noLeaks(t)
	b := &paper{high: 7, refuse: 3, sheets: []sheet{
		{base: 0, length: 1, deltas: []int64{0}},
		{base: 1, length: 5, deltas: []int64{0, 1}, claimed: 1},
		{base: 6, length: 1, deltas: []int64{0}},
	}}
	got, _ := b.read(t, 0, Options{Backoff: time.Millisecond})
	if !equal(got, []int64{0, 1, 2, 6}) || len(b.letters) != 1 || b.refuse != 0 {
		t.Errorf("applied %v, %d dead letters", got, len(b.letters))
	}
}

// The time of a message is the producer's, or the broker's where the topic says so, in every codec.
func TestMessageTime(t *testing.T) {
	f := func(codec int8, attributes byte, want int64) {
		t.Helper()
		raw := (&sheet{length: 3, codec: codec, deltas: []int64{2}}).encode()
		raw[22] |= attributes
		binary.BigEndian.PutUint64(raw[35:], 1_700_000_009_000)
		b, _, _, err := nextBatch(raw)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		err = b.each(new(codecs), func(m indexer.Message) error {
			if n++; m.Time.UnixMilli() != want {
				t.Errorf("codec %d, attributes %d: %v", codec, attributes, m.Time)
			}
			return nil
		}, nil)
		if err != nil || n != 1 {
			t.Error(n, err)
		}
	}
	for codec := range int8(5) {
		f(codec, 0, 1_700_000_000_002) // the producer's clock
		f(codec, 8, 1_700_000_009_000) // the broker's
	}
}

func TestOldFormatStops(t *testing.T) {
	raw := (&sheet{length: 1, deltas: []int64{0}}).encode()
	raw[16] = 1
	if _, _, _, err := nextBatch(raw); !errors.Is(err, errMagic) {
		t.Errorf("format 1: %v", err)
	}
}

// Any log, read with any limits from any offset, gives exactly the committed
// messages that are left in it.
func TestWalkLaw(t *testing.T) {
	noLeaks(t)
	rapid.Check(t, func(rt *rapid.T) {
		b, want := drawLog(rt)
		next := rapid.Int64Range(0, b.high).Draw(rt, "next")
		o := Options{
			FetchBytes: rapid.IntRange(1, 2000).Draw(rt, "fetch"),
			BatchCount: rapid.IntRange(1, 40).Draw(rt, "count"),
			BatchBytes: rapid.IntRange(1, 500).Draw(rt, "bytes"),
		}
		var left []int64
		for _, w := range want {
			if w >= next {
				left = append(left, w)
			}
		}
		if got, _ := b.read(t, next, o); !equal(got, left) {
			rt.Fatalf("from %d: %v, want %v", next, got, left)
		}
	})
}

func drawLog(rt *rapid.T) (*paper, []int64) {
	b := &paper{cutFirst: rapid.Bool().Draw(rt, "old broker")}
	open := map[int64][]int64{} // offsets of open transactions by producer
	keep := map[int64]bool{}
	for range rapid.IntRange(1, 25).Draw(rt, "batches") {
		s := sheet{base: b.high + rapid.Int64Range(0, 3).Draw(rt, "gap"), codec: int8(rapid.IntRange(0, 4).Draw(rt, "codec"))}
		s.producer = rapid.Int64Range(1, 3).Draw(rt, "producer")
		s.length = 1
		switch _, pending := open[s.producer]; {
		case pending && rapid.Bool().Draw(rt, "end it"):
			s.txn, s.control, s.kind, s.codec, s.deltas = true, true, byte(rapid.IntRange(0, 1).Draw(rt, "kind")), 0, []int64{0}
			for _, o := range open[s.producer] {
				keep[o] = s.kind == 1
			}
			delete(open, s.producer)
		default:
			s.length = rapid.Int64Range(1, 12).Draw(rt, "length")
			s.txn = pending || rapid.Bool().Draw(rt, "transaction")
			for d := range s.length {
				if rapid.Bool().Draw(rt, "left") {
					s.deltas = append(s.deltas, d)
				}
			}
			if s.txn && !pending {
				open[s.producer] = []int64{} // open though compaction may have left nothing
			}
			for _, d := range s.deltas {
				if s.txn {
					open[s.producer] = append(open[s.producer], s.base+d)
				} else {
					keep[s.base+d] = true
				}
			}
		}
		b.sheets, b.high = append(b.sheets, s), s.end()
	}
	for p := int64(1); p <= 3; p++ { // end what is open
		if offsets, ok := open[p]; ok {
			b.sheets = append(b.sheets, sheet{base: b.high, length: 1, txn: true, control: true, kind: 1, producer: p, deltas: []int64{0}})
			b.high++
			for _, o := range offsets {
				keep[o] = true
			}
		}
	}
	var want []int64
	for o := int64(0); o < b.high; o++ {
		if keep[o] {
			want = append(want, o)
		}
	}
	return b, want
}

// Whatever bytes a broker sends, reading them ends, and what it takes for whole
// has a right checksum.
func FuzzBatch(f *testing.F) {
	for codec := int8(0); codec <= 4; codec++ {
		s := sheet{base: 5, length: 9, codec: codec, deltas: []int64{0, 3, 8}}
		f.Add(s.encode())
	}
	f.Add((&sheet{length: 3, claimed: 1 << 30}).encode())
	z := new(codecs)
	f.Fuzz(func(t *testing.T, data []byte) {
		for len(data) > 0 {
			b, rest, ok, err := nextBatch(data)
			if err != nil || !ok {
				return
			}
			if len(rest) >= len(data) {
				t.Fatal("no progress")
			}
			// The fuzzer does not find checksums: give the batch a right one.
			binary.BigEndian.PutUint32(b.raw[17:], crc32.Checksum(b.raw[21:], castagnoli))
			if err := b.whole(); err != nil {
				t.Fatal(err)
			}
			last := b.base - 1
			in := func(offset int64) error {
				if offset <= last || offset >= b.end {
					t.Fatalf("offset %d after %d in a batch that ends at %d", offset, last, b.end)
				}
				last = offset
				return nil
			}
			err = b.each(z, func(m indexer.Message) error { return in(m.Offset) }, func(r *badRecord) error { return in(r.offset) })
			if err != nil && !errors.Is(err, errDecode) {
				t.Fatalf("not called malformed: %v", err)
			}
			data = rest
		}
	})
}

// Lengths that small hostile batches claim are not believed.
func TestCodecClaims(t *testing.T) {
	z := new(codecs)
	f := func(code int8, packed, text string) {
		t.Helper()
		r, done, err := z.open(code, []byte(packed))
		if err == nil {
			_, err = io.ReadAll(r)
			done()
		}
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("want %q: %v", text, err)
		}
	}
	f(2, "\xff\xff\xff\xff\x0fx", "claims more than it can hold")
	f(2, "\x82SNAPPY\x00\x00\x00\x00\x01\x00\x00\x00\x01\xff\xff\xff\xff", "ends too early")
	f(2, "\x82SNAPPY\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00", "ends too early")
	f(2, "\x82SNAPPY\x00\x00", "ends too early")
	f(4, "\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00", "window size exceeded") // a window of 256 MiB
	f(5, "", "unknown codec 5")
}

// Any answer to a fetch is decoded or refused, without a panic.
func FuzzAnswer(f *testing.F) {
	f.Add(make([]byte, 80), int16(11))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 't', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}, int16(7))
	f.Fuzz(func(t *testing.T, b []byte, version int16) {
		a := new(answer)
		if err := a.decode(b, 4+(version&7)); err == nil && len(a.records) > len(b) {
			t.Fatal("more records than bytes")
		}
	})
}
