// Package registertest holds whatever stands behind a register.View to what the view promises, and has a double that is too
// simple to be wrong.
package registertest

import (
	"maps"
	"slices"

	"anvesh/query/name"
	"anvesh/query/names"
	"anvesh/query/numbers"
	"anvesh/query/plate"
	"anvesh/query/register"
	"anvesh/storage"
)

// Brute is a register.Source that holds records in a map and makes each view of them anew: bearers are found by reading
// every record, frequencies by counting.
type Brute struct{ records map[string]*storage.Record }

// NewBrute returns an empty one.
func NewBrute() *Brute { return &Brute{map[string]*storage.Record{}} }

// Apply takes the records as a commit left them.
func (b *Brute) Apply(cs []storage.Change) {
	for _, c := range cs {
		if delete(b.records, c.ID); c.Record != nil {
			b.records[c.ID] = c.Record
		}
	}
}

// Findable is part of register.Source.
func (b *Brute) Findable() (n int) {
	for _, r := range b.of(register.Findable) {
		if r.Kind == storage.Person {
			n++
		}
	}
	return n
}

// of are the records of a label.
func (b *Brute) of(l register.Label) map[string]*storage.Record {
	all := map[string]*storage.Record{}
	for id, r := range b.records {
		party := r.Visibility == storage.Party && r.Kind == storage.Person && r.Role != ""
		if l == register.Findable && r.Visibility == storage.Findable || l == register.Parties && party {
			all[id] = r
		}
	}
	return all
}

// View is part of register.Source.
func (b *Brute) View(of register.Label, w register.Withdrawals) (register.View, func()) {
	v := &brute{as: storage.Findable, withdrawals: w, words: []string{""}, plates: numbers.NewPlateIndex(),
		others: [2]*numbers.NumberIndex{numbers.NewNumberIndex(), numbers.NewNumberIndex()}}
	v.names = [2]*names.Index{names.NewIndex(), names.NewIndex()}
	if of == register.Parties {
		v.as = storage.Party
	}
	records := b.of(of)
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(records))) { // ordinals are nobody's business
		if r := records[id]; r.Kind == storage.Vehicle {
			v.addVehicle(r)
		} else {
			v.addPerson(r)
		}
	}
	return v, func() {}
}

type brute struct {
	as          storage.Visibility
	withdrawals register.Withdrawals
	persons     []brutePerson
	vehicles    []bruteVehicle
	names       [2]*names.Index
	plates      *numbers.PlateIndex
	others      [2]*numbers.NumberIndex // chassis, engines
	words       []string
}

type brutePerson struct {
	*storage.Record
	facts            register.PersonFacts
	names            [2][]register.NameAt
	places, sections []register.Word
}

type bruteVehicle struct {
	*storage.Record
	facts      register.VehicleFacts
	numbers    [3][]register.NumberAt
	attributes [register.Attributes]register.Word
}

func (v *brute) word(s string) register.Word {
	w, ok := v.Word(s)
	if !ok {
		w, v.words = register.Word(len(v.words)), append(v.words, s)
	}
	return w
}

func (v *brute) list(texts []string) register.Word { return v.word(string(register.PackList(texts))) }

func add[T any](dst []uint32, x interface {
	Add(T) uint32
	Remove(uint32)
}, one T) []uint32 {
	o := x.Add(one)
	if slices.Contains(dst, o) {
		x.Remove(o)
		return dst
	}
	return append(dst, o)
}

func (v *brute) addPerson(r *storage.Record) {
	read := register.Read(r)
	p := brutePerson{Record: r}
	for _, alias := range []bool{false, true} {
		for _, n := range read.Names {
			if n.Alias == alias {
				p.names[register.OwnNames] = add(p.names[register.OwnNames], v.names[register.OwnNames], n.Name)
			}
		}
	}
	for _, n := range read.Relatives {
		p.names[register.Relatives] = add(p.names[register.Relatives], v.names[register.Relatives], n)
	}
	for _, w := range read.Places {
		p.places = append(p.places, v.word(w))
	}
	for _, s := range r.Sections {
		for _, t := range register.AppendSectionTerms(nil, s) {
			p.sections = append(p.sections, v.word(t))
		}
	}
	p.facts = register.PersonFacts{Updated: r.Updated.Unix(), Relative: register.NoRelative, Station: v.word(r.Station), Sections: v.list(r.Sections),
		Event: register.DayOf(r.EventAt), From: int16(r.BirthFrom), To: int16(r.BirthTo), Status: storage.StatusRank(r.Status), Role: storage.RoleRank(r.Role)}
	if r.Gender != "" {
		p.facts.Gender = r.Gender[0]
	}
	switch of := p.names[register.Relatives]; len(of) {
	case 0:
	case 1:
		p.facts.Relative = of[0]
	default:
		p.facts.Relative = register.SeveralRelatives
	}
	v.persons = append(v.persons, p)
}

func (v *brute) addVehicle(r *storage.Record) {
	p := bruteVehicle{Record: r}
	for kind, texts := range [...][]string{append([]string{r.Registration}, r.Registrations...), append([]string{r.Chassis}, r.Chassises...), append([]string{r.Engine}, r.Engines...)} {
		for _, s := range texts {
			for _, c := range register.AppendNumbersOf(nil, register.NumberKind(kind), s) {
				if kind == int(register.Registration) {
					p.numbers[kind] = add(p.numbers[kind], v.plates, c)
				} else {
					p.numbers[kind] = add(p.numbers[kind], v.others[kind-1], c)
				}
			}
		}
	}
	p.facts = register.VehicleFacts{Updated: r.Updated.Unix(), Event: r.EventAt.Unix(), Sections: v.list(r.Sections), Station: v.word(r.Station),
		Make: v.word(r.Make), Model: v.word(r.Model), Colour: v.word(r.Colour), Status: storage.StatusRank(r.Status)}
	p.attributes = [register.Attributes]register.Word{v.word(register.FoldWord(r.Make)), v.word(register.FoldWord(r.Model)), v.word(register.FoldColour(r.Colour))}
	v.vehicles = append(v.vehicles, p)
}

func (v *brute) AllShown() bool { return !v.withdrawals.AnyWithdrawn() }

func (v *brute) Word(text string) (register.Word, bool) {
	i := slices.Index(v.words, text)
	return register.Word(max(i, 0)), i >= 0
}

func (v *brute) Text(w register.Word) string { return v.words[w] }

func (v *brute) SectionList(w register.Word) []string {
	return register.AppendParted(nil, string(register.Packed(v.words[w]).Append(nil)))
}

func (v *brute) Persons() int     { return len(v.persons) }
func (v *brute) Surplus() float64 { return v.names[register.OwnNames].Frequencies().Surplus() }

func (v *brute) AskName(of register.NameKind, asked name.Name) register.AskedName {
	return askedName{v.names[of].Ask(asked), v.names[of]}
}

// askedName leaves the index's own methods aside where the query has one of the same name.
type askedName struct {
	names.Query
	x *names.Index
}

func (a askedName) As(at register.NameAt, text string) (name.Name, bool) { return a.x.As(at, text) }
func (a askedName) Is(at register.NameAt, n name.Name) bool              { return a.x.Is(at, n) }
func (a askedName) Key(at register.NameAt) string                        { return a.x.Key(at) }
func (a askedName) Fetch(register.NameAt) uint32                         { return 0 }

func (v *brute) Bearers(of register.NameKind, at register.NameAt) int {
	return len(v.AppendBearing(nil, of, at))
}

func (v *brute) AppendBearing(all []register.PersonAt, of register.NameKind, at register.NameAt) []register.PersonAt {
	for i := range v.persons {
		if slices.Contains(v.persons[i].names[of], at) {
			all = append(all, register.PersonAt(i))
		}
	}
	return all
}

func (v *brute) NamesOf(of register.NameKind, at register.PersonAt) []register.NameAt {
	return v.persons[at].names[of]
}

func (v *brute) PersonFacts(at register.PersonAt) *register.PersonFacts { return &v.persons[at].facts }
func (v *brute) PlacesOf(at register.PersonAt) []register.Word          { return v.persons[at].places }
func (v *brute) SectionsOf(at register.PersonAt) []register.Word        { return v.persons[at].sections }

func (v *brute) FindPerson(id string) (register.PersonAt, bool) {
	i := slices.IndexFunc(v.persons, func(p brutePerson) bool { return p.ID == id })
	return register.PersonAt(max(i, 0)), i >= 0
}

func (v *brute) PersonID(dst []byte, at register.PersonAt) ([]byte, bool) {
	id := v.persons[at].ID
	return append(dst, id...), !v.withdrawals.Withdrawn([]byte(id), v.as)
}

func (v *brute) PersonOrder(at register.PersonAt) register.Order {
	return register.OrderOf(v.persons[at].ID)
}

func (v *brute) ShowPerson(at register.PersonAt) register.PersonTexts {
	r := v.persons[at].Record
	return register.PersonTexts{Event: r.EventAt.Unix(), Role: register.Pack(r.Role), Relation: register.Pack(r.Relation), Name: register.Pack(r.Name),
		Names: register.PackList(r.Names), Aliases: register.PackList(r.Aliases), Relatives: register.PackList(r.Relatives),
		Places: register.PackList(r.Places), Flags: register.PackList(r.Flags)}
}

func (v *brute) Vehicles() int { return len(v.vehicles) }

func (v *brute) NumbersNear(of register.NumberKind, dst []numbers.Match, asked plate.Pattern, s numbers.Search) ([]numbers.Match, int, bool, float64) {
	if of == register.Registration {
		return v.plates.SearchMass(dst, asked, s)
	}
	return v.others[of-1].SearchMass(dst, asked, s)
}

func (v *brute) AppendNumber(dst []byte, of register.NumberKind, at register.NumberAt) []byte {
	if of == register.Registration {
		return v.plates.AppendKey(dst, at)
	}
	return v.others[of-1].AppendKey(dst, at)
}

func (v *brute) AppendVehicles(all []register.VehicleAt, of register.NumberKind, at register.NumberAt) []register.VehicleAt {
	for i := range v.vehicles {
		if slices.Contains(v.vehicles[i].numbers[of], at) {
			all = append(all, register.VehicleAt(i))
		}
	}
	return all
}

func (v *brute) AppendNumbers(dst []register.NumberAt, of register.NumberKind, at register.VehicleAt) []register.NumberAt {
	return append(dst, v.vehicles[at].numbers[of]...)
}

func (v *brute) VehicleFacts(at register.VehicleAt) *register.VehicleFacts {
	return &v.vehicles[at].facts
}

func (v *brute) AttributesOf(at register.VehicleAt) [register.Attributes]register.Word {
	return v.vehicles[at].attributes
}

func (v *brute) AttributeCount(attribute int, w register.Word) (n int) {
	for i := range v.vehicles {
		if v.vehicles[i].attributes[attribute] == w {
			n++
		}
	}
	return n
}

func (v *brute) FindVehicle(id string) (register.VehicleAt, bool) {
	i := slices.IndexFunc(v.vehicles, func(p bruteVehicle) bool { return p.ID == id })
	return register.VehicleAt(max(i, 0)), i >= 0
}

func (v *brute) VehicleID(dst []byte, at register.VehicleAt) ([]byte, bool) {
	id := v.vehicles[at].ID
	return append(dst, id...), !v.withdrawals.Withdrawn([]byte(id), v.as)
}

func (v *brute) VehicleOrder(at register.VehicleAt) register.Order {
	return register.OrderOf(v.vehicles[at].ID)
}

func (v *brute) ShowVehicle(at register.VehicleAt) (t register.VehicleTexts, differs bool) {
	r := v.vehicles[at].Record
	t.Numbers = [...]register.Packed{register.Pack(r.Registration), register.Pack(r.Chassis), register.Pack(r.Engine)}
	t.Others = [...]register.Packed{register.PackList(r.Registrations), register.PackList(r.Chassises), register.PackList(r.Engines)}
	t.Flags = register.PackList(r.Flags)
	return t, true
}
