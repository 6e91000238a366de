package numbers

import (
	"math/bits"

	"anvesh/query/plate"
)

// prefixes are the prefixes of an index: what stands before the four digits, apart from the serials under each.
type prefixes struct {
	keys       []uint64   // packed as packPrefix does
	signatures []uint64   // which characters a prefix holds
	prefixOf   table      // prefix plus one by key
	byDeletion table      // first deletion of the prefixes that become this key by losing one character
	deletions  []deletion // the first is none
}

// A deletion holds prefixes that become one key by losing one character, with their own keys, so that most are told
// from the one sought without another look. The list goes on at next; deletion 0 is none.
type deletion struct {
	keys     [deletionSize]uint64
	prefixes [deletionSize]uint32
	n        uint32
	next     uint32
}

const deletionSize = 4

// find gives the prefix of a key, with or without registrations.
func (x *prefixes) find(key uint64) (h uint32, known bool) {
	n := x.prefixOf.get(key)
	return uint32(n - 1), n > 0
}

// add takes a prefix that is not there.
func (x *prefixes) add(key uint64) uint32 {
	h := uint32(len(x.keys))
	var b [plate.MaxPrefixLen]byte
	front := unpackPrefix(&b, key)
	x.keys = append(x.keys, key)
	x.signatures = append(x.signatures, signatureOf(string(front)))
	x.prefixOf.put(key, uint64(h+1))
	for i := range front {
		if i == 0 || front[i] != front[i-1] {
			x.addDeletion(lose(key, i), key, h)
		}
	}
	return h
}

// addDeletion adds a prefix to those that become short by losing one character.
func (x *prefixes) addDeletion(short, key uint64, h uint32) {
	if len(x.deletions) == 0 {
		x.deletions = make([]deletion, 1)
	}
	at := x.byDeletion.get(short)
	if at == 0 || x.deletions[at].n == deletionSize {
		x.deletions = append(x.deletions, deletion{next: uint32(at)})
		at = uint64(len(x.deletions) - 1)
		x.byDeletion.put(short, at)
	}
	l := &x.deletions[at]
	l.keys[l.n], l.prefixes[l.n] = key, h
	l.n++
}

// A table finds numbers over 0 by keys: open addressing, at most three quarters full. It is searched where it lies, on
// the heap or in a file.
type table struct {
	slots []tableSlot // a power of two
	n     int
}

// A tableSlot is free where its value is 0.
type tableSlot struct{ key, value uint64 }

// slot is the place of a key, or the free one where it belongs; there must be slots.
func (t *table) slot(key uint64) *tableSlot {
	mask := uint64(len(t.slots) - 1)
	for i := mix(key) & mask; ; i = (i + 1) & mask {
		if s := &t.slots[i]; s.key == key || s.value == 0 {
			return s
		}
	}
}

// get is the value of a key, 0 where it has none.
func (t *table) get(key uint64) uint64 {
	if len(t.slots) == 0 {
		return 0
	}
	return t.slot(key).value
}

// put gives a key a value.
func (t *table) put(key, value uint64) {
	if 4*(t.n+1) > 3*len(t.slots) {
		old := t.slots
		t.slots = make([]tableSlot, max(16, 2*len(old)))
		for _, s := range old {
			if s.value != 0 {
				*t.slot(s.key) = s
			}
		}
	}
	s := t.slot(key)
	if s.value == 0 {
		t.n++
	}
	*s = tableSlot{key, value}
}

// packPrefix packs up to eight characters, the first in the highest byte. Longer ones give 0, as the empty prefix does.
func packPrefix(s string) uint64 {
	if len(s) > plate.MaxPrefixLen {
		return 0
	}
	key := uint64(0)
	for i := 0; i < len(s); i++ {
		key |= uint64(s[i]) << (56 - 8*i)
	}
	return key
}

// signatureOf has a bit for each symbol in s.
func signatureOf(s string) uint64 {
	signature := uint64(0)
	for i := 0; i < len(s); i++ {
		signature |= 1 << plate.Code(s[i])
	}
	return signature
}

// missing counts the characters of signature a that b does not hold: at least so many edits are between the two.
func missing(a, b uint64) int { return bits.OnesCount64(a &^ b) }

// lose takes character i out of a packed prefix.
func lose(key uint64, i int) uint64 {
	before := ^uint64(0) << (64 - 8*i)
	return key&before | key<<8&^before
}
