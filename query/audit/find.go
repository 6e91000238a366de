package audit

import (
	"errors"
	"slices"
	"strings"
	"time"
)

// A Query says which entries are looked for; what is zero does not count.
type Query struct {
	Who    string // person's number, key id or name of the credential
	Unit   string // of the asker: its code
	FIR    string // entries that showed the case, or a record of it
	Record string // entries that showed the record
	Kind   string
	From   time.Time
	To     time.Time // excluded
	// Year and Number are those of the entry before which is looked, the last that was found; Year 0 begins with the newest.
	Year   int
	Number int64
	Limit  int // entries; default UsualFound
	// May tells whether entries of this asker may be seen; nil: all.
	May func(Who) bool
}

// How many entries a look-up returns.
const (
	UsualFound = 100
	MostFound  = 1000
	// mostRead is how many entries a look-up reads that has nothing to go by but time, or a kind that most are of.
	mostRead = 200_000
)

// ErrForgotten: the keys of the record or case were dropped. What the log has of it is under a pseudonym, and not to be found.
var ErrForgotten = errors.New("audit: forgotten by order; the log has it under a pseudonym")

// Find returns the entries that fit, the newest first, as far as they can be read; more tells that there may be others before the
// last one. Of a list only the rows that showed the case or record are returned.
func (l *Log) Find(q Query) (entries []*Entry, more bool, err error) {
	f := finder{Log: l, q: q, left: mostRead}
	if f.q.Limit <= 0 {
		f.q.Limit = UsualFound
	}
	for _, id := range []string{q.Record, q.FIR} {
		if id == "" {
			continue
		}
		if _, ok := l.key(l.pointOf(id)); !ok {
			return nil, false, ErrForgotten
		}
		f.shown = append(f.shown, token(l.pointOf(id)))
	}
	if err := l.Seal(); err != nil {
		return nil, false, err
	}
	l.treeMu.RLock()
	defer l.treeMu.RUnlock()
	years := l.Years()
	slices.Reverse(years)
	for _, year := range years {
		if q.Year != 0 && year > q.Year {
			continue
		}
		if err := f.findYear(year); err != nil {
			return nil, false, err
		}
	}
	return f.entries, f.more, nil
}

// A finder is one look-up.
type finder struct {
	*Log
	q       Query
	shown   []token // points that a row must have one of: all of these
	entries []*Entry
	more    bool
	left    int // entries that may still be read
	bundle  int64
	raw     [][]byte // of bundle
}

func (f *finder) findYear(year int) error {
	y, err := f.readSealed(year)
	if err != nil {
		return err
	}
	f.raw = nil
	end := y.c.N
	if year == f.q.Year {
		end = min(end, f.q.Number)
	}
	for run := (end - 1) / runEntries; end > 0 && run >= 0 && !f.more; run-- {
		numbers, err := f.candidates(y, run, end)
		if err != nil {
			return err
		}
		for i := len(numbers) - 1; i >= 0 && !f.more; i-- {
			if err := f.look(y, numbers[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// candidates are the numbers of a run below end that the index knows to have what is asked for.
func (f *finder) candidates(y *yearReader, run, end int64) (numbers []int64, err error) {
	var by token
	switch {
	case len(f.shown) > 0:
		by = f.shown[0]
	case f.q.Who != "":
		by = f.tokenOf("who", strings.ToLower(f.q.Who))
	case f.q.Unit != "":
		by = f.tokenOf("unit", f.q.Unit)
	case f.q.Kind != "":
		by = f.tokenOf("kind", f.q.Kind)
	default:
		for n := run * runEntries; n < min((run+1)*runEntries, end); n++ {
			numbers = append(numbers, n)
		}
		return numbers, nil
	}
	numbers, err = f.numbers(y, run, by)
	return slices.DeleteFunc(numbers, func(n int64) bool { return n >= end }), err
}

// look reads one entry and keeps it if it fits.
func (f *finder) look(y *yearReader, n int64) error {
	if len(f.entries) >= f.q.Limit || f.left == 0 {
		f.more = true
		return nil
	}
	f.left--
	if f.raw == nil || f.bundle != n/tileWidth {
		var err error
		if f.raw, err = y.bundle(n / tileWidth); err != nil {
			return err
		}
		f.bundle = n / tileWidth
	}
	e, err := decode(y.c.Year, n, f.raw[n%tileWidth])
	if err != nil {
		return err
	}
	if f.fits(e) {
		f.entries = append(f.entries, f.open(y.c.Year, n, e))
	}
	return nil
}

// fits holds an entry against all that is asked, and leaves of its rows those that fit.
func (f *finder) fits(e *entry) bool {
	at, err := time.Parse(timeForm, e.At)
	q := &f.q
	switch {
	case err != nil, !q.From.IsZero() && at.Before(q.From), !q.To.IsZero() && !at.Before(q.To):
		return false
	case q.Kind != "" && e.Kind != q.Kind, q.Unit != "" && e.Who.Unit != q.Unit, q.May != nil && !q.May(e.Who):
		return false
	case q.Who != "" && !strings.EqualFold(e.Who.Person, q.Who) && e.Who.Key != q.Who && !strings.EqualFold(e.Who.Name, q.Who):
		return false
	}
	if len(f.shown) == 0 {
		return true
	}
	through := ""
	var tokens []token
	kept := e.Rows[:0]
	for _, r := range e.Rows {
		if r.Through == "" {
			r.Through = through
		}
		through = r.Through
		tokens = r.points(tokens[:0])
		if !slices.ContainsFunc(f.shown, func(t token) bool { return !slices.Contains(tokens, t) }) {
			kept = append(kept, r)
		}
	}
	e.Rows = kept
	return len(kept) > 0
}
