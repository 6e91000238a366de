package indexer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// destroyed is a rig with a key, whose case was applied and of which something was destroyed.
func destroyed(t *testing.T, id string, forms ...string) *rig {
	t.Helper()
	r := newRig(t)
	if err := r.x.KeepOut([]byte("key")); err != nil {
		t.Fatal(err)
	}
	for _, f := range formsOf(t, forms...) {
		r.apply(message(string(encode(f))))
	}
	if _, err := r.x.Destroy(context.Background(), id); err != nil {
		t.Fatal(err)
	}
	return r
}

// held is all that a store says of a case.
func (r *rig) held(fir string) string {
	r.t.Helper()
	c, values, err := r.s.Forms(fir)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		r.t.Fatal(err)
	}
	if c == nil {
		return ""
	}
	return fmt.Sprintf("%v %s", c.Records, bytes.Join(values, []byte("\n")))
}

// TestDestroyRecord: every part of every form that speaks of a destroyed person, and every text that mentions him, is gone, what
// is of others stays; the same forms again change nothing, and new ones are stripped as well.
func TestDestroyRecord(t *testing.T) {
	persons := `"persons":[{"ref":"A1","role":"accused","name":"Dharampal Kadian @ Kala"},{"ref":"A2","role":"accused","name":"Sumer w/o Dharmpal","relative":"Dharam Pal Kadyan","aliases":["Kala ka bhai","Bittu"],"address":"Gali 4"}]`
	forms := []string{
		`IIF1 2023-05-04 "place":"near the shop of Kala","court":"CJM",` + persons,
		`IIF2 2023-05-05 "scene":{"description":"said धर्मपाल","evidence":"a knife"},"modus_operandi":{"methods":["with Kala","at night"]}`,
		`IIF3 2023-05-06 "arrest":{"ref":"A1"}`,
		`IIF4 2023-05-07 "seizure":{"from":"A1","nature":"stolen"},"vehicles":[{"ref":"V1","registration":"HR26DK8337"}]`,
		`IIF5 2023-05-08 "report":{"charge_sheeted":[{"ref":"A1"},{"ref":"A2"}]},"orders":[{"kind":"seal","refs":["A1"]},{"kind":"redact","refs":["A1","A9"]}]`,
		`IIF6 2023-05-09 "disposals":[{"ref":"A1","result":"acquitted"},{"ref":"A2","result":"convicted"}]`,
		`IIF7 2023-05-10 "appeals":[{"ref":"A1","result":"pending"}]`,
	}
	r := destroyed(t, caseFIR+"/p/A1", forms...)
	clean := func(when string) string {
		t.Helper()
		all := r.held(caseFIR)
		for _, s := range []string{`"A1"`, "/p/A1", "Dharam", "Dharmpal", "धर्मपाल", "Kala", "arrest", "appeals", `"from"`, `"seal"`} {
			if strings.Contains(all, s) {
				t.Errorf("%s the case has %s: %s", when, s, all)
			}
		}
		return all
	}
	was := clean("once destroyed")
	for _, s := range []string{"/p/A2", "/v/V1", `"Sumer"`, "Bittu", "Gali 4", "CJM", "a knife", "at night", "HR26DK8337", `"convicted"`, `"A9"`, "stolen"} {
		if !strings.Contains(was, s) {
			t.Errorf("the case lacks %s: %s", s, was)
		}
	}
	for _, f := range formsOf(t, forms...) {
		r.apply(message(string(encode(f))))
	}
	if is := clean("after all came once more"); is != was {
		t.Errorf("the same forms changed the case:\n%s\nfrom\n%s", is, was)
	}
	r.apply(message(strings.Replace(string(encode(formsOf(t, `IIF1 2023-05-04 "crime_head":"theft by Kala",`+persons)[0])), `"version":1`, `"version":2`, 1)))
	if is := clean("after a next version"); is == was {
		t.Error("a next version changed nothing")
	}
	// Another record of the case, and a vehicle.
	for _, id := range []string{"/p/A2", "/v/V1"} {
		if _, err := r.x.Destroy(context.Background(), caseFIR+id); err != nil {
			t.Fatal(err)
		}
	}
	if is := clean("after two more"); strings.Contains(is, "Sumer") || strings.Contains(is, "HR26") || strings.Contains(is, "convicted") {
		t.Errorf("after two more: %s", is)
	}
	r.counts(map[string]uint64{CountApplied: 8, CountDuplicate: 7})
}

// TestDestroyParty: of a ref that an accused and a party share, the party alone.
func TestDestroyParty(t *testing.T) {
	forms := []string{`IIF1 2023-05-04 "persons":[{"ref":"A1","role":"victim","name":"Kamla"}]`, `IIF2 2023-05-05 "persons":[{"ref":"A1","role":"accused","name":"Sumer"}]`}
	r := destroyed(t, caseFIR+"/p/A1~party", forms...)
	if all := r.held(caseFIR); strings.Contains(all, "Kamla") || !strings.Contains(all, "Sumer") || !strings.HasPrefix(all, "["+caseFIR+"/p/A1] ") {
		t.Errorf("the case is %s", all)
	}
}

// TestDestroyCase: nothing of a destroyed case comes back, no form, no withdrawal, no link of another case.
func TestDestroyCase(t *testing.T) {
	first := `IIF1 2023-05-04 "persons":[{"ref":"A1","role":"accused","name":"Dharampal"}]`
	r := destroyed(t, "13225008230777", first)
	const other = "13225008230777"
	linked := string(encode(formsOf(t, `IIF1 2023-05-04 "linked_firs":["`+other+`","13225008230778"]`)[0]))
	r.apply(message(strings.Replace(linked, `"f0"`, `"f9"`, 1)))
	r.apply(Message{Key: []byte(other), Value: []byte(strings.ReplaceAll(string(encode(formsOf(t, first)[0])), caseFIR, other))}, Message{Key: []byte(other)})
	if all := r.held(other); all != "" && all != "[] " {
		t.Errorf("a case that was never held came: %s", all)
	}
	if all := r.held(caseFIR); strings.Contains(all, other) || !strings.Contains(all, "13225008230778") {
		t.Errorf("the link stays: %s", all)
	}
	r.counts(map[string]uint64{CountApplied: 2, CountDestroyed: 2})

	r = destroyed(t, caseFIR, first, `IIF3 2023-05-05 "arrest":{"ref":"A1"}`)
	if st := r.s.State(); st.Persons != 0 || st.Buried != 2 {
		t.Errorf("state %+v", st)
	}
	if d, err := r.x.Destroy(context.Background(), caseFIR); err != nil || d.Held {
		t.Errorf("destroyed again: %+v, %v", d, err)
	}
	if err := New(r.s, r.dead, r.x.log).KeepOut(nil); !errors.Is(err, ErrGraveKey) {
		t.Errorf("without a key: %v", err)
	}
	if err := New(r.s, r.dead, r.x.log).KeepOut([]byte("another")); !errors.Is(err, ErrGraveKey) {
		t.Errorf("with another key: %v", err)
	}
	if err := New(newRig(t).s, nil, r.x.log).KeepOut(nil); err != nil {
		t.Errorf("nothing was destroyed: %v", err)
	}
}

// TestStripIsAForm: whatever is destroyed of whatever form, what is left is a form, and stripping it again changes nothing.
func TestStripIsAForm(t *testing.T) {
	g := &graves{key: []byte("key"), held: map[storage.Mark]storage.Tombstone{}}
	some := storage.Tombstone{Mark: g.mark("some", statusFIR)}
	g.wordsOf(&some, &storage.Record{Name: "Made Up", Aliases: []string{"shop Rakesh seal arrest theft"}})
	g.held[some.Mark] = some
	for _, ref := range []string{"/p/A1", "/p/A2", "/p/V1~party", "/v/V1", "/v/V2"} {
		m := g.mark("record", statusFIR+ref)
		g.held[m] = storage.Tombstone{Mark: m}
	}
	changed := 0
	rapid.Check(t, func(t *rapid.T) {
		f := genForm(statusFIR).Draw(t, "form")
		value := encode(f)
		out, did := g.strip(statusFIR, f, value)
		form, err := iif.Parse([]byte(statusFIR), out)
		if err != nil {
			t.Fatalf("%v: %s became %s", err, value, out)
		}
		if slices.ContainsFunc(form.Persons, func(p iif.Person) bool { return p.Ref == "A1" || p.Ref == "A2" }) {
			t.Fatalf("%s became %s", value, out)
		}
		if did && !bytes.Equal(out, value) {
			changed++
		}
		if again, _ := g.strip(statusFIR, form, out); !bytes.Equal(again, out) {
			t.Fatalf("%s became %s", out, again)
		}
	})
	if changed == 0 {
		t.Error("nothing was stripped")
	}
}
