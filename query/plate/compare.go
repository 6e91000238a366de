package plate

import (
	"math"
	"strings"
	"sync"
)

// The grades of an Alignment, strongest first.
const (
	GradeExact       = "exact"       // canonical forms are equal
	GradeFolded      = "folded"      // look-alikes only
	GradeSpelling    = "spelling"    // up to two edits, or a likely misreading
	GradeOrder       = "order"       // the lines or halves of the plate are in another order
	GradePartial     = "partial"     // a part of the number was asked, and agrees
	GradeMissing     = "missing"     // nothing is stored
	GradeContradicts = "contradicts" // another number
)

// An Alignment explains a stored number by a reading.
type Alignment struct {
	Cost     float64 // nats: -ln P(read | stored) relative to a clean reading
	Edits    int     // plain Damerau-Levenshtein edits between the reading, in its best form, and the stored number; 0 with *
	Likeness float64 // 0..1, 1 only if Equal
	Equal    bool    // canonical forms are equal
	Grade    string  // exact, folded, spelling, order, partial, missing, contradicts
	Parts    []Part  // what differs, in the order of the reading
}

// A Part is one stretch in which reading and stored number differ.
type Part struct {
	Query string // as read; "" where nothing was read
	Found string // as stored; "" where nothing is stored
	Cause string // look-alike, missing tail, extra tail, missing middle, unlike, several in a row, transposed, repeated, ...
}

// likenessScale is the cost in nats at which Likeness has fallen to 1/e: two unlike characters (16 nats) leave half.
const likenessScale = 24

// contradictionCost is the cost from which a reading of more than two edits is no explanation any more: as unlikely as
// three look-alikes at once.
const contradictionCost = 18

var grids = sync.Pool{New: func() any { return new(Grid) }}

// Compare explains a stored number by what was asked, both in any form. A stored string that fits the grammar of
// registrations is compared as one, any other as a chassis or engine number. The query may hold ? and *.
func Compare(query, stored string) Alignment {
	p := Parse(stored)
	if p.Kind == Unknown {
		return CompareNumber(query, stored)
	}
	return compareText(nil, squeeze(foldPlate(query, "?*")), p.Canonical, LayoutOf(p.Canonical))
}

// CompareNumber is Compare for chassis and engine numbers: I and 1 are equal, so are O, Q and 0; the head may be
// missing.
func CompareNumber(query, stored string) Alignment {
	return compareText(nil, squeeze(foldNumber(query, false)), Number(stored), Layout{Loose: true})
}

// compareText compares folded text with a canonical stored number; room is where the parts may be put.
func compareText(room []Part, text, stored string, l Layout) Alignment {
	if stored == "" || text == "" {
		return Alignment{Grade: GradeMissing, Cost: CostNever, Edits: max(len(text), len(stored))}
	}
	var few [4]Reading
	readings := append(few[:0], Reading{Text: text, Formal: true})
	if !l.Loose && !HasWildcards(text) {
		readings = AppendReadings(few[:0], text)
	}
	return compareReadings(room, text, readings, stored, l)
}

// Explain compares a held registration, canonical, with what the pattern asks for. The parts are put into room, or into
// a new array where that is too small.
func (p *Pattern) Explain(room []Part, stored string) Alignment {
	if len(p.readings) == 0 || stored == "" {
		return compareText(room, p.text, stored, LayoutOf(stored))
	}
	var few [4]Reading
	return compareReadings(room, p.text, append(few[:0], p.readings...), stored, LayoutOf(stored))
}

// ExplainNumber is Explain for a held chassis or engine number.
func (p *Pattern) ExplainNumber(room []Part, stored string) Alignment {
	return compareText(room, p.number, stored, Layout{Loose: true})
}

// compareReadings is compareText with the readings of the text, which it may change.
func compareReadings(room []Part, text string, readings []Reading, stored string, l Layout) Alignment {
	if readings[0].Text == stored {
		readings[0].Formal = true
	}
	if p, ok := directReadings(readings, stored, l, true); ok {
		a := p.alignment(room, text, stored)
		a.Likeness = math.Exp(-a.Cost / likenessScale)
		a.Grade = a.grade(text, 0)
		return a
	}
	g := grids.Get().(*Grid)
	defer grids.Put(g)
	best, order, filled := bestReading(g, readings, stored, l, true)
	a := Alignment{Cost: float64(best.Cost), Edits: fewestEdits(readings, stored)}
	a.Equal = best.Text == stored && best.Formal && order == 0 && !HasWildcards(text)
	if a.Equal {
		a.Cost, a.Edits = 0, 0
	} else {
		if !filled {
			g.Cost(best.Text, rotate(stored, order), orderedLayout(l, order))
		}
		if room = room[:0]; best.OtherCode {
			room = append(room, Part{text[:2], stored[:2], CauseCode.String()})
		}
		a.Parts = g.parts(room, best.Text, rotate(stored, order), order)
	}
	a.Likeness = math.Exp(-a.Cost / likenessScale)
	if HasWildcards(text) {
		a.Likeness *= min(1, float64(Fixed(text))/float64(len(stored)+1))
		if strings.Contains(text, "*") {
			a.Edits = 0
		}
	}
	if a.Grade = a.grade(text, order); a.Grade == GradeContradicts && l.Loose && endsIn(text, stored) {
		return endHeld(room[:0], text, stored)
	}
	return a
}

// leastEnd is the least number of characters that a record keeps of the end of a chassis or engine number.
const leastEnd = 5

// endsIn tells whether a record holds the end of what was read.
func endsIn(text, stored string) bool {
	return len(stored) >= leastEnd && !HasWildcards(stored) && strings.HasSuffix(text, stored)
}

// endHeld explains the end of a number, of which the record has no more, by the whole that was read: papers keep the last five to
// eight. It costs what reading the end of a whole one does.
func endHeld(room []Part, text, stored string) Alignment {
	head := text[:len(text)-len(stored)]
	cost := CostHeadFirst + CostHead*float64(len(head))
	return Alignment{Cost: cost, Edits: len(head), Likeness: math.Exp(-cost / likenessScale), Grade: GradePartial,
		Parts: append(room, Part{Query: head, Cause: CauseHead.String()})}
}

// fewestEdits is the distance from the nearest reading.
func fewestEdits(readings []Reading, stored string) int {
	edits := MaxText
	for _, r := range readings {
		edits = min(edits, Distance(r.Text, stored))
	}
	return edits
}

// Cost is the cost at which a held registration explains the pattern, as Explain gives it; other orders of its parts
// are tried if turned says so. quick says that it was found without the grid.
func (p *Pattern) Cost(g *Grid, stored string, l Layout, turned bool) (cost float32, quick bool) {
	if p, ok := directReadings(p.readings, stored, l, turned); ok {
		return p.cost, true
	}
	best, _, _ := bestReading(g, p.readings, stored, l, turned)
	return best.Cost, false
}

// Edits are the edits between a held registration and the nearest reading.
func (p *Pattern) Edits(stored string) int { return fewestEdits(p.readings, stored) }

// bestReading finds the reading that stored explains at the least cost, which it then bears, and the place at which
// stored is cut and its halves swapped for that, 0 if it is not; filled: the grid aligns these. Other orders are tried if
// turn says so.
func bestReading(g *Grid, readings []Reading, stored string, l Layout, turn bool) (best Reading, order int, filled bool) {
	best = Reading{Cost: 4 * CostNever}
	for _, r := range readings {
		if r.Text == stored && r.Formal {
			return Reading{Text: r.Text, Formal: true}, 0, false
		}
	}
	for _, r := range readings {
		if r.Cost >= best.Cost {
			continue
		}
		cost := r.Cost + g.Cost(r.Text, stored, l)
		if filled = cost < best.Cost; filled {
			best = Reading{Text: r.Text, Cost: cost, Formal: r.Formal, OtherCode: r.OtherCode}
		}
	}
	if !turn || best.Cost <= costLines {
		return best, 0, filled
	}
	for _, at := range borders(stored, l) {
		if at == 0 || !inLine(readings[0].Text, rotate(stored, at)) {
			continue
		}
		cost := costLines + g.Cost(readings[0].Text, rotate(stored, at), Layout{})
		if filled = cost < best.Cost; filled {
			best, order = Reading{Text: readings[0].Text, Cost: cost}, at
		}
	}
	return best, order, filled
}

// inLine reports whether at least half of the shorter string's characters stand in the other at one distance, up to
// three places, from where they are. Two strings that an alignment of any use joins do; most that are no turned plate
// are told apart so at a tenth of its price.
func inLine(a, b string) bool {
	least := min(len(a), len(b)) / 2
	for off := -3; off <= 3; off++ {
		equal := 0
		for i := max(0, -off); i < len(a) && i+off < len(b); i++ {
			if a[i] == b[i+off] {
				equal++
			}
		}
		if equal >= least {
			return true
		}
	}
	return false
}

func orderedLayout(l Layout, order int) Layout {
	if order != 0 {
		return Layout{}
	}
	return l
}

// borders are the places where a plate of two lines is divided, 0 for none: after the state, the office, the series.
func borders(stored string, l Layout) [3]int {
	switch {
	case l.Loose:
		return [3]int{}
	case l.state == 0:
		if len(stored) > 5 && allOf(stored[len(stored)-4:], IsDigit) {
			return [3]int{len(stored) - 4}
		}
		return [3]int{}
	case l.series == l.office:
		return [3]int{int(l.state), int(l.office)}
	}
	return [3]int{int(l.state), int(l.office), int(l.series)}
}

// rotate puts the first k characters last.
func rotate(s string, k int) string {
	if k == 0 {
		return s
	}
	return s[k:] + s[:k]
}

// grade names the strength of the alignment.
func (a *Alignment) grade(text string, order int) string {
	switch {
	case a.Equal:
		return GradeExact
	case a.Edits > 2 && a.Cost > contradictionCost:
		return GradeContradicts
	case order != 0:
		return GradeOrder
	}
	folded, partial := len(a.Parts) > 0, HasWildcards(text)
	for _, p := range a.Parts {
		switch p.Cause {
		case CauseTail.String(), CauseState.String(), CauseSeries.String(), CauseHead.String(), CauseGround.String():
			folded, partial = false, true
		case CauseLook.String():
		default:
			return GradeSpelling
		}
	}
	switch {
	case folded:
		return GradeFolded
	case partial:
		return GradePartial
	}
	return GradeSpelling
}

// parts walks the filled grid back and appends what differs to parts.
func (g *Grid) parts(parts []Part, read, stored string, order int) []Part {
	read, stored = cut(read), cut(stored)
	add := func(i0, i1, j0, j1 int, c Cause) {
		parts = append(parts, Part{read[j0:j1], stored[i0:i1], c.String()})
	}
	before := len(parts)
	i, j := g.endI, g.endJ
	if i < len(stored) {
		add(i, len(stored), j, j, CauseTail)
	}
	if j < len(read) {
		add(i, i, j, len(read), CauseExtraTail)
	}
	for i > 0 || j > 0 {
		i0, j0, c := g.stepBack(i, j, read, stored)
		if c != CauseNone {
			add(i0, i, j0, j, c)
		}
		i, j = i0, j0
	}
	for a, b := before, len(parts)-1; a < b; a, b = a+1, b-1 {
		parts[a], parts[b] = parts[b], parts[a]
	}
	if order != 0 {
		parts = append(parts, Part{read, rotate(stored, len(stored)-order), CauseLines.String()})
	}
	return parts
}

// stepBack gives the cell from which cell i, j was reached and the cause of that step.
func (g *Grid) stepBack(i, j int, read, stored string) (int, int, Cause) {
	switch g.from[i][j] {
	case stepBefore:
		return i, 0, CauseExtraHead
	case stepHead:
		if i == 2 && IsState(stored) {
			return 0, j, CauseState
		}
		return 0, j, CauseHead
	case stepSeries:
		i0 := i
		for i0 > 0 && IsLetter(stored[i0-1]) {
			i0--
		}
		return i0, j, CauseSeries
	case stepDrop:
		if dropCost(stored, i-1) == costZero {
			return i - 1, j, CauseZero
		}
		return i - 1, j, CauseMiddle
	case stepAdd:
		if addCost(read, j-1) == costRepeat {
			return i, j - 1, CauseRepeat
		}
		return i, j - 1, CauseExtra
	case stepSwap:
		return i - 2, j - 2, CauseSwap
	case stepRow:
		k := int(g.rowLength[i][j]) + 1
		return i - k, j - k, CauseRow
	case stepAny:
		return g.backAny(i, j)
	}
	return i - 1, j - 1, pairCause(stored[i-1], read[j-1])
}

// backAny leaves a cell that * reached, towards the cheaper side.
func (g *Grid) backAny(i, j int) (int, int, Cause) {
	if i == 0 || j > 0 && g.cost[i][j-1] <= g.cost[i-1][j] {
		return i, j - 1, CauseNone
	}
	return i - 1, j, CauseNone
}

func pairCause(stored, read byte) Cause {
	switch {
	case stored == read || read == '?':
		return CauseNone
	case stored == '?':
		return CauseGround
	case isLookAlike(stored, read):
		return CauseLook
	}
	return CauseUnlike
}
