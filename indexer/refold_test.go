package indexer

import (
	"context"
	"strings"
	"testing"

	"anvesh/storage"
)

// TestRefold: records that another program made are made anew once, and what they told is gone; the rest stays as it is.
func TestRefold(t *testing.T) {
	r := newRig(t)
	victim := `"relative":"Kamla"}, {"ref":"V1","role":"victim","name":"Kamla"}`
	r.apply(message(strings.Replace(string(iif1("1", "Sumer", "").Value), `"name":"Sumer"}`, `"name":"Sumer",`+victim, 1)))
	r.apply(Message{Key: []byte("13225008230999")}) // withdrawn before it was known
	want := describe(t, r.s)
	if n, err := r.x.Refold(context.Background()); n != 0 || err != nil {
		t.Fatalf("what this program made is made anew: %d cases, %v", n, err)
	}
	err := r.s.Update(context.Background(), func(tx storage.Tx) error { // as a program did that knew nothing of secrecy
		c, err := tx.Case(caseFIR)
		if err != nil {
			return err
		}
		forms, err := r.x.held(tx, c, nil)
		if err != nil {
			return err
		}
		rs := fold(c, forms)
		rs[0].Relatives, rs[1].Visibility = []string{"Kamla"}, storage.Findable
		tx.SetFold(0)
		return tx.Put(c, nil, rs)
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.x.Refold(context.Background()); n != 2 || err != nil {
		t.Fatalf("%d cases, %v", n, err)
	}
	if got := describe(t, r.s); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	err = r.s.Each(func(rec *storage.Record) error {
		if len(rec.Relatives) > 0 && rec.Visibility == storage.Findable || rec.Role == "victim" && rec.Visibility == storage.Findable {
			t.Errorf("still told: %+v", rec)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	seq := r.s.State().Seq
	if n, err := r.x.Refold(context.Background()); n != 0 || err != nil || r.s.State().Seq != seq {
		t.Errorf("done twice: %d cases, %v", n, err)
	}
}
