package register

import (
	"fmt"
	"io"

	"anvesh/query/snapshot"
)

// Save is part of storage.Derived.
func (g *Register) Save(w io.Writer) error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return snapshot.Write(w, g.savedAs(), g.parts)
}

// Restore is part of storage.Derived.
func (g *Register) Restore(r io.Reader) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.reset()
	err := snapshot.Read(r, g.savedAs(), g.parts)
	if err != nil {
		g.reset()
	}
	return err
}

func (g *Register) savedAs() string { return fmt.Sprintf("register %d", g.Version()) }

// parts goes through all that is saved. The indexes of numbers are small in the file and long in the making, half of all:
// they are made beside the rest. The tables of ids are made again from the records.
func (g *Register) parts(f *snapshot.File) {
	f.Part("names", g.names.Snapshot)
	f.Part("relatives", g.relatives.Snapshot)
	f.Aside("plates", g.plates.Snapshot)
	f.Aside("chassis", g.chassis.Snapshot)
	f.Aside("engines", g.engines.Snapshot)
	f.Part("words", g.words.snapshot)
	for i := range g.byName {
		f.Part("bearers of names", g.byName[i].snapshot)
	}
	for i := range g.byNumber {
		f.Part("bearers of numbers", g.byNumber[i].snapshot)
	}
	f.Part("persons", g.snapshotPersons)
	f.Part("shown", g.shown.snapshot)
	f.Part("vehicles", g.snapshotVehicles)
	f.Part("as written", g.asWritten.snapshot)
}

func (w *words) snapshot(p *snapshot.Part) {
	snapshot.Length(p, &w.text)
	for i := range w.text {
		if p.String(&w.text[i]); p.Reading() {
			w.num[w.text[i]] = uint32(i)
		}
	}
}

func (l *lists[R]) snapshot(p *snapshot.Part) {
	snapshot.Length(p, &l.spans)
	var list []R
	for o := range l.spans {
		if !p.Reading() {
			list = l.of(uint32(o))
		}
		if snapshot.Slice(p, &list); p.Reading() {
			for _, at := range list {
				l.add(uint32(o), at)
			}
		}
	}
}

// snapshot goes through the blocks as they are.
func (t *texts) snapshot(p *snapshot.Part) {
	snapshot.Length(p, &t.blocks)
	snapshot.Length(p, &t.dead)
	for i := range t.blocks {
		p.Bytes(&t.blocks[i])
		if p.Count(&t.dead[i]); p.Reading() && len(t.blocks[i]) == 0 {
			t.free = append(t.free, uint32(i))
		}
	}
	snapshot.Fixed(p, &t.last)
}

func (g *Register) snapshotPersons(p *snapshot.Part) {
	snapshot.Slice(p, &g.freeP)
	snapshot.Length(p, &g.persons)
	snapshot.Length(p, &g.facts)
	if p.Reading() {
		g.personOf = make(map[id]PersonAt, len(g.persons))
	}
	for i := range g.persons {
		one, f := &g.persons[i], &g.facts[i]
		snapshot.Fixed(p, &one.id.fir, &one.share, &one.terms)
		snapshot.Fixed(p, &one.id.ref, &one.shown, &f.Relative, &f.Station, &f.Sections)
		snapshot.Fixed(p, &f.Updated)
		snapshot.Fixed(p, &f.Event)
		snapshot.Fixed(p, &f.From, &f.To)
		snapshot.Fixed(p, &one.names)
		snapshot.Fixed(p, &one.relatives, &one.places, &f.Gender, &f.Status)
		snapshot.Fixed(p, &f.label)
		if snapshot.Slice(p, &one.refs); p.Reading() && one.share != 0 && p.Err() == nil {
			g.personOf[one.id] = PersonAt(i)
			g.sectionsOf(f.Sections)
			g.live++
		}
	}
}

func (g *Register) snapshotVehicles(p *snapshot.Part) {
	snapshot.Slice(p, &g.freeV)
	snapshot.Length(p, &g.several)
	for i := range g.several {
		snapshot.Slice(p, &g.several[i])
	}
	snapshot.Length(p, &g.vehicles)
	if p.Reading() {
		g.vehicleOf = make(map[id]VehicleAt, len(g.vehicles))
	}
	for i := range g.vehicles {
		v := &g.vehicles[i]
		snapshot.Fixed(p, &v.id.fir, &v.share, &v.terms)
		snapshot.Fixed(p, &v.Updated, &v.Event)
		snapshot.Fixed(p, &v.id.ref, &v.first[0], &v.first[1], &v.first[2], &v.several, &v.written)
		snapshot.Fixed(p, &v.Sections, &v.Station, &v.Make, &v.Model, &v.Colour)
		snapshot.Fixed(p, &v.counts[0], &v.counts[1], &v.counts[2], &v.Status)
		if snapshot.Fixed(p, &v.label); p.Reading() && v.share != 0 && p.Err() == nil {
			v.id.vehicle = true
			g.vehicleOf[v.id] = VehicleAt(i)
			g.sectionsOf(v.Sections)
			g.attributes.count(g, v, 1)
		}
	}
}
