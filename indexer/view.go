package indexer

import (
	"fmt"
	"slices"
	"time"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// A CaseView is a case as it may be shown to whoever may search: without the records that are not findable,
// of which only the number is said, without orders, and without free text where the case is secret or the text mentions
// somebody who is hidden.
type CaseView struct {
	Case
	Withdrawn bool `json:"withdrawn,omitempty"` // it was withdrawn once, and is reinstated
	Hidden    int  `json:"hidden,omitempty"`    // persons and vehicles that are not shown
}

// Shown returns the case's FIR and the view's own records.
func (v *CaseView) Shown() (fir string, records []storage.Record) { return v.FIR, v.Records }

// mostLinks is how many linked FIRs a view looks up; forms rarely name more than one.
const mostLinks = 100

// View makes the outside view of a case from the stored values of its current forms. It is nil for one that may not be
// shown: sealed, withdrawn, or without forms. shown tells whether another case may be shown, so that links to those
// which may not are left out, like links to those that are not held; nil keeps all.
func View(c *storage.Case, values [][]byte, shown func(fir string) (bool, error)) (*CaseView, error) {
	forms, arrived := make([]*iif.Form, len(values)), make([]time.Time, len(values))
	current := c.Current()
	for i, v := range values {
		form, err := iif.Parse([]byte(c.FIR), v)
		if err != nil {
			return nil, fmt.Errorf("indexer: a stored form breaks a rule: %w", err)
		}
		forms[i], arrived[i] = form, Arrived(current[i])
	}
	v := &CaseView{Case: FoldArrived(c.FIR, forms, arrived), Withdrawn: c.Withdrawn}
	if len(forms) == 0 || v.Sealed {
		return nil, nil
	}
	v.withhold()
	if shown == nil {
		return v, nil
	}
	return v, v.links(shown)
}

// withhold takes away what may not be shown.
func (v *CaseView) withhold() {
	hiddenNames(v.Records, v.Sensitive).texts(&v.Case)
	v.Orders = nil
	if v.Sensitive {
		v.Place, v.Method, v.Property = "", nil, nil
	}
	all := len(v.Records)
	unseen := func(r storage.Record) bool { return r.Visibility != storage.Findable }
	if slices.ContainsFunc(v.Records, func(r storage.Record) bool { return r.Role == storage.Accused && unseen(r) }) {
		v.ArrestedOn, v.ProducedOn, v.JudgmentOn, v.AppealOn = "", "", "", "" // they may be his
	}
	v.Records = slices.DeleteFunc(v.Records, unseen)
	v.Hidden = all - len(v.Records)
}

// links leaves the linked FIRs that may be shown.
func (v *CaseView) links(shown func(fir string) (bool, error)) error {
	var keep []string
	for _, fir := range v.LinkedFIRs[:min(len(v.LinkedFIRs), mostLinks)] {
		ok, err := shown(fir)
		if err != nil {
			return err
		}
		if ok && fir != v.FIR {
			keep = append(keep, fir)
		}
	}
	v.LinkedFIRs = keep
	return nil
}
