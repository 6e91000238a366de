package register

import "math/bits"

// lists holds, for each ordinal of a name or number, the records R that bear it, persons or vehicles, in no order. Most lists have one record,
// which stands in the span itself. The others are blocks of one array whose sizes are powers of two, so that a list is
// read in one stretch of cache: a chain of nodes cost a cache miss for each bearer, and popular names have thousands.
//
//	span   at, n    n 0: empty; n 1: at is the record; else the records are array[at:at+n] of a block of the least power of two >= n
//	free   by class c: where blocks of 1<<c begin that nobody uses
type lists[R ~uint32] struct {
	spans []span[R]
	array []R
	free  [32][]uint32
}

// at is a record or, with several, a place in array.
type span[R ~uint32] struct {
	at [1]R
	n  uint32
}

// class is the size class of a block for n records.
func class(n uint32) int { return bits.Len32(n - 1) }

// block takes a block of a class.
func (l *lists[R]) block(c int) uint32 {
	if f := l.free[c]; len(f) > 0 {
		l.free[c] = f[:len(f)-1]
		return f[len(f)-1]
	}
	at := uint32(len(l.array))
	l.array = append(l.array, make([]R, 1<<c)...)
	return at
}

// add puts record into an ordinal's list.
func (l *lists[R]) add(ordinal uint32, record R) {
	for int(ordinal) >= len(l.spans) {
		l.spans = append(l.spans, span[R]{})
	}
	s := &l.spans[ordinal]
	switch {
	case s.n == 0:
		*s = span[R]{[1]R{record}, 1}
		return
	case s.n == 1:
		at := l.block(1)
		l.array[at] = s.at[0]
		s.at[0] = R(at)
	case s.n&(s.n-1) == 0: // full
		at := l.block(class(s.n) + 1)
		copy(l.array[at:], l.of(ordinal))
		l.free[class(s.n)] = append(l.free[class(s.n)], uint32(s.at[0]))
		s.at[0] = R(at)
	}
	l.array[uint32(s.at[0])+s.n] = record
	s.n++
}

// remove takes record out of an ordinal's list, once.
func (l *lists[R]) remove(ordinal uint32, record R) {
	s := &l.spans[ordinal]
	if s.n == 1 {
		if s.at[0] == record {
			*s = span[R]{}
		}
		return
	}
	list := l.of(ordinal)
	for i, r := range list {
		if r != record {
			continue
		}
		list[i] = list[len(list)-1]
		s.n--
		switch {
		case s.n == 1:
			l.free[1] = append(l.free[1], uint32(s.at[0]))
			s.at[0] = list[0]
		case s.n&(s.n-1) == 0: // the upper half is a block of its own
			l.free[class(s.n)] = append(l.free[class(s.n)], uint32(s.at[0])+s.n)
		}
		return
	}
}

// of gives the records of an ordinal, valid until the lists change.
func (l *lists[R]) of(ordinal uint32) []R {
	if int(ordinal) >= len(l.spans) {
		return nil
	}
	s := &l.spans[ordinal]
	if s.n <= 1 {
		return s.at[:s.n]
	}
	return l.array[s.at[0] : uint32(s.at[0])+s.n]
}
