package storage

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"

	"github.com/cespare/xxhash/v2"
)

// A witness knows of every case what its entry says, outside of Badger: 16 bytes in memory for each case. A read is held
// against it, so that an entry which Badger does not find, or finds in an older version, is told from one that is not there.
//
// Badger alone cannot tell: where a block of a table does not match its checksum, a Get goes on to the next table, an
// iterator to the end of this one, and a merge drops what is left of it, all without a word (badger v4.9.6, levels.go,
// table/iterator.go). A key beside the entry, in the same tables, would be lost to the same merge, damaged index or filter.
//
// What a case says are 64 bits: the upper half sums up its forms and whether it is withdrawn (formsSay), the lower half is
// of the checksum of its entry. State.Witness is the sum of the shares of all cases, carried on with each commit; it proves
// the witness that is loaded from derived/witness and the journal, or made from the entries themselves.
type witness struct {
	mu    sync.RWMutex
	cells []witnessCell // open addressing, a power of two of them
	n     int
	odd   map[string]uint64 // of cases whose number is not 1 to 18 digits
	total uint64            // of shares
	next  map[string]uint64 // what cases say once the commit that is being made is durable
}

// A witnessCell is empty where fir is 0.
type witnessCell struct{ fir, says uint64 }

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

// share is what one case adds to the witness's total.
func share(fir string, says uint64) uint64 {
	return sum(caseKey(fir), binary.LittleEndian.AppendUint64(nil, says))
}

// says sums up a case and its entry as it is stored.
func says(c *Case, entry uint64) uint64 { return formsSay(c)&^0xffffffff | entry&0xffffffff }

// formsSay sums up the forms of a case, in any order, and whether it is withdrawn. Its upper half counts.
func formsSay(c *Case) (all uint64) {
	for _, f := range c.Forms {
		all += pairHash(xxhash.Sum64String(f.ID)+uint64(f.Version), binary.LittleEndian.Uint64(f.Sum[:]))
	}
	if c.Withdrawn {
		all ^= 0x5bd1e995_9e3779b9
	}
	return all
}

// saysSame tells whether an entry with this checksum is the one that was witnessed.
func saysSame(says, entry uint64) bool { return uint32(says) == uint32(entry) }

func place(x uint64, cells int) int {
	h, l := x*0x9e3779b97f4a7c15, uint64(cells-1)
	return int((h ^ h>>32) & l)
}

// find is the cell of x, or the empty one where it belongs.
func find(cells []witnessCell, x uint64) *witnessCell {
	for i := place(x, len(cells)); ; i = (i + 1) & (len(cells) - 1) {
		if c := &cells[i]; c.fir == x || c.fir == 0 {
			return c
		}
	}
}

// get returns what a case says; known is false where there is no such case.
func (w *witness) get(fir string) (says uint64, known bool) {
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

// announce tells what cases say once a commit is durable, before anybody can read it; nil takes that back.
func (w *witness) announce(next map[string]uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = next
}

// announced tells whether an entry with this checksum is one that is being written.
func (w *witness) announced(fir string, entry uint64) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	says, ok := w.next[fir]
	return ok && saysSame(says, entry)
}

// set takes what a case says from now on.
func (w *witness) set(fir string, says uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	x, ok := packFIR(fir)
	if !ok {
		if old, known := w.odd[fir]; known {
			w.total -= share(fir, old)
		}
		if w.odd == nil {
			w.odd = map[string]uint64{}
		}
		w.odd[fir] = says
		w.total += share(fir, says)
		return
	}
	if 4*(w.n+1) > 3*len(w.cells) {
		w.grow()
	}
	c := find(w.cells, x)
	if c.fir == 0 {
		w.n++
	} else {
		w.total -= share(fir, c.says)
	}
	*c = witnessCell{x, says}
	w.total += share(fir, says)
}

func (w *witness) grow() {
	cells := make([]witnessCell, max(64, 2*len(w.cells)))
	for _, c := range w.cells {
		if c.fir != 0 {
			*find(cells, c.fir) = c
		}
	}
	w.cells = cells
}

// each calls fn with every case, in no order. Nothing is changed meanwhile.
func (w *witness) each(fn func(fir string, says uint64)) {
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

// cases is how many there are.
func (w *witness) cases() int {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.n + len(w.odd)
}

func (w *witness) sum() uint64 {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.total
}

// take makes w what another is.
func (w *witness) take(o *witness) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cells, w.n, w.odd, w.total = o.cells, o.n, o.odd, o.total
}

// The file of a saved witness, derived/witness:
//
//	"ANVWITN1" seq(8) n(8) then n times number(8, with a 1 before it) says(8), then n(8) and as often length(8) number says(8)
//	of those that are not 1 to 18 digits, and xxhash64(8) over everything before it, little-endian
const witnessMagic = "ANVWITN1"

// save writes the witness as of a commit.
func (w *witness) save(to io.Writer, seq uint64) error {
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

var errWitness = errors.New("it is not what was written")

// readWitness reads what save wrote, and verifies it.
func readWitness(f file) (w *witness, seq uint64, err error) {
	size, err := f.size()
	if err != nil {
		return nil, 0, err
	}
	if size < int64(len(witnessMagic)+32) {
		return nil, 0, errWitness
	}
	h := xxhash.New()
	r := bufio.NewReaderSize(io.TeeReader(io.NewSectionReader(f, 0, size-8), h), 1<<16)
	b := make([]byte, 8)
	number := func() uint64 {
		if _, e := io.ReadFull(r, b); e != nil {
			err = errWitness
			return 0
		}
		return binary.LittleEndian.Uint64(b)
	}
	if number(); string(b) != witnessMagic {
		return nil, 0, errWitness
	}
	w, seq = &witness{}, number()
	for n := number(); n > 0 && err == nil; n-- {
		x, says := number(), number()
		if x < 10 {
			return nil, 0, errWitness
		}
		w.set(unpackFIR(x), says)
	}
	for n := number(); n > 0 && err == nil; n-- {
		length := number()
		if length > 1<<16 {
			return nil, 0, errWitness
		}
		fir := make([]byte, length)
		if _, e := io.ReadFull(r, fir); e != nil {
			return nil, 0, errWitness
		}
		w.set(string(fir), number())
	}
	var want [8]byte
	if _, e := f.ReadAt(want[:], size-8); e != nil || err != nil {
		return nil, 0, errors.Join(err, e)
	}
	if _, e := r.ReadByte(); e != io.EOF || h.Sum64() != binary.LittleEndian.Uint64(want[:]) {
		return nil, 0, errWitness
	}
	return w, seq, nil
}

// openWitness makes the witness: from the file and the journal behind it, or else from the case entries. Where those are not
// all that State says, it looks again in small pieces, and if that does not help the store is unproven.
func (s *Store) openWitness() error {
	if s.state.Witness != nil {
		w, seq, err := s.loadWitness()
		if err == nil && w.total == *s.state.Witness {
			s.witness.take(w)
			s.witnessed = seq
			return nil
		}
		if err == nil {
			err = errWitness
		}
		if !errors.Is(err, os.ErrNotExist) {
			s.log.Warn("storage: the witness is made again from the case entries", "why", err)
		}
	}
	s.witnessed = s.state.Seq
	for _, page := range []int{walkPage, finePage} {
		w, err := s.scanWitness(page)
		if err != nil {
			return err
		}
		s.witness.take(w)
		if s.state.Witness == nil {
			return s.firstWitness()
		}
		if w.total == *s.state.Witness {
			return nil
		}
	}
	s.unproven.Store(true)
	s.rotten(fmt.Sprintf("the %d case entries that can be read are not those of the last commit, which had %d: some are lost or of an earlier time, and which is not known",
		s.witness.cases(), s.state.Cases))
	return s.nameOrphans()
}

// firstWitness is of a store that a program without a witness has written: what is there is taken as it is.
func (s *Store) firstWitness() error {
	total := s.witness.sum()
	s.state.Witness, s.state.JournalFrom = &total, s.state.Seq+1
	return s.writeState()
}

// loadWitness reads the file, and what the journal says of the commits after it.
func (s *Store) loadWitness() (*witness, uint64, error) {
	f, err := s.home.openDerived(witnessFile)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	w, seq, err := readWitness(f)
	if err != nil {
		return nil, 0, err
	}
	if seq > s.state.Seq {
		return nil, 0, fmt.Errorf("it covers commit %d, the store ends at %d", seq, s.state.Seq)
	}
	err = s.journal(seq, func(_ uint64, e *journalEntry) error {
		for _, c := range e.cases {
			w.set(c.fir, c.says)
		}
		return nil
	})
	return w, seq, err
}

// scanWitness makes a witness of the case entries that can be read; one that cannot is damaged.
func (s *Store) scanWitness(page int) (*witness, error) {
	w := &witness{}
	err := s.read(func(t txn) error {
		return s.walkCases(t, page, func(cases []walked) error {
			for _, c := range cases {
				if c.err != nil {
					s.damaged(c.fir, c.err)
				}
				w.set(c.fir, c.says)
			}
			return nil
		})
	})
	return w, err
}
