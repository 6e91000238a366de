package query

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"anvesh/storage"
)

// Case returns the outside view of one case, or ErrNotFound where there is none or it may not be shown, or ErrDamaged.
func (e *Engine) Case(ctx context.Context, fir string) (any, error) {
	if len(fir) < 13 || len(fir) > 17 || !digitsOnly(fir) {
		return nil, &FieldError{"fir", "must be an FIR registration number: 13 to 17 digits"}
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
func (e *Engine) viewCase(fir string, shown func(string) (bool, error)) (any, error) {
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

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// number is an FIR's number as people write it: 123/2023, 0123/23, FIR 123 of 2023, मु० न० 123/23.
var number = regexp.MustCompile(`^(?i)\s*(?:FIR|F\.I\.R\.|एफ\.?\s?आई\.?\s?आर\.?|मु(?:क़?दमा|[.०0])?|प्राथमिकी)?\s*(?:NO\.?|नं(?:बर|[.०0])?|न[.०0]|संख्या|सं[.०0])?\s*(\d{1,9})\s*(?:/|-|OF|DATED|\s)\s*(?:\d{1,2}[./-]\d{1,2}[./-])?(\d{2}|\d{4})\s*$`)

// FindCases returns the cases with this number and year at the stations of that code or name.
func (e *Engine) FindCases(ctx context.Context, numberYear, station string) (any, error) {
	m := number.FindStringSubmatch(ASCIIDigits(numberYear))
	if m == nil {
		return nil, &FieldError{"number", "must be an FIR's serial number and year, such as 123/2023"}
	}
	if station == "" {
		return nil, &FieldError{"station", "is required beside number: every station counts from 1 each year"}
	}
	var f filter
	if err := e.readUnits(station, "", &f); err != nil {
		return nil, err
	}
	var codes []string
	for code := range f.stations {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	serial, err := strconv.Atoi(m[1])
	if err != nil {
		return nil, &FieldError{"number", "must be an FIR's serial number and year, such as 123/2023"}
	}
	cases := []any{}
	for _, code := range codes {
		c, err := e.Case(ctx, fmt.Sprintf("%s%s%04d", code, m[2][len(m[2])-2:], serial))
		var bad *FieldError
		switch {
		case errors.Is(err, ErrNotFound), errors.As(err, &bad):
		case err != nil:
			return nil, err
		default:
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		return nil, ErrNotFound
	}
	return map[string]any{"cases": cases}, nil
}
