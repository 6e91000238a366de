package web

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/audit"
)

// upload is a form with a file, and the headers that it is posted with.
func upload(t *testing.T, of, name string, file []byte, token, lang string) (form string, headers []string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("of", of)
	part, err := w.CreateFormFile("list", name)
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return body.String(), append(asPage(token, lang), "Content-Type", w.FormDataContentType())
}

// putOn puts a list on the page and returns where it is.
func (s *site) putOn(of, name string, file []byte, token, lang string) string {
	s.t.Helper()
	form, headers := upload(s.t.(*testing.T), of, name, file, token, lang)
	r := s.do("POST", "/lists", form, headers...)
	at := r.Header.Get("Location")
	if r.StatusCode != 303 || !strings.HasPrefix(at, "/lists/") {
		s.t.Fatalf("put: %d %s", r.StatusCode, r.text)
	}
	return at
}

// ended waits until a list on the page was searched for.
func (s *site) ended(at, token, lang string) reply {
	s.t.Helper()
	var r reply
	until(s.t.(*testing.T), "the list ends", func() bool {
		r = s.do("GET", at, "", asPage(token, lang)...)
		return !strings.Contains(r.text, "<progress")
	})
	return r
}

var outcomeShown = regexp.MustCompile(`<tr class="is-(\w+)"><td[^>]*>(\d+)</td>`)

// TestListOnThePage: a list is put, asked about, told, searched for by the batch's door and shown, what matters first, in the language
// alone; what was found is taken away as anvesh match writes it, by whom the policy lets, and that stands in the log before.
func TestListOnThePage(t *testing.T) {
	log := openLog(t)
	s := serve(t, func(o *Options) { o.Audit = log })
	const list = "Name,Zorg Name,Age\nnobody,a,34\nfield,b,35\nVirender,c,36\nUnread,d,NA\n"
	for role, lang := range map[string]string{access.RoleSHO: "en", access.RoleConstable: "hi"} {
		token := s.officer(role, "13225008").SignIn(s.keys)
		at := s.putOn("persons", "wanted.csv", []byte(list), token, lang)
		columns := s.do("GET", at, "", asPage(token, lang)...)
		for _, has := range []string{"wanted.csv", `class="asked-for"`, `name="column1"`, "Zorg Name", "nobody · field · Virender", "disabled", map[string]string{"en": "Say what the marked columns are.", "hi": "बताएँ कि चिह्नित स्तंभ क्या हैं।"}[lang]} {
			if columns.StatusCode != 200 || !strings.Contains(columns.text, has) {
				t.Fatalf("the columns lack %q: %d %s", has, columns.StatusCode, columns.text)
			}
		}
		if other := foreign(columns.text, lang, "Column", "taken for", "Search for", "passed over"); other != "" {
			t.Errorf("the columns in %s say %q", lang, other)
		}
		post := func(form string, status int, has string) reply {
			t.Helper()
			r := s.do("POST", at, form, asPage(token, lang)...)
			if r.StatusCode != status || !strings.Contains(r.text+r.Header.Get("Location"), has) {
				t.Fatalf("%s: %d %s", form, r.StatusCode, r.text)
			}
			return r
		}
		post(fields("do", "search", "reason", "FIR 12/2026"), 400, map[string]string{"en": "what does the column", "hi": "क्या अर्थ है"}[lang])
		post(fields("do", "columns", "column1", "nonsense"), 400, "alias")
		post(fields("do", "columns", "column1", "alias"), 303, at)
		if r := s.do("GET", at, "", asPage(token, lang)...); strings.Contains(r.text, "asked-for") || !strings.Contains(r.text, `<option value="alias" selected>`) {
			t.Fatalf("told: %s", r.text)
		}
		post(fields("do", "search", "reason", "x"), 400, map[string]string{"en": "an FIR, GD or diary number", "hi": "रोज़नामचा"}[lang])
		post(fields("do", "search", "reason", "FIR 12/2026"), 303, at)
		end := s.ended(at, token, lang)
		var order []string
		for _, m := range outcomeShown.FindAllStringSubmatch(end.text, -1) {
			order = append(order, m[1]+m[2])
		}
		if fmt.Sprint(order) != "[probable4 probable5 none2 refused3]" {
			t.Errorf("the answers stand as %v: %s", order, end.text)
		}
		for _, has := range map[string][]string{"en": {"PROBABLE", "Birender &lt;b&gt;", "absconding", "no match among what was seen", "must have two letters", "A lead is no ground for a stop."},
			"hi": {"संभावित", "फ़रार", "देखे गए में कोई मिलान नहीं", "सुराग रोकने का आधार नहीं है।", "आयु"}}[lang] {
			if !strings.Contains(end.text, has) {
				t.Errorf("the answers in %s lack %q: %s", lang, has, end.text)
			}
		}
		if other := foreign(end.text, lang, "Best hit", "Row<", "absconding", "hits", "Download"); other != "" {
			t.Errorf("the answers in %s say %q", lang, other)
		}
		if s.engine.ofList() == "" {
			t.Error("the rows are no rows of a list to the door")
		}
		before := len(log.events)
		r := s.do("GET", at+"/csv", "", asPage(token, lang)...)
		if role == access.RoleConstable {
			if r := s.do("GET", at+"/xlsx", "", asPage(token, lang)...); r.StatusCode != 403 || strings.Contains(r.text, "Sheet1") {
				t.Errorf("a constable takes the workbook away: %d", r.StatusCode)
			}
			if r.StatusCode != 403 || strings.Contains(r.text, "line,ref") || len(log.events) != before {
				t.Errorf("a constable takes the answers away: %d %s", r.StatusCode, r.text)
			}
		} else {
			rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.text, "\ufeff"))).ReadAll()
			if err != nil || r.StatusCode != 200 || len(rows) != 5 || fmt.Sprint(rows[0][:5]) != "[line ref Name Zorg Name Age]" || rows[1][0] != "2" || rows[3][2] != "Virender" {
				t.Errorf("the file: %d, %v, %q", r.StatusCode, err, r.text)
			}
			ev := log.events[len(log.events)-1]
			if asked := fmt.Sprint(ev.Rows[0].Asked); ev.Kind != audit.KindExport || ev.Who.Role != role || len(log.events) != before+1 || !strings.Contains(asked, s.engine.ofList()) {
				t.Errorf("the download is not in the log: %+v", ev)
			}
			workbook := s.do("GET", at+"/xlsx", "", asPage(token, lang)...)
			b, err := excelize.OpenReader(strings.NewReader(workbook.text))
			if err != nil || !strings.HasSuffix(workbook.Header.Get("Content-Disposition"), "wanted%20-%20matches.xlsx") || len(log.events) != before+2 {
				t.Fatalf("the workbook: %d, %v, %v", workbook.StatusCode, err, workbook.Header)
			}
			if cells, err := b.GetRows("Sheet1"); err != nil || len(cells) != len(rows) || fmt.Sprint(cells[0]) != fmt.Sprint(rows[0]) || cells[3][2] != "Virender" {
				t.Errorf("the workbook holds %q, %v", cells, err)
			}
			log.mu.Lock()
			log.fails = true
			log.mu.Unlock()
			if r := s.do("GET", at+"/csv", "", asPage(token, lang)...); r.StatusCode != 503 || strings.Contains(r.text, "Birender") {
				t.Errorf("a file that cannot be logged: %d", r.StatusCode)
			}
			log.mu.Lock()
			log.fails = false
			log.mu.Unlock()
		}
		post("do=end", 303, "/lists")
		if r := s.do("GET", at, "", asPage(token, lang)...); r.StatusCode != 404 || strings.Contains(r.text, "Virender") {
			t.Errorf("after its end: %d", r.StatusCode)
		}
	}
}

// TestListNamesFields: what is said of a list's columns and rows calls a field as the page does in that language, never as the contract.
func TestListNamesFields(t *testing.T) {
	s := serve(t, nil)
	const list = "Name of Accused,Name of Owner,Age,Birth year\nVirender,,34,1990\nVirender,,NA,12345\n?????,,30,\n"
	token := s.officer(access.RoleSHO, "13225008").SignIn(s.keys)
	for lang, want := range map[string][4]string{"en": {"Name: read from", "Age today: left out", "Birth year: it cannot", "Name: its letters"},
		"hi": {"नाम: &#34;Name", "आयु: छोड़", "जन्म वर्ष: चार", "नाम: सूची"}} {
		at := s.putOn("persons", "l.csv", []byte(list), token, lang)
		said := s.do("GET", at, "", asPage(token, lang)...).text
		s.do("POST", at, fields("do", "search", "reason", "DD 1/2026"), asPage(token, lang)...)
		said += s.ended(at, token, lang).text
		for _, has := range want {
			if !strings.Contains(said, has) {
				t.Errorf("%s: nothing says %q: %s", lang, has, said)
			}
		}
		for _, lacks := range []string{">name: ", ">age: ", ">birth_year: "} {
			if strings.Contains(said, lacks) {
				t.Errorf("%s: it says %q: %s", lang, lacks, said)
			}
		}
	}
}

// TestUnpackedSize: how large answers are is known without unpacking them.
func TestUnpackedSize(t *testing.T) {
	for _, n := range []int{0, 1, 1 << 20} {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		w.Write(bytes.Repeat([]byte("x"), n))
		w.Close()
		if got := unpackedSize(packed.Bytes()); got != n {
			t.Errorf("%d bytes are %d", n, got)
		}
	}
}

// TestRowFromList: a row of which more was found than the best is searched for alone, as the list has it, under the list's reason.
func TestRowFromList(t *testing.T) {
	s := serve(t, nil)
	token := s.officer(access.RoleSHO, "13225008").SignIn(s.keys)
	at := s.putOn("persons", "l.csv", []byte("S.No.,Name,Father Name,Age\n7,many,Om Parkash,35\n8,nobody,,\n"), token, "en")
	s.do("POST", at, fields("do", "search", "reason", "GD 77/2026"), asPage(token, "en")...)
	end := s.ended(at, token, "en").text
	forms := regexp.MustCompile(`<form method="post" action="/">(.*?)</form>`).FindAllString(end, -1)
	if len(forms) != 1 {
		t.Fatalf("%d rows can be searched for alone: %s", len(forms), end)
	}
	var pairs []string
	for _, in := range regexp.MustCompile(`name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(forms[0], -1) {
		pairs = append(pairs, in[1], in[2])
	}
	r := s.do("POST", "/", fields(pairs...), asPage(token, "en")...)
	p, _ := s.engine.request().(*query.PersonRequest)
	if r.StatusCode != 200 || !strings.Contains(r.text, `value="many"`) || p == nil || p.Reason != "GD 77/2026" || p.Name != "many" || p.Relative != "Om Parkash" || p.Age != 35 {
		t.Errorf("%q: %d, asked %+v", pairs, r.StatusCode, p)
	}
}

// TestCaseFromList: a case that is opened from a list leads back to that list and its page, bears the list's reason on paper, and is shown
// in the other language at an address of its own; somebody else's list is none.
func TestCaseFromList(t *testing.T) {
	s := serve(t, nil)
	token := s.officer(access.RoleSHO, "13225008").SignIn(s.keys)
	at := s.putOn("persons", "l.csv", []byte("Name\nVirender\n"), token, "en")
	s.do("POST", at, fields("do", "search", "reason", "GD 77/2026"), asPage(token, "en")...)
	link := regexp.MustCompile(`href="(/case/[^"]+)"`).FindStringSubmatch(s.ended(at, token, "en").text)
	if link == nil {
		t.Fatal("no case is shown")
	}
	from := strings.ReplaceAll(link[1], "&amp;", "&")
	f := func(path, token string, has, lacks string) {
		t.Helper()
		r := s.do("GET", path, "", asPage(token, "en")...)
		if r.StatusCode != 200 || !strings.Contains(r.text, has) || strings.Contains(r.text, lacks) {
			t.Errorf("%s has %q, lacks %q: %d %s", path, has, lacks, r.StatusCode, r.text)
		}
	}
	f(from, token, `href="`+at+`?at=0"`, `id="back"`)
	f(from, token, `<span data-reason>GD 77/2026</span>`, `id="back"`)
	f(from, token, `href="`+link[1]+`&amp;lang=hi"`, `id="back"`)
	f(from+"&lang=hi", token, "सूची पर वापस", "Back to")
	other := s.officer(access.RoleSupervisor, "13225").SignIn(s.keys)
	f(from, other, `<span data-reason></span>`, "GD 77/2026")
	path, _, _ := strings.Cut(from, "?")
	f(path, token, `id="back" href="/" hidden`, "GD 77/2026")
	f(path, token, `href="`+path+`?lang=hi"`, "GD 77/2026")
}

// TestWorkbookOnThePage: a sheet of a workbook is chosen, and vehicles are searched for.
func TestWorkbookOnThePage(t *testing.T) {
	s := serve(t, nil)
	b := excelize.NewFile()
	b.SetSheetRow("Sheet1", "A1", &[]any{"Registration No"})
	b.SetSheetRow("Sheet1", "A2", &[]any{"HR26DK8337"})
	b.NewSheet("More")
	b.SetSheetRow("More", "A1", &[]any{"Chassis No"})
	b.SetSheetRow("More", "A2", &[]any{"MA3ERLF1S00123456"})
	b.SetSheetRow("More", "A3", &[]any{"MA3ERLF1S00123457"})
	var file bytes.Buffer
	if err := b.Write(&file); err != nil {
		t.Fatal(err)
	}
	token := s.officer(access.RoleSHO, "13225008").SignIn(s.keys)
	at := s.putOn("vehicles", `C:\cars.xlsx`, file.Bytes(), token, "en")
	if r := s.do("GET", at, "", asPage(token, "en")...); !strings.Contains(r.text, "<h1>cars.xlsx</h1>") || !strings.Contains(r.text, "Search for 1 rows") || !strings.Contains(r.text, "<option>More</option>") {
		t.Fatalf("%s", r.text)
	}
	if r := s.do("POST", at, fields("do", "columns", "sheet", "More", "column0", "registration"), asPage(token, "en")...); r.StatusCode != 303 {
		t.Fatalf("%d %s", r.StatusCode, r.text)
	}
	if r := s.do("GET", at, "", asPage(token, "en")...); !strings.Contains(r.text, "Search for 2 rows") || !strings.Contains(r.text, `<option value="chassis" selected>`) {
		t.Fatalf("%s", r.text)
	}
	s.do("POST", at, fields("do", "search", "reason", "DD 1/2026", "sheet", "More"), asPage(token, "en")...)
	if end := s.ended(at, token, "en"); len(outcomeShown.FindAllString(end.text, -1)) != 2 {
		t.Errorf("%s", end.text)
	}
	if r, ok := s.engine.request().(*query.VehicleRequest); !ok || !strings.HasPrefix(r.Chassis, "MA3ERLF1S0012345") || r.Reason != "DD 1/2026" {
		t.Errorf("asked %+v", r)
	}
}

// TestLongListOnThePage: a list that is longer than the role may match is not searched for without an approval; the page says so, and
// what to tell whom.
func TestLongListOnThePage(t *testing.T) {
	s := serve(t, nil)
	constable := s.officer(access.RoleConstable, "13225008")
	token := constable.SignIn(s.keys)
	at := s.putOn("persons", "long.csv", []byte("Name\n"+strings.Repeat("Ram Kumar\n", 101)), token, "en")
	r := s.do("GET", at, "", asPage(token, "en")...)
	for _, has := range []string{"The list has 101 rows; your role may match 100 alone.", constable.ID, `name="approval"`} {
		if !strings.Contains(r.text, has) {
			t.Errorf("%q is missing: %s", has, r.text)
		}
	}
	if r := s.do("POST", at, fields("do", "search", "reason", "DD 1/2026", "approval", "x"), asPage(token, "hi")...); r.StatusCode != 403 || !strings.Contains(r.text, "दूसरे व्यक्ति की स्वीकृति") {
		t.Fatalf("without an approval: %d %s", r.StatusCode, r.text)
	}
	if s.engine.request() != nil || s.server.lists.Held() != 0 {
		t.Error("it was searched for")
	}
	supervisor := s.officer(access.RoleSupervisor, "13225").SignIn(s.keys)
	given := secretShown.FindStringSubmatch(s.do("POST", "/approvals", fields("for", constable.ID, "rows", "101", "reason", "DD 1/2026"), asPage(supervisor, "en")...).text)
	if given == nil {
		t.Fatal("no approval")
	}
	s.do("POST", at, fields("do", "search", "reason", "DD 1/2026", "approval", given[1]), asPage(token, "en")...)
	end := s.ended(at, token, "en")
	if n := len(outcomeShown.FindAllString(end.text, -1)); n != rowsShown || !strings.Contains(end.text, at+"?at=100") {
		t.Errorf("%d rows on the first page: %s", n, end.text)
	}
	if next := s.do("GET", at+"?at=100", "", asPage(token, "en")...); len(outcomeShown.FindAllString(next.text, -1)) != 1 || !strings.Contains(next.text, at+"?at=0") {
		t.Errorf("the second page: %s", next.text)
	}
	if s.server.lists.Held() != 0 {
		t.Error("the place of the list was not given back")
	}
}

// TestWhatIsNoListOnThePage: what cannot be read is refused in words beside the field, in the language; of others' lists nothing is seen.
func TestWhatIsNoListOnThePage(t *testing.T) {
	s := serve(t, nil)
	token := s.officer(access.RoleSHO, "13225008").SignIn(s.keys)
	f := func(of, name, file string, status int, has string, more ...string) {
		t.Helper()
		form, headers := upload(t, of, name, []byte(file), token, "hi")
		r := s.do("POST", "/lists", form, append(headers, more...)...)
		if r.StatusCode != status || !strings.Contains(r.text, has) {
			t.Errorf("%s: %d, want %d with %q: %s", name, r.StatusCode, status, has, r.text)
		}
	}
	f("persons", "a.png", "\x89PNG\r\n\x1a\n\x00\x00", 400, "यह फ़ाइल सूची नहीं है")
	f("persons", "a.xls", "\xd0\xcf\x11\xe0", 400, ".xls है")
	f("persons", "a.xlsx", "PK\x03\x04", 400, ".xlsx वर्कबुक नहीं")
	f("persons", "a.xlsx", "PKgarbage", 400, ".xlsx वर्कबुक नहीं है; इसे .xlsx या CSV में सहेजें")
	f("persons", "A.XLSM", "name\nx\n", 400, ".xlsx वर्कबुक नहीं")
	f("persons", "a.csv", "", 400, "फ़ाइल चुनें")
	f("persons", "a.csv", "\n\n", 400, "सूची ख़ाली है")
	f("cases", "a.csv", "name\nx\n", 400, "इनमें से एक चुनें")
	f("persons", "a.csv", "name\n"+strings.Repeat("x\n", mostRows+1), 400, "अधिक से अधिक 10000 पंक्तियाँ")
	f("persons", "a.csv", strings.Repeat("x", mostPut+1), 413, "8 MiB")
	f("persons", "a.csv", strings.Repeat("x", mostPut+maxBody+1), 413, "8 MiB")
	f("persons", "a.csv", "name\nx\n", 403, "किसी अन्य साइट", "Sec-Fetch-Site", "cross-site")
	f("persons", "a.csv", "name\nx\n", 415, "फ़ाइल चुनें", "Content-Type", "text/csv")
	f("persons", "a.csv", "name\nx\n", 400, "इनमें से एक चुनें", "Content-Type", "multipart/form-data; boundary=other")
	if s.server.lists.Held() != 0 {
		t.Error("a place was not given back")
	}
	at := s.putOn("persons", "a.csv", []byte("name\nRam Kumar\n"), token, "en")
	other := s.officer(access.RoleConstable, "13225009").SignIn(s.keys)
	for method, path := range map[string]string{"GET": at, "POST": at} {
		if r := s.do(method, path, "do=end", asPage(other, "en")...); r.StatusCode != 404 || strings.Contains(r.text, "Ram Kumar") {
			t.Errorf("another's list: %d %s", r.StatusCode, r.text)
		}
	}
	if r := s.do("GET", at, "", asPage(token, "en")...); r.StatusCode != 200 {
		t.Errorf("one's own: %d", r.StatusCode)
	}
	s.do("POST", "/logout", "", asPage(token, "en")...)
	if len(s.server.held.byID) != 0 {
		t.Error("a list is held beyond its session")
	}
}

// TestListsAreHeldBriefly: a session has one list, all together a few, and one that nobody looks at goes; what is searched for meanwhile
// ends with it, and so it does at a stop.
func TestListsAreHeldBriefly(t *testing.T) {
	now := time.Now()
	h := newHeldLists(func() time.Time { return now })
	var all []*heldList
	for i := range mostHeld + 1 {
		now = now.Add(time.Second)
		l := &heldList{session: sessionMark(fmt.Sprint("s", i)), file: []byte("x")}
		if err := h.put(l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	if len(h.byID) != mostHeld || h.get(all[0].id, "s0") != nil || all[0].file != nil {
		t.Errorf("%d are held", len(h.byID))
	}
	second := &heldList{session: sessionMark("s5")}
	if err := h.put(second); err != nil || h.get(all[5].id, "s5") != nil || h.get(second.id, "s5") != second || h.get(second.id, "s6") != nil {
		t.Errorf("a second list of a session: %v", err)
	}
	for _, l := range h.byID {
		l.stage = atSearch
	}
	if err := h.put(&heldList{session: sessionMark("new")}); err != errBusy {
		t.Errorf("beside as many as are searched for: %v", err)
	}
	second.timer.Reset(0)
	until(t, "it goes", func() bool { return h.of("s5") == nil })

	s := serve(t, nil)
	token := s.officer(access.RoleSHO, "13225008").SignIn(s.keys)
	at := s.putOn("persons", "a.csv", []byte("name\nwait\nx\n"), token, "en")
	s.do("POST", at, fields("do", "search", "reason", "DD 1/2026"), asPage(token, "en")...)
	<-s.engine.began
	if r := s.do("GET", at, "", append(asPage(token, "en"), "Anvesh-Part", "desk")...); !strings.Contains(r.text, "Searched for: 0 of 2 rows") || strings.Contains(r.text, "<html") || !strings.Contains(r.text, `data-again="1"`) {
		t.Errorf("while it is searched for: %s", r.text)
	}
	if r := s.do("GET", at, "", asPage(token, "en")...); !strings.Contains(r.text, `<noscript><meta http-equiv="refresh"`) {
		t.Errorf("without scripts: %s", r.text)
	}
	s.stop() // returns only once the search has ended
	if s.server.lists.Held() != 0 || len(s.server.held.byID) != 0 {
		t.Error("a list outlives the service")
	}
}
