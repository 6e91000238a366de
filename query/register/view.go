package register

import (
	"cmp"

	"anvesh/query/name"
	"anvesh/query/names"
	"anvesh/query/numbers"
	"anvesh/query/plate"
	"anvesh/storage"
)

// A View is all that a search knows of what is held: one state of it, which does not change until the view is released. It
// is the contract of whatever stands behind a search (registertest.View holds an implementation to it):
//
//   - A record is met by what it bears: the search asks for held names and numbers near to the asked ones, and for the
//     bearers of each. Whoever bears a name is among its bearers, once, and bears it by NamesOf; numbers likewise.
//   - Ordinals (PersonAt, VehicleAt, NameAt, NumberAt, Word) are good within one view only. Those of persons count from 0
//     and are dense enough for a bit each; so do those of vehicles, apart.
//   - A view is taken for a set of labels of visibility and shows records of these only. What it counts (Persons, Vehicles,
//     AttributeCount, bearers) and weighs by (AskName, NumbersNear) is of those labels alone, so that no answer tells, by a
//     number or a rank, of a record that may not be seen.
//   - PersonID and VehicleID are the only way from an ordinal to a record's id, and say whether it may be told of: hits,
//     groups, counts and conflicts pass there. What a commit has just taken away or hidden may not.
//   - Slices and pointers belong to the view: they are read, not changed, and good until it is released.
//
// Calls within a record are cheap, since a search makes thousands of them: no locks, no allocation, no disk.
type View interface {
	PersonView
	VehicleView

	// AllShown tells whether every record of the view may be told of, so that bearers are counted by their list.
	AllShown() bool
	// Word is the number of a text that records hold: a station's code, a sound of a place, a term of a section.
	Word(text string) (Word, bool)
	Text(w Word) string
	// SectionList is a word of sections taken apart.
	SectionList(w Word) []string
}

// PersonView is what a View tells of persons.
type PersonView interface {
	Persons() int
	// Surplus is what words of names have in common with each other, in nats: see names.Frequencies.Surplus.
	Surplus() float64
	// AskName resolves a name among names of persons or of their relatives. The result must be closed.
	AskName(of NameKind, asked name.Name) AskedName
	PersonsBearing(of NameKind, at NameAt) []PersonAt
	NamesOf(of NameKind, at PersonAt) []NameAt
	PersonFacts(at PersonAt) *PersonFacts
	PlacesOf(at PersonAt) []Word
	SectionsOf(at PersonAt) []Word
	// FindPerson gives the ordinal of a record's id.
	FindPerson(id string) (PersonAt, bool)
	// PersonID appends the id of a record, and tells whether it may be told of.
	PersonID(dst []byte, at PersonAt) (id []byte, shown bool)
	PersonOrder(at PersonAt) Order
	ShowPerson(at PersonAt) PersonTexts
}

// VehicleView is what a View tells of vehicles.
type VehicleView interface {
	Vehicles() int
	// NumbersNear appends the held numbers near to an asked one to dst: see numbers.PlateIndex.SearchMass.
	NumbersNear(of NumberKind, dst []numbers.Match, asked plate.Pattern, s numbers.Search) (near []numbers.Match, total int, complete bool, mass float64)
	// AppendNumber prints a number.
	AppendNumber(dst []byte, of NumberKind, at NumberAt) []byte
	VehiclesBearing(of NumberKind, at NumberAt) []VehicleAt
	NumbersOf(of NumberKind, at VehicleAt) []NumberAt
	VehicleFacts(at VehicleAt) *VehicleFacts
	// AttributesOf are make, model and colour, folded.
	AttributesOf(at VehicleAt) [Attributes]Word
	// AttributeCount is how many vehicles have a folded make (0), model (1) or colour (2).
	AttributeCount(attribute int, w Word) int
	FindVehicle(id string) (VehicleAt, bool)
	// VehicleID appends the id of a record, and tells whether it may be told of.
	VehicleID(dst []byte, at VehicleAt) (id []byte, shown bool)
	VehicleOrder(at VehicleAt) Order
	// ShowVehicle gives what the record writes; differs is false where that is what AppendNumber prints, and nothing else.
	ShowVehicle(at VehicleAt) (t VehicleTexts, differs bool)
}

// An AskedName is a name that was resolved against held names of a kind: it weighs each of them.
type AskedName interface {
	Search(dst []names.Match, s names.Search) (near []names.Match, complete bool)
	Weigh(at NameAt) float64
	// Most is the most that any held name can weigh.
	Most() float64
	// Considered is how many names were weighed by Search.
	Considered() int
	Compare(found name.Name) names.Alignment
	// As reads a text as the name of an ordinal, Is tells whether a name is the one of an ordinal, Key spells it.
	As(at NameAt, text string) (name.Name, bool)
	Is(at NameAt, n name.Name) bool
	Key(at NameAt) string
	// Fetch reads a word of what Weigh reads, so that the processor has it at hand.
	Fetch(at NameAt) uint32
	Close()
}

// Ordinals. Those of persons and vehicles are types of their own since both count from 0: one taken for the other would be
// somebody else's record. Those of names and numbers are the ones of names.Match and numbers.Match.
type (
	PersonAt  uint32
	VehicleAt uint32
	NameAt    = uint32
	NumberAt  = uint32
	Word      = uint32 // 0 is the empty text
)

// A NameKind says whose names are meant.
type NameKind uint8

// The kinds of name.
const (
	OwnNames  NameKind = iota // and aliases
	Relatives                 // fathers, mothers, husbands
)

// A NumberKind is a kind of number that a vehicle bears.
type NumberKind int

// The kinds of number.
const (
	Registration NumberKind = iota
	Chassis
	Engine
	numberKinds
)

// Field is the field of requests that asks for a kind.
func (k NumberKind) Field() string { return [...]string{"registration", "chassis", "engine"}[k] }

// Least is how many letters and digits an asked number of a kind must hold.
func (k NumberKind) Least() int { return [...]int{3, 4, 4}[k] }

// Attributes is how many attributes a vehicle has beside its numbers: make, model and colour.
const Attributes = 3

// Labels are a set of labels of visibility.
type Labels uint8

// Findable is what any searcher may see. It is the only label whose records are held.
const Findable Labels = 1

// labelOf is the label of a record, 0 for one that is not held.
func labelOf(r *storage.Record) Labels {
	if r.Visibility == storage.Findable {
		return Findable
	}
	return 0
}

// Withdrawals tell of records that a view may still have though a commit has taken them away or hidden them.
// *storage.Store is one.
type Withdrawals interface {
	AnyWithdrawn() bool
	Withdrawn(id []byte) bool
}

// PersonFacts are what a search reads of every person whose name is near: half a line of cache.
type PersonFacts struct {
	Updated  int64  // unix seconds
	Relative NameAt // the relative's name if there is one, else NoRelative or SeveralRelatives
	Station  Word
	Sections Word
	Event    int32 // day of the FIR's event_at, Indian time
	From, To int16 // birth years, 0 unknown
	Gender   byte  // M, F, T or 0
	Status   uint8 // storage.StatusRank
	label    Labels
}

// Marks in PersonFacts.Relative.
const (
	NoRelative       = ^NameAt(0)
	SeveralRelatives = ^NameAt(0) - 1 // see NamesOf
)

// VehicleFacts are what a search reads of every vehicle whose number is near.
type VehicleFacts struct {
	Updated, Event      int64 // unix seconds
	Sections, Station   Word
	Make, Model, Colour Word  // as written
	Status              uint8 // storage.StatusRank
	label               Labels
}

// An Order is what hits of equal evidence are ordered by: FIR, then ref.
type Order struct {
	fir uint64
	ref string
}

// OrderOf is the order of a record's id.
func OrderOf(id string) Order {
	fir, _, ref, _ := splitID(id)
	return Order{fir, ref}
}

// Compare orders.
func (o Order) Compare(p Order) int {
	return cmp.Or(cmp.Compare(o.fir, p.fir), cmp.Compare(o.ref, p.ref))
}

// PersonTexts are what a person's record writes. Lists are packed one after the other: see AppendParted.
type PersonTexts struct {
	Event                                    int64 // unix seconds
	Role, Relation, Name                     Packed
	Names, Aliases, Relatives, Places, Flags Packed
}

// VehicleTexts are what a vehicle's record writes.
type VehicleTexts struct {
	Numbers [numberKinds]Packed
	Others  [numberKinds]Packed // lists
	Flags   Packed
}

// IDLen is more than most ids are long.
const IDLen = 64

// A Source gives views of what is held.
type Source interface {
	View(labels Labels, w Withdrawals) (v View, release func())
	// Findable returns how many persons searches can find.
	Findable() int
}

// View takes a view for a set of labels; release must be called. Updates wait until every view is released.
func (g *Register) View(labels Labels, w Withdrawals) (v View, release func()) {
	g.mu.RLock()
	return &view{Register: g, labels: labels, withdrawals: w}, g.mu.RUnlock
}

// A view is a Register under its lock.
type view struct {
	*Register
	labels      Labels
	withdrawals Withdrawals
}

// asked is an AskedName of one index.
type asked struct {
	names.Query
	*names.Index
}

func (a *asked) Search(dst []names.Match, s names.Search) ([]names.Match, bool) {
	return a.Query.Search(dst, s)
}
func (a *asked) Compare(found name.Name) names.Alignment { return a.Query.Compare(found) }

func (v *view) AllShown() bool { return v.labels&Findable != 0 && !v.withdrawals.AnyWithdrawn() }

func (v *view) Word(text string) (Word, bool) {
	w, ok := v.words.num[text]
	return w, ok
}

func (v *view) Text(w Word) string          { return v.words.text[w] }
func (v *view) SectionList(w Word) []string { return v.sections[w] }

func (v *view) Persons() int {
	if v.labels&Findable == 0 {
		return 0
	}
	return v.live
}

func (v *view) Surplus() float64 { return v.names.Frequencies().Surplus() }

func (v *view) AskName(of NameKind, n name.Name) AskedName {
	x := v.namesOf(of)
	return &asked{x.Ask(n), x}
}

func (v *view) PersonsBearing(of NameKind, at NameAt) []PersonAt {
	if v.labels&Findable == 0 {
		return nil
	}
	return v.byName[of].of(at)
}

func (v *view) NamesOf(of NameKind, at PersonAt) []NameAt {
	if of == OwnNames {
		return v.persons[at].nameRefs()
	}
	return v.persons[at].relativeRefs()
}

func (v *view) PersonFacts(at PersonAt) *PersonFacts { return &v.facts[at] }
func (v *view) PlacesOf(at PersonAt) []Word          { return v.persons[at].placeRefs() }
func (v *view) SectionsOf(at PersonAt) []Word        { return v.persons[at].sectionRefs() }

func (v *view) FindPerson(s string) (at PersonAt, ok bool) {
	k, ok := v.findID(s)
	if !ok || k.vehicle {
		return 0, false
	}
	at, ok = v.personOf[k]
	return at, ok && v.facts[at].label&v.labels != 0
}

func (v *view) PersonID(dst []byte, at PersonAt) (id []byte, shown bool) {
	return v.id(dst, v.persons[at].id, v.facts[at].label)
}

// id appends an id, and tells whether a record of this label may be told of.
func (v *view) id(dst []byte, k id, label Labels) ([]byte, bool) {
	from := len(dst)
	dst = v.appendID(dst, k)
	return dst, label&v.labels != 0 && !v.withdrawals.Withdrawn(dst[from:])
}

func (v *view) PersonOrder(at PersonAt) Order { return v.order(v.persons[at].id) }

func (v *view) order(k id) Order { return Order{k.fir, v.words.text[k.ref]} }

func (v *view) Vehicles() int {
	if v.labels&Findable == 0 {
		return 0
	}
	return len(v.vehicles) - len(v.freeV)
}

func (v *view) NumbersNear(of NumberKind, dst []numbers.Match, p plate.Pattern, s numbers.Search) ([]numbers.Match, int, bool, float64) {
	switch of {
	case Registration:
		return v.plates.SearchMass(dst, p, s)
	case Chassis:
		return v.chassis.SearchMass(dst, p, s)
	}
	return v.engines.SearchMass(dst, p, s)
}

func (v *view) AppendNumber(dst []byte, of NumberKind, at NumberAt) []byte {
	return v.appendNumber(dst, of, at)
}

func (v *view) VehiclesBearing(of NumberKind, at NumberAt) []VehicleAt {
	if v.labels&Findable == 0 {
		return nil
	}
	return v.byNumber[of].of(at)
}

func (v *view) NumbersOf(of NumberKind, at VehicleAt) []NumberAt { return v.refs(&v.vehicles[at], of) }
func (v *view) VehicleFacts(at VehicleAt) *VehicleFacts          { return &v.vehicles[at].VehicleFacts }
func (v *view) AttributesOf(at VehicleAt) [Attributes]Word       { return v.attributes.of(&v.vehicles[at]) }
func (v *view) AttributeCount(attribute int, w Word) int {
	return int(v.attributes.counts[attribute][w])
}

func (v *view) FindVehicle(s string) (at VehicleAt, ok bool) {
	k, ok := v.findID(s)
	if !ok || !k.vehicle {
		return 0, false
	}
	at, ok = v.vehicleOf[k]
	return at, ok && v.vehicles[at].label&v.labels != 0
}

func (v *view) VehicleID(dst []byte, at VehicleAt) (id []byte, shown bool) {
	return v.id(dst, v.vehicles[at].id, v.vehicles[at].label)
}

func (v *view) VehicleOrder(at VehicleAt) Order { return v.order(v.vehicles[at].id) }
