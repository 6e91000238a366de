package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"anvesh/indexer"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/register"
	"anvesh/query/web"
	"anvesh/storage"
)

// The attempts to learn what may not be shown are data: testdata/leaks/world.ndjson is what the log holds (made-up people,
// partition, the log's time, key, value), testdata/leaks/attempts.tsv what is asked: kind of attempt, call, what must come
// back, and the fields of the request as JSON. The answers come from the real HTTP handler over a store that the real
// indexer filled. What must come back:
//
//	none     200 without a hit, total 0
//	clean    an answer that holds no word and no id of leakSecrets, however good it is
//	absent   to the byte what comes back for a case that was never held
//	refused  an error of the request, which repeats nothing of it
//	alike    a refusal, to the byte what comes back for a case that was never held

// leakSecrets are words of those who may not be found, in lower case, and ids of their records.
var leakSecrets = []string{
	"kavisha", "कविषा", "tanwar", "तंवर", "chhutki", "urmila", "उर्मिला", "nayagaon", "teen murti", "saraswati", "jasodhara", "pilani",
	"lekhraj", "लेखराज", "mehndiratta", "मेहंदीरत्ता", "bhavnagar", "chandrakala", "ahuja", "rohitash", "रोहिताश", "pilwal", "pataudi",
	"devkaran", "देवकरण", "siwach", "सिवाच", "mokhra", "4411/2026", "crm-m", "nirbhai", "malhan", "ompati", "ओमपति", "rangi", "kheri sadh", "phoolkanwar", "order 77",
	"order 13", "tejbhan", "khatkar", "lakhan majra", "munfed", "sirohi", "shakuntla", "शकुंतला", "narwana", "shakko", "rajwanti", "sushant", "dighal",
	"nitesh", "नितेश", "bhoria", "dharmavati", "asaudha", "premwati", "jhanjhariya", "akbarpur", "pushplata", "पुष्पलता", "jhojhu", "gulbadan", "marwaha",
	"raj nagar", "kartar", "santro", "kharkara", "hr26zk0005", "hr26zk0006", "hr26zk0013", "ma3zzz", "k10zz131313",
	"/p/v1", "/p/c1", "/p/w1", "~party", "13225008260003/p/a1", "13225008260004/p/a1", "13225008260009/p/a1", "13225008260010/p/a1",
	"13225008260014/p/a1", "13225008260013/v/v1", "13225008260005", "13225008260006", "13225008260007",
}

// A leakRig is a service in this process, without a log.
type leakRig struct {
	t    *testing.T
	addr string
	key  string
}

// newLeakRig fills a store with the world and serves it.
func newLeakRig(t *testing.T) *leakRig {
	dir, reg := t.TempDir(), register.New()
	store, err := storage.Open(storage.Options{Dir: dir, Terms: register.Terms, TermsSum: register.TermsSum,
		TermsVersion: register.TermsVersion, Derived: reg})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	fillWorld(t, store)
	keys, err := access.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keys.Close() })
	key, _, err := keys.Add("somebody curious", access.RoleBureau)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := query.New(query.Options{Store: store, Register: reg, Case: viewCase})
	if err != nil {
		t.Fatal(err)
	}
	server, err := web.New(web.Options{Engine: engine, Keys: keys, Clerk: clerk{}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln) }()
	t.Cleanup(func() {
		if err := server.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return &leakRig{t, ln.Addr().String(), key}
}

// fillWorld applies the messages of the world, each by itself, and waits until they are searchable.
func fillWorld(t *testing.T, store *storage.Store) {
	f, err := os.Open("testdata/leaks/world.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	x := indexer.New(store, nobodyRejects{t}, slog.New(slog.DiscardHandler))
	next := map[int]int64{}
	for d := json.NewDecoder(f); ; {
		var m struct {
			Partition int
			Time      time.Time
			Key       string
			Value     json.RawMessage
		}
		if err := d.Decode(&m); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if string(m.Value) == "null" {
			m.Value = nil
		}
		b := indexer.Batch{Topic: "t", Partition: m.Partition, Next: next[m.Partition] + 1,
			Messages: []indexer.Message{{Offset: next[m.Partition], Time: m.Time, Key: []byte(m.Key), Value: m.Value}}}
		if err := x.Apply(context.Background(), b); err != nil {
			t.Fatal(err)
		}
		next[m.Partition]++
	}
	for {
		offsets, moved := store.Offsets()
		if !slices.ContainsFunc(offsets, func(o storage.Offset) bool { return o.Next < next[o.Partition] }) && len(offsets) == len(next) {
			return
		}
		<-moved
	}
}

// nobodyRejects fails the test when a message of the world is refused.
type nobodyRejects struct{ t *testing.T }

func (n nobodyRejects) Reject(_ context.Context, rs []indexer.Rejection) error {
	n.t.Fatalf("the world is not valid: %s %s", rs[0].Field, rs[0].Reason)
	return nil
}

// ask sends a request and returns its status and body.
func (r *leakRig) ask(method, path, contentType, body string) (int, []byte) {
	r.t.Helper()
	q, err := http.NewRequest(method, "http://"+r.addr+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+r.key)
	if contentType != "" {
		q.Header.Set("Content-Type", contentType)
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	out, err := io.ReadAll(a.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return a.StatusCode, out
}

// An attempt is one line of attempts.tsv.
type attempt struct {
	kind, call, expect string
	fields             map[string]any
	line               int
}

func readAttempts(t *testing.T) (out []attempt) {
	f, err := os.Open("testdata/leaks/attempts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	line := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		line++
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		parts := strings.Split(s.Text(), "\t")
		a := attempt{kind: parts[0], call: parts[1], expect: parts[2], line: line}
		if err := json.Unmarshal([]byte(parts[3]), &a.fields); err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
		out = append(out, a)
	}
	return out
}

// send makes the attempt.
func (r *leakRig) send(a attempt) (status int, body []byte) {
	const reason = "reason=FIR+1/2026"
	text := func(field string) string { s, _ := a.fields[field].(string); return s }
	switch a.call {
	case "persons", "vehicles":
		fields := map[string]any{"reason": "FIR 1/2026"}
		for k, v := range a.fields {
			fields[k] = v
		}
		b, _ := json.Marshal(fields)
		return r.ask("POST", "/v1/"+a.call+"/search", "application/json", string(b))
	case "persons-rows", "vehicles-rows":
		var b bytes.Buffer
		for _, row := range a.fields["rows"].([]any) {
			json.NewEncoder(&b).Encode(row)
		}
		return r.ask("POST", "/v1/"+strings.TrimSuffix(a.call, "-rows")+"/match?"+reason, "application/x-ndjson", b.String())
	case "persons-csv", "vehicles-csv":
		return r.ask("POST", "/v1/"+strings.TrimSuffix(a.call, "-csv")+"/match?"+reason, "text/csv", text("csv"))
	case "case":
		return r.ask("GET", "/v1/cases/"+text("fir"), "", "")
	case "case-head":
		return r.ask("HEAD", "/v1/cases/"+text("fir"), "", "")
	case "number":
		return r.ask("GET", "/v1/cases?number="+url.QueryEscape(text("number"))+"&station="+url.QueryEscape(text("station")), "", "")
	case "unmask":
		return r.ask("POST", "/v1/cases/"+text("fir")+"/unmask", "application/json", `{"reason":"FIR 1/2026"}`)
	case "updates":
		b, _ := json.Marshal(a.fields)
		return r.ask("POST", "/v1/updates", "application/json", string(b))
	case "get":
		return r.ask("GET", text("path"), "", "")
	}
	r.t.Fatalf("line %d: unknown call %s", a.line, a.call)
	return 0, nil
}

// absent is the attempt at a case that was never held.
func (a attempt) absent() attempt {
	a.fields = map[string]any{"fir": "13225008268888", "number": "8888/2026", "station": a.fields["station"]}
	return a
}

// told is what an answer says beside what was asked: its texts in lower case, without the echo of the request.
func told(body []byte) string {
	var out strings.Builder
	for d := json.NewDecoder(bytes.NewReader(body)); ; {
		var v any
		if err := d.Decode(&v); err == io.EOF {
			return strings.ToLower(out.String())
		} else if err != nil { // no JSON
			return strings.ToLower(string(body))
		}
		b, _ := json.Marshal(withoutEcho(v))
		out.Write(b)
	}
}

// withoutEcho takes the words of the request out of reasons and remarks; text and hindi of a reason are made of both.
func withoutEcho(v any) any {
	switch v := v.(type) {
	case map[string]any:
		query, _ := v["query"].(string)
		delete(v, "query")
		for k, x := range v {
			if s, ok := x.(string); ok && query != "" {
				x = strings.ReplaceAll(s, query, "")
			}
			v[k] = withoutEcho(x)
		}
	case []any:
		for i := range v {
			v[i] = withoutEcho(v[i])
		}
	}
	return v
}

// leaks tells how an attempt succeeded, "" where it did not.
func (r *leakRig) leaks(a attempt) string {
	status, body := r.send(a)
	for _, s := range leakSecrets {
		if strings.Contains(told(body), s) {
			return "the answer has " + s + ": " + string(body)
		}
	}
	switch a.expect {
	case "none":
		var answer struct{ Total *int }
		if err := json.Unmarshal(body, &answer); err != nil || status != 200 || answer.Total == nil || *answer.Total != 0 {
			return "somebody is found: " + string(body)
		}
	case "clean":
		if status >= 500 || status >= 400 && a.call != "number" {
			return "the attempt was not answered: " + string(body)
		}
	case "absent":
		if s, b := r.send(a.absent()); s != status || status != 404 || !bytes.Equal(b, body) {
			return "the answer is not that of an absent case: " + string(body) + string(b)
		}
	case "alike":
		if s, b := r.send(a.absent()); s != status || status != 403 || !bytes.Equal(b, body) {
			return "the refusal is not that of an absent case: " + string(body) + string(b)
		}
	case "refused":
		if status < 400 || status >= 500 {
			return "the request was not refused: " + string(body)
		}
	default:
		r.t.Fatalf("line %d: unknown expectation %s", a.line, a.expect)
	}
	return ""
}

// TestLeaks makes every attempt; none may succeed.
func TestLeaks(t *testing.T) {
	r := newLeakRig(t)
	kinds := map[string]int{}
	all := readAttempts(t)
	for _, a := range all {
		kinds[a.kind]++
		if how := r.leaks(a); how != "" {
			t.Errorf("line %d, %s: %.1500s", a.line, a.kind, how)
		}
	}
	if len(all) < 200 || len(kinds) < 13 {
		t.Errorf("only %d attempts of %d kinds", len(all), len(kinds))
	}
	t.Logf("%d attempts of %d kinds: %v", len(all), len(kinds), kinds)
}

// TestLeaksSees: the rig finds those who may be found, so that finding nobody means something.
func TestLeaksSees(t *testing.T) {
	r := newLeakRig(t)
	f := func(call, want string, fields map[string]any) {
		t.Helper()
		if _, body := r.send(attempt{call: call, fields: fields}); !strings.Contains(string(body), want) {
			t.Errorf("%v: %s is not in %s", fields, want, body)
		}
	}
	for name, id := range map[string]string{"Harkesh Bidhuri": "0001/p/A1", "Gulfam": "0002/p/A1", "Virpal Ghanghas": "0003/p/A2", "Pappan": "0004/p/A2",
		"Balkishan Dhull": "0008/p/A1", "Satyawan Lohchab": "0011/p/A1", "Surajmal Kundu": "0012/p/A1"} {
		f("persons", "1322500826"+id, map[string]any{"name": name})
	}
	for name, id := range map[string]string{"Lekhraj Mehndiratta": "0002/p/C1", "Chandrakala Ahuja": "0002/p/W1", "Shakuntla Narwana": "0008/p/A1~party"} {
		f("persons", "1322500826"+id, map[string]any{"name": name, "role": []string{"complainant", "witness", "victim"}})
	}
	f("vehicles", "13225008260002/v/V1", map[string]any{"registration": "HR26ZK0002"})
	f("vehicles", "13225008260013/v/V2", map[string]any{"registration": "HR26ZK1313"})
	f("case", `"linked_firs":["13225008260002"]`, map[string]any{"fir": "13225008260012"})
	f("case", `"place":"Bus stand"`, map[string]any{"fir": "13225008260008"})
	f("number", `"fir":"13225008260012"`, map[string]any{"number": "12/2026", "station": "DLF Phase-1"})
}
