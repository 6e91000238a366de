package query

import "testing"

// TestReasons: a number, or ten letters of any script, in which a vowel sign is one.
func TestReasons(t *testing.T) {
	f := func(reason string, ok bool) {
		t.Helper()
		if err := CheckReason(reason); (err == nil) != ok {
			t.Errorf("%q: %v", reason, err)
		}
	}
	f("FIR 12/2026", true)
	f("रपट 7", true)
	f("चोरी की जाँच", true) // ten with its signs, five without
	f("नाका जाँच", false)
	f("सामान्य पूछताछ", true)
	f("patrolling", true)
	f("patrol 123456", false)
	f("", false)
	f("..........", false)
}
