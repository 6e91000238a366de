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
	front  uint64 // what is given before the first wildcard, packed as a prefix
	given  uint64 // the bits of it
	last   uint64 // and those of its last character
}

func newAutomaton(pattern string) *automaton {
	front := pattern[:min(max(strings.IndexAny(pattern, "?*"), 0), plate.MaxPrefixLen)]
	low := 64 - 8*len(front)
	a := &automaton{accept: 1 << len(pattern), front: packPrefix(front), given: ^uint64(0) << low, last: 255 << low}
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

// prefix is the state after a prefix.
func (a *automaton) prefix(key uint64) uint64 {
	if key&a.last != 0 && (key^a.front)&a.given != 0 {
		return 0
	}
	state := a.start()
	for ; key != 0 && state != 0; key <<= 8 {
		state = a.next(state, plate.Code(byte(key>>56)))
	}
	return state
}

// before is the places from which a character leads to one of some places.
func (a *automaton) before(places uint64, code uint8) uint64 {
	places |= places >> 1 & a.stars
	return places>>1&a.fits[code] | places&a.stars
}

// An ending is a serial that may end what fits a pattern, and the states from which it does: those that hold one of places.
type ending struct {
	serial uint16
	places uint64
}

// endings are all of them, ascending; the list is put together in one of two arrays.
func (a *automaton) endings(room *[2][]ending) []ending {
	list := append(room[0][:0], ending{0, a.accept})
	for place := uint16(1); place < allSerials; place *= 10 {
		longer := room[1][:0]
		for d := range uint16(10) {
			for _, e := range list {
				if places := a.before(e.places, uint8(d)); places != 0 {
					longer = append(longer, ending{d*place + e.serial, places})
				}
			}
		}
		room[0], room[1], list = longer, list, longer
	}
	return list
}

// A serialsFitting is the serials that fit after a prefix has led to a state.
type serialsFitting struct {
	set serialSet
	n   int
}

// wildcards takes all registrations that fit the pattern.
func (q *search) wildcards(pattern string) {
	if len(pattern) > plate.MaxText-1 {
		return
	}
	a := newAutomaton(pattern)
	endings := a.endings(&q.endings)
	tail := pattern[max(strings.LastIndexByte(pattern, '*')+1, len(pattern)-plate.SerialLen):]
	letters := signatureOf(pattern) & (1<<plate.OpenCode - 1<<10) // which a prefix must hold, for serials have none
	sets := map[uint64]*serialsFitting{}
	for i := range q.in {
		q.use(i)
		if plate.Fixed(tail) >= 2 {
			q.wildcardsBySerial(a, endings)
		} else {
			q.wildcardsByPrefix(a, letters, endings, sets)
		}
	}
	fix := plate.Fixed(pattern)
	q.restFitting(pattern, func(n int) float32 { return float32(n-fix) * plate.CostHead })
}

// restFitting takes from rest what fits the pattern, at a cost by its length.
func (q *search) restFitting(pattern string, cost func(n int) float32) {
	q.rests = q.rests[:0]
	for _, x := range q.in {
		q.rests = append(q.rests, &x.rest)
	}
	complete := fitting(q.rests, pattern, q.hits.spend, func(in int, ord uint32, s []byte) {
		if q.rests[in].alive(ord) {
			q.note(restHit|uint64(in)<<idIndex|uint64(ord), cost(len(s)), 0)
		}
	})
	q.full = q.full && complete
}

// note keeps a hit, or counts it where enough are kept.
func (q *search) note(id uint64, cost float32, edits uint8) {
	if len(q.hits.list) < mostHits {
		q.hits.add(id, cost, edits)
	} else if _, repeated := q.before(id, 0, indexOf(id)); !repeated {
		q.more++
	}
}

// wildcardsBySerial goes through the bearers of the serials that may end the pattern, which fixes at least two of their
// digits.
func (q *search) wildcardsBySerial(a *automaton, endings []ending) {
	for _, e := range endings {
		bySerial := q.x.holders(e.serial)
		if q.full = q.full && q.hits.spend(1+len(bySerial)); !q.full {
			return
		}
		for _, b := range bySerial {
			key := q.x.keys[b.prefix]
			if a.prefix(key)&e.places != 0 && !q.x.gone.Has(b.ord) {
				q.note(q.id(b.prefix, e.serial), float32(lengthOf(key))*plate.CostHead, 0)
			}
		}
	}
}

// prefixSteps is the price of a prefix whose serials are looked at, which is a cache miss or two, in steps of the
// budget.
const prefixSteps = 10

// wildcardsByPrefix goes through all prefixes that hold the letters of the pattern. Those that lead to the same state
// share the set of serials that fit after it.
func (q *search) wildcardsByPrefix(a *automaton, letters uint64, endings []ending, sets map[uint64]*serialsFitting) {
	q.hits.spend(len(q.x.keys) / 8)
	for h, key := range q.x.keys {
		if letters&^q.x.signatures[h] != 0 {
			continue
		}
		state := a.prefix(key)
		if state == 0 || q.x.liveUnder(uint32(h)) == 0 {
			continue
		}
		set := sets[state]
		if set == nil {
			set = new(serialsFitting)
			for _, e := range endings {
				if e.places&state != 0 {
					set.set.put(e.serial)
					set.n++
				}
			}
			sets[state] = set
			q.hits.spend(allSerials / 8)
		}
		if q.full = q.full && q.hits.spend(prefixSteps); !q.full {
			return
		}
		q.wildcardsUnder(uint32(h), set)
	}
}

// wildcardsUnder takes the serials of a set that are held under a prefix, or counts them.
func (q *search) wildcardsUnder(h uint32, set *serialsFitting) {
	serials, held := q.x.serials(h), q.x.set(h)
	cost := float32(lengthOf(q.x.keys[h])) * plate.CostHead
	full := len(q.hits.list) >= mostHits && q.firstWith(h)
	switch {
	case set.n == 0:
	case full && set.n == allSerials:
		q.hits.spend(1)
		q.more += q.x.liveUnder(h)
	case full && held != nil && q.x.goneIn(h, 0, len(serials)) == 0:
		q.hits.spend(16)
		for i, word := range held {
			q.more += bits.OnesCount64(word & set.set[i])
		}
	default:
		steps := len(serials)
		if set.n*8 < steps {
			steps = set.n
		}
		q.hits.spend(1 + steps/2)
		q.x.eachIn(h, &set.set, func(serial uint16) { q.note(q.id(h, serial), cost, 0) })
	}
}

// fragment takes all registrations that hold the text, at a cost that ranks the ends of serials first.
func (q *search) fragment(text string) {
	digits := 0
	for digits < len(text) && digits < plate.SerialLen && plate.IsDigit(text[len(text)-1-digits]) {
		digits++
	}
	front := text[:max(1, len(text)-digits)]
	for i := range q.in {
		q.use(i)
		if digits == len(text) {
			q.fragmentOfSerial(text)
		}
		if len(front) <= plate.MaxPrefixLen {
			q.fragmentOfPrefixes(text, signatureOf(front), digits)
		}
	}
	q.restFitting("*"+text+"*", func(int) float32 { return plate.CauseHead.Cost() + plate.TailCost(4) })
}

// fragmentOfSerial takes the registrations whose serial holds the text, up to four digits.
func (q *search) fragmentOfSerial(text string) {
	a := newAutomaton("*" + text + "*")
	for _, e := range a.endings(&q.endings) {
		if e.places&a.start() == 0 {
			continue
		}
		var b [plate.SerialLen]byte
		behind := plate.SerialLen - strings.LastIndex(string(appendSerial(b[:0], e.serial)), text) - len(text)
		q.anyBearer(e.serial, plate.CauseHead.Cost()+plate.CauseSeries.Cost()/2+plate.TailCost(behind))
	}
}

// fragmentOfPrefixes takes the registrations that hold the text within the prefix, or across the border with at most so
// many digits after it. Their prefixes hold all characters of need.
func (q *search) fragmentOfPrefixes(text string, need uint64, digits int) {
	all := signatureOf(text)
	q.hits.spend(len(q.x.signatures) / 16)
	for h, signature := range q.x.signatures {
		if need&^signature != 0 {
			continue
		}
		if q.full = q.full && q.hits.spend(prefixSteps); !q.full {
			return
		}
		q.fragmentUnder(uint32(h), text, all&^signature == 0, digits)
	}
}

// anyBearer takes all registrations of a serial.
func (q *search) anyBearer(serial uint16, cost float32) {
	holders := q.x.holders(serial)
	q.hits.spend(1 + len(holders)/4)
	for _, b := range holders {
		if !q.x.gone.Has(b.ord) {
			q.note(q.id(b.prefix, serial), cost, plate.MaxText)
		}
	}
}

// fragmentUnder takes the registrations of a prefix that hold the text within the prefix, if that is possible, or
// across the border.
func (q *search) fragmentUnder(h uint32, text string, within bool, digits int) {
	var b [plate.MaxPrefixLen]byte
	front := q.x.prefixBytes(&b, h)
	if within && strings.Contains(string(front), text) {
		cost := plate.CauseHead.Cost() + plate.TailCost(4) + plate.TailCost(4)
		if strings.HasPrefix(string(front), text) {
			cost = plate.TailCost(4) + plate.TailCost(len(front)-len(text))
		}
		q.fragmentSerials(h, 0, allSerials, cost)
		return
	}
	for back := 1; back <= digits && back < len(text); back++ {
		split := len(text) - back
		if split > len(front) || string(front[len(front)-split:]) != text[:split] {
			continue
		}
		from, to := serialsWith(text[split:])
		q.fragmentSerials(h, from, to, plate.CauseHead.Cost()+plate.TailCost(plate.SerialLen-back))
	}
}

// fragmentSerials takes the serials [from, to) under a prefix.
func (q *search) fragmentSerials(h uint32, from, to uint16, cost float32) {
	serials := q.x.serials(h)
	a, b := 0, len(serials)
	if from > 0 {
		a, _ = findSerial(serials, from)
	}
	if to < allSerials {
		b, _ = findSerial(serials, to)
	}
	q.hits.spend(1)
	for ; a < b; a++ {
		if len(q.hits.list) >= mostHits && q.firstWith(h) {
			q.more += b - a - q.x.goneIn(h, a, b)
			return
		}
		if !q.x.goneAt(h, a) {
			q.note(q.id(h, serials[a]), cost, plate.MaxText)
		}
	}
}
