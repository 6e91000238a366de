package plate

// What lies beyond the promised two edits, looked for where nothing cheap was found.

// lostTail takes the numbers under a head read cleanly of which only the first digit was read.
func (q *search) lostTail(r reading) {
	border := len(r.text) - 1
	if border < 1 || border > maxHead || !isDigit(r.text[border]) {
		return
	}
	if h, held := q.x.headOf[packHead(r.text[:border])]; held {
		from := uint16(r.text[border]-'0') * weights[0]
		q.fragmentCells(h, from, from+weights[0], r.cost+costTail[3])
	}
}

// turned looks for the text as a plate whose lines or halves were read in another order: each division of it that
// brings the code of a state to the front is looked up, with up to one edit.
func (q *search) turned(text string) {
	q.hits.turn = true
	defer func() { q.hits.turn = false }()
	for k := 1; k < len(text); k++ {
		if isState(text[k:]) || k == numberLen {
			var few [3]reading
			turned := text[k:] + text[:k]
			for _, r := range appendReadings(few[:0], turned) {
				q.exact(reading{text: r.text, cost: r.cost + costLines})
				if isState(r.text) {
					q.inLanes(r.text, r.cost+costLines, 1)
				}
			}
		}
	}
}

// wideSteps bounds the search beyond the promised edits: so many heads looked at (3 ns each, measured), or a hundredth
// of that many alignments.
const (
	wideSteps = 15_000
	gridSteps = 100
)

// wide looks for clean numbers under any head, for text after garbage, and for three edits, two in the head and one in
// the number or the other way.
func (q *search) wide(p Pattern) {
	q.steps = wideSteps
	text := p.text
	for a := 0; a+numberLen <= len(text); a++ {
		if number, ok := readNumber(text[a : a+numberLen]); ok {
			q.anyHead(text, number)
		}
	}
	for a := 1; a+6 < len(text); a++ {
		if isState(text[a:]) {
			var few [3]reading
			for _, r := range appendReadings(few[:0], text[a:]) {
				q.inLanes(r.text, r.cost+costAt(&costBefore, a), 1)
			}
		}
	}
	for _, r := range p.readings {
		for _, n := range [...]int{4, 3, 5} {
			if border := len(r.text) - n; border > 0 && border <= maxHead+2 {
				q.threeEdits(r.text[:border], r.text[border:], r.cost)
			}
		}
	}
}

// threeEdits joins heads one edit away with numbers two away, and numbers one away with heads two away.
func (q *search) threeEdits(front, back string, cost float32) {
	q.numbers.fill(back, 2)
	q.findHeads(front)
	l := lane{front: front, back: back, cost: cost}
	for _, e := range q.heads {
		if q.steps -= len(q.x.heads[e.head].cells) / 8; q.steps < 0 {
			return
		}
		q.join(e.head, l, 1, e.cost, 2)
	}
	for _, e := range q.numbers.list[:q.numbers.within[1]] {
		if q.steps < 0 {
			return
		}
		q.farHeads(lane{front, back, 2, e.edits, cost + e.cost}, e.number)
	}
}

// anyHead takes the registrations of a number read cleanly whose head shares most of its characters with the text.
func (q *search) anyHead(text string, number uint16) {
	mask := maskOf(text)
	l := lane{front: text}
	for _, b := range q.x.bearing[number] {
		if q.steps--; q.steps < 0 {
			return
		}
		if lacks(q.x.masks[b.head], mask) > 2 {
			continue
		}
		q.steps -= gridSteps
		if cost := q.wholeCost(b.head, number, l); cost < 2*contradictionCost {
			q.hits.add(hitID(b.head, number), cost, 3)
		}
	}
}
