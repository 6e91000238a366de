package iif

import (
	"math"
	"math/bits"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// MaxDepth is how deep objects and lists may be nested, the outermost included. The forms need 4.
const MaxDepth = 32

const (
	maxUnknown = 64      // unknown fields that are named
	chunkSize  = 1 << 12 // most that is set aside at once for a form's strings
)

// A decoder reads one form. Strings are copied into a few chunks that belong to the form,
// so that a form costs one allocation for its texts and keeps no input alive.
type decoder struct {
	in      []byte
	pos     int
	depth   int
	path    []step
	buf     []byte // a string with escapes, unescaped
	chunk   strings.Builder
	unknown []string
}

// A step is one part of a path: a field's name, and the index in its list or -1.
type step struct {
	name  string
	index int
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// decode fills f and names its unknown fields.
func decode(value []byte, f *Form) *Error {
	d := decoders.Get().(*decoder)
	defer d.free()
	d.in = value
	if !utf8.Valid(value) {
		return &Error{Reason: "must be UTF-8"}
	}
	if d.peek() != '{' {
		return d.fail("must be a JSON object")
	}
	if err := d.object(formTable(), reflect.ValueOf(f).Elem()); err != nil {
		return err
	}
	if d.peek() == '{' {
		return d.fail("must be one JSON object; another stands behind it: send each form as a message of its own")
	}
	if d.pos < len(d.in) {
		return d.broken()
	}
	f.unknown = d.unknown
	return nil
}

func (d *decoder) free() {
	*d = decoder{path: d.path[:0], buf: d.buf[:0]}
	if cap(d.buf) <= 1<<16 {
		decoders.Put(d)
	}
}

// fail makes an error about the field at the path.
func (d *decoder) fail(reason string) *Error { return &Error{Field: d.where(), Reason: reason} }

// broken makes an error about bytes that are not JSON.
func (d *decoder) broken() *Error {
	return d.fail("must be valid JSON; it is not at or before byte " + strconv.Itoa(d.pos))
}

func (d *decoder) where() string {
	var b strings.Builder
	for i, s := range d.path {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
		if s.index >= 0 {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		}
	}
	return b.String()
}

// object reads an object into the struct v.
func (d *decoder) object(t *table, v reflect.Value) *Error {
	var seen uint64
	var next int
	var others map[string]struct{}
	err := d.members('{', '}', func() *Error {
		key, err := d.key()
		if err != nil {
			return err
		}
		bit, known := t.find(key, next)
		if !known {
			return d.other(key, &others)
		}
		f := &t.fields[bit]
		d.path = append(d.path, step{f.name, -1})
		if seen&(1<<bit) != 0 {
			return d.fail("must stand only once in its object")
		}
		seen |= 1 << bit
		next = bit + 1
		d.pos++ // the colon
		if err := d.value(f, v.Field(f.index)); err != nil {
			return err
		}
		d.path = d.path[:len(d.path)-1]
		return nil
	})
	if err != nil {
		return err
	}
	if missing := t.required &^ seen; missing != 0 {
		f := &t.fields[bits.TrailingZeros64(missing)]
		d.path = append(d.path, step{f.name, -1})
		return d.fail("is required and " + f.want)
	}
	return nil
}

// key reads a member's name and stops at its colon.
func (d *decoder) key() ([]byte, *Error) {
	if d.peek() != '"' {
		return nil, d.broken()
	}
	key, err := d.str()
	if err == nil && d.peek() != ':' {
		err = d.broken()
	}
	return key, err
}

// other notes and skips a field that the table does not have.
func (d *decoder) other(key []byte, others *map[string]struct{}) *Error {
	if _, twice := (*others)[string(key)]; twice {
		return d.fail("must not hold an unknown field twice")
	}
	if *others == nil {
		*others = make(map[string]struct{})
	}
	(*others)[string(key)] = struct{}{}
	if len(d.unknown) < maxUnknown {
		d.path = append(d.path, step{printable(key), -1})
		d.unknown = append(d.unknown, d.where())
		d.path = d.path[:len(d.path)-1]
	}
	d.pos++ // the colon
	return d.skip()
}

// printable is an unknown field's name, or "?" when it does not look like one: it might be personal data.
func printable(key []byte) string {
	if len(key) == 0 || len(key) > 40 {
		return "?"
	}
	for _, c := range key {
		if !refChar(c) && c != '_' {
			return "?"
		}
	}
	return string(key)
}

// value reads one value into v by the rules of f.
func (d *decoder) value(f *field, v reflect.Value) *Error {
	c := d.peek()
	switch f.kind {
	case kindText, kindCode, kindDate, kindTime:
		if c != '"' {
			return d.fail(f.want)
		}
		return d.text(f, v)
	case kindInt, kindIntPtr, kindFloat:
		if c != '-' && !digit(c) {
			return d.fail(f.want)
		}
		return d.num(f, v)
	case kindBool:
		if d.word("true") {
			v.SetBool(true)
			return nil
		}
		if d.word("false") {
			return nil
		}
		return d.fail(f.want)
	case kindObject, kindPointer:
		if c != '{' {
			return d.fail(f.want)
		}
		if f.kind == kindPointer {
			v.Set(reflect.New(v.Type().Elem()))
			v = v.Elem()
		}
		return d.object(f.sub, v)
	}
	if c != '[' {
		return d.fail(f.want)
	}
	return d.list(f, v)
}

// list reads a list of strings or objects.
func (d *decoder) list(f *field, v reflect.Value) *Error {
	last := len(d.path) - 1
	n := 0
	err := d.members('[', ']', func() *Error {
		if n == f.items {
			d.path[last].index = -1
			return d.fail(f.want)
		}
		d.path[last].index = n
		v.Grow(1)
		v.SetLen(n + 1)
		e := v.Index(n)
		n++
		if f.kind == kindObjects {
			if d.peek() != '{' {
				return d.fail("must be an object")
			}
			return d.object(f.sub, e)
		}
		if d.peek() != '"' {
			return d.fail(f.wantedText())
		}
		return d.text(f, e)
	})
	if err == nil {
		d.path[last].index = -1
	}
	return err
}

// text reads a string into v.
func (d *decoder) text(f *field, v reflect.Value) *Error {
	b, err := d.str()
	if err != nil {
		return err
	}
	switch f.kind {
	case kindCode:
		code, ok := f.codes[string(b)]
		if !ok {
			return d.fail(f.want)
		}
		v.SetString(code)
	case kindDate:
		if !isDate(b) {
			return d.fail(f.want)
		}
		v.SetString(d.keep(b))
	case kindTime:
		t, ok := parseTime(b)
		if !ok {
			return d.fail(f.want)
		}
		*v.Addr().Interface().(*time.Time) = t
	default:
		if !f.allows(b) {
			return d.fail(f.wantedText())
		}
		v.SetString(d.keep(b))
	}
	return nil
}

// allows checks a text against its shape or bounds.
func (f *field) allows(b []byte) bool {
	if f.shape != nil {
		return f.shape.fits(b)
	}
	if len(b) == 0 {
		return !f.required
	}
	if len(b) > f.runes && utf8.RuneCount(b) > f.runes {
		return false
	}
	for _, c := range b {
		if c == 0 {
			return false
		}
	}
	return true
}

// num reads a number into v.
func (d *decoder) num(f *field, v reflect.Value) *Error {
	b, whole, err := d.number()
	if err != nil {
		return err
	}
	n, perr := strconv.ParseFloat(string(b), 64)
	if perr != nil || n < f.min || n > f.max || math.IsInf(n, 0) {
		return d.fail(f.want)
	}
	switch f.kind {
	case kindFloat:
		v.SetFloat(n)
		return nil
	case kindIntPtr:
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if !whole {
		return d.fail(f.want)
	}
	v.SetInt(int64(n))
	return nil
}

// keep copies b into the form's own chunk.
func (d *decoder) keep(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if d.chunk.Cap()-d.chunk.Len() < len(b) {
		d.chunk = strings.Builder{}
		d.chunk.Grow(max(len(b), min(chunkSize, len(d.in)-d.pos+len(b))))
	}
	start := d.chunk.Len()
	d.chunk.Write(b)
	return d.chunk.String()[start:]
}
