package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"anvesh/indexer"
	"anvesh/indexer/iif"
	"anvesh/query/register"
	"anvesh/storage"
	"anvesh/storage/storagetest"
)

// A model is what updates say, kept in the plainest way: the newest version of each form of each case.
type model struct {
	cases map[string]*modelCase
	taken uint64 // updates that a store must have counted as applied
}

type modelCase struct {
	withdrawn bool
	forms     map[string]*iif.Form
}

func newModel() *model { return &model{cases: map[string]*modelCase{}} }

// add takes updates in, in the order of the log; an empty value withdraws.
func (m *model) add(t *testing.T, updates [][2]string) {
	t.Helper()
	for _, u := range updates {
		c := m.cases[u[0]]
		if c == nil {
			c = &modelCase{forms: map[string]*iif.Form{}}
			m.cases[u[0]] = c
		}
		if u[1] == "" {
			c.withdrawn = true
			clear(c.forms)
			continue
		}
		f, err := iif.Parse([]byte(u[0]), []byte(u[1]))
		if err != nil {
			t.Fatal(err)
		}
		if held := c.forms[f.FormID]; !c.withdrawn && (held == nil || held.Version < f.Version) {
			c.forms[f.FormID] = f
			m.taken++
		}
	}
}

// compare opens the store in dir and compares every record, and the count of updates that were applied. The store is
// checked whole when the test ends. It returns how many records there are.
func (m *model) compare(t *testing.T, dir string) (records int) {
	t.Helper()
	s := storagetest.Open(t, storage.Options{Dir: dir, Terms: register.Terms, TermsSum: register.TermsSum,
		TermsVersion: register.TermsVersion, Derived: register.New()})
	for fir, c := range m.cases {
		var forms []*iif.Form
		for _, f := range c.forms {
			forms = append(forms, f)
		}
		for _, want := range indexer.Fold(fir, forms).Records {
			records++
			got, err := s.Get(want.ID)
			if err != nil {
				t.Fatalf("record %s: %v", want.ID, err)
			}
			a, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			b, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(a, b) {
				t.Fatalf("record %s is\n%s, want\n%s", want.ID, a, b)
			}
		}
	}
	st := s.State()
	if st.Persons+st.Vehicles != records || st.Counts[indexer.CountApplied] != m.taken {
		t.Fatalf("%d records, %d applied; want %d and %d: %v", st.Persons+st.Vehicles, st.Counts[indexer.CountApplied], records, m.taken, st.Counts)
	}
	return records
}
