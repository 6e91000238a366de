package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fastjson"

	"anvesh/query"
	"anvesh/query/phrase"
)

// Requests are decoded here and nowhere else, strictly: what is not understood is refused with the field at fault and
// what would be right, so that a typo never searches for less than was meant. Nothing decoded points into the bytes
// that it came from; fasthttp uses those again.

// halfSurrogate matches what fastjson leaves of an escape that stands for half a character.
var halfSurrogate = regexp.MustCompile(`\\u[dD][89a-fA-F]`)

// fromJSON reads one JSON object into r. inRow allows the fields that only list rows have.
func (f *form[T]) fromJSON(p *fastjson.Parser, body []byte, r *T, inRow bool) error {
	v, err := parseObject(p, body)
	if err != nil {
		return err
	}
	seen := make([]string, 0, 16)
	v.Visit(func(key []byte, v *fastjson.Value) {
		if err != nil {
			return
		}
		fld := f.find(string(key))
		switch {
		case fld == nil || fld.row && !inRow:
			err = f.unknown(string(key))
		case slices.Contains(seen, fld.name):
			err = wrong(fld.name, phrase.Twice)
		default:
			seen = append(seen, fld.name)
			err = fld.setJSON(r, v)
		}
	})
	if err != nil {
		return err
	}
	return f.finish(r)
}

// parseObject parses a JSON object and nothing else. The Value is valid until the parser is used again.
func parseObject(p *fastjson.Parser, body []byte) (*fastjson.Object, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, malformed("the body is empty; it must be a JSON object")
	}
	if !utf8.Valid(body) {
		return nil, malformed("the body is not valid UTF-8")
	}
	// fastjson takes more than JSON allows; the standard library does not.
	if !json.Valid(body) {
		var at *json.SyntaxError
		var raw json.RawMessage
		if errors.As(json.Unmarshal(body, &raw), &at) {
			return nil, malformed("the body is not JSON: it goes wrong at byte " + strconv.FormatInt(at.Offset, 10))
		}
		return nil, malformed("the body is not JSON")
	}
	v, err := p.ParseBytes(body)
	if err != nil {
		return nil, malformed("the body is nested too deeply")
	}
	o, err := v.Object()
	if err != nil {
		return nil, malformed("the body must be a JSON object, such as {\"name\":\"...\"}")
	}
	return o, nil
}

// unknown refuses a field that the form does not have and names the nearest that it has.
func (f *form[T]) unknown(name string) error {
	names := make([]string, 0, len(f.fields))
	for i := range f.fields {
		if !f.fields[i].row {
			names = append(names, f.fields[i].name)
		}
	}
	return unknownField(name, f.what, names)
}

// unknownField refuses a name that is not among names.
func unknownField(name, what string, names []string) *problem {
	name = readable(name)
	instead := phrase.DidYouMean(name, names)
	if instead == "" {
		instead = "; it has " + strings.Join(names, ", ")
	}
	p := &problem{status: 400, code: "unknown_field", field: name}
	p.message, p.hindi = phrase.NoField.With(what, instead)
	return p
}

// readable is a name as an error quotes it.
func readable(name string) string {
	if utf8.RuneCountInString(name) > 64 || !utf8.ValidString(name) {
		return "(unreadable)"
	}
	return name
}

// setJSON puts a JSON value into the field.
func (fld *field[T]) setJSON(r *T, v *fastjson.Value) error {
	switch fld.kind {
	case whole:
		n, ok := wholeOf(v)
		if !ok {
			return fld.wrongType()
		}
		return fld.putWhole(r, n)
	case truth:
		b, err := v.Bool()
		if err != nil {
			return fld.wrongType()
		}
		fld.setTruth(r, b)
		return nil
	case list:
		items, err := v.Array()
		if err != nil {
			return fld.wrongType()
		}
		texts := make([]string, 0, len(items))
		for _, item := range items {
			b, err := item.StringBytes()
			if err != nil {
				return fld.wrongType()
			}
			texts = append(texts, string(b))
		}
		return fld.putList(r, texts)
	default:
		b, err := v.StringBytes()
		if err != nil {
			return fld.wrongType()
		}
		if halfSurrogate.Match(b) {
			return wrong(fld.name, phrase.NotUnicode)
		}
		return fld.putText(r, string(b))
	}
}

// exact is the greatest whole number that JSON carries as it is: beyond it many readers round.
const exact = 1 << 53

// wholeOf returns a whole number, which JSON may also write as 34.0 or 1e2.
func wholeOf(v *fastjson.Value) (n int, ok bool) {
	if v.Type() != fastjson.TypeNumber {
		return 0, false
	}
	if n, err := v.Int(); err == nil {
		return n, true
	}
	f, err := v.Float64()
	return int(f), err == nil && f == math.Trunc(f) && math.Abs(f) <= exact
}

// wrongType says what would be right.
func (fld *field[T]) wrongType() error {
	right := fld.hint
	switch {
	case right != "":
	case fld.kind == whole:
		p, with := fld.bound.Right(true)
		return wrong(fld.name, p, with...)
	case fld.kind == truth:
		right = "true or false, without quotes"
	case fld.kind == list:
		right = fmt.Sprintf("a list of text, such as [%q]", fld.bound.Choices[0])
	case fld.bound.Choices != nil:
		right = "one of " + strings.Join(fld.bound.Choices, ", ") + ", as text"
	default:
		right = "text in quotes; leave the field out where it is not known"
	}
	return wrong(fld.name, phrase.WrongForm, right)
}

// putWhole checks a number and sets it.
func (fld *field[T]) putWhole(r *T, n int) error {
	if err := fld.bound.Whole(n); err != nil {
		return err
	}
	fld.setWhole(r, n)
	return nil
}

// putText checks a text and sets it.
func (fld *field[T]) putText(r *T, s string) error {
	s, err := checkText(fld.name, s, fld.bound.Most)
	if err == nil && s != "" {
		err = fld.bound.Text(s)
	}
	if err != nil {
		return err
	}
	fld.setText(r, s)
	return nil
}

// putList checks a list and sets it.
func (fld *field[T]) putList(r *T, items []string) error {
	if err := fld.bound.Items(items); err != nil {
		return err
	}
	if len(items) > 0 {
		fld.setList(r, items)
	}
	return nil
}

// putPlain sets what came as plain text: a query, a page's field, a cell of a list. An empty text is absent.
func (fld *field[T]) putPlain(r *T, s string) error {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil
	}
	if fld.kind != whole {
		return fld.putText(r, s)
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		n = math.MinInt // no number at all: what would be right is the same
	}
	return fld.putWhole(r, n)
}

// checkText returns a text as one line: white space of any kind is a space, none stands around it, and marks that cannot
// be seen (of direction, of width zero) are left out. UTF-8 that was read in another encoding is undone, and a letter that a
// field's width cut in two may stand at the end. Or it says why it is none.
func checkText(name, s string, most int) (string, error) {
	s = query.Meant(s)
	whole := strings.TrimRight(s, string(utf8.RuneError))
	if !utf8.ValidString(s) || strings.ContainsRune(whole, utf8.RuneError) || whole == "" && s != "" {
		return "", wrong(name, phrase.NotUTF8)
	}
	if utf8.RuneCountInString(s) > most {
		return "", wrong(name, phrase.TooLong, strconv.Itoa(most))
	}
	control := false
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			control = true
		case hidden(r):
			return -1
		}
		return r
	}, s)
	if control {
		return "", wrong(name, phrase.ControlMarks)
	}
	return strings.TrimSpace(s), nil
}

// fromArgs reads a query or a posted form into r; lists repeat the name. Names in skip are not the form's business.
func (f *form[T]) fromArgs(args *fasthttp.Args, r *T, skip ...string) error {
	seen := make([]string, 0, 16)
	lists := map[string][]string{}
	for key, value := range args.All() {
		fld := f.find(string(key))
		switch {
		case slices.Contains(skip, string(key)):
		case fld == nil || fld.row:
			return f.unknown(string(key))
		case fld.kind == list:
			if len(value) > 0 {
				lists[fld.name] = append(lists[fld.name], string(value))
			}
		case slices.Contains(seen, fld.name):
			return wrong(fld.name, phrase.Twice)
		default:
			seen = append(seen, fld.name)
			if err := fld.putPlain(r, string(value)); err != nil {
				return err
			}
		}
	}
	for name, items := range lists {
		if err := f.find(name).putList(r, items); err != nil {
			return err
		}
	}
	return f.finish(r)
}

// checkEscapes refuses a query or a posted form in which a % does not begin a byte, as in name=100%. It would be searched for as it stands.
func checkEscapes(text []byte) error {
	hex := func(at int) bool { return at < len(text) && strings.IndexByte("0123456789abcdefABCDEF", text[at]) >= 0 }
	for i, c := range text {
		if c != '%' || hex(i+1) && hex(i+2) {
			continue
		}
		key, _, _ := bytes.Cut(text[bytes.LastIndexByte(text[:i], '&')+1:], []byte("="))
		name, err := url.QueryUnescape(string(key))
		if err != nil { // it stands in the name
			name = "(unreadable)"
		}
		return wrong(readable(name), phrase.NoEscape, "%", "%25")
	}
	return nil
}

// someArgs reads a query of a few free texts, each at most once, in the order of names.
func someArgs(args *fasthttp.Args, what string, names ...string) ([]string, error) {
	values := make([]string, len(names))
	seen := make([]bool, len(names))
	for key, value := range args.All() {
		i := slices.Index(names, string(key))
		if i < 0 {
			return nil, unknownField(string(key), what, names)
		}
		if seen[i] {
			return nil, wrong(names[i], phrase.Twice)
		}
		seen[i] = true
		var err error
		if values[i], err = checkText(names[i], string(value), query.MaxText); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// hidden reports whether a character does not show where it stands, or changes how others show: control characters, and
// format marks such as those that turn the direction of writing. The joiners are part of how Devanagari is written.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d'
}

// escaped writes what is hidden in JSON as escapes, so that it does nothing in a terminal or an editor. It returns b
// itself where there is nothing of it.
func escaped(b []byte) []byte {
	var out []byte
	from := 0
	for i := 0; i < len(b); {
		if b[i] < 0x7f {
			i++ // JSON has no control characters but the line ends between its parts
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if hidden(r) {
			out = append(out, b[from:i]...)
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
			from = i + n
		}
		i += n
	}
	if from == 0 {
		return b
	}
	return append(out, b[from:]...)
}
