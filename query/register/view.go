package register

import (
	"cmp"

	"github.com/bits-and-blooms/bitset"

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
//   - A view is taken for a label of visibility and shows records of this one only. What it counts (Persons, Vehicles,
//     AttributeCount, bearers) and weighs by (AskName, NumbersNear) is of that label alone, so that no answer tells, by a
//     number, a rank or the time that it takes, of a record that may not be seen.
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
	// Bearers is how many persons bear a name, AppendBearing appends them to dst.
	Bearers(of NameKind, at NameAt) int
	AppendBearing(dst []PersonAt, of NameKind, at NameAt) []PersonAt
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
	// AppendVehicles appends the vehicles that bear a number to dst.
	AppendVehicles(dst []VehicleAt, of NumberKind, at NumberAt) []VehicleAt
	// AppendNumbers appends the numbers that a vehicle bears to dst.
	AppendNumbers(dst []NumberAt, of NumberKind, at VehicleAt) []NumberAt
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

// A Label says of which records a view tells. Others are not held: who is masked, sealed or a child is found by nobody, and
// told of in his case alone.
type Label uint8

// The labels.
const (
	Findable Label = iota // the accused, and vehicles: what any searcher may see
	Parties               // complainants, victims and witnesses of ordinary cases, for searches by role
	labels
)

// visibilities are the labels as records have them.
var visibilities = [labels]storage.Visibility{storage.Findable, storage.Party}

// labelOf is the label of a record; held is false for one of which no view tells. A party whose part in the case is not
// known may be masked by the part that it is, so that no search by role finds it.
func labelOf(r *storage.Record) (l Label, held bool) {
	switch {
	case r.Visibility == storage.Findable:
		return Findable, true
	case r.Visibility == storage.Party && r.Kind == storage.Person && storage.RoleRank(r.Role) > 0:
		return Parties, true
	}
	return 0, false
}

// Withdrawals tell of records that a view may still have though a commit has taken them away or hidden them.
// *storage.Store is one.
type Withdrawals interface {
	AnyWithdrawn() bool
	// Withdrawn is asked of a record that a view holds as of this visibility.
	Withdrawn(id []byte, as storage.Visibility) bool
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
	Role     uint8 // storage.RoleRank
	_        uint8
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
	_                   uint8
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
	View(of Label, w Withdrawals) (v View, release func())
	// Findable returns how many persons searches can find.
	Findable() int
}

// view takes a view; release must be called. No search waits for it, nor does an update, but the one after the next.
func (g *space) view(w Withdrawals) (v View, release func()) {
	s, release := g.twin.search()
	return &view{side: s, as: visibilities[g.label], withdrawals: w}, release
}

// A view is one copy of the register while it is not written.
type view struct {
	*side
	as          storage.Visibility
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

func (v *view) AllShown() bool { return !v.withdrawals.AnyWithdrawn() }

func (v *view) Word(text string) (Word, bool) {
	w, ok := v.words.num[text]
	return w, ok
}

func (v *view) Text(w Word) string          { return v.words.text[w] }
func (v *view) SectionList(w Word) []string { return v.words.parted[w] }

func (v *view) Persons() int { return v.persons }

func (v *view) Surplus() float64 { return v.names[OwnNames].Frequencies().Surplus() }

func (v *view) AskName(of NameKind, n name.Name) AskedName {
	x := v.names[of]
	return &asked{x.Ask(n), x}
}

func (v *view) Bearers(of NameKind, at NameAt) int { return v.names[of].Bearers(at) }

func (v *view) AppendBearing(dst []PersonAt, of NameKind, at NameAt) []PersonAt {
	for _, h := range v.sections {
		dst = appendRows(dst, &h.names[of], at, h.person, h.gone[goneP])
	}
	return dst
}

// appendRows appends the ordinals of the rows that bear a name or number and are not gone; those of a section begin at base.
func appendRows[R ~uint32](dst []R, b *bearers, ordinal uint32, base R, gone *bitset.BitSet) []R {
	if b.last != nil {
		for at := b.last[ordinal]; at > 0; at = b.chain[at-1].before {
			if row := b.chain[at-1].row; !gone.Test(uint(row)) {
				dst = append(dst, base+R(row))
			}
		}
		return dst
	}
	for _, row := range b.list(ordinal) {
		if !gone.Test(uint(row)) {
			dst = append(dst, base+R(row))
		}
	}
	return dst
}

func (v *view) NamesOf(of NameKind, at PersonAt) []NameAt {
	h, row := v.person(at)
	return h.nameRefs(of, row)
}

func (v *view) PersonFacts(at PersonAt) *PersonFacts {
	h, row := v.person(at)
	return &h.facts[row]
}

func (v *view) PlacesOf(at PersonAt) []Word {
	h, row := v.person(at)
	return h.placeRefs(row)
}

func (v *view) SectionsOf(at PersonAt) []Word {
	h, row := v.person(at)
	return h.sectionRefs(row)
}

func (v *view) FindPerson(s string) (PersonAt, bool) {
	k, ok := v.words.findID(s)
	if !ok || k.vehicle {
		return 0, false
	}
	at, ok := v.find(k)
	if !ok {
		return 0, false
	}
	return at.person + PersonAt(at.row), true
}

func (v *view) PersonID(dst []byte, at PersonAt) (id []byte, shown bool) {
	h, row := v.person(at)
	return v.id(dst, h.persons[row].id())
}

// id appends an id, and tells whether the record may be told of.
func (v *view) id(dst []byte, k id) ([]byte, bool) {
	from := len(dst)
	dst = v.words.appendID(dst, k)
	return dst, !v.withdrawals.Withdrawn(dst[from:], v.as)
}

func (v *view) PersonOrder(at PersonAt) Order {
	h, row := v.person(at)
	return v.order(h.persons[row].id())
}

func (v *view) order(k id) Order { return Order{k.fir, v.words.text[k.ref]} }

func (v *view) ShowPerson(at PersonAt) PersonTexts {
	h, row := v.person(at)
	r := h.shownOf(row)
	return readShown(&r)
}

func (v *view) Vehicles() int { return v.vehicles }

func (v *view) NumbersNear(of NumberKind, dst []numbers.Match, p plate.Pattern, s numbers.Search) ([]numbers.Match, int, bool, float64) {
	f := v.near(of, dst, p, s)
	return f.Matches, f.Total, f.Complete, f.Mass
}

func (v *view) AppendNumber(dst []byte, of NumberKind, at NumberAt) []byte {
	h, ordinal := v.numberAt(of, at)
	return appendKey(h.index[of], dst, ordinal)
}

func (v *view) AppendVehicles(dst []VehicleAt, of NumberKind, at NumberAt) []VehicleAt {
	first, ordinal := v.numberAt(of, at)
	dst = appendRows(dst, &first.numbers[of], ordinal, first.vehicle, first.gone[goneV])
	if len(v.shared) == 0 {
		return dst
	}
	var b [plate.MaxText]byte
	if key := appendKey(first.index[of], b[:0], ordinal); v.isShared(of, key) {
		for _, h := range v.sections {
			if o, held := findKey(h.index[of], key); held && h != first {
				dst = appendRows(dst, &h.numbers[of], o, h.vehicle, h.gone[goneV])
			}
		}
	}
	return dst
}

func (v *view) AppendNumbers(dst []NumberAt, of NumberKind, at VehicleAt) []NumberAt {
	h, row := v.vehicle(at)
	for _, o := range h.numberRefs(row, of) {
		dst = append(dst, v.canonical(h, of, o))
	}
	return dst
}

func (v *view) VehicleFacts(at VehicleAt) *VehicleFacts {
	h, row := v.vehicle(at)
	return &h.vehicles[row].VehicleFacts
}

func (v *view) AttributesOf(at VehicleAt) [Attributes]Word {
	h, row := v.vehicle(at)
	return v.attributes.of(&h.vehicles[row])
}

func (v *view) AttributeCount(attribute int, w Word) int {
	return int(v.attributes.counts[attribute][w])
}

func (v *view) FindVehicle(s string) (VehicleAt, bool) {
	k, ok := v.words.findID(s)
	if !ok || !k.vehicle {
		return 0, false
	}
	at, ok := v.find(k)
	if !ok {
		return 0, false
	}
	return at.vehicle + VehicleAt(at.row), true
}

func (v *view) VehicleID(dst []byte, at VehicleAt) (id []byte, shown bool) {
	h, row := v.vehicle(at)
	return v.id(dst, h.vehicles[row].id())
}

func (v *view) VehicleOrder(at VehicleAt) Order {
	h, row := v.vehicle(at)
	return v.order(h.vehicles[row].id())
}

func (v *view) ShowVehicle(at VehicleAt) (t VehicleTexts, differs bool) {
	h, row := v.vehicle(at)
	if h.vehicles[row].written == 0 {
		return t, false
	}
	r := h.writtenOf(row)
	return readWritten(&r), true
}
