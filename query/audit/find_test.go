package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFind: entries are found by asker, unit, case and record, newest first and page by page, in whole runs and in the last
// entries alike; the index is made again where it is lost or damaged, and tells nothing of what was forgotten.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	const n = 2*runEntries + 300
	evs := make([]*Event, n)
	for i := range evs {
		evs[i] = search(fmt.Sprint("name ", i), fmt.Sprintf("13225008230%03d/p/A%d", i%500, i%3))
		evs[i].Who.Person, evs[i].Who.Unit = fmt.Sprintf("P%d", i%100), fmt.Sprintf("13225%03d", i%10)
		evs[i].At = testTime.Add(time.Duration(i) * time.Second)
	}
	appendAll(t, l, evs...)
	f := func(q Query, want func(i int) bool) {
		t.Helper()
		var numbers []int64
		q.Limit = 7
		for more := true; more; {
			var entries []*Entry
			var err error
			if entries, more, err = l.Find(q); err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				numbers = append(numbers, e.Number)
				q.Year, q.Number = e.Year, e.Number
				if !strings.Contains(string(e.Rows[0].Asked), fmt.Sprintf(`"name %d"`, e.Number)) {
					t.Fatalf("entry %d asks %s", e.Number, e.Rows[0].Asked)
				}
			}
			if len(numbers) > 200 {
				break
			}
		}
		for i := n - 1; i >= 0; i-- {
			if !want(i) {
				continue
			}
			if len(numbers) == 0 {
				if i < n-1 {
					return
				}
				t.Fatalf("%+v: entry %d is not found", q, i)
			}
			if numbers[0] != int64(i) {
				t.Fatalf("%+v: entry %d, want %d", q, numbers[0], i)
			}
			numbers = numbers[1:]
			if len(numbers) == 0 {
				return
			}
		}
		if len(numbers) > 0 {
			t.Fatalf("%+v: %d more", q, len(numbers))
		}
	}
	all := func() {
		t.Helper()
		f(Query{Who: "P7"}, func(i int) bool { return i%100 == 7 })
		f(Query{Unit: "13225004", Who: "P14"}, func(i int) bool { return i%100 == 14 })
		f(Query{FIR: "13225008230499"}, func(i int) bool { return i%500 == 499 })
		f(Query{Record: "13225008230002/p/A2"}, func(i int) bool { return i%500 == 2 && i%3 == 2 })
		f(Query{Record: "13225008230002/p/A2", From: testTime.Add(time.Hour), To: testTime.Add(2 * time.Hour)},
			func(i int) bool { return i%500 == 2 && i%3 == 2 && i >= 3600 && i < 7200 })
		f(Query{May: func(w Who) bool { return w.Unit == "13225003" }}, func(i int) bool { return i%10 == 3 })
		f(Query{Who: "desk 3", Kind: KindSearch}, func(int) bool { return true })
	}
	all()
	run := filepath.Join(dir, "derived", "audit", "2026", "000001")
	whole, err := os.ReadFile(run)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]byte{nil, whole[:len(whole)-1], append([]byte("x"), whole[1:]...)} {
		if err := os.WriteFile(run, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		f(Query{FIR: "13225008230499"}, func(i int) bool { return i%500 == 499 })
	}
	if err := os.RemoveAll(filepath.Join(dir, "derived")); err != nil {
		t.Fatal(err)
	}
	all()
	for _, q := range []Query{{Who: "nobody"}, {Kind: KindView, Who: "P7"}, {FIR: "13225008230001", Record: "13225008230002/p/A2"}} {
		if entries, more, err := l.Find(q); len(entries) > 0 || more || err != nil {
			t.Errorf("%+v: %d, %v, %v", q, len(entries), more, err)
		}
	}
	if err := l.Forget("13225008230002/p/A2"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Find(Query{Record: "13225008230002/p/A2"}); !errors.Is(err, ErrForgotten) {
		t.Errorf("forgotten: %v", err)
	}
	closed(t, l)
	if r, err := Verify(dir); err != nil || len(r.Findings) > 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestFindRows: of a list only the rows that showed the record are returned.
func TestFindRows(t *testing.T) {
	l := open(t, t.TempDir())
	ev := search("one", "1/p/A1")
	ev.Kind, ev.Rows = KindList, append(ev.Rows, search("two", "2/p/A1").Rows[0], search("three", "1/p/A1", "3/v/V1").Rows[0])
	if err := l.Append(context.Background(), ev); err != nil {
		t.Fatal(err)
	}
	entries, _, err := l.Find(Query{Record: "1/p/A1"})
	if err != nil || len(entries) != 1 || len(entries[0].Rows) != 2 || entries[0].Rows[1].Through != "0:12,1:7" {
		t.Errorf("%+v, %v", entries, err)
	}
}
