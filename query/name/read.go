package name

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of what is read. A form's name field is far below; what is longer is no name, and its rest is not read.
const (
	maxInput  = 1024 // bytes
	MaxTokens = 8    // a name
	maxNames  = 8    // a reading
	MaxLatin  = 40   // letters of one token
)

// Reading is what a typed name was taken for.
type Reading struct {
	Names      []Name   // the name first, then each alias; empty if nothing is readable
	Relative   *Name    // nil if none was written
	Relation   string   // what the relative is: father, husband, wife, mother, brother, child, care; "" with nil Relative
	Honorifics []string // titles that were stripped, in order, the relative's not among them
	Deceased   bool     // the person, not the relative, is called late
}

// Name is one name of a person: its tokens in the order written.
type Name struct {
	Written string
	Tokens  []Token
}

// Token is one word of a name.
type Token struct {
	Written    string // as written
	Latin      string // a-z only
	Initial    bool   // one letter
	Devanagari bool   // written in Devanagari
	Maybe      bool   // may be no part of the name: the letters of a title (HC, DR), Shri before Niwas
}

// Bare is the name without the tokens that may be no part of it; ok is false where there are none such.
func (n Name) Bare() (bare Name, ok bool) {
	if !slices.ContainsFunc(n.Tokens, func(t Token) bool { return t.Maybe }) {
		return n, false
	}
	bare.Tokens = slices.DeleteFunc(slices.Clone(n.Tokens), func(t Token) bool { return t.Maybe })
	bare.Written = WrittenOf(bare.Tokens)
	return bare, true
}

// Key is the identity of a distinct name: its Latin tokens joined by blanks.
func (n Name) Key() string {
	if len(n.Tokens) == 1 {
		return n.Tokens[0].Latin
	}
	var sb strings.Builder
	for i, t := range n.Tokens {
		if i > 0 {
			sb.WriteByte(' ')
		}
		sb.WriteString(t.Latin)
	}
	return sb.String()
}

// ShortOf tells whether n is m with initials for some of its words: each word of n is one of m's by its sound, or the
// initial of another.
func (n Name) ShortOf(m Name) bool {
	used, initials := 0, 0
	take := func(t Token) bool {
		for i, w := range m.Tokens {
			same := len(t.Latin) > 1 && hearsSame(t.Latin, w.Latin)
			if used&(1<<i) == 0 && (same || len(t.Latin) == 1 && len(w.Latin) > 1 && LetterClass(t.Latin[0]) == LetterClass(w.Latin[0])) {
				used |= 1 << i
				return true
			}
		}
		return false
	}
	for _, initial := range []bool{false, true} { // words first
		for _, t := range n.Tokens {
			if (len(t.Latin) == 1) != initial {
				continue
			}
			if initial {
				initials++
			}
			if !take(t) {
				return false
			}
		}
	}
	return initials > 0
}

func hearsSame(a, b string) bool {
	x, y := Hear(a), Hear(b)
	return a == b || bytes.Equal(x.Codes(), y.Codes())
}

// AppendTerms appends the exact index terms of the name: its distinct folded tokens, one for each way a token sounds.
func (n Name) AppendTerms(dst []string) []string {
	from := len(dst)
next:
	for _, t := range n.Tokens {
		h := Hear(t.Latin)
		term := string(h.Codes())
		for _, have := range dst[from:] {
			if have == term {
				continue next
			}
		}
		dst = append(dst, term)
	}
	return dst
}

// Read takes what a person typed or a form holds, mended by Repair, and makes of it names, aliases, relative and facts. It
// never fails; what cannot be read is left out: ages, telephone numbers, castes, occupations, addresses.
func Read(s string) Reading {
	if len(s) > maxInput {
		cut := maxInput
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut]
	}
	s, stored := Repair(s)
	if stored == StoredLost {
		return Reading{}
	}
	var buf [8]piece // more than most names have
	r := reader{words: split(buf[:0], s), at: maxNames}
	r.run()
	return r.out
}
