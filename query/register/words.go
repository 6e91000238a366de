package register

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"anvesh/storage"
)

// words numbers distinct strings; number 0 is the empty one.
type words struct {
	num    map[string]uint32
	text   []string
	parted map[uint32][]string // lists that were put together (joined), apart again
}

func newWords() words {
	return words{num: map[string]uint32{"": 0}, text: []string{""}, parted: map[uint32][]string{}}
}

func (w *words) clone() words {
	return words{maps.Clone(w.num), slices.Clone(w.text), maps.Clone(w.parted)}
}

func (w *words) add(s string) uint32 {
	n, ok := w.num[s]
	if !ok {
		n = uint32(len(w.text))
		s = strings.Clone(s)
		w.text = append(w.text, s)
		w.enter(s, n)
	}
	return n
}

// follow takes over the words that first, which had all that w has, has more.
func (w *words) follow(first *words) {
	for n := uint32(len(w.text)); int(n) < len(first.text); n++ {
		w.num[first.text[n]] = n
		if list, ok := first.parted[n]; ok {
			w.parted[n] = list
		}
	}
	w.text = first.text
}

// enter makes a word findable.
func (w *words) enter(s string, n uint32) {
	if w.num[s] = n; s != "" && s[0] == 0 {
		w.parted[n] = AppendParted(nil, s)
	}
}

// An id is a record's id in 16 bytes: the FIR's digits after a leading 1, the kind, and the number of its ref among words.
type id struct {
	fir     uint64
	ref     uint32
	vehicle bool
}

// numberID reads a record's id: FIR, "/p/" or "/v/", ref. The ref is numbered if it is new.
func (w *words) numberID(s string) (id, bool) {
	fir, kind, ref, ok := splitID(s)
	if !ok {
		return id{}, false
	}
	return id{fir, w.add(ref), kind == 'v'}, true
}

// findID reads an id without numbering its ref: ok is false where no record has such a ref.
func (w *words) findID(s string) (k id, ok bool) {
	fir, kind, ref, ok := splitID(s)
	if !ok {
		return k, false
	}
	n, ok := w.num[ref]
	return id{fir, n, kind == 'v'}, ok
}

// hash spreads ids over the table of a part.
func (k id) hash() uint64 {
	h := (k.fir ^ uint64(k.ref)<<40) * 0x9E3779B97F4A7C15
	h = (h ^ h>>32 ^ uint64(k.ref)) * 0xBF58476D1CE4E5B9
	return h ^ h>>29
}

// splitID takes an id apart; the FIR's digits stand after a leading 1, so that leading zeros count.
func splitID(s string) (fir uint64, kind byte, ref string, ok bool) {
	digits, rest, ok := strings.Cut(s, "/")
	n, err := strconv.ParseUint("1"+digits, 10, 64)
	if !ok || err != nil || len(rest) < 3 {
		return 0, 0, "", false
	}
	return n, rest[0], rest[2:], true
}

// appendID writes an id as the store knows it.
func (w *words) appendID(dst []byte, k id) []byte {
	kind := "/p/"
	if k.vehicle {
		kind = "/v/"
	}
	var digits [20]byte
	dst = append(dst, strconv.AppendUint(digits[:0], k.fir, 10)[1:]...) // the first stands for leading zeros
	return append(append(dst, kind...), w.text[k.ref]...)
}

func genderByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

// DayOf is the number of the Indian day of t since 1970.
func DayOf(t time.Time) int32 {
	if t.IsZero() {
		return 0
	}
	return storage.Day(t.Unix())
}

// DigitsOnly tells a text of ASCII digits.
func DigitsOnly(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// ASCIIDigits writes Devanagari and full-width digits as 0 to 9, wherever a number is read.
func ASCIIDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '०' && r <= '९':
			return r - '०' + '0'
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, s)
}
