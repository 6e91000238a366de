package main

import (
	"bytes"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"
)

// hide takes keys out of a store behind its back, as damaged blocks do.
func hide(t *testing.T, dir string, keys ...string) {
	t.Helper()
	db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, "store")).WithLogger(nil).WithMemTableSize(32 << 20).WithValueLogFileSize(64 << 20))
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *badger.Txn) error {
		for _, k := range keys {
			if _, err := tx.Get([]byte(k)); err != nil {
				t.Fatalf("key %q: %v", k, err)
			}
			if err := tx.Delete([]byte(k)); err != nil {
				return err
			}
		}
		return nil
	})
	if err = errorsOf(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestMend loses the entry and the form of a case. The service says so, answers 503 and not 404, keeps what comes for the case,
// and goes on with the others. mend says what is lost, and puts it right from a backup or from the log.
func TestMend(t *testing.T) {
	const lost, other = "13225008250042", "13225008250043"
	f := func(what string, sources func(dir, backup string) []string) {
		dir, to := t.TempDir(), filepath.Join(t.TempDir(), "backup")
		key := addKey(t, dir)
		s := serve(t, dir, key)
		p := publisher(t, s.broker)
		publish(t, p, lost, form(lost, "Dharampal Kadian", "धर्मपाल कादियान", "HR26DK8337", "MA3ERLF1S00123456"))
		token := publish(t, p, other, form(other, "Balbir Malik", "बलबीर मलिक", "HR12AB4321", "MA3ERLF1S00654321"))
		s.search("persons", url.Values{"name": {"Balbir"}, "at_least": {token}})
		s.stop()
		if _, errs, code := program(t, "", "backup", "--data", dir, "--to", to); code != 0 {
			t.Fatalf("backup: %s", errs)
		}
		hide(t, dir, "c"+lost, "f"+lost+"\x00"+lost+"-1")

		s = serve(t, dir, key)
		if code, body := s.get("/v1/cases/"+lost, nil); code != 503 || !bytes.Contains(body, []byte(`"damaged"`)) {
			t.Errorf("%s: the damaged case: %d %s", what, code, body)
		}
		if code, body := s.get("/v1/cases/"+other, nil); code != 200 {
			t.Errorf("%s: the other case: %d %s", what, code, body)
		}
		p = publisher(t, s.broker)
		later := bytes.Replace(form(lost, "Dharampal Gulia", "धर्मपाल गुलिया", "HR26DK8337", "MA3ERLF1S00123456"), []byte(`"version":1`), []byte(`"version":2`), 1)
		waits := publish(t, p, lost, later)
		token = publish(t, p, other, bytes.Replace(form(other, "Balbir Singh Malik", "बलबीर मलिक", "HR12AB4321", "MA3ERLF1S00654321"), []byte(`"version":1`), []byte(`"version":2`), 1))
		if hits := s.search("persons", url.Values{"name": {"Balbir Singh"}, "at_least": {token}}); len(hits) == 0 {
			t.Errorf("%s: the other case does not go on", what)
		}
		if hits := s.search("persons", url.Values{"name": {"Dharampal"}, "at_least": {waits}}); len(hits) > 0 {
			t.Errorf("%s: shown while an update waits that may withdraw it", what)
		}
		st := s.status()
		if len(st.Damaged) != 1 || st.Damaged[0].Case != lost || st.Damaged[0].Waiting != 1 || len(st.Degraded) == 0 {
			t.Errorf("%s: status %+v, degraded %v", what, st.Damaged, st.Degraded)
		}
		s.stop()

		if out, _, code := program(t, "", "check", "--data", dir); code != 1 || !strings.Contains(out, lost) {
			t.Errorf("%s: check ended with %d: %s", what, code, out)
		}
		if _, errs, code := program(t, "", "backup", "--data", dir, "--to", to); code != 1 || !strings.Contains(errs, lost) {
			t.Errorf("%s: a backup of a damaged store ended with %d: %s", what, code, errs)
		}
		if _, errs, code := program(t, "", "mend", lost, "--no-log", "--data", dir); code != 1 || !strings.Contains(errs, "not all of the case") {
			t.Errorf("%s: without any source mend ended with %d: %s", what, code, errs)
		}
		if _, errs, code := program(t, "", "mend", lost, "--brokers", "127.0.0.1:1", "--data", dir); code != 1 || !strings.Contains(errs, "--no-log goes on without it") {
			t.Errorf("%s: with a log that cannot be read mend ended with %d: %s", what, code, errs)
		}
		out, errs, code := program(t, "", append([]string{"mend", lost, "--data", dir}, sources(dir, to)...)...)
		if code != 0 || !strings.Contains(out, "all that was held of it is held again") || !strings.Contains(out, "1 updates that waited") {
			t.Fatalf("%s: mend ended with %d: %s%s", what, code, out, errs)
		}
		if out, errs, code := program(t, "", "check", "--full", "--data", dir); code != 0 {
			t.Errorf("%s: check after mend ended with %d: %s%s", what, code, out, errs)
		}
		s = serve(t, dir, key)
		if code, body := s.get("/v1/cases/"+lost, nil); code != 200 || !bytes.Contains(body, []byte("Gulia")) {
			t.Errorf("%s: the mended case: %d %s", what, code, body)
		}
		if hits := s.search("persons", url.Values{"name": {"Dharampal Gulia"}}); len(hits) != 1 {
			t.Errorf("%s: found %v", what, hits)
		}
		if st := s.status(); len(st.Damaged) != 0 || len(st.Degraded) != 0 {
			t.Errorf("%s: after mend: %+v, degraded %v", what, st.Damaged, st.Degraded)
		}
		s.stop()
	}
	f("from a backup", func(_, backup string) []string { return []string{"--no-log", "--from", backup} })
	f("from the log", func(string, string) []string { return nil })
}
