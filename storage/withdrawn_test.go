package storage

import "testing"

// TestWithdrawn: what a commit takes away or hides is withdrawn until the derived structure has followed it, as of the
// visibility that it had.
func TestWithdrawn(t *testing.T) {
	s := &Store{}
	s.withdrawn.commit(1, []Change{{ID: "a"}, {ID: "b", Record: &Record{Visibility: Sealed}}, {ID: "c", Record: &Record{}}})
	s.withdrawn.commit(2, []Change{{ID: "b", Record: &Record{}}, {ID: "d"}})
	check := func(when string, want map[string]bool) {
		t.Helper()
		for id, gone := range want {
			if s.Withdrawn([]byte(id), Findable) != gone {
				t.Errorf("%s: %s is said to be gone: %t", when, id, !gone)
			}
		}
	}
	check("both wait", map[string]bool{"a": true, "b": false, "c": false, "d": true})
	s.withdrawn.commit(2, []Change{{ID: "c", Record: &Record{Visibility: Party}}, {ID: "p", Record: &Record{Visibility: Masked}}})
	check("another label", map[string]bool{"c": true, "p": true})
	if s.Withdrawn([]byte("c"), Party) || !s.Withdrawn([]byte("p"), Party) {
		t.Error("a party is shown as one, and not once it is masked")
	}
	s.withdrawn.applied(1)
	check("the first is applied", map[string]bool{"a": false, "d": true})
	s.withdrawn.applied(2)
	check("all are applied", map[string]bool{"a": false, "c": false, "d": false, "p": false})
}
