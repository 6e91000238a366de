package query

import (
	"strings"

	"anvesh/query/plate"
	"anvesh/storage"
)

// A vehicle is all that the register holds of one findable vehicle: what it is found by, and what is shown of it. A
// search shows twenty; to read those from the store took four times as long as to find them.
type vehicle struct {
	id             id
	share          uint64
	terms          uint64
	updated, event int64     // unix seconds
	first          [3]uint32 // ordinals of a plate, a chassis number and an engine number; with several of a kind all stand in Register.several
	counts         [3]uint8  // how many numbers of each kind
	status         uint8
	several        uint32 // place in Register.several, 0 for none
	written        uint32 // place in Register.asWritten, 0 where everything is written as the register prints it
	sections       uint32 // word: the sections, each after a 0
	station        uint32 // word
	make, model    uint32 // words, as written
	colour         uint32
}

// The kinds of number, in the order of vehicle.first.
const (
	plateKind = iota
	chassisKind
	engineKind
)

// numberFields are the fields of requests, by kind.
var numberFields = [...]string{"registration", "chassis", "engine"}

// numberOf is the canonical form of a number as a record writes it; "" for one that says nothing, that has no digit, or that a
// spreadsheet has destroyed.
func numberOf(kind int, s string) string {
	switch {
	case !hasDigit(s) || Nothing(numberFields[kind], s) || powerOfTen(s):
		return ""
	case kind == plateKind:
		return plate.Parse(s).Canonical
	}
	return plate.Number(s)
}

// maxNumber is more characters than a number that is held has.
const maxNumber = 64

// numberIndex is an index of plates, chassis or engine numbers that counts bearers.
type numberIndex interface {
	Add(canonical string) uint32
	Remove(ordinal uint32)
}

// mostNumbers bounds the numbers of one kind that one vehicle has.
const mostNumbers = 80

// refs are the ordinals of a vehicle's numbers of one kind.
func (g *Register) refs(v *vehicle, kind int) []uint32 {
	if v.several == 0 {
		return v.first[kind : kind+int(v.counts[kind])]
	}
	from := 0
	for k := range kind {
		from += int(v.counts[k])
	}
	return g.several[v.several][from : from+int(v.counts[kind])]
}

// bearersOf are the vehicles by their numbers of one kind.
func (g *Register) bearersOf(kind int) *lists[vehicleAt] {
	return [...]*lists[vehicleAt]{&g.byPlate, &g.byChassis, &g.byEngine}[kind]
}

// keyOf prints a number.
func (g *Register) keyOf(kind int, ordinal uint32) string {
	return string(g.appendKey(nil, kind, ordinal))
}

func (g *Register) appendKey(dst []byte, kind int, ordinal uint32) []byte {
	switch kind {
	case plateKind:
		return g.plates.AppendKey(dst, ordinal)
	case chassisKind:
		return g.chassis.AppendKey(dst, ordinal)
	}
	return g.engines.AppendKey(dst, ordinal)
}

func (g *Register) applyVehicle(k id, m *made) {
	if at, held := g.vehicleOf[k]; held {
		if g.refreshVehicle(at, m) {
			return
		}
		g.removeVehicle(at)
		delete(g.vehicleOf, k)
	}
	if m.share != 0 {
		g.vehicleOf[k] = g.addVehicle(k, m)
	}
}

// refreshVehicle updates a held vehicle in place where its numbers have stayed; it tells whether that was so.
func (g *Register) refreshVehicle(at vehicleAt, m *made) bool {
	v := &g.vehicles[at]
	if m.share == 0 || v.terms != m.terms {
		return false
	}
	v.share = m.share
	g.kinds.add(g, v, -1)
	g.setVehicle(at, m.Record)
	return true
}

func (g *Register) addVehicle(k id, m *made) vehicleAt {
	r := m.Record
	v := vehicle{id: k, share: m.share, terms: m.terms}
	at := take(&g.vehicles, &g.freeV)
	var all []uint32
	for kind, x := range [...]numberIndex{g.plates, g.chassis, g.engines} {
		by, from := g.bearersOf(kind), len(all)
		for _, s := range numbersOf(r, kind) {
			if c := numberOf(kind, s); c != "" && len(all)-from < mostNumbers {
				bear(x, by, c, &all, from, at)
			}
		}
		if v.counts[kind] = uint8(len(all) - from); len(all) > from {
			v.first[kind] = all[from]
		}
	}
	if max(v.counts[0], v.counts[1], v.counts[2]) > 1 {
		v.several = uint32(len(g.several))
		g.several = append(g.several, all)
	}
	g.vehicles[at] = v
	g.setVehicle(at, r)
	return at
}

// setVehicle takes what is not a number.
func (g *Register) setVehicle(at vehicleAt, r *storage.Record) {
	v := &g.vehicles[at]
	v.status, v.event, v.updated, v.station = storage.StatusRank(r.Status), r.EventAt.Unix(), r.Updated.Unix(), g.words.add(r.Station)
	v.make, v.model, v.colour = g.words.add(r.Make), g.words.add(r.Model), g.words.add(r.Colour)
	v.sections = g.words.add(joined(r.Sections))
	g.sectionsOf(v.sections)
	g.asWritten.set(uint32(at), g.writtenOf(v, r))
	g.kinds.add(g, v, 1)
}

func (g *Register) removeVehicle(at vehicleAt) {
	v := &g.vehicles[at]
	g.kinds.add(g, v, -1)
	unbear(g.plates, &g.byPlate, g.refs(v, plateKind), at)
	unbear(g.chassis, &g.byChassis, g.refs(v, chassisKind), at)
	unbear(g.engines, &g.byEngine, g.refs(v, engineKind), at)
	if v.several > 0 {
		g.several[v.several] = nil
	}
	g.asWritten.set(uint32(at), nil)
	*v = vehicle{}
	g.freeV = append(g.freeV, at)
}

func joined(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return "\x00" + strings.Join(list, "\x00")
}

func parted(s string) []string { return appendParted(nil, s) }

// appendParted appends what joined has put together.
func appendParted(dst []string, s string) []string {
	if s == "" {
		return dst
	}
	for part := range strings.SplitSeq(s[1:], "\x00") {
		dst = append(dst, part)
	}
	return dst
}

// writtenOf is a run of what the record writes, nil where it is what the register prints.
func (g *Register) writtenOf(v *vehicle, r *storage.Record) (run []byte) {
	plain := len(r.Registrations)+len(r.Chassises)+len(r.Engines)+len(r.Flags) == 0
	for kind, s := range [...]string{r.Registration, r.Chassis, r.Engine} {
		refs := g.refs(v, kind)
		plain = plain && (len(refs) == 0 && s == "" || len(refs) == 1 && g.keyOf(kind, refs[0]) == s)
	}
	if plain {
		return nil
	}
	for _, s := range [textFields]string{r.Registration, r.Chassis, r.Engine, joined(r.Registrations), joined(r.Chassises), joined(r.Engines), joined(r.Flags)} {
		run = appendText(run, s)
	}
	return run
}

// textFields is how many texts a vehicle's run has.
const textFields = 7

// writtenBy reads what writtenOf made; it is good until the register changes.
func (g *Register) writtenBy(v *vehicle) (list [textFields][]byte) {
	r := textReader{g.asWritten.get(v.written)}
	for i := range list {
		list[i] = r.next()
	}
	return list
}

// sectionsOf takes a word of sections apart, once for all who show it.
func (g *Register) sectionsOf(word uint32) {
	if _, done := g.sections[word]; !done {
		g.sections[word] = parted(g.words.text[word])
	}
}

// kinds count the vehicles of each make, model and colour, so that a rare one is more evidence than a common one.
type kinds struct {
	vehicles int
	words    []uint32 // word as written -> folded word plus one
	colours  []uint32 // the same for colours
	counts   [3][]uint32
}

// folded gives the folded word of one as written; it may add a word.
func (k *kinds) folded(g *Register, word uint32, colour bool) uint32 {
	list, fold := &k.words, foldWord
	if colour {
		list, fold = &k.colours, foldColour
	}
	for int(word) >= len(*list) {
		*list = append(*list, 0)
	}
	if (*list)[word] == 0 {
		(*list)[word] = g.words.add(fold(g.words.text[word])) + 1
	}
	return (*list)[word] - 1
}

// add counts a vehicle, or takes it out.
func (k *kinds) add(g *Register, v *vehicle, n int) {
	k.vehicles += n
	for i, word := range [...]uint32{v.make, v.model, v.colour} {
		f := k.folded(g, word, i == 2)
		for int(f) >= len(k.counts[i]) {
			k.counts[i] = append(k.counts[i], 0)
		}
		k.counts[i][f] = uint32(int(k.counts[i][f]) + n)
	}
}

// make, model and colour of a vehicle, folded.
func (k *kinds) of(v *vehicle) [3]uint32 {
	return [3]uint32{k.words[v.make] - 1, k.words[v.model] - 1, k.colours[v.colour] - 1}
}

func (b *saver) vehicle(v *vehicle) {
	b.u64(v.id.fir, v.share, v.terms, uint64(v.updated), uint64(v.event))
	b.u32(v.id.ref, v.first[0], v.first[1], v.first[2], v.several, v.written, v.sections, v.station, v.make, v.model, v.colour)
	b.u8(v.counts[0], v.counts[1], v.counts[2], v.status)
}

func (b *loader) vehicle(v *vehicle) {
	v.id.vehicle = true
	v.id.fir, v.share, v.terms, v.updated, v.event = b.u64(), b.u64(), b.u64(), int64(b.u64()), int64(b.u64())
	v.id.ref, v.first = b.u32(), [3]uint32{b.u32(), b.u32(), b.u32()}
	v.several, v.written, v.sections, v.station, v.make, v.model, v.colour = b.u32(), b.u32(), b.u32(), b.u32(), b.u32(), b.u32(), b.u32()
	v.counts, v.status = [3]uint8{b.u8(), b.u8(), b.u8()}, b.u8()
}

// numbers writes what vehicles point to.
func (b *saver) numbers(g *Register) {
	b.number(uint64(len(g.several)))
	for _, list := range g.several {
		b.slice(list)
	}
	b.texts(&g.asWritten)
}

// numbers reads what vehicles point to, and counts their kinds.
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
			g.kinds.add(g, &g.vehicles[i], 1)
			g.sectionsOf(g.vehicles[i].sections)
		}
	}
}
