package query

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"anvesh/query/register"
	"anvesh/query/units"
	"anvesh/storage"
)

// TestGroupSaysAtLeast: of a name with more bearers than the filters are tried on, the count is said to be at least so many;
// without filters all are counted.
func TestGroupSaysAtLeast(t *testing.T) {
	g := register.New()
	changes := make([]storage.Change, groupTries+1)
	for i := range changes {
		r := &storage.Record{ID: fmt.Sprintf("132250082%05d/p/A1", i), Kind: storage.Person, Station: "13225008", Name: "Ramdiya Mor", Updated: time.Unix(int64(i), 0)}
		changes[i] = storage.Change{ID: r.ID, Record: r}
	}
	g.Apply(changes)
	e := &Engine{reg: g, store: &storage.Store{}, o: Options{Now: time.Now}, units: units.Default()}
	group := func(f filter) Group {
		t.Helper()
		f.limit, f.min = 2, Lead
		s := personSearch{e: e}
		s.r, s.f, s.a = &PersonRequest{Name: "Ramdiya Mor"}, f, &Answer{}
		s.hits.reset(f.limit, Lead)
		if err := s.read(); err != nil {
			t.Fatal(err)
		}
		var release func()
		s.v, release = e.view(register.Findable)
		defer release()
		s.prepare()
		s.ask()
		defer s.close()
		s.readSources()
		s.hits.finish(s.v.PersonID)
		s.countNamesakes()
		s.show()
		s.group()
		if len(s.a.Groups) != 1 {
			t.Fatalf("groups %+v", s.a.Groups)
		}
		return s.a.Groups[0]
	}
	if got := group(filter{stations: map[string]bool{"13225008": true}}); got.Records != groupTries || got.RecordsAre != "at_least" ||
		!strings.Contains(got.Text, "at least 20000 records") || !strings.Contains(got.Hindi, "कम से कम 20000") {
		t.Errorf("with a filter: %+v", got)
	}
	if got := group(filter{}); got.Records != groupTries+1 || got.RecordsAre != "" || strings.Contains(got.Text, "least") {
		t.Errorf("without filters: %+v", got)
	}
}
