package bench

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"anvesh/bench/madeup"
	"anvesh/indexer"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/name"
	"anvesh/query/plate"
	"anvesh/storage"
)

// TestReasonsAreTrue holds what answers say of a hit, in both languages, against the request and the record: of a thousand
// random searches of made-up Haryana every reason, remark and group. With -v it prints every sentence that was said.
func TestReasonsAreTrue(t *testing.T) {
	e, records, people, vehicles := reasonStore(t, 6_000)
	rng := rand.New(rand.NewPCG(5, 6))
	f := facts{t: t, records: records, said: map[string]int{}}
	for i := range 1_200 {
		if i%2 == 0 {
			r := askPerson(rng, people)
			a, err := e.Search(context.Background(), access.Program("bench"), &r)
			if err != nil {
				t.Fatalf("%+v: %v", r, err)
			}
			f.persons(&r, a)
		} else {
			r := askVehicle(rng, vehicles)
			a, err := e.Search(context.Background(), access.Program("bench"), &r)
			if err != nil {
				t.Fatalf("%+v: %v", r, err)
			}
			f.vehicles(&r, a)
		}
		if t.Failed() && i > 100 {
			break
		}
	}
	for _, s := range slices.Sorted(maps.Keys(f.said)) {
		t.Logf("%5d %s", f.said[s], s)
	}
	if len(f.said) < 40 {
		t.Errorf("only %d sentences were said: the searches are too much alike", len(f.said))
	}
}

// reasonStore is an engine over made-up records, with the records by id and what was written about whom.
func reasonStore(t *testing.T, n int) (e *query.Engine, records map[string]*storage.Record, people, vehicles []madeup.Truth) {
	t.Helper()
	h, err := OpenHeld(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	x := indexer.New(h.Store, noRejects{t}, slog.New(slog.DiscardHandler))
	var batch []indexer.Message
	err = madeup.GenerateTruth(madeup.Options{Records: n, Seed: 3}, func(fir string, value []byte) error {
		batch = append(batch, indexer.Message{Key: []byte(fir), Value: bytes.Clone(value), Offset: int64(len(batch))})
		return nil
	}, func(w madeup.Truth) {
		switch {
		case w.Vehicle:
			vehicles = append(vehicles, w)
		case w.Role == "accused" && !w.Child && w.Name != "":
			people = append(people, w)
		}
	})
	if err == nil {
		err = x.Apply(context.Background(), indexer.Batch{Topic: heldPosition.Topic, Messages: batch, Next: int64(len(batch))})
	}
	h.next = int64(len(batch))
	if err == nil {
		err = h.Flush()
	}
	records = map[string]*storage.Record{}
	if err == nil {
		err = h.Store.Each(func(r *storage.Record) error { records[r.ID] = r; return nil })
	}
	if err != nil {
		t.Fatal(err)
	}
	return h.Engine, records, people, vehicles
}

var reasonLimit = 12

func askPerson(rng *rand.Rand, people []madeup.Truth) query.PersonRequest {
	w := people[rng.IntN(len(people))]
	r := query.PersonRequest{Common: query.Common{Reason: benchReason, Limit: &reasonLimit}}
	maybe := func(n int) bool { return rng.IntN(n) == 0 }
	switch rng.IntN(10) {
	case 0: // no name
	case 1:
		r.Name = cmpOr(w.NameHi, w.Name)
	case 2:
		r.Name = w.Name
	case 3:
		r.Name = w.Name + " " + people[rng.IntN(len(people))].Name
	case 4:
		r.Name, _, _ = strings.Cut(w.Name, " ")
	case 5:
		r.Name = w.Name[:1] + ". " + w.Name[strings.LastIndexByte(w.Name, ' ')+1:]
	default:
		r.Name, _ = madeup.DamageName(rng, w.Name)
	}
	if maybe(3) {
		r.Relative = w.Relative
	}
	if maybe(8) {
		r.Relative = people[rng.IntN(len(people))].Relative
	}
	if maybe(6) {
		r.Alias = cmpOr(w.Alias, "Kala")
	}
	if maybe(3) && w.BirthYear > 0 {
		tolerance := rng.IntN(4)
		r.BirthYear, r.Tolerance = w.BirthYear+rng.IntN(13)-6, &tolerance
	}
	if maybe(4) {
		r.Gender = [...]string{"M", "F", "T"}[rng.IntN(3)]
	}
	if maybe(4) {
		r.Place = cmpOr(w.Village, "Rohtak") + [...]string{"", " Rohtak", ", Distt. Hisar"}[rng.IntN(3)]
	}
	if maybe(5) {
		r.Station = w.FIR[:8]
	}
	if maybe(8) {
		r.District = [...]string{"Rohtak", "Hisar", "Gurugram"}[rng.IntN(3)]
	}
	if maybe(6) {
		r.Section = [...]string{"BNS 303(2)", "379 IPC", "420", "BNS 115(2)", "25 Arms Act"}[rng.IntN(5)]
	}
	if r.Name+r.Relative+r.Alias+r.Place+r.Station+r.District+r.Section == "" {
		r.Name = w.Name
	}
	return r
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func askVehicle(rng *rand.Rand, vehicles []madeup.Truth) query.VehicleRequest {
	w := vehicles[rng.IntN(len(vehicles))]
	for len(w.Registration) < 8 || len(w.Chassis) < 9 || len(w.Engine) < 9 {
		w = vehicles[rng.IntN(len(vehicles))]
	}
	r := query.VehicleRequest{Common: query.Common{Reason: benchReason, Limit: &reasonLimit}}
	damaged := func(s string) string {
		switch rng.IntN(8) {
		case 0:
			return s
		case 1:
			return openSome(rng, s, 1+rng.IntN(3))
		case 2:
			return "*" + s[len(s)-4-rng.IntN(3):]
		case 3:
			return s[:4+rng.IntN(3)] + "*"
		case 4:
			return s[len(s)-4-rng.IntN(5):]
		case 5:
			return s[4:] + s[:4]
		case 6:
			return editPlain(rng, s, 1+rng.IntN(2))
		}
		read, _, _ := plate.Misread(rng, s)
		return cmpOr(read, s)
	}
	number := func(s, other string) string {
		if rng.IntN(6) == 0 && len(other) >= 9 {
			s = other
		}
		if s = damaged(s); len(strings.Trim(s, "?*0")) < 4 {
			return other + "42"
		}
		return s
	}
	other := vehicles[rng.IntN(len(vehicles))]
	which := 1 + rng.IntN(7)
	if which&1 != 0 {
		r.Registration = number(canonical(w.Registration), canonical(cmpOr(other.Registration, w.Registration)))
	}
	if which&2 != 0 {
		r.Chassis = number(w.Chassis, w.Chassis)
	}
	if which&4 != 0 {
		r.Engine = number(w.Engine, w.Engine)
	}
	if rng.IntN(3) == 0 {
		r.Make, r.Model, r.Colour = w.Make, w.Model, [...]string{w.Colour, "सफेद", "silver", "golden"}[rng.IntN(4)]
	}
	if rng.IntN(6) == 0 {
		r.Make = w.Make + " Motors"
	}
	return r
}

// facts holds answers against what is so.
type facts struct {
	t       *testing.T
	records map[string]*storage.Record
	said    map[string]int // sentences, with letters for what was asked and found
}

// wrong reports a reason.
func (f *facts) wrong(y *query.Why, r *storage.Record, asked any, what string) {
	f.t.Helper()
	f.t.Errorf("%s (%s, %s): %s\nasked %+v\nrecord %+v", y.Text, y.Field, y.Grade, what, asked, r)
}

// bracketed are the characters and letters that rules in brackets name.
var bracketed = regexp.MustCompile(`[A-Z0-9?]+|[a-z+-]*/[a-z-]*(, [a-z+-]*/[a-z-]*)*|[+-][a-z]+`)

// note counts a sentence, and wants it in both languages.
func (f *facts) note(field, english, hindi string, parts ...string) {
	f.t.Helper()
	devanagari := func(c rune) bool { return unicode.Is(unicode.Devanagari, c) }
	bare := hindi
	for i, p := range parts {
		if p == "" {
			continue
		}
		english = strings.Replace(english, p, string(rune('A'+i)), 1)
		bare = strings.Replace(bare, p, string(rune('A'+i)), 1)
	}
	if english == "" || !strings.ContainsFunc(bare, devanagari) || strings.ContainsFunc(english, devanagari) && len(parts) == 0 {
		f.t.Errorf("%s: %q is %q in Hindi", field, english, hindi)
	}
	if i := strings.IndexByte(english, '('); i > 0 && len(parts) > 0 {
		english, bare = english[:i]+bracketed.ReplaceAllString(english[i:], "X"), bare[:strings.IndexByte(bare, '(')]+bracketed.ReplaceAllString(bare[strings.IndexByte(bare, '('):], "X")
	}
	f.said[field+": "+english+" | "+bare]++
}

// remarks wants as many in Hindi, and none of a name alone where more was given.
func (f *facts) remarks(a *query.Answer, alone bool) {
	f.t.Helper()
	if len(a.Remarks) != len(a.RemarksHi) {
		f.t.Fatalf("remarks %q, in Hindi %q", a.Remarks, a.RemarksHi)
	}
	for i, s := range a.Remarks {
		if !alone && strings.Contains(s, "alone") {
			f.t.Errorf("more was given than one field, and a remark says %q", s)
		}
		if !strings.HasPrefix(s, "chassis of ") {
			f.note("remark", s, a.RemarksHi[i])
		}
	}
}

func (f *facts) persons(r *query.PersonRequest, a *query.Answer) {
	f.t.Helper()
	given := 0
	for _, s := range []string{r.Name, r.Relative, r.Alias, r.Place, r.Station, r.District, r.Section} {
		if s != "" {
			given++
		}
	}
	f.remarks(a, given == 1 && r.BirthYear == 0 && r.Gender == "")
	for _, h := range a.Hits {
		rec := f.records[h.Record.ID]
		for i := range h.Why {
			f.person(&h.Why[i], &h, rec, r)
		}
	}
	for _, g := range a.Groups {
		f.note("group", g.Text, g.Hindi, g.Name, strconv.Itoa(g.Records))
		n := 0
		for _, rec := range f.records {
			if rec.Kind == storage.Person && rec.Visibility == storage.Findable && f.bears(rec, g.Name) {
				n++
			}
		}
		if g.Records > n || g.Records < 2 || r.Station+r.District+r.Section == "" && g.Records != n {
			f.t.Errorf("%s: %d records bear it; asked %+v", g.Text, n, r)
		}
	}
}

// bears tells whether a record writes a name that reads as the one given.
func (f *facts) bears(rec *storage.Record, written string) bool {
	want := name.Read(written).Names
	for _, text := range slices.Concat([]string{rec.Name}, rec.Names, rec.Aliases) {
		for _, n := range name.Read(text).Names {
			if len(want) > 0 && n.Key() == want[0].Key() {
				return true
			}
		}
	}
	return false
}

// person checks one reason of a person.
func (f *facts) person(y *query.Why, h *query.Hit, rec *storage.Record, r *query.PersonRequest) {
	f.t.Helper()
	f.note(y.Field, y.Text, y.Hindi, y.Query, y.Found)
	is := func(ok bool, what string) {
		f.t.Helper()
		if !ok {
			f.wrong(y, rec, *r, what)
		}
	}
	texts := slices.Concat([]string{rec.Name}, rec.Names, rec.Aliases)
	asked := r.Name + " " + r.Alias
	swapped := y.Grade == "swapped" // what was asked as the name stands on record as the relative's, or the other way round
	if y.Field == "relative" || swapped {
		texts, asked = append(texts, rec.Relatives...), r.Relative+" "+asked
	}
	switch y.Field {
	case "name", "alias", "relative":
		is(y.Query == "" || holds(asked, y.Query), "the request does not hold it")
		is(y.Found == "" || slices.ContainsFunc(texts, func(s string) bool { return holds(s, y.Found) }), "the record does not hold it")
		if !swapped {
			f.word(y, texts, asked, is)
		}
	case "birth_year":
		from, to := r.BirthYear-*r.Tolerance, r.BirthYear+*r.Tolerance
		gap := max(rec.BirthFrom-to, from-rec.BirthTo)
		is(strings.Contains(y.Text, "nothing on record") == (rec.BirthFrom == 0), "whether a year is on record")
		if rec.BirthFrom > 0 {
			is(strings.Contains(y.Text, "as asked") == (from == rec.BirthFrom && to == rec.BirthTo), "equal")
			is((strings.Contains(y.Text, "as asked") || strings.Contains(y.Text, "agrees")) == (gap <= 0), "agrees")
			is(strings.Contains(y.Text, "far from") == (gap > 3), "far")
			is(strings.Contains(y.Text, "but near") == (gap > 0 && gap <= 3), "near")
		}
	case "gender":
		is(strings.Contains(y.Text, "nothing on record") == (rec.Gender == ""), "whether a gender is on record")
		is(strings.Contains(y.Text, "the gender asked") == (rec.Gender == r.Gender), "the same")
	case "place":
		f.place(y, rec, is)
	case "station":
		is(y.Found == cmpOr(h.Record.StationName, rec.Station) && rec.Station == r.Station, "the station")
	case "district":
		is(y.Found == h.Record.District, "the district")
	case "section":
		digits := func(s string) string { return strings.Trim(strings.Map(onlyDigits, s), " ") }
		is(strings.Contains(y.Text, "counts as") || strings.Contains(" "+digits(y.Found)+" ", " "+digits(r.Section)), "the section")
		is(!strings.Contains(y.Text, "counts as") || !slices.Contains(rec.Sections, r.Section), "another section that counts")
	default:
		is(false, "no such field was asked")
	}
}

func onlyDigits(c rune) rune {
	if unicode.IsDigit(c) {
		return c
	}
	return ' '
}

// word checks a reason about words of names.
func (f *facts) word(y *query.Why, texts []string, asked string, is func(bool, string)) {
	f.t.Helper()
	key := func(s string) string {
		if n := name.Read(s).Names; len(n) > 0 {
			return n[0].Key()
		}
		return ""
	}
	switch {
	case strings.HasSuffix(y.Text, ": equal"):
		is(key(y.Query) == key(y.Found), "equal")
	case strings.Contains(y.Text, "not in this name on record"):
		is(slices.ContainsFunc(texts, func(s string) bool { return !holds(s, y.Query) }), "every name on record has it")
	case strings.Contains(y.Text, "not asked here"):
		is(!slices.Contains(strings.Fields(fold(asked)), fold(y.Found)) || slices.ContainsFunc(texts, func(s string) bool { return strings.Count(fold(s), fold(y.Found)) > 1 }) ||
			strings.Contains(asked, y.Found), "it was asked")
	case strings.Contains(y.Text, "nothing on record"):
		is(y.Found == "" && y.Grade == "missing" && y.Part == 0, "nothing is on record")
	case y.Grade == "contradicts":
		is(key(y.Query) != key(y.Found), "not equal")
	case y.Grade == "script":
		is(strings.ContainsFunc(y.Query, isDevanagari) != strings.ContainsFunc(y.Found, isDevanagari), "two scripts")
	case y.Grade == "order", y.Grade == "initial", y.Grade == "joined", y.Grade == "missing":
	default:
		is(fold(y.Query) != fold(y.Found), "it is equal")
	}
}

func isDevanagari(c rune) bool { return unicode.Is(unicode.Devanagari, c) }

// place checks a reason about an address, by letters: what is said to stand there in whole must share a word's beginning.
func (f *facts) place(y *query.Why, rec *storage.Record, is func(bool, string)) {
	f.t.Helper()
	is(strings.Contains(y.Text, "nothing on record") == (len(rec.Places) == 0), "whether an address is on record")
	if len(rec.Places) == 0 {
		return
	}
	is(y.Found == strings.Join(rec.Places, "; "), "the address")
	if strings.Contains(y.Text, ": not in the address") {
		for _, w := range strings.Fields(fold(y.Query)) {
			is(len(w) < 4 || w == "distt" || !slices.Contains(strings.Fields(fold(y.Found)), w), "it is in the address")
		}
	}
}

func (f *facts) vehicles(r *query.VehicleRequest, a *query.Answer) {
	f.t.Helper()
	f.remarks(a, true)
	for _, h := range a.Hits {
		for i := range h.Why {
			f.vehicle(&h.Why[i], f.records[h.Record.ID], r)
		}
	}
}

// vehicle checks one reason of a vehicle.
func (f *facts) vehicle(y *query.Why, rec *storage.Record, r *query.VehicleRequest) {
	f.t.Helper()
	is := func(ok bool, what string) {
		f.t.Helper()
		if !ok {
			f.wrong(y, rec, *r, what)
		}
	}
	canon := plate.Number
	var held []string
	switch y.Field {
	case "registration":
		canon, held = canonical, slices.Concat([]string{rec.Registration}, rec.Registrations)
	case "chassis":
		held = slices.Concat([]string{rec.Chassis, rec.Engine}, rec.Chassises, rec.Engines) // either may have been typed for the other
	case "engine":
		held = slices.Concat([]string{rec.Engine, rec.Chassis}, rec.Engines, rec.Chassises)
	default:
		f.kind(y, rec, is)
		return
	}
	text := y.Text
	if i := strings.LastIndex(text, " ("); i > 0 {
		text = text[:i]
	}
	f.note(y.Field, y.Text, y.Hindi, y.Query, y.Found)
	is(y.Found == "" || slices.Contains(held, y.Found) || slices.ContainsFunc(held, func(s string) bool { return canon(s) == y.Found }), "the record does not hold it")
	switch {
	case strings.HasSuffix(text, ": equal"):
		is(canon(y.Query) == canon(y.Found), "equal")
	case strings.Contains(text, " fits "):
		ok, _ := path.Match(canon2(y.Query, y.Field), canon(y.Found))
		is(ok || y.Field != "registration" && strings.Contains(y.Query, "?"), "fits")
	case strings.Contains(text, "nothing on record"):
		is(y.Found == "", "something is on record")
	case strings.Contains(text, "on record is the end of"):
		is(len(canon(y.Found)) < len(canon(y.Query)) && strings.HasSuffix(canon(y.Query), canon(y.Found)), "its end")
	case strings.Contains(text, "as far as given"):
		is(len(fold(y.Query)) < len(canon(y.Found)), "a part")
	case strings.Contains(text, "can be read"):
		is(strings.Contains(canon(y.Found), "?"), "cannot be read")
	default:
		is(canon(y.Query) != canon(y.Found), "it is equal")
	}
}

// canon2 is an asked number with wildcards as path.Match reads it.
func canon2(s, field string) string {
	p, err := plate.ParsePattern(s)
	if err != nil {
		return s
	}
	if field == "registration" {
		return p.String()
	}
	return p.Number()
}

// kind checks make, model or colour.
func (f *facts) kind(y *query.Why, rec *storage.Record, is func(bool, string)) {
	f.t.Helper()
	f.note(y.Field, y.Text, y.Hindi, y.Query, y.Found)
	held := map[string]string{"make": rec.Make, "model": rec.Model, "colour": rec.Colour}[y.Field]
	is(y.Found == held, "the record's")
	a, b := fold(y.Query), fold(held)
	switch {
	case strings.HasSuffix(y.Text, ": equal"):
		is(a == b, "equal")
	case strings.Contains(y.Text, "nothing on record"):
		is(held == "", "nothing is on record")
	case strings.Contains(y.Text, "beginning"):
		is(a != b && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)), "the beginning")
	default:
		is(a != b, "it is equal")
	}
}

// fold keeps letters, vowel signs, digits and single blanks, in lower case.
func fold(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsDigit(c) }), " ")
}

// holds tells whether a text has the letters of a part.
func holds(text, part string) bool {
	join := func(s string) string { return strings.ReplaceAll(fold(s), " ", "") }
	return strings.Contains(join(text), join(part))
}
