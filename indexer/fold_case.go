package indexer

import (
	"cmp"
	"slices"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// Stages of a case, in the order of the law. A case stands at the last that its forms speak of.
const (
	StageRegistered    = "registered"
	StageInvestigation = "under investigation" // IIF2 or IIF4
	StageArrest        = "arrest made"         // IIF3
	StageClosed        = "closed"              // IIF5 without a charge sheet; Closure says how
	StageChargeSheet   = "charge sheet"        // IIF5 or the court's date of it
	StageCognizance    = "cognizance"
	StageChargeFramed  = "charge framed"
	StageJudgment      = "judgment" // IIF6
	StageAppeal        = "appeal"   // IIF7
	StageRetrial       = "retrial"  // an accused is to be tried again
)

// A redaction is the order that masks a person: the latest where there are several.
type redaction struct{ *iif.Order }

// under says by which order.
func (r redaction) under() string {
	if r.Date == "" {
		return "a court's order"
	}
	return "a court's order of " + string(r.Date)
}

// hide finds what sealing and redaction orders name. An order without refs is for the whole case.
func (f *folding) hide() {
	for i := range f.c.Orders {
		o := &f.c.Orders[i]
		makes := book().hides(o.Kind)
		if makes != storage.Findable && len(o.Refs) == 0 {
			f.c.Sealed = true
		}
		for _, ref := range o.Refs {
			switch makes {
			case storage.Sealed:
				set(&f.hidden, ref)
			case storage.Masked:
				f.redact(ref, redaction{o})
			}
		}
	}
}

// redact notes an order that masks a person. A vehicle has no name to be masked by: it is sealed.
func (f *folding) redact(ref string, by redaction) {
	if f.vehicles.find(ref) != nil {
		set(&f.hidden, ref)
	}
	if f.redacted == nil {
		f.redacted = make(map[string]*redaction)
	}
	was := f.redacted[ref]
	if was == nil || cmp.Or(cmp.Compare(was.Date, by.Date), cmp.Compare(was.Number, by.Number), cmp.Compare(was.Pseudonym, by.Pseudonym)) < 0 {
		f.redacted[ref] = &by
	}
}

// dates flags dates of the case in an impossible order.
func (f *folding) dates() {
	c := &f.c
	if f.firDay != "" && restored(c.OffenceFrom) > f.firDay || c.OffenceTo != "" && c.OffenceTo < c.OffenceFrom {
		f.flag(FlagOffence)
	}
	first := iif.Date("")
	for _, s := range f.persons.list {
		for _, d := range s.court {
			if d.disposal != nil {
				first = earliest(first, d.date)
			}
		}
	}
	if first != "" && !isAhead(first) && first < c.ChargeSheetOn {
		f.flag(FlagJudgment)
	}
	for _, s := range f.persons.list {
		for _, d := range s.court {
			if d.appeal != nil && d.appeal.Result != "pending" && d.date < first && !isAhead(d.date) {
				f.flag(FlagAppeal)
			}
		}
	}
}

// closed are the closures of the case while nobody is charge-sheeted: a charge sheet undoes them.
func (f *folding) closed() []reported {
	if f.c.ChargeSheetOn != "" {
		return nil
	}
	return f.closures
}

// stage sets Stage and Closure.
func (f *folding) stage() {
	c := &f.c
	if closed := f.closed(); len(closed) > 0 {
		last := slices.MaxFunc(closed, func(a, b reported) int {
			return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.form.rank, b.form.rank))
		})
		c.Closure = last.rule.says
	}
	has := func(name string) bool {
		return slices.ContainsFunc(f.forms, func(form dated) bool { return form.Form == name })
	}
	switch {
	case has("IIF7") && (c.AppealOn == "" || c.AppealOn >= c.JudgmentOn):
		c.Stage = StageAppeal
	case c.JudgmentOn != "":
		c.Stage = StageJudgment
	case c.ChargedOn != "":
		c.Stage = StageChargeFramed
	case c.CognizanceOn != "":
		c.Stage = StageCognizance
	case c.ChargeSheetOn != "":
		c.Stage = StageChargeSheet
	case has("IIF5"):
		c.Stage = StageClosed
	case c.ArrestedOn != "":
		c.Stage = StageArrest
	case has("IIF2"), has("IIF3"), has("IIF4"):
		c.Stage = StageInvestigation
	default:
		c.Stage = StageRegistered
	}
}

// records makes the records, sorted by id.
func (f *folding) records() {
	f.c.Records = make([]storage.Record, 0, len(f.persons.list)+len(f.parted.list)+len(f.vehicles.list))
	f.children()
	slices.Sort(f.under)
	for _, s := range f.parted.list {
		r := f.personRecord(s)
		r.ID += partySuffix
		f.c.Records = append(f.c.Records, r)
	}
	for _, s := range f.persons.list {
		r := f.personRecord(s)
		if r.Status == storage.ChargeSheeted && slices.ContainsFunc(s.court, decision.reopens) {
			f.c.Stage = StageRetrial
		}
		f.c.Records = append(f.c.Records, r)
	}
	for _, s := range f.vehicles.list {
		f.c.Records = append(f.c.Records, f.vehicleRecord(s))
	}
	slices.SortFunc(f.c.Records, func(a, b storage.Record) int { return cmp.Compare(a.ID, b.ID) })
	common := f.common()
	secrets := hiddenNames(f.c.Records, f.c.Sensitive)
	for i := range f.c.Records {
		r := &f.c.Records[i]
		if r.Kind == storage.Person && r.Visibility == storage.Findable {
			secrets.scrub(r)
		}
		r.Flags = append(r.Flags, common...)
		slices.Sort(r.Flags)
		r.Flags = slices.Compact(r.Flags)
	}
}

// underMajority is under what a child is masked, and with it whoever else the case's record tells of.
const underMajority = "JJ 74"

// children finds who may be a child. A case with one is secret, whatever its sections (JJ 74).
func (f *folding) children() {
	for _, list := range [][]*subject{f.persons.list, f.parted.list} {
		for _, s := range list {
			s.child = s.child || f.days.child(s.mentions, s.mentions)
			if s.child {
				f.secretUnder(underMajority)
			}
		}
	}
}

// common are the flags of the case that each of its records bears.
func (f *folding) common() []string {
	return slices.DeleteFunc(slices.Clone(f.c.Flags), func(s string) bool {
		return s == FlagReportUnclear || s == FlagAppealUnclear
	})
}

// record begins a record with what all records of the case share.
func (f *folding) record(s *subject, kind storage.Kind, infix string) storage.Record {
	r := storage.Record{
		ID: f.c.FIR + infix + s.ref, Kind: kind, FIR: f.c.FIR, Station: f.c.Station,
		EventAt: f.c.EventAt,
	}
	r.Sections = addAll(slices.Clone(f.c.Sections), s.sections)
	return r
}
