package query

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"

	"anvesh/query/name"
	"anvesh/storage"
)

// What a record is found by and what a request looks up stand side by side in this file, so that they
// cannot drift apart: Terms and the Register are made of a record by the same functions that read a request.
//
// A term is exact. Terms stand in the Bleve shards with a letter for their kind, and are there for searches that name
// nobody: a person by place, station or section alone. Names and numbers are looked up with their misspellings in the
// Register, which holds them all, and a search for a vehicle always has a number; so vehicles have no terms. A second
// store that serves names and numbers by key will be given its keys by what resolves them, not by these.
//
//	p  word of a place, by its sound
//	s  station code
//	x  act and section

// TermsVersion changes when Terms gives other terms for some record; the shards are then rebuilt at start.
const TermsVersion = 4

// Terms appends the terms of a record; none for a vehicle, and for one that must not be found.
func Terms(dst []string, r *storage.Record) []string {
	if r.Visibility != storage.Findable || r.Kind == storage.Vehicle {
		return dst
	}
	dst = append(dst, "s"+r.Station)
	for _, s := range r.Sections {
		dst = appendSectionTerms(dst, s)
	}
	for _, w := range (*memory)(nil).places(r) {
		dst = append(dst, "p"+w)
	}
	return dst
}

// TermsSum is a hash of all that Terms, and the Register's lists, depend on; 0 for a record that must not be found.
func TermsSum(r *storage.Record) uint64 {
	if r.Visibility != storage.Findable {
		return 0
	}
	var d xxhash.Digest
	d.Reset()
	for _, list := range [][]string{{r.Station, r.Name}, r.Names, r.Aliases, r.Relatives, r.Places, r.Sections,
		{r.Registration}, r.Registrations, {r.Chassis}, r.Chassises, {r.Engine}, r.Engines} {
		d.WriteString("\x00")
		for _, s := range list {
			d.WriteString(s)
			d.WriteString("\x01")
		}
	}
	return d.Sum64() | 1
}

// numbersOf are the numbers of a kind that a record writes.
func numbersOf(r *storage.Record, kind int) []string {
	switch kind {
	case plateKind:
		return with(r.Registration, r.Registrations)
	case chassisKind:
		return with(r.Chassis, r.Chassises)
	}
	return with(r.Engine, r.Engines)
}

// with is one value and others, without empty ones.
func with(first string, others []string) []string {
	if first == "" {
		return others
	}
	return append([]string{first}, others...)
}

// A bornName is one name that a record bears. Alias is false for the person's own name and its spellings.
type bornName struct {
	name.Name
	Alias bool
}

// A reading is what is made of a person's texts, for terms, register and reasons alike.
type reading struct {
	names     []bornName  // every name in any current form: spellings, aliases, and aliases written into a name
	relatives []name.Name // every spelling of the relative, also one written into the name (Ram s/o Shyam)
	places    []string    // sounds of the words of the addresses, each once
}

// personReading reads r.
func personReading(r *storage.Record) *reading { return (*memory)(nil).reading(r) }

// A memory keeps what names and words of addresses were read as, since both repeat. A nil one keeps nothing.
// Not safe for concurrent use.
type memory struct {
	names map[string]name.Reading
	words map[string][]string
}

// Meant gives a text as it was meant where it is UTF-8 that was taken for Windows-1252 and saved again, else the text itself.
func Meant(text string) string {
	if meant, stored := name.Repair(text); stored == name.StoredMisread {
		return meant
	}
	return text
}

// memoryMost bounds each map, which is emptied when it is full: misspellings have no end.
const memoryMost = 20_000

func newMemory() *memory { return &memory{map[string]name.Reading{}, map[string][]string{}} }

func keep[T any](m map[string]T, key string, value T) {
	if len(m) >= memoryMost {
		clear(m)
	}
	m[strings.Clone(key)] = value
}

// name reads a name, as readName does. The result is shared: nobody may change it.
func (m *memory) name(s string) name.Reading {
	if m == nil {
		return readName(s)
	}
	r, ok := m.names[s]
	if !ok {
		r = readName(s)
		keep(m.names, s, r)
	}
	return r
}

func (m *memory) reading(r *storage.Record) *reading {
	p := &reading{}
	p.addName(m, r.Name, false)
	for _, s := range r.Names {
		p.addName(m, s, false)
	}
	for _, s := range r.Aliases {
		p.addName(m, s, true)
	}
	for _, s := range r.Relatives {
		if ns := m.name(s).Names; len(ns) > 0 && len(ns[0].Tokens) > 0 && !Nothing("relative", s) {
			p.addRelative(ns[0])
		}
	}
	p.names = withoutInitials(p.names)
	if len(p.relatives) == 0 {
		p.names = slices.DeleteFunc(p.names, func(n bornName) bool { return perhaps(n.Written) })
	}
	p.places = m.places(r)
	return p
}

// places are the sounds of the words of a record's addresses.
func (m *memory) places(r *storage.Record) (words []string) {
	for _, s := range r.Places {
		if !Nothing("place", s) {
			words = m.appendPlaceWords(words, s)
		}
	}
	return words
}

func (p *reading) addName(m *memory, s string, alias bool) {
	if s == "" {
		return
	}
	r := m.name(s)
	for i, n := range r.Names {
		if bare, ok := n.Bare(); ok { // both readings are found
			p.names = append(p.names, bornName{bare, alias || i > 0})
		}
		if len(n.Tokens) > 0 {
			p.names = append(p.names, bornName{n, alias || i > 0})
		}
	}
	if rel := r.Relative; rel != nil && len(rel.Tokens) > 0 {
		p.addRelative(*rel)
	}
}

func (p *reading) addRelative(n name.Name) {
	if bare, ok := n.Bare(); ok {
		p.relatives = append(p.relatives, bare)
	}
	p.relatives = append(p.relatives, n)
}

// withoutInitials leaves out the spellings whose initials another spelling of the record writes out: who is Rohtash Kumar
// in one form and R. Kumar in the next is nobody else whose name begins with R.
func withoutInitials(names []bornName) []bornName {
	if !slices.ContainsFunc(names, func(n bornName) bool {
		return !n.Alias && slices.ContainsFunc(n.Tokens, func(t name.Token) bool { return t.Initial })
	}) {
		return names
	}
	kept := make([]bornName, 0, len(names))
	for _, n := range names {
		if n.Alias || !slices.ContainsFunc(names, func(m bornName) bool { return !m.Alias && n.ShortOf(m.Name) }) {
			kept = append(kept, n)
		}
	}
	return kept
}

// placeStop are words of addresses that name no place.
var placeStop = map[string]bool{
	"village": true, "vill": true, "vpo": true, "po": true, "ps": true, "post": true, "office": true, "tehsil": true,
	"teh": true, "distt": true, "dist": true, "district": true, "house": true, "hno": true, "no": true, "near": true,
	"ward": true, "gali": true, "street": true, "road": true, "sector": true, "colony": true, "nagar": true, "the": true,
	"ro": true, "resident": true, "of": true, "state": true, "haryana": true, "india": true, "mohalla": true,
	"गांव": true, "गाँव": true, "ग्राम": true, "तहसील": true, "जिला": true, "थाना": true, "वार्ड": true, "गली": true,
	"मकान": true, "नंबर": true, "हरियाणा": true, "निवासी": true, "नगर": true,
}

func appendPlaceWords(dst []string, address string) []string {
	return (*memory)(nil).appendPlaceWords(dst, address)
}

// appendPlaceWords appends the sounds of the words of an address that can name a place, each once in dst.
func (m *memory) appendPlaceWords(dst []string, address string) []string {
	address, _ = name.Repair(address)
	for w := range strings.FieldsFuncSeq(address, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) }) {
		for _, t := range m.of(w) {
			if !slices.Contains(dst, t) {
				dst = append(dst, t)
			}
		}
	}
	return dst
}

// of returns the sounds of one word, none for one that names no place.
func (m *memory) of(word string) []string {
	if m != nil {
		if s, ok := m.words[word]; ok {
			return s
		}
	}
	var sounds []string
	if w := strings.ToLower(word); utf8.RuneCountInString(w) >= 3 && !placeStop[w] {
		for _, n := range name.Read(w).Names {
			sounds = n.AppendTerms(sounds)
		}
	}
	if m != nil {
		keep(m.words, word, sounds)
	}
	return sounds
}

// readSection takes an act and section as written ("BNS 303(2)", "379 IPC", "u/s 25 Arms Act") apart; section is empty where
// there is no number.
func readSection(s string) (act, section string) {
	var name strings.Builder
	for _, w := range strings.FieldsFunc(strings.ToUpper(ASCIIDigits(s)), func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == '/' }) {
		w = strings.Trim(w, ".")
		switch {
		case w == "U" || w == "S" || w == "SEC" || w == "SECTION" || w == "ACT" || w == "ध" || w == "धारा":
		case strings.ContainsFunc(w, unicode.IsDigit) && section == "":
			section = w
		default:
			name.WriteString(strings.ReplaceAll(w, ".", ""))
		}
	}
	return name.String(), section
}

// appendSectionTerms appends an act and section as written, the section alone, and the same without a sub-section.
func appendSectionTerms(dst []string, s string) []string {
	act, section := readSection(s)
	if section == "" {
		return dst
	}
	dst = append(dst, "x"+section)
	if act != "" {
		dst = append(dst, "x"+act+" "+section)
	}
	if whole := wholeSection(section); whole != section {
		if dst = append(dst, "x"+whole); act != "" {
			dst = append(dst, "x"+act+" "+whole)
		}
	}
	return dst
}
