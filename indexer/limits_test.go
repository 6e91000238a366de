package indexer

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"anvesh/indexer/iif"
)

// form is a message with one form of caseFIR.
func formMessage(t *testing.T, kind, id string, version int, more map[string]any) Message {
	t.Helper()
	f := map[string]any{"schema": 1, "form": kind, "form_id": id, "version": version, "fir": caseFIR, "station": caseFIR[:8],
		"event_at": "2023-05-04T10:20:00+05:30", "entered_at": "2023-05-04T11:05:00+05:30"}
	for k, v := range more {
		f[k] = v
	}
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return Message{Key: []byte(caseFIR), Value: b}
}

// accused gives persons A1 to An; name is told the number.
func accused(n int, name func(int) string) []any {
	var all []any
	for i := range n {
		all = append(all, map[string]any{"ref": fmt.Sprintf("A%d", i+1), "role": "accused", "name": name(i)})
	}
	return all
}

// TestCaseHasLimits: the form that would make a case too large goes to the dead letters; what is beside it, before, behind
// and in the same batch, is applied as if it had not come.
func TestCaseHasLimits(t *testing.T) {
	f := func(want string, enough int, form func(i int) map[string]any) {
		t.Helper()
		r := newRig(t)
		var batch []Message
		for i := range enough {
			batch = append(batch, formMessage(t, "IIF2", fmt.Sprint(i), 1, form(i)))
		}
		r.apply(append(batch, Message{Key: []byte("13225008230999"), Value: []byte(strings.ReplaceAll(
			string(formMessage(t, "IIF1", "1", 1, nil).Value), caseFIR, "13225008230999"))})...)
		if len(r.dead.rs) != 0 {
			t.Fatalf("%s: refused already: %+v", want, r.dead.rs[0].Reason)
		}
		before, _, err := r.s.Forms(caseFIR)
		if err != nil {
			t.Fatal(err)
		}
		// One too many, one that replaces and fits, one too many again.
		r.apply(formMessage(t, "IIF2", "more", 1, form(enough)), formMessage(t, "IIF2", "0", 2, form(0)), formMessage(t, "IIF2", "more", 2, form(enough+1)))
		if n := len(r.dead.rs); n != 2 || !strings.Contains(r.dead.rs[0].Reason, want) || r.dead.rs[1].Offset != r.next-1 {
			t.Fatalf("%s: %d dead letters: %+v", want, n, r.dead.rs)
		}
		after, _, err := r.s.Forms(caseFIR)
		if err != nil {
			t.Fatal(err)
		}
		if len(after.Forms) != len(before.Forms) || after.Forms[0].Version != 2 {
			t.Errorf("%s: %d forms, the first of version %d", want, len(after.Forms), after.Forms[0].Version)
		}
		if n := r.s.State().Counts[CountRejected]; n != 2 {
			t.Errorf("%s: %d counted as rejected", want, n)
		}
		r.apply(Message{Key: []byte(caseFIR)})
		if st := r.s.State(); st.Persons+st.Vehicles != 0 {
			t.Errorf("%s: not withdrawn: %d persons", want, st.Persons)
		}
	}
	f("names, aliases", 4, func(i int) map[string]any {
		var aliases []string
		for k := range 50 {
			aliases = append(aliases, fmt.Sprintf("Kala %d %d", i, k))
		}
		return map[string]any{"persons": []any{map[string]any{"ref": "A1", "role": "accused", "aliases": aliases}}}
	})
	f("numbers of a vehicle", 26, func(i int) map[string]any {
		return map[string]any{"vehicles": []any{map[string]any{"ref": "V1", "registration": fmt.Sprint("HR26DK", 1000+i), "chassis": fmt.Sprint("MA3ERLF1S", 10_000+i),
			"engine": fmt.Sprint("G10B", 10_000+i)}}}
	})
	f("acts and sections of its case", 50, func(i int) map[string]any {
		var sections []any
		for k := range 100 {
			sections = append(sections, map[string]any{"act": "BNS", "section": fmt.Sprint(i*100 + k)})
		}
		return map[string]any{"sections": sections}
	})
	f("times its persons", 2, func(i int) map[string]any {
		var sections, persons []any
		for k := range 100 {
			sections = append(sections, map[string]any{"act": strings.Repeat("अ", 100), "section": strings.Repeat("क", 90) + fmt.Sprint(i*100+k)})
		}
		for k := range 300 {
			persons = append(persons, map[string]any{"ref": fmt.Sprintf("W%d", i*300+k), "role": "witness"})
		}
		return map[string]any{"sections": sections, "persons": persons}
	})
}

// TestScaleForgets: a form that is added and taken away again leaves nothing.
func TestScaleForgets(t *testing.T) {
	s := newScale()
	var all []weighed
	for i := range 5 {
		m := formMessage(t, "IIF6", fmt.Sprint(i), 1, map[string]any{"persons": accused(i+1, func(n int) string { return fmt.Sprint("Ram ", n%2) }),
			"vehicles":  []any{map[string]any{"ref": "V1", "registration": "HR26DK8337"}},
			"sections":  []any{map[string]any{"act": "BNS", "section": "303"}, map[string]any{"act": "BNS", "section": "303"}},
			"disposals": []any{map[string]any{"ref": "A9", "result": "acquitted"}}})
		form, err := iif.Parse(m.Key, m.Value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, weighed{form, len(m.Value)})
	}
	for _, w := range all {
		s.put(w, 1)
	}
	if len(s.subjects) != 7 || len(s.sections) != 1 || s.sectionsBytes != len("BNS 303") || s.forms != 5 {
		t.Errorf("%+v", s)
	}
	for _, w := range all {
		s.put(w, -1)
	}
	if s.forms+s.bytes+len(s.subjects)+len(s.sections)+s.sectionsBytes+len(s.texts)+len(s.different)+s.wordy != 0 {
		t.Errorf("left behind: %+v", s)
	}
}

// TestAddAllIsAddRepeated: however long the lists are.
func TestAddAllIsAddRepeated(t *testing.T) {
	f := func(n, m int) {
		t.Helper()
		var list, more, want []string
		for i := range n {
			list = append(list, fmt.Sprint("s", i))
		}
		for i := range m {
			more = append(more, fmt.Sprint(" s", i/2+n/2), "")
		}
		for _, s := range append(list[:n:n], more...) {
			want = add(want, s)
		}
		if got := addAll(list, more); strings.Join(got, ",") != strings.Join(want, ",") {
			t.Errorf("%d and %d: %v, want %v", n, m, got, want)
		}
	}
	f(0, 0)
	f(3, 5)
	f(100, 100)
	f(0, 3_000)
}

// TestCacheIsBounded by the bytes that its forms came from as well.
func TestCacheIsBounded(t *testing.T) {
	var c formCache
	for i := range 100 {
		c.put([32]byte{byte(i)}, weighed{&iif.Form{}, cacheBytes / 4})
		if n := len(c.young) + len(c.old); n > 8 {
			t.Fatalf("%d forms of a quarter of the bound each", n)
		}
	}
}
