package query

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"anvesh/query/phrase"
	"anvesh/query/register"
	"anvesh/storage"
)

// A CaseView is the outside view of a case; its JSON is the contract. It is made where cases are folded and known here by
// what the door has to look at.
type CaseView interface {
	// Shown returns which case it is, and the view's own persons and vehicles.
	Shown() (fir string, records []storage.Record)
}

// Cases are those that a number and year led to.
type Cases struct {
	Cases []CaseView `json:"cases"`
}

// caseOf asks for the case of an FIR registration number.
type caseOf string

func (fir caseOf) fill(_ context.Context, e *Engine, p *passage) error {
	v, err := e.caseView(string(fir))
	p.cases = []CaseView{v}
	return err
}

// caseView is the view of a case, without links to cases that may not be shown.
func (e *Engine) caseView(fir string) (CaseView, error) {
	if len(fir) < 13 || len(fir) > 17 || !register.DigitsOnly(fir) {
		return nil, refuse("fir", phrase.NoFIR)
	}
	return e.viewCase(fir, func(linked string) (bool, error) {
		_, err := e.viewCase(linked, nil)
		if errors.Is(err, ErrNotFound) || errors.Is(err, ErrDamaged) { // what cannot be read may be sealed
			return false, nil
		}
		return err == nil, err
	})
}

// viewCase makes the view of a case; a case that may not be shown is as one that is not there.
func (e *Engine) viewCase(fir string, shown func(string) (bool, error)) (CaseView, error) {
	// The entry alone tells whether it may be shown, so that a sealed case takes no longer than an absent one.
	c, err := e.store.Case(fir)
	if err == nil && (c.Hidden || len(c.Forms) == 0) {
		err = storage.ErrNotFound
	}
	var values [][]byte
	if err == nil {
		c, values, err = e.store.Forms(fir)
	}
	if errors.Is(err, storage.ErrNotFound) {
		return nil, ErrNotFound
	}
	if errors.Is(err, storage.ErrDamaged) || errors.Is(err, storage.ErrUnproven) {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err != nil {
		return nil, err
	}
	v, err := e.o.Case(c, values, shown)
	if err == nil && v == nil {
		return nil, ErrNotFound
	}
	return v, err
}

// number is an FIR's number as people write it: 123/2023, 0123/23, FIR 123 of 2023, मु० न० 123/23.
var number = regexp.MustCompile(`^(?i)\s*(?:FIR|F\.I\.R\.|एफ\.?\s?आई\.?\s?आर\.?|मु(?:क़?दमा|[.०0])?|प्राथमिकी)?\s*(?:NO\.?|नं(?:बर|[.०0])?|न[.०0]|संख्या|सं[.०0])?\s*(\d{1,9})\s*(?:/|-|OF|DATED|\s)\s*(?:\d{1,2}[./-]\d{1,2}[./-])?(\d{2}|\d{4})\s*$`)

// casesOf asks for cases by number and year, at the stations of a code or name.
type casesOf struct{ numberYear, station string }

func (q *casesOf) fill(_ context.Context, e *Engine, p *passage) error {
	m := number.FindStringSubmatch(ASCIIDigits(q.numberYear))
	if m == nil {
		return refuse("number", phrase.NoSerial)
	}
	if q.station == "" {
		return refuse("station", phrase.NeedsStation)
	}
	var f filter
	if err := e.readUnits(q.station, "", &f); err != nil {
		return err
	}
	var codes []string
	for code := range f.stations {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	serial, err := strconv.Atoi(m[1])
	if err != nil {
		return refuse("number", phrase.NoSerial)
	}
	for _, code := range codes {
		c, err := e.caseView(fmt.Sprintf("%s%s%04d", code, m[2][len(m[2])-2:], serial))
		var bad *FieldError
		switch {
		case errors.Is(err, ErrNotFound), errors.As(err, &bad):
		case err != nil:
			return err
		default:
			p.cases = append(p.cases, c)
		}
	}
	if len(p.cases) == 0 {
		return ErrNotFound
	}
	return nil
}
