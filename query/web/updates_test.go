package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"anvesh/query"
	"anvesh/query/access"
)

// A fakeClerk takes what is JSON and whose form is not "bad", and publishes what is not "unpublished".
type fakeClerk struct {
	mu        sync.Mutex
	published []query.Update
}

func (c *fakeClerk) Read(form []byte) (u query.Update, err error) {
	var read struct{ Form string }
	if err := json.Unmarshal(form, &read); err != nil {
		return u, &query.FieldError{Message: "must be one JSON object"}
	}
	if read.Form == "bad" {
		return u, &query.FieldError{Field: "persons[0].gender", Message: "must be one of M, F, T"}
	}
	return query.Update{FIR: "13225008230123", Form: read.Form, Value: form}, nil
}

func (c *fakeClerk) Publish(_ context.Context, updates []query.Update) (map[int]int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, u := range updates {
		if u.Form == "unpublished" {
			return map[int]int64{0: 1}, errors.New("no broker answers; Rakesh")
		}
		u.Value = []byte(string(u.Value))
		c.published = append(c.published, u)
	}
	return map[int]int64{0: int64(len(c.published)), 2: 7}, nil
}

// Enter lets nobody enter IIF7, and stamps the rest.
func (f *fake) Enter(_ context.Context, who access.Identity, updates []query.Update) (map[int]error, error) {
	refused := map[int]error{}
	for i := range updates {
		if updates[i].Form == "IIF7" {
			refused[i] = fmt.Errorf("%w: %w", query.ErrMayNotEnter, &query.FieldError{Field: "form", Message: "must be one that your role enters"})
		}
		updates[i].EnteredBy = who.Who()
	}
	return refused, nil
}

// TestUpdates: what is entered is published as a whole, stamped and in order, against a receipt; of what is not, each form is
// named with its line and field, and nothing of it is published.
func TestUpdates(t *testing.T) {
	s := serve(t, nil)
	type answer struct {
		Receipt string
		Forms   int
		Error   refusal
		Refused []refusal
	}
	f := func(mediaType, body string, status, published int) (a answer) {
		t.Helper()
		before := len(s.clerk.published)
		r := s.do("POST", "/v1/updates", body, "Content-Type", mediaType)
		if err := json.Unmarshal([]byte(r.text), &a); err != nil || r.StatusCode != status || len(s.clerk.published)-before != published {
			t.Fatalf("%d, %d published, %v: %s; want %d and %d", r.StatusCode, len(s.clerk.published)-before, err, r.text, status, published)
		}
		return a
	}
	const one = "{\n \"form\": \"IIF1\",\n \"x\": 1}"
	if a := f("application/json", one, 200, 1); a.Receipt != "0:1,2:7" || a.Forms != 1 {
		t.Errorf("receipt %+v", a)
	}
	if u := s.clerk.published[0]; string(u.Value) != one || u.EnteredBy != "desk" {
		t.Errorf("published %+v", u)
	}
	var list strings.Builder
	for i := range 200 {
		fmt.Fprintf(&list, "{\"form\":\"IIF2\",\"n\":%d}\r\n\n", i)
	}
	if a := f(ndjson, list.String(), 200, 200); a.Receipt != "0:201,2:7" || a.Forms != 200 {
		t.Errorf("receipt %+v", a)
	}
	for i, u := range s.clerk.published[1:] {
		if string(u.Value) != fmt.Sprintf(`{"form":"IIF2","n":%d}`, i) {
			t.Fatalf("form %d is %s", i, u.Value)
		}
	}
	good := `{"form":"IIF1"}`
	a := f(ndjson, good+"\n\n"+`{"form":"bad"}`+"\n"+good+"\n{", 400, 0)
	if a.Error.Line != 3 || a.Error.Field != "persons[0].gender" || !strings.HasPrefix(a.Error.Message, "line 3: persons[0].gender: must be one of M") ||
		len(a.Refused) != 2 || a.Refused[1].Line != 5 {
		t.Errorf("refusals %+v", a)
	}
	if a := f(ndjson, good+"\n"+`{"form":"IIF7"}`, 403, 0); a.Error.Code != "forbidden" || a.Error.Field != "form" || a.Error.Line != 2 {
		t.Errorf("refusal %+v", a)
	}
	if a := f(ndjson, strings.Repeat(`{"form":"bad"}`+"\n", 100), 400, 0); len(a.Refused) != 20 || !strings.Contains(a.Error.Message, "99 more") {
		t.Errorf("refusals %+v", a)
	}
	f(ndjson, "\n \n", 400, 0)
	f("application/json", good+good, 400, 0)
	f("text/csv", "form\nIIF1", 415, 0)
	if f("application/json", `{"form":"unpublished"}`, 503, 0); strings.Contains(s.do("POST", "/v1/updates", `{"form":"unpublished"}`).text, "Rakesh") {
		t.Error("the answer quotes the log's error")
	}
	if r := s.do("POST", "/v1/updates?at_least=0:1", good); r.StatusCode != 400 {
		t.Errorf("a query: %d", r.StatusCode)
	}
}
