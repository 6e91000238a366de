package numbers

import (
	"cmp"
	"sort"

	"anvesh/query/plate"
)

// A stringIndex holds distinct strings of any shape: chassis and engine numbers, and the registrations that do not end
// in four digits. Each is kept packed by ordinal, in a hash table for exact look-up, in sorted runs for look-up within
// edits (apart by length, which tells how many edits must be insertions), and under its n-grams of four for fragments.
// Strings that cannot be packed (over twenty characters, or beyond A-Z, 0-9 and ?) stay aside, few as they are, and are
// looked at one by one.
//
// A string keeps its ordinal for good; without bearers it is passed over by searches. A frozen index (frozen.go) has the
// same arrays, in a file, but for the last ones.
type stringIndex struct {
	keys   []packedString
	table  []uint32                   // ordinal plus one by hash, open addressing, at most three quarters full
	sorted *[packedLen + 1]sortedRuns // by length; nil where nothing is packed
	ngrams ngrams

	frozen *frozenStrings
	gone   *Gone  // what it does not hold any more
	first  uint32 // place of ordinal 0 in gone

	odd     map[uint32]string
	oddOrds map[string]uint32
	bearers bearers
}

// len is the number of ordinals given.
func (x *stringIndex) len() int {
	if x.frozen != nil {
		return len(x.keys) + x.frozen.odds()
	}
	return len(x.keys)
}

// living is how many strings are alive.
func (x *stringIndex) living() int {
	n := x.len()
	return n - x.gone.within(x.first, x.first+uint32(n))
}

// alive tells whether a string has bearers, or has not gone.
func (x *stringIndex) alive(ord uint32) bool { return !x.gone.Has(x.first + ord) }

// lookup finds the ordinal of a packed key.
func (x *stringIndex) lookup(key packedString) (uint32, bool) {
	if len(x.table) == 0 {
		return 0, false
	}
	signature := uint64(len(x.table) - 1)
	for i := key.hash() & signature; x.table[i] != 0; i = (i + 1) & signature {
		if ord := x.table[i] - 1; x.keys[ord] == key {
			return ord, true
		}
	}
	return 0, false
}

// find gives the ordinal of s, whether or not it has bearers.
func (x *stringIndex) find(s string) (uint32, bool) {
	key, ok := pack(s)
	switch {
	case ok && s != "":
		return x.lookup(key)
	case x.frozen != nil:
		at, ok := x.frozen.findOdd(s)
		return uint32(len(x.keys) + at), ok
	}
	ord, ok := x.oddOrds[s]
	return ord, ok
}

// borne tells whether s is held, and alive.
func (x *stringIndex) borne(s string) bool {
	ord, held := x.find(s)
	return held && x.alive(ord)
}

// oddAt is a string that is not packed, "" for any other.
func (x *stringIndex) oddAt(ord uint32) string {
	if x.frozen == nil {
		return x.odd[ord]
	} else if n := uint32(len(x.keys)); ord >= n {
		return x.frozen.oddAt(int(ord - n))
	}
	return ""
}

// keyAt is a string packed, zero for an odd one.
func (x *stringIndex) keyAt(ord uint32) packedString {
	if int(ord) < len(x.keys) {
		return x.keys[ord]
	}
	return packedString{}
}

// odds goes through the strings that are not packed.
func (x *stringIndex) odds(yield func(ord uint32, s string) bool) {
	if x.frozen != nil {
		for i := range x.frozen.odds() {
			if !yield(uint32(len(x.keys)+i), x.frozen.oddAt(i)) {
				return
			}
		}
		return
	}
	for ord, s := range x.odd {
		if !yield(ord, s) {
			return
		}
	}
}

// compare orders a string of x and one of y: as their codes do where they are packed, behind those that are not.
func (x *stringIndex) compare(a uint32, y *stringIndex, b uint32) int {
	k, l := x.keyAt(a), y.keyAt(b)
	switch {
	case k.less(l):
		return -1
	case l.less(k):
		return 1
	}
	return cmp.Compare(x.oddAt(a), y.oddAt(b))
}

// add counts one more bearer of s and gives its ordinal.
func (x *stringIndex) add(s string) uint32 {
	x.changeable()
	ord, ok := x.find(s)
	if !ok {
		ord = x.insert(s)
	}
	x.bearers.add(ord, x.gone)
	return ord
}

func (x *stringIndex) changeable() {
	if x.frozen != nil {
		panic("BUG: a frozen index of numbers does not change")
	}
}

// remove takes one bearer.
func (x *stringIndex) remove(ord uint32) {
	x.changeable()
	x.bearers.remove(ord, x.gone)
}

// insert takes a string that is not held.
func (x *stringIndex) insert(s string) uint32 {
	ord := uint32(len(x.keys))
	key, ok := pack(s)
	if !ok || s == "" {
		if x.odd == nil {
			x.odd, x.oddOrds = make(map[uint32]string), make(map[string]uint32)
		}
		x.odd[ord], x.oddOrds[s] = s, ord
		x.keys = append(x.keys, packedString{})
		return ord
	}
	x.keys = append(x.keys, key)
	if 4*len(x.keys) > 3*len(x.table) {
		x.rehash()
	} else {
		x.place(ord)
	}
	if x.sorted == nil {
		x.sorted = new([packedLen + 1]sortedRuns)
	}
	x.sorted[len(s)].add(key, ord)
	key.ngrams(func(n ngram) { x.ngrams.add(n, ord) })
	return ord
}

func (x *stringIndex) place(ord uint32) {
	signature := uint64(len(x.table) - 1)
	i := x.keys[ord].hash() & signature
	for x.table[i] != 0 {
		i = (i + 1) & signature
	}
	x.table[i] = ord + 1
}

func (x *stringIndex) rehash() {
	x.table = make([]uint32, max(64, 2*len(x.table)))
	for ord := range x.keys {
		if x.keys[ord] != (packedString{}) {
			x.place(uint32(ord))
		}
	}
}

// key is the string of an ordinal, "" for one that was never given.
func (x *stringIndex) key(ord uint32) string {
	var b [plate.MaxText]byte
	return string(x.appendKey(b[:0], ord))
}

func (x *stringIndex) appendKey(dst []byte, ord uint32) []byte {
	key := x.keyAt(ord)
	if key == (packedString{}) {
		return append(dst, x.oddAt(ord)...)
	}
	var b [packedLen]byte
	return append(dst, key.unpack(&b)...)
}

// hasPrefix reports whether a string of this length that has bearers begins with prefix.
func (x *stringIndex) hasPrefix(prefix string, size int) bool {
	least, ok := pack(prefix)
	return ok && x.begins(least, len(prefix), size)
}

// begins is hasPrefix for the first n characters of a packed string.
func (x *stringIndex) begins(s packedString, n, size int) bool {
	if x.sorted == nil {
		return false
	}
	least := s.first(n)
	r := &x.sorted[size]
	for i, key := range r.tail.keys {
		if key.begins(least, n) && x.alive(r.tail.ords[i]) {
			return true
		}
	}
	for i := range r.levels {
		keys := r.levels[i].keys
		at := sort.Search(len(keys), func(i int) bool { return !keys[i].less(least) })
		for ; at < len(keys) && keys[at].begins(least, n); at++ {
			if x.alive(r.levels[i].ord(at)) {
				return true
			}
		}
	}
	return false
}
