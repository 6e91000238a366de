package audit

import (
	"bytes"
	"slices"
	"strings"
)

// ForgetMentions drops, for good, what was asked wherever it names one of the texts, in capitals or small letters: a search that
// did not find whom it named, a look at a case that is not there. What found him Forget drops by itself. Changes of credentials
// stay: they are of those who answer for what they ask. It returns how many rows were read, and how many of them still name a text
// afterwards.
func (l *Log) ForgetMentions(texts []string) (rows, left int, err error) {
	needles := make([][]byte, len(texts))
	for i, t := range texts {
		needles[i] = []byte(strings.ToLower(t))
	}
	rows, points, err := l.mentions(needles)
	if err != nil || len(points) == 0 {
		return rows, 0, err
	}
	if err := l.drop(points); err != nil {
		return rows, len(points), err
	}
	_, points, err = l.mentions(needles)
	return rows, len(points), err
}

// mentions reads all rows, and returns the points of those of which something can be read that holds a needle.
func (l *Log) mentions(needles [][]byte) (rows int, points []point, err error) {
	if err := l.Seal(); err != nil {
		return 0, nil, err
	}
	l.treeMu.RLock()
	defer l.treeMu.RUnlock()
	for _, year := range l.Years() {
		y, err := l.readSealed(year)
		if err != nil {
			return rows, nil, err
		}
		for n := int64(0); n*tileWidth < y.c.N; n++ {
			entries, err := y.bundle(n)
			if err != nil {
				return rows, nil, err
			}
			for i, raw := range entries {
				e, err := decode(year, n*tileWidth+int64(i), raw)
				if err != nil {
					return rows, nil, err
				}
				if e.Kind == KindCredential {
					continue
				}
				rows += len(e.Rows)
				points = l.mentionsOf(points, e, needles)
			}
		}
	}
	return rows, points, nil
}

// mentionsOf appends the points of the rows of an entry that hold a needle.
func (s *secrets) mentionsOf(dst []point, e *entry, needles [][]byte) []point {
	for i := range e.Rows {
		r := &e.Rows[i]
		text, found := s.openRow(r)
		text = bytes.ToLower(text)
		for _, f := range found {
			text = append(append(text, '\n'), strings.ToLower(f.ID)...)
		}
		if slices.ContainsFunc(needles, func(n []byte) bool { return bytes.Contains(text, n) }) {
			dst = append(dst, readPoint(r.Nonce))
		}
	}
	return dst
}
