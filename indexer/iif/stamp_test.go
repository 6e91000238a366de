package iif

import (
	"reflect"
	"strings"
	"testing"
)

// TestStamp: a stamped form says who entered it, and is otherwise the form that it was, unknown fields included.
func TestStamp(t *testing.T) {
	for i, value := range append(good, typicalIIF1, "\ufeff"+good[0], " \n"+good[1]+"\t") {
		was, err := Parse([]byte(testFIR), []byte(value))
		if err != nil {
			t.Fatal(err)
		}
		for _, by := range []string{"PIS 4711", `"\ क`, ""} {
			stamped := Stamp([]byte(value), by, by)
			is, err := Parse([]byte(testFIR), stamped)
			if err != nil {
				t.Fatalf("form %d stamped %q: %v in %s", i, by, err, stamped)
			}
			want := *was
			if by != "" {
				want.EnteredBy, want.EnteredAtUnit = by, by
			}
			if !reflect.DeepEqual(&want, is) {
				t.Errorf("form %d stamped %q is\n%+v, want\n%+v", i, by, is, &want)
			}
		}
	}
	f := func(value, want string) {
		t.Helper()
		if got := string(Stamp([]byte(value), "me", "")); got != want {
			t.Errorf("%s became %s, want %s", value, got, want)
		}
	}
	f(`{ "fir" : "1" , "entered_by":"you","x":[{"entered_by":1.0}]}`, `{"entered_by":"me","fir" : "1","x":[{"entered_by":1.0}]}`)
	f(`{"entered_by":""}`, `{"entered_by":"me"}`)
	f(`{"entered_at_unit":"13225008"}`, `{"entered_by":"me","entered_at_unit":"13225008"}`)
	f(strings.Repeat(" ", 3)+`{"a":1}`, `{"entered_by":"me","a":1}`)
}
