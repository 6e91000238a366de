package iif

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// This file reads JSON text byte by byte as RFC 8259 has it. The input is known to be UTF-8.

// space skips white space.
func (d *decoder) space() {
	for d.pos < len(d.in) {
		switch d.in[d.pos] {
		case ' ', '\t', '\n', '\r':
			d.pos++
		default:
			return
		}
	}
}

// peek skips white space and returns the next byte, 0 at the end.
func (d *decoder) peek() byte {
	d.space()
	if d.pos < len(d.in) {
		return d.in[d.pos]
	}
	return 0
}

// str reads a string from its opening quote and returns its contents, unescaped.
// They are valid until the next call and must be copied to be kept.
func (d *decoder) str() ([]byte, *Error) {
	rest := d.in[d.pos+1:]
	for i, c := range rest {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		start := d.pos + 1
		d.pos = start + i
		if c == '"' {
			d.pos++
			return rest[:i], nil
		}
		if c == '\\' {
			return d.unescape(start)
		}
		return nil, d.broken()
	}
	d.pos = len(d.in)
	return nil, d.broken()
}

// unescape goes on with a string that holds a backslash at pos.
func (d *decoder) unescape(start int) ([]byte, *Error) {
	d.buf = append(d.buf[:0], d.in[start:d.pos]...)
	for d.pos < len(d.in) {
		c := d.in[d.pos]
		d.pos++
		switch {
		case c == '"':
			return d.buf, nil
		case c < ' ':
			return nil, d.broken()
		case c != '\\':
			d.buf = append(d.buf, c)
		case !d.escape():
			return nil, d.broken()
		}
	}
	return nil, d.broken()
}

// escape reads what follows a backslash. It reports false for unknown escapes and halves of surrogate pairs.
func (d *decoder) escape() bool {
	if d.pos >= len(d.in) {
		return false
	}
	c := d.in[d.pos]
	d.pos++
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		r, ok := d.hex4()
		if ok && utf16.IsSurrogate(r) {
			r, ok = d.lowHalf(r)
		}
		d.buf = utf8.AppendRune(d.buf, r)
		return ok
	default:
		return false
	}
	d.buf = append(d.buf, c)
	return true
}

// lowHalf reads the second half of a surrogate pair.
func (d *decoder) lowHalf(high rune) (rune, bool) {
	if d.pos+2 > len(d.in) || d.in[d.pos] != '\\' || d.in[d.pos+1] != 'u' {
		return 0, false
	}
	d.pos += 2
	low, ok := d.hex4()
	r := utf16.DecodeRune(high, low)
	return r, ok && r != utf8.RuneError
}

func (d *decoder) hex4() (rune, bool) {
	if d.pos+4 > len(d.in) {
		return 0, false
	}
	var r rune
	for _, c := range d.in[d.pos : d.pos+4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	d.pos += 4
	return r, true
}

// number reads a number. whole is false if it has a fraction or an exponent.
func (d *decoder) number() (text []byte, whole bool, err *Error) {
	start := d.pos
	if d.at('-') {
		d.pos++
	}
	if first := d.pos; !d.digits() || d.in[first] == '0' && d.pos > first+1 {
		return nil, false, d.broken()
	}
	whole = true
	if d.at('.') {
		d.pos++
		whole = false
		if !d.digits() {
			return nil, false, d.broken()
		}
	}
	if d.at('e') || d.at('E') {
		d.pos++
		whole = false
		if d.at('+') || d.at('-') {
			d.pos++
		}
		if !d.digits() {
			return nil, false, d.broken()
		}
	}
	return d.in[start:d.pos], whole, nil
}

func (d *decoder) at(c byte) bool { return d.pos < len(d.in) && d.in[d.pos] == c }

func (d *decoder) digits() bool {
	start := d.pos
	for d.pos < len(d.in) && digit(d.in[d.pos]) {
		d.pos++
	}
	return d.pos > start
}

// word reads true, false or null.
func (d *decoder) word(s string) bool {
	if len(d.in)-d.pos < len(s) || string(d.in[d.pos:d.pos+len(s)]) != s {
		return false
	}
	d.pos += len(s)
	return true
}

// skip reads any value and keeps nothing of it.
func (d *decoder) skip() *Error {
	var err *Error
	switch c := d.peek(); {
	case c == '"':
		_, err = d.str()
	case c == '{':
		err = d.skipObject()
	case c == '[':
		err = d.skipList()
	case c == '-' || digit(c):
		_, _, err = d.number()
	case !d.word("true") && !d.word("false") && !d.word("null"):
		err = d.broken()
	}
	return err
}

func (d *decoder) skipObject() *Error {
	return d.members('{', '}', func() *Error {
		if d.peek() != '"' {
			return d.broken()
		}
		if _, err := d.str(); err != nil {
			return err
		}
		if d.peek() != ':' {
			return d.broken()
		}
		d.pos++
		return d.skip()
	})
}

func (d *decoder) skipList() *Error { return d.members('[', ']', d.skip) }

// members reads an object or list from its opening bracket, calling one for each member.
func (d *decoder) members(open, end byte, one func() *Error) *Error {
	if d.peek() != open {
		return d.broken()
	}
	d.pos++
	d.depth++
	if d.depth > MaxDepth {
		return d.fail("must not be nested deeper than " + strconv.Itoa(MaxDepth))
	}
	defer func() { d.depth-- }()
	if d.peek() == end {
		d.pos++
		return nil
	}
	for {
		if err := one(); err != nil {
			return err
		}
		switch d.peek() {
		case ',':
			d.pos++
		case end:
			d.pos++
			return nil
		default:
			return d.broken()
		}
	}
}
