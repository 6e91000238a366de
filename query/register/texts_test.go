package register

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"anvesh/query/snapshot"
)

// What any order of setting and dropping leaves is what a map has, also after it was saved and read again.
func TestTexts(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	places := make([]uint32, 500)
	at := func(owner uint32) *uint32 { return &places[owner] }
	x, model := newTexts(at), map[uint32]string{}
	check := func(when string) {
		t.Helper()
		for owner, p := range places {
			want, held := model[uint32(owner)]
			if held != (p > 0) || held && string(x.get(p)) != want {
				t.Fatalf("%s: owner %d has another text than it set", when, owner)
			}
		}
	}
	for step := range 40_000 {
		owner := uint32(rng.IntN(len(places)))
		switch {
		case rng.IntN(5) == 0:
			x.set(owner, nil)
			delete(model, owner)
		default:
			n := rng.IntN(3000)
			if rng.IntN(4000) == 0 {
				n = textBlock + rng.IntN(textBlock)
			}
			s := strings.Repeat(string(rune('a'+rng.IntN(26))), n) + fmt.Sprint(step)
			x.set(owner, []byte(s))
			model[owner] = s
		}
		if step%997 == 0 {
			check(fmt.Sprint("step ", step))
		}
		if step%9_973 == 0 {
			var saved bytes.Buffer
			part := func(f *snapshot.File) { f.Part("texts", x.snapshot) }
			if err := snapshot.Write(&saved, "test", part); err != nil {
				t.Fatal(err)
			}
			x = newTexts(at)
			if err := snapshot.Read(&saved, "test", part); err != nil {
				t.Fatal(err)
			}
			check("read again")
		}
	}
	check("end")
	most, held := 0, 0
	for _, s := range model {
		held += runSize(len(s))
	}
	for _, b := range x.blocks {
		most += cap(b)
	}
	if most > 3*held+3*textBlock {
		t.Errorf("%d bytes of blocks for %d of texts", most, held)
	}
}

func TestPackedText(t *testing.T) {
	for _, s := range []string{"", "Ram Kumar", "राम कुमार", "Ram राम s/o श्याम", "a\x00b", "\x01", "été", "naïve राम", "😀", "\u0900\u097f", "\u0980"} {
		r := textReader{append(appendText(nil, s), "rest"...)}
		if got := string(r.next().Append(nil)); got != s || string(r.b) != "rest" {
			t.Errorf("%q is read as %q, then %q", s, got, r.b)
		}
	}
	if n := len(appendText(nil, "राम कुमार")); n != 10 {
		t.Errorf("nine letters take %d bytes", n)
	}
}
