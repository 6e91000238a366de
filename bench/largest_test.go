package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"

	"anvesh/indexer"
	"anvesh/indexer/iif"
	"anvesh/indexer/kafka"
	"anvesh/query/register"
	"anvesh/storage"
	"anvesh/storage/storagetest"
)

const largestFIR = "13225008230001"

// largestForm is a form of a case as JSON.
func largestForm(t *testing.T, kind, id string, version int, more map[string]any) []byte {
	t.Helper()
	form := map[string]any{"schema": 1, "form": kind, "form_id": id, "version": version, "fir": largestFIR, "station": largestFIR[:8],
		"event_at": "2023-05-04T10:20:00+05:30", "entered_at": "2023-05-04T11:05:00+05:30"}
	for k, v := range more {
		form[k] = v
	}
	b, err := json.Marshal(form)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > kafka.MaxMessage {
		t.Fatalf("%d bytes are no message", len(b))
	}
	if _, err := iif.Parse([]byte(largestFIR), b); err != nil {
		t.Fatal(err)
	}
	return b
}

// devanagari is a text of n letters in words, no two alike; a letter has three bytes.
func devanagari(rng *rand.Rand, n int) string {
	letters := []rune("कखगघचछजझटठडढतथदधनपफबभमयरलवशसह")
	text := make([]rune, n)
	for i := range text {
		if text[i] = letters[rng.IntN(len(letters))]; i%8 == 7 && i < n-1 {
			text[i] = ' '
		}
	}
	return string(text)
}

// manyAccused gives persons from A(first) on.
func manyAccused(n, first int, more func(i int) map[string]any) []any {
	var all []any
	for i := range n {
		p := more(i)
		p["ref"], p["role"] = fmt.Sprintf("A%d", first+i), "accused"
		all = append(all, p)
	}
	return all
}

// A largest is a case that is made as large as the rules allow, beside a small one of the same partition.
type largest struct {
	t     *testing.T
	s     *storage.Store
	x     *indexer.Indexer
	next  int64
	forms map[string]*iif.Form
}

func newLargest(t *testing.T) *largest {
	s := storagetest.Open(t, storage.Options{Terms: register.Terms, TermsSum: register.TermsSum,
		TermsVersion: register.TermsVersion, Derived: register.New()})
	return &largest{t: t, s: s, x: indexer.New(s, nobody{}, slog.New(slog.DiscardHandler)), forms: map[string]*iif.Form{}}
}

// apply applies values, and a form of another case behind them; then all records are those of the forms. That the
// shards and the register have them is checked when the test ends.
func (l *largest) apply(values ...[]byte) {
	l.t.Helper()
	var ms []indexer.Message
	for _, v := range values {
		ms = append(ms, indexer.Message{Offset: l.next, Key: []byte(largestFIR), Value: v})
		l.next++
		if v == nil {
			clear(l.forms)
			continue
		}
		form, err := iif.Parse([]byte(largestFIR), v)
		if err != nil {
			l.t.Fatal(err)
		}
		l.forms[form.FormID] = form
	}
	other := fmt.Sprintf("1322500823%04d", 1000+l.next)
	ms = append(ms, indexer.Message{Offset: l.next, Key: []byte(other), Value: fmt.Appendf(nil, `{"schema":1,"form":"IIF1","form_id":"1","version":1,"fir":"%s",
		"station":"13225008","event_at":"2023-05-04T10:20:00+05:30","entered_at":"2023-05-04T11:05:00+05:30",
		"persons":[{"ref":"A1","role":"accused","name":"Ram Kumar"}]}`, other)})
	l.next++
	if err := l.x.Apply(context.Background(), indexer.Batch{Topic: "t", Messages: ms, Next: l.next}); err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.s.Get(other + "/p/A1"); err != nil {
		l.t.Errorf("what is behind the case: %v", err)
	}
	var forms []*iif.Form
	for _, f := range l.forms {
		forms = append(forms, f)
	}
	want := indexer.Fold(largestFIR, forms).Records
	c, _, err := l.s.Forms(largestFIR)
	if err != nil {
		l.t.Fatal(err)
	}
	got, err := l.s.GetAll(c.Records)
	if err != nil || len(got) != len(want) {
		l.t.Fatalf("%d records, want %d: %v", len(got), len(want), err)
	}
	for i := range want {
		if got[i] == nil || !same(got[i], &want[i]) {
			l.t.Fatalf("record %s is not that of the forms", want[i].ID)
		}
	}
}

var oneSection = map[string]any{"sections": []any{map[string]any{"act": "BNS", "section": "303(2)"}}}

// TestLargestForms applies the largest forms that the rules allow, in the ways in which one can be large, and then a small
// form that rewrites every record, and withdraws the case. None holds up what is behind it.
func TestLargestForms(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	f := func(name string, kind string, more map[string]any) {
		t.Run(name, func(t *testing.T) {
			l := newLargest(t)
			l.apply(largestForm(t, kind, "1", 1, more))
			l.apply(largestForm(t, "IIF2", "2", 1, oneSection))
			l.apply(nil)
		})
	}
	f("names", "IIF1", map[string]any{"persons": manyAccused(500, 1, func(int) map[string]any {
		var aliases []any
		for range 50 {
			aliases = append(aliases, devanagari(rng, 200))
		}
		return map[string]any{"name": devanagari(rng, 200), "aliases": aliases}
	})})
	var sections, vehicles, disposals []any
	for range 100 {
		sections = append(sections, map[string]any{"act": devanagari(rng, 100), "section": devanagari(rng, 96) + "1"})
	}
	for i := range 500 {
		vehicles = append(vehicles, map[string]any{"ref": fmt.Sprint("V", i+1)})
		var own []any
		for k := range 100 {
			own = append(own, map[string]any{"act": "BNS", "section": fmt.Sprint(100*i + k + 1)})
		}
		disposals = append(disposals, map[string]any{"ref": "A1", "result": "acquitted", "sections": own})
	}
	f("sections", "IIF1", map[string]any{"sections": sections, "vehicles": vehicles,
		"persons": manyAccused(500, 1, func(int) map[string]any { return map[string]any{} })})
	f("disposals", "IIF6", map[string]any{"disposals": disposals})
}

// TestLargestCase is a case of ten thousand accused by twenty forms, then one of few bytes that rewrites every record,
// a withdrawal, and all of it again.
func TestLargestCase(t *testing.T) {
	l := newLargest(t)
	var all [][]byte
	for i := range 20 {
		all = append(all, largestForm(t, "IIF3", fmt.Sprint("3-", i), 1, map[string]any{"persons": manyAccused(500, 500*i+1, func(k int) map[string]any {
			return map[string]any{"name": fmt.Sprintf("%s %c%c", simNames[k%len(simNames)], 'A'+k%26, 'a'+k/26), "relative": simNames[(i+k)%len(simNames)]}
		})}))
	}
	l.apply(all[:10]...)
	l.apply(all[10:]...)
	if n := l.s.State().Persons; n < 10_000 {
		t.Errorf("%d persons", n)
	}
	small := largestForm(t, "IIF2", "2", 1, oneSection)
	if len(small) > 258 {
		t.Errorf("%d bytes", len(small))
	}
	l.apply(small)
	l.apply(nil)
	for i := range all {
		all[i] = append([]byte(`{"reinstates":true,`), all[i][1:]...)
	}
	l.apply(all...)
}
