package browser

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestScreens makes the two pictures that the README shows, into the directory of screenshots: make screenshots puts them beside the
// page. Each must be small, and show what it is there for.
func TestScreens(t *testing.T) {
	const most = 150 << 10
	f := func(name string, at screen, lang, typed, shows string) {
		t.Helper()
		b := open(t, at, lang, "light")
		b.signIn(lang)
		b.search(typed, "FIR 123/2026")
		b.do(chromedp.WaitVisible(shows))
		js[bool](b, `(scrollTo(0, 0), document.activeElement.blur(), true)`)
		b.shot(name)
		if n := packed(t, filepath.Join(shots(), name+".png")); n > most {
			t.Errorf("%s has %d bytes", name, n)
		}
	}
	f("desk", desk, "en", "Suneel Kumar Balahra s/o Tara Chand 33 r/o Fatehpur", ".say.strong")
	f("phone", phone, "hi", "सुनील बल्हारा पुत्र ताराचंद 33", ".say.strong")
}

// packed writes a picture in its 256 commonest colours, as small as it goes, and returns how many bytes it has.
func packed(t *testing.T, file string) int {
	t.Helper()
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(was))
	if err != nil {
		t.Fatal(err)
	}
	count := map[color.Color]int{}
	at := picture.Bounds()
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			count[picture.At(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return count[b] - count[a] })
	small := image.NewPaletted(at, color.Palette(colours[:min(len(colours), 256)]))
	draw.Draw(small, at, picture, at.Min, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}
