// Package witness knows of every case what its entry says, outside of the keys that the entries are in.
package witness

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/cespare/xxhash/v2"

	"anvesh/storage/backend"
	"anvesh/storage/layout"
)

// A Table knows of every case what its entry says, outside of Badger: 16 bytes in memory for each case. A read is held
// against it, so that an entry which Badger does not find, or finds in an older version, is told from one that is not there.
//
// Badger alone cannot tell: where a block of a table does not match its checksum, a Get goes on to the next table, an
// iterator to the end of this one, and a merge drops what is left of it, all without a word (badger v4.9.6, levels.go,
// table/iterator.go). A key beside the entry, in the same tables, would be lost to the same merge, damaged index or filter.
//
// What a case says are 64 bits: the upper half sums up its forms and whether it is withdrawn (formsSay), the lower half is
// of the checksum of its entry. State.Witness is the sum of the shares of all cases, carried on with each commit; it proves
// the witness that is loaded from derived/witness and the journal, or made from the entries themselves.
type Table struct {
	mu    sync.RWMutex
	cells []cell // open addressing, a power of two of them
	n     int
	odd   map[string]uint64 // of cases whose number is not 1 to 18 digits
	total uint64            // of shares
	next  map[string]uint64 // what cases say once the commit that is being made is durable
}

// A cell is empty where fir is 0.
type cell struct{ fir, says uint64 }

// packFIR is the number with a 1 before it.
func packFIR(fir string) (x uint64, ok bool) {
	if len(fir) < 1 || len(fir) > 18 {
		return 0, false
	}
	x = 1
	for i := range len(fir) {
		d := fir[i] - '0'
		if d > 9 {
			return 0, false
		}
		x = 10*x + uint64(d)
	}
	return x, true
}

func unpackFIR(x uint64) string { return strconv.FormatUint(x, 10)[1:] }

// Share is what one case adds to the witness's total.
func Share(fir string, says uint64) uint64 {
	return layout.Sum(layout.CaseKey(fir), binary.LittleEndian.AppendUint64(nil, says))
}

// share is Share of a number as packFIR gives it, without allocating: a start takes that of every case.
func share(x, says uint64) uint64 {
	var b [32]byte
	key := strconv.AppendUint(b[:0], x, 10)
	key[0] = layout.CaseKind // in place of the 1
	return xxhash.Sum64(binary.LittleEndian.AppendUint64(key, says))
}

// SaysSame tells whether an entry with this checksum is the one that was witnessed.
func SaysSame(says, entry uint64) bool { return uint32(says) == uint32(entry) }

func place(x uint64, cells int) int {
	h, l := x*0x9e3779b97f4a7c15, uint64(cells-1)
	return int((h ^ h>>32) & l)
}

// find is the cell of x, or the empty one where it belongs.
func find(cells []cell, x uint64) *cell {
	for i := place(x, len(cells)); ; i = (i + 1) & (len(cells) - 1) {
		if c := &cells[i]; c.fir == x || c.fir == 0 {
			return c
		}
	}
}

// Get returns what a case says; known is false where there is no such case.
func (w *Table) Get(fir string) (says uint64, known bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	x, ok := packFIR(fir)
	if !ok {
		says, known = w.odd[fir]
		return says, known
	}
	if w.n == 0 {
		return 0, false
	}
	c := find(w.cells, x)
	return c.says, c.fir != 0
}

// Announce tells what cases say once a commit is durable, before anybody can read it; nil takes that back.
func (w *Table) Announce(next map[string]uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = next
}

// Announced tells whether an entry with this checksum is one that is being written.
func (w *Table) Announced(fir string, entry uint64) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	says, ok := w.next[fir]
	return ok && SaysSame(says, entry)
}

// Set takes what a case says from now on.
func (w *Table) Set(fir string, says uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	x, ok := packFIR(fir)
	if !ok {
		if old, known := w.odd[fir]; known {
			w.total -= Share(fir, old)
		}
		if w.odd == nil {
			w.odd = map[string]uint64{}
		}
		w.odd[fir] = says
		w.total += Share(fir, says)
		return
	}
	w.set(x, says)
}

func (w *Table) set(x, says uint64) {
	if 4*(w.n+1) > 3*len(w.cells) {
		w.grow()
	}
	c := find(w.cells, x)
	if c.fir == 0 {
		w.n++
	} else {
		w.total -= share(x, c.says)
	}
	*c = cell{x, says}
	w.total += share(x, says)
}

// makeRoom takes so many cells that n cases need no more. Cases that come in the order of another table's cells, as Save
// writes them, must not grow this one: in a table that is smaller than theirs they crowd at its front, and each is found by
// going through all of the crowd (1.4 s in place of .2 for a million and a half; minutes for ten millions).
func (w *Table) makeRoom(n int) {
	size := 64
	for 4*n > 3*size {
		size *= 2
	}
	w.cells = make([]cell, size)
	clear(w.cells) // else each page of them is read before it is written to, which costs a start two faults
}

func (w *Table) grow() {
	cells := make([]cell, max(64, 2*len(w.cells)))
	for _, c := range w.cells {
		if c.fir != 0 {
			*find(cells, c.fir) = c
		}
	}
	w.cells = cells
}

// Each calls fn with every case, in no order. Nothing is changed meanwhile.
func (w *Table) Each(fn func(fir string, says uint64)) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, c := range w.cells {
		if c.fir != 0 {
			fn(unpackFIR(c.fir), c.says)
		}
	}
	for fir, says := range w.odd {
		fn(fir, says)
	}
}

// Cases is how many there are.
func (w *Table) Cases() int {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.n + len(w.odd)
}

// Sum is the total of the shares of all cases.
func (w *Table) Sum() uint64 {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.total
}

// Take makes w what another is.
func (w *Table) Take(o *Table) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cells, w.n, w.odd, w.total = o.cells, o.n, o.odd, o.total
}

// The file of a saved witness, derived/witness:
//
//	"ANVWITN1" seq(8) n(8) then n times number(8, with a 1 before it) says(8), then n(8) and as often length(8) number says(8)
//	of those that are not 1 to 18 digits, and xxhash64(8) over everything before it, little-endian
const witnessMagic = "ANVWITN1"

// Save writes the witness as of a commit.
func (w *Table) Save(to io.Writer, seq uint64) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	h := xxhash.New()
	b := bufio.NewWriterSize(io.MultiWriter(to, h), 1<<16)
	number := func(x uint64) { b.Write(binary.LittleEndian.AppendUint64(b.AvailableBuffer(), x)) }
	b.WriteString(witnessMagic)
	number(seq)
	number(uint64(w.n))
	for _, c := range w.cells {
		if c.fir != 0 {
			number(c.fir)
			number(c.says)
		}
	}
	number(uint64(len(w.odd)))
	for _, fir := range slices.Sorted(maps.Keys(w.odd)) {
		number(uint64(len(fir)))
		b.WriteString(fir)
		number(w.odd[fir])
	}
	if err := b.Flush(); err != nil {
		return err
	}
	_, err := to.Write(binary.LittleEndian.AppendUint64(nil, h.Sum64()))
	return err
}

// ErrWitness is returned for a file that is not what Save wrote.
var ErrWitness = errors.New("it is not what was written")

// Read reads what Save wrote, and verifies it.
func Read(f backend.File) (w *Table, seq uint64, err error) {
	size, err := f.Size()
	if err != nil {
		return nil, 0, err
	}
	if size < int64(len(witnessMagic)+32) {
		return nil, 0, ErrWitness
	}
	h := xxhash.New()
	r := bufio.NewReaderSize(io.TeeReader(io.NewSectionReader(f, 0, size-8), h), 1<<16)
	b := make([]byte, 8)
	number := func() uint64 {
		if _, e := io.ReadFull(r, b); e != nil {
			err = ErrWitness
			return 0
		}
		return binary.LittleEndian.Uint64(b)
	}
	if number(); string(b) != witnessMagic {
		return nil, 0, ErrWitness
	}
	w, seq = &Table{}, number()
	n := number()
	if n > uint64(size)/16 {
		return nil, 0, ErrWitness
	}
	w.makeRoom(int(n))
	for ; n > 0 && err == nil; n-- {
		x, says := number(), number()
		if x < 10 {
			return nil, 0, ErrWitness
		}
		w.set(x, says)
	}
	for n := number(); n > 0 && err == nil; n-- {
		length := number()
		if length > 1<<16 {
			return nil, 0, ErrWitness
		}
		fir := make([]byte, length)
		if _, e := io.ReadFull(r, fir); e != nil {
			return nil, 0, ErrWitness
		}
		w.Set(string(fir), number())
	}
	var want [8]byte
	if _, e := f.ReadAt(want[:], size-8); e != nil || err != nil {
		return nil, 0, errors.Join(err, e)
	}
	if _, e := r.ReadByte(); e != io.EOF || h.Sum64() != binary.LittleEndian.Uint64(want[:]) {
		return nil, 0, ErrWitness
	}
	return w, seq, nil
}
