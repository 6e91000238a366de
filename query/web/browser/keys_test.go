package browser

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// press types on the keyboard, at whatever has the focus.
func (b *tab) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// slash presses / as one event, as a keyboard does: what the page prevents is not typed.
func (b *tab) slash() {
	b.t.Helper()
	call(b, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "/", Code: "Slash", Text: "/", WindowsVirtualKeyCode: 191})
	call(b, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: "/", Code: "Slash", WindowsVirtualKeyCode: 191})
}

// await waits until an expression is true in the page, whichever page that is by then.
func (b *tab) await(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	for {
		if ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression)); ok && err == nil {
			return
		}
		if ctx.Err() != nil {
			b.t.Fatalf("never came true: %s", expression)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// click clicks without a mouse, which a window behind another does not have.
func (b *tab) click(what string) {
	b.t.Helper()
	js[bool](b, `document.querySelector("`+what+`").click() === undefined`)
}

// is holds an expression to a value.
func is[T comparable](b *tab, what, expression string, want T) {
	b.t.Helper()
	if got := js[T](b, expression); got != want {
		b.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

const (
	focused = `document.activeElement.id || document.activeElement.tagName`
	nth     = `[...document.querySelectorAll("#results summary")].filter((s) => s.checkVisibility()).indexOf(document.activeElement)`
	opened  = `[...document.querySelectorAll("#results details.hit")].filter((d) => d.open).length`
	typedIn = `document.getElementById("q").value + "|" + document.getElementById("reason").value`
	first   = `document.querySelector("#results .name")?.textContent || ""`
)

// TestFiveKeys: from a cold page to the first answer there are five keystrokes beside the name.
func TestFiveKeys(t *testing.T) {
	b := open(t, desk, "en", "light")
	b.signIn("en")
	b.do(chromedp.Navigate(b.s.url), chromedp.WaitVisible("#q"))
	b.press("Kumar s/o Ram")
	keys := []string{kb.Tab, "D", "D", "1", kb.Enter}
	b.press(keys...)
	b.do(chromedp.WaitVisible("#results .say"))
	is(b, "what was typed", typedIn, "Kumar s/o Ram|DD1")
	is(b, "the search is made", `document.querySelectorAll("#results .hit").length > 5`, true)
}

// TestEnter: Enter in the box, in the reason and in a filter searches, and the page stays in its language, with scripts and without.
func TestEnter(t *testing.T) {
	for _, lang := range []string{"en", "hi"} {
		for _, scripts := range []bool{true, false} {
			b := open(t, phone, lang, "light")
			b.signIn(lang)
			call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts})
			f := func(field, text string) {
				t.Helper()
				b.do(chromedp.Navigate(b.s.url), chromedp.WaitVisible("#q"), chromedp.Click("#more > summary"), chromedp.WaitVisible("#relative"),
					chromedp.SetValue("#q", "Kumar"), chromedp.SetValue("#reason", "DD 1"), chromedp.SetValue(field, text), chromedp.SendKeys(field, kb.Enter),
					chromedp.WaitVisible("#results .hit"))
				is(b, field+": the language", `document.documentElement.lang`, lang)
				is(b, field+": what was typed", typedIn, "Kumar|DD 1")
				is(b, field+": the filter", `document.getElementById("results").textContent.includes("Ram")`, true)
			}
			f("#q", "Kumar")
			f("#reason", "DD 1")
			f("#relative", "Ram")
		}
	}
}

// TestKeys: / leads to the box, arrows through the hits, Enter opens one, Esc leads back.
func TestKeys(t *testing.T) {
	b := open(t, desk, "en", "light")
	b.signIn("en")
	b.search("Kumar s/o Ram", "DD 1")
	b.await(`document.activeElement.id === "results"`)
	b.slash()
	is(b, "after /", focused, "q")
	is(b, "/ types nothing", typedIn, "Kumar s/o Ram|DD 1")
	b.press(kb.ArrowDown)
	is(b, "after one arrow", nth, 0)
	b.press(kb.ArrowDown)
	is(b, "after two", nth, 1)
	is(b, "hits that are open", opened, 1)
	is(b, "the chosen one is", `document.activeElement.parentElement.open`, true)
	b.press(kb.ArrowUp)
	is(b, "after one back", nth, 0)
	b.press(kb.ArrowUp)
	is(b, "above the first hit", focused, "q")
	b.press(kb.ArrowDown, kb.ArrowDown, kb.Escape)
	is(b, "after Esc", focused, "q")
	is(b, "Esc chooses what was typed", `getSelection().toString()`, "Kumar s/o Ram")
	b.slash()
	is(b, "/ in the box is typed", typedIn, "/|DD 1")

	b = open(t, phone, "hi", "light")
	b.signIn("hi")
	b.search("Kumar s/o Ram", "DD 1")
	b.press(kb.ArrowDown)
	is(b, "nothing opens by itself on a phone", opened, 0)
	b.press(kb.Enter)
	is(b, "Enter opens", opened, 1)
	b.press(kb.Enter)
	is(b, "Enter again closes", opened, 0)
	b.press(kb.Escape)
	is(b, "Esc", focused, "q")
}

// strewn tells whether anything that was typed stands in an address: of the page, of what it loaded, of its history.
const strewn = `[location.href, history.state ? JSON.stringify(history.state) : "", ...performance.getEntries().map((e) => e.name)]
	.some((a) => /Kumar|DD/.test(decodeURIComponent(a)))`

// TestNothingIsLost: a reload, a way back, another tab and an ended session lose nothing that was typed or found, and no address
// holds any of it.
func TestNothingIsLost(t *testing.T) {
	b := open(t, desk, "en", "light")
	b.signIn("en")
	b.press("Kumar s/o Ram")
	b.do(chromedp.Reload(), chromedp.WaitVisible("#q"))
	is(b, "typed, after a reload", typedIn, "Kumar s/o Ram|")
	b.search("Kumar s/o Ram", "DD 1")
	found := js[string](b, first)
	if found == "" {
		t.Fatal("nothing was found")
	}
	still := func(what string) {
		t.Helper()
		b.await(`location.pathname === "/" && !!document.querySelector("#results .say")`)
		is(b, "typed, "+what, typedIn, "Kumar s/o Ram|DD 1")
		is(b, "found, "+what, first, found)
		is(b, "in an address, "+what, strewn, false)
		is(b, "the address, "+what, `location.pathname + location.search + location.hash`, "/")
	}
	still("at first")
	b.do(chromedp.Reload())
	still("after a reload")
	b.do(chromedp.Click("#results .hit[open] a"), chromedp.WaitVisible(".case"))
	js[bool](b, `setTimeout(() => history.back()) > 0`)
	still("after a way back")
	call(b, network.ClearBrowserCookies, cdp.Empty{})
	b.click("#go")
	b.await(`!!document.getElementById("key")`)
	js[bool](b, `(document.getElementById("key").value = "`+b.s.key+`") !== ""`)
	b.click("form.login button")
	still("after a new sign-in")

	ctx, cancel := chromedp.NewContext(b.ctx)
	defer cancel()
	other := &tab{t, ctx, b.s}
	other.do(chromedp.Navigate(b.s.url), chromedp.WaitVisible("#q"))
	is(other, "in another tab", typedIn, "|")
	still("behind another tab")
	b.click("form.who button")
	b.await(`!!document.getElementById("key")`)
	is(b, "kept, after a log-out", `sessionStorage.length`, 0)
}

// TestWayBack: from a case that was opened from a hit a link leads back to that hit, with what was typed and found, also after the language
// was switched there; the case stays shown in the other language. Who comes from elsewhere has no such link, and the address says nothing.
func TestWayBack(t *testing.T) {
	for _, at := range []screen{desk, phone} {
		b := open(t, at, "en", "light")
		b.signIn("en")
		b.search("Kumar s/o Ram", "DD 1")
		const hit = `[...document.querySelectorAll("#results .weaker .hit")].at(-1)`
		const left = `document.querySelector("#results .hit[open] dl a")?.href`
		js[bool](b, `(`+hit+`.closest(".weaker").open = `+hit+`.open = true)`)
		fir, was := js[string](b, left), js[string](b, `document.querySelector("#results .hit[open] .name").textContent`)
		back := func(lang string) {
			t.Helper()
			b.do(chromedp.Click("#back"))
			b.await(`location.pathname === "/" && document.documentElement.lang === "` + lang + `" && !!document.querySelector("#results .hit")`)
			is(b, "typed, back in "+lang, typedIn, "Kumar s/o Ram|DD 1")
			is(b, "in an address, back in "+lang, strewn, false)
			is(b, "the address, back in "+lang, `location.pathname + location.search + location.hash`, "/")
		}
		b.do(chromedp.Click("#results .hit[open] dl a"), chromedp.WaitVisible(".case"), chromedp.WaitVisible("#back"))
		is(b, "the reason on paper", `document.querySelector("[data-reason]").textContent`, "DD 1")
		b.accessible("a case")
		b.shot(at.name + "-en-case-of-hit")
		back("en")
		is(b, "the open hit", left, fir)
		is(b, "its name", `document.activeElement.querySelector(".name")?.textContent`, was)
		b.do(chromedp.Click("#results .hit[open] dl a"), chromedp.WaitVisible("#back"), chromedp.Click(".language a"), chromedp.WaitVisible(`html[lang="hi"] .case`), chromedp.WaitVisible("#back"))
		is(b, "the case, in Hindi", `location.pathname`, strings.TrimPrefix(fir, b.s.url))
		b.shot(at.name + "-hi-case-of-hit")
		back("hi")
		ctx, cancel := chromedp.NewContext(b.ctx)
		other := &tab{t, ctx, b.s}
		other.do(chromedp.Navigate(fir), chromedp.WaitVisible(".case"))
		is(other, "a way back, in another tab", `document.getElementById("back").hidden`, true)
		cancel()
	}
}

// TestNothingIsShownToTheNextOne: who signs in after somebody else in the same tab sees nothing of theirs.
func TestNothingIsShownToTheNextOne(t *testing.T) {
	b := open(t, desk, "en", "light")
	b.signIn("en")
	b.search("Kumar s/o Ram", "DD 1")
	js[bool](b, `(() => { const k = JSON.parse(sessionStorage.anvesh); k.who = "somebody else"; sessionStorage.anvesh = JSON.stringify(k); return true; })()`)
	b.do(chromedp.Reload(), chromedp.WaitVisible("#q"))
	is(b, "typed", typedIn, "|")
	is(b, "found", first, "")
	is(b, "kept", `/Kumar/.test(JSON.stringify(sessionStorage))`, false)
}

// TestLanguageStays: the switch keeps what is typed and found, says it in the other language, and stays: over a reload, in another
// tab, and after the session.
func TestLanguageStays(t *testing.T) {
	b := open(t, desk, "en", "light")
	b.signIn("en")
	b.search("Kumar s/o Ram", "DD 1")
	found := js[string](b, first)
	b.do(chromedp.Click(`.language button`), chromedp.WaitVisible(`html[lang="hi"] #results .say`))
	is(b, "typed", typedIn, "Kumar s/o Ram|DD 1")
	is(b, "found", first, found)
	if said := js[string](b, `document.querySelector(".say h2").textContent`); !strings.Contains(said, "मिलान") {
		t.Errorf("it says %q", said)
	}
	b.do(chromedp.Navigate(b.s.url), chromedp.WaitVisible(`html[lang="hi"] #q`))
	ctx, cancel := chromedp.NewContext(b.ctx)
	defer cancel()
	(&tab{t, ctx, b.s}).do(chromedp.Navigate(b.s.url), chromedp.WaitVisible(`html[lang="hi"] #q`))
	b.do(chromedp.Click("form.who button"), chromedp.WaitVisible(`html[lang="hi"] #key`))
	if u, err := url.Parse(js[string](b, `location.href`)); err != nil || u.RawQuery != "" {
		t.Errorf("the address is %v (%v)", u, err)
	}
}

// TestFiltersFollow: the filters are those of what the box was read as, and what both kinds have is kept.
func TestFiltersFollow(t *testing.T) {
	b := open(t, desk, "en", "light")
	b.signIn("en")
	b.do(chromedp.Click("#more > summary"), chromedp.SetValue("#district", "Hisar"))
	f := func(text, has, lacks string) {
		t.Helper()
		b.search(text, "DD 1")
		is(b, text+" has", `!!document.getElementById("`+has+`")`, true)
		is(b, text+" has still", `!!document.getElementById("`+lacks+`")`, false)
		is(b, text+" keeps", `document.getElementById("district").value`, "Hisar")
	}
	f("Kumar s/o Ram", "relative", "chassis")
	f("HR26*", "chassis", "relative")
	b.do(chromedp.Reload(), chromedp.WaitVisible("#results .say"))
	is(b, "after a reload", `document.getElementById("district").value + !!document.getElementById("chassis")`, "Hisartrue")
	f("Kumar s/o Ram", "relative", "chassis")
}

// TestUnderstood: the page says what it took a text for: a plate in Hindi letters, a plate amid words, a name with a telephone number beside it,
// a name and a place.
func TestUnderstood(t *testing.T) {
	for lang, words := range map[string]map[string]string{"en": {"plate": "number plate", "name": "person"}, "hi": {"plate": "नंबर प्लेट", "name": "व्यक्ति"}} {
		b := open(t, map[string]screen{"en": desk, "hi": phone}[lang], lang, "light")
		b.signIn(lang)
		f := func(shot, text, as string, chips ...string) {
			t.Helper()
			b.search(text, "DD 1")
			is(b, text, `document.querySelector(".understood b").textContent`, words[as])
			is(b, text+": its parts", `[...document.querySelectorAll(".understood .chip")].map((c) => c.lastChild.textContent.trim()).join("|")`, strings.Join(chips, "|"))
			b.whole("understood-" + lang + "-" + shot)
		}
		f("plate-hindi", "एचआर 26 डीके ८३३७", "plate", "HR 26 DK 8337")
		f("plate-amid-words", "hr26dk8337 ki gaadi", "plate", "HR26DK8337")
		f("two-plates", "HR26DK8337, DL3CAY9324", "plate", "HR26DK8337, DL3CAY9324")
		is(b, "the second plate is said to be left out", `document.querySelector(".remarks")?.textContent.includes("DL3CAY9324")`, true)
		f("name-telephone", "Ramesh 9876543210", "name", "Ramesh")
		f("name-place", "रमेश, गुरुग्राम", "name", "रमेश", "गुरुग्राम")
	}
}

// TestWithoutScripts: a plain search works where no script runs: its answer, the other language, a page of the hits that follow, and
// the statement.
func TestWithoutScripts(t *testing.T) {
	b := open(t, phone, "en", "light")
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.signIn("en")
	ask := func(text, then string) {
		t.Helper()
		b.do(chromedp.SetValue("#q", text), chromedp.SetValue("#reason", "DD 1"), chromedp.Click("#go"), chromedp.WaitVisible(then))
	}
	ask("Kumar s/o Ram", "#results .hit")
	b.do(chromedp.Click(".language button"), chromedp.WaitVisible(`html[lang="hi"] #results .hit`))
	b.do(chromedp.Click(".next button[value='2']"), chromedp.WaitVisible(".next button[value='1']"))
	b.shot("phone-hi-without-scripts")
	ask("Xqzwv Bhrtk", "button[value='show']")
	b.do(chromedp.Click("button[value='show']"), chromedp.WaitVisible(".statement"))
	ask("123/23 Nowhere At All", "#results .say")
}
