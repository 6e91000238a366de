package storage

import "testing"

func TestWithdrawn(t *testing.T) {
	s := &Store{}
	s.withdrawn.commit(1, []Change{{ID: "a"}, {ID: "b", Record: &Record{Visibility: Sealed}}, {ID: "c", Record: &Record{}}})
	s.withdrawn.commit(2, []Change{{ID: "b", Record: &Record{}}, {ID: "d"}})
	check := func(when string, want map[string]bool) {
		t.Helper()
		for id, gone := range want {
			if s.Withdrawn([]byte(id)) != gone {
				t.Errorf("%s: %s is said to be gone: %t", when, id, !gone)
			}
		}
	}
	check("both wait", map[string]bool{"a": true, "b": false, "c": false, "d": true})
	s.withdrawn.applied(1)
	check("the first is applied", map[string]bool{"a": false, "d": true})
	s.withdrawn.applied(2)
	check("all are applied", map[string]bool{"a": false, "d": false})
}
