// Package storagetest opens temporary stores for tests. Each is checked when its test ends, so that no
// test passes over a store that disagrees with itself.
package storagetest

import (
	"strings"
	"testing"

	"anvesh/storage"
)

// Options are small and strict: two shards, and a term per word of a record's texts.
func Options(dir string) storage.Options {
	return storage.Options{Dir: dir, Shards: 2, Terms: Terms, TermsVersion: 1}
}

// Terms gives a findable record a term per word of its name and registration.
func Terms(dst []string, r *storage.Record) []string {
	if r.Visibility != storage.Findable {
		return dst
	}
	return append(dst, strings.Fields(r.Name+" "+r.Registration)...)
}

// Open opens a store in a temporary directory; o's zero fields are those of Options. When the test
// ends the store is checked and closed, and a finding fails the test.
func Open(t testing.TB, o storage.Options) *storage.Store {
	t.Helper()
	d := Options(o.Dir)
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Terms == nil {
		o.Terms, o.TermsVersion = d.Terms, d.TermsVersion
	}
	if o.Shards == 0 {
		o.Shards = d.Shards
	}
	s, err := storage.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(t, s) })
	return s
}

// Close checks and closes s. A store that is closed already passes.
func Close(t testing.TB, s *storage.Store) {
	t.Helper()
	r, err := s.CheckFull()
	switch {
	case err == storage.ErrClosed:
		return
	case err != nil:
		t.Errorf("check: %v", err)
	case r.Faults > 0:
		t.Errorf("check found %d faults, among them: %v", r.Faults, r.Findings)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}
