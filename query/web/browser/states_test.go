package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestStates keeps a picture of every state, on both screens, in both languages and all themes.
func TestStates(t *testing.T) {
	for _, at := range []screen{desk, phone} {
		for _, lang := range []string{"en", "hi"} {
			for _, theme := range []string{"light", "dark", "contrast"} {
				if theme != "light" && (at == phone) != (lang == "hi") {
					continue // each theme once on each screen, each language once in each theme
				}
				name := at.name + "-" + lang + "-" + theme + "-"
				t.Run(name, func(t *testing.T) { states(open(t, at, lang, theme), lang, name) })
			}
		}
	}
}

func states(b *tab, lang, name string) {
	b.do(chromedp.Navigate(b.s.url+"/?lang="+lang), chromedp.WaitVisible("#key"))
	b.shot(name + "1-sign-in")
	b.signIn(lang)
	b.shot(name + "2-empty")
	b.search("Sunil Kumar", "DD 1")
	b.shot(name + "3-namesakes")
	b.search("Sunil Kumar s/o Shamsher 34", "DD 1")
	b.shot(name + "4-leads")
	b.search("Paramjit Sing s/o Hardip Singh Saini 50 r/o Tandwal", "DD 1")
	b.shot(name + "5-strong")
	b.search("8337", "DD 1")
	b.shot(name + "6-vehicle")
	b.search("Xqzwv Bhrtk", "DD 1")
	b.shot(name + "7-nothing")
}
