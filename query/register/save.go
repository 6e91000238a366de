package register

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"anvesh/query/names"
	"anvesh/query/numbers"
)

// The saved register is a run of sections, each a run of chunks (length(4), bytes) that ends with a chunk of
// length 0: names, relatives, plates, chassis, engines as their rooms write them, then words, lists,
// persons, vehicles. Everything is little-endian. The tables of ids are made again from the records.

var errSaved = errors.New("query: saved register cannot be read")

// Save is part of storage.Derived.
func (g *Register) Save(w io.Writer) error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	for _, x := range []io.WriterTo{g.names, g.relatives, g.plates, g.chassis, g.engines} {
		if err := section(w, func(w io.Writer) error { _, err := x.WriteTo(w); return err }); err != nil {
			return err
		}
	}
	return section(w, func(w io.Writer) error {
		b := &saver{w: bufio.NewWriterSize(w, 1<<16)}
		b.number(uint64(len(g.words.text)))
		for _, s := range g.words.text {
			b.number(uint64(len(s)))
			b.w.WriteString(s)
		}
		saveLists(b, g.byName[:])
		saveLists(b, g.byNumber[:])
		saveSlice(b, g.freeP)
		saveSlice(b, g.freeV)
		b.u64(uint64(g.live))
		b.number(uint64(len(g.persons)))
		for i := range g.persons {
			b.person(&g.persons[i], &g.facts[i])
		}
		b.number(uint64(len(g.vehicles)))
		for i := range g.vehicles {
			b.vehicle(&g.vehicles[i])
		}
		b.numbers(g)
		b.texts(&g.shown)
		return b.w.Flush()
	})
}

func saveLists[R ~uint32](b *saver, all []lists[R]) {
	for i := range all {
		l := &all[i]
		b.number(uint64(len(l.spans)))
		for o := range l.spans {
			saveSlice(b, l.of(uint32(o)))
		}
	}
}

func loadLists[R ~uint32](b *loader, all []lists[R]) {
	for i := range all {
		l := &all[i]
		l.spans = make([]span[R], b.number())
		for o := range l.spans {
			for range b.number() {
				l.add(uint32(o), R(b.u32()))
			}
		}
	}
}

// Restore is part of storage.Derived.
func (g *Register) Restore(r io.Reader) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reset()
	err := g.restore(r)
	if err != nil {
		g.reset()
	}
	return err
}

// restore reads the sections. The indexes of numbers are small in the file and long in the making, half of all: they are
// made beside the rest.
func (g *Register) restore(r io.Reader) error {
	var aside sync.WaitGroup
	defer aside.Wait()
	var failed [6]error
	for i, part := range [len(failed)]struct {
		aside bool
		read  func(io.Reader) error
	}{
		{false, func(r io.Reader) (err error) { g.names, err = names.ReadIndex(r); return err }},
		{false, func(r io.Reader) (err error) { g.relatives, err = names.ReadIndex(r); return err }},
		{true, func(r io.Reader) (err error) { g.plates, err = numbers.ReadPlateIndex(r); return err }},
		{true, func(r io.Reader) (err error) { g.chassis, err = numbers.ReadNumberIndex(r); return err }},
		{true, func(r io.Reader) (err error) { g.engines, err = numbers.ReadNumberIndex(r); return err }},
		{false, g.restoreRest},
	} {
		s := &sectionReader{r: r}
		if part.aside {
			b, err := io.ReadAll(s)
			if err != nil {
				return err
			}
			aside.Go(func() { failed[i] = part.read(bytes.NewReader(b)) })
			continue
		}
		if err := part.read(s); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, s); err != nil {
			return err
		}
	}
	aside.Wait()
	return errors.Join(failed[:]...)
}

func (g *Register) restoreRest(r io.Reader) error {
	b := &loader{r: bufio.NewReaderSize(r, 1<<16)}
	g.words.text = make([]string, b.number())
	for i := range g.words.text {
		g.words.text[i] = b.string()
		g.words.num[g.words.text[i]] = uint32(i)
	}
	loadLists(b, g.byName[:])
	loadLists(b, g.byNumber[:])
	g.freeP, g.freeV = loadSlice[PersonAt](b), loadSlice[VehicleAt](b)
	g.live = int(b.u64())
	g.persons = make([]person, b.number())
	g.facts = make([]PersonFacts, len(g.persons))
	for i := range g.persons {
		b.person(&g.persons[i], &g.facts[i])
	}
	g.vehicles = make([]vehicle, b.number())
	for i := range g.vehicles {
		b.vehicle(&g.vehicles[i])
	}
	b.numbers(g)
	b.texts(&g.shown)
	if b.err != nil {
		return fmt.Errorf("%w: %w", errSaved, b.err)
	}
	g.personOf, g.vehicleOf = make(map[id]PersonAt, len(g.persons)), make(map[id]VehicleAt, len(g.vehicles))
	for i := range g.persons {
		if g.persons[i].share != 0 {
			g.personOf[g.persons[i].id] = PersonAt(i)
			g.sectionsOf(g.facts[i].Sections)
		}
	}
	for i := range g.vehicles {
		if g.vehicles[i].share != 0 {
			g.vehicleOf[g.vehicles[i].id] = VehicleAt(i)
		}
	}
	return nil
}

// section writes what fn writes as one section.
func section(w io.Writer, fn func(io.Writer) error) error {
	if err := fn(chunkWriter{w}); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, uint32(0))
}

type chunkWriter struct{ w io.Writer }

func (c chunkWriter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(len(rest), 1<<24)
		var head [4]byte
		binary.LittleEndian.PutUint32(head[:], uint32(n))
		if _, err := c.w.Write(head[:]); err != nil {
			return 0, err
		}
		if _, err := c.w.Write(rest[:n]); err != nil {
			return 0, err
		}
		rest = rest[n:]
	}
	return len(p), nil
}

// sectionReader ends with its section, whatever its reader asks for.
type sectionReader struct {
	r    io.Reader
	left uint32
	done bool
}

func (s *sectionReader) Read(p []byte) (int, error) {
	if s.left == 0 && !s.done {
		if err := binary.Read(s.r, binary.LittleEndian, &s.left); err != nil {
			return 0, fmt.Errorf("%w: %w", errSaved, err)
		}
		s.done = s.left == 0
	}
	if s.done {
		return 0, io.EOF
	}
	n, err := s.r.Read(p[:min(len(p), int(s.left))])
	s.left -= uint32(n)
	if err == io.EOF && s.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// A saver writes numbers; bufio.Writer keeps the first error until Flush.
type saver struct{ w *bufio.Writer }

func (b *saver) number(n uint64) { b.w.Write(binary.AppendUvarint(b.w.AvailableBuffer(), n)) }

func (b *saver) u8(list ...uint8) {
	for _, v := range list {
		b.w.WriteByte(v)
	}
}

func (b *saver) u32(list ...uint32) {
	for _, v := range list {
		b.w.Write(binary.LittleEndian.AppendUint32(b.w.AvailableBuffer(), v))
	}
}

func (b *saver) u64(list ...uint64) {
	for _, v := range list {
		b.w.Write(binary.LittleEndian.AppendUint64(b.w.AvailableBuffer(), v))
	}
}

func (b *saver) slice(list []uint32) { saveSlice(b, list) }

func saveSlice[T ~uint32](b *saver, list []T) {
	b.number(uint64(len(list)))
	for _, v := range list {
		b.u32(uint32(v))
	}
}

func (b *saver) person(p *person, f *PersonFacts) {
	b.u64(p.id.fir, p.share, p.terms, uint64(f.Updated))
	b.u32(p.id.ref, uint32(f.Event), uint32(uint16(f.From))|uint32(uint16(f.To))<<16, f.Station, f.Sections, p.shown)
	b.u8(byte(p.names), byte(p.names>>8), p.relatives, p.places, f.Gender, f.Status, byte(f.label))
	b.slice(p.refs)
}

// A loader reads what a saver wrote; after the first error everything is zero.
type loader struct {
	r   *bufio.Reader
	buf [8]byte
	err error
}

func (b *loader) bytes(n int) []byte {
	if b.err == nil {
		_, b.err = io.ReadFull(b.r, b.buf[:n])
	}
	if b.err != nil {
		clear(b.buf[:])
	}
	return b.buf[:n]
}

func (b *loader) u8() uint8 { return b.bytes(1)[0] }

func (b *loader) u32() uint32 { return binary.LittleEndian.Uint32(b.bytes(4)) }

func (b *loader) u64() uint64 { return binary.LittleEndian.Uint64(b.bytes(8)) }

// number reads a length; one that no register reaches is an error and 0, so that a damaged file cannot ask for much.
func (b *loader) number() int {
	if b.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(b.r)
	if err == nil && n > 1<<30 {
		err = errors.New("a length is too large")
	}
	if b.err = err; err != nil {
		return 0
	}
	return int(n)
}

func (b *loader) string() string {
	s := make([]byte, b.number())
	if b.err == nil {
		_, b.err = io.ReadFull(b.r, s)
	}
	return string(s)
}

func (b *loader) slice() []uint32 { return loadSlice[uint32](b) }

func loadSlice[T ~uint32](b *loader) []T {
	n := b.number()
	if n == 0 {
		return nil
	}
	list := make([]T, n)
	for i := range list {
		list[i] = T(b.u32())
	}
	return list
}

func (b *loader) person(p *person, f *PersonFacts) {
	p.id.fir, p.share, p.terms, f.Updated = b.u64(), b.u64(), b.u64(), int64(b.u64())
	p.id.ref, f.Event = b.u32(), int32(b.u32())
	years := b.u32()
	f.From, f.To = int16(years), int16(years>>16)
	f.Station, f.Sections, p.shown = b.u32(), b.u32(), b.u32()
	p.names, p.relatives, p.places, f.Gender, f.Status, f.label = uint16(b.u8())|uint16(b.u8())<<8, b.u8(), b.u8(), b.u8(), b.u8(), Labels(b.u8())
	p.refs = b.slice()
	if len(p.refs) < int(p.names)+int(p.relatives)+int(p.places) {
		b.err, *p = cmp.Or(b.err, errSaved), person{}
	}
	f.Relative = p.relative()
}

func (b *saver) vehicle(v *vehicle) {
	b.u64(v.id.fir, v.share, v.terms, uint64(v.Updated), uint64(v.Event))
	b.u32(v.id.ref, v.first[0], v.first[1], v.first[2], v.several, v.written, v.Sections, v.Station, v.Make, v.Model, v.Colour)
	b.u8(v.counts[0], v.counts[1], v.counts[2], v.Status, byte(v.label))
}

func (b *loader) vehicle(v *vehicle) {
	v.id.vehicle = true
	v.id.fir, v.share, v.terms, v.Updated, v.Event = b.u64(), b.u64(), b.u64(), int64(b.u64()), int64(b.u64())
	v.id.ref, v.first = b.u32(), [numberKinds]NumberAt{b.u32(), b.u32(), b.u32()}
	v.several, v.written, v.Sections, v.Station, v.Make, v.Model, v.Colour = b.u32(), b.u32(), b.u32(), b.u32(), b.u32(), b.u32(), b.u32()
	v.counts, v.Status, v.label = [numberKinds]uint8{b.u8(), b.u8(), b.u8()}, b.u8(), Labels(b.u8())
}

// numbers writes what vehicles point to.
func (b *saver) numbers(g *Register) {
	b.number(uint64(len(g.several)))
	for _, list := range g.several {
		b.slice(list)
	}
	b.texts(&g.asWritten)
}

// numbers reads what vehicles point to, and counts their attributes.
func (b *loader) numbers(g *Register) {
	g.several = make([][]uint32, b.number())
	for i := range g.several {
		g.several[i] = b.slice()
	}
	b.texts(&g.asWritten)
	if b.err != nil {
		return
	}
	for i := range g.vehicles {
		if g.vehicles[i].share != 0 {
			g.attributes.count(g, &g.vehicles[i], 1)
			g.sectionsOf(g.vehicles[i].Sections)
		}
	}
}
