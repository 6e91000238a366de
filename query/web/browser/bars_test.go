package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A line is what the network is made to be. The command is named here, as cdproto knows only its successor, which Debian's
// Chromium does not.
type line struct {
	Offline  bool    `json:"offline"`
	Latency  float64 `json:"latency"`            // milliseconds
	Download float64 `json:"downloadThroughput"` // bytes a second; -1 as fast as it goes
	Upload   float64 `json:"uploadThroughput"`
}

var setLine = cdp.Command[line, cdp.Empty]{Method: "Network.emulateNetworkConditions"}

// slow is a line of 64 kbit/s with half a second of latency, by the browser's own throttling.
func (b *tab) slow() {
	call(b, network.Enable, network.EnableParams{})
	call(b, setLine, line{Latency: 500, Download: 8000, Upload: 8000})
}

// sent is how many bytes came over the line since the page began to load, headers and all: those that typing and searching need, and
// all, with what only paper needs.
const sent = `(() => { const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
	const bytes = (some) => some.reduce((n, e) => n + e.transferSize, 0);
	return [bytes(all.filter((e) => !e.name.includes("print.css"))), bytes(all)]; })()`

// TestWeight: what is needed to type and search is 10 KiB, the whole first view 60 KiB, a search under 5 KiB. On a line of
// 64 kbit/s with half a second of latency the times are reported; they depend on nothing else but the machine.
func TestWeight(t *testing.T) {
	b := open(t, phone, "en", "light")
	b.signIn("en")
	call(b, network.ClearBrowserCache, cdp.Empty{})
	b.slow()
	began := time.Now()
	b.do(chromedp.Navigate(b.s.url), chromedp.WaitVisible("#q"))
	usable := time.Since(began)
	first := js[[]int](b, sent)
	if first[0] > 10<<10 || first[1] > 60<<10 || first[0] == 0 {
		t.Errorf("the first view has %d bytes, %d with all", first[0], first[1])
	}
	for _, text := range []string{"Sunil Kumar", "Kuldeep", "सुनील", "8337", "Xqzwv Bhrtk"} {
		js[bool](b, `performance.clearResourceTimings() === undefined`)
		began = time.Now()
		b.search(text, "DD 1")
		took := time.Since(began)
		n := js[int](b, `performance.getEntriesByType("resource").reduce((n, e) => n + e.transferSize, 0)`)
		t.Logf("%s: %d bytes in %v", text, n, took.Round(time.Millisecond))
		if n == 0 || n > 5<<10 {
			t.Errorf("a search for %s costs %d bytes", text, n)
		}
	}
	t.Logf("first view: %v bytes, usable after %v at 64 kbit/s and 500 ms", first, usable.Round(time.Millisecond))
}

// TestLostLine: while the line is down the page says so and keeps what was typed; when it is back the search goes on by itself.
func TestLostLine(t *testing.T) {
	b := open(t, phone, "hi", "light")
	b.signIn("hi")
	call(b, network.Enable, network.EnableParams{})
	call(b, setLine, line{Offline: true})
	b.do(chromedp.SetValue("#q", "Sunil Kumar"), chromedp.SetValue("#reason", "DD 1"), chromedp.Click("#go"), chromedp.WaitVisible("#live.lost"))
	if text := js[string](b, `document.getElementById("live").textContent`); !strings.Contains(text, "संपर्क टूट गया") {
		t.Errorf("it says %q", text)
	}
	if js[string](b, `document.getElementById("q").value`) != "Sunil Kumar" {
		t.Error("what was typed is gone")
	}
	b.accessible("lost")
	b.shot("phone-hi-light-lost")
	call(b, setLine, line{Download: -1, Upload: -1})
	b.do(chromedp.WaitVisible("#results .say"))
}
