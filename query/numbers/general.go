package numbers

import (
	"cmp"
	"sort"

	"anvesh/query/plate"
)

// general holds distinct strings of any shape: chassis and engine numbers, and the registrations that do not end in
// four digits. Each is kept packed by ordinal, in a hash table for exact look-up, in sorted runs for look-up within
// edits (apart by length, which tells how many edits must be insertions), and under its stretches of four for fragments. Strings that cannot be packed (over twenty characters, or
// beyond A-Z, 0-9 and ?) stay aside, few as they are, and are looked at one by one.
//
// A string keeps its ordinal for good; without bearers it is passed over by searches.
type general struct {
	keys    []packed
	table   []uint32            // ordinal plus one by hash, open addressing, at most three quarters full
	sorted  [packedLen + 1]runs // by length
	grams   grams
	odd     map[uint32]string
	oddOrds map[string]uint32
	bearers bearers
	digest  uint64
	live    int
}

// lookup finds the ordinal of a packed key.
func (g *general) lookup(key packed) (uint32, bool) {
	if len(g.table) == 0 {
		return 0, false
	}
	mask := uint64(len(g.table) - 1)
	for i := key.hash() & mask; g.table[i] != 0; i = (i + 1) & mask {
		if ord := g.table[i] - 1; g.keys[ord] == key {
			return ord, true
		}
	}
	return 0, false
}

// find gives the ordinal of s, whether or not it has bearers.
func (g *general) find(s string) (uint32, bool) {
	key, ok := pack(s)
	if !ok || s == "" {
		ord, ok := g.oddOrds[s]
		return ord, ok
	}
	return g.lookup(key)
}

// compare orders two strings: as their codes do where they are packed, behind those that are not.
func (g *general) compare(a, b uint32) int {
	x, y := g.keys[a], g.keys[b]
	switch {
	case x.less(y):
		return -1
	case y.less(x):
		return 1
	}
	return cmp.Compare(g.odd[a], g.odd[b])
}

// add counts one more bearer of s and gives its ordinal.
func (g *general) add(s string) uint32 {
	ord, ok := g.find(s)
	if !ok {
		ord = g.insert(s)
	}
	g.count(ord, s, g.bearers.get(ord)+1)
	return ord
}

// remove takes one bearer.
func (g *general) remove(ord uint32) {
	if n := g.bearers.get(ord); n > 0 {
		g.count(ord, g.key(ord), n-1)
	}
}

// count sets the bearers of a string and keeps digest and live in step.
func (g *general) count(ord uint32, s string, n int) {
	before := g.bearers.get(ord)
	g.digest += digestOf(s, n) - digestOf(s, before)
	if before == 0 && n > 0 {
		g.live++
	} else if before > 0 && n == 0 {
		g.live--
	}
	g.bearers.set(ord, n)
}

// insert takes a string that is not held.
func (g *general) insert(s string) uint32 {
	ord := uint32(len(g.keys))
	key, ok := pack(s)
	if !ok || s == "" {
		if g.odd == nil {
			g.odd, g.oddOrds = make(map[uint32]string), make(map[string]uint32)
		}
		g.odd[ord], g.oddOrds[s] = s, ord
		g.keys = append(g.keys, packed{})
		return ord
	}
	g.keys = append(g.keys, key)
	if 4*len(g.keys) > 3*len(g.table) {
		g.rehash()
	} else {
		g.place(ord)
	}
	g.sorted[len(s)].add(key, ord)
	key.grams(func(x gram) { g.grams.add(x, ord) })
	return ord
}

func (g *general) place(ord uint32) {
	mask := uint64(len(g.table) - 1)
	i := g.keys[ord].hash() & mask
	for g.table[i] != 0 {
		i = (i + 1) & mask
	}
	g.table[i] = ord + 1
}

func (g *general) rehash() {
	g.table = make([]uint32, max(64, 2*len(g.table)))
	for ord := range g.keys {
		if g.keys[ord] != (packed{}) {
			g.place(uint32(ord))
		}
	}
}

// key is the string of an ordinal, "" for one that was never given.
func (g *general) key(ord uint32) string {
	var b [plate.MaxText]byte
	return string(g.appendKey(b[:0], ord))
}

func (g *general) appendKey(dst []byte, ord uint32) []byte {
	if int(ord) >= len(g.keys) {
		return dst
	}
	if g.keys[ord] == (packed{}) {
		return append(dst, g.odd[ord]...)
	}
	var b [packedLen]byte
	return append(dst, g.keys[ord].unpack(&b)...)
}

// hasPrefix reports whether a string of this length that has bearers begins with prefix.
func (g *general) hasPrefix(prefix string, size int) bool {
	least, ok := pack(prefix)
	if !ok {
		return false
	}
	r := &g.sorted[size]
	for i, key := range r.tail.keys {
		if key.begins(least, len(prefix)) && g.bearers.get(r.tail.ords[i]) > 0 {
			return true
		}
	}
	for i := range r.levels {
		keys := r.levels[i].keys
		at := sort.Search(len(keys), func(i int) bool { return !keys[i].less(least) })
		for ; at < len(keys) && keys[at].begins(least, len(prefix)); at++ {
			if g.bearers.get(r.levels[i].ords[at]) > 0 {
				return true
			}
		}
	}
	return false
}
