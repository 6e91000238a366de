package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/match"
	"anvesh/query/statement"
)

// list sends a list and returns the answer's lines, decoded.
func (s *site) list(path, contentType, body string) (reply, []map[string]any) {
	s.t.Helper()
	r := s.do("POST", path, body, "Content-Type", contentType)
	if r.StatusCode != 200 {
		return r, nil
	}
	var rows []map[string]any
	for line := range strings.Lines(r.text) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			s.t.Fatalf("line %q: %v", line, err)
		}
		rows = append(rows, v)
	}
	return r, rows
}

const (
	ndjson  = "application/x-ndjson"
	csvType = "text/csv; charset=utf-8"
)

func TestListRowsInOrder(t *testing.T) {
	s := serve(t, nil)
	var body strings.Builder
	for i := range 10_500 {
		fmt.Fprintf(&body, "{\"ref\":\"r%d\",\"name\":\"Virender\",\"reason\":\"DD 1\"}\n", i)
	}
	_, rows := s.list("/v1/persons/match", ndjson, body.String())
	if len(rows) != 10_500 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		if row["ref"] != fmt.Sprintf("r%d", i) || row["line"] != float64(i+1) || row["error"] != nil || row["total"] != 1.0 {
			t.Fatalf("row %d: %v", i, row)
		}
	}
}

func TestListRowEqualsSingleSearch(t *testing.T) {
	s := serve(t, nil)
	f := func(kind, single, heading, cells string) {
		t.Helper()
		var want, got map[string]any
		if err := json.Unmarshal([]byte(s.do("POST", "/v1/"+kind+"/search", single).text), &want); err != nil {
			t.Fatal(err)
		}
		asked := s.engine.request()
		if s.engine.ofList() != "" {
			t.Fatal("a single search is taken for a row of a list")
		}
		for _, list := range [][2]string{{ndjson, single}, {csvType, heading + "\r\n" + cells + "\r\n"}} {
			_, rows := s.list("/v1/"+kind+"/match", list[0], list[1])
			if len(rows) != 1 {
				t.Fatalf("%d rows", len(rows))
			}
			got = rows[0]
			delete(got, "ref")
			delete(got, "line")
			if s.engine.ofList() == "" {
				t.Fatal("the engine is not told that this is a row of a list")
			}
			if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(asked, s.engine.request()) {
				t.Fatalf("%s:\n got %v of %+v\nwant %v of %+v", list[0], got, s.engine.request(), want, asked)
			}
		}
	}
	f("persons", `{"name":"Virender","relative":"Om","age":34,"gender":"M","place":"Meham","status":["wanted","abated"],"reason":"DD 1"}`,
		"NAME,Father Name,Age,gender,Address,status,Reason", `Virender,Om,34,Male,Meham,wanted; abated,DD 1`)
	f("persons", `{"name":"वीरेंद्र","relative":"ओम, \"पाल\"","birth_year":1990,"reason":"DD 1"}`,
		"\ufeffनाम,पिता का नाम,Birth Year,reason", "वीरेंद्र,\"ओम, \"\"पाल\"\"\",1990,DD 1")
	f("vehicles", `{"registration":"HR26DK8337","chassis":"MA3","engine":"K12","colour":"white","reason":"DD 1"}`,
		"Regn. No.,Chassis No,ENGINE_NO,Color,reason", "HR26DK8337,MA3,K12,white,DD 1")
	f("vehicles", `{"registration":"HR26?K*","reason":"DD 1"}`, "वाहन संख्या,reason", "HR26?K*,DD 1")
}

func TestListRowFaults(t *testing.T) {
	s := serve(t, nil)
	f := func(contentType, body string, want ...string) {
		t.Helper()
		_, rows := s.list("/v1/persons/match?reason=DD+1&limit=3", contentType, body)
		if len(rows) != len(want) {
			t.Fatalf("%d rows, want %d: %v", len(rows), len(want), rows)
		}
		for i, row := range rows {
			got := fmt.Sprintf("%v %v ok", row["line"], row["ref"])
			if e, bad := row["error"].(map[string]any); bad {
				got = fmt.Sprintf("%v %v %v %v", row["line"], row["ref"], e["code"], e["field"])
			}
			if got != want[i] {
				t.Fatalf("row %d: %q, want %q: %v", i, got, want[i], row)
			}
		}
	}
	long := strings.Repeat("x", 70<<10)
	f(ndjson, `{"ref":"a","name":"x"}`+"\n\n"+`{"nam":"x","ref":"b"}`+"\n"+`{"name":"x","limit":0,"ref":"c"}`+"\r\n{\n"+long+"\n"+
		`{"name":"panic","ref":"d"}`+"\n"+`{"name":"broken"}`+"\n"+`{"name":"stale"}`+"\n"+`{"name":"last","ref":"e"}`,
		"1 a ok", "3 b unknown_field nam", "4 c bad_value limit", "5  bad_request <nil>", "6  bad_request <nil>",
		"7 d internal <nil>", "8  internal <nil>", "9  not_fresh at_least", "10 e ok")
	f(csvType, "name,age,ref,other\nx,34,a,\n\nx,thirty,b\n\"x\ny\",34,c,z\nx,34,d,z,more\nx\n"+`"x"y,34,e`+"\n"+long+",34,f\n\"x,34,g\nx,34,h\n",
		"2 a ok", "4 b ok", "5 c ok", "7 d bad_request <nil>", "8  ok", "9  bad_request <nil>",
		"10  bad_request <nil>", "11  bad_request <nil>", "12 h ok")
	f(csvType, "name,gender,ref\nराम,M,z\n\xff,M,a\nx,Robot,b\nx,महिला,c\nx,,d",
		"2 z ok", "3 a bad_value name", "4 b ok", "5 c ok", "6 d ok")
}

func TestListAsAWhole(t *testing.T) {
	s := serve(t, nil)
	f := func(path, contentType, body string, status int, code, field string) reply {
		t.Helper()
		r, _ := s.list(path, contentType, body)
		if r.StatusCode != status {
			t.Fatalf("%s: status %d: %s", path, r.StatusCode, r.text)
		}
		if status != 200 {
			if p := r.problem(t); p.Code != code || p.Field != field {
				t.Fatalf("%s: %+v", path, p)
			}
		}
		return r
	}
	const p = "/v1/persons/match"
	f(p, "application/json", "{}", 415, "unsupported_media_type", "Content-Type")
	f(p, csvType, "\n", 400, "bad_request", "")
	f(p, csvType, "foo,bar\n1,2\n", 400, "bad_request", "")
	f(p, csvType, "ref,reason\n1,2\n", 400, "bad_request", "")
	f(p, csvType, "name,\"x\n", 400, "bad_request", "")
	f(p, csvType, "name,Accused Name\nx,y\n", 400, "bad_value", "name")
	f(p, ndjson, "", 400, "bad_request", "")
	f(p+"?limt=3", ndjson, "{}", 400, "unknown_field", "limt")
	f(p+"?limit=0", ndjson, "{}", 400, "bad_value", "limit")
	f(p+"?rows=0", csvType, "name\nx\n", 400, "bad_value", "rows")
	f(p+"?rows=many", csvType, "name\nx\n", 400, "bad_value", "rows")
	f(p+"?map=x", csvType, "name\nx\n", 400, "bad_value", "map")
	f(p+"?map=x=nmae", csvType, "name\nx\n", 400, "unknown_field", "nmae")
	r := f(p+"?reason=DD+1&map=Accused=name&map=Owner%20Of=-", csvType, "ACCUSED,Name of PS,owner of\nx,y,z\n", 200, "", "")
	if got := r.Header.Get("X-Unmapped-Columns"); got != "Name%20of%20PS" {
		t.Fatalf("unmapped columns %q", got)
	}
	if got := s.engine.request().(*query.PersonRequest); got.Name != "x" {
		t.Fatalf("searched for %+v", got)
	}
}

// TestListAnswersWhileItArrives writes a row, reads its answer, and only then writes the next.
func TestListAnswersWhileItArrives(t *testing.T) {
	s := serve(t, nil)
	pipe, out := io.Pipe()
	req, err := http.NewRequest("POST", "http://"+s.addr+"/v1/persons/match", pipe)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", ndjson)
	go fmt.Fprintln(out, `{"ref":"0","name":"x","reason":"DD 1"}`)
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	in := bufio.NewReader(resp.Body)
	for i := range 5 {
		line, err := in.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, fmt.Sprintf(`{"ref":"%d"`, i)) {
			t.Fatalf("row %d: %q, %v", i, line, err)
		}
		if i < 4 {
			fmt.Fprintf(out, "{\"ref\":\"%d\",\"name\":\"x\",\"reason\":\"DD 1\"}\n", i+1)
		}
	}
	out.Close()
	if rest, err := io.ReadAll(in); err != nil || len(rest) > 0 {
		t.Fatalf("after the last row: %q, %v", rest, err)
	}
}

// TestListOfClientThatReadsLast sends everything before it reads anything, far more than the buffers between hold.
func TestListOfClientThatReadsLast(t *testing.T) {
	s := serve(t, nil)
	row := `{"ref":"` + strings.Repeat("x", 200) + `","name":"` + strings.Repeat("y", 200) + `","reason":"DD 1"}` + "\n"
	n := 8 << 20 / len(row)
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(60 * time.Second))
	fmt.Fprintf(c, "POST /v1/persons/match HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		s.key, ndjson, n*len(row))
	for range n {
		if _, err := io.WriteString(c, row); err != nil {
			t.Fatalf("write: %v", err)
		}
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := 0
	for in := bufio.NewScanner(resp.Body); in.Scan(); lines++ {
	}
	if lines != n {
		t.Fatalf("%d answers to %d rows", lines, n)
	}
}

func TestListsAtOnceAndTooLarge(t *testing.T) {
	s := serve(t, func(o *Options) { o.MaxLists = 1 })
	pipe, out := io.Pipe()
	req, err := http.NewRequest("POST", "http://"+s.addr+"/v1/persons/match", pipe)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", ndjson)
	go fmt.Fprintln(out, `{"ref":"0","name":"x","reason":"DD 1"}`)
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := s.list("/v1/persons/match", ndjson, "{}"); r.StatusCode != 503 || r.problem(t).Code != "overloaded" {
		t.Fatalf("a second list: %d", r.StatusCode)
	}
	blank := strings.Repeat(strings.Repeat(" ", 1023)+"\n", 1024)
	for range 65 {
		if _, err := io.WriteString(out, blank); err != nil {
			break
		}
	}
	out.Close()
	text, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || !strings.Contains(string(text), `"code":"too_large"`) {
		t.Fatalf("a list that grows beyond 64 MiB: %v, %.300s", err, text)
	}
	r := s.raw(fmt.Sprintf("POST /v1/persons/match HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		s.key, ndjson, 64<<20+1) + strings.Repeat(" ", 16<<10))
	if r.StatusCode != 413 || r.problem(t).Code != "too_large" {
		t.Fatalf("a list that says that it is too large: %d", r.StatusCode)
	}
	if _, rows := s.list("/v1/persons/match", ndjson, `{"name":"x","reason":"DD 1"}`); len(rows) != 1 {
		t.Fatal("the place of a list that ended was not given back")
	}
}

// TestListOfClientThatLeaves closes the connection in the middle; the list must end and give its place back.
func TestListOfClientThatLeaves(t *testing.T) {
	s := serve(t, func(o *Options) { o.MaxLists = 1 })
	ctx, cancel := context.WithCancel(context.Background())
	pipe, out := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, "POST", "http://"+s.addr+"/v1/persons/match", pipe)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	req.Header.Set("Content-Type", ndjson)
	go fmt.Fprintln(out, `{"ref":"0","name":"x","reason":"DD 1"}`)
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	cancel()
	out.Close()
	until(t, "the place is given back", func() bool { return s.server.lists.Held() == 0 })
}

// TestRowsAreCounted: as the reader of lists counts them; the list comes out as it went in, also where it cannot be read, which is
// told by who reads it.
func TestRowsAreCounted(t *testing.T) {
	f := func(list, format string, want int) {
		t.Helper()
		out, n, err := counted(strings.NewReader(list), match.ListOptions{Kind: match.Persons, Format: format})
		if err != nil || n != want {
			t.Fatalf("%q: %d rows, %v, want %d", list, n, err, want)
		}
		if got, err := io.ReadAll(out); err != nil || string(got) != list {
			t.Fatalf("%q became %q, %v", list, got, err)
		}
	}
	f("name\nRam\n\"Om\nParkash\"\n", "csv", 2)
	f("{\"name\":\"a\"}\n\n{\"name\":\"b\"}\n", "ndjson", 2)
	f("x\ny\n", "csv", 0)
}

// TestLongListsNeedApproval: a list of more rows than the role may match is refused whole, unless another person has approved it:
// that very person's list, whole or in parts, of no more rows in all, and for a day.
func TestLongListsNeedApproval(t *testing.T) {
	s := serve(t, nil)
	constable := s.officer(access.RoleConstable, "13225008")
	other := s.officer(access.RoleConstable, "13225009")
	supervisor := s.officer(access.RoleSupervisor, "13225").SignIn(s.keys)
	long := "name,reason\n" + strings.Repeat("Ram Kumar,DD 1\n", 101)
	token, stranger := constable.SignIn(s.keys), other.SignIn(s.keys)
	f := func(what, brought, approval, list string, want int) {
		t.Helper()
		bring := as(brought)
		if access.IsToken(brought) { // on the page, as constables take no answers away
			bring = []string{"Cookie", cookieName + "=" + brought}
		}
		r := s.do("POST", "/v1/persons/match?approval="+approval, list, append(bring, "Content-Type", csvType)...)
		if r.StatusCode != want {
			t.Fatalf("%s: %d %s, want %d", what, r.StatusCode, r.text, want)
		}
		if want == 403 && r.problem(t).Code != "approval_required" {
			t.Fatalf("%s: %s", what, r.text)
		}
	}
	approve := func(brought, body string, want int) string {
		t.Helper()
		r := s.do("POST", "/v1/approvals", body, as(brought)...)
		if r.StatusCode != want {
			t.Fatalf("approve: %d %s, want %d", r.StatusCode, r.text, want)
		}
		var a struct{ Approval string }
		if err := json.Unmarshal([]byte(r.text), &a); err != nil {
			t.Fatal(err)
		}
		return a.Approval
	}
	f("as long as allowed", token, "", "name,reason\n"+strings.Repeat("Ram Kumar,DD 1\n", 100), 200)
	f("longer", token, "", long, 403)
	f("with an approval that is none", token, "x", long, 403)
	f("a bureau's", s.key, "", long, 200)
	wanted := `{"for":"` + constable.ID + `","rows":101,"reason":"FIR 12/2026"}`
	approve(token, wanted, 403) // his own
	approve(stranger, wanted, 403)
	approve(s.key, wanted, 403) // a machine is no second person
	approve(supervisor, `{"for":"nobody","rows":101,"reason":"FIR 12/2026"}`, 404)
	approve(supervisor, `{"for":"`+constable.ID+`","rows":101,"reason":"x"}`, 400)
	one := approve(supervisor, wanted, 201)
	f("another's", stranger, one, long, 403)
	f("a longer one still", token, one, long+"Om,DD 1\n", 403)
	f("approved", token, one, long, 200)
	f("a second time", token, one, long, 403)
	parts := approve(supervisor, `{"for":"`+constable.ID+`","rows":250,"reason":"FIR 12/2026"}`, 201)
	short := "name,reason\nRam Kumar,DD 1\n"
	f("a part of a long list", token, "&rows=101", short, 403)
	f("a part of one longer than approved", token, parts+"&rows=251", short, 403)
	f("parts of one", token, parts+"&rows=250", long, 200)
	f("parts of one", token, parts+"&rows=250", long, 200)
	f("more than is left", token, parts+"&rows=250", long, 403)
	f("what is left", token, parts+"&rows=250", short, 200)
	late := approve(supervisor, wanted, 201)
	s.clock.Move(25 * time.Hour)
	f("a day later", constable.SignIn(s.keys), late, long, 403)
}

// TestAnswersOfListsAreTakenAway: a list is answered on the page to whom the policy gives lists, and to a program, which makes its
// answers a file, only to whom it gives to take them away; a plain key may. A statement that nobody was found takes nothing away.
func TestAnswersOfListsAreTakenAway(t *testing.T) {
	key, err := statement.OpenKey(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *Options) { o.Statements = key })
	list := func(want int, said string, headers ...string) {
		t.Helper()
		r := s.do("POST", "/v1/persons/match", "name,reason\nRam Kumar,DD 1\n", append(headers, "Content-Type", csvType)...)
		if r.StatusCode != want || want == 403 && !strings.Contains(r.text, said) {
			t.Errorf("%d %s, want %d", r.StatusCode, r.text, want)
		}
	}
	f := func(role, unit string, page, program int) {
		t.Helper()
		token := s.officer(role, unit).SignIn(s.keys)
		said := "take them away"
		if page == 403 {
			said = "may not do this"
		}
		list(page, said, "Cookie", cookieName+"="+token)
		list(program, said, as(token)...)
	}
	f(access.RoleConstable, "13225008", 200, 403)
	f(access.RolePrison, "13225", 200, 403)
	f(access.RoleSHO, "13225008", 200, 200)
	f(access.RoleIO, "13225008", 200, 200)
	f(access.RoleSupervisor, "13225", 200, 200)
	f(access.RoleProsecution, "13225", 403, 403)
	f(access.RoleCourt, "13225", 403, 403)
	list(200, "", as(s.key)...)
	constable := s.officer(access.RoleConstable, "13225009").SignIn(s.keys)
	if r := s.do("POST", personSearch+"?statement=1", `{"name":"nobody","reason":"DD 1"}`, as(constable)...); r.StatusCode != 200 {
		t.Errorf("a statement: %d %s", r.StatusCode, r.text)
	}
}
