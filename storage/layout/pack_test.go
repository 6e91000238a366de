package layout

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"anvesh/storage/backend"
)

func TestPack(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	noise := make([]byte, 100_000)
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	forms := strings.Split(strings.TrimSpace(string(formsText)), "\n")
	for _, v := range append(forms, "", "{}", `{"form":"IIF1"}`, string(noise), strings.Repeat(forms[0], 3000)) {
		packed := FormPacker.Pack([]byte(v))
		got, err := FormPacker.Unpack(packed)
		if err != nil || string(got) != v {
			t.Fatalf("%d bytes are not what was packed: %v", len(v), err)
		}
		if cap(packed) < len(packed)+8 {
			t.Errorf("%d bytes: no room for the checksum", len(v))
		}
	}
	if n := len(FormPacker.Pack([]byte(forms[7]))); n > 40 {
		t.Errorf("a form of the dictionary takes %d bytes", n)
	}
	const old = `{"id":"1/p/A1"}` // as stores of earlier versions hold it
	if got, err := RecordPacker.Unpack([]byte(old)); err != nil || string(got) != old {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := RecordPacker.Unpack([]byte{packed1, 200, 1, 0xff}); !errors.Is(err, backend.ErrCorrupt) {
		t.Errorf("a block that is none: %v", err)
	}
}

// What is stored can be read only with the dictionaries it was packed with.
func TestDictionariesNeverChange(t *testing.T) {
	for text, want := range map[*[]byte]string{
		&formsText:   "44d1ed00fddce10f5698f941add98c15606b489dfd645a9081cbf2ce18373fa9",
		&recordsText: "6d4ac35e4cd6f77428cfcfbaf38b7c6c3eef8414bbd80cff342090b3d84572e4",
	} {
		if got := fmt.Sprintf("%x", sha256.Sum256(*text)); got != want {
			t.Errorf("sha256 of a dictionary is %s, want %s: give a changed one a number of its own", got, want)
		}
	}
}

// TestKeysNeverChange: a store is read by the keys that it was written with, and the updates that wait for a case lie in order of
// commits and beside those of no other.
func TestKeysNeverChange(t *testing.T) {
	f := func(got []byte, want string) {
		t.Helper()
		if string(got) != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	f(CaseKey("12"), "c12")
	f(FormKey("12", "A"), "f12\x00A")
	f(RecordKey("12/p/A1"), "r12/p/A1")
	f(OffsetKey("iif", 258), "oiif\x00\x00\x00\x01\x02")
	f(AsideKey("12"), "a12")
	f(WaitKey("12", 258, 3), "w12\x00\x00\x00\x00\x00\x00\x00\x01\x02\x00\x00\x00\x03")
	f(JournalKey(258), "j\x00\x00\x00\x00\x00\x00\x01\x02")
	f(StateKey, "m")
	f(SecondKey, "z")
}
