package numbers

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"anvesh/query/plate"
)

// A split is one way to divide a reading: front stands for a prefix, back for a serial. Two-edit alignments are looked
// for in five splits, with two to six characters at the back.
type split struct {
	front, back string
	edits       int     // to spend
	spent       uint8   // edits spent in making the split
	cost        float32 // and their cost
}

// A hit of a search of registrations is named by the place of its index (idIndex bits up), its prefix and its serial,
// or by restHit, the place and its ordinal in rest.
const (
	idIndex  = 46
	idPrefix = 14
	restHit  = 1 << 63
)

// id names a serial under a prefix of the index that is in use.
func (q *search) id(prefix uint32, serial uint16) uint64 {
	return q.base | uint64(prefix)<<idPrefix | uint64(serial)
}

// indexOf is the place of the index that an id belongs to.
func indexOf(id uint64) int { return int(id &^ restHit >> idIndex) }

// serialOf is the serial that an id names.
func serialOf(id uint64) uint16 { return uint16(id & (1<<idPrefix - 1)) }

// use makes one of the indexes that are searched the one that is looked into.
func (q *search) use(i int) { q.x, q.base = q.in[i], uint64(i)<<idIndex }

// searchSplits finds every registration of prefixes and serials within the edits of text, with extra as cost of the
// reading.
func (q *search) searchSplits(text string, extra float32, edits int) {
	for _, n := range [...]int{4, 3, 5, 2, 6} {
		border := len(text) - n
		if border < 0 || border > plate.MaxPrefixLen+2 || n < plate.SerialLen-edits || n > plate.SerialLen+edits {
			continue
		}
		q.searchSplit(split{text[:border], text[border:], edits, 0, extra}, true)
	}
	if edits > 0 {
		q.acrossBorder(text, extra, edits)
	}
	if edits > 1 {
		q.apartAtBorder(text, extra)
	}
}

// searchSplit joins the prefixes and the serials within a split's edits. Where others is false only the clean prefix is
// taken.
func (q *search) searchSplit(l split, others bool) {
	var held []prefixEdit
	if len(l.front) <= plate.MaxPrefixLen {
		held = q.find(packPrefix(l.front))
	}
	edits := l.edits
	if len(held) == 0 {
		edits = min(edits, 1)
	}
	q.serials.fill(l.back, edits)
	if len(held) > 0 {
		q.join(held, l, 0, edits)
	}
	if !others || l.edits == 0 {
		return
	}
	off := len(l.back) - plate.SerialLen
	if off == 1 && l.edits == 2 {
		q.prefixesBySerial(l)
	} else if off >= 1-l.edits && off <= l.edits-1 {
		q.findPrefixes(l.front, func(same []prefixEdit) bool {
			q.join(same, l, 1, l.edits-1)
			return true
		})
	}
	if serial, ok := readSerial(l.back); ok && l.edits == 2 {
		q.prefixesTwoAway(l, serial)
	}
}

// find gives a prefix in each of the indexes that hold it, until it is called again.
func (q *search) find(key uint64) []prefixEdit {
	q.held = q.held[:0]
	for i, x := range q.in {
		if h, held := x.prefixHeld(key); held {
			q.held = append(q.held, prefixEdit{key: key, in: uint32(i), prefix: h})
		}
	}
	return q.held
}

// join takes the serials under a prefix, given as each index holds it, that are within the edits.
func (q *search) join(same []prefixEdit, l split, spent uint8, edits int) {
	q.mass += chanceOf(same[0].cost+l.cost) * q.serials.mass[edits]
	q.hits.count = true
	for _, e := range same {
		q.use(int(e.in))
		q.joinOne(e.prefix, spent+l.spent, e.cost+l.cost, edits)
	}
	q.hits.count = false
}

// joinOne is join in one index.
func (q *search) joinOne(h uint32, spent uint8, cost float32, edits int) {
	steps := q.serials.within[edits]
	if held := len(q.x.serials(h)); held < densePrefix && held < 4*steps {
		steps = held
	}
	q.hits.spend(1 + steps/4)
	q.x.eachIn(h, &q.serials.sets[edits], func(serial uint16) {
		e := &q.serials.list[q.serials.slot[serial]-1]
		q.hits.add(q.id(h, serial), cost+e.cost, spent+e.edits)
	})
}

// A prefixEdit is a prefix in one of the indexes, and the cost of the edit that it is away.
type prefixEdit struct {
	key        uint64
	in, prefix uint32
	cost       float32
}

// prefixesBySerial joins the few serials one edit away with the prefixes one edit away that bear them.
func (q *search) prefixesBySerial(l split) {
	if len(l.front) > plate.MaxPrefixLen+1 {
		return
	}
	signature := signatureOf(l.front)
	for i := range q.in {
		q.use(i)
		for _, e := range q.serials.list[q.serials.within[0]:q.serials.within[1]] {
			bySerial := q.x.holders(e.serial)
			q.hits.spend(len(bySerial) / 4)
			for _, b := range bySerial {
				if held := q.x.signatures[b.prefix]; missing(held, signature) > 1 || missing(signature, held) > 1 {
					continue
				}
				if cost, ok := oneEdit(q.x.keys[b.prefix], l.front); ok && !q.x.gone.Has(b.ord) {
					q.hits.add(q.id(b.prefix, e.serial), l.cost+cost+e.cost, l.spent+2)
				}
			}
		}
	}
}

// findPrefixes gives take the prefixes one edit away from front, each as the indexes hold it, in an order that does not
// depend on which came first, until take is false. (A function to call costs nothing; one to range over is allocated.)
func (q *search) findPrefixes(front string, take func(same []prefixEdit) bool) {
	q.near = q.near[:0]
	for i := range q.in {
		q.use(i)
		q.newRound()
		q.gatherPrefixes(front)
	}
	slices.SortFunc(q.near, func(a, b prefixEdit) int {
		if a.cost != b.cost {
			return cmp.Compare(a.cost, b.cost)
		}
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.in, b.in))
	})
	for from, to := 0, 0; from < len(q.near); from = to {
		for to < len(q.near) && q.near[to].key == q.near[from].key {
			to++
		}
		if !take(q.near[from:to]) {
			return
		}
	}
}

func (q *search) gatherPrefixes(front string) {
	if len(front) > plate.MaxPrefixLen+1 {
		return
	}
	if len(front) > plate.MaxPrefixLen {
		for i := range len(front) {
			q.prefixAt(packPrefix(front[:i]+front[i+1:]), front)
		}
		return
	}
	key := packPrefix(front)
	q.deletionsOf(key, front)
	for i := range len(front) {
		short := lose(key, i)
		q.prefixAt(short, front)
		q.deletionsOf(short, front)
	}
}

// prefixAt looks at the prefix of a key.
func (q *search) prefixAt(key uint64, front string) {
	if h, ok := q.x.prefixes.find(key); ok {
		q.listPrefix(h, key, front)
	}
}

// deletionsOf looks at the prefixes that become key by losing one character.
func (q *search) deletionsOf(key uint64, front string) {
	for at := uint32(q.x.byDeletion.get(key)); at != 0; at = q.x.deletions[at].next {
		l := &q.x.deletions[at]
		for i := range l.n {
			q.listPrefix(l.prefixes[i], l.keys[i], front)
		}
	}
}

// listPrefix lists h if it is one edit away from front.
func (q *search) listPrefix(h uint32, key uint64, front string) {
	if cost, ok := oneEdit(key, front); ok && q.seen[h] != q.round && q.x.liveUnder(h) > 0 {
		q.seen[h] = q.round
		q.near = append(q.near, prefixEdit{key, uint32(q.base >> idIndex), h, cost})
	}
}

// prefixBytes writes the characters of a prefix to dst and gives them.
func (x *PlateIndex) prefixBytes(dst *[plate.MaxPrefixLen]byte, h uint32) []byte {
	return unpackPrefix(dst, x.keys[h])
}

func unpackPrefix(dst *[plate.MaxPrefixLen]byte, key uint64) []byte {
	binary.BigEndian.PutUint64(dst[:], key)
	return dst[:lengthOf(key)]
}

// lengthOf is the length of a packed prefix.
func lengthOf(key uint64) int { return plate.MaxPrefixLen - bits.TrailingZeros64(key)/8 }

// oneEdit is the cost of reading a prefix as read, if exactly one edit is between them.
func oneEdit(key uint64, read string) (float32, bool) {
	var held [plate.MaxPrefixLen]byte
	stored := unpackPrefix(&held, key)
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

// prefixesTwoAway takes the registrations of a serial read cleanly whose prefix is two edits away.
func (q *search) prefixesTwoAway(l split, serial uint16) {
	signature, key := signatureOf(l.front), uint64(0)
	if len(l.front) <= plate.MaxPrefixLen {
		key = packPrefix(l.front)
	}
	for i := range q.in {
		q.use(i)
		bySerial := q.x.holders(serial)
		q.hits.spend(len(bySerial) / 4)
		for _, b := range bySerial {
			held := q.x.signatures[b.prefix]
			if missing(held, signature) > 2 || missing(signature, held) > 2 {
				continue
			}
			if cost, ok := q.twoEdits(b.prefix, l.front, key); ok && !q.x.gone.Has(b.ord) {
				if cost < 0 {
					cost = q.wholeCost(b.prefix, serial, l.front+l.back)
				}
				q.hits.add(q.id(b.prefix, serial), cost+l.cost, l.spent+2)
			}
		}
	}
}

// twoEdits tells whether exactly two edits are between a prefix and front; key is front packed, 0 if it is too long.
// The cost is given for two substitutions, else it is below 0.
func (q *search) twoEdits(h uint32, front string, key uint64) (float32, bool) {
	n := lengthOf(q.x.keys[h])
	if d := n - len(front); d < -2 || d > 2 {
		return 0, false
	}
	var b [plate.MaxPrefixLen]byte
	if n == len(front) {
		diff := q.x.keys[h] ^ key
		i := bits.LeadingZeros64(diff) / 8
		j := 7 - bits.TrailingZeros64(diff)/8
		if between := diff << (8 * (i + 1)) >> (8 * (i + 1)) >> (8 * (8 - j)); diff == 0 || i == j || between != 0 {
			if diff == 0 || i == j {
				return 0, false
			}
			return -1, plate.Distance(string(q.x.prefixBytes(&b, h)), front) == 2
		}
		stored := q.x.prefixBytes(&b, h)
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
	return -1, plate.Distance(string(q.x.prefixBytes(&b, h)), front) == 2
}

// wholeCost is the cost of reading a registration as text, by the grid.
func (q *search) wholeCost(h uint32, serial uint16, text string) float32 {
	var b [plate.MaxPrefixLen + plate.SerialLen]byte
	stored := string(q.x.appendKey(b[:0], h, serial))
	return q.grid.Cost(text, stored, plate.LayoutOf(stored))
}

// acrossBorder takes the alignments in which the last character of the prefix and the first of the serial were read in
// the wrong order, with at most one other edit: the reading is put right there first.
func (q *search) acrossBorder(text string, extra float32, edits int) {
	for n := plate.SerialLen - edits + 1; n <= plate.SerialLen+edits-1; n++ {
		i := len(text) - n - 1
		if i < 0 || n < 1 || i+1 > plate.MaxPrefixLen+1 || !plate.IsDigit(text[i]) || text[i] == text[i+1] {
			continue
		}
		from := q.strings.Len()
		for _, part := range [...]string{text[:i], text[i+1 : i+2], text[i : i+1], text[i+2:]} {
			q.strings.WriteString(part)
		}
		swapped := q.strings.String()[from:]
		q.searchSplit(split{swapped[:i+1], swapped[i+1:], edits - 1, 1, extra + plate.CauseSwap.Cost()}, true)
	}
}

// apartAtBorder takes the alignments of two edits that are a transposition across the border with an edit between its
// two characters: x?y read for yx, or xy read for y?x.
func (q *search) apartAtBorder(text string, extra float32) {
	m := len(text)
	if i := m - 6; i >= 0 && i < plate.MaxPrefixLen {
		q.takeExact(text[:i]+text[i+2:i+3], text[i:i+1]+text[i+3:], extra+plate.CauseSwap.Cost()+plate.CauseExtra.Cost())
	}
	if i := m - 5; i >= 0 && i < plate.MaxPrefixLen-1 {
		q.apartInPrefix(text, i, extra+plate.CauseSwap.Cost()+plate.CauseMiddle.Cost())
	}
	if i := m - 4; i >= 0 && i < plate.MaxPrefixLen {
		for d := 0; d < 10; d++ {
			q.takeExact(text[:i]+text[i+1:i+2], plate.Symbols[d:d+1]+text[i:i+1]+text[i+2:], extra+plate.CauseSwap.Cost()+plate.CauseMiddle.Cost())
		}
	}
}

// apartInPrefix takes the prefixes that end in text[i+1] and one character more, before a serial that begins with
// text[i].
func (q *search) apartInPrefix(text string, i int, cost float32) {
	serial, ok := readSerial(text[i:i+1] + text[i+2:])
	if !ok {
		return
	}
	front := packPrefix(text[:i] + text[i+1:i+2])
	for in := range q.in {
		q.use(in)
		for at := uint32(q.x.byDeletion.get(front)); at != 0; at = q.x.deletions[at].next {
			l := &q.x.deletions[at]
			for k := range l.n {
				if l.keys[k]&^(255<<(56-8*(i+1))) == front && q.x.has(l.prefixes[k], serial) {
					q.hits.add(q.id(l.prefixes[k], serial), cost, 2)
				}
			}
		}
	}
}

// takeExact takes one registration, two edits away, if it is held.
func (q *search) takeExact(front, back string, cost float32) {
	serial, ok := readSerial(back)
	if !ok {
		return
	}
	q.takeHeld(packPrefix(front), serial, cost, 2)
}

// takeHeld takes a registration where it is held.
func (q *search) takeHeld(key uint64, serial uint16, cost float32, edits uint8) {
	for i := range q.in {
		q.use(i)
		if h, held := q.x.prefixes.find(key); held && q.x.has(h, serial) {
			q.hits.add(q.id(h, serial), cost, edits)
		}
	}
}
