package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"anvesh/query/register"
	"anvesh/storage"
)

// A planted person stands in a case of a name of his own, beside others who mention him; half of them are destroyed with their
// case, half alone.
type planted struct {
	fir, record string
	alone       bool
	texts       []string // that nobody else has
	forms       []string
}

// plant makes up somebody whose names nobody else bears.
func plant(i int) planted {
	word := func(kind string) string { // pronounceable, and no beginning of another
		const c, v = "bdgjklmnprst", "aiu"
		return strings.ToUpper(kind[:1]) + kind[1:] + string([]byte{c[i/12%12], v[i%3], c[i%12], v[(i/3)%3], 'x', 'q'})
	}
	p := planted{fir: fmt.Sprintf("1322500825%04d", 100+i), alone: i%2 == 1}
	p.record = p.fir + "/p/A1"
	name, alias, father, village := word("dhara"), word("kalu"), word("bhima"), word("nagla")
	p.texts = []string{name, alias, father, village}
	entered := `"event_at":"2025-05-04T10:20:00+05:30","entered_at":"2025-05-04T11:05:00+05:30"`
	p.forms = []string{fmt.Sprintf(`{"schema":1,"form":"IIF1","form_id":"%[1]s-1","version":1,"fir":"%[1]s","station":"13225008",%[6]s,"place":"shop of %[2]s",`+
		`"persons":[{"ref":"A1","role":"accused","name":"%[2]s Kadian @ %[3]s","aliases":["%[3]s"],"relative":"%[4]s","address":"%[5]s","status":"absconding"},`+
		`{"ref":"A2","role":"accused","name":"Somebody Else","relative":"%[2]s","aliases":["friend of %[3]s"]},{"ref":"C1","role":"complainant","name":"Made Up","address":"near %[2]s"}]}`,
		p.fir, name, alias, father, village, entered),
		fmt.Sprintf(`{"schema":1,"form":"IIF3","form_id":"%[1]s-3","version":1,"fir":"%[1]s","station":"13225008",%[3]s,"arrest":{"ref":"A1","place":"house of %[2]s"},"new_field":["told by %[2]s"]}`,
			p.fir, name, entered)}
	return p
}

// remains lists where below a directory a text stands in a file, or in a key or value of its store, unpacked.
func remains(t *testing.T, dir string, texts []string) (where []string) {
	t.Helper()
	look := func(place string, b []byte) {
		for _, text := range texts {
			if bytes.Contains(b, []byte(text)) {
				where = append(where, place+" has "+text)
			}
		}
	}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		look(path, b)
		return err
	})
	if err == nil {
		err = storage.Look(storage.Options{Dir: dir, Terms: register.Terms}, func(k, v []byte) error {
			look("a key", k)
			look(fmt.Sprintf("the value of %q", k), v)
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return where
}

// ordersFor is a call that destroys planted persons by an order each.
func ordersFor(t *testing.T, dir string, all []planted) []string {
	t.Helper()
	call := []string{"destroy", "--data", dir, "--certificate", filepath.Join(t.TempDir(), "c")}
	for i, p := range all {
		what := fmt.Sprintf(`"case":%q`, p.fir)
		if p.alone {
			what = fmt.Sprintf(`"record":%q`, p.record)
		}
		file := filepath.Join(t.TempDir(), "order.json")
		if err := os.WriteFile(file, fmt.Appendf(nil, `{%s,"number":"CRM-M %d of 2026","date":"2026-11-02","court":"Made Up Court"}`, what, i), 0o600); err != nil {
			t.Fatal(err)
		}
		call = append(call, "--order", file)
	}
	return call
}

// TestDestroy plants fifty persons, searches for them, destroys them by order, and looks for them in the bytes of the directory,
// the broker's log apart, in a backup that is made and restored, and in answers, also after their forms came once more.
func TestDestroy(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, addKey(t, dir))
	updates, _ := madeUp(t, 5, 300)
	var in strings.Builder
	for _, u := range updates {
		in.WriteString(u[1] + "\n")
	}
	var all []planted
	var texts []string
	for i := range 50 {
		p := plant(i)
		all = append(all, p)
		texts = append(texts, p.texts...)
		if p.alone {
			texts = append(texts, p.record)
		} else {
			texts = append(texts, p.fir)
		}
		in.WriteString(strings.Join(p.forms, "\n") + "\n")
	}
	fmt.Fprintf(&in, `{"schema":1,"form":"IIF1","form_id":"l","version":1,"fir":"13225008259999","station":"13225008","event_at":"2025-05-04T10:20:00+05:30",`+
		`"entered_at":"2025-05-04T11:05:00+05:30","linked_firs":["%s","13225008259998"],"persons":[{"ref":"A1","role":"accused","name":"Stays Here"}]}`+"\n", all[0].fir)
	load := func(s *server) string {
		t.Helper()
		token, errs, code := program(t, in.String(), "load", "-", "--brokers", s.broker)
		if code != 0 {
			t.Fatalf("load: %s", errs)
		}
		return strings.TrimSpace(token)
	}
	token := load(s)
	for _, p := range all {
		if got := s.search("persons", url.Values{"name": {p.texts[0] + " Kadian"}, "at_least": {token}}); len(got) == 0 || got[0] != p.record {
			t.Fatalf("%s is not found before: %v", p.record, got)
		}
	}
	s.stop()
	if len(remains(t, dir, texts)) == 0 {
		t.Fatal("the search for remains finds nothing before")
	}

	orders := ordersFor(t, dir, all)
	out, errs, code := program(t, "", orders...)
	if code != 0 {
		t.Fatalf("destroy: %s %s", out, errs)
	}
	certificates := strings.Split(strings.TrimSpace(out), "\n")
	for i, line := range certificates {
		var c certificate
		if err := json.Unmarshal([]byte(line), &c); err != nil || !c.Held || c.Found != 0 || c.Forms != 2 || all[i].alone != (c.Records == 1) || (i == 0) != (c.Linked == 1) || len(c.Looked) < 5 {
			t.Errorf("certificate %s, %v", line, err)
		}
		text, err := os.ReadFile(fmt.Sprintf("%s-%d.txt", orders[4], i+1))
		if err != nil || !strings.Contains(string(text), "Made Up Court") || strings.Contains(string(text), all[i].texts[0]) {
			t.Errorf("certificate %s, %v", text, err)
		}
	}
	if len(certificates) != 50 {
		t.Errorf("%d certificates", len(certificates))
	}
	if err := os.Rename(filepath.Join(dir, "log"), filepath.Join(t.TempDir(), "log")); err != nil {
		t.Fatal(err)
	}
	nowhere := func(when, dir string) {
		t.Helper()
		if where := remains(t, dir, texts); len(where) > 0 {
			t.Errorf("%s: %d remains, %s", when, len(where), where[0])
		}
		if out, errs, code := program(t, "", "check", "--full", "--data", dir); code != 0 {
			t.Errorf("%s: check: %s %s", when, out, errs)
		}
	}
	nowhere("after the destruction", dir)

	backup, again := t.TempDir(), filepath.Join(t.TempDir(), "again")
	if out, errs, code := program(t, "", "backup", "--data", dir, "--to", backup); code != 0 {
		t.Fatalf("backup: %s %s", out, errs)
	}
	if out, errs, code := program(t, "", "restore", "--from", backup, "--data", again, "--forget-offsets"); code != 0 {
		t.Fatalf("restore: %s %s", out, errs)
	}
	nowhere("restored", again)
	key := addKey(t, again)
	if _, errs, code := program(t, "", "serve", "--embedded-broker", "--data", again, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0"); code != 1 || !strings.Contains(errs, "destroy.key") {
		t.Fatalf("served without the key that keeps them out: %d %s", code, errs)
	}
	graves, err := graveKey(dir)
	if err == nil {
		err = os.WriteFile(graveKeyFile(again), graves, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s = serve(t, again, key)
	token = load(s) // all their forms come once more
	for _, p := range all {
		for _, q := range []url.Values{{"name": {p.texts[0] + " Kadian"}}, {"name": {p.texts[0]}}, {"alias": {p.texts[1]}}, {"relative": {p.texts[2]}}, {"place": {p.texts[3]}},
			{"name": {"Somebody Else"}, "relative": {p.texts[0]}}} {
			q.Set("at_least", token)
			q.Set("reason", "FIR 1/2026")
			status, body := s.get("/v1/persons/search", q)
			if status != 200 || strings.Contains(string(body), p.record) || strings.Contains(string(body), `"found":"`+p.texts[0]) {
				t.Fatalf("%v: %d %s", q, status, body)
			}
		}
		want := 404
		if p.alone {
			want = 200
		}
		if status, body := s.get("/v1/cases/"+p.fir, nil); status != want || bytes.Contains(body, []byte(p.texts[0])) || bytes.Contains(body, []byte(p.record)) {
			t.Fatalf("case %s: %d %s", p.fir, status, body)
		}
	}
	if got := s.search("persons", url.Values{"name": {"Stays Here"}, "at_least": {token}}); len(got) == 0 {
		t.Error("somebody else is not found")
	}
	s.stop()
	os.Rename(filepath.Join(again, "log"), filepath.Join(t.TempDir(), "log"))
	nowhere("after their forms came once more", again)
}
