package register

import (
	"strings"

	"anvesh/query/numbers"
	"anvesh/query/plate"
	"anvesh/query/snapshot"
)

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

// A numberDictionary holds the distinct numbers of one kind, each under an ordinal for good, and finds those near to an
// asked one.
type numberDictionary struct {
	numberIndex
}

// numberIndex is an index of registrations, or of chassis or engine numbers.
type numberIndex interface {
	Add(canonical string) uint32
	Remove(ordinal uint32)
	AppendKey(dst []byte, ordinal uint32) []byte
	Len() int
	Bearers(ordinal uint32) int
	Key(ordinal uint32) string
	SearchMass(dst []numbers.Match, p plate.Pattern, s numbers.Search) ([]numbers.Match, int, bool, float64)
	Snapshot(*snapshot.Part)
}

func newNumberDictionary(kind NumberKind) numberDictionary {
	if kind == Registration {
		return numberDictionary{numbers.NewPlateIndex()}
	}
	return numberDictionary{numbers.NewNumberIndex()}
}

func (d *numberDictionary) search(dst []numbers.Match, p plate.Pattern, s numbers.Search) ([]numbers.Match, int, bool, float64) {
	return d.SearchMass(dst, p, s)
}

// clone gives one that holds the same.
func (d *numberDictionary) clone(kind NumberKind) numberDictionary {
	c := newNumberDictionary(kind)
	for o := range uint32(d.Len()) {
		key := d.Key(o)
		for range max(d.Bearers(o), 1) {
			c.Add(key)
		}
		if d.Bearers(o) == 0 {
			c.Remove(o)
		}
	}
	return c
}
