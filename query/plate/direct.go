package plate

import "slices"

// What most hits are, one or two characters taken for others or a tail not read, needs no grid: a search shows twenty
// hits and settles the cost of thirty-two, and filling grids was a quarter of it.

// A direct alignment is one without: at most two substitutions, or one, and a tail of up to four characters that was
// not read.
type direct struct {
	cost float32
	at   [2]int // places of the substitutions
	n    int    // substitutions
	row  bool   // they are one run of unlike characters
	tail int    // characters that were not read
}

// What other alignments cost at least: leastLoss where a stored character is lost before the end, leastShift where one
// is lost and another too many, so that the two strings are in step again; leastShiftLoose is that of chassis numbers,
// whose head may be lost; cheapestSwap where one character stands for another.
var (
	leastLoss       = slices.Min([]float32{costMiddle, costZero, costState, costSeries})
	leastAdd        = slices.Min([]float32{costRepeat, costExtra, costMore[1], costBefore[1]})
	leastShift      = costTail[1] + leastAdd
	leastShiftLoose = CostHeadFirst + CostHead + leastAdd
	cheapestSwap    = func() float32 {
		least := float32(CostNever)
		for s := range OpenCode {
			for r := range OpenCode {
				if s != r {
					least = min(least, swaps[s][r])
				}
			}
		}
		return least
	}()
)

// directReadings is alignDirectly for the readings of a text, the first of which is the text itself, where no other
// reading is cheaper, and no other order of the plate's parts if turned says that one may be.
func directReadings(readings []Reading, stored string, l Layout, turned bool) (p direct, ok bool) {
	for _, r := range readings {
		if r.Text == stored {
			return p, false
		}
	}
	text := readings[0].Text
	if p, ok = alignDirectly(text, stored, l); !ok {
		return p, false
	}
	for _, r := range readings[1:] {
		if p.cost > r.Cost+leastApart(r.Text, stored) {
			return p, false
		}
	}
	if !turned || p.cost <= costLines {
		return p, true
	}
	for _, at := range borders(stored, l) {
		if at == 0 {
			continue
		}
		if order := rotate(stored, at); p.cost > costLines+leastApart(text, order) && inLine(text, order) {
			return p, false
		}
	}
	return p, true
}

// leastApart is a cost below that of any alignment of a text with a stored number.
func leastApart(text, stored string) float32 {
	switch {
	case len(text) > len(stored):
		return leastAdd
	case len(text) < len(stored):
		return costTail[1]
	}
	differ := 0
	for i := range len(text) {
		if text[i] != stored[i] {
			differ++
		}
	}
	switch differ {
	case 0:
		return 0
	case 1:
		return cheapestSwap
	case 2:
		return min(costSwap, 2*cheapestSwap)
	}
	return min(leastShift, leastShiftLoose, 3*cheapestSwap, costSwap+cheapestSwap)
}

// alignDirectly aligns a text with a stored number that it does not equal, where that alignment is certain to be the
// cheapest without a change of order.
func alignDirectly(text, stored string, l Layout) (p direct, ok bool) {
	p.tail = len(stored) - len(text)
	if p.tail < 0 || p.tail > len(tailShares) || p.tail > 0 && l.Loose {
		return p, false
	}
	var each [2]float32
	for i := range len(text) {
		if text[i] == stored[i] {
			continue
		}
		s, r := codes[stored[i]], codes[text[i]]
		if p.n == len(p.at) || s >= OpenCode || r >= OpenCode {
			return p, false
		}
		p.at[p.n], each[p.n] = i, swaps[s][r]
		p.n++
	}
	p.cost = each[0] + each[1] + costTail[p.tail]
	switch {
	case p.n == 0 || p.n == 1 && p.tail == 0:
		return p, true
	case p.tail > 0:
		return p, p.n == 1 && p.cost <= min(2*leastLoss, leastLoss+cheapestSwap*p.unlikeBehind(text, stored))
	}
	if p.at[1] == p.at[0]+1 && !p.inRow(text, stored) {
		return p, false
	}
	shift := leastShift
	if l.Loose {
		shift = leastShiftLoose
	}
	return p, max(each[0], each[1]) <= shift && p.cost <= shift+cheapestSwap*p.unlikeBetween(text, stored)
}

// inRow takes two neighbours for a run of unlike characters where that is cheaper; it is false if they are transposed.
func (p *direct) inRow(text, stored string) bool {
	i, j := p.at[0], p.at[1]
	if text[i] == stored[j] && text[j] == stored[i] {
		return false
	}
	row := costRowStart + costRowOn + inRow[codes[stored[i]]][codes[text[i]]] + inRow[codes[stored[j]]][codes[text[j]]]
	if row < p.cost {
		p.cost, p.row = row, true
	}
	return true
}

// unlikeBetween counts the characters between two substitutions, the first with them, that would be others if one
// string were shifted by one place, the way in which fewer are.
func (p *direct) unlikeBetween(text, stored string) float32 {
	left, right := 0, 0
	for k := p.at[0]; k < p.at[1]; k++ {
		if text[k] != stored[k+1] {
			left++
		}
		if text[k+1] != stored[k] {
			right++
		}
	}
	return float32(min(left, right))
}

// unlikeBehind counts the characters from a substitution to the end that would be others if what was lost had been lost
// before it.
func (p *direct) unlikeBehind(text, stored string) float32 {
	least := len(text)
	for shift := 1; shift <= p.tail; shift++ {
		unlike := 0
		for k := p.at[0]; k < len(text); k++ {
			if text[k] != stored[k+shift] {
				unlike++
			}
		}
		least = min(least, unlike)
	}
	return float32(least)
}

// alignment writes a direct one out.
func (p *direct) alignment(room []Part, text, stored string) Alignment {
	a := Alignment{Cost: float64(p.cost), Edits: p.n + p.tail, Parts: room[:0]}
	if p.row {
		i := p.at[0]
		a.Parts = append(a.Parts, Part{text[i : i+2], stored[i : i+2], CauseRow.String()})
		return a
	}
	for _, i := range p.at[:p.n] {
		a.Parts = append(a.Parts, Part{text[i : i+1], stored[i : i+1], pairCause(stored[i], text[i]).String()})
	}
	if p.tail > 0 {
		a.Parts = append(a.Parts, Part{"", stored[len(text):], CauseTail.String()})
	}
	return a
}
