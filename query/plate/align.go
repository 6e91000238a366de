package plate

// MaxAligned is the length up to which strings are aligned; longer ones are cut there.
const MaxAligned = 32

// longestRow is the most characters that are misread in a row by one cause.
const longestRow = 3

// A Layout says where the parts of a stored registration end. All are 0 where the number is not of the current form.
type Layout struct {
	state, office, series uint8
	Loose                 bool // a chassis or engine number, whose head may be missing
}

// LayoutOf finds the parts of a stored registration by their shape alone.
func LayoutOf(s string) Layout {
	n := len(s)
	if n < 8 || !IsState(s) || !IsDigit(s[2]) || !IsDigit(s[3]) || !allOf(s[n-4:], IsDigit) || !allOf(s[4:n-4], IsLetter) {
		return Layout{}
	}
	return Layout{state: 2, office: 4, series: uint8(n - 4)}
}

// A step is how an alignment came to a cell.
type step uint8

const (
	stepStart  step = iota
	stepPair        // one character for one
	stepDrop        // a stored character was not read
	stepAdd         // a character was read that is not stored
	stepSwap        // two neighbours read in the wrong order
	stepRow         // one of several unlike substitutions in a row
	stepSeries      // the series was not read
	stepHead        // read begins after the stored head
	stepBefore      // extra characters before the stored string
	stepAny         // * in the reading
)

// A Grid aligns one stored string (rows) with one reading (columns): cell [i][j] is the least cost of having explained
// j characters of the reading by i of the stored string. row is the same with the last step in a row of unlike
// characters.
type Grid struct {
	cost, row [MaxAligned + 1][MaxAligned + 1]float32
	from      [MaxAligned + 1][MaxAligned + 1]step
	rowLength [MaxAligned + 1][MaxAligned + 1]uint8 // characters of the row before the last one
	codes     [MaxAligned + 1]uint8                 // of the reading's characters, by column
	add       [MaxAligned + 1]float32               // cost of a column's character being one too many
	endI      int                                   // where the best alignment leaves the grid: beyond are a lost
	endJ      int                                   // tail of the stored string or an extra tail of the reading
}

// Cost fills the grid and gives the cost of reading stored as read.
func (g *Grid) Cost(read, stored string, l Layout) float32 {
	read, stored = cut(read), cut(stored)
	m, n := len(read), len(stored)
	g.fillTop(read)
	for i := 1; i <= n; i++ {
		g.fillRow(i, read, stored, l)
	}
	return g.leave(m, n)
}

// fillTop fills the row before any stored character, and what is known of each column.
func (g *Grid) fillTop(read string) {
	g.cost[0][0], g.row[0][0] = 0, costApart
	for j := 1; j <= len(read); j++ {
		g.cost[0][j], g.from[0][j], g.row[0][j] = costAt(&costBefore, j), stepBefore, costApart
		g.codes[j], g.add[j] = codes[read[j-1]], addCost(read, j-1)
		if read[j-1] == '*' {
			g.codes[j] = anyCode
			if g.cost[0][j-1] == 0 {
				g.cost[0][j], g.from[0][j] = 0, stepAny
			}
		}
	}
}

// anyCode stands for * among the codes of a reading.
const anyCode = 63

// fillRow fills row i.
func (g *Grid) fillRow(i int, read, stored string, l Layout) {
	above, row := &g.cost[i-1], &g.cost[i]
	rowAbove, inARow := &g.row[i-1], &g.row[i]
	lengthAbove, length, from := &g.rowLength[i-1], &g.rowLength[i], &g.from[i]
	s, drop := codes[stored[i-1]], dropCost(stored, i-1)
	before := uint8(UnknownCode)
	if i > 1 {
		before = codes[stored[i-2]]
	}
	pair, inRow := &swaps[s], &inRow[s]
	row[0], from[0], inARow[0] = above[0]+drop, stepDrop, costApart
	if head := headCost(i, l); head < row[0] {
		row[0], from[0] = head, stepHead
	}
	last := uint8(UnknownCode)
	for j := 1; j <= len(read) && j <= MaxAligned; j++ {
		r := g.codes[j]
		if r == anyCode {
			inARow[j], length[j], row[j], from[j] = costApart, 0, min(row[j-1], above[j]), stepAny
			last = r
			continue
		}
		corner := above[j-1]
		best, step := corner+pair[r], stepPair
		if c := above[j] + drop; c < best {
			best, step = c, stepDrop
		}
		if c := row[j-1] + g.add[j]; c < best {
			best, step = c, stepAdd
		}
		inARow[j], length[j] = costApart, 0
		if s != r {
			if s == last && r == before && i > 1 && j > 1 {
				if c := g.cost[i-2][j-2] + costSwap; c < best {
					best, step = c, stepSwap
				}
			}
			c, n := corner+costRowStart, uint8(0)
			if on := rowAbove[j-1] + costRowOn; on < c && i > 1 && j > 1 && lengthAbove[j-1] < longestRow-1 {
				c, n = on, lengthAbove[j-1]+1
			}
			c += inRow[r]
			inARow[j], length[j] = c, n
			if c < best {
				best, step = c, stepRow
			}
		}
		row[j], from[j], last = best, step, r
		if i == int(l.series) {
			g.loseSeries(i, j, l)
		}
	}
}

// loseSeries lets a cell at the end of the series be reached from the end of the office.
func (g *Grid) loseSeries(i, j int, l Layout) {
	if c := g.cost[l.office][j] + costSeries; l.series > l.office && c < g.cost[i][j] {
		g.cost[i][j], g.from[i][j] = c, stepSeries
	}
}

// leave finds where the cheapest alignment ends, with what is lost or too many after it.
func (g *Grid) leave(m, n int) float32 {
	best := g.cost[n][m]
	g.endI, g.endJ = n, m
	for i := max(0, n-maxLost); i < n; i++ {
		if c := g.cost[i][m] + costAt(&costTail, n-i); c < best {
			best, g.endI, g.endJ = c, i, m
		}
	}
	for j := max(0, m-maxLost); j < m; j++ {
		if c := g.cost[n][j] + costAt(&costMore, m-j); c < best {
			best, g.endI, g.endJ = c, n, j
		}
	}
	return best
}

// dropCost is the cost of not reading stored[i]. A zero after letters is a leading zero, often left out.
func dropCost(stored string, i int) float32 {
	if stored[i] == '0' && (i == 0 || IsLetter(stored[i-1])) {
		return costZero
	}
	return costMiddle
}

// addCost is the cost of read[j] being one too many.
func addCost(read string, j int) float32 {
	if j > 0 && read[j] == read[j-1] {
		return costRepeat
	}
	return costExtra
}

// headCost is the cost of the first i stored characters not being read, costNever where no part ends there.
func headCost(i int, l Layout) float32 {
	switch {
	case l.Loose:
		return CostHeadFirst + CostHead*float32(i)
	case l.state == 0:
		return CostNever
	case i == int(l.state):
		return costState
	case i == int(l.office):
		return costOffice
	case i == int(l.series):
		return costOffice + costSeries/2
	}
	return CostNever
}

// costAt is costs[k], the last one where k is beyond.
func costAt(costs *[maxLost + 1]float32, k int) float32 { return costs[min(k, len(costs)-1)] }

func cut(s string) string {
	if len(s) > MaxAligned {
		return s[:MaxAligned]
	}
	return s
}
