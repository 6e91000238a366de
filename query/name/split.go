package name

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A piece is one word of the input, or one mark that parts names.
type piece struct {
	text  string // as written
	latin string
	mark  byte // '@', '(', ')', ',', '/', '&' or 0 for a word
	dot   bool // a dot follows
	dash  bool // a dash follows
}

// number tells a word of digits alone.
func (p piece) number() bool {
	return p.mark == 0 && p.text != "" && strings.TrimFunc(p.text, unicode.IsDigit) == ""
}

// split appends the words and marks of the input. Joiners and apostrophes stay inside a word.
func split(out []piece, s string) []piece {
	if strings.ContainsAny(s, "\r\n\t\v\f\u2028\u2029\u0085") {
		s = unbroken(s)
	}
	start := -1
	end := func(at int) {
		if start >= 0 {
			out = appendWord(out, strings.Trim(s[start:at], "'`’‘\u200c\u200d"))
			start = -1
		}
	}
	for i, r := range s {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r), invisible(r), r == '\'', r == '’', r == '‘', r == '`':
			if start < 0 {
				start = i
			}
		case r == '+' && joins(s[:i], s[i+1:]):
			end(i)
		default:
			end(i)
			out = mark(out, r)
		}
	}
	end(len(s))
	return out
}

// joins tells whether a plus parts nothing between what stands before and behind it: it was typed for a blank (Rakesh+Kumar),
// or begins a telephone number. With blanks around it parts two persons.
func joins(before, behind string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(behind)
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }
	return unicode.IsDigit(next) || word(last) && word(next)
}

// appendWord appends a word. Hindi writes a zero for the dot of an abbreviation, डा0 and पु०, and so do those who type it;
// else a zero at an edge of a word is an o.
func appendWord(out []piece, w string) []piece {
	if w == "" {
		return out
	}
	p := piece{text: w}
	if short := strings.TrimRight(w, "0०"); len(short) < len(w) && short != "" {
		if _, title := leading[strings.ToLower(short)]; title || isDevanagari(short) && strings.TrimFunc(short, unicode.IsDigit) == short {
			w, p.text, p.dot = short, short, true
		}
	}
	p.latin = latinOf(w)
	if strings.HasSuffix(w, string(rune(virama))) { // a half letter is followed by another
		p = cutOff(p)
	}
	return append(out, p)
}

// unbroken mends line breaks: one within a word is nothing, where a hyphen stands before it or the word goes on with a small
// letter or a sign of Devanagari; any other parts words, and lines of an address.
func unbroken(s string) string {
	var sb strings.Builder
	runes := []rune(s)
	breaks := func(r rune) bool { return r < ' ' || r == 0x2028 || r == 0x2029 || r == 0x85 }
	for i := 0; i < len(runes); i++ {
		if !breaks(runes[i]) {
			sb.WriteRune(runes[i])
			continue
		}
		end, line := i, false
		for end < len(runes) && breaks(runes[end]) {
			line = line || runes[end] == '\n'
			end++
		}
		if text := sb.String(); i > 1 && end < len(runes) && runes[i-1] == '-' && unicode.IsLetter(runes[i-2]) && unicode.IsLower(runes[end]) {
			sb.Reset() // the hyphen of a word that goes on
			sb.WriteString(text[:len(text)-1])
			i = end - 1
			continue
		}
		within := i > 0 && end < len(runes) && unicode.IsLetter(runes[i-1]) && (unicode.IsLower(runes[end]) || isSign(runes[end])) ||
			i > 0 && end < len(runes) && isSign(runes[i-1]) && isSign(runes[end])
		switch {
		case within:
		case line:
			sb.WriteByte(',')
		default:
			sb.WriteByte(' ')
		}
		i = end - 1
	}
	return sb.String()
}

func mark(out []piece, r rune) []piece {
	n := len(out)
	switch r {
	case '@', ',', '/', '&':
		return append(out, piece{mark: byte(r)})
	case '\\', '|':
		return append(out, piece{mark: '/'})
	case '+':
		return append(out, piece{mark: '&'})
	case ';', ':':
		return append(out, piece{mark: ','})
	case '(', '[', '{', '<':
		return append(out, piece{mark: '('})
	case ')', ']', '}', '>':
		return append(out, piece{mark: ')'})
	case '.', '।', '॰', '…':
		if n > 0 && out[n-1].mark == 0 {
			out[n-1].dot = true
		}
	case '-', '–', '—', '‐', '‑':
		if n > 0 {
			out[n-1].dash = true
		}
	case unicode.ReplacementChar:
		if n > 0 && out[n-1].mark == 0 {
			out[n-1] = cutOff(out[n-1])
		}
	}
	return out
}

// cutOff is a word whose end was lost within a letter, as a field's width cuts it: of a few letters no more is known than
// the first; longer ones are compared as far as they go.
func cutOff(p piece) piece {
	if s := Hear(p.latin); s.n > 0 && int(s.n) < looseMin {
		p.latin = p.latin[:1]
	}
	return p
}
