package query_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/storage"
)

// kept is a log that keeps events, or fails.
type kept struct {
	events  []audit.Event
	refused []audit.Refusal
	err     error
}

func (k *kept) Refused(r audit.Refusal) { k.refused = append(k.refused, r) }

func (k *kept) Append(_ context.Context, ev *audit.Event) error {
	if k.err == nil {
		k.events = append(k.events, *ev)
	}
	return k.err
}

// TestLogged: whatever leaves the engine is in the log before, with who asked, what, and the ids of what left; also that there
// is no such case. Where the log cannot be written nothing leaves.
func TestLogged(t *testing.T) {
	log := &kept{}
	w := openWith(t, t.TempDir(), func(o *query.Options) { o.Audit = log })
	w.put("13225008230001", &storage.Record{Name: "Virender Singh"}, &storage.Record{Kind: storage.Vehicle, Registration: "HR26DK8337"})
	who := access.Identity{KeyID: "AbCd1234", Name: "desk 3", Role: access.RoleBureau, Level: access.StateLevel, SecondFactor: true}
	waits := 0
	ctx := query.WithCall(context.Background(), &query.Call{Request: "r1", Waits: func() { waits++ }})
	reason := query.Common{Reason: "FIR 1/2026"}
	f := func(want string, wantErr error, do func() (any, error)) {
		t.Helper()
		log.events, log.err, waits = nil, nil, 0
		if _, err := do(); !errors.Is(err, wantErr) {
			t.Fatal(err)
		}
		got := ""
		for _, ev := range log.events {
			row := ev.Rows[0]
			asked, _ := json.Marshal(row.Asked)
			got += fmt.Sprintf("%s %s %s %s %d %v %s", ev.Kind, ev.Request, row.About, asked, row.Total, row.Found, row.Through)
			if ev.Who != who {
				t.Errorf("asked by %+v", ev.Who)
			}
		}
		if got != want || waits != 1 {
			t.Errorf("logged\n%s, want\n%s; waited %d times", got, want, waits)
		}
		log.err = audit.ErrNotWritten
		if _, err := do(); !errors.Is(err, query.ErrNotLogged) {
			t.Errorf("without a log: %v", err)
		}
	}
	f(`search r1 person {"name":"Virender Singh","reason":"FIR 1/2026"} 1 [{13225008230001/p/A1 LEAD}] 0:1`, nil, func() (any, error) {
		a, err := w.e.Search(ctx, who, &query.PersonRequest{Name: "Virender Singh", Common: reason})
		if (a == nil) != (err != nil) {
			t.Errorf("%v, %v", a, err)
		}
		return a, err
	})
	f(`search r1 vehicle {"registration":"MH01AB1234","reason":"FIR 1/2026"} 0 [] 0:1`, nil, func() (any, error) {
		return w.e.Search(ctx, who, &query.VehicleRequest{Registration: "MH01AB1234", Common: reason})
	})
	f(`view r1 case {"fir":"13225008230001"} 1 [{13225008230001 }] 0:1`, nil, func() (any, error) { return w.e.Case(ctx, who, "13225008230001") })
	f(`view r1 case {"fir":"13225008230002"} 0 [] 0:1`, query.ErrNotFound, func() (any, error) { return w.e.Case(ctx, who, "13225008230002") })
	f(`view r1 case {"number":"1/2023","station":"13225008"} 1 [{13225008230001 }] 0:1`, nil, func() (any, error) {
		return w.e.FindCases(ctx, who, "1/2023", "13225008")
	})
	log.events, log.err = nil, nil
	if _, err := w.e.Search(ctx, who, &query.PersonRequest{Common: reason}); err == nil || len(log.events) > 0 {
		t.Errorf("%v; what was refused is in the log: %v", err, log.events)
	}
}

// slow is a log that holds what it is given until it is told what becomes of it.
type slow struct {
	kept
	say chan error
}

func (s *slow) Append(ctx context.Context, ev *audit.Event) error {
	if s.err = <-s.say; s.err != nil {
		return s.err
	}
	return s.kept.Append(ctx, ev)
}

// counted is a guard that counts what it has charged.
type counted struct{ charged int }

func (c *counted) Admit(access.Identity, access.Asked) error { c.charged++; return nil }
func (c *counted) Unanswered(access.Identity, access.Asked)  { c.charged-- }

// TestRowIsLogged: the answer to a row of a list waits where it leaves, and leaves once its chunk is durable; where that cannot be
// written it does not leave, and is not charged.
func TestRowIsLogged(t *testing.T) {
	log, guard := &slow{say: make(chan error)}, &counted{}
	w := openWith(t, t.TempDir(), func(o *query.Options) { o.Audit, o.Guard = log, guard })
	w.put("13225008230001", &storage.Record{Name: "Virender Singh"})
	who := access.Identity{KeyID: "AbCd1234", Name: "desk 3", Role: access.RoleBureau, Level: access.StateLevel, SecondFactor: true}
	f := func(becomes, want error, hits, charged int) {
		t.Helper()
		r := &query.PersonRequest{Name: "Virender Singh", Common: query.Common{Reason: "FIR 1/2026"}}
		logged, answer, err := w.e.SearchRow(context.Background(), who, r, audit.NewChunks(log))
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-logged:
			t.Error("it may leave before the log has it")
		default:
		}
		log.say <- becomes
		<-logged
		a, err := answer()
		if !errors.Is(err, want) || (a == nil) != (want != nil) || a != nil && len(a.Hits) != hits {
			t.Errorf("%v, %v", a, err)
		}
		if len(log.events) != hits || guard.charged != charged {
			t.Errorf("%d events, %d charged", len(log.events), guard.charged)
		}
	}
	f(audit.ErrNotWritten, query.ErrNotLogged, 0, 0)
	f(nil, nil, 1, 1)
}

// full is a guard whose budgets are spent.
type full struct{}

func (full) Admit(access.Identity, access.Asked) error {
	return &access.BudgetError{What: access.BudgetMinute}
}
func (full) Unanswered(access.Identity, access.Asked) {}

// TestRefusalsAreLogged: what the policy or a budget refuses at the door is noted in the log, with who asked, what, and why not;
// what is wrong otherwise, and what the program itself asks, is not.
func TestRefusalsAreLogged(t *testing.T) {
	log := &kept{}
	w := openWith(t, t.TempDir(), func(o *query.Options) { o.Audit = log })
	w.put("13225009230001", &storage.Record{Name: "Virender Singh"})
	spent := openWith(t, t.TempDir(), func(o *query.Options) { o.Audit, o.Guard = log, full{} })
	ctx := query.WithCall(context.Background(), &query.Call{Request: "r1"})
	constable := person(access.RoleConstable, "13225008", access.StationLevel)
	f := func(who access.Identity, want string, ask func() error) {
		t.Helper()
		log.refused = nil
		err := ask()
		got := ""
		for _, r := range log.refused {
			asked, _ := json.Marshal(r.Asked)
			got += fmt.Sprintf("%s %s, %s: %s", r.Request, r.About, r.Why, asked)
			if r.Who != who {
				t.Errorf("of %+v", r.Who)
			}
		}
		if got != want || err == nil {
			t.Errorf("noted %q after %v, want %q", got, err, want)
		}
	}
	search := func(w *world, who access.Identity, r query.PersonRequest) func() error {
		r.Reason = "FIR 1/2026"
		return func() error { _, err := w.e.Search(ctx, who, &r); return err }
	}
	f(constable, `r1 person, role: {"name":"Kavisha","role":["victim"],"reason":"FIR 1/2026"}`,
		search(w, constable, query.PersonRequest{Name: "Kavisha", Role: []string{"victim"}}))
	f(constable, `r1 person, searches in a minute: {"name":"Kavisha","reason":"FIR 1/2026"}`, search(spent, constable, query.PersonRequest{Name: "Kavisha"}))
	f(constable, "", search(w, constable, query.PersonRequest{}))
	alone := constable
	alone.SecondFactor = false
	f(alone, `r1 person, second factor: {"name":"Kavisha","reason":"FIR 1/2026"}`, search(w, alone, query.PersonRequest{Name: "Kavisha"}))
	f(constable, `r1 case, unit: {"fir":"13225009230001"}`, func() error { _, err := w.e.Case(ctx, constable, "13225009230001"); return err })
	f(constable, `r1 case, unit: {"number":"1/2023","station":"13225009"}`, func() error { _, err := w.e.FindCases(ctx, constable, "1/2023", "13225009"); return err })
	f(constable, `r1 unmasking, role: {"fir":"13225009230001","reason":"FIR 1/2026"}`, func() error {
		_, err := w.e.Unmask(ctx, constable, "13225009230001", "FIR 1/2026")
		return err
	})
	f(constable, `r1 form, role: null`, func() error {
		refused, err := w.e.Enter(ctx, constable, []query.Update{{FIR: "13225008230001", Form: "IIF6", Station: "13225008"}})
		return errors.Join(err, refused[0])
	})
	program := access.Program("test")
	f(program, "", func() error { _, err := w.e.Unmask(ctx, program, "13225009230001", "FIR 1/2026"); return err })
}
