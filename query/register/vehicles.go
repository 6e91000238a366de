package register

import (
	"strings"

	"anvesh/query/plate"
	"anvesh/storage"
)

// A vehicle is all that the register holds of one findable vehicle: what it is found by, and what is shown of it. A
// search shows twenty; to read those from the store took four times as long as to find them.
type vehicle struct {
	VehicleFacts
	id      id
	share   uint64
	terms   uint64
	first   [numberKinds]NumberAt // one number of each kind; with several of a kind all stand in Register.several
	counts  [numberKinds]uint8    // how many numbers of each kind
	several uint32                // place in Register.several, 0 for none
	written uint32                // place in Register.asWritten, 0 where everything is written as the register prints it
}

// NumberOf is the canonical form of a number as a record writes it; "" for one that says nothing, that has no digit, or that a
// spreadsheet has destroyed.
func NumberOf(kind NumberKind, s string) string {
	switch {
	case !hasDigit(s) || Nothing(kind.Field(), s) || PowerOfTen(s):
		return ""
	case kind == Registration:
		return plate.Parse(s).Canonical
	}
	return plate.Number(s)
}

// numberIndex is an index of plates, chassis or engine numbers that counts bearers.
type numberIndex interface {
	Add(canonical string) uint32
	Remove(ordinal uint32)
}

// mostNumbers bounds the numbers of one kind that one vehicle has.
const mostNumbers = 80

// refs are the ordinals of a vehicle's numbers of one kind.
func (g *Register) refs(v *vehicle, kind NumberKind) []uint32 {
	if v.several == 0 {
		return v.first[kind : kind+NumberKind(v.counts[kind])]
	}
	from := 0
	for k := range kind {
		from += int(v.counts[k])
	}
	return g.several[v.several][from : from+int(v.counts[kind])]
}

// keyOf prints a number.
func (g *Register) keyOf(kind NumberKind, ordinal uint32) string {
	return string(g.appendNumber(nil, kind, ordinal))
}

func (g *Register) appendNumber(dst []byte, kind NumberKind, ordinal NumberAt) []byte {
	switch kind {
	case Registration:
		return g.plates.AppendKey(dst, ordinal)
	case Chassis:
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
func (g *Register) refreshVehicle(at VehicleAt, m *made) bool {
	v := &g.vehicles[at]
	if m.share == 0 || v.terms != m.terms {
		return false
	}
	v.share = m.share
	g.attributes.count(g, v, -1)
	g.setVehicle(at, m.Record)
	return true
}

func (g *Register) addVehicle(k id, m *made) VehicleAt {
	r := m.Record
	v := vehicle{id: k, share: m.share, terms: m.terms}
	at := take(&g.vehicles, &g.freeV)
	var all []uint32
	for i, x := range [...]numberIndex{g.plates, g.chassis, g.engines} {
		kind := NumberKind(i)
		by, from := &g.byNumber[kind], len(all)
		for _, s := range numbersOf(r, kind) {
			if c := NumberOf(kind, s); c != "" && len(all)-from < mostNumbers {
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
func (g *Register) setVehicle(at VehicleAt, r *storage.Record) {
	v := &g.vehicles[at]
	v.Status, v.label, v.Event, v.Updated, v.Station = storage.StatusRank(r.Status), labelOf(r), r.EventAt.Unix(), r.Updated.Unix(), g.words.add(r.Station)
	v.Make, v.Model, v.Colour = g.words.add(r.Make), g.words.add(r.Model), g.words.add(r.Colour)
	v.Sections = g.words.add(joined(r.Sections))
	g.sectionsOf(v.Sections)
	g.asWritten.set(uint32(at), g.writtenOf(v, r))
	g.attributes.count(g, v, 1)
}

func (g *Register) removeVehicle(at VehicleAt) {
	v := &g.vehicles[at]
	g.attributes.count(g, v, -1)
	unbear(g.plates, &g.byNumber[Registration], g.refs(v, Registration), at)
	unbear(g.chassis, &g.byNumber[Chassis], g.refs(v, Chassis), at)
	unbear(g.engines, &g.byNumber[Engine], g.refs(v, Engine), at)
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

// AppendParted appends what a packed list has put together.
func AppendParted(dst []string, s string) []string {
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
	for i, s := range [...]string{r.Registration, r.Chassis, r.Engine} {
		refs := g.refs(v, NumberKind(i))
		plain = plain && (len(refs) == 0 && s == "" || len(refs) == 1 && g.keyOf(NumberKind(i), refs[0]) == s)
	}
	if plain {
		return nil
	}
	for _, s := range [...]string{r.Registration, r.Chassis, r.Engine, joined(r.Registrations), joined(r.Chassises), joined(r.Engines), joined(r.Flags)} {
		run = appendText(run, s)
	}
	return run
}

// ShowVehicle reads what writtenOf made.
func (v *view) ShowVehicle(at VehicleAt) (t VehicleTexts, differs bool) {
	place := v.vehicles[at].written
	if place == 0 {
		return t, false
	}
	r := textReader{v.asWritten.get(place)}
	for i := range t.Numbers {
		t.Numbers[i] = r.next()
	}
	for i := range t.Others {
		t.Others[i] = r.next()
	}
	t.Flags = r.next()
	return t, true
}

// sectionsOf takes a word of sections apart, once for all who show it.
func (g *Register) sectionsOf(word uint32) {
	if _, done := g.sections[word]; !done {
		g.sections[word] = AppendParted(nil, g.words.text[word])
	}
}
