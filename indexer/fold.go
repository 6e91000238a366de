package indexer

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// A Case is what its current forms say, as [Fold] sums them up. Absent values are empty, 0, false or nil.
// It is also the JSON view of the case; whoever shows it must honour Sealed, Sensitive and the records' visibility.
type Case struct {
	FIR        string    `json:"fir"`
	Number     string    `json:"number"` // as displayed: serial of four or more digits, "/", year: 0123/2023
	Serial     int       `json:"serial"`
	Year       int       `json:"year"`
	Station    string    `json:"station"` // of the newest form
	EventAt    time.Time `json:"event_at"`
	Updated    time.Time `json:"updated"` // greatest event_at of all forms
	Stage      string    `json:"stage"`   // one of the Stage constants
	Closure    string    `json:"closure,omitempty"`
	FIRType    string    `json:"fir_type,omitempty"`
	LinkedFIRs []string  `json:"linked_firs,omitempty"`
	Sensitive  bool      `json:"sensitive,omitempty"` // marked, or by its sections
	Sealed     bool      `json:"sealed,omitempty"`    // an order seals or redacts the whole case
	Heinous    bool      `json:"heinous,omitempty"`

	Sections    []string      `json:"sections,omitempty"` // "BNS 303(2)", of all current forms, oldest first
	CrimeHead   string        `json:"crime_head,omitempty"`
	CrimeMinor  string        `json:"crime_minor_head,omitempty"`
	Place       string        `json:"place,omitempty"`
	IO          *iif.Officer  `json:"io,omitempty"`
	Court       string        `json:"court,omitempty"`
	CNR         string        `json:"cnr,omitempty"`
	CourtCase   string        `json:"court_case,omitempty"`
	Prosecution string        `json:"prosecution_unit,omitempty"`
	Method      *iif.Method   `json:"modus_operandi,omitempty"`
	Property    []iif.Item    `json:"property,omitempty"` // by ref, each with its latest state
	Orders      []iif.Order   `json:"orders,omitempty"`
	Forms       []FormSummary `json:"forms"` // oldest first

	OffenceFrom   iif.Date `json:"offence_from,omitempty"`
	OffenceTo     iif.Date `json:"offence_to,omitempty"`
	ArrestedOn    iif.Date `json:"arrested_on,omitempty"`      // first arrest
	ProducedOn    iif.Date `json:"produced_on,omitempty"`      // first production
	ReportedOn    iif.Date `json:"reported_on,omitempty"`      // latest final report of any type
	ChargeSheetOn iif.Date `json:"charge_sheet_on,omitempty"`  // first charge sheet
	CognizanceOn  iif.Date `json:"cognizance_on,omitempty"`    // latest
	ChargedOn     iif.Date `json:"charge_framed_on,omitempty"` // latest
	JudgmentOn    iif.Date `json:"judgment_on,omitempty"`      // latest
	AppealOn      iif.Date `json:"appeal_on,omitempty"`        // latest decision of an appeal

	Flags   []string         `json:"flags,omitempty"` // Flag constants, sorted
	Records []storage.Record `json:"records,omitempty"`
}

// A FormSummary names one form instance and who entered it.
type FormSummary struct {
	Form          string    `json:"form"`
	FormID        string    `json:"form_id"`
	Version       int       `json:"version"`
	EventAt       time.Time `json:"event_at"`
	EnteredAt     time.Time `json:"entered_at"`
	EnteredBy     string    `json:"entered_by,omitempty"`
	EnteredAtUnit string    `json:"entered_at_unit,omitempty"`
}

// Flags say what is odd in a case or record. Nothing is refused for them (audits found hundreds of such dates).
const (
	FlagTransferred   = "transferred"            // a form's station is not that of the FIR number
	FlagNoFIR         = "no-iif1"                // other forms came, the FIR did not
	FlagTwoFIRs       = "several-iif1"           // more than one IIF1 instance; the oldest counts
	FlagEntry         = "event-after-entry"      // a form entered before its event
	FlagAhead         = "event-after-arrival"    // a form, or a day in it, lies more than a day after the log took the form
	FlagOffence       = "offence-after-fir"      // the offence lies after its report, or ends before it begins
	FlagArrest        = "arrest-before-fir"      // arrested before the FIR's day
	FlagProduced      = "produced-before-arrest" // produced before the arrest
	FlagSeizure       = "seizure-before-fir"     // seized before the FIR's day
	FlagReport        = "report-before-fir"      // final report before the FIR's day
	FlagJudgment      = "judgment-before-report" // judgment before the charge sheet
	FlagAppeal        = "appeal-before-judgment" // appeal decided before the first judgment
	FlagReportUnclear = "report-without-list"    // an IIF5 that names accused but not whether they are charge-sheeted
	FlagAppealUnclear = "appeal-without-effect"  // an appeal whose outcome for the accused is not told
	FlagRoleChanged   = "role-changed"           // forms disagree on a person's part, see fold_roll.go
	FlagRoleMissing   = "role-missing"           // no form tells a person's part
	FlagBirth         = "birth-years-disagree"   // forms differ by more than five years
)

// Fold is [FoldArrived] for forms of which it is not known when they arrived: none is taken to be dated ahead.
func Fold(fir string, forms []*iif.Form) Case { return FoldArrived(fir, forms, nil) }

// FoldArrived sums up a case's current form instances, the newest version of each, each once. arrived says when the log
// took each of them, the zero time where that is not known; nil where it is not known of any. It is pure and does not
// depend on the order of forms. It keeps the forms' strings, and changes nothing in them. Records are sorted by id.
func FoldArrived(fir string, forms []*iif.Form, arrived []time.Time) Case {
	f := &folding{c: Case{FIR: fir}, forms: date(forms, arrived)}
	if len(f.forms) == 0 {
		return f.c
	}
	f.fir()
	f.roles()
	for i := range f.forms {
		f.head(&f.forms[i])
		f.parties(&f.forms[i])
	}
	for i := range f.forms {
		f.parts(&f.forms[i])
	}
	f.hide()
	f.dates()
	f.property()
	f.stage()
	f.records()
	f.c.restoreDates()
	slices.Sort(f.c.Flags)
	f.c.Flags = slices.Compact(f.c.Flags)
	return f.c
}

// Newer tells whether value a of a form instance wins over value b: the greater version, then the greater SHA-256.
// It is false for equal ones, and makes the same choice in whichever order the values arrive.
func Newer(aVersion int, aSum [32]byte, bVersion int, bSum [32]byte) bool {
	if aVersion != bVersion {
		return aVersion > bVersion
	}
	return bytes.Compare(aSum[:], bSum[:]) > 0
}

// A folding is a case while it is summed up.
type folding struct {
	c        Case
	forms    []dated  // oldest first
	first    *dated   // the IIF1 that counts, nil if none
	firDay   iif.Date // day of that IIF1, "" if none, or if it is dated ahead
	persons  roll
	parted   roll // parties whose ref is an accused's too
	vehicles roll
	items    map[string]*item
	closures []reported      // closure types of reports, oldest form first
	under    []string        // what makes the case secret
	hidden   map[string]bool // refs that an order seals
	redacted map[string]*redaction
	days     candidates
}

// fir finds the IIF1 that counts, the offence and the number. One that is dated ahead counts where there is no other.
func (f *folding) fir() {
	n := 0
	for i := range f.forms {
		form := &f.forms[i]
		f.days.add(form)
		if form.ahead {
			f.flag(FlagAhead)
		}
		if form.Form != "IIF1" {
			continue
		}
		n++
		if f.first == nil || f.first.ahead && !form.ahead {
			f.first = form
		}
	}
	f.days.close()
	ground := f.first
	switch n {
	case 0:
		f.flag(FlagNoFIR)
		ground = &f.forms[0]
		if i := slices.IndexFunc(f.forms, func(d dated) bool { return !d.ahead }); i >= 0 {
			ground = &f.forms[i]
		}
	case 1:
	default:
		f.flag(FlagTwoFIRs)
	}
	if f.first != nil && !f.first.ahead {
		f.firDay = iif.DateOf(f.first.EventAt)
	}
	f.c.EventAt = ground.EventAt.In(storage.IST)
	f.occurred(ground)
	f.number(ground.at().In(storage.IST).Year())
}

// occurred finds the days of the offence: of the form that counts, else of the oldest that has any. Days that lie ahead of
// their form's arrival count where there are no others.
func (f *folding) occurred(ground *dated) {
	take := func(form *dated) {
		from := f.day(form, form.OffenceFrom)
		if from != "" && (f.c.OffenceFrom == "" || isAhead(f.c.OffenceFrom) && !isAhead(from)) {
			f.c.OffenceFrom, f.c.OffenceTo = from, f.day(form, form.OffenceTo)
		}
	}
	take(ground)
	for i := range f.forms {
		take(&f.forms[i])
	}
}

// number splits the FIR registration number: station code of 8 digits (7 where the number has 13), two digits of the
// year, serial. The century is that which brings the year next to the year of the FIR's event.
func (f *folding) number(event int) {
	station := 8
	if len(f.c.FIR) == 13 {
		station = 7
	}
	if len(f.c.FIR) < 13 {
		return
	}
	yy, err := strconv.Atoi(f.c.FIR[station : station+2])
	if err != nil {
		return
	}
	serial, err := strconv.Atoi(f.c.FIR[station+2:])
	if err != nil {
		return
	}
	year := event - event%100 + yy
	if year > event+50 {
		year -= 100
	}
	if year < event-50 {
		year += 100
	}
	f.c.Serial, f.c.Year = serial, year
	f.c.Number = fmt.Sprintf("%04d/%d", serial, year)
}

// head takes what a form says of the case; forms come oldest first, so that the newest counts.
func (f *folding) head(form *dated) {
	c := &f.c
	c.Station = form.Station
	if len(c.FIR) > 13 && form.Station != c.FIR[:8] {
		f.flag(FlagTransferred)
	}
	c.Updated = form.at().In(storage.IST)
	if form.EventAt.After(form.EnteredAt) {
		f.flag(FlagEntry)
	}
	if form.Sensitive {
		f.secretUnder(underMark)
	}
	for _, text := range [...]string{form.CrimeHead, form.CrimeMinor} {
		if book().head(text) {
			f.secretUnder(book().headUnder(text))
		}
	}
	c.Heinous = c.Heinous || form.Heinous
	c.Sections = addCited(c.Sections, form.Sections)
	f.secret(form.Sections)
	for _, fir := range form.LinkedFIRs {
		c.LinkedFIRs = add(c.LinkedFIRs, fir)
	}
	c.FIRType = cmp.Or(form.FIRType, c.FIRType)
	c.CrimeHead = cmp.Or(form.CrimeHead, c.CrimeHead)
	c.CrimeMinor = cmp.Or(form.CrimeMinor, c.CrimeMinor)
	c.Place = cmp.Or(form.Place, c.Place)
	c.IO = cmp.Or(form.IO, c.IO)
	c.Court = cmp.Or(form.Court, c.Court)
	c.CNR = cmp.Or(form.CNR, c.CNR)
	c.CourtCase = cmp.Or(form.CourtCase, c.CourtCase)
	c.Prosecution = cmp.Or(form.Prosecution, c.Prosecution)
	c.Orders = append(c.Orders, form.Orders...)
	c.Forms = append(c.Forms, FormSummary{form.Form, form.FormID, form.Version, form.EventAt.In(storage.IST),
		form.EnteredAt.In(storage.IST), form.EnteredBy, form.EnteredAtUnit})
}

func (f *folding) flag(flag string) { f.c.Flags = append(f.c.Flags, flag) }

// dayOr is the day d, or that of t if d is absent.
func dayOr(d iif.Date, t time.Time) iif.Date {
	if d != "" {
		return d
	}
	return iif.DateOf(t)
}

// add appends s unless it is empty or there.
func add(list []string, s string) []string {
	s = strings.TrimSpace(s)
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// addAll appends what add would append one after the other. Long lists are hashed: a form may name 50,000 sections.
func addAll(list, more []string) []string {
	if (len(list)+len(more))*len(more) < 1_000 {
		for _, s := range more {
			list = add(list, s)
		}
		return list
	}
	seen := make(map[string]struct{}, len(list)+len(more))
	for _, s := range list {
		seen[s] = struct{}{}
	}
	for _, s := range more {
		s = strings.TrimSpace(s)
		if _, there := seen[s]; there || s == "" {
			continue
		}
		seen[s] = struct{}{}
		list = append(list, s)
	}
	return list
}

// addCited is addAll of sections.
func addCited(list []string, sections []iif.Section) []string {
	var few [16]string
	more := few[:0]
	for _, s := range sections {
		more = append(more, cite(s))
	}
	return addAll(list, more)
}

// cite writes a section as "BNS 303(2)".
func cite(s iif.Section) string {
	return strings.TrimSpace(s.Act) + " " + strings.TrimSpace(s.Section)
}
