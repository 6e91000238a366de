package register

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"anvesh/query/name"
	"anvesh/storage"
)

// A BornName is one name that a record bears. Alias is false for the person's own name and its spellings.
type BornName struct {
	name.Name
	Alias bool
}

// A Reading is what is made of a person's texts, for terms, register and reasons alike.
type Reading struct {
	Names     []BornName  // every name in any current form: spellings, aliases, and aliases written into a name
	Relatives []name.Name // every spelling of the relative, also one written into the name (Ram s/o Shyam)
	Places    []string    // sounds of the words of the addresses, each once
}

// Read reads a person.
func Read(r *storage.Record) *Reading {
	p := (*cache)(nil).names(r)
	p.Places = (*cache)(nil).places(r)
	return p
}

// A cache keeps what names and words of addresses were read as, since both repeat. A nil one keeps nothing.
// Not safe for concurrent use.
type cache struct {
	read  map[string]name.Reading // of names
	words map[string][]string
}

// cacheMost bounds each map, which is emptied when it is full: misspellings have no end.
const cacheMost = 20_000

func newCache() *cache { return &cache{map[string]name.Reading{}, map[string][]string{}} }

func keep[T any](m map[string]T, key string, value T) {
	if len(m) >= cacheMost {
		clear(m)
	}
	m[strings.Clone(key)] = value
}

// name reads a name, as readName does. The result is shared: nobody may change it.
func (m *cache) name(s string) name.Reading {
	if m == nil {
		r, _ := ReadName("name", s)
		return r
	}
	r, ok := m.read[s]
	if !ok {
		r, _ = ReadName("name", s)
		keep(m.read, s, r)
	}
	return r
}

// names reads all of a person but places.
func (m *cache) names(r *storage.Record) *Reading {
	p := &Reading{}
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
	p.Names = withoutInitials(p.Names)
	if len(p.Relatives) == 0 {
		p.Names = slices.DeleteFunc(p.Names, func(n BornName) bool { return Perhaps(n.Written) })
	}
	return p
}

// places are the sounds of the words of a record's addresses.
func (m *cache) places(r *storage.Record) (words []string) {
	for _, s := range r.Places {
		if !Nothing("place", s) {
			words = m.appendPlaceWords(words, s)
		}
	}
	return words
}

func (p *Reading) addName(m *cache, s string, alias bool) {
	if s == "" {
		return
	}
	r := m.name(s)
	for i, n := range r.Names {
		if bare, ok := n.Bare(); ok { // both readings are found
			p.Names = append(p.Names, BornName{bare, alias || i > 0})
		}
		if len(n.Tokens) > 0 {
			p.Names = append(p.Names, BornName{n, alias || i > 0})
		}
	}
	if rel := r.Relative; rel != nil && len(rel.Tokens) > 0 {
		p.addRelative(*rel)
	}
}

func (p *Reading) addRelative(n name.Name) {
	if bare, ok := n.Bare(); ok {
		p.Relatives = append(p.Relatives, bare)
	}
	p.Relatives = append(p.Relatives, n)
}

// withoutInitials leaves out the spellings whose initials another spelling of the record writes out: who is Rohtash Kumar
// in one form and R. Kumar in the next is nobody else whose name begins with R.
func withoutInitials(names []BornName) []BornName {
	if !slices.ContainsFunc(names, func(n BornName) bool {
		return !n.Alias && slices.ContainsFunc(n.Tokens, func(t name.Token) bool { return t.Initial })
	}) {
		return names
	}
	kept := make([]BornName, 0, len(names))
	for _, n := range names {
		if n.Alias || !slices.ContainsFunc(names, func(m BornName) bool { return !m.Alias && n.ShortOf(m.Name) }) {
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

// AppendPlaceWords appends the sounds of the words of an address that can name a place, each once in dst.
func AppendPlaceWords(dst []string, address string) []string {
	return (*cache)(nil).appendPlaceWords(dst, address)
}

// appendPlaceWords appends the sounds of the words of an address that can name a place, each once in dst.
func (m *cache) appendPlaceWords(dst []string, address string) []string {
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
func (m *cache) of(word string) []string {
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
