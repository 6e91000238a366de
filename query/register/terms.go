package register

import (
	"sync"

	"github.com/cespare/xxhash/v2"

	"anvesh/storage"
)

// A term is exact. Terms stand in the Bleve shards with a letter for their kind, and are there for searches that name
// nobody: a person by place, station or section alone. Names and numbers are looked up with their misspellings in the
// Register, which holds them all, and a search for a vehicle always has a number; so vehicles have no terms. A second
// store that serves names and numbers by key will be given its lookup keys by this room, not by these.
//
//	p  word of a place, by its sound
//	s  station code
//	x  act and section

// TermsVersion changes when Terms or TermsSum gives another result for some record; the shards are then rebuilt beside those
// in use, from the next start on.
const TermsVersion = 5

// Terms appends the terms of a record; none for a vehicle, and for one that not every searcher may find: parties are in the
// Register alone, and so are found by name alone.
func Terms(dst []string, r *storage.Record) []string { return (*cache)(nil).terms(dst, r) }

// NewTerms gives Terms for a store: it knows the words of addresses that it has read before, since they repeat. It may be
// called from many goroutines.
func NewTerms() func(dst []string, r *storage.Record) []string {
	var mu sync.Mutex
	m := newCache()
	return func(dst []string, r *storage.Record) []string {
		mu.Lock()
		defer mu.Unlock()
		return m.terms(dst, r)
	}
}

func (m *cache) terms(dst []string, r *storage.Record) []string {
	if r.Visibility != storage.Findable || r.Kind == storage.Vehicle {
		return dst
	}
	dst = append(dst, "s"+r.Station)
	dst = append(dst, sectionTerms(r)...)
	for _, w := range m.places(r) {
		dst = append(dst, "p"+w)
	}
	return dst
}

// partTerms gives of a findable record's terms what sectionTerms and places gave.
func partTerms(terms []string) (sections, places []string) {
	for _, t := range terms {
		switch t[0] {
		case 'x':
			sections = append(sections, t)
		case 'p':
			places = append(places, t[1:])
		}
	}
	return sections, places
}

// sectionTerms are those of all sections of a record.
func sectionTerms(r *storage.Record) (terms []string) {
	for _, s := range r.Sections {
		terms = AppendSectionTerms(terms, s)
	}
	return terms
}

// TermsSum is a hash of all that Terms, and the Register's lists, depend on; 0 for a record that must not be found. It changes
// with the label of a record.
func TermsSum(r *storage.Record) uint64 {
	l, held := labelOf(r)
	if !held {
		return 0
	}
	var d xxhash.Digest
	d.ResetWithSeed(uint64(l))
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
func numbersOf(r *storage.Record, kind NumberKind) []string {
	switch kind {
	case Registration:
		return with(r.Registration, r.Registrations)
	case Chassis:
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
