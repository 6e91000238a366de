package query

import "math/bits"

// lists holds, for each ordinal of a name or number, the records R that bear it, persons or vehicles, in no order. Most lists have one record,
// which stands in the span itself. The others are blocks of one array whose sizes are powers of two, so that a list is
// read in one stretch of memory: a chain of nodes cost a cache miss for each bearer, and popular names have thousands.
//
//	span   at, n    n 0: empty; n 1: at is the record; else the records are room[at:at+n] of a block of the least power of two >= n
//	free   by class c: where blocks of 1<<c begin that nobody uses
type lists[R ~uint32] struct {
	spans []span
	room  []R
	free  [32][]uint32
}

type span struct{ at, n uint32 }

// class is the size class of a block for n records.
func class(n uint32) int { return bits.Len32(n - 1) }

// block takes a block of a class.
func (l *lists[R]) block(c int) uint32 {
	if f := l.free[c]; len(f) > 0 {
		l.free[c] = f[:len(f)-1]
		return f[len(f)-1]
	}
	at := uint32(len(l.room))
	l.room = append(l.room, make([]R, 1<<c)...)
	return at
}

// add puts record into an ordinal's list.
func (l *lists[R]) add(ordinal uint32, record R) {
	for int(ordinal) >= len(l.spans) {
		l.spans = append(l.spans, span{})
	}
	s := &l.spans[ordinal]
	switch {
	case s.n == 0:
		*s = span{uint32(record), 1}
		return
	case s.n == 1:
		at := l.block(1)
		l.room[at] = R(s.at)
		s.at = at
	case s.n&(s.n-1) == 0: // full
		at := l.block(class(s.n) + 1)
		copy(l.room[at:], l.room[s.at:s.at+s.n])
		l.free[class(s.n)] = append(l.free[class(s.n)], s.at)
		s.at = at
	}
	l.room[s.at+s.n] = record
	s.n++
}

// remove takes record out of an ordinal's list, once.
func (l *lists[R]) remove(ordinal uint32, record R) {
	s := &l.spans[ordinal]
	if s.n == 1 {
		if R(s.at) == record {
			*s = span{}
		}
		return
	}
	list := l.room[s.at : s.at+s.n]
	for i, r := range list {
		if r != record {
			continue
		}
		list[i] = list[len(list)-1]
		s.n--
		switch {
		case s.n == 1:
			l.free[1] = append(l.free[1], s.at)
			s.at = uint32(l.room[s.at])
		case s.n&(s.n-1) == 0: // the upper half is a block of its own
			l.free[class(s.n)] = append(l.free[class(s.n)], s.at+s.n)
		}
		return
	}
}

// of gives the records of an ordinal, valid until the lists change; one is where a single one is put.
func (l *lists[R]) of(ordinal uint32, one *[1]R) []R {
	if int(ordinal) >= len(l.spans) {
		return nil
	}
	s := l.spans[ordinal]
	switch s.n {
	case 0:
		return nil
	case 1:
		one[0] = R(s.at)
		return one[:]
	}
	return l.room[s.at : s.at+s.n]
}

// each calls fn with the records of an ordinal until it returns false.
func (l *lists[R]) each(ordinal uint32, fn func(record R) bool) {
	var one [1]R
	for _, r := range l.of(ordinal, &one) {
		if !fn(r) {
			return
		}
	}
}
