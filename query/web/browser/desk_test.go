package browser

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"
)

// An office is the program with those who look after it: two administrators by their keys, and persons with a second factor.
type office struct {
	service
	chief, second string
	persons       map[string]*person
}

// A person has a session, begun with name, password and code.
type person struct{ name, token string }

const password = "neela kamal 77 par"

var keyIn = regexp.MustCompile(`anv_\w+`)

// offices starts it once.
var offices = sync.OnceValues(func() (*office, error) {
	path, err := program()
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "office")
	o := &office{persons: map[string]*person{}}
	for name, key := range map[string]*string{"chief": &o.chief, "second chief": &o.second} {
		out, err := exec.Command(path, "keys", "add", "--name", name, "--role", "admin", "--data", data).CombinedOutput()
		if *key = keyIn.FindString(string(out)); err != nil || *key == "" {
			return nil, fmt.Errorf("%w: %s", err, out)
		}
	}
	if o.service, err = start(data, 2000); err != nil {
		return nil, err
	}
	for role, unit := range map[string]string{"constable": "13225008", "supervisor": "13225", "auditor": ""} {
		if o.persons[role], err = o.enrol(role, unit); err != nil {
			return nil, err
		}
	}
	return o, nil
})

// ask calls the API.
func (o *office) ask(key, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequest("POST", o.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		return fmt.Errorf("%s: %d %s %w", path, answer.StatusCode, text, err)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// issue gives a person of a role a key, with which a second factor is set first.
func (o *office) issue(name, number, role, unit string) (key string, err error) {
	var made struct{ ID, Key string }
	if err := o.ask(o.chief, "/v1/credentials", map[string]string{"name": name, "person": number, "role": role, "unit": unit}, &made); err != nil {
		return "", err
	}
	for _, step := range []struct{ key, do string }{{o.second, "approve"}, {o.chief, "issue"}} {
		if err := o.ask(step.key, "/v1/credentials/"+made.ID+"/"+step.do, struct{}{}, &made); err != nil {
			return "", err
		}
	}
	return made.Key, nil
}

// enrol makes a person of a role.
func (o *office) enrol(role, unit string) (*person, error) {
	p := &person{name: "Demo " + role}
	key, err := o.issue(p.name, "HR-"+role, role, unit)
	if err != nil {
		return nil, err
	}
	var factor struct{ Secret string }
	if err := o.ask(key, "/v1/me/second-factor", struct{}{}, &factor); err != nil {
		return nil, err
	}
	now := time.Now()
	code := func(at time.Time) string { // each serves once: that of this half minute, then that of the next
		text, err := totp.GenerateCode(factor.Secret, at)
		if err != nil {
			panic(err)
		}
		return text
	}
	if err := o.ask(key, "/v1/me/second-factor", map[string]string{"code": code(now), "password": password}, nil); err != nil {
		return nil, err
	}
	var session struct{ Token string }
	err = o.ask("", "/v1/signin", map[string]string{"name": p.name, "password": password, "code": code(now.Add(30 * time.Second))}, &session)
	p.token = session.Token
	return p, err
}

// atOffice opens a tab of the office.
func atOffice(t *testing.T, at screen, lang, theme string) (*tab, *office) {
	t.Helper()
	o, err := offices()
	if err != nil {
		t.Fatal(err)
	}
	b := openAt(t, o.service, at, lang, theme)
	return b, o
}

// signInAs begins a session of a person, or of a key where there is no person of that name.
func (b *tab) signInAs(o *office, who, lang string) {
	b.t.Helper()
	if p := o.persons[who]; p != nil {
		call(b, network.SetCookie, network.SetCookieParams{Name: "anvesh_session", Value: p.token, URL: o.url})
		b.do(chromedp.Navigate(o.url + "/?lang=" + lang))
	} else {
		b.do(chromedp.Navigate(o.url+"/?lang="+lang), chromedp.WaitVisible("#name"), chromedp.SetValue("#key", who), chromedp.Submit("#key"))
	}
	b.do(chromedp.WaitVisible(".rooms"))
}

// fits tells whether a view is accessible, and nothing of it wider than the screen.
func (b *tab) fits(what string) {
	b.t.Helper()
	b.accessible(what)
	if over := js[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		b.t.Errorf("%s is %d pixels too wide", what, over)
	}
}

// onBoth runs a test on both screens and in both languages, in each theme on one of them.
func onBoth(t *testing.T, f func(b *tab, o *office, lang, name string)) {
	for name, theme := range map[string]string{"desk-en": "light", "desk-hi": "dark", "phone-en": "contrast", "phone-hi": "light"} {
		t.Run(name, func(t *testing.T) {
			at, lang, _ := strings.Cut(name, "-")
			b, o := atOffice(t, map[string]screen{"desk": desk, "phone": phone}[at], lang, theme)
			f(b, o, lang, name)
		})
	}
}

// TestAccountView: who one is stands there, and fits.
func TestAccountView(t *testing.T) {
	_, err := offices()
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		at   screen
		lang string
		says string
	}{{desk, "en", "station staff"}, {phone, "hi", "थाने का कर्मचारी"}} {
		b, o := atOffice(t, one.at, one.lang, "light")
		b.signInAs(o, "constable", one.lang)
		b.do(chromedp.Click(`.rooms a[href="/account"]`), chromedp.WaitVisible("#desk h1"))
		if text := js[string](b, `document.getElementById("desk").textContent`); !strings.Contains(text, one.says) || !strings.Contains(text, "HR-constable") {
			t.Errorf("the account says %q", text)
		}
		b.fits("the account")
		b.whole("desk-account-" + one.at.name + "-" + one.lang)
	}
}

// TestSecondFactorView: whoever begins with a second factor sees its QR code, dark on light in every theme, as large as a telephone needs.
func TestSecondFactorView(t *testing.T) {
	onBoth(t, func(b *tab, o *office, lang, name string) {
		key, err := o.issue("SI "+name, "HR-qr-"+name, "sho", "13225008")
		if err != nil {
			b.t.Fatal(err)
		}
		b.signInAs(o, key, lang)
		b.do(chromedp.Click(`form[action="/account/second-factor"] button`), chromedp.WaitVisible(".qr"))
		if wide := js[float64](b, `document.querySelector(".qr").getBoundingClientRect().width`); wide < 200 {
			b.t.Errorf("the code is %v pixels wide", wide)
		}
		is(b, "the colours", `[...document.querySelectorAll(".qr path")].map((p) => getComputedStyle(p).fill).join()`, "rgb(255, 255, 255),rgb(0, 0, 0)")
		b.fits("the QR code")
		b.whole("desk-second-factor-" + name)
	})
}

// TestCredentialsView: a credential is requested by one administrator, approved by another and given out, with clicks alone.
func TestCredentialsView(t *testing.T) {
	onBoth(t, func(b *tab, o *office, lang, name string) {
		who := "Insp " + strings.ReplaceAll(name, "-", " ")
		b.signInAs(o, o.chief, lang)
		b.do(chromedp.WaitVisible("#person"), chromedp.SetValue("#name", who), chromedp.SetValue("#person", "HR-"+name), chromedp.SetValue("#role", "sho"),
			chromedp.SetValue("#unit", "13225008"), chromedp.Submit("#person"), chromedp.WaitVisible("p.say"))
		b.fits("open requests")
		b.whole("desk-credentials-" + name + "-1-requested")
		approve := `.cards button[value="approve"][aria-label$="` + who + `"]`
		b.do(chromedp.Click(approve), chromedp.WaitVisible(".say.none"))
		b.shot("desk-credentials-" + name + "-2-same-person")
		b.do(chromedp.Click(".who button"), chromedp.WaitVisible("#key"))
		b.signInAs(o, o.second, lang)
		b.do(chromedp.Click(approve), chromedp.WaitVisible("p.say"), chromedp.Click(`.cards button[value="issue"][aria-label$="`+who+`"]`), chromedp.WaitVisible("#fresh"))
		if key := js[string](b, `document.getElementById("fresh").textContent`); !strings.HasPrefix(key, "anv_") {
			b.t.Errorf("the key is shown as %q", key)
		}
		b.fits("the fresh key")
		b.whole("desk-credentials-" + name + "-3-issued")
	})
}

// TestApprovalsView: an approval is given, and its number shown.
func TestApprovalsView(t *testing.T) {
	b, o := atOffice(t, phone, "hi", "light")
	b.signInAs(o, "supervisor", "hi")
	b.do(chromedp.Click(`.rooms a[href="/approvals"]`), chromedp.WaitVisible("#for"), chromedp.SetValue("#for", "Demo constable"), chromedp.SetValue("#rows", "400"),
		chromedp.SetValue("#reason", "FIR 12/2026"), chromedp.Submit("#rows"), chromedp.WaitVisible("#fresh"))
	b.fits("the approval")
	b.whole("desk-approvals-phone-hi")
}

// TestLogView: an auditor sees what was asked, looks for one person's, and comes to the proof of an entry.
func TestLogView(t *testing.T) {
	onBoth(t, func(b *tab, o *office, lang, name string) {
		if err := o.ask(o.key, "/v1/persons/search", map[string]any{"name": "Sunil Kumar", "relative": "Shamsher", "reason": "FIR 12/2026", "limit": 3}, nil); err != nil {
			b.t.Fatal(err)
		}
		b.signInAs(o, "auditor", lang)
		b.do(chromedp.WaitVisible("#entries"), chromedp.SetValue("#who", "demo"), chromedp.SetValue("#kind", "search"), chromedp.Submit("#who"), chromedp.WaitVisible("#entries"))
		if text := js[string](b, `document.getElementById("entries").textContent`); !strings.Contains(text, "Shamsher") || !strings.Contains(text, "FIR 12/2026") {
			b.t.Errorf("the entries say %q", text)
		}
		b.fits("the log")
		b.whole("desk-log-" + name + "-1")
		b.do(chromedp.Click(`#entries a[href^="/log/"]`), chromedp.WaitVisible("pre.note"))
		b.fits("the proof")
		b.whole("desk-log-" + name + "-2-proof")
	})
}

// list is a made-up list, of which one column has to be told.
const list = "S.No.,Name of Accused,Father Name,Age,Zorg Name\n1,Sunil Kumar,Shamsher,34,x\n2,Xqzwv Bhrtk,,,y\n3,Rajesh Kumar,Om Parkash,NA,z\n4,?????,Ram,30,w\n"

// TestListView: a list is dropped, a column is told, the rows are searched for with the progress in place, and what came of it is shown.
func TestListView(t *testing.T) {
	file := filepath.Join(dir, "wanted list.csv")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	onBoth(t, func(b *tab, o *office, lang, name string) {
		b.signInAs(o, "constable", lang)
		b.do(chromedp.Click(`.rooms a[href="/lists"]`), chromedp.WaitVisible("#put"))
		b.fits("the form")
		b.whole("desk-list-" + name + "-1-put")
		b.do(chromedp.SetUploadFiles("#list", []string{file}), chromedp.Submit("#list"), chromedp.WaitVisible("#columns"))
		b.fits("the columns")
		b.whole("desk-list-" + name + "-2-columns")
		b.do(chromedp.SetValue("[name=column4]", "alias"), chromedp.Click("#tell"), chromedp.WaitNotPresent(".asked-for"), chromedp.WaitVisible("#reason"),
			chromedp.SetValue("#reason", "FIR 12/2026"), chromedp.Click(`.blanks [value="search"]`), chromedp.WaitVisible(".results"))
		text := js[string](b, `document.querySelector(".results tbody").textContent`)
		if !strings.Contains(text, "Sunil Kumar") {
			b.t.Errorf("the answers say %q", text)
		}
		if rows := js[int](b, `document.querySelectorAll(".results tbody tr").length`); rows != 4 {
			b.t.Errorf("%d rows", rows)
		}
		if last := js[string](b, `document.querySelector(".results tbody tr:last-child").className`); last != "is-refused" {
			b.t.Errorf("the last row is %s", last)
		}
		b.fits("the answers")
		b.whole("desk-list-" + name + "-3-end")
		b.do(chromedp.Click(`[value="end"]`), chromedp.WaitVisible("#put"))
	})
}

// TestListEnter: Enter in a field of a list reads the columns while one is asked about, and then searches the list, with scripts and without.
func TestListEnter(t *testing.T) {
	file := filepath.Join(dir, "entered.csv")
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	for lang, scripts := range map[string]bool{"en": true, "hi": false} {
		b, o := atOffice(t, desk, lang, "light")
		b.signInAs(o, "constable", lang)
		call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts})
		b.do(chromedp.Navigate(o.url+"/lists"), chromedp.WaitVisible("#put"), chromedp.SetUploadFiles("#list", []string{file}), chromedp.Click("#put button"), chromedp.WaitVisible(".asked-for"),
			chromedp.SetValue("[name=column4]", "alias"), chromedp.SendKeys("#reason", "FIR 12/2026"+kb.Enter), chromedp.WaitNotPresent(".asked-for"), chromedp.WaitVisible("#columns"))
		is(b, "what the column is", `document.querySelector("[name=column4]").value`, "alias")
		b.do(chromedp.SendKeys("#reason", kb.Enter), chromedp.WaitVisible(".results"))
		is(b, "rows", `document.querySelectorAll(".results tbody tr").length`, 4)
		is(b, "the language", `document.documentElement.lang`, lang)
	}
}

// TestSuggestions: names of stations come while one is typed, and of what is typed two letters leave the browser.
func TestSuggestions(t *testing.T) {
	for _, one := range []struct{ lang, station, suggested, district, name string }{
		{"en", "ps Thane", "Thanesar City, Kurukshetra", "Ro", "Rohtak"}, {"hi", "थाने", "थाना थानेसर शहर, कुरुक्षेत्र", "रो", "रोहतक"},
		{"hi", "DLF", "DLF Phase-1, Gurugram", "Ro", "Rohtak"}, {"en", "सिविल", "थाना हिसार सिविल लाइन, हिसार", "रो", "रोहतक"}} {
		b, o := atOffice(t, phone, one.lang, "light")
		b.signInAs(o, "constable", one.lang)
		b.do(chromedp.Click("#more summary"), chromedp.WaitVisible("#station"), chromedp.Focus("#station"), chromedp.SendKeys("#station", one.station),
			chromedp.WaitReady(`#station-names option[value="`+one.suggested+`"]`))
		b.do(chromedp.Focus("#district"), chromedp.WaitReady(`#district-names option[value="`+map[string]string{"en": "Ambala", "hi": "अम्बाला"}[one.lang]+`"]`),
			chromedp.SendKeys("#district", one.district), chromedp.WaitReady(`#district-names option[value="`+one.name+`"]`))
		b.shot("desk-suggest-" + one.lang + "-" + one.district)
		left := js[[]string](b, `performance.getEntriesByType("resource").map((e) => decodeURIComponent(e.name)).filter((n) => n.includes("/units/"))`)
		for i, at := range left {
			if _, begins, _ := strings.Cut(at, "begins="); len([]rune(begins)) > 2 || slices.Contains(left[:i], at) {
				t.Errorf("asked was %q", left)
			}
		}
	}
}

// TestListWithoutScripts: a list goes its way without a script as well: the page looks again by itself until all is answered.
func TestListWithoutScripts(t *testing.T) {
	file := filepath.Join(dir, "plain.csv")
	if err := os.WriteFile(file, []byte("Name,Father Name\n"+strings.Repeat("Sunil Kumar,Shamsher\n", 90)), 0o600); err != nil {
		t.Fatal(err)
	}
	b, o := atOffice(t, desk, "en", "light")
	b.signInAs(o, "supervisor", "en")
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.do(chromedp.Navigate(o.url+"/lists"), chromedp.WaitVisible("#put"), chromedp.SetUploadFiles("#list", []string{file}), chromedp.Click("#put button"), chromedp.WaitVisible("#columns"),
		chromedp.SetValue("#reason", "FIR 12/2026"), chromedp.Click(`.blanks [value="search"]`), chromedp.WaitVisible(".results"), chromedp.WaitVisible(`a.act[href$="/xlsx"]`), chromedp.WaitVisible(`a[href$="/csv"]`))
	if n := js[int](b, `document.querySelectorAll(".results tbody tr").length`); n != 90 {
		t.Errorf("%d rows", n)
	}
	b.whole("desk-list-without-scripts")
}
