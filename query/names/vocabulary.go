package names

import (
	"maps"
	"slices"
	"strings"

	"anvesh/query/name"
)

// A vocabulary holds every token once, by number, and finds the tokens near a sound.
//
// Near means: they share a skeleton key, and their cost is at most farthest. The keys of a token are its skeleton, the
// skeleton of its stem, and the skeleton less one letter; nearKeys says which may meet, for the index and for a pair of
// names that stand in no index, so that both agree. Tokens are never removed and keep their numbers.
type vocabulary struct {
	costs  *name.Costs
	number map[string]uint32 // Latin -> token number
	sounds []name.Sound
	hashes []uint64 // of the tokens' letters
	keys   multimap // skeleton keys -> token numbers

	byLetter [26][]uint32 // letter class -> tokens of more than one letter that begin with it
	asked    *nearWords   // what was near to words that were asked
}

const (
	keyWhole    = iota + 1 // the skeleton, or the stem's
	keyLess                // a skeleton of three letters less one
	keyLessLong            // a longer skeleton less one
)

// lessMin is the shortest skeleton that is looked up less one letter; shorter ones would meet half the vocabulary.
const lessMin = 3

// hashOf is a 64-bit FNV-1a over the letters of a token.
func hashOf[T string | []byte](latin T) uint64 {
	h := uint64(fnvBasis)
	for i := 0; i < len(latin); i++ {
		h = (h ^ uint64(latin[i])) * fnvPrime
	}
	return h
}

// The parameters of a 64-bit FNV-1a.
const (
	fnvBasis = 14695981039346656037
	fnvPrime = 1099511628211
)

// blockingKeys are those of one sound. Whole keys meet whole and less keys; less keys meet less keys only where both
// skeletons have four letters or more. For shorter skeletons the keys of the skeletons with one letter taken for another
// of a confused pair meet the whole keys.
type blockingKeys struct {
	whole [2]uint32
	less  [name.MaxCodes]uint32
	other [maxOther]uint32
	nw    int
	nl    int
	no    int
	long  bool
}

func keysOf(s *name.Sound) (k blockingKeys) {
	k.whole[0], k.nw = skeletonHash(s.Skeleton())&^3, 1
	var b [name.MaxCodes]byte
	if len(s.Stem()) < len(s.Codes()) {
		k.whole[1], k.nw = skeletonHash(name.AppendSkeleton(b[:0], s.Stem()))&^3, 2
	}
	skel := s.Skeleton()
	k.long = len(skel) > lessMin
	if len(skel) >= 2 && !k.long {
		k.others(append(b[:0], skel...))
	}
	if len(skel) < lessMin {
		return k
	}
	for i := range skel {
		if i > 0 && skel[i] == skel[i-1] {
			continue
		}
		k.less[k.nl] = skeletonHash(append(append(b[:0], skel[:i]...), skel[i+1:]...)) &^ 3
		k.nl++
	}
	return k
}

// confused are the consonant classes that are written for each other at a low cost.
var confused = [...]string{"td", "dr", "kg", "cs", "cj", "pb", "lr", "gj", "js"}

// maxOther bounds the other keys: three letters, each in three pairs at most.
const maxOther = 9

func (k *blockingKeys) others(skel []byte) {
	for i, c := range skel {
		for _, p := range confused {
			to := byte(0)
			switch c {
			case p[0]:
				to = p[1]
			case p[1]:
				to = p[0]
			default:
				continue
			}
			skel[i] = to
			k.other[k.no] = skeletonHash(skel) &^ 3
			k.no++
			skel[i] = c
		}
	}
}

// meets reports whether two sounds share a key.
func meets(a, b *blockingKeys) bool {
	for _, x := range a.whole[:a.nw] {
		if has(b.whole[:b.nw], x) || has(b.less[:b.nl], x) {
			return true
		}
	}
	for _, x := range a.less[:a.nl] {
		if has(b.whole[:b.nw], x) || a.long && b.long && has(b.less[:b.nl], x) {
			return true
		}
	}
	return has(a.other[:a.no], b.whole[0])
}

func has(list []uint32, x uint32) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

// Keys in the multimap are the skeleton hashes with their kind in the low bits, so that kinds do not meet by accident.
func mapKey(hash, kind uint32) uint32 { return hash | kind }

func newVocabulary() *vocabulary {
	return &vocabulary{costs: name.StandardCosts(), number: map[string]uint32{}, asked: new(nearWords)}
}

func (v *vocabulary) clone() *vocabulary {
	w := *v
	w.number, w.keys, w.asked = maps.Clone(v.number), v.keys.clone(), new(nearWords)
	w.sounds, w.hashes = slices.Clip(v.sounds), slices.Clip(v.hashes)
	for c, ids := range v.byLetter {
		w.byLetter[c] = slices.Clip(ids)
	}
	return &w
}

// Len is the number of distinct tokens.
func (v *vocabulary) Len() int { return len(v.sounds) }

// add gives the number of a token, a new one if it was not known.
func (v *vocabulary) add(latin string) (id uint32) {
	if id, ok := v.number[latin]; ok {
		return id
	}
	latin = strings.Clone(latin) // it may be a part of a long text
	id = uint32(len(v.sounds))
	v.number[latin] = id
	s := v.costs.Hear(latin)
	v.sounds = append(v.sounds, s)
	v.hashes = append(v.hashes, hashOf(latin))
	if len(latin) <= 1 {
		return id
	}
	c := name.LetterClass(latin[0])
	v.byLetter[c] = append(v.byLetter[c], id)
	k := keysOf(&s)
	for _, h := range k.whole[:k.nw] {
		v.keys.add(mapKey(h, keyWhole), id)
	}
	kind := uint32(keyLess)
	if k.long {
		kind = keyLessLong
	}
	for _, h := range k.less[:k.nl] {
		v.keys.add(mapKey(h, kind), id)
	}
	return id
}

// follow takes over the tokens that first has more, and shares them, see Index.Follow.
func (v *vocabulary) follow(first *vocabulary) {
	for id := len(v.sounds); id < len(first.sounds); id++ {
		v.number[first.sounds[id].Latin] = uint32(id)
	}
	v.sounds, v.hashes, v.keys, v.byLetter = first.sounds, first.hashes, first.keys, first.byLetter
}

// near appends the numbers of the tokens that share a key with s, some of them more than once.
func (v *vocabulary) near(dst []uint32, k *blockingKeys) []uint32 {
	for _, h := range k.whole[:k.nw] {
		dst = v.keys.find(dst, mapKey(h, keyWhole))
		dst = v.keys.find(dst, mapKey(h, keyLess))
		dst = v.keys.find(dst, mapKey(h, keyLessLong))
	}
	for _, h := range k.other[:k.no] {
		from := len(dst)
		dst = v.keys.find(dst, mapKey(h, keyWhole))
		dst = append(dst[:from], v.withSkeleton(dst[from:], h)...)
	}
	for _, h := range k.less[:k.nl] {
		dst = v.keys.find(dst, mapKey(h, keyWhole))
		if k.long {
			dst = v.keys.find(dst, mapKey(h, keyLessLong))
		}
	}
	return dst
}

// withSkeleton keeps the tokens whose skeleton, and not their stem's, has the hash.
func (v *vocabulary) withSkeleton(ids []uint32, h uint32) []uint32 {
	kept := ids[:0]
	for _, id := range ids {
		if skeletonHash(v.sounds[id].Skeleton())&^3 == h {
			kept = append(kept, id)
		}
	}
	return kept
}
