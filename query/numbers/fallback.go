package numbers

import (
	"cmp"
	"math/bits"
	"slices"

	"anvesh/query/plate"
)

// What lies beyond the promised two edits, looked for where nothing cheap was found.

// lostTail takes the serials of which only the first or the first two digits were read, under the prefix read cleanly
// and, where nothing likelier was found, under those one edit away. What two edits reach has been found already.
func (q *search) lostTail(r plate.Reading) {
	digits := 0
	for digits < len(r.Text) && plate.IsDigit(r.Text[len(r.Text)-1-digits]) {
		digits++
	}
	front := r.Text[:len(r.Text)-digits]
	if digits < 1 || digits > 2 || len(front) < 3 || len(front) > plate.MaxPrefixLen {
		return
	}
	from, to := serialsWith(r.Text[len(front):])
	cost := r.Cost + plate.TailCost(plate.SerialLen-digits)
	take := func(same []prefixEdit) {
		for _, e := range same {
			q.use(int(e.in))
			q.fragmentSerials(e.prefix, from, to, cost+e.cost)
		}
	}
	if digits == 1 {
		take(q.find(packPrefix(front)))
	}
	if q.hits.best < cost+costSure {
		return
	}
	q.findPrefixes(front, func(same []prefixEdit) bool {
		take(same)
		return true
	})
}

// serialsWith is the serials [from, to) that begin with some digits.
func serialsWith(digits string) (from, to uint16) {
	to = 1
	for i := range plate.SerialLen {
		if from *= 10; i < len(digits) {
			from += uint16(digits[i] - '0')
		} else {
			to *= 10
		}
	}
	return from, from + to
}

// costSure is less than what any single edit of a prefix costs.
const costSure = 4

// reordered looks for the text as a plate whose lines or halves were read in another order: each division of it that
// brings the code of a state to the front is looked up, within the edits.
func (q *search) reordered(text string, edits int) {
	q.hits.reordered = true
	defer func() { q.hits.reordered = false }()
	for k := 1; k < len(text); k++ {
		_, byNumber := readSerial(text[:k])
		if !plate.IsState(text[k:]) && !byNumber {
			continue
		}
		var few [3]plate.Reading
		for _, r := range plate.AppendReadings(few[:0], text[k:]+text[:k]) {
			q.exact(plate.Reading{Text: r.Text, Cost: r.Cost + plate.CauseLines.Cost()})
			if plate.IsState(r.Text) || edits == 2 {
				q.searchSplits(r.Text, r.Cost+plate.CauseLines.Cost(), edits)
			}
		}
	}
}

// fallbackSteps bounds the search beyond the promised edits: so many prefixes looked at (3 ns each, measured), or a two
// hundredth of that many alignments.
const (
	fallbackSteps = 60_000
	gridSteps     = 200
)

// hopelessCost is the cost of the best hit from which all fallbackSteps are spent: two unlike characters. Below, a
// sixth.
const hopelessCost = 15

// fallbackLimit is the cost beyond which nothing is taken. Real readings as dear as this still point to the right plate
// among millions (plates.tsv).
const fallbackLimit = 46

// fallback looks beyond the promised edits, in the order of what real readings need: clean serials under any prefix
// that is not too unlike, any serial under clean prefixes, a lost state, garbage before, lines in another order with
// two edits, and three edits, two in the prefix and one in the serial or the other way.
func (q *search) fallback(p plate.Pattern) {
	q.steps = fallbackSteps
	if q.hits.best < hopelessCost {
		q.steps = fallbackSteps / 6
	}
	text := aligned(p)
	q.common.read(text)
	for a := len(text) - plate.SerialLen; a >= 0; a-- {
		if serial, ok := readSerial(text[a : a+plate.SerialLen]); ok {
			q.anyPrefix(text, a, serial, 3)
		}
	}
	q.prefixesInside(text)
	q.lostState(text, plate.CauseState.Cost())
	if q.hits.best >= hopelessCost {
		for a := 1; a <= 2 && a < len(text); a++ { // what is left of the state is in the way
			q.lostState(text[a:], plate.CauseState.Cost()+float32(a)*plate.CauseExtra.Cost()/2)
		}
		q.prefixesLike(text)
	}
	for a := 1; a+6 < len(text); a++ {
		if plate.IsState(text[a:]) {
			var few [3]plate.Reading
			for _, r := range plate.AppendReadings(few[:0], text[a:]) {
				q.searchSplits(r.Text, r.Cost+plate.ExtraHeadCost(a), 1)
			}
		}
	}
	q.threeEdits(text)
	if q.hits.best > hopelessCost {
		q.reordered(text, 2)
		q.reorderedFallback(text)
	}
}

// reorderedFallback looks for three edits in the text rotated so that the code of a state comes first, and for any
// state where it is rotated so that half of one does.
func (q *search) reorderedFallback(text string) {
	q.hits.reordered = true
	defer func() { q.hits.reordered = false }()
	for k := 1; k < len(text); k++ {
		if plate.IsState(text[k:]) {
			reordered := text[k:] + text[:k]
			q.common.read(reordered)
			q.threeEdits(reordered)
		} else if reordered := text[k:] + text[:k]; len(reordered) > 3 && plate.IsDigit(reordered[1]) && plate.IsDigit(reordered[2]) && plate.IsLetter(reordered[3]) && plate.IsLetter(reordered[0]) {
			q.common.read(reordered)
			q.lostState(reordered[1:], plate.CauseLines.Cost()+plate.CauseExtra.Cost()/2)
		}
	}
}

// A serialNear is a serial one edit away from what stands in the text from border on.
type serialNear struct {
	serialEdit
	border int
}

// threeEdits joins prefixes one edit away with serials two away, and serials one away, the likeliest first, with
// prefixes not too unlike.
func (q *search) threeEdits(text string) {
	q.serialsNear = q.serialsNear[:0]
	for _, n := range [...]int{4, 3, 5} {
		border := len(text) - n
		if border <= 0 || border > plate.MaxPrefixLen+2 {
			continue
		}
		if q.hits.best < hopelessCost || n > plate.SerialLen {
			q.serials.fill(text[border:], 1)
		} else {
			q.prefixesThenSerials(split{front: text[:border], back: text[border:]})
		}
		for _, e := range q.serials.list[:q.serials.within[1]] {
			q.serialsNear = append(q.serialsNear, serialNear{e, border})
		}
	}
	slices.SortFunc(q.serialsNear, func(a, b serialNear) int { return cmp.Compare(a.cost, b.cost) })
	for _, e := range q.serialsNear {
		q.anyPrefix(text, e.border, e.serial, 2)
	}
}

// prefixesThenSerials joins the prefixes one edit away with the serials two away.
func (q *search) prefixesThenSerials(l split) {
	q.serials.fill(l.back, 2)
	q.findPrefixes(l.front, func(same []prefixEdit) bool {
		if q.steps -= 10 + q.countUnder(same)/8; q.steps < 0 {
			return false
		}
		q.join(same, l, 1, 2)
		return true
	})
}

// anyPrefix takes the registrations of a serial, read at about border, whose prefix shares all but so many of its
// characters, in their order, with the text before it, or ends with all of that.
func (q *search) anyPrefix(text string, border int, serial uint16, unlike int) {
	signature, front := signatureOf(text), packPrefix(text[:min(border, plate.MaxPrefixLen)])
	if border == 0 {
		front = ^uint64(0)
	}
	q.steps -= 8
	q.holders(serial, func(prefix uint32) bool {
		if q.steps--; q.steps < 0 {
			return false
		}
		if key := q.x.keys[prefix]; border < plate.MaxPrefixLen && key<<(8*max(0, lengthOf(key)-border)) == front {
			q.takeLikely(prefix, serial, text)
			return true
		}
		if missing(q.x.signatures[prefix], signature) > unlike {
			return true
		}
		q.steps -= 4
		if key := q.x.keys[prefix]; lengthOf(key)-q.common.before(border+1, key) <= min(unlike, lengthOf(key)-2) {
			q.takeLikely(prefix, serial, text)
		}
		return true
	})
}

// holders gives take the prefixes that hold a serial, in the order of findHolder over all indexes, each once, until take
// is false; the index that holds it is in use then.
func (q *search) holders(serial uint16, take func(prefix uint32) bool) {
	q.use(0)
	if len(q.in) == 1 {
		for _, b := range q.x.holders(serial) {
			if !q.x.gone.Has(b.ord) && !take(b.prefix) {
				return
			}
		}
		return
	}
	at := make([]int, len(q.in))
	for last, first := uint64(0), true; ; first = false {
		next, least := -1, uint64(0)
		for i, x := range q.in {
			for list := x.holders(serial); at[i] < len(list); at[i]++ {
				if order := mix(x.keys[list[at[i]].prefix]); (first || order > last) && !x.gone.Has(list[at[i]].ord) {
					if next < 0 || order < least {
						next, least = i, order
					}
					break
				}
			}
		}
		if next < 0 {
			return
		}
		q.use(next)
		if last = least; !take(q.x.holders(serial)[at[next]].prefix) {
			return
		}
	}
}

// serialsLike takes the serials under a prefix that share, with the prefix, all but so many characters with the text.
// Under a prefix with very many serials it takes none: some within two edits have been found already.
func (q *search) serialsLike(same []prefixEdit, text string, unlike int) {
	const many = 400
	if q.mostUnder(same) > many {
		return
	}
	serials := q.serialsUnder(same)
	if len(serials) > many {
		return
	}
	front := q.common.after(^uint64(0), same[0].key)
	least := lengthOf(same[0].key) + plate.SerialLen - unlike
	for _, entry := range serials {
		if q.steps -= 3; q.steps < 0 {
			return
		}
		serial := uint16(entry >> 16)
		if q.common.length(q.common.afterSerial(front, serial)) >= least {
			e := same[uint16(entry)]
			q.use(int(e.in))
			q.takeLikely(e.prefix, serial, text)
		}
	}
}

// mostUnder is the greatest number of serials that are alive under a prefix in one of the indexes.
func (q *search) mostUnder(same []prefixEdit) int {
	n := 0
	for _, e := range same {
		n = max(n, q.in[e.in].liveUnder(e.prefix))
	}
	return n
}

// countUnder is the number of serials that are alive under a prefix in all indexes.
func (q *search) countUnder(same []prefixEdit) int {
	if len(same) == 1 {
		return q.mostUnder(same)
	}
	return len(q.serialsUnder(same))
}

// serialsUnder gives the serials that are alive under a prefix in all indexes, ascending, each in the upper half of an
// entry; the lower half is the place in same of the first that holds it. They are good until the next call.
func (q *search) serialsUnder(same []prefixEdit) []uint32 {
	q.union = q.union[:0]
	for i, e := range same {
		x := q.in[e.in]
		for at, serial := range x.serials(e.prefix) {
			if !x.goneAt(e.prefix, at) {
				q.union = append(q.union, uint32(serial)<<16|uint32(i))
			}
		}
	}
	if len(same) > 1 {
		slices.Sort(q.union)
		q.union = slices.CompactFunc(q.union, func(a, b uint32) bool { return a>>16 == b>>16 })
	}
	return q.union
}

// prefixesLike takes what is like the text under the prefixes one edit away from its beginning.
func (q *search) prefixesLike(text string) {
	for n := 7; n >= 6; n-- {
		if len(text) <= n || q.steps < 0 {
			continue
		}
		q.findPrefixes(text[:n], func(same []prefixEdit) bool {
			q.steps -= 30
			q.serialsLike(same, text, 2)
			return true
		})
	}
}

// takeLikely takes one registration if the grid finds it likely enough.
func (q *search) takeLikely(h uint32, serial uint16, text string) {
	q.steps -= gridSteps
	if cost := q.wholeCost(h, serial, text); cost < fallbackLimit {
		q.hits.add(q.id(h, serial), cost, plate.MaxText)
	}
}

// prefixesInside takes the serials under the prefixes that stand anywhere in the text.
func (q *search) prefixesInside(text string) {
	for n := min(plate.MaxPrefixLen-1, len(text)-1); n >= 5; n-- {
		for a := 0; a+n < len(text); a++ {
			if same := q.find(packPrefix(text[a : a+n])); len(same) > 0 {
				q.serialsLike(same, text, 4)
			}
		}
	}
}

// lostState takes the serials within two edits under the prefixes that any state makes of a text that begins with the
// digits of an office, at the cost of that.
func (q *search) lostState(text string, cost float32) {
	if len(text) < 7 || !plate.IsDigit(text[0]) || !plate.IsDigit(text[1]) {
		return
	}
	for _, n := range [...]int{4, 5, 3} {
		front := text[:len(text)-n]
		if len(front)+2 > plate.MaxPrefixLen {
			continue
		}
		q.serials.fill(text[len(text)-n:], 2)
		for code := range plate.StateCodes() {
			key := packPrefix(front)>>16 | packPrefix(code)
			if same := q.find(key); len(same) > 0 {
				q.steps -= gridSteps / 4
				q.join(same, split{cost: cost}, 2, 2)
				q.serialsLike(same, text, 4)
			}
		}
	}
}

// A subsequence finds the length of the longest common subsequence of a text and a prefix, bit by bit (Hyyrö 2004).
type subsequence struct {
	at  [plate.UnknownCode + 1]uint64 // places of each code in the text
	all uint64
}

func (s *subsequence) read(text string) {
	*s = subsequence{all: 1<<len(text) - 1}
	for i := range len(text) {
		s.at[plate.Code(text[i])] |= 1 << i
	}
}

// after is the state after a prefix, by its key, has followed the characters that led to v, which is all ones at first.
func (s *subsequence) after(v, key uint64) uint64 {
	for ; key != 0; key <<= 8 {
		u := v & s.at[plate.Code(byte(key>>56))]
		v = (v + u) | (v - u)
	}
	return v
}

// afterSerial is after for four digits.
func (s *subsequence) afterSerial(v uint64, serial uint16) uint64 {
	for _, w := range weights {
		u := v & s.at[serial/w%10]
		v = (v + u) | (v - u)
	}
	return v
}

// length is the length that a state stands for.
func (s *subsequence) length(v uint64) int { return bits.OnesCount64(^v & s.all) }

// before is the length for a prefix, by its key, and the first n characters of the text.
func (s *subsequence) before(n int, key uint64) int {
	return bits.OnesCount64(^s.after(^uint64(0), key) & s.all & (1<<n - 1))
}
