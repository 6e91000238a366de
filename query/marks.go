package query

import "sync"

// marks are the persons that a search has met: a bit each, kept from search to search and cleared word by word.
type marks struct {
	bits    []uint64
	touched []uint32 // words that are not 0
}

var marksPool = sync.Pool{New: func() any { return new(marks) }}

// takeMarks gives marks for n persons, none of them set.
func takeMarks(n int) *marks {
	m := marksPool.Get().(*marks)
	if need := (n + 63) / 64; len(m.bits) < need {
		m.bits = make([]uint64, need+need/8)
	}
	return m
}

// mark sets a person's bit and tells whether it was not set.
func (m *marks) mark(record personAt) bool {
	w, bit := uint32(record/64), uint64(1)<<(record%64)
	was := m.bits[w]
	if was&bit != 0 {
		return false
	}
	if was == 0 {
		m.touched = append(m.touched, w)
	}
	m.bits[w] = was | bit
	return true
}

// has tells whether a person's bit is set.
func (m *marks) has(record personAt) bool { return m.bits[record/64]&(1<<(record%64)) != 0 }

// give clears the marks and gives them back.
func (m *marks) give() {
	for _, w := range m.touched {
		m.bits[w] = 0
	}
	m.touched = m.touched[:0]
	marksPool.Put(m)
}
