package browser

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"anvesh/query/statement"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

var (
	pdfPage   = regexp.MustCompile(`(?s)/Type /Page\n.*?/Contents (\d+) 0 R`)
	pdfObject = regexp.MustCompile(`(?m)^(\d+) 0 obj`)
	pdfShown  = regexp.MustCompile(`<([0-9A-Fa-f]+)> Tj`)
)

// printed prints the page as the browser does, on A4, keeps the file, and returns the glyphs that each sheet shows, run by run.
func (b *tab) printed(name string) (sheets [][]string) {
	b.t.Helper()
	pdf := get(b, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), func(p *page.PrintToPDFParams) {
		yes := true
		p.PreferCSSPageSize = &yes
	}))
	if err := os.MkdirAll(shots(), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(shots(), name+".pdf"), pdf, 0o644); err != nil {
		b.t.Fatal(err)
	}
	streams := map[string][]byte{}
	at := pdfObject.FindAllSubmatchIndex(pdf, -1)
	for i, m := range at {
		end := len(pdf)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		if _, stream, ok := bytes.Cut(pdf[m[1]:end], []byte("stream\n")); ok {
			streams[string(pdf[m[2]:m[3]])] = stream
		}
	}
	for _, m := range pdfPage.FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(streams[string(m[1])]))
		if err != nil {
			b.t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			b.t.Fatal(err)
		}
		var sheet []string
		for _, s := range pdfShown.FindAllSubmatch(content, -1) {
			sheet = append(sheet, string(s[1]))
		}
		sheets = append(sheets, sheet)
	}
	if len(sheets) == 0 {
		b.t.Fatal("nothing was printed")
	}
	return sheets
}

// header is what stands on each sheet behind its number: what was asked, by whom, why, as of when.
func header(sheets [][]string) string {
	const number, most = 5, 60
	return strings.Join(sheets[0][number:most], " ")
}

// hitsOnPaper counts the hits that are printed, and those that are printed without a word and a shape for their class.
const hitsOnPaper = `(() => { const hits = [...document.querySelectorAll(".hit > summary")].filter((s) => s.checkVisibility());
	return [hits.length, hits.filter((s) => !/^[■◆○]./.test(s.querySelector(".class").textContent)).length]; })()`

// TestPrint: a search of twenty hits is one sheet, two with the reasons of the chosen one, and a hit alone is one; what was asked, by whom,
// for what reason and as of when stands on each, and all hits do that fold away on the screen. Nothing is told by colour.
func TestPrint(t *testing.T) {
	for _, lang := range []string{"en", "hi"} {
		b := open(t, desk, lang, "dark")
		b.signIn(lang)
		b.search("Kumar s/o Ram", "DD 1")
		js[bool](b, `(window.print = () => {}) !== null`)
		onScreen := js[[]int](b, hitsOnPaper)
		f := func(what string, least, most int) {
			t.Helper()
			sheets := b.printed(lang + "-" + what)
			if len(sheets) < least || len(sheets) > most {
				t.Errorf("%s, %s: %d sheets, want %d to %d", lang, what, len(sheets), least, most)
			}
			for i, s := range sheets {
				if !strings.Contains(strings.Join(s, " "), header(sheets)) {
					t.Errorf("%s, %s: sheet %d does not say what was asked", lang, what, i+1)
				}
			}
		}
		f("list-and-reasons", 2, 2)
		b.click(`.tools [data-print='list']`)
		f("list", 1, 1)
		b.click(`.hit[open] [data-print='hit']`)
		f("hit", 1, 1)
		is(b, "what is printed next time", `document.documentElement.dataset.print || ""`, "")

		call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print", Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		js[bool](b, `dispatchEvent(new Event("beforeprint"))`)
		if n := js[[]int](b, hitsOnPaper); n[0] != 20 || n[1] != 0 || onScreen[0] >= n[0] {
			t.Errorf("%s: %v hits on paper, %v on the screen", lang, n, onScreen)
		}
		b.shot("print-" + lang)
		is(b, "ink and paper", `getComputedStyle(document.body).color + " " + getComputedStyle(document.body).backgroundColor`, "rgb(0, 0, 0) rgb(255, 255, 255)")
		is(b, "coloured", `[...document.querySelectorAll(".answer *")].filter((e) => e.checkVisibility() && !/rgb\((\d+), \1, \1\)/.test(getComputedStyle(e).color)).length`, 0)
		js[bool](b, `dispatchEvent(new Event("afterprint"))`)
		is(b, "hits on the screen afterwards", hitsOnPaper+`[0]`, onScreen[0])
	}
}

// TestPrintCase: what was asked, by whom, for what reason and as of when stands on each sheet of a case too.
func TestPrintCase(t *testing.T) {
	for _, lang := range []string{"en", "hi"} {
		b := open(t, phone, lang, "dark")
		b.signIn(lang)
		b.search("Paramjit Sing s/o Hardip Singh Saini 50 r/o Tandwal", "GD 12/2026")
		if js[int](b, opened) == 0 {
			b.do(chromedp.Click(".hit > summary"))
		}
		b.do(chromedp.Click(".hit[open] dl a"), chromedp.WaitVisible(".case"), chromedp.WaitVisible("#back"))
		if said := js[string](b, `document.querySelector(".case > .asked").textContent`); !strings.Contains(said, "GD 12/2026") || !strings.Contains(said, "demo") || !strings.Contains(said, "2026, ") {
			t.Errorf("%s: it says %q", lang, said)
		}
		if n := len(b.printed(lang + "-case")); n > 2 { // of fourteen persons
			t.Errorf("%s: a case has %d sheets", lang, n)
		}
		b.do(chromedp.EmulateViewport(690, 1024))
		call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		b.shot("print-case-" + lang)
		call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{})
		js[bool](b, `(() => { const line = document.querySelector(".time"); for (let n = 0; n < 6; n++) line.append(...[...line.children].map((c) => c.cloneNode(true))); return true; })()`)
		sheets := b.printed(lang + "-case-long")
		if len(sheets) < 2 {
			t.Fatalf("%s: %d sheets", lang, len(sheets))
		}
		for i, s := range sheets {
			if !strings.Contains(strings.Join(s, " "), header(sheets)) {
				t.Errorf("%s: sheet %d does not say what was asked", lang, i+1)
			}
		}
	}
}

// downloaded waits for the one file that the browser saves.
func (b *tab) downloaded(to string) []byte {
	b.t.Helper()
	for b.ctx.Err() == nil {
		if files, _ := filepath.Glob(filepath.Join(to, "*.json")); len(files) == 1 {
			text, err := os.ReadFile(files[0])
			if err == nil && json.Valid(text) {
				return text
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Fatal("nothing was saved")
	return nil
}

// api reads what the interface answers under the key.
func (b *tab) api(path string, into any) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.ctx, "GET", b.s.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+b.s.key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		b.t.Fatal(err)
	}
}

// TestStatement: that nobody was found is saved as a file that its key proves, and printed on one sheet with its signature.
func TestStatement(t *testing.T) {
	b := open(t, desk, "hi", "light")
	b.signIn("hi")
	to := t.TempDir()
	call(b, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: to})
	b.search("Xqzwv Bhrtk", "DD 1")
	b.do(chromedp.Click(`button[value="file"]`))
	file := b.downloaded(to)
	var of struct{ KeyID, PEM string }
	b.api("/v1/statements/key", &of)
	key, err := statement.ParsePublic([]byte(of.PEM))
	if err != nil {
		t.Fatal(err)
	}
	stated, err := statement.Open(file, key)
	if err != nil {
		t.Fatal(err)
	}
	is(b, "the page is still there", `!!document.querySelector(".say.none")`, true)
	b.do(chromedp.Click(`button[value="show"]`), chromedp.WaitVisible(".statement"))
	text := js[string](b, `document.querySelector(".statement").innerText`)
	for _, has := range []string{stated.Hindi, stated.SearchID, "Xqzwv Bhrtk", "DD 1", of.KeyID} {
		if !strings.Contains(text, has) {
			t.Errorf("what is shown lacks %s: %s", has, text)
		}
	}
	b.do(chromedp.Reload())
	b.await(`!!document.querySelector(".statement")`)
	if sheets := b.printed("statement"); len(sheets) != 1 {
		t.Errorf("%d sheets", len(sheets))
	}
}
