package browser

import (
	"fmt"
	"testing"
)

// inSight counts the lines of hits that stand wholly in the first view, in which the box, the button and the sentence must be seen too.
const inSight = `(() => {
	const seen = (e) => { const r = e.getBoundingClientRect(); return r.height > 0 && r.top >= 0 && r.bottom <= innerHeight; };
	if (scrollY !== 0 || !["#q", "#go", ".say h2", ".say p"].every((s) => seen(document.querySelector(s)))) return -1;
	return [...document.querySelectorAll(".list summary")].filter((s) => s.checkVisibility() && !s.parentElement.matches(".weaker") && seen(s)).length;
})()`

// longest is the most lines of text that the summary of a hit has.
const longest = `Math.max(...[...document.querySelectorAll(".hit > summary")].filter((s) => s.checkVisibility()).map((s) => {
	const tops = [...s.childNodes].flatMap((n) => { const r = document.createRange(); r.selectNodeContents(n); return [...r.getClientRects()].map((q) => q.bottom); }).sort((a, b) => a - b);
	return tops.filter((t, i) => i === 0 || t - tops[i - 1] > 8).length;
}))`

// TestTenInSight: on the desk's screen ten hits are compared without scrolling, below the box and the sentence, each in two lines.
func TestTenInSight(t *testing.T) {
	for _, lang := range []string{"en", "hi"} {
		b := open(t, desk, lang, "light")
		b.signIn(lang)
		for i, text := range []string{"Kumar s/o Ram", "HR26*", "r/o Hisar", "कुमार पुत्र राम"} {
			b.search(text, "DD 1")
			if n := js[int](b, inSight); n < 10 {
				t.Errorf("%s, %s: %d hits in the first view", lang, text, n)
			}
			if n := js[int](b, longest); n != 2 {
				t.Errorf("%s, %s: a hit has %d lines", lang, text, n)
			}
			b.shot(fmt.Sprintf("desk-%s-ten-%d", lang, i+1))
		}
	}
}
