package numbers

import (
	"math/bits"
	"strings"

	"anvesh/query/plate"
)

// mostHits is how many hits of a wildcard search are kept to choose from; the rest are counted.
const mostHits = 4096

// An automaton reads a pattern with ? and *: bit i of a state means that the first i characters of the pattern fit what
// was read. A pattern has at most 63 characters.
type automaton struct {
	fits   [plate.OpenCode]uint64 // by code: the places it fits
	stars  uint64
	accept uint64
}

func newAutomaton(pattern string) *automaton {
	a := &automaton{accept: 1 << len(pattern)}
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '*':
			a.stars |= 1 << i
		case '?':
			for code := range a.fits {
				a.fits[code] |= 1 << i
			}
		default:
			a.fits[plate.Code(c)] |= 1 << i
		}
	}
	return a
}

func (a *automaton) start() uint64 { return 1 | 1&a.stars<<1 }

// next is the state after one more character.
func (a *automaton) next(state uint64, code uint8) uint64 {
	state = state&a.fits[code]<<1 | state&a.stars
	return state | state&a.stars<<1
}

// head is the state after a head.
func (a *automaton) head(key uint64) uint64 {
	state := a.start()
	for ; key != 0 && state != 0; key <<= 8 {
		state = a.next(state, plate.Code(byte(key>>56)))
	}
	return state
}

// number is the state after a head and a number.
func (a *automaton) number(state uint64, number uint16) uint64 {
	var b [numberLen]byte
	for _, c := range appendNumber(b[:0], number) {
		state = a.next(state, c-'0')
	}
	return state
}

// A wildSet is the numbers that fit after a head has led to a state.
type wildSet struct {
	state uint64
	list  []uint16
	set   numberSet
}

// wild takes all registrations that fit the pattern.
func (q *search) wild(pattern string) {
	if len(pattern) > plate.MaxText-1 {
		return
	}
	a := newAutomaton(pattern)
	tail := pattern[strings.LastIndexByte(pattern, '*')+1:]
	if len(tail) > numberLen {
		tail = tail[len(tail)-numberLen:]
	}
	if plate.Fixed(tail) >= 2 {
		q.wildByNumber(a, tail)
	} else {
		q.wildByHead(a, lettersOf(pattern))
	}
	fix := plate.Fixed(pattern)
	g := &q.x.rest
	complete := g.glob(pattern, q.hits.spend, func(ord uint32, s []byte) {
		if g.bearers.get(ord) > 0 {
			q.note(restHit|uint64(ord), float32(len(s)-fix)*plate.CostHead, 0)
		}
	})
	q.full = q.full && complete
}

// note keeps a hit, or counts it where enough are kept.
func (q *search) note(id uint64, cost float32, edits uint8) {
	if len(q.hits.list) < mostHits {
		q.hits.add(id, cost, edits)
	} else {
		q.more++
	}
}

// wildByNumber goes through the bearers of the numbers whose last digits are fixed by tail, at least two of four.
func (q *search) wildByNumber(a *automaton, tail string) {
	ends := newAutomaton("*" + tail)
	for number := range uint16(numbers) {
		if ends.number(ends.start(), number)&ends.accept == 0 {
			continue
		}
		bearing := q.x.bearing[number]
		if q.full = q.full && q.hits.spend(1+len(bearing)); !q.full {
			return
		}
		for _, b := range bearing {
			if state := a.head(q.x.keys[b.head]); state != 0 && a.number(state, number)&a.accept != 0 {
				q.note(hitID(b.head, number), float32(q.x.heads[b.head].n)*plate.CostHead, 0)
			}
		}
	}
}

// lettersOf is the mask of the letters in a pattern, all of which a head must hold, for numbers have none.
func lettersOf(pattern string) uint64 {
	mask := uint64(0)
	for i := range len(pattern) {
		if plate.IsLetter(pattern[i]) {
			mask |= 1 << plate.Code(pattern[i])
		}
	}
	return mask
}

// headSteps is the price of a head whose numbers are looked at, which is a cache miss or two, in steps of the budget.
const headSteps = 10

// wildByHead goes through all heads that hold the letters of the pattern. Those that lead to the same state share the
// set of numbers that fit after it.
func (q *search) wildByHead(a *automaton, letters uint64) {
	var sets []*wildSet
	q.hits.spend(len(q.x.keys) / 8)
	for h, key := range q.x.keys {
		if letters&^q.x.masks[h] != 0 {
			continue
		}
		state := a.head(key)
		if state == 0 || len(q.x.heads[h].cells) == 0 {
			continue
		}
		var set *wildSet
		for _, s := range sets {
			if s.state == state {
				set = s
			}
		}
		if set == nil {
			set = newWildSet(a, state)
			sets = append(sets, set)
			q.hits.spend(numbers / 8)
		}
		if q.full = q.full && q.hits.spend(headSteps); !q.full {
			return
		}
		q.wildUnder(uint32(h), set)
	}
}

func newWildSet(a *automaton, state uint64) *wildSet {
	set := &wildSet{state: state}
	for number := range uint16(numbers) {
		if a.number(state, number)&a.accept != 0 {
			set.list = append(set.list, number)
			set.set.put(number)
		}
	}
	return set
}

// wildUnder takes the numbers of a set that are held under a head, by whichever of three ways is shortest.
func (q *search) wildUnder(h uint32, set *wildSet) {
	head := &q.x.heads[h]
	cost := float32(head.n) * plate.CostHead
	full := len(q.hits.list) >= mostHits
	switch {
	case len(set.list) == 0:
	case full && len(set.list) == numbers:
		q.hits.spend(1)
		q.more += len(head.cells)
	case full && head.bits != nil:
		q.hits.spend(16)
		for i, word := range head.bits {
			q.more += bits.OnesCount64(word & set.set[i])
		}
	case len(set.list)*8 < len(head.cells):
		q.hits.spend(1 + len(set.list)/2)
		for _, number := range set.list {
			if head.has(number) {
				q.note(hitID(h, number), cost, 0)
			}
		}
	default:
		q.hits.spend(1 + len(head.cells)/2)
		for _, cell := range head.cells {
			if number := uint16(cell >> 32); set.set.has(number) {
				q.note(hitID(h, number), cost, 0)
			}
		}
	}
}

// fragment takes all registrations that hold the text, at a cost that ranks the ends of numbers first.
func (q *search) fragment(text string) {
	digits := 0
	for digits < len(text) && digits < numberLen && plate.IsDigit(text[len(text)-1-digits]) {
		digits++
	}
	if digits == len(text) {
		q.fragmentOfNumber(text)
	}
	front := text[:max(1, len(text)-digits)]
	if len(front) <= maxHead {
		q.fragmentOfHeads(text, maskOf(front), digits)
	}
	g := &q.x.rest
	q.full = g.glob("*"+text+"*", q.hits.spend, func(ord uint32, s []byte) {
		if g.bearers.get(ord) > 0 {
			q.note(restHit|uint64(ord), plate.CauseHead.Cost()+plate.TailCost(4), 0)
		}
	}) && q.full
}

// fragmentOfNumber takes the registrations whose number holds the text, up to four digits.
func (q *search) fragmentOfNumber(text string) {
	var b [numberLen]byte
	for number := range uint16(numbers) {
		digits := appendNumber(b[:0], number)
		for at := numberLen - len(text); at >= 0; at-- {
			if string(digits[at:at+len(text)]) == text {
				q.anyBearer(number, plate.CauseHead.Cost()+plate.CauseSeries.Cost()/2+plate.TailCost(numberLen-at-len(text)))
				break
			}
		}
	}
}

// fragmentOfHeads takes the registrations that hold the text within the head, or across the border with at most so many
// digits after it. Their heads hold all characters of need.
func (q *search) fragmentOfHeads(text string, need uint64, digits int) {
	all := maskOf(text)
	q.hits.spend(len(q.x.masks) / 16)
	for h, mask := range q.x.masks {
		if need&^mask != 0 {
			continue
		}
		if q.full = q.full && q.hits.spend(headSteps); !q.full {
			return
		}
		q.fragmentUnder(uint32(h), text, all&^mask == 0, digits)
	}
}

// anyBearer takes all registrations of a number.
func (q *search) anyBearer(number uint16, cost float32) {
	q.hits.spend(1 + len(q.x.bearing[number])/4)
	for _, b := range q.x.bearing[number] {
		q.note(hitID(b.head, number), cost, plate.MaxText)
	}
}

// fragmentUnder takes the registrations of a head that hold the text within the head, if that is possible, or across
// the border.
func (q *search) fragmentUnder(h uint32, text string, within bool, digits int) {
	var b [maxHead]byte
	front := q.x.headBytes(&b, h)
	if within && strings.Contains(string(front), text) {
		cost := plate.CauseHead.Cost() + plate.TailCost(4) + plate.TailCost(4)
		if strings.HasPrefix(string(front), text) {
			cost = plate.TailCost(4) + plate.TailCost(len(front)-len(text))
		}
		q.fragmentCells(h, 0, numbers, cost)
		return
	}
	for back := 1; back <= digits && back < len(text); back++ {
		split := len(text) - back
		if split > len(front) || string(front[len(front)-split:]) != text[:split] {
			continue
		}
		from, to := uint16(0), uint16(1)
		for _, c := range text[split:] {
			from = from*10 + uint16(c-'0')
		}
		for range numberLen - back {
			from *= 10
			to *= 10
		}
		q.fragmentCells(h, from, from+to, plate.CauseHead.Cost()+plate.TailCost(numberLen-back))
	}
}

// fragmentCells takes the numbers [from, to) under a head.
func (q *search) fragmentCells(h uint32, from, to uint16, cost float32) {
	head := &q.x.heads[h]
	a, b := 0, len(head.cells)
	if from > 0 {
		a, _ = head.find(from)
	}
	if to < numbers {
		b, _ = head.find(to)
	}
	q.hits.spend(1)
	for ; a < b; a++ {
		if len(q.hits.list) >= mostHits {
			q.more += b - a
			return
		}
		q.note(hitID(h, uint16(head.cells[a]>>32)), cost, plate.MaxText)
	}
}
