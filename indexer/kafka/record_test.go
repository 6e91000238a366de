package kafka

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"testing"

	"anvesh/indexer"
)

// plainRecord is a record with the key k and the text of its offset.
func plainRecord(base, delta int64) []byte {
	return record(delta, []byte("k"), text(base+delta))
}

func record(delta int64, key, value []byte) []byte {
	r := []byte{0}
	r = binary.AppendVarint(r, delta)
	r = binary.AppendVarint(r, delta)
	r = append(binary.AppendVarint(r, int64(len(key))), key...)
	r = append(binary.AppendVarint(r, int64(len(value))), value...)
	r = binary.AppendVarint(r, 0)
	return append(binary.AppendVarint(nil, int64(len(r))), r...)
}

// letter is one of the dead letters of a paper broker.
func (b *paper) letter(t *testing.T, i int) (r indexer.Rejection) {
	t.Helper()
	if i >= len(b.letters) {
		t.Fatalf("%d dead letters", len(b.letters))
	}
	if err := json.Unmarshal(b.letters[i], &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// A record that cannot be read takes no other with it, in any codec: those before and behind it are applied, it goes to the
// dead letters with its own offset, and is counted with the offset that moves over it.
func TestBadRecordStandsAlone(t *testing.T) {
	noLeaks(t)
	const base = 1
	long := record(2, []byte("k"), bytes.Repeat([]byte("long "), 4<<10))
	cut := []byte{20, 0, 4, 4, 40, 'k', 'k', 'k', 'k', 'k', 'k'} // of ten bytes, whose key claims twenty
	keyless := []byte{2, 0}                                      // of one byte, which does not come to its offset
	f := func(reason string, bad []byte) {
		t.Helper()
		for codec := range int8(5) {
			if codec == 0 && len(bad) > 1<<10 {
				continue // what is not packed cannot be longer than its batch
			}
			records := append(append(append(plainRecord(base, 0), plainRecord(base, 1)...), bad...), plainRecord(base, 3)...)
			b := &paper{high: 6, sheets: []sheet{{base: 0, length: 1, deltas: []int64{0}},
				{base: base, length: 4, codec: codec, garbage: records, claimed: 4}, {base: 5, length: 1, deltas: []int64{0}}}}
			s := newSink()
			got, c := b.readWith(t, Options{}, s, func(c *Client) { c.codecs.maxRecord = 10 << 10 })
			if !equal(got, []int64{0, 1, 2, 4, 5}) {
				t.Errorf("%s, codec %d: applied %v, want all but offset 3", reason, codec, got)
			}
			if len(b.letters) != 1 {
				t.Fatalf("%s, codec %d: %d dead letters", reason, codec, len(b.letters))
			}
			body := bad[len(bad)-func() int { n, _ := binary.Varint(bad); return int(n) }():]
			sum := sha256.Sum256(body)
			if r := b.letter(t, 0); r.Offset != 3 || !strings.Contains(r.Reason, reason) || r.Size != len(body) || r.SHA256 != hex.EncodeToString(sum[:]) || len(r.Head) > 2*rejectHead {
				t.Errorf("%s, codec %d: dead letter of offset %d, %d bytes: %s", reason, codec, r.Offset, r.Size, r.Reason)
			}
			if n := c.Status()[0].Unreadable; n != 1 || s.unreadable != 1 {
				t.Errorf("%s, codec %d: %d and %d are counted", reason, codec, n, s.unreadable)
			}
		}
	}
	f("bytes, at most 10240 are read", long)
	f("a field claims 20 bytes", cut)
	f("ends too early", keyless)
}

// A gzip batch with a record over 64 MiB does not take the valid message behind it along, and is not held in memory.
func TestRecordTooLarge(t *testing.T) {
	noLeaks(t)
	records := append(append(plainRecord(1, 0), record(1, nil, make([]byte, maxRecord))...), plainRecord(1, 2)...)
	b := &paper{high: 4, sheets: []sheet{{base: 0, length: 1, deltas: []int64{0}}, {base: 1, length: 3, codec: 1, garbage: records, claimed: 3}}}
	raw := b.sheets[1].encode()
	batch, _, _, err := nextBatch(raw)
	if err != nil {
		t.Fatal(err)
	}
	records = nil
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	bad := 0
	err = batch.each(new(codecs), func(indexer.Message) error { return nil }, func(*badRecord) error { bad++; return nil })
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; err != nil || bad != 1 || got > 4<<20 {
		t.Errorf("%v, %d bad records, %d bytes allocated", err, bad, got)
	}
	got, c := b.read(t, 0, Options{})
	if !equal(got, []int64{0, 1, 3}) || c.Status()[0].Unreadable != 1 {
		t.Errorf("applied %v, %+v", got, c.Status())
	}
	if r := b.letter(t, 0); r.Offset != 2 || !strings.Contains(r.Reason, "at most 67108864 are read") {
		t.Errorf("dead letter %+v", r)
	}
}

// A batch that unpacks without end is read up to a bound, in every codec: what stands before it is applied, the rest is one letter.
func TestBomb(t *testing.T) {
	noLeaks(t)
	records := append(plainRecord(0, 0), record(1, nil, make([]byte, 3<<20))...)
	records = append(records, plainRecord(0, 2)...)
	for codec := int8(1); codec <= 4; codec++ {
		b := &paper{high: 3, sheets: []sheet{{base: 0, length: 3, codec: codec, garbage: records, claimed: 3}}}
		s := newSink()
		got, _ := b.readWith(t, Options{}, s, func(c *Client) { c.codecs.maxRecord, c.codecs.maxUnpacked = 1<<10, 1<<20 })
		if r := b.letter(t, 0); !equal(got, []int64{0}) || len(b.letters) != 1 || r.Offset != 1 || !strings.Contains(r.Reason, "unpacks to more") || s.unreadable != 2 {
			t.Errorf("codec %d: applied %v, %d letters, %d counted, %+v", codec, got, len(b.letters), s.unreadable, r)
		}
	}
}

// A thousand bad records of one batch make a hundred letters, and all are counted.
func TestLettersOfABatchAreBounded(t *testing.T) {
	noLeaks(t)
	var records []byte
	for i := range int64(1500) {
		if i%3 == 0 {
			records = append(records, plainRecord(0, i)...)
		} else {
			records = append(records, 2, 0)
		}
	}
	b := &paper{high: 1500, sheets: []sheet{{base: 0, length: 1500, codec: 4, garbage: records, claimed: 1500}}}
	s := newSink()
	got, _ := b.readWith(t, Options{}, s, nil)
	last := b.letter(t, len(b.letters)-1)
	if len(b.letters) != maxLetters || len(got)+int(s.unreadable) != 1500 || !strings.Contains(last.Reason, "others behind it") {
		t.Errorf("%d letters, %d applied, %d counted, last %q", len(b.letters), len(got), s.unreadable, last.Reason)
	}
}

// Where the dead letter of a single record is refused, nothing behind it is applied before it is taken.
func TestLetterOfARecordRefused(t *testing.T) {
	noLeaks(t)
	records := append(append(plainRecord(0, 0), 2, 0), plainRecord(0, 2)...)
	b := &paper{high: 3, refuse: 2, sheets: []sheet{{base: 0, length: 3, codec: 1, garbage: records, claimed: 3}}}
	s := newSink()
	s.refuse = func(batch indexer.Batch) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if batch.Next > 1 && len(b.letters) == 0 {
			return errors.New("BUG: applied before its letter")
		}
		return nil
	}
	got, _ := b.readWith(t, Options{Backoff: 1}, s, nil)
	if !equal(got, []int64{0, 2}) || len(b.letters) != 1 || s.unreadable != 1 {
		t.Errorf("applied %v, %d letters, %d counted", got, len(b.letters), s.unreadable)
	}
}

// Of Java's framing of snappy, blocks before a broken one are read.
func TestSnappyBlocks(t *testing.T) {
	good := (&sheet{length: 3, codec: 2, deltas: []int64{0, 1, 2}}).encode()
	if !bytes.HasPrefix(good[headerSize:], xerial) {
		t.Fatal("the test's snappy is not Java's")
	}
	broken := append(bytes.Clone(good), 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff)
	binary.BigEndian.PutUint32(broken[8:], uint32(len(broken)-12))
	binary.BigEndian.PutUint32(broken[57:], 4)
	binary.BigEndian.PutUint32(broken[23:], 3)
	b, _, _, err := nextBatch(broken)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = b.each(new(codecs), func(indexer.Message) error { n++; return nil }, nil)
	if !errors.Is(err, errDecode) || n != 3 {
		t.Errorf("%d messages, %v", n, err)
	}
}
