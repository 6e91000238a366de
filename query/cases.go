package query

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"anvesh/query/access"
	"anvesh/query/phrase"
	"anvesh/query/register"
	"anvesh/storage"
)

// A CaseView is the outside view of a case; its JSON is the contract. It is made where cases are folded and known here by
// what the door has to look at.
type CaseView interface {
	// Shown returns which case it is, and the view's own persons and vehicles.
	Shown() (fir string, records []storage.Record)
	// See shows the view as somebody sees it; before, it is for whoever may see nothing but what is findable.
	See(by storage.Sight)
	// Assigned tells whether a person is the case's investigating officer, by his number in the rolls.
	Assigned(person string) bool
}

// Cases are those that a number and year led to.
type Cases struct {
	Cases []CaseView `json:"cases"`
}

// caseOf asks for the case of an FIR registration number.
type caseOf string

func (fir caseOf) fill(_ context.Context, e *Engine, p *passage) error {
	v, err := e.caseView(string(fir), false)
	if not := e.ownCase(p.who, string(fir), v); not != nil {
		return not
	}
	if err == nil {
		p.cases = []CaseView{v}
	}
	return err
}

// An unmasking asks for a case with what is masked and sealed in it, for a reason.
type unmasking struct{ fir, reason string }

// fill finds the case for its own chain. Who is not of it is refused alike whether there is such a case, sealed or not.
func (q *unmasking) fill(_ context.Context, e *Engine, p *passage) error {
	if err := CheckReason(q.reason); err != nil {
		return err
	}
	if !isFIR(q.fir) {
		return refuse("fir", phrase.NoFIR)
	}
	station, err := e.stationOf(q.fir)
	if err != nil {
		return err
	}
	at := e.placeOf(station)
	if !p.who.MayAt(access.Unmask, at) && p.who.Reach(access.Unmask) != access.OwnCase {
		return ErrNotYours
	}
	v, err := e.caseView(q.fir, true)
	if at.Assigned = v != nil && v.Assigned(p.who.Person); !p.who.MayAt(access.Unmask, at) {
		return ErrNotYours
	}
	if err == nil {
		p.cases, p.unmasked = []CaseView{v}, true
	}
	return err
}

// isFIR tells whether a text is written as an FIR registration number.
func isFIR(fir string) bool { return len(fir) >= 13 && len(fir) <= 17 && register.DigitsOnly(fir) }

// mask shows each case as the asker may see it: parties of an ordinary case by role, as he may search for them, if he is a
// person who answers for it (a machine's key shows them to nobody knows whom); what is masked or sealed where he unmasks; who
// entered the forms to whoever may enter forms of the case.
func mask(e *Engine, _ context.Context, p *passage) error {
	for _, c := range p.cases {
		fir, _ := c.Shown()
		station, err := e.stationOf(fir)
		if err != nil {
			return err
		}
		at := e.placeOf(station)
		at.Assigned = c.Assigned(p.who.Person)
		by := storage.Sight{Unmask: p.unmasked, Entries: p.who.MayAt(access.Enter, at)}
		for _, role := range storage.Roles() {
			if role != storage.Accused && p.who.Person != "" && p.who.MayAt(access.SearchFor(role), at) {
				by.Roles = append(by.Roles, role)
			}
		}
		c.See(by)
	}
	return nil
}

// caseView is the view of a case, also of a sealed one where that is asked for, without links to cases that may not be shown.
func (e *Engine) caseView(fir string, sealed bool) (CaseView, error) {
	if !isFIR(fir) {
		return nil, refuse("fir", phrase.NoFIR)
	}
	return e.viewCase(fir, sealed, func(linked string) (bool, error) {
		_, err := e.viewCase(linked, false, nil)
		if errors.Is(err, ErrNotFound) || errors.Is(err, ErrDamaged) { // what cannot be read may be sealed
			return false, nil
		}
		return err == nil, err
	})
}

// viewCase makes the view of a case; a case that may not be shown is as one that is not there.
func (e *Engine) viewCase(fir string, sealed bool, shown func(string) (bool, error)) (CaseView, error) {
	// The entry alone tells whether it may be shown, so that a sealed case takes no longer than an absent one.
	c, err := e.store.Case(fir)
	if err == nil && (c.Hidden && !sealed || len(c.Forms) == 0) {
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
	v, err := e.o.Case(c, values, sealed, shown)
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
	var not error
	for _, code := range codes {
		fir := fmt.Sprintf("%s%s%04d", code, m[2][len(m[2])-2:], serial)
		c, err := e.caseView(fir, false)
		if own := e.ownCase(p.who, fir, c); own != nil {
			not = own
			continue
		}
		var bad *FieldError
		switch {
		case errors.Is(err, ErrNotFound), errors.As(err, &bad):
		case err != nil:
			return err
		default:
			p.cases = append(p.cases, c)
		}
	}
	if len(p.cases) == 0 && not != nil {
		return not
	}
	if len(p.cases) == 0 {
		return ErrNotFound
	}
	return nil
}

// An Update is a form that somebody wants to enter over HTTP, or a withdrawal: what the door decides by, and its value.
type Update struct {
	FIR, Form, Station string // Form and Station are "" for a withdrawal
	Withdraw           bool
	Reinstates         bool   // the form brings a withdrawn case back
	EnteredBy          string // as the form says, and then as the door has stamped it
	EnteredAtUnit      string
	Value              []byte // the form as it was sent
}

// ErrMayNotEnter: the asker may not enter this form. With it comes a *FieldError.
var ErrMayNotEnter = errors.New("query: the form may not be entered")

// Enter decides which updates somebody may enter and stamps them with who does. refused says why not, by the place in the
// list; where it is empty all may be published.
func (e *Engine) Enter(ctx context.Context, who access.Identity, updates []Update) (refused map[int]error, err error) {
	q := entering{updates: updates, refused: map[int]error{}}
	p := passage{who: who, asks: &q}
	err = e.pass(ctx, &p)
	for _, not := range q.refused {
		e.refused(ctx, &p, not)
	}
	return q.refused, err
}

// entering asks whether updates may be entered.
type entering struct {
	updates []Update
	refused map[int]error
}

func (q *entering) fill(_ context.Context, e *Engine, p *passage) error {
	for i := range q.updates {
		u := &q.updates[i]
		err := e.mayEnter(p.who, u)
		if err == nil {
			err = stamp(p.who, u)
		}
		var not *FieldError
		if err != nil && !errors.As(err, &not) {
			return err
		}
		if err != nil {
			q.refused[i] = err
		}
	}
	return nil
}

// mayEnter holds an update against the policy. A case is of the station that has it, or, where none is held, of that in its
// number. A withdrawal, and what undoes one, are for those whose reach is the whole state: they are orders of a court or the
// bureau, and final.
func (e *Engine) mayEnter(who access.Identity, u *Update) error {
	not := func(field, message string) error {
		return fmt.Errorf("%w: %w", ErrMayNotEnter, &FieldError{Field: field, Message: message})
	}
	everywhere := who.Reach(access.Enter) == access.Everywhere
	switch {
	case u.Withdraw && !everywhere:
		return not("withdraw", "only the records bureau withdraws a case")
	case u.Reinstates && !everywhere:
		return not("reinstates", "only the records bureau brings a withdrawn case back")
	case u.Withdraw:
		return nil
	case !slices.Contains(access.FormsOf(who.Role), u.Form):
		return not("form", "must be one that your role enters: "+strings.Join(access.FormsOf(who.Role), ", "))
	case everywhere:
		return nil
	}
	if ready, _ := e.Ready(); !ready { // which station has the case is not known yet
		return ErrNotReady
	}
	station, err := e.stationOf(u.FIR)
	if err != nil {
		return err
	}
	if !who.MayEnter(u.Form, e.placeOf(station)) {
		return not("fir", "must be a case of your own unit")
	}
	return nil
}

// stationOf is the station that has a case: of its records, else that in its number.
func (e *Engine) stationOf(fir string) (string, error) {
	c, err := e.store.Case(fir)
	switch {
	case errors.Is(err, storage.ErrNotFound):
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrDamaged, err)
	case len(c.Records) > 0:
		r, err := e.store.Get(c.Records[0])
		switch {
		case errors.Is(err, storage.ErrNotFound): // withdrawn since
		case err != nil:
			return "", fmt.Errorf("%w: %w", ErrDamaged, err)
		default:
			return r.Station, nil
		}
	}
	return fir[:8], nil
}

// stamp says in the update who enters it, and where. What a person's form says otherwise is refused and not overwritten, so
// that a form of somebody else's is not sent on under a wrong name unnoticed. A machine passes on what others entered: what it
// says of them stays.
func stamp(who access.Identity, u *Update) error {
	for _, s := range [...]struct {
		field     string
		said      *string
		is, wants string
	}{
		{"entered_by", &u.EnteredBy, who.Who(), "must be absent, or the number of the person whose credential this is"},
		{"entered_at_unit", &u.EnteredAtUnit, who.Unit, "must be absent, or the code of the unit whose credential this is"},
	} {
		if *s.said != "" && *s.said != s.is && who.Person != "" {
			return fmt.Errorf("%w: %w", ErrMayNotEnter, &FieldError{Field: s.field, Message: s.wants})
		}
		if *s.said == "" {
			*s.said = s.is
		}
	}
	return nil
}

// asked: what a form needs is held against the policy form by form, and costs nothing.
func (q *entering) asked() (access.Asked, []access.Action) {
	return access.Asked{Kind: access.AskUpdate}, nil
}

func (fir caseOf) asked() (access.Asked, []access.Action) {
	return access.Asked{Kind: access.AskCase, Texts: [3]string{string(fir)}}, []access.Action{access.ViewCase}
}

func (q *casesOf) asked() (access.Asked, []access.Action) {
	return access.Asked{Kind: access.AskCase, Texts: [3]string{q.numberYear}, Station: q.station}, []access.Action{access.ViewCase}
}

func (q *unmasking) asked() (access.Asked, []access.Action) {
	return access.Asked{Kind: access.AskCase, Texts: [3]string{q.fir}, Reason: q.reason}, []access.Action{access.ViewCase, access.Unmask}
}

// placeOf is where a case of a station lies: the station and the units above it today.
func (e *Engine) placeOf(station string) access.Place {
	p := access.Place{Units: []string{station}}
	for code := station; ; {
		above, ok := e.units.Parent(code, time.Time{})
		if !ok {
			return p
		}
		p.Units, code = append(p.Units, above.Code), above.Code
	}
}

// ownCase holds a case against the asker's reach: by the station in its number, so that an absent case and one of another
// unit end alike, and by the station that keeps it, where it was transferred.
func (e *Engine) ownCase(who access.Identity, fir string, found CaseView) error {
	if len(fir) < stationDigits || !register.DigitsOnly(fir) || who.MayAt(access.ViewCase, e.placeOf(fir[:stationDigits])) {
		return nil
	}
	if found != nil {
		_, records := found.Shown()
		for i := range records {
			if who.MayAt(access.ViewCase, e.placeOf(records[i].Station)) {
				return nil
			}
		}
	}
	return ErrNotYours
}

// stationDigits are those of a station's code, with which an FIR's registration number begins.
const stationDigits = 8
