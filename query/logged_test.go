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
	events []audit.Event
	err    error
}

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
