package query

import (
	"strconv"
	"strings"
	"time"

	"anvesh/storage"
)

// words numbers distinct strings; number 0 is the empty one.
type words struct {
	num  map[string]uint32
	text []string
}

func (w *words) add(s string) uint32 {
	n, ok := w.num[s]
	if !ok {
		n = uint32(len(w.text))
		s = strings.Clone(s)
		w.num[s] = n
		w.text = append(w.text, s)
	}
	return n
}

// id reads a record's id: FIR, "/p/" or "/v/", ref. The ref is numbered if it is new.
func (g *Register) id(s string) (id, bool) {
	fir, kind, ref, ok := splitID(s)
	if !ok {
		return id{}, false
	}
	return id{fir, g.words.add(ref), kind == 'v'}, true
}

// findPerson returns the place of a person that is held; ok is false for any other record's id.
func (g *Register) findPerson(s string) (at personAt, ok bool) {
	fir, kind, ref, ok := splitID(s)
	if !ok || kind != 'p' {
		return 0, false
	}
	n, ok := g.words.num[ref]
	if !ok {
		return 0, false
	}
	at, ok = g.personOf[id{fir: fir, ref: n}]
	return at, ok
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

// recordID writes an id as the store knows it.
func (g *Register) recordID(k id) string {
	var b [idLen]byte
	return string(g.appendID(b[:0], k))
}

// idLen is more than most ids are long.
const idLen = 64

func (g *Register) appendID(dst []byte, k id) []byte {
	kind := "/p/"
	if k.vehicle {
		kind = "/v/"
	}
	var digits [20]byte
	dst = append(dst, strconv.AppendUint(digits[:0], k.fir, 10)[1:]...) // the first stands for leading zeros
	return append(append(dst, kind...), g.words.text[k.ref]...)
}

func genderByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

// dayOf is the number of the Indian day of t since 1970.
func dayOf(t time.Time) int32 {
	if t.IsZero() {
		return 0
	}
	return storage.Day(t.Unix())
}

// foldWord folds a make or model: lower-case letters and digits only.
func foldWord(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 0x900 && c < 0x980:
			return c
		}
		return -1
	}, s)
}

// colours are names under which one colour is written, English and Hindi, by how registers write them.
var colours = map[string]string{
	"gray": "grey", "silver": "grey", "silvergrey": "grey", "slate": "grey", "सिल्वर": "grey", "सलेटी": "grey",
	"सफेद": "white", "सफ़ेद": "white", "pearlwhite": "white", "offwhite": "white", "cream": "white", "काला": "black",
	"लाल": "red", "maroon": "red", "नीला": "blue", "skyblue": "blue", "navyblue": "blue", "हरा": "green", "पीला": "yellow",
	"golden": "gold", "beige": "gold", "bronze": "brown", "भूरा": "brown", "नारंगी": "orange",
}

func foldColour(s string) string {
	f := foldWord(s)
	if c, ok := colours[f]; ok {
		return c
	}
	return f
}
