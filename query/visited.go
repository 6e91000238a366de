package query

import (
	"sync"

	"anvesh/query/register"
)

// visited are the persons that a search has met: a bit each, kept from search to search and cleared word by word.
type visited struct {
	bits    []uint64
	touched []uint32 // words that are not 0
}

var visitedPool = sync.Pool{New: func() any { return new(visited) }}

// takeVisited gives a set with nobody in it.
func takeVisited() *visited { return visitedPool.Get().(*visited) }

// mark sets a person's bit and tells whether it was not set.
func (m *visited) mark(record register.PersonAt) bool {
	w, bit := uint32(record/64), uint64(1)<<(record%64)
	if int(w) >= len(m.bits) {
		m.bits = append(m.bits, make([]uint64, int(w)+1-len(m.bits)+len(m.bits)/4)...)
	}
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
func (m *visited) has(record register.PersonAt) bool {
	return int(record/64) < len(m.bits) && m.bits[record/64]&(1<<(record%64)) != 0
}

// give clears the set and gives it back.
func (m *visited) give() {
	for _, w := range m.touched {
		m.bits[w] = 0
	}
	m.touched = m.touched[:0]
	visitedPool.Put(m)
}
