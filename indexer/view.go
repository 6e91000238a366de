package indexer

import (
	"fmt"
	"slices"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// A CaseView is a case as it may be shown to whoever may search: without the records that are not findable,
// of which only the number is said, and without free text where the case is sensitive.
type CaseView struct {
	Case
	Withdrawn bool `json:"withdrawn,omitempty"`
	Hidden    int  `json:"hidden,omitempty"` // persons and vehicles that are not shown
}

// View makes the outside view of a case from its stored forms.
func View(c *storage.Case, values [][]byte) (*CaseView, error) {
	forms := make([]*iif.Form, len(values))
	for i, v := range values {
		form, err := iif.Parse([]byte(c.FIR), v)
		if err != nil {
			return nil, fmt.Errorf("indexer: a stored form breaks a rule: %w", err)
		}
		forms[i] = form
	}
	v := &CaseView{Case: Fold(c.FIR, forms), Withdrawn: c.Withdrawn}
	if len(forms) == 0 {
		v.Forms = []FormSummary{}
	}
	all := len(v.Records)
	v.Records = slices.DeleteFunc(v.Records, func(r storage.Record) bool { return r.Visibility != storage.Findable })
	v.Hidden = all - len(v.Records)
	if v.Sealed {
		v.Case = Case{FIR: v.FIR, Number: v.Number, Serial: v.Serial, Year: v.Year, Station: v.Station,
			Sealed: true, Forms: []FormSummary{}}
	}
	if v.Sensitive {
		v.Place, v.Method, v.Property = "", nil, nil
	}
	return v, nil
}
