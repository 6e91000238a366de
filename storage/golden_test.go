package storage

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"

	"anvesh/storage/backend"
	"anvesh/storage/layout"
	"anvesh/storage/witness"
)

// TestGoldenBytes: every key and value is laid out as FORMAT.md and the comments that it names draw it. A layout that is
// changed here needs another number, or stores of the program before it cannot be read.
func TestGoldenBytes(t *testing.T) {
	f := func(what string, got []byte, want string) {
		t.Helper()
		if hex.EncodeToString(got) != want {
			t.Errorf("%s is %x, want %s", what, got, want)
		}
	}
	f("a case's key", layout.CaseKey("123"), "63313233")
	f("a form's key", layout.FormKey("123", "F1"), "66313233004631")
	f("a record's key", layout.RecordKey("123/p/A1"), "723132332f702f4131")
	f("an offset's key", layout.OffsetKey("t", 258), "6f740000000102")
	f("the key of a case aside", layout.AsideKey("123"), "61313233")
	f("the key of an update that waits", layout.WaitKey("123", 7, 258), "7731323300000000000000000700000102")
	f("a journal entry's key", layout.JournalKey(258), "6a0000000000000102")
	f("the keys of the state", append(bytes.Clone(layout.StateKey), layout.SecondKey...), "6d7a")
	f("a redo entry's key", (&redoList{Attempt: 3}).key(258), "700000000300000102")
	f("a sealed value", layout.Seal([]byte("k"), []byte("v")), "763f4d15a9f68a642c")
	f("a packed value", layout.RecordPacker.Pack([]byte("{}")), "0102047b7d")

	form := Form{ID: "F1", Version: 2, Sum: [32]byte{1, 31: 2}, Arrived: 300, Reinstates: true, Stamp: Stamp{300, 1, 5}}
	spare := Form{ID: "F2", Version: 1, Arrived: 1, Spare: true}
	c := entry{Case: Case{FIR: "123", Withdrawn: true, Hidden: true, Withdrawal: Stamp{1, 2, 3}, Forms: []Form{form, spare}},
		records: []recordRef{{"/p/A1", 1, 2, 3}}, terms: 9}
	f("a case entry", c.append(nil), "03030901020302024631020100000000000000000000000000000000000000000000000000000000000002"+
		"01ac0201050246320100000000000000000000000000000000000000000000000000000000000000000201"+
		"01052f702f4131010000000000000002000000000000000300000000000000")
	a := at{next: 5, through: time.Unix(1, 0)}
	f("an offset", a.encode(), "0000000000000005000000003b9aca00")
	a.clock, a.proof = 9, Proof{1, 2, 3, 4}
	f("an offset with clock and proof", a.encode(), "0000000000000005000000003b9aca000000000000000009000000010000000000000002000000000000000300000004")
	journalled := transaction{said: map[string]uint64{"123": 258}, changes: []Change{{ID: "123/p/A1"}}}
	f("a journal entry", journalled.journalEntry(), "00010331323302010000000000003132332f702f413100")
	f("a redo entry", redoEntries(7, []write{{[]byte("k"), []byte("v")}, {[]byte("d"), nil}}, backend.Limit{Keys: 9, Bytes: 99})[0], "070000000000000073016b0176640164")
	var w witness.Table
	w.Set("12", 3)
	var b bytes.Buffer
	if err := w.Save(&b, 258); err != nil {
		t.Fatal(err)
	}
	f("the witness", b.Bytes(), "414e565749544e31020100000000000001000000000000007000000000000000030000000000000000000000000000007ed217de0b877723")
}
