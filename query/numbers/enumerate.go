package numbers

import "anvesh/query/plate"

// A serialEdit is one of the ten thousand serials, as the source of what was read in its place.
type serialEdit struct {
	serial uint16
	edits  uint8
	cost   float32
}

// An editEnumerator lists the serials within 0, 1 and 2 edits of what was read, each once with its least edits and
// cost, by applying the edits one after another: first what one edit makes of the reading, then what another makes of
// that. A transposition with an edit between its two characters is among them.
type editEnumerator struct {
	text   string // as read
	list   []serialEdit
	slot   [allSerials]uint16 // index into list plus one
	sets   [3]serialSet       // of those within so many edits
	within [3]int             // list[:within[e]] are within e edits, after sort
	mass   [3]float64         // sum of exp(-cost) over these
	made   [3]edited          // what so many edits have made of the text
}

// An edited is a reading while it is edited: up to six characters.
type edited struct {
	c [6]byte
	n int
}

// strangers counts the characters that are no digits, each of which takes an edit.
func (x *edited) strangers() int {
	n := 0
	for _, c := range x.c[:x.n] {
		if !plate.IsDigit(c) {
			n++
		}
	}
	return n
}

func (s *editEnumerator) reset() {
	for _, e := range s.list {
		s.slot[e.serial] = 0
	}
	s.list, s.sets = s.list[:0], [3]serialSet{}
}

// fill lists the serials within the edits of text.
func (s *editEnumerator) fill(text string, edits int) {
	s.reset()
	if len(text) < plate.SerialLen-edits || len(text) > plate.SerialLen+edits {
		s.within, s.mass = [3]int{}, [3]float64{}
		return
	}
	s.text = text
	base := &s.made[0]
	base.n = copy(base.c[:], text)
	s.note(base, 0, 0)
	if edits > 0 {
		s.extend(base, 1, edits, 0, -1)
	}
	s.sort()
}

// note lists a finished edited.
func (s *editEnumerator) note(x *edited, edits uint8, cost float32) {
	if serial, ok := readSerial(x.c[:x.n]); ok {
		s.put(serial, edits, cost)
	}
}

// put lists a serial.
func (s *editEnumerator) put(serial uint16, edits uint8, cost float32) {
	if i := s.slot[serial]; i > 0 {
		e := &s.list[i-1]
		e.edits = min(e.edits, edits)
		e.cost = min(e.cost, cost)
		return
	}
	s.list = append(s.list, serialEdit{serial, edits, cost})
	s.slot[serial] = uint16(len(s.list))
}

// extend applies one more edit to x, the edit-th of most, at a cost so far. swapped is the place of a substitution made
// before, -1 without: of two substitutions the first is the left one.
func (s *editEnumerator) extend(x *edited, edit, most int, cost float32, swapped int) {
	left := most - edit
	if x.strangers() > left+1 {
		return
	}
	if d := x.n - plate.SerialLen; d >= -left && d <= left {
		s.replace(x, edit, most, cost, swapped)
		s.transpose(x, edit, most, cost)
	}
	if d := x.n - 1 - plate.SerialLen; d >= -left && d <= left {
		s.shorten(x, edit, most, cost)
	}
	if d := x.n + 1 - plate.SerialLen; d >= -left && d <= left && x.n < len(x.c) {
		s.lengthen(x, edit, most, cost)
	}
}

func (s *editEnumerator) proceed(x *edited, edit, most int, cost float32, swapped int) {
	s.note(x, uint8(edit), cost)
	if edit < most {
		s.extend(x, edit+1, most, cost, swapped)
	}
}

// weights are the values of a digit by its place in a serial.
var weights = [plate.SerialLen]uint16{1000, 100, 10, 1}

// valueWithout is the serial that the digits of x but that at place i stand for; ok is false if one of them is none.
func (x *edited) valueWithout(i int) (value uint16, ok bool) {
	for k, c := range x.c[:plate.SerialLen] {
		if k == i {
			continue
		}
		if !plate.IsDigit(c) {
			return 0, false
		}
		value += uint16(c-'0') * weights[k]
	}
	return value, true
}

// replace takes each character in turn for one of the ten digits.
func (s *editEnumerator) replace(x *edited, edit, most int, cost float32, swapped int) {
	for i := swapped + 1; i < x.n; i++ {
		read := x.c[i]
		if edit == most {
			if value, ok := x.valueWithout(i); ok {
				row := s.rowCost(x, i, swapped)
				for d := range uint16(10) {
					if byte(d)+'0' != read {
						s.put(value+d*weights[i], uint8(edit), min(cost+plate.SwapCost(uint8(d), plate.Code(read)), row+plate.RowCost(uint8(d), plate.Code(read))))
					}
				}
			}
			continue
		}
		for d := byte('0'); d <= '9'; d++ {
			if d != read {
				x.c[i] = d
				s.proceed(x, edit, most, cost+plate.SwapCost(d-'0', plate.Code(read)), i)
			}
		}
		x.c[i] = read
	}
}

// rowCost is the cost of the substitution at place swapped, and of going on with one at i, as two unlike characters in
// a row, but for that of the latter's character; costNever where they are no row.
func (s *editEnumerator) rowCost(x *edited, i, swapped int) float32 {
	if swapped < 0 || i != swapped+1 || x.n != len(s.text) {
		return plate.CostNever
	}
	return plate.RowStart(plate.Code(x.c[swapped]), plate.Code(s.text[swapped]))
}

func (s *editEnumerator) transpose(x *edited, edit, most int, cost float32) {
	for i := 0; i+1 < x.n; i++ {
		if x.c[i] != x.c[i+1] {
			x.c[i], x.c[i+1] = x.c[i+1], x.c[i]
			s.proceed(x, edit, most, cost+plate.CauseSwap.Cost(), -1)
			x.c[i], x.c[i+1] = x.c[i+1], x.c[i]
		}
	}
}

// shorten takes each character in turn as read too many.
func (s *editEnumerator) shorten(x *edited, edit, most int, cost float32) {
	for i := 0; i < x.n; i++ {
		step := float32(plate.CauseExtra.Cost())
		switch {
		case i > 0 && x.c[i] == x.c[i-1]:
			step = plate.CauseRepeat.Cost()
		case i == x.n-1:
			step = plate.ExtraTailCost(1)
		}
		y := &s.made[edit]
		y.n = x.n - 1
		copy(y.c[:], x.c[:i])
		copy(y.c[i:], x.c[i+1:x.n])
		s.proceed(y, edit, most, cost+step, -1)
	}
}

// lengthen puts each digit into each gap, as one that was not read. Two at the end are one lost tail.
func (s *editEnumerator) lengthen(x *edited, edit, most int, cost float32) {
	y := &s.made[edit]
	y.n = x.n + 1
	for i := 0; i <= x.n; i++ {
		copy(y.c[:], x.c[:i])
		copy(y.c[i+1:], x.c[i:x.n])
		if edit == most && y.n == plate.SerialLen {
			if value, ok := y.valueWithout(i); ok {
				for d := range uint16(10) {
					s.put(value+d*weights[i], uint8(edit), cost+insertCost(i, x.n, byte(d), cost))
				}
			}
			continue
		}
		for d := byte('0'); d <= '9'; d++ {
			y.c[i] = d
			s.proceed(y, edit, most, cost+insertCost(i, x.n, d-'0', cost), -1)
		}
	}
}

// insertCost is the cost of digit d not having been read in gap i of n characters; before is the cost of the edit made
// before, by which a tail of two is known.
func insertCost(i, n int, d byte, before float32) float32 {
	switch {
	case i == n && before == plate.TailCost(1):
		return plate.TailCost(2) - plate.TailCost(1)
	case i == n:
		return plate.TailCost(1)
	case i == 0 && d == 0:
		return plate.CauseZero.Cost()
	}
	return plate.CauseMiddle.Cost()
}

// sort brings the list in the order of edits.
func (s *editEnumerator) sort() {
	var counts [3]int
	for _, e := range s.list {
		counts[e.edits]++
	}
	s.within = [3]int{counts[0], counts[0] + counts[1], len(s.list)}
	s.mass = [3]float64{}
	next := [3]int{0, s.within[0], s.within[1]}
	for e := range next {
		for i := next[e]; i < s.within[e]; {
			if at := s.list[i].edits; int(at) != e {
				s.list[i], s.list[next[at]] = s.list[next[at]], s.list[i]
				next[at]++
			} else {
				i++
				next[e] = i
			}
		}
	}
	for i, e := range s.list {
		s.slot[e.serial] = uint16(i + 1)
		s.sets[e.edits].put(e.serial)
		s.mass[e.edits] += chanceOf(e.cost)
	}
	for i := range s.sets[0] {
		s.sets[1][i] |= s.sets[0][i]
		s.sets[2][i] |= s.sets[1][i]
	}
	s.mass[1] += s.mass[0]
	s.mass[2] += s.mass[1]
}
