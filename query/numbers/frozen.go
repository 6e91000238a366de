package numbers

import (
	"encoding/binary"
	"sort"

	"anvesh/query/snapshot"
)

// A frozen index lies in a flat file as doc.go draws it, and is searched there. Its ordinals count up in the order of
// its numbers, so that a number's place is its ordinal.

// frozenPlates is what a frozen index of registrations has in place of grownPlates.
type frozenPlates struct {
	prefixes    []frozenPrefix // and one more, where the serials end
	serials     []uint16       // by ordinal
	sets        []serialSet
	holders     []holder
	holdersFrom []uint32 // by serial, and one more
}

// A frozenPrefix says where its serials begin, and which serialSet is theirs, from 1 on; 0 is none.
type frozenPrefix struct{ from, set uint32 }

// frozenStrings are the strings of a frozen index that are not packed, sorted; their ordinals follow those that are.
type frozenStrings struct {
	ends []uint32
	text []byte
}

// frozenNgrams are the postings of a frozen index.
type frozenNgrams struct {
	slots []ngramSlot // open addressing, a power of two
	bytes []byte
}

// An ngramSlot says where the postings of an n-gram begin; one without postings is free.
type ngramSlot struct {
	ngram ngram
	count uint32
	from  uint64
}

// OpenPlates gives the index of registrations that MergePlates wrote into a flat file under a name. Nothing is built and
// nothing read but the ends of some arrays; the file must have been verified, and stay mapped as long as the index is
// used. Add and Remove panic.
func OpenPlates(f *snapshot.Flat, name string) (*PlateIndex, error) {
	r := frozenReader{f, name}
	x := &PlateIndex{frozen: &frozenPlates{}}
	z := x.frozen
	x.keys, x.signatures = arrayOf[uint64](r, "keys"), arrayOf[uint64](r, "signatures")
	x.prefixOf.slots, x.byDeletion.slots = arrayOf[tableSlot](r, "prefix of"), arrayOf[tableSlot](r, "by deletion")
	x.deletions = arrayOf[deletion](r, "deletions")
	z.prefixes, z.serials, z.sets = arrayOf[frozenPrefix](r, "prefixes"), arrayOf[uint16](r, "serials"), arrayOf[serialSet](r, "sets")
	z.holders, z.holdersFrom = arrayOf[holder](r, "holders"), arrayOf[uint32](r, "holders from")
	n := len(x.keys)
	r.hold("signatures", len(x.signatures) == n)
	r.hold("prefixes", len(z.prefixes) == n+1 && int(z.prefixes[n].from) == len(z.serials))
	r.hold("prefix of", isTable(len(x.prefixOf.slots), n))
	r.hold("by deletion", isTable(len(x.byDeletion.slots), 0))
	r.hold("holders", len(z.holders) == len(z.serials))
	r.hold("holders from", len(z.holdersFrom) == allSerials+1 && int(z.holdersFrom[allSerials]) == len(z.holders))
	x.rest = openStrings(frozenReader{f, name + " rest"})
	return x.WithGone(nil), f.Err()
}

// OpenNumbers is OpenPlates for chassis and engine numbers.
func OpenNumbers(f *snapshot.Flat, name string) (*NumberIndex, error) {
	return &NumberIndex{openStrings(frozenReader{f, name})}, f.Err()
}

func openStrings(r frozenReader) stringIndex {
	x := stringIndex{keys: arrayOf[packedString](r, "keys"), table: arrayOf[uint32](r, "table"), sorted: new([packedLen + 1]sortedRuns)}
	x.frozen = &frozenStrings{arrayOf[uint32](r, "odd ends"), arrayOf[byte](r, "odd text")}
	x.ngrams.frozen = &frozenNgrams{arrayOf[ngramSlot](r, "n-grams"), arrayOf[byte](r, "postings")}
	sizes := arrayOf[uint32](r, "sizes")
	ascending := len(sizes) == packedLen+2 && sort.SliceIsSorted(sizes, func(i, j int) bool { return sizes[i] < sizes[j] })
	if !r.hold("sizes", ascending && sizes[0] == 0 && int(sizes[packedLen+1]) == len(x.keys)) {
		return x
	}
	for size := range x.sorted {
		last := &x.sorted[size].levels[1]
		last.keys, last.first = x.keys[sizes[size]:sizes[size+1]], sizes[size]
	}
	r.hold("table", isTable(len(x.table), len(x.keys)))
	r.hold("n-grams", isTable(len(x.ngrams.frozen.slots), 0))
	n := len(x.frozen.ends)
	r.hold("odd ends", n == 0 || int(x.frozen.ends[n-1]) == len(x.frozen.text))
	return x
}

// isTable tells whether a table of so many slots finds n keys, and ends where a key is not there.
func isTable(slots, n int) bool { return slots&(slots-1) == 0 && (slots > n || slots == 0 && n == 0) }

// A frozenReader reads the arrays of one index.
type frozenReader struct {
	f    *snapshot.Flat
	name string
}

func arrayOf[T any](r frozenReader, name string) []T {
	return snapshot.Array[T](r.f, r.name+" "+name)
}

// hold refuses an array that is not as it must be.
func (r frozenReader) hold(name string, is bool) bool {
	if !is {
		r.f.Refuse("array " + r.name + " " + name + " does not fit the others")
	}
	return is
}

// WithGone gives the frozen index without the numbers that are marked, now or later: they are in no answer, as if they had
// been removed. The arrays are shared, nothing is copied.
func (x *PlateIndex) WithGone(gone *Gone) *PlateIndex {
	if x.frozen == nil {
		panic("BUG: an index that is added to forgets by Remove")
	}
	y := *x
	y.gone, y.rest.gone, y.rest.first = gone, gone, uint32(len(x.frozen.serials))
	return &y
}

// WithGone is that of PlateIndex.
func (x *NumberIndex) WithGone(gone *Gone) *NumberIndex {
	if x.index.frozen == nil {
		panic("BUG: an index that is added to forgets by Remove")
	}
	y := *x
	y.index.gone = gone
	return &y
}

func (z *frozenStrings) odds() int { return len(z.ends) }

func (z *frozenStrings) oddAt(i int) string {
	from := uint32(0)
	if i > 0 {
		from = z.ends[i-1]
	}
	return string(z.text[from:z.ends[i]])
}

func (z *frozenStrings) findOdd(s string) (int, bool) {
	return sort.Find(z.odds(), func(i int) int {
		switch at := z.oddAt(i); {
		case s < at:
			return -1
		case s > at:
			return 1
		}
		return 0
	})
}

func (z *frozenNgrams) list(x ngram) postings {
	if len(z.slots) == 0 {
		return postings{}
	}
	s := ngramSlotOf(z.slots, x)
	if s.count == 0 {
		return postings{}
	}
	return postings{bytes: z.bytes[s.from:], count: s.count}
}

// ngramSlotOf is the slot of an n-gram, or the free one where it belongs.
func ngramSlotOf(slots []ngramSlot, x ngram) *ngramSlot {
	mask := uint64(len(slots) - 1)
	for i := mix(uint64(x)) & mask; ; i = (i + 1) & mask {
		if s := &slots[i]; s.ngram == x || s.count == 0 {
			return s
		}
	}
}

// appendDelta is how postings are written.
func appendDelta(dst []byte, delta uint32) []byte { return binary.AppendUvarint(dst, uint64(delta)) }
