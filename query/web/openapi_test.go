package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"anvesh/query"
	"anvesh/query/access"

	"github.com/getkin/kin-openapi/openapi3"
)

// described reads the description that the server serves.
func described(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(serve(t, nil).do("GET", "/openapi.json", "").text))
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatalf("validate: %v", err)
	}
	return doc
}

func TestDescriptionHasWhatIsServed(t *testing.T) {
	var served, told []string
	for _, r := range allRoutes() {
		served = append(served, r.method+" "+r.path)
	}
	doc := described(t)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			told = append(told, method+" "+path)
			if op.Responses.Value("500") == nil || op.Security == nil {
				t.Errorf("%s %s says nothing of 500 or of credentials", method, path)
			}
		}
	}
	slices.Sort(served)
	slices.Sort(told)
	if !slices.Equal(served, told) {
		t.Fatalf("served:\n%s\ntold:\n%s", strings.Join(served, "\n"), strings.Join(told, "\n"))
	}
}

// TestDescriptionHasTheFields compares the schemas of requests with the tables that requests are decoded by.
func TestDescriptionHasTheFields(t *testing.T) {
	doc := described(t)
	compareFields(t, doc, "PersonSearch", personForm(), false)
	compareFields(t, doc, "PersonRow", personForm(), true)
	compareFields(t, doc, "VehicleSearch", vehicleForm(), false)
	compareFields(t, doc, "VehicleRow", vehicleForm(), true)
	compareFields(t, doc, "WantedCredential", wantedForm(), false)
	compareFields(t, doc, "WantedApproval", approvalForm(), false)
	compareFields(t, doc, "SignIn", signInForm(), false)
	compareFields(t, doc, "Enrolment", enrolmentForm(""), false)
	for path, schema := range map[string]string{"/v1/persons/search": "PersonSearch", "/v1/vehicles/search": "VehicleSearch"} {
		var inQuery []string
		for _, p := range doc.Paths.Value(path).Get.Parameters {
			inQuery = append(inQuery, p.Value.Name)
		}
		inBody := names(doc.Components.Schemas[schema].Value.Properties)
		slices.Sort(inQuery)
		if !slices.Equal(inQuery, inBody) {
			t.Errorf("%s: query %v, body %v", path, inQuery, inBody)
		}
	}
}

func names[V any](m map[string]V) []string {
	var list []string
	for name := range m {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

func compareFields[T any](t *testing.T, doc *openapi3.T, schema string, f *form[T], inRow bool) {
	t.Helper()
	told := doc.Components.Schemas[schema].Value
	var want []string
	for i := range f.fields {
		fld := &f.fields[i]
		if fld.row && !inRow {
			continue
		}
		want = append(want, fld.name)
		p := told.Properties[fld.name]
		if p == nil {
			t.Errorf("%s lacks %s", schema, fld.name)
			continue
		}
		if got := shape(p.Value); got != fld.shape() {
			t.Errorf("%s.%s is told as %s, decoded as %s", schema, fld.name, got, fld.shape())
		}
	}
	if slices.Sort(want); !slices.Equal(want, names(told.Properties)) {
		t.Errorf("%s has %v, want %v", schema, names(told.Properties), want)
	}
}

// shape is what both sides say of a field.
func shape(s *openapi3.Schema) string {
	switch {
	case s.Type.Is("integer"):
		return fmt.Sprintf("whole %v to %v", *s.Min, *s.Max)
	case s.Type.Is("array"):
		return fmt.Sprintf("list to %d of %v", *s.MaxItems, s.Items.Value.Enum)
	case len(s.Enum) > 0:
		return fmt.Sprintf("one of %v", s.Enum)
	case s.Format == "date":
		return "date"
	}
	return fmt.Sprintf("text to %d", *s.MaxLength)
}

func (fld *field[T]) shape() string {
	switch {
	case fld.kind == whole:
		return fmt.Sprintf("whole %v to %v", fld.bound.Least, fld.bound.Most)
	case fld.kind == list:
		return fmt.Sprintf("list to %d of %v", query.MaxItems, fld.bound.Choices)
	case fld.bound.Choices != nil:
		return fmt.Sprintf("one of %v", fld.bound.Choices)
	case strings.Contains(fld.hint, "date"):
		return "date"
	}
	return fmt.Sprintf("text to %d", fld.bound.Most)
}

// check finds the schema of an answer in the description and holds the answer to it.
func check(t *testing.T, doc *openapi3.T, path string, r reply) {
	t.Helper()
	op := doc.Paths.Value(path).GetOperation(r.Request.Method)
	what := fmt.Sprintf("%s %s: %d", r.Request.Method, path, r.StatusCode)
	told := op.Responses.Status(r.StatusCode)
	if told == nil {
		t.Fatalf("%s is not told of: %s", what, r.text)
	}
	for name := range told.Value.Headers {
		if r.Header.Get(name) == "" && name != "X-Unmapped-Columns" {
			t.Errorf("%s: the header %s is told of and missing", what, name)
		}
	}
	if r.StatusCode == 204 && len(told.Value.Content) == 0 && r.text == "" {
		return
	}
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if len(told.Value.Content) == 0 || mediaType == "text/plain" && r.StatusCode == 303 {
		return
	}
	content := told.Value.Content.Get(mediaType)
	if content == nil {
		t.Fatalf("%s: %s is not told of", what, mediaType)
	}
	for line := range strings.Lines(r.text) {
		var v any = r.text
		switch mediaType {
		case "application/json":
			line = r.text
			fallthrough
		case "application/x-ndjson":
			d := json.NewDecoder(bytes.NewReader([]byte(line)))
			if err := d.Decode(&v); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
		if err := content.Schema.Value.VisitJSON(v, openapi3.EnableFormatValidation()); err != nil {
			t.Fatalf("%s: %v\n%s", what, err, line)
		}
	}
}

func TestAnswersAreAsDescribed(t *testing.T) {
	doc := described(t)
	s := serve(t, nil)
	s.server.pause = func(context.Context, time.Duration) {} // of many calls that are refused
	f := func(method, path, at, body string, status int, headers ...string) {
		t.Helper()
		r := s.do(method, at, body, headers...)
		if r.StatusCode != status {
			t.Fatalf("%s %s: status %d, want %d: %s", method, at, r.StatusCode, status, r.text)
		}
		check(t, doc, path, r)
	}
	asAdmin := []string{"Authorization", "Bearer " + s.admin}
	asForm := []string{"Content-Type", formType}
	for kind, word := range map[string]string{"persons": "name", "vehicles": "registration"} {
		search, match := "/v1/"+kind+"/search", "/v1/"+kind+"/match"
		for asked, status := range map[string]int{"x": 200, "field": 400, "stale": 409, "early": 503, "busy": 503, "broken": 500, "panic": 500, "spent": 429} {
			f("POST", search, search, fmt.Sprintf(`{"%s":"%s","reason":"DD 1"}`, word, asked), status)
			f("GET", search, search+"?reason=DD+1&"+word+"="+asked, "", status)
			f("POST", match, match+"?reason=DD+1", fmt.Sprintf(`{"%s":"%s"}`, word, asked), 200, "Content-Type", ndjson)
		}
		f("POST", search, search, "{}", 401, "Authorization", "")
		f("POST", search, search, "{}", 415, "Content-Type", "text/plain")
		f("POST", search, search, strings.Repeat(" ", 70<<10), 413)
		f("POST", match, match, "x\ny", 400, "Content-Type", csvType)
		f("POST", match, match, "x\ny", 415, "Content-Type", "text/plain")
	}
	f("GET", "/v1/cases", "/v1/cases?number=1/2023", "", 200)
	f("GET", "/v1/cases", "/v1/cases", "", 400)
	f("GET", "/v1/cases/{fir}", "/v1/cases/13225008230123", "", 200)
	f("GET", "/v1/cases/{fir}", "/v1/cases/13225008230124", "", 404)
	for body, status := range map[string]int{`{"reason":"DD 1"}`: 200, `{"reason":"DD 2"}`: 403, `{"reasons":"DD 1"}`: 400} {
		f("POST", "/v1/cases/{fir}/unmask", "/v1/cases/13225008230123/unmask", body, status)
	}
	f("POST", "/v1/cases/{fir}/unmask", "/v1/cases/13225008230124/unmask", `{"reason":"DD 1"}`, 404)
	f("GET", "/v1/status", "/v1/status", "", 200)
	for form, status := range map[string]int{`{"form":"IIF1"}`: 200, `{"form":"bad"}`: 400, `{"form":"IIF7"}`: 403, `{"form":"unpublished"}`: 503} {
		f("POST", "/v1/updates", "/v1/updates", form, status)
		f("POST", "/v1/updates", "/v1/updates", form+"\n"+form, status, "Content-Type", ndjson)
	}
	f("POST", "/v1/updates", "/v1/updates", "{}", 415, "Content-Type", "text/plain")
	f("POST", "/v1/updates", "/v1/updates", "{}", 401, "Authorization", "")
	f("POST", "/v1/updates", "/v1/updates", strings.Repeat(" ", 70<<10), 413)
	f("GET", "/healthz", "/healthz", "", 200)
	f("GET", "/readyz", "/readyz", "", 200)
	f("GET", "/metrics", "/metrics", "", 200)
	f("GET", "/metrics", "/metrics", "", 401, "Authorization", "", "X-Real-Ip", "192.0.2.1")
	f("GET", "/openapi.json", "/openapi.json", "", 200)
	f("GET", "/v1/keys", "/v1/keys", "", 200, asAdmin...)
	f("GET", "/v1/keys", "/v1/keys", "", 403)
	f("POST", "/v1/keys", "/v1/keys", `{"name":"a"}`, 201, asAdmin...)
	f("POST", "/v1/keys", "/v1/keys", `{"name":"a"}`, 409, asAdmin...)
	f("POST", "/v1/keys/{id}/rotate", "/v1/keys/a/rotate", "", 200, asAdmin...)
	f("DELETE", "/v1/keys/{id}", "/v1/keys/a", "", 200, asAdmin...)
	f("DELETE", "/v1/keys/{id}", "/v1/keys/a", "", 404, asAdmin...)
	credentialsAsDescribed(t, s, f)
	f("GET", "/", "/", "", 200)
	f("GET", "/", "/?name=x&reason=DD+1", "", 401)
	f("POST", "/", "/", "name=x", 401, asForm...)
	elsewhere := []string{"Cookie", s.login(), "Sec-Fetch-Site", "cross-site"}
	f("GET", "/", "/?name=x&reason=DD+1", "", 403, elsewhere...)
	f("POST", "/", "/", "name=x&reason=DD+1", 403, append(elsewhere, asForm...)...)
	own := elsewhere[:2]
	f("GET", "/case/{fir}", "/case/13225008230123", "", 200, own...)
	f("GET", "/case/{fir}", "/case/13225008230124", "", 404, own...)
	f("GET", "/case/{fir}", "/case/1", "", 400, own...)
	f("GET", "/case/{fir}", "/case/13225008230123", "", 401)
	f("GET", "/case/{fir}", "/case/13225008230123", "", 403, elsewhere...)
	f("POST", "/login", "/login", "key=x", 401, asForm...)
	f("POST", "/login", "/login", "key="+s.key, 303, asForm...)
	f("POST", "/logout", "/logout", "", 303)
	f("GET", "/static/{file}", "/static/page.js", "", 200)
	f("GET", "/static/{file}", "/static/nothing", "", 404)
}

func TestDescriptionHasTheCodes(t *testing.T) {
	doc := described(t)
	told := doc.Components.Schemas["Problem"].Value.Properties["code"].Value
	var all []string
	for _, p := range []*problem{wrong("a", "b"), malformed("c"), unknownField("x", "y", nil), errNoKey, errNotAdmin, errNoPath,
		errNoMethod, errSlow, errTooLarge, errNotJSON, errManyConns, errManyWaits, errManyLists, errHeader, errPanic, errBusy, errNotPublished, errCode, errSpent, errNotConsistent, errHasHits, errIncomplete} {
		all = append(all, fmt.Sprintf("%s: %d", p.code, p.status))
	}
	for _, row := range table {
		all = append(all, fmt.Sprintf("%s: %d", row.is.code, row.is.status))
	}
	for _, code := range all {
		if name, _, _ := strings.Cut(code, ":"); !strings.Contains(told.Description, code) || !slices.Contains(told.Enum, any(name)) {
			t.Errorf("the description lacks %s", code)
		}
	}
}

// TestDescriptionHasTheAnswer compares what an answer may hold with its schema, also what the answers of the tests do not.
func TestDescriptionHasTheAnswer(t *testing.T) {
	schemas := described(t).Components.Schemas
	f := func(schema string, of reflect.Type) {
		t.Helper()
		told := names(schemas[schema].Value.Properties)
		var held []string
		for i := range of.NumField() {
			if name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ","); name != "" && name != "-" {
				held = append(held, name)
			}
		}
		if slices.Sort(held); !slices.Equal(held, told) {
			t.Errorf("%s is told as\n%v, and holds\n%v", schema, told, held)
		}
	}
	f("Answer", reflect.TypeFor[query.Answer]())
	f("CredentialReport", reflect.TypeFor[access.Report]())
	f("Me", reflect.TypeFor[me]())
	f("Key", reflect.TypeFor[access.Key]())
	f("Step", reflect.TypeFor[access.Step]())
	f("Hit", reflect.TypeFor[query.Hit]())
	f("CheckRequest", reflect.TypeFor[CheckRequest]())
	f("Check", reflect.TypeFor[Check]())
	f("BackupRequest", reflect.TypeFor[BackupRequest]())
	f("Rebuild", reflect.TypeFor[Rebuild]())
}
