package main

import (
	"anvesh/bench/madeup"
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// form is a made-up IIF1 of an accused and a vehicle.
func form(fir, name, hindi, registration, chassis string) []byte {
	return fmt.Appendf(nil, `{"schema":1,"form":"IIF1","form_id":"%[1]s-1","version":1,"fir":"%[1]s","station":"13225008",
		"event_at":"2025-05-04T10:20:00+05:30","entered_at":"2025-05-04T11:05:00+05:30",
		"persons":[{"ref":"A1","role":"accused","name":"%[2]s","name_hi":"%[3]s","relative":"Jagdish","relation":"father","status":"absconding"}],
		"vehicles":[{"ref":"V1","registration":"%[4]s","chassis":"%[5]s","status":"stolen"}]}`, fir, name, hindi, registration, chassis)
}

// TestUpdateIsFound publishes with a client that is not ours, over TCP, and finds what it published.
func TestUpdateIsFound(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, addKey(t, dir))
	c := publisher(t, s.broker)
	const fir = "13225008250042"
	start := time.Now()
	token := publish(t, c, fir, form(fir, "Dharampal Kadian", "धर्मपाल कादियान", "HR26DK8337", "MA3ERLF1S00123456"))
	f := func(kind, field, text, want string) {
		t.Helper()
		got := s.search(kind, url.Values{field: {text}, "at_least": {token}})
		if len(got) == 0 || got[0] != want {
			t.Errorf("%s %s %q: found %v, want %s first", kind, field, text, got, want)
		}
	}
	f("persons", "name", "Dharmpal Kadyan", fir+"/p/A1")
	t.Logf("published and found after %v", time.Since(start))
	f("persons", "name", "धरमपाल कादयान", fir+"/p/A1")
	f("vehicles", "registration", "HR26DK8387", fir+"/v/V1")
	f("vehicles", "chassis", "F1S0012", fir+"/v/V1")

	if status, body := s.get("/v1/cases/"+fir, nil); status != 200 || !bytes.Contains(body, []byte(`"0042/2025"`)) {
		t.Errorf("case: %d %s", status, body)
	}
	publish(t, c, fir, []byte("{")) // refused, and what follows is applied
	token = publish(t, c, fir, nil)
	if got := s.search("vehicles", url.Values{"registration": {"HR26DK8337"}, "at_least": {token}}); len(got) > 0 {
		t.Errorf("a withdrawn case is found: %v", got)
	}
	if _, body := s.get("/metrics", nil); !bytes.Contains(body, []byte(`anvesh_updates_total{what="rejected"} 1`)) {
		t.Errorf("metrics do not count the refused message:\n%s", body)
	}
	s.stop()
	if out, errs, code := program(t, "", "check", "--data", dir); code != 0 {
		t.Errorf("check: %s %s", out, errs)
	}
}

// madeUp generates updates and keeps a few things to ask for.
func madeUp(t testing.TB, seed uint64, records int) (updates [][2]string, asks []ask) {
	t.Helper()
	err := madeup.GenerateTruth(madeup.Options{Records: records, Seed: seed}, func(fir string, value []byte) error {
		updates = append(updates, [2]string{fir, string(value)})
		return nil
	}, func(tr madeup.Truth) {
		switch {
		case tr.Vehicle && strings.ContainsAny(tr.WrittenRegistration, "0123456789"): // one without says nothing, and is refused
			asks = append(asks, ask{"vehicles", "registration", tr.WrittenRegistration})
		case !tr.Vehicle && tr.Written != "":
			asks = append(asks, ask{"persons", "name", tr.Written})
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return updates, asks
}

type ask struct{ kind, field, text string }

// TestRestartAnswersTheSame asks before and after a restart, a kill, and the loss of all that is derived.
func TestRestartAnswersTheSame(t *testing.T) {
	dir := t.TempDir()
	key := addKey(t, dir)
	updates, asks := madeUp(t, 11, 1500)
	s := serve(t, dir, key)
	var in strings.Builder
	for _, u := range updates {
		in.WriteString(u[1] + "\n")
	}
	token, errs, code := program(t, in.String(), "load", "-", "--brokers", s.broker)
	if code != 0 {
		t.Fatalf("load: %s", errs)
	}
	token = strings.TrimSpace(token)
	answers := func() [][]string {
		t.Helper()
		var out [][]string
		for i := 0; i < len(asks); i += len(asks)/200 + 1 {
			a := asks[i]
			out = append(out, s.search(a.kind, url.Values{a.field: {a.text}, "at_least": {token}}))
		}
		return out
	}
	want := answers()
	found := 0
	for _, a := range want {
		found += min(len(a), 1)
	}
	if found < len(want)/2 {
		t.Fatalf("only %d of %d searches find anything", found, len(want))
	}
	compare := func(after string) {
		t.Helper()
		for i, got := range answers() {
			if !reflect.DeepEqual(got, want[i]) {
				t.Errorf("after %s search %d finds %v, before %v", after, i, got, want[i])
			}
		}
	}
	s.stop()
	s = serve(t, dir, key)
	compare("a restart")
	s.kill()
	s = serve(t, dir, key)
	compare("a kill")
	s.stop()
	if _, errs, code := program(t, "", "rebuild", "--data", dir); code != 0 {
		t.Fatalf("rebuild: %s", errs)
	}
	s = serve(t, dir, key)
	compare("a rebuild")
	s.stop()
}

// TestDegradedIsSaid takes the log away from under the store. The service goes on answering from what it has, and every
// place says that updates may be missing: the answer, the status, readiness and the metrics.
func TestDegradedIsSaid(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, addKey(t, dir))
	const fir = "13225008250042"
	token := publish(t, publisher(t, s.broker), fir, form(fir, "Dharampal Kadian", "धर्मपाल कादियान", "HR26DK8337", "MA3ERLF1S00123456"))
	if got := s.search("persons", url.Values{"name": {"Dharampal"}, "at_least": {token}}); len(got) != 1 {
		t.Fatalf("found %v", got)
	}
	s.stop()
	if err := os.RemoveAll(filepath.Join(dir, "log")); err != nil {
		t.Fatal(err)
	}
	s = serve(t, dir, s.key)
	const reason = "the topic was deleted and made again"
	f := func(path, part string) {
		t.Helper()
		for {
			status, body := s.get(path, url.Values{"name": {"Dharampal"}, "reason": {"FIR 1/2026"}})
			if status != 200 {
				t.Fatalf("%s: %d %s", path, status, body)
			}
			if bytes.Contains(body, []byte(part)) {
				return
			}
			if len(s.ended) > 0 {
				t.Fatalf("%s does not say %q: %s", path, part, body)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	f("/readyz", reason)
	f("/v1/status", reason)
	f("/metrics", "anvesh_degraded 4\n") // one for each partition
	f("/v1/persons/search", `"complete":false`)
	if got := s.search("persons", url.Values{"name": {"Dharampal"}}); len(got) != 1 {
		t.Errorf("what is held is not found: %v", got)
	}
	s.stop()
}

func TestUsage(t *testing.T) {
	dir := t.TempDir()
	f := func(want int, part string, args ...string) {
		t.Helper()
		out, errs, code := program(t, "", args...)
		if code != want || !strings.Contains(out+errs, part) {
			t.Errorf("%v: exit %d, printed %q %q; want exit %d and %q", args, code, out, errs, want, part)
		}
	}
	f(0, "anvesh ", "version")
	f(0, "Examples:", "help", "load")
	f(0, "--brokers", "serve", "--help")
	f(2, "unexpected argument", "serch")
	f(2, "--embedded-broker", "serve")
	f(2, "--records", "gen", "--records", "0")
	f(1, "--data", "check", "--data", dir)
	f(1, "127.0.0.1:1", "load", "-", "--brokers", "127.0.0.1:1")
	f(2, "nosuch", "load", "--config", "/nosuch.yaml", "-")
}

func TestConfiguration(t *testing.T) {
	dir := t.TempDir()
	addKey(t, dir)
	file := filepath.Join(dir, "anvesh.yaml")
	f := func(want int, part, yaml string, args ...string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		out, errs, code := program(t, "", append(args, "--config", file)...)
		if code != want || !strings.Contains(out+errs, part) {
			t.Errorf("%q %v: exit %d, printed %q %q; want exit %d and %q", yaml, args, code, out, errs, want, part)
		}
	}
	f(0, "test", "data: "+dir, "keys", "list")
	f(0, "test", "data: /nowhere\nkeys:\n  list:\n    data: "+dir, "keys", "list")
	f(0, "test", "data: /nowhere", "keys", "list", "--data", dir)
	f(0, `"form":"IIF1"`, "records: 1", "gen")
	f(2, "recods", "recods: 1", "gen")
	f(2, "nosuch", "gen:\n  nosuch: 1", "gen")
	f(2, "configuration file", "data: [", "gen")
	f(2, `--listen: must be host:port, such as 127.0.0.1:8080, not "5"`, "data: "+dir+"\nlisten: 5", "serve")
}

func TestLoadRefusesBadLines(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, addKey(t, dir))
	good := strings.ReplaceAll(string(form("13225008250001", "Ram", "राम", "HR26AB1234", "")), "\n", " ")
	bad := strings.Replace(good, `"role":"accused"`, `"role":"thief"`, 1)
	wrapped := `{"schema":{"type":"struct"},"payload":` + good + "}\n\x1f\x8bzip\n"
	out, errs, code := program(t, "\xef\xbb\xbf"+good+"\n\n"+bad+"\nnot json\n"+`{"fir":"13225008250002","withdraw":true}`+"\n"+wrapped, "load", "-", "--brokers", s.broker)
	if code != 1 || !strings.Contains(errs, "-:6: iif: the message must be a JSON object; it is Connect's envelope") ||
		!strings.Contains(errs, "-:7: iif: the message must be a JSON object; it is compressed by gzip") || !strings.Contains(errs, "-:3: iif: persons[0].role") || !strings.Contains(errs, "-:4: ") || strings.Contains(errs, "-:5: ") || strings.Count(out, "\n") != 1 {
		t.Fatalf("exit %d, %q, %q", code, out, errs)
	}
	if got := s.search("persons", url.Values{"name": {"Ram"}, "at_least": {strings.TrimSpace(out)}}); !slices.Equal(got, []string{"13225008250001/p/A1"}) {
		t.Errorf("found %v", got)
	}
	if out, errs, code := program(t, good, "load", "-", "--brokers", s.broker, "--topic", "iif.update"); code != 1 || out != "" || !strings.Contains(errs, "topic iif.update: the topic does not exist") {
		t.Errorf("a misspelt topic: exit %d, %q, %q", code, out, errs)
	}
	s.stop()
}

// TestSecureCookies logs in on the page of a service that is told to be behind https, and of one that is not.
func TestSecureCookies(t *testing.T) {
	for _, secure := range []bool{true, false} {
		dir := t.TempDir()
		key := addKey(t, dir)
		line := []string{os.Args[0], "serve", "--embedded-broker", "--data", dir, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0"}
		if secure {
			line = append(line, "--secure-cookies")
		}
		s := start(t, key, line)
		s.await()
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.PostForm(s.address+"/login", url.Values{"key": {key}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if c := resp.Cookies(); len(c) != 1 || c[0].Secure != secure {
			t.Errorf("secure is %v, cookies %v", secure, c)
		}
		s.stop()
	}
}

// TestGarbagePercent: what gathers is bounded by what is alive where that is little, by headroom where it is more, and by Go's own rule
// where it is much.
func TestGarbagePercent(t *testing.T) {
	for alive, want := range map[uint64]int{0: 100, 1: mostGarbage, 10 << 20: mostGarbage, headroom / 4: mostGarbage, headroom / 2: 200,
		headroom: 100, 10 * headroom: 100, 1 << 62: 100} {
		if got := garbagePercent(alive); got != want {
			t.Errorf("%d bytes alive: %d %%, want %d", alive, got, want)
		}
	}
}
