package names

import (
	"cmp"
	"slices"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"anvesh/query/name"
)

// What is near to a word depends on the vocabulary alone, which only grows, and the words that are asked repeat: so it is
// remembered, and is valid for as many tokens as the vocabulary had.

// A nearWord is the tokens near to a word, or to two words that were joined.
type nearWord struct {
	letters string
	pair    bool
	tokens  int        // those of the vocabulary that were looked at
	near    []nearCost // the nearest first, equal costs by number
}

type nearCost struct {
	id          uint32
	cost, heard uint16 // see name.Ruler
}

// nearWords remembers words, each at a place by its hash, where the one asked last stands; once they are mostRemembered
// bytes, others go. Safe for concurrent use.
type nearWords struct {
	places [8192]atomic.Pointer[nearWord]
	bytes  atomic.Int64
	hand   atomic.Uint32 // the place from which the next one goes
}

// mostRemembered is what some 8,000 words have by which 90 tokens stand each.
const mostRemembered = 8 << 20

func (m *nearWords) place(letters []byte) *atomic.Pointer[nearWord] {
	return &m.places[xxhash.Sum64(letters)%uint64(len(m.places))]
}

// put remembers a word at its place.
func (m *nearWords) put(place *atomic.Pointer[nearWord], w *nearWord) {
	m.bytes.Add(w.bytes() - place.Swap(w).bytes())
	for m.bytes.Load() > mostRemembered {
		m.bytes.Add(-m.places[m.hand.Add(1)%uint32(len(m.places))].Swap(nil).bytes())
	}
}

// bytes is what a word takes, eight for each token near to it; 0 where there is none.
func (w *nearWord) bytes() int64 {
	if w == nil {
		return 0
	}
	return int64(64 + len(w.letters) + 8*cap(w.near))
}

// mostNewTokens is how many tokens that came since are looked at one by one; more are looked up as all are.
const mostNewTokens = 64

// nearWord gives the tokens near to a unit of these letters, remembered or looked up.
func (q *query) nearWord(u *unit, letters []byte) *nearWord {
	v := q.v
	pair := u.letter == noWeight
	place := v.asked.place(letters)
	w := place.Load()
	if known := w != nil && w.pair == pair && w.letters == string(letters); known && w.tokens == v.Len() {
		return w
	} else if known && v.Len()-w.tokens <= mostNewTokens {
		w = &nearWord{w.letters, pair, v.Len(), q.nearSince(slices.Clone(w.near), u, w.tokens)}
	} else {
		w = &nearWord{string(letters), pair, v.Len(), q.nearKeys(u)}
	}
	slices.SortFunc(w.near, func(a, b nearCost) int { return cmp.Or(int(a.cost)-int(b.cost), cmp.Compare(a.id, b.id)) })
	v.asked.put(place, w)
	return w
}

// nearKeys looks up the tokens that share a key with a unit and takes those that are near.
func (q *query) nearKeys(u *unit) (near []nearCost) {
	q.ids = q.v.near(q.ids[:0], &u.keys)
	for _, id := range q.ids {
		if !q.visited.Test(uint(id)) {
			q.visited.Set(uint(id))
			near = q.appendNear(near, u, id)
		}
	}
	for _, id := range q.ids {
		q.visited.Clear(uint(id))
	}
	return near
}

// nearSince appends those of the tokens from a number on that are near and share a key.
func (q *query) nearSince(near []nearCost, u *unit, from int) []nearCost {
	for id := from; id < q.v.Len(); id++ {
		s := &q.v.sounds[id]
		if len(s.Latin) < 2 {
			continue
		}
		n := len(near)
		if near = q.appendNear(near, u, uint32(id)); len(near) > n {
			if keys := keysOf(s); !meets(&u.keys, &keys) {
				near = near[:n]
			}
		}
	}
	return near
}

func (q *query) appendNear(near []nearCost, u *unit, id uint32) []nearCost {
	s := &q.v.sounds[id]
	c := q.ruler.Cost(&u.sound, s)
	if !q.takes(u, c, s) {
		return near
	}
	return append(near, nearCost{id, uint16(c), uint16(q.ruler.Heard)})
}

// nearTokens fills u.near, with the costs and extra, and gives the bearers of these tokens, each weighed by how likely it
// is heard as u. Letters do not count there: two spellings of one sound are equally rare, so that the one that is nearer
// to a record never weighs less.
func (q *query) nearTokens(u *unit, letters []byte, extra int) (mass float64) {
	for _, t := range q.nearWord(u, letters).near {
		if n := q.f.bearersOf(t.id); n > 0 {
			u.near = append(u.near, nearToken{t.id, t.cost + uint16(extra)})
			mass += float64(n) * name.Probability(int(t.heard)+extra)
		}
	}
	return mass
}
