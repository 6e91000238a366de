package names

import (
	"math/bits"

	"anvesh/query/name"
)

// The entries are the dense table of a search: what each token of the vocabulary is to the query, entered once, so that no
// string is looked at for a name.

// An entry says what a token of the vocabulary is near to: one unit, or a row of them.
type entry struct {
	weight int32
	row    int32 // -1 for one unit
	column int16
	cost   uint16
	shared bool // for all tokens of a letter: commons still to be taken off
}

type row struct {
	weight [maxColumns]int32
	cost   [maxColumns]uint16
}

// enterLetters enters the initials of the vocabulary that unit c may meet.
func (z *search) enterLetters(u *unit, c int) {
	q := &z.q
	for b := byte('a'); b <= 'z'; b++ {
		id, ok := q.v.number[letterStrings[b-'a']]
		if !ok || q.f.bearersOf(id) == 0 {
			continue
		}
		if w, cost := q.lettersMatch(u, letterStrings[b-'a'], 0); w != noWeight {
			z.enter(id, c, w, cost)
			if u.initial {
				z.lists = append(z.lists, list{id, c, w})
			}
		}
	}
}

var letterStrings = func() (t [26]string) {
	for i := range t {
		t[i] = string(rune('a' + i))
	}
	return t
}()

// shareLetters enters the query's initials: all tokens of a letter share one entry, except those that have their own.
func (z *search) shareLetters() {
	done := 0
	for c := range z.q.units[:z.q.m] {
		u := &z.q.units[c]
		if !u.initial {
			continue
		}
		class := name.LetterClass(u.sound.Latin[0])
		if done&(1<<class) == 0 {
			done |= 1 << class
			z.shareLetter(class)
		}
	}
}

func (z *search) shareLetter(class int) {
	shared := uint32(len(z.entries))
	z.entries = append(z.entries, entry{column: -1, row: int32(len(z.rows)), shared: true})
	z.rows = append(z.rows, emptyRow)
	for c := range z.q.units[:z.q.m] {
		if u := &z.q.units[c]; u.initial && name.LetterClass(u.sound.Latin[0]) == class {
			z.addTo(shared, c, u.letter-z.q.p[name.InitialCost], initialFar)
		}
	}
	own := z.rows[z.entries[shared].row]
	for _, id := range z.q.v.byLetter[class] {
		if z.slot[id] == 0 {
			z.slot[id] = shared
			continue
		}
		for c, w := range own.weight {
			if own.cost[c] < name.Far {
				z.addTo(z.slot[id], c, int(w)-z.q.commons[1+bits.Len32(z.q.f.bearersOf(id))], initialFar)
			}
		}
	}
	z.simplify(shared)
}

// simplify turns a row with one unit into an entry of one unit.
func (z *search) simplify(at uint32) {
	k, n := &z.entries[at], 0
	r := &z.rows[k.row]
	for c := range r.cost {
		if r.cost[c] < name.Far {
			k.column, k.weight, k.cost = int16(c), r.weight[c], r.cost[c]
			n++
		}
	}
	if n == 1 {
		k.row = -1
	}
}

var emptyRow = func() (r row) {
	for c := range r.cost {
		r.cost[c] = name.Far
	}
	return r
}()

// enter notes that token id is taken for unit c at a weight.
func (z *search) enter(id uint32, c, weight, cost int) {
	if z.slot[id] == 0 {
		z.slot[id] = uint32(len(z.entries))
		z.filled = append(z.filled, id)
		z.entries = append(z.entries, entry{weight: int32(weight), row: -1, column: int16(c), cost: uint16(cost)})
		return
	}
	z.addTo(z.slot[id], c, weight, cost)
}

// addTo adds unit c to an entry, which becomes a row.
func (z *search) addTo(at uint32, c, weight, cost int) {
	k := &z.entries[at]
	if k.row < 0 {
		r := emptyRow
		r.weight[k.column], r.cost[k.column] = k.weight, k.cost
		k.row = int32(len(z.rows))
		z.rows = append(z.rows, r)
	}
	r := &z.rows[k.row]
	r.weight[c], r.cost[c] = int32(weight), uint16(cost)
}
