package registertest

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"anvesh/query/name"
	"anvesh/query/names"
	"anvesh/query/numbers"
	"anvesh/query/plate"
	"anvesh/query/register"
	"anvesh/storage"
)

// A Holder is what stands behind views and is told of commits.
type Holder interface {
	register.Source
	Apply(cs []storage.Change)
}

// View holds an implementation to what register.View promises, while records are put, changed, hidden and taken away in
// random order. between, if not nil, is called now and then and gives the holder to go on with, such as one that was saved
// and restored.
func View(t *testing.T, h Holder, between func(Holder) Holder) {
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	model := NewBrute()
	for round := range 30 {
		var cs []storage.Change
		for range 1 + rng.IntN(60) {
			c := Change(rng)
			cs = append(cs, c)
		}
		h.Apply(copies(cs))
		model.Apply(copies(cs))
		w := withdrawn{}
		for _, id := range slices.Sorted(maps.Keys(model.records)) {
			if rng.IntN(8) == 0 && round%2 == 1 {
				w[id] = true
			}
		}
		if between != nil && rng.IntN(3) > 0 {
			h = between(h)
		}
		if got, want := h.Findable(), model.Findable(); got != want {
			t.Fatalf("%d persons can be found, want %d", got, want)
		}
		for _, label := range []register.Label{register.Findable, register.Parties} {
			v, release := h.View(label, w)
			l := laws{t, v, model.of(label), w}
			l.persons()
			l.names()
			l.vehicles()
			l.shown()
			l.others(model.records)
			double, done := model.View(label, w)
			if got, want := v.Surplus(), double.Surplus(); math.Abs(got-want) > 1e-9 {
				t.Errorf("surplus %v, want %v", got, want)
			}
			done()
			release()
		}
		if t.Failed() {
			return
		}
	}
}

// withdrawn are ids that may not be told of.
type withdrawn map[string]bool

func (w withdrawn) AnyWithdrawn() bool                             { return len(w) > 0 }
func (w withdrawn) Withdrawn(id []byte, _ storage.Visibility) bool { return w[string(id)] }

// copies are changes of records of their own, since a holder may keep and fill them.
func copies(cs []storage.Change) []storage.Change {
	list := slices.Clone(cs)
	for i := range list {
		if r := list[i].Record; r != nil {
			one := *r
			list[i].Record = &one
		}
	}
	return list
}

// Change is a made-up change of one of some hundred records: few names, numbers and stations, so that they are shared.
func Change(rng *rand.Rand) storage.Change {
	one := func(words string) string { all := strings.Fields(words); return all[rng.IntN(len(all))] }
	some := func(most int, f func() string) (list []string) {
		for range rng.IntN(most + 1) {
			list = append(list, f())
		}
		return list
	}
	person := func() string {
		return one("Ram Sunil Sunita Mohan राम सुनील R.") + " " + one("Kumar Sharma Kadian Kadyan Devi")
	}
	number := func() string { return fmt.Sprintf("HR26DK%04d", 8300+rng.IntN(20)) }
	r := &storage.Record{Station: one("13225008 13225009 13225010"), Updated: time.Unix(1_700_000_000+rng.Int64N(1e6), 0),
		EventAt: time.Unix(1_600_000_000+rng.Int64N(1e8), 0), Sections: some(2, func() string { return one("BNS_303(2) IPC_379 25_ARMS") })}
	if rng.IntN(2) == 0 {
		r.ID, r.Kind = fmt.Sprintf("1322500823%04d/p/A%d", rng.IntN(25), rng.IntN(3)), storage.Person
		r.Name, r.Names, r.Aliases, r.Relatives = person(), some(2, person), some(2, person), some(3, person)
		r.Places = some(2, func() string { return one("Narwana Jind नरवाना Safidon") })
		if r.Gender, r.Status, r.Role, r.Flags = one("M F"), one("wanted arrested"), "accused", some(1, func() string { return "late" }); rng.IntN(2) == 0 {
			r.BirthFrom, r.BirthTo = 1980, 1981
		}
	} else {
		r.ID, r.Kind = fmt.Sprintf("1322500823%04d/v/V%d", rng.IntN(25), rng.IntN(3)), storage.Vehicle
		r.Registration, r.Registrations = one("A/F "+number()), some(2, number)
		r.Chassis, r.Engine = "MA3ERLF1S0012345"+fmt.Sprint(rng.IntN(8)), one("NA DUZWLE44719 duzwle-44719")
		r.Make, r.Model, r.Colour, r.Status = one("Hero Maruti Bajaj"), one("Splendor Swift"), one("Black सफेद silver"), one("stolen seized")
	}
	c := storage.Change{ID: r.ID, Record: r}
	switch rng.IntN(6) {
	case 0:
		c.Record = nil
	case 1:
		r.Visibility, r.Role = storage.Party, one("victim witness complainant")
	case 2:
		r.Visibility, r.Role = []storage.Visibility{storage.Masked, storage.Sealed, storage.Child, storage.Party}[rng.IntN(4)], ""
	}
	return c
}

type laws struct {
	t       *testing.T
	v       register.View
	records map[string]*storage.Record
	w       withdrawn
}

func (l laws) expect(ok bool, format string, args ...any) {
	l.t.Helper()
	if !ok {
		l.t.Errorf(format, args...)
	}
}

func list(p register.Packed) []string { return register.AppendParted(nil, string(p.Append(nil))) }

func (l laws) texts(words []register.Word) (all []string) {
	for _, w := range words {
		all = append(all, l.v.Text(w))
	}
	return all
}

// persons: each record is found by its id and by nothing else, and holds what it was given.
func (l laws) persons() {
	n := 0
	for id, r := range l.records {
		at, ok := l.v.FindPerson(id)
		l.expect(ok == (r.Kind == storage.Person), "%s is found among persons: %v", id, ok)
		if !ok {
			continue
		}
		n++
		got, shown := l.v.PersonID([]byte("x"), at)
		l.expect(string(got) == "x"+id && shown == !l.w[id], "%s has the id %s, shown %v", id, got, shown)
		l.expect(l.v.PersonOrder(at) == register.OrderOf(id), "%s is ordered as %v", id, l.v.PersonOrder(at))
		f, t := l.v.PersonFacts(at), l.v.ShowPerson(at)
		l.expect(f.Updated == r.Updated.Unix() && f.Event == register.DayOf(r.EventAt) && storage.StatusAt(f.Status) == r.Status && l.v.Text(f.Station) == r.Station &&
			int(f.From) == r.BirthFrom && int(f.To) == r.BirthTo && string(f.Gender) == r.Gender && f.Role == storage.RoleRank(r.Role), "%s has the facts %+v of %+v", id, f, r)
		l.expect(slices.Equal(l.v.SectionList(f.Sections), r.Sections), "%s has sections %q", id, l.v.SectionList(f.Sections))
		l.expect(t.Event == r.EventAt.Unix() && string(t.Name.Append(nil)) == r.Name && string(t.Role.Append(nil)) == r.Role && slices.Equal(list(t.Names), r.Names) &&
			slices.Equal(list(t.Aliases), r.Aliases) && slices.Equal(list(t.Relatives), r.Relatives) && slices.Equal(list(t.Places), r.Places) &&
			slices.Equal(list(t.Flags), r.Flags), "%s shows other texts than %+v", id, r)
		l.expect(slices.Equal(l.texts(l.v.PlacesOf(at)), register.Read(r).Places), "%s has places %q", id, l.texts(l.v.PlacesOf(at)))
		var terms []string
		for _, s := range r.Sections {
			terms = register.AppendSectionTerms(terms, s)
		}
		l.expect(slices.Equal(l.texts(l.v.SectionsOf(at)), terms), "%s has terms of sections %q", id, l.texts(l.v.SectionsOf(at)))
		switch of := l.v.NamesOf(register.Relatives, at); {
		case len(of) == 0:
			l.expect(f.Relative == register.NoRelative, "%s has no relative but %d", id, f.Relative)
		case len(of) == 1:
			l.expect(f.Relative == of[0], "%s has the relative %d, not %d", id, of[0], f.Relative)
		default:
			l.expect(f.Relative == register.SeveralRelatives, "%s has several relatives but %d", id, f.Relative)
		}
	}
	l.expect(l.v.Persons() == n, "%d persons, want %d", l.v.Persons(), n)
	for _, id := range []string{"13225008239999/p/A1", "13225008230001/p/nobody", "", "x/p/1", "13225008230001/v/A1"} {
		_, ok := l.v.FindPerson(id)
		l.expect(!ok, "%q is found", id)
	}
}

// names: who bears a name is among its bearers once, and nobody else; a held name is found by asking for it, and weighs what
// it weighs among just the records that are held, whatever was held before.
func (l laws) names() {
	for _, of := range []register.NameKind{register.OwnNames, register.Relatives} {
		bearers, fresh := map[string][]string{}, names.NewIndex()
		var asked []name.Name
		for _, id := range slices.Sorted(maps.Keys(l.records)) {
			at, ok := l.v.FindPerson(id)
			if !ok {
				continue
			}
			read := register.Read(l.records[id])
			mine := read.Relatives
			if of == register.OwnNames {
				mine = nil
				for _, n := range read.Names {
					mine = append(mine, n.Name)
				}
			}
			keys := map[string]bool{}
			for _, n := range mine {
				if !keys[n.Key()] {
					keys[n.Key()] = true
					fresh.Add(n)
					bearers[n.Key()] = append(bearers[n.Key()], id)
					asked = append(asked, n)
				}
			}
			l.expect(len(l.v.NamesOf(of, at)) == len(keys), "%s bears %d names, want %v", id, len(l.v.NamesOf(of, at)), keys)
		}
		for _, n := range asked {
			q := l.v.AskName(of, n)
			near, complete := q.Search(nil, names.Search{Limit: 1000})
			want, _ := fresh.Search(nil, n, names.Search{Limit: 1000})
			l.expect(complete && len(near) == len(want), "%s: %d names near, want %d", n.Written, len(near), len(want))
			met := false
			for i, m := range near {
				met = met || q.Key(m.Ord) == n.Key()
				l.expect(math.Abs(float64(m.Weight-want[min(i, len(want)-1)].Weight)) < 1e-4, "%s: place %d weighs %v, not as among these records alone", n.Written, i, m.Weight)
				l.expect(math.Abs(q.Weigh(m.Ord)-float64(m.Weight)) < 1e-4 && q.Weigh(m.Ord) <= q.Most()+1e-4, "%s weighs %v by itself, %v as found", n.Written, q.Weigh(m.Ord), m.Weight)
				var ids []string
				for _, at := range l.v.AppendBearing(nil, of, m.Ord) {
					id, _ := l.v.PersonID(nil, at)
					ids = append(ids, string(id))
					l.expect(slices.Contains(l.v.NamesOf(of, at), m.Ord), "%s is a bearer of a name that it does not bear", id)
				}
				slices.Sort(ids)
				l.expect(l.v.Bearers(of, m.Ord) == len(ids), "%s is borne by %d, want %d", q.Key(m.Ord), l.v.Bearers(of, m.Ord), len(ids))
				l.expect(slices.Equal(ids, bearers[q.Key(m.Ord)]), "%s is borne by %q, want %q", q.Key(m.Ord), ids, bearers[q.Key(m.Ord)])
			}
			l.expect(met, "%s is held and not found", n.Written)
			q.Close()
		}
	}
}

// vehicles: the same of vehicles and their numbers; makes, models and colours are counted once for each.
func (l laws) vehicles() {
	n, counts := 0, map[string]int{}
	var bearers [3]map[string][]string
	for kind := range bearers {
		bearers[kind] = map[string][]string{}
	}
	for _, id := range slices.Sorted(maps.Keys(l.records)) {
		r := l.records[id]
		at, ok := l.v.FindVehicle(id)
		l.expect(ok == (r.Kind == storage.Vehicle), "%s is found among vehicles: %v", id, ok)
		if !ok {
			continue
		}
		n++
		got, shown := l.v.VehicleID(nil, at)
		l.expect(string(got) == id && shown == !l.w[id], "%s has the id %s, shown %v", id, got, shown)
		f := l.v.VehicleFacts(at)
		l.expect(f.Updated == r.Updated.Unix() && f.Event == r.EventAt.Unix() && storage.StatusAt(f.Status) == r.Status && l.v.Text(f.Station) == r.Station &&
			l.v.Text(f.Make) == r.Make && l.v.Text(f.Model) == r.Model && l.v.Text(f.Colour) == r.Colour, "%s has the facts %+v of %+v", id, f, r)
		for i, w := range l.v.AttributesOf(at) {
			counts[fmt.Sprint(i, " ", l.v.Text(w))]++
		}
		t, differs := l.v.ShowVehicle(at)
		for kind, written := range [...][]string{append([]string{r.Registration}, r.Registrations...), {r.Chassis}, {r.Engine}} {
			k, want := register.NumberKind(kind), map[string]bool{}
			for _, s := range written {
				for _, c := range register.AppendNumbersOf(nil, k, s) {
					if !want[c] {
						want[c] = true
						bearers[kind][c] = append(bearers[kind][c], id)
					}
				}
			}
			refs := l.v.AppendNumbers(nil, k, at)
			l.expect(len(refs) == len(want), "%s bears %d numbers, want %v", id, len(refs), want)
			if differs {
				l.expect(string(t.Numbers[kind].Append(nil)) == written[0], "%s shows %q, wrote %q", id, t.Numbers[kind].Append(nil), written[0])
			} else if len(refs) > 0 {
				l.expect(string(l.v.AppendNumber(nil, k, refs[0])) == written[0], "%s does not write %q as it is printed", id, written[0])
			}
		}
		l.expect(!differs == (len(r.Registrations) == 0) || differs, "%s does not show its other registrations", id)
	}
	l.expect(l.v.Vehicles() == n, "%d vehicles, want %d", l.v.Vehicles(), n)
	for id := range l.records {
		if at, ok := l.v.FindVehicle(id); ok {
			for i, w := range l.v.AttributesOf(at) {
				l.expect(l.v.AttributeCount(i, w) == counts[fmt.Sprint(i, " ", l.v.Text(w))], "%d vehicles are %s", l.v.AttributeCount(i, w), l.v.Text(w))
			}
		}
	}
	for kind := range bearers {
		for number, want := range bearers[kind] {
			l.number(register.NumberKind(kind), number, want)
		}
	}
}

// number: a held number is the cheapest for itself, and borne by these.
func (l laws) number(kind register.NumberKind, number string, want []string) {
	p, err := plate.ParsePattern(number)
	near, _, complete, mass := l.v.NumbersNear(kind, nil, p, numbers.Search{Limit: 1000, MaxEdits: 2, Budget: 100_000})
	if err != nil || len(near) == 0 || !complete {
		l.t.Errorf("%s is held and not found: %v", number, err)
		return
	}
	l.expect(string(l.v.AppendNumber(nil, kind, near[0].Ord)) == number && near[0].Cost == 0 && mass >= 1, "%s: the nearest is %s, mass %v", number, l.v.AppendNumber(nil, kind, near[0].Ord), mass)
	var ids []string
	for _, at := range l.v.AppendVehicles(nil, kind, near[0].Ord) {
		id, _ := l.v.VehicleID(nil, at)
		ids = append(ids, string(id))
		l.expect(slices.Contains(l.v.AppendNumbers(nil, kind, at), near[0].Ord), "%s is a bearer of a number that it does not bear", id)
	}
	slices.Sort(ids)
	l.expect(slices.Equal(ids, want), "%s is borne by %q, want %q", number, ids, want)
}

// shown: bearers may be counted by their list only where all may be told of.
func (l laws) shown() {
	l.expect(l.v.AllShown() == (len(l.w) == 0), "all are shown: %v, withdrawn %v", l.v.AllShown(), l.w)
}

// others: whoever is of another label, or of none, is not there.
func (l laws) others(all map[string]*storage.Record) {
	for id, r := range all {
		if l.records[id] != nil {
			continue
		}
		_, person := l.v.FindPerson(id)
		_, vehicle := l.v.FindVehicle(id)
		l.expect(!person && !vehicle, "%s of visibility %q is found", id, r.Visibility)
	}
}
