package match

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// maxRow is the largest row of a list in bytes of UTF-8, the same as the largest single request.
const maxRow = 64 << 10

// errBook is what a reader of lines says of a workbook.
var errBook = errors.New("match: a workbook")

// errNoText is what a reader of lines says of a picture, a PDF, a program and their like.
var errNoText = errors.New("match: no text")

// A lineReader reads lines of bounded length as UTF-8, and can take lines back. A list is UTF-8, UTF-16 of either
// order, with or without a mark, or Windows-1252: that is what spreadsheets and portals write. Which of the last two
// it is shows in the first line that is not ASCII, and holds for the whole list.
type lineReader struct {
	r       *bufio.Reader
	line    int // of the line that next returned last, from 1
	back    []textLine
	err     error // of the reader, for good
	letters letters
}

// letters is what bytes beyond ASCII mean.
type letters int

const (
	unknown letters = iota
	utf8Letters
	windows1252
)

// A textLine is one line without its end. long: it is longer than a row may be, and its text was passed over.
type textLine struct {
	text []byte
	long bool
}

// newLineReader finds out what the bytes are by those that are there at first, and waits for four at most.
func newLineReader(in io.Reader) (*lineReader, error) {
	r := bufio.NewReaderSize(in, maxRow)
	start, err := r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	l := &lineReader{r: r}
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		r.Discard(3)
		l.letters = utf8Letters
	case isBook(start):
		return nil, errBook
	default:
		start, _ = r.Peek(r.Buffered())
		if order, is := utf16Order(start); is {
			l.r = bufio.NewReaderSize(unicode.UTF16(order, unicode.UseBOM).NewDecoder().Reader(r), maxRow)
			l.letters = utf8Letters
		} else if !textual(start) {
			return nil, errNoText
		}
	}
	return l, nil
}

// isBook reports whether bytes begin a workbook: a ZIP archive, or Microsoft's older compound file.
func isBook(start []byte) bool {
	return bytes.HasPrefix(start, []byte("PK\x03\x04")) || isOldBook(start)
}

// isOldBook reports whether bytes begin an .xls, or an .xlsx behind a password.
func isOldBook(start []byte) bool { return bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")) }

// utf16Order tells UTF-16 by its mark or by the upper bytes of its characters: 0 for commas, digits, line ends and Latin
// letters, 9 to 13 for the letters of India, 32 for quotes and joiners. In other text every second byte is never one of
// these, and a zero byte in it is a damaged row.
func utf16Order(start []byte) (order unicode.Endianness, is bool) {
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")):
		return unicode.LittleEndian, true
	case bytes.HasPrefix(start, []byte("\xfe\xff")):
		return unicode.BigEndian, true
	}
	var zeros, upper [2]int // at even and odd places
	for i, b := range start {
		switch {
		case b == 0:
			zeros[i%2]++
			upper[i%2]++
		case b >= 9 && b <= 13 || b == 32:
			upper[i%2]++
		}
	}
	const nearly = 8 // seven in eight: an emoji or a sign of another script may stand among them
	pairs := len(start) / 2
	for at, order := range []unicode.Endianness{unicode.BigEndian, unicode.LittleEndian} {
		if zeros[at] > zeros[1-at] && (pairs-upper[at])*nearly <= pairs {
			return order, true
		}
	}
	return unicode.BigEndian, false
}

// textual reports whether bytes can begin a text: of a picture, an archive or a program at least one byte in sixteen is a
// control character that no list has.
func textual(start []byte) bool {
	control := 0
	for _, b := range start {
		if b < ' ' && (b < '\t' || b > '\r') || b == 0x7f {
			control++
		}
	}
	return control*16 <= len(start)
}

// next returns a line, which the caller may keep.
func (l *lineReader) next() (textLine, error) {
	if len(l.back) > 0 {
		t := l.back[0]
		l.back = l.back[1:]
		l.line++
		return t, nil
	}
	if l.err != nil {
		return textLine{}, l.err
	}
	b, err := l.r.ReadSlice('\n')
	if len(b) == 0 && err != nil {
		l.err = err
		return textLine{}, err
	}
	l.line++
	t := textLine{}
	for errors.Is(err, bufio.ErrBufferFull) {
		t.long = true
		_, err = l.r.ReadSlice('\n')
	}
	l.err = err
	if err != nil && !errors.Is(err, io.EOF) {
		return textLine{}, err
	}
	if !t.long {
		t.text = l.utf8(bytes.TrimRight(b, "\r\n"))
	}
	return t, nil
}

// utf8 returns the line as UTF-8, in memory of its own. In a list that is UTF-8 a line that is not stays as it is: its
// row is at fault.
func (l *lineReader) utf8(b []byte) []byte {
	if l.letters == unknown {
		l.letters = lettersOf(b)
	}
	if l.letters != windows1252 {
		return bytes.Clone(b)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return bytes.Clone(b)
	}
	return text
}

// lettersOf tells UTF-8 from Windows-1252. A line that is UTF-8 but for some damage has letters of several bytes all the
// same.
func lettersOf(b []byte) letters {
	single, several := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			single++
		case n > 1:
			several++
		}
		b = b[n:]
	}
	switch {
	case single == 0 && several == 0:
		return unknown
	case several >= single:
		return utf8Letters
	}
	return windows1252
}

// unread takes back the lines that next returned last.
func (l *lineReader) unread(list []textLine) {
	l.back = append(list, l.back...)
	l.line -= len(list)
}
