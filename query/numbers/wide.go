package numbers

import (
	"cmp"
	"math/bits"
	"slices"

	"anvesh/query/plate"
)

// What lies beyond the promised two edits, looked for where nothing cheap was found.

// lostTail takes the numbers of which only the first or the first two digits were read, under the head read cleanly
// and, where nothing likelier was found, under those one edit away. What two edits reach has been found already.
func (q *search) lostTail(r plate.Reading) {
	digits := 0
	for digits < len(r.Text) && plate.IsDigit(r.Text[len(r.Text)-1-digits]) {
		digits++
	}
	front := r.Text[:len(r.Text)-digits]
	if digits < 1 || digits > 2 || len(front) < 3 || len(front) > maxHead {
		return
	}
	from, to := uint16(0), uint16(1)
	for _, c := range r.Text[len(front):] {
		from = from*10 + uint16(c-'0')
	}
	for range numberLen - digits {
		from *= 10
		to *= 10
	}
	cost := r.Cost + plate.TailCost(numberLen-digits)
	if h, held := q.x.headHeld(packHead(front)); held && digits == 1 {
		q.fragmentCells(h, from, from+to, cost)
	}
	if q.hits.best < cost+costSure {
		return
	}
	q.findHeads(front)
	for _, e := range q.heads {
		q.fragmentCells(e.head, from, from+to, cost+e.cost)
	}
}

// costSure is less than what any single edit of a head costs.
const costSure = 4

// turned looks for the text as a plate whose lines or halves were read in another order: each division of it that
// brings the code of a state to the front is looked up, within the edits.
func (q *search) turned(text string, edits int) {
	q.hits.turn = true
	defer func() { q.hits.turn = false }()
	for k := 1; k < len(text); k++ {
		_, byNumber := readNumber(text[:k])
		if !plate.IsState(text[k:]) && !byNumber {
			continue
		}
		var few [3]plate.Reading
		for _, r := range plate.AppendReadings(few[:0], text[k:]+text[:k]) {
			q.exact(plate.Reading{Text: r.Text, Cost: r.Cost + plate.CauseLines.Cost()})
			if plate.IsState(r.Text) || edits == 2 {
				q.inLanes(r.Text, r.Cost+plate.CauseLines.Cost(), edits)
			}
		}
	}
}

// wideSteps bounds the search beyond the promised edits: so many heads looked at (3 ns each, measured), or a two
// hundredth of that many alignments.
const (
	wideSteps = 60_000
	gridSteps = 200
)

// hopelessCost is the cost of the best hit from which all wideSteps are spent: two unlike characters. Below, a sixth.
const hopelessCost = 15

// wideLimit is the cost beyond which nothing is taken. Real readings as dear as this still point to the right plate
// among millions (plates.tsv).
const wideLimit = 46

// wide looks beyond the promised edits, in the order of what real readings need: clean numbers under any head that is
// not too unlike, any number under clean heads, a lost state, garbage before, turned lines with two edits, and three
// edits, two in the head and one in the number or the other way.
func (q *search) wide(p plate.Pattern) {
	q.steps = wideSteps
	if q.hits.best < hopelessCost {
		q.steps = wideSteps / 6
	}
	text := aligned(p)
	q.common.read(text)
	for a := len(text) - numberLen; a >= 0; a-- {
		if number, ok := readNumber(text[a : a+numberLen]); ok {
			q.anyHead(text, a, number, 3)
		}
	}
	q.cleanHeads(text)
	q.lostState(text, plate.CauseState.Cost())
	if q.hits.best >= hopelessCost {
		for a := 1; a <= 2 && a < len(text); a++ { // what is left of the state is in the way
			q.lostState(text[a:], plate.CauseState.Cost()+float32(a)*plate.CauseExtra.Cost()/2)
		}
		q.headsLike(text)
	}
	for a := 1; a+6 < len(text); a++ {
		if plate.IsState(text[a:]) {
			var few [3]plate.Reading
			for _, r := range plate.AppendReadings(few[:0], text[a:]) {
				q.inLanes(r.Text, r.Cost+plate.ExtraHeadCost(a), 1)
			}
		}
	}
	q.threeEdits(text)
	if q.hits.best > hopelessCost {
		q.turned(text, 2)
		q.turnedWide(text)
	}
}

// turnedWide looks for three edits in the text turned so that the code of a state comes first, and for any state where it
// is turned so that half of one does.
func (q *search) turnedWide(text string) {
	q.hits.turn = true
	defer func() { q.hits.turn = false }()
	for k := 1; k < len(text); k++ {
		if plate.IsState(text[k:]) {
			turned := text[k:] + text[:k]
			q.common.read(turned)
			q.threeEdits(turned)
		} else if turned := text[k:] + text[:k]; len(turned) > 3 && plate.IsDigit(turned[1]) && plate.IsDigit(turned[2]) && plate.IsLetter(turned[3]) && plate.IsLetter(turned[0]) {
			q.common.read(turned)
			q.lostState(turned[1:], plate.CauseLines.Cost()+plate.CauseExtra.Cost()/2)
		}
	}
}

// A nearNumber is a number one edit away from what stands in the text from border on.
type nearNumber struct {
	numberEdit
	border int
}

// threeEdits joins heads one edit away with numbers two away, and numbers one away, the likeliest first, with heads not
// too unlike.
func (q *search) threeEdits(text string) {
	q.near1 = q.near1[:0]
	for _, n := range [...]int{4, 3, 5} {
		border := len(text) - n
		if border <= 0 || border > maxHead+2 {
			continue
		}
		if q.hits.best < hopelessCost || n > numberLen {
			q.numbers.fill(text[border:], 1)
		} else {
			q.nearHeadsFarNumbers(lane{front: text[:border], back: text[border:]})
		}
		for _, e := range q.numbers.list[:q.numbers.within[1]] {
			q.near1 = append(q.near1, nearNumber{e, border})
		}
	}
	slices.SortFunc(q.near1, func(a, b nearNumber) int { return cmp.Compare(a.cost, b.cost) })
	for _, e := range q.near1 {
		q.anyHead(text, e.border, e.number, 2)
	}
}

// nearHeadsFarNumbers joins the heads one edit away with the numbers two away.
func (q *search) nearHeadsFarNumbers(l lane) {
	q.numbers.fill(l.back, 2)
	q.findHeads(l.front)
	for _, e := range q.heads {
		if q.steps -= 10 + len(q.x.heads[e.head].cells)/8; q.steps < 0 {
			return
		}
		q.join(e.head, l, 1, e.cost, 2)
	}
}

// anyHead takes the registrations of a number, read at about border, whose head shares all but so many of its
// characters, in their order, with the text before it, or ends with all of that.
func (q *search) anyHead(text string, border int, number uint16, unlike int) {
	mask, front := maskOf(text), packHead(text[:min(border, maxHead)])
	if border == 0 {
		front = ^uint64(0)
	}
	q.steps -= 8
	for _, b := range q.x.bearing[number] {
		if q.steps--; q.steps < 0 {
			return
		}
		if key := q.x.keys[b.head]; border < maxHead && key<<(8*max(0, lengthOf(key)-border)) == front {
			q.takeLikely(b.head, number, text)
			continue
		}
		if lacks(q.x.masks[b.head], mask) > unlike {
			continue
		}
		q.steps -= 4
		if key := q.x.keys[b.head]; lengthOf(key)-q.common.before(border+1, key) <= min(unlike, lengthOf(key)-2) {
			q.takeLikely(b.head, number, text)
		}
	}
}

// numbersLike takes the numbers under a head that share, with the head, all but so many characters with the text.
// Under a head with very many numbers it takes none: some within two edits have been found already.
func (q *search) numbersLike(h uint32, text string, unlike int) {
	const many = 400
	head := &q.x.heads[h]
	if len(head.cells) > many {
		return
	}
	front := q.common.after(^uint64(0), q.x.keys[h])
	least := int(head.n) + numberLen - unlike
	for _, cell := range head.cells {
		if q.steps -= 3; q.steps < 0 {
			return
		}
		number := uint16(cell >> 32)
		if q.common.length(q.common.afterNumber(front, number)) >= least {
			q.takeLikely(h, number, text)
		}
	}
}

// headsLike takes what is like the text under the heads one edit away from its beginning.
func (q *search) headsLike(text string) {
	for n := 7; n >= 6; n-- {
		if len(text) <= n || q.steps < 0 {
			continue
		}
		q.findHeads(text[:n])
		for _, e := range q.heads {
			q.steps -= 30
			q.numbersLike(e.head, text, 2)
		}
	}
}

// takeLikely takes one registration if the grid finds it likely enough.
func (q *search) takeLikely(h uint32, number uint16, text string) {
	q.steps -= gridSteps
	if cost := q.wholeCost(h, number, text); cost < wideLimit {
		q.hits.add(hitID(h, number), cost, plate.MaxText)
	}
}

// cleanHeads takes the numbers under the heads that stand anywhere in the text.
func (q *search) cleanHeads(text string) {
	for n := min(maxHead-1, len(text)-1); n >= 5; n-- {
		for a := 0; a+n < len(text); a++ {
			if h, held := q.x.headHeld(packHead(text[a : a+n])); held {
				q.numbersLike(h, text, 4)
			}
		}
	}
}

// lostState takes the numbers within two edits under the heads that any state makes of a text that begins with the
// digits of an office, at the cost of that.
func (q *search) lostState(text string, cost float32) {
	if len(text) < 7 || !plate.IsDigit(text[0]) || !plate.IsDigit(text[1]) {
		return
	}
	for _, n := range [...]int{4, 5, 3} {
		front := text[:len(text)-n]
		if len(front)+2 > maxHead {
			continue
		}
		q.numbers.fill(text[len(text)-n:], 2)
		for code := range plate.StateCodes {
			key := packHead(front)>>16 | packHead(code)
			if h, held := q.x.headHeld(key); held {
				q.steps -= gridSteps / 4
				q.join(h, lane{cost: cost}, 2, 0, 2)
				q.numbersLike(h, text, 4)
			}
		}
	}
}

// A subsequence finds the length of the longest common subsequence of a text and a head, bit by bit (Hyyrö 2004).
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

// after is the state after a head, by its key, has followed the characters that led to v, which is all ones at first.
func (s *subsequence) after(v, key uint64) uint64 {
	for ; key != 0; key <<= 8 {
		u := v & s.at[plate.Code(byte(key>>56))]
		v = (v + u) | (v - u)
	}
	return v
}

// afterNumber is after for four digits.
func (s *subsequence) afterNumber(v uint64, number uint16) uint64 {
	for _, w := range weights {
		u := v & s.at[number/w%10]
		v = (v + u) | (v - u)
	}
	return v
}

// length is the length that a state stands for.
func (s *subsequence) length(v uint64) int { return bits.OnesCount64(^v & s.all) }

// before is the length for a head, by its key, and the first n characters of the text.
func (s *subsequence) before(n int, key uint64) int {
	return bits.OnesCount64(^s.after(^uint64(0), key) & s.all & (1<<n - 1))
}
