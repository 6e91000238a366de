package indexer

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"anvesh/storage"
	"anvesh/storage/simulated"
	"anvesh/storage/storagetest"
)

// TestDamagedCaseIsSetAside loses something that is kept of a case and applies a batch: the updates of that case wait,
// in order, with their offsets; the other case goes on, and so does the offset.
func TestDamagedCaseIsSetAside(t *testing.T) {
	const other = "13225008230999"
	update := func(fir string, version int, name string) Message {
		return Message{Key: []byte(fir), Value: fmt.Appendf(nil, `{"schema":1,"form":"IIF1","form_id":"1","version":%d,"fir":%q,"station":"13225008",
			"event_at":"2023-05-04T10:20:00+05:30","entered_at":"2023-05-04T11:05:00+05:30",
			"persons":[{"ref":"A1","role":"accused","name":%q}]}`, version, fir, name)}
	}
	for part := range 2 { // the case entry, a form
		disk := &simulated.Disk{}
		o := storagetest.Options("")
		o.Backend, o.Scheduler = disk, &simulated.Scheduler{}
		s, err := storage.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		r := &rig{t: t, s: s, x: New(s, &graveyard{}, slog.New(slog.DiscardHandler))}
		r.apply(update(caseFIR, 1, "Ram"), update(other, 1, "Sita"))
		if what := disk.Harm(caseFIR, func(n int) int { return min(part, n-1) }); what == "" {
			t.Fatal("nothing to harm")
		}
		r.x = New(s, &graveyard{}, slog.New(slog.DiscardHandler)) // it remembers no forms
		second := update(caseFIR, 2, "Ram Kumar")
		second.Value = bytes.Replace(second.Value, []byte(`"form_id":"1"`), []byte(`"form_id":"2"`), 1) // the first is read for the fold
		r.apply(second, update(other, 2, "Sita Devi"))
		r.apply(Message{Key: []byte(caseFIR)})
		list, lost, err := s.Waiting(caseFIR)
		if err != nil || lost != 0 || len(list) != 2 || list[0].Stamp.Offset != 2 || string(list[0].Value) != string(second.Value) || list[1].Stamp.Offset != 4 || list[1].Value != nil {
			t.Errorf("wait: %+v, %d lost, %v", list, lost, err)
		}
		if _, _, err := s.Forms(caseFIR); !errors.Is(err, storage.ErrDamaged) {
			t.Errorf("the case: %v", err)
		}
		if c, _, err := s.Forms(other); err != nil || c.Forms[0].Version != 2 {
			t.Errorf("the other case: %v, %v", c, err)
		}
		if next, _ := s.Next(storage.Position{Topic: "t"}); next != 5 {
			t.Errorf("applied to %d", next)
		}
		if n := s.State().Counts[CountWaiting]; n != 2 {
			t.Errorf("%d updates wait", n)
		}
	}
}

// TestMendedStamps loses the entry of a withdrawn case and mends it from the log. The withdrawal has the stamp that it
// had: of a clock that another case's message and a refused one have moved on.
func TestMendedStamps(t *testing.T) {
	at := func(second int, key, value string) Message {
		m := Message{Key: []byte(key), Time: time.Date(2026, 3, 1, 10, 0, second, 0, storage.IST)}
		if value != "" {
			m.Value = []byte(value)
		}
		return m
	}
	form := func(fir string) string {
		return fmt.Sprintf(`{"schema":1,"form":"IIF1","form_id":"1","version":1,"fir":%q,"station":"13225008",
			"event_at":"2023-05-04T10:20:00+05:30","entered_at":"2023-05-04T11:05:00+05:30"}`, fir)
	}
	const other = "13225008230999"
	for name, ahead := range map[string]Message{"another case": at(9, other, form(other)), "a refused message": at(9, other, "{")} {
		disk := &simulated.Disk{}
		s, err := storage.Open(storage.Options{Backend: disk, Scheduler: &simulated.Scheduler{}, Terms: noTerms})
		if err != nil {
			t.Fatal(err)
		}
		b := Batch{Topic: "t", Messages: []Message{ahead, at(5, caseFIR, form(caseFIR)), at(6, caseFIR, "")}, Next: 3}
		for i := range b.Messages {
			b.Messages[i].Offset = int64(i)
		}
		x := New(s, &graveyard{}, slog.New(slog.DiscardHandler))
		if err := x.Apply(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		was := describe(t, s)
		if what := disk.Harm(caseFIR, func(int) int { return 0 }); !strings.HasPrefix(what, `"c`) {
			t.Fatalf("harmed %s", what)
		}
		h := NewHistory(caseFIR)
		h.Add(b)
		m, err := x.Mend(t.Context(), caseFIR, MendSources{Log: h}, false)
		if err != nil || !m.Proven {
			t.Fatalf("%s: %v, %v", name, m, err)
		}
		if is := describe(t, s); is != was || !strings.Contains(is, "withdrawn true") {
			t.Errorf("%s: mended to\n%swas\n%s", name, is, was)
		}
	}
}

// TestMendedWithoutArrival loses the entry of a case whose form is still in the store: nobody has when it arrived,
// which tells how old a person was, so it is not said that all is held again.
func TestMendedWithoutArrival(t *testing.T) {
	disk := &simulated.Disk{}
	s, err := storage.Open(storage.Options{Backend: disk, Scheduler: &simulated.Scheduler{}, Terms: noTerms})
	if err != nil {
		t.Fatal(err)
	}
	b := Batch{Topic: "t", Messages: []Message{{Key: []byte(caseFIR), Time: time.Date(2026, 3, 1, 10, 0, 0, 0, storage.IST), Value: fmt.Appendf(nil,
		`{"schema":1,"form":"IIF1","form_id":"1","version":1,"fir":%q,"station":"13225008",
			"event_at":"2023-05-04T10:20:00+05:30","entered_at":"2023-05-04T11:05:00+05:30"}`, caseFIR)}}, Next: 1}
	x := New(s, &graveyard{}, slog.New(slog.DiscardHandler))
	if err := x.Apply(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	was := describe(t, s)
	disk.Harm(caseFIR, func(int) int { return 0 })
	if m, err := x.Mend(t.Context(), caseFIR, MendSources{}, false); !errors.Is(err, ErrIncomplete) || m.Proven || m.Undated != 1 || m.FromStore != 1 {
		t.Errorf("without the log: %+v, %v", m, err)
	}
	h := NewHistory(caseFIR)
	h.Add(b)
	if m, err := x.Mend(t.Context(), caseFIR, MendSources{Log: h}, false); err != nil || !m.Proven {
		t.Errorf("with the log: %+v, %v", m, err)
	}
	if is := describe(t, s); is != was {
		t.Errorf("mended to\n%swas\n%s", is, was)
	}
}
