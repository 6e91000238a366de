package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// post sends a body with the server's key.
func (s *server) post(path, mediaType, body string) (int, []byte) {
	s.t.Helper()
	req, err := http.NewRequest("POST", s.address+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", mediaType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, text
}

// TestUpdatesOverHTTP enters forms over HTTP: a search with the receipt sees them, so does one after the store was lost and the
// log was read again, and the case says who entered them; of a list with a fault nothing is entered.
func TestUpdatesOverHTTP(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, addKey(t, dir))
	const one, two, three = "13225008250042", "13225008250043", "13225008250044"
	enter := func(mediaType, body string, want int) string {
		t.Helper()
		status, text := s.post("/v1/updates", mediaType, body)
		var a struct {
			Receipt string
			Error   struct {
				Line  int
				Field string
			}
		}
		if err := json.Unmarshal(text, &a); err != nil || status != want {
			t.Fatalf("%d %s, %v", status, text, err)
		}
		if want == 400 && (a.Error.Line != 2 || a.Error.Field != "persons[0].gender") {
			t.Errorf("refused: %s", text)
		}
		return a.Receipt
	}
	oneLine := func(b []byte) string { return strings.ReplaceAll(string(b), "\n", " ") + "\n" }
	find := func(name, receipt, want string) {
		t.Helper()
		got := s.search("persons", url.Values{"name": {name}, "at_least": {receipt}})
		if want == "" && len(got) > 0 || want != "" && (len(got) == 0 || got[0] != want) {
			t.Errorf("%s: found %v, want %q first", name, got, want)
		}
	}
	first := enter("application/json", string(form(one, "Dharampal Kadian", "धर्मपाल कादियान", "HR26DK8337", "MA3ERLF1S00123456")), 200)
	find("Dharmpal Kadyan", first, one+"/p/A1")
	second := enter("application/x-ndjson", oneLine(form(two, "Balwan Dhull", "बलवान", "HR26DK8338", "MA3ERLF1S00123457"))+
		oneLine(form(three, "Satbir Phogat", "सतबीर", "HR26DK8339", "MA3ERLF1S00123458")), 200)
	find("Balwan Dhul", second, two+"/p/A1")
	find("Satveer Fogat", second, three+"/p/A1")
	bad := strings.Replace(oneLine(form(two, "Nobody Else", "", "", "")), `"role":"accused"`, `"role":"accused","gender":"X"`, 1)
	enter("application/x-ndjson", oneLine(form("13225008250045", "Jagbir Deswal", "", "", ""))+bad, 400)
	find("Jagbir Deswal", second, "")
	withdrawn := enter("application/json", `{"fir":"`+three+`","withdraw":true}`, 200)
	find("Satveer Fogat", withdrawn, "")
	if status, text := s.get("/v1/cases/"+one, nil); status != 200 || !bytes.Contains(text, []byte(`"entered_by":"`)) {
		t.Errorf("case: %d %s", status, text)
	}
	s.stop()
	for _, lost := range []string{"store", "shards", "derived"} {
		if err := os.RemoveAll(filepath.Join(dir, lost)); err != nil {
			t.Fatal(err)
		}
	}
	s = serve(t, dir, s.key)
	find("Dharmpal Kadyan", withdrawn, one+"/p/A1")
	find("Satveer Fogat", withdrawn, "")
	s.stop()
}
