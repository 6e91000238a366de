package numbers

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"anvesh/query/plate"
)

// A lane is one way to divide a reading: front stands for a head, back for a number. Two-edit alignments are looked
// for in five lanes, with two to six characters at the back.
type lane struct {
	front, back string
	edits       int     // to spend
	spent       uint8   // edits spent in making the lane
	cost        float32 // and their cost
}

// hitID names a number under a head among the hits of a search.
func hitID(head uint32, number uint16) uint64 { return uint64(head)<<14 | uint64(number) }

// restHit marks an ordinal of rest among the hits.
const restHit = 1 << 63

// inLanes finds every registration of heads and numbers within the edits of text, with extra as cost of the reading.
func (q *search) inLanes(text string, extra float32, edits int) {
	for _, n := range [...]int{4, 3, 5, 2, 6} {
		border := len(text) - n
		if border < 0 || border > maxHead+2 || n < numberLen-edits || n > numberLen+edits {
			continue
		}
		q.run(lane{text[:border], text[border:], edits, 0, extra}, true)
	}
	if edits > 0 {
		q.acrossBorder(text, extra, edits)
	}
	if edits > 1 {
		q.apartAtBorder(text, extra)
	}
}

// run joins the heads and the numbers within a lane's edits. Where nearHeads is false only the clean head is taken.
func (q *search) run(l lane, nearHeads bool) {
	h, held := uint32(0), false
	if len(l.front) <= maxHead {
		h, held = q.x.headHeld(packHead(l.front))
	}
	edits := l.edits
	if !held {
		edits = min(edits, 1)
	}
	q.numbers.fill(l.back, edits)
	if held {
		q.join(h, l, 0, 0, edits)
	}
	if !nearHeads || l.edits == 0 {
		return
	}
	off := len(l.back) - numberLen
	if off == 1 && l.edits == 2 {
		q.headsByNumber(l)
	} else if off >= 1-l.edits && off <= l.edits-1 {
		q.findHeads(l.front)
		for _, e := range q.heads {
			q.join(e.head, l, 1, e.cost, l.edits-1)
		}
	}
	if number, ok := readNumber(l.back); ok && l.edits == 2 {
		q.farHeads(l, number)
	}
}

// join takes the numbers under a head that are within the edits.
func (q *search) join(h uint32, l lane, spent uint8, cost float32, edits int) {
	list := q.numbers.list[:q.numbers.within[edits]]
	head := &q.x.heads[h]
	q.mass += chanceOf(cost+l.cost) * q.numbers.mass[edits]
	q.hits.count = true
	defer func() { q.hits.count = false }()
	spent += l.spent
	cost += l.cost
	if head.bits == nil && len(head.cells) < 4*len(list) {
		q.hits.spend(1 + len(head.cells)/4)
		for _, cell := range head.cells {
			number := uint16(cell >> 32)
			if i := q.numbers.slot[number]; i > 0 && int(i) <= len(list) {
				e := &list[i-1]
				q.hits.add(hitID(h, number), cost+e.cost, spent+e.edits)
			}
		}
		return
	}
	q.hits.spend(1 + len(list)/4)
	for i := range list {
		if e := &list[i]; head.has(e.number) {
			q.hits.add(hitID(h, e.number), cost+e.cost, spent+e.edits)
		}
	}
}

// A headEdit is a head one edit away, and the cost of that.
type headEdit struct {
	head uint32
	cost float32
}

// headsByNumber joins the few numbers one edit away with the heads one edit away that bear them.
func (q *search) headsByNumber(l lane) {
	if len(l.front) > maxHead+1 {
		return
	}
	mask := maskOf(l.front)
	for _, e := range q.numbers.list[q.numbers.within[0]:q.numbers.within[1]] {
		bearing := q.x.bearing[e.number]
		q.hits.spend(len(bearing) / 4)
		for _, b := range bearing {
			if held := q.x.masks[b.head]; lacks(held, mask) > 1 || lacks(mask, held) > 1 {
				continue
			}
			if cost, ok := oneEdit(q.x.keys[b.head], l.front); ok {
				q.hits.add(hitID(b.head, e.number), l.cost+cost+e.cost, l.spent+2)
			}
		}
	}
}

// findHeads lists in q.heads the heads one edit away from front, in an order that does not depend on which came first.
func (q *search) findHeads(front string) {
	q.heads = q.heads[:0]
	q.newRound()
	q.gatherHeads(front)
	slices.SortFunc(q.heads, func(a, b headEdit) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(q.x.keys[a.head], q.x.keys[b.head]))
	})
}

func (q *search) gatherHeads(front string) {
	if len(front) > maxHead+1 {
		return
	}
	if len(front) > maxHead {
		for i := range len(front) {
			q.nearHead(packHead(front[:i]+front[i+1:]), front)
		}
		return
	}
	key := packHead(front)
	q.nearHeads(key, front)
	for i := range len(front) {
		short := lose(key, i)
		q.nearHead(short, front)
		q.nearHeads(short, front)
	}
}

// nearHead looks at the head of a key.
func (q *search) nearHead(key uint64, front string) {
	if h, ok := q.x.headOf[key]; ok {
		q.listHead(h, key, front)
	}
}

// nearHeads looks at the heads that become key by losing one character.
func (q *search) nearHeads(key uint64, front string) {
	for at := q.x.shorter[key]; at != 0; at = q.x.links[at].next {
		l := &q.x.links[at]
		for i := range l.n {
			q.listHead(l.heads[i], l.keys[i], front)
		}
	}
}

// listHead lists h if it is one edit away from front.
func (q *search) listHead(h uint32, key uint64, front string) {
	if cost, ok := oneEdit(key, front); ok && q.seen[h] != q.round && len(q.x.heads[h].cells) > 0 {
		q.seen[h] = q.round
		q.heads = append(q.heads, headEdit{h, cost})
	}
}

// headBytes writes the characters of a head to dst and gives them.
func (x *PlateIndex) headBytes(dst *[maxHead]byte, h uint32) []byte {
	return unpackHead(dst, x.keys[h])
}

func unpackHead(dst *[maxHead]byte, key uint64) []byte {
	binary.BigEndian.PutUint64(dst[:], key)
	return dst[:lengthOf(key)]
}

// lengthOf is the length of a packed head.
func lengthOf(key uint64) int { return maxHead - bits.TrailingZeros64(key)/8 }

// oneEdit is the cost of reading a head as read, if exactly one edit is between them.
func oneEdit(key uint64, read string) (float32, bool) {
	var held [maxHead]byte
	stored := unpackHead(&held, key)
	i, a, b := 0, len(stored), len(read)
	if d := a - b; d < -1 || d > 1 {
		return 0, false
	}
	for i < a && i < b && stored[i] == read[i] {
		i++
	}
	for a > i && b > i && stored[a-1] == read[b-1] {
		a, b = a-1, b-1
	}
	switch {
	case a-i == 1 && b-i == 1:
		return plate.SwapCost(plate.Code(stored[i]), plate.Code(read[i])), true
	case a-i == 1 && b == i:
		if stored[i] == '0' && i > 0 && plate.IsLetter(stored[i-1]) {
			return plate.CauseZero.Cost(), true
		}
		return plate.CauseMiddle.Cost(), true
	case a == i && b-i == 1:
		if i > 0 && read[i] == read[i-1] {
			return plate.CauseRepeat.Cost(), true
		}
		if i == 0 {
			return plate.ExtraHeadCost(1), true
		}
		return plate.CauseExtra.Cost(), true
	case a-i == 2 && b-i == 2 && stored[i] == read[i+1] && stored[i+1] == read[i]:
		return plate.CauseSwap.Cost(), true
	}
	return 0, false
}

// farHeads takes the registrations of a number read cleanly whose head is two edits away.
func (q *search) farHeads(l lane, number uint16) {
	mask, key := maskOf(l.front), uint64(0)
	if len(l.front) <= maxHead {
		key = packHead(l.front)
	}
	bearing := q.x.bearing[number]
	q.hits.spend(len(bearing) / 4)
	for _, b := range bearing {
		held := q.x.masks[b.head]
		if lacks(held, mask) > 2 || lacks(mask, held) > 2 {
			continue
		}
		if cost, ok := q.twoEdits(b.head, l.front, key); ok {
			if cost < 0 {
				cost = q.wholeCost(b.head, number, l.front+l.back)
			}
			q.hits.add(hitID(b.head, number), cost+l.cost, l.spent+2)
		}
	}
}

// twoEdits tells whether exactly two edits are between a head and front; key is front packed, 0 if it is too long.
// The cost is given for two substitutions, else it is below 0.
func (q *search) twoEdits(h uint32, front string, key uint64) (float32, bool) {
	n := int(q.x.heads[h].n)
	if d := n - len(front); d < -2 || d > 2 {
		return 0, false
	}
	var b [maxHead]byte
	if n == len(front) {
		diff := q.x.keys[h] ^ key
		i := bits.LeadingZeros64(diff) / 8
		j := 7 - bits.TrailingZeros64(diff)/8
		if between := diff << (8 * (i + 1)) >> (8 * (i + 1)) >> (8 * (8 - j)); diff == 0 || i == j || between != 0 {
			if diff == 0 || i == j {
				return 0, false
			}
			return -1, plate.Distance(string(q.x.headBytes(&b, h)), front) == 2
		}
		stored := q.x.headBytes(&b, h)
		if j == i+1 && stored[i] == front[j] && stored[j] == front[i] {
			return 0, false
		}
		cost := plate.SwapCost(plate.Code(stored[i]), plate.Code(front[i])) + plate.SwapCost(plate.Code(stored[j]), plate.Code(front[j]))
		if j == i+1 {
			row := plate.RowStart(plate.Code(stored[i]), plate.Code(front[i])) + plate.RowCost(plate.Code(stored[j]), plate.Code(front[j]))
			cost = min(cost, row)
		}
		return cost, true
	}
	return -1, plate.Distance(string(q.x.headBytes(&b, h)), front) == 2
}

// wholeCost is the cost of reading a registration as text, by the grid.
func (q *search) wholeCost(h uint32, number uint16, text string) float32 {
	var b [maxHead + numberLen]byte
	stored := q.x.appendKey(b[:0], h, number)
	return q.grid.Cost(text, string(stored), q.x.heads[h].lay)
}

// acrossBorder takes the alignments in which the last character of the head and the first of the number were read in
// the wrong order, with at most one other edit: the reading is put right there first.
func (q *search) acrossBorder(text string, extra float32, edits int) {
	for n := numberLen - edits + 1; n <= numberLen+edits-1; n++ {
		i := len(text) - n - 1
		if i < 0 || n < 1 || i+1 > maxHead+1 || !plate.IsDigit(text[i]) || text[i] == text[i+1] {
			continue
		}
		from := q.strings.Len()
		for _, part := range [...]string{text[:i], text[i+1 : i+2], text[i : i+1], text[i+2:]} {
			q.strings.WriteString(part)
		}
		swapped := q.strings.String()[from:]
		q.run(lane{swapped[:i+1], swapped[i+1:], edits - 1, 1, extra + plate.CauseSwap.Cost()}, true)
	}
}

// apartAtBorder takes the alignments of two edits that are a transposition across the border with an edit between its
// two characters: x?y read for yx, or xy read for y?x.
func (q *search) apartAtBorder(text string, extra float32) {
	m := len(text)
	if i := m - 6; i >= 0 && i < maxHead {
		q.clean(text[:i]+text[i+2:i+3], text[i:i+1]+text[i+3:], extra+plate.CauseSwap.Cost()+plate.CauseExtra.Cost())
	}
	if i := m - 5; i >= 0 && i < maxHead-1 {
		q.apartInHead(text, i, extra+plate.CauseSwap.Cost()+plate.CauseMiddle.Cost())
	}
	if i := m - 4; i >= 0 && i < maxHead {
		for d := 0; d < 10; d++ {
			q.clean(text[:i]+text[i+1:i+2], plate.Symbols[d:d+1]+text[i:i+1]+text[i+2:], extra+plate.CauseSwap.Cost()+plate.CauseMiddle.Cost())
		}
	}
}

// apartInHead takes the heads that end in text[i+1] and one character more, before a number that begins with text[i].
func (q *search) apartInHead(text string, i int, cost float32) {
	number, ok := readNumber(text[i:i+1] + text[i+2:])
	if !ok {
		return
	}
	front := packHead(text[:i] + text[i+1:i+2])
	for at := q.x.shorter[front]; at != 0; at = q.x.links[at].next {
		l := &q.x.links[at]
		for k := range l.n {
			if l.keys[k]&^(255<<(56-8*(i+1))) == front && q.x.heads[l.heads[k]].has(number) {
				q.hits.add(hitID(l.heads[k], number), cost, 2)
			}
		}
	}
}

// clean takes one registration, two edits away, if it is held.
func (q *search) clean(front, back string, cost float32) {
	number, ok := readNumber(back)
	if !ok {
		return
	}
	if h, held := q.x.headOf[packHead(front)]; held && q.x.heads[h].has(number) {
		q.hits.add(hitID(h, number), cost, 2)
	}
}
