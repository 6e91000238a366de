package indexer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// A CaseView is a case as it may be shown. As View makes it, it is for whoever may see nothing but what is findable: who is
// masked stands there as storage.Record.Mask has him, of other records that may not be seen only the number is said; there
// are no orders, nor who entered the forms, and no free text where the case is secret or the text mentions somebody who is hidden. See shows it
// to somebody who may see more.
type CaseView struct {
	Case
	Withdrawn bool `json:"withdrawn,omitempty"` // it was withdrawn once, and is reinstated
	Hidden    int  `json:"hidden,omitempty"`    // persons and vehicles that are not shown

	whole Case
}

// Shown returns the case's FIR and the view's own records.
func (v *CaseView) Shown() (fir string, records []storage.Record) { return v.FIR, v.Records }

// Assigned tells whether a person is the case's investigating officer, by the number that its newest form gives.
func (v *CaseView) Assigned(person string) bool {
	return person != "" && v.whole.IO != nil && strings.TrimSpace(v.whole.IO.Number) == person
}

// mostLinks is how many linked FIRs a view looks up; forms rarely name more than one.
const mostLinks = 100

// View makes the outside view of a case from the stored values of its current forms. It is nil for one that may not be
// shown: withdrawn, without forms, or, unless sealed is asked for, sealed. shown tells whether another case may be shown, so that
// links to those which may not are left out, like links to those that are not held; nil keeps all.
func View(c *storage.Case, values [][]byte, sealed bool, shown func(fir string) (bool, error)) (*CaseView, error) {
	forms, arrived := make([]*iif.Form, len(values)), make([]time.Time, len(values))
	current := c.Current()
	for i, v := range values {
		form, err := iif.Parse([]byte(c.FIR), v)
		if err != nil {
			return nil, fmt.Errorf("indexer: a stored form breaks a rule: %w", err)
		}
		forms[i], arrived[i] = form, Arrived(current[i])
	}
	v := &CaseView{whole: FoldArrived(c.FIR, forms, arrived), Withdrawn: c.Withdrawn}
	if len(forms) == 0 || v.whole.Sealed && !sealed {
		return nil, nil
	}
	if shown != nil {
		if err := v.whole.links(shown); err != nil {
			return nil, err
		}
	}
	v.See(storage.Sight{})
	return v, nil
}

// See shows the view as somebody sees it.
func (v *CaseView) See(by storage.Sight) {
	v.Case, v.Hidden = v.whole.copied(), 0
	if v.Sealed && !by.Unmask {
		v.Case = Case{FIR: v.FIR, Sealed: true}
		return
	}
	if !by.Entries {
		for i := range v.Forms {
			v.Forms[i].EnteredBy, v.Forms[i].EnteredAtUnit = "", ""
		}
	}
	unseen := slices.DeleteFunc(slices.Clone(v.whole.Records), func(r storage.Record) bool { return by.Sees(&r) })
	names := hiddenNames(unseen, v.Sensitive)
	names.texts(&v.Case)
	if !by.Unmask {
		v.Orders = nil
		if v.Sensitive {
			v.Place, v.Method, v.Property = "", nil, nil
		}
	}
	if slices.ContainsFunc(unseen, func(r storage.Record) bool { return r.Role == storage.Accused }) {
		v.ArrestedOn, v.ProducedOn, v.JudgmentOn, v.AppealOn = "", "", "", "" // they may be his
	}
	v.seeRecords(by, names)
}

// seeRecords leaves the records that somebody sees, without the names of others that he does not see, and masks of those that
// he may know to be there.
func (v *CaseView) seeRecords(by storage.Sight, unseen *hidden) {
	var seen []storage.Record
	for i := range v.Records {
		r := &v.Records[i]
		m, there := r.Mask()
		switch {
		case by.Sees(r) && r.Visibility != storage.Findable && r.Kind == storage.Person: // of findable ones the fold has scrubbed all
			r.Names, r.Aliases, r.Relatives, r.Places = slices.Clone(r.Names), slices.Clone(r.Aliases), slices.Clone(r.Relatives), slices.Clone(r.Places)
			unseen.scrub(r)
			seen = append(seen, *r)
		case by.Sees(r):
			seen = append(seen, *r)
		case there:
			seen = append(seen, m)
		default:
			v.Hidden++
		}
	}
	v.Records = seen
}

// copied is a copy of a case of which a view may change what it withholds.
func (c *Case) copied() Case {
	d := *c
	d.Forms, d.Records, d.Property = slices.Clone(c.Forms), slices.Clone(c.Records), slices.Clone(c.Property)
	if c.Method != nil {
		m := *c.Method
		m.Methods, m.Languages, m.Attacked = slices.Clone(m.Methods), slices.Clone(m.Languages), slices.Clone(m.Attacked)
		d.Method = &m
	}
	return d
}

// links leaves the linked FIRs that may be shown.
func (c *Case) links(shown func(fir string) (bool, error)) error {
	var keep []string
	for _, fir := range c.LinkedFIRs[:min(len(c.LinkedFIRs), mostLinks)] {
		ok, err := shown(fir)
		if err != nil {
			return err
		}
		if ok && fir != c.FIR {
			keep = append(keep, fir)
		}
	}
	c.LinkedFIRs = keep
	return nil
}
