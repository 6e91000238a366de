package browser

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// themes are what somebody may have told the browser of colours.
var themes = []string{"light", "dark", "contrast", "forced"}

// theme has the page shown as for somebody who asked for it.
func (b *tab) theme(name string) {
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "light"}, {Name: "prefers-contrast", Value: "no-preference"}, {Name: "forced-colors", Value: "none"}}
	switch name {
	case "dark":
		features[0].Value = "dark"
	case "contrast":
		features[1].Value = "more"
	case "forced": // the system's own few colours, as Windows has it
		features[0].Value, features[1].Value, features[2].Value = "dark", "custom", "active"
	}
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
}

// A state is what the page may show, and how one gets there from the state before.
type state struct {
	name  string
	reach func(b *tab, lang string)
}

func searched(text string) func(b *tab, lang string) {
	return func(b *tab, _ string) { b.search(text, "DD 1") }
}

func clicked(what, then string) func(b *tab, lang string) {
	return func(b *tab, _ string) { b.do(chromedp.Click(what), chromedp.WaitVisible(then)) }
}

// states are all of them.
var states = []state{
	{"sign-in", func(b *tab, lang string) {
		b.do(chromedp.Navigate(b.s.url+"/?lang="+lang), chromedp.WaitVisible("#key"))
	}},
	{"sign-in-wrong", func(b *tab, _ string) {
		b.do(chromedp.SetValue("#key", "wrong"), chromedp.Click(".login button"), chromedp.WaitVisible("#problem"))
	}},
	{"empty", func(b *tab, lang string) { b.signIn(lang) }},
	{"filters", clicked("#more > summary", "#relative")},
	{"no-reason", func(b *tab, _ string) {
		b.do(chromedp.SetValue("#q", "Sunil Kumar"), chromedp.Click("#go"), chromedp.WaitVisible("#fault"))
	}},
	{"namesakes", searched("Sunil Kumar")},
	{"namesakes-open", clicked(".same > summary", ".same .hit > summary")},
	{"leads", searched("Sunil Kumar s/o Shamsher 34")},
	{"weaker", clicked(".weaker > summary", ".weaker .hit > summary")},
	{"pages", searched("Kumar s/o Ram")},
	{"page-2", clicked(".next button[value='2']", ".next button[value='1']")},
	{"strong", searched("Paramjit Sing s/o Hardip Singh Saini 50 r/o Tandwal")},
	{"vehicle", searched("8337")},
	{"nothing", searched("Xqzwv Bhrtk")},
	{"statement", clicked("button[value='show']", ".statement")},
	{"guessed", searched("G13BBN99887")},
	{"chosen", clicked(".states button[value='engine']", "button[value='show']")},
	{"chosen-statement", clicked("button[value='show']", ".statement")},
	{"case", func(b *tab, _ string) {
		b.search("Paramjit Sing s/o Hardip Singh Saini 50 r/o Tandwal", "DD 1")
		if js[int](b, opened) == 0 {
			b.do(chromedp.Click(".hit > summary"))
		}
		b.do(chromedp.Click(".hit[open] dl a"), chromedp.WaitVisible(".case"))
	}},
	{"no-case", func(b *tab, _ string) {
		b.do(chromedp.SetValue("#q", "99999/23 City Thanesar"), chromedp.Click("#go"), chromedp.WaitVisible("#results .say"))
	}},
}

// TestStates: in every state, on both screens, in both languages, in light, dark, more contrast and the few colours of a system that forces them, axe-core finds nothing against WCAG 2.1 AA and its
// own good practice, nothing is wider than the screen, and a picture is kept.
func TestStates(t *testing.T) {
	for _, at := range []screen{desk, phone} {
		for _, lang := range []string{"en", "hi"} {
			t.Run(at.name+"-"+lang, func(t *testing.T) {
				b := open(t, at, lang, "light")
				for _, s := range states {
					s.reach(b, lang)
					for _, theme := range themes {
						name := at.name + "-" + lang + "-" + theme + "-" + s.name
						b.theme(theme)
						b.shot(name)
						b.accessible(name)
					}
					is(b, s.name+": wider than the screen", `document.documentElement.scrollWidth > innerWidth`, false)
				}
			})
		}
	}
}
