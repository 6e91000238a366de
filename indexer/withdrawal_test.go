package indexer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"anvesh/indexer/iif"
	"anvesh/storage"
	"anvesh/storage/simulated"
)

// A placed message is one of a case in one of two partitions.
type placed struct {
	partition int
	m         Message
}

// interleavings calls fn with every order of a and b that keeps the order within each.
func interleavings(a, b []placed, fn func([]placed)) {
	var walk func(done []placed, a, b []placed)
	walk = func(done []placed, a, b []placed) {
		if len(a)+len(b) == 0 {
			fn(done)
			return
		}
		if len(a) > 0 {
			walk(append(done[:len(done):len(done)], a[0]), a[1:], b)
		}
		if len(b) > 0 {
			walk(append(done[:len(done):len(done)], b[0]), a, b[1:])
		}
	}
	walk(nil, a, b)
}

// arrive applies messages in an order to a store in memory, in batches that end where cut says, and describes what the store
// then holds of the case.
func arrive(t fatal, order []placed, cut func(i int) bool) string {
	s, err := storage.Open(storage.Options{Backend: &simulated.Disk{}, Scheduler: &simulated.Scheduler{}, Terms: noTerms})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	x := New(s, &graveyard{}, slog.New(slog.DiscardHandler))
	var ms []Message
	for i, p := range order {
		ms = append(ms, p.m)
		if i+1 < len(order) && order[i+1].partition == p.partition && !cut(i) {
			continue
		}
		if err := x.Apply(context.Background(), Batch{Topic: "t", Partition: p.partition, Messages: ms, Next: p.m.Offset + 1}); err != nil {
			t.Fatal(err)
		}
		ms = nil
	}
	return describe(t, s)
}

// noTerms are the terms of a record that nobody looks for.
func noTerms(dst []string, _ *storage.Record) []string { return dst }

type fatal interface{ Fatal(args ...any) }

// describe is the case entry, the stored values and the records as text.
func describe(t fatal, s *storage.Store) string {
	c, err := s.Case(caseFIR)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "withdrawn %v %v\n", c.Withdrawn, c.Withdrawal)
	for _, f := range c.Forms {
		fmt.Fprintf(&b, "%q %d %x arrived %d reinstates %v %v spare %v\n", f.ID, f.Version, f.Sum[:4], f.Arrived, f.Reinstates, f.Stamp, f.Spare)
	}
	_, values, err := s.Forms(caseFIR)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range c.Current() {
		if sha256.Sum256(values[i]) != f.Sum {
			t.Fatal("a stored form is not the one that its entry names")
		}
	}
	s.Each(func(r *storage.Record) error { fmt.Fprintf(&b, "%s %s %q\n", r.ID, r.Name, r.Flags); return nil })
	return b.String()
}

// counting is which messages count, by the rule as instances.go states it, found by looking at all of them.
func counting(all []placed) string {
	clock := map[int]int64{}
	type stamped struct {
		placed
		stamp storage.Stamp
		form  *iif.Form
	}
	var list []stamped
	var last *storage.Stamp
	for _, p := range all {
		clock[p.partition] = max(clock[p.partition], p.m.Time.UnixMilli())
		s := stamped{p, storage.Stamp{Time: clock[p.partition], Partition: p.partition, Offset: p.m.Offset}, nil}
		if p.m.Value == nil {
			if last == nil || s.stamp.After(*last) {
				last = &s.stamp
			}
			continue
		}
		s.form, _ = iif.Parse(p.m.Key, p.m.Value)
		list = append(list, s)
	}
	newest := map[string]stamped{}
	for _, s := range list {
		if last != nil && (!s.form.Reinstates || !s.stamp.After(*last)) {
			continue
		}
		h, ok := newest[s.form.FormID]
		if !ok || s.form.Version > h.form.Version ||
			s.form.Version == h.form.Version && greater(s.m.Value, h.m.Value) {
			newest[s.form.FormID] = s
		}
	}
	var out []string
	for id, s := range newest {
		out = append(out, fmt.Sprintf("%s/%d/%s", id, s.form.Version, s.form.Persons[0].Name))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func greater(a, b []byte) bool {
	x, y := sha256.Sum256(a), sha256.Sum256(b)
	return bytes.Compare(x[:], y[:]) > 0
}

// counted is which forms a store counts, in the words of counting.
func counted(t fatal, order []placed) string {
	s, err := storage.Open(storage.Options{Backend: &simulated.Disk{}, Scheduler: &simulated.Scheduler{}, Terms: noTerms})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	x := New(s, &graveyard{}, slog.New(slog.DiscardHandler))
	for _, p := range order {
		if err := x.Apply(context.Background(), Batch{Topic: "t", Partition: p.partition, Messages: []Message{p.m}, Next: p.m.Offset + 1}); err != nil {
			t.Fatal(err)
		}
	}
	_, values, err := s.Forms(caseFIR)
	if err != nil {
		return ""
	}
	var out []string
	for _, v := range values {
		f, err := iif.Parse([]byte(caseFIR), v)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s/%d/%s", f.FormID, f.Version, f.Persons[0].Name))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// genPlaced draws the messages of one partition: withdrawals, and versions of two instances, some of which reinstate; the
// log's clock may stand still or run back.
func genPlaced(t *rapid.T, partition int) []placed {
	var out []placed
	at := 1_700_000_000
	for i := range rapid.IntRange(0, 3).Draw(t, "messages") {
		at += rapid.IntRange(-1, 2).Draw(t, "clock")
		m := Message{Key: []byte(caseFIR)}
		if rapid.IntRange(0, 3).Draw(t, "withdraws") > 0 {
			more := ""
			if rapid.IntRange(0, 2).Draw(t, "reinstates") > 0 {
				more = `,"reinstates":true`
			}
			m = iif1(fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "version")), rapid.SampledFrom([]string{"Ram", "Shyam"}).Draw(t, "name"), more)
			m.Value = bytes.Replace(m.Value, []byte(`"form_id":"1"`), []byte(`"form_id":"`+rapid.SampledFrom([]string{"1", "2"}).Draw(t, "instance")+`"`), 1)
		}
		m.Offset, m.Time = int64(i), time.Unix(int64(at), 0)
		out = append(out, placed{partition, m})
	}
	return out
}

// TestTwoPartitionsAnyOrder: whatever order the messages of two partitions come in, and however they are cut into
// batches, the same is held, and it is what the rule says.
func TestTwoPartitionsAnyOrder(t *testing.T) {
	sets, orders := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		a, b := genPlaced(t, 0), genPlaced(t, 1)
		want, first := "", true
		sets++
		interleavings(a, b, func(order []placed) {
			if len(order) == 0 {
				return
			}
			orders++
			got := arrive(t, order, func(i int) bool { return (orders+i)%2 == 0 })
			if first {
				want, first = got, false
				if rule, is := counting(order), counted(t, order); is != rule {
					t.Fatalf("counts %q, the rule says %q: %s", is, rule, tell(order))
				}
			}
			if got != want {
				t.Fatalf("another order, another state:\n%s\n%s\n%s", want, got, tell(order))
			}
		})
	})
	t.Logf("%d sets, %d orders", sets, orders)
}

func tell(order []placed) string {
	var b strings.Builder
	for _, p := range order {
		fmt.Fprintf(&b, "\n%d:%d at %d: %s", p.partition, p.m.Offset, p.m.Time.Unix(), p.m.Value)
	}
	return b.String()
}

// TestReinstatedAcrossPartitions: the cases that arrival used to decide, each in both orders.
func TestReinstatedAcrossPartitions(t *testing.T) {
	at := func(p int, offset int64, second int64, m Message) placed {
		m.Offset, m.Time = offset, time.Unix(1_700_000_000+second, 0)
		return placed{p, m}
	}
	null := Message{Key: []byte(caseFIR)}
	r := func(version, name string) Message { return iif1(version, name, `,"reinstates":true`) }
	f := func(want string, a, b []placed) {
		t.Helper()
		interleavings(a, b, func(order []placed) {
			if got := counted(t, order); got != want {
				t.Errorf("got %q, want %q: %s", got, want, tell(order))
			}
		})
	}
	one := func(ps ...placed) []placed { return ps }
	f("1/1/Ram", one(at(0, 0, 10, null)), one(at(1, 0, 20, r("1", "Ram"))))
	f("", one(at(0, 0, 20, null)), one(at(1, 0, 10, r("1", "Ram"))))
	f("1/1/Ram", one(at(0, 0, 10, null)), one(at(1, 0, 20, r("1", "Ram")), at(1, 1, 30, iif1("2", "Shyam", ""))))
	f("1/2/Shyam", one(at(0, 0, 5, iif1("1", "Ram", ""))), one(at(1, 0, 30, iif1("2", "Shyam", ""))))
	f("1/1/Ram", one(at(0, 0, 15, null)), one(at(1, 0, 10, r("2", "Shyam")), at(1, 1, 20, r("1", "Ram"))))
	f("1/1/Ram", one(at(0, 0, 15, null)), one(at(1, 0, 10, r("1", "Ram")), at(1, 1, 20, r("1", "Ram")))) // a copy reinstates like any other
	f("1/1/Ram", one(at(0, 0, 10, null), at(0, 1, 10, r("1", "Ram"))), nil)                              // one millisecond: offsets tell
	f("1/1/Ram", one(at(0, 0, 10, null), at(0, 1, 5, r("1", "Ram"))), nil)                               // a clock that runs back
	f("1/1/Ram", one(at(0, 0, 10, null)), one(at(1, 0, 10, r("1", "Ram"))))                              // one instant: the lesser partition first
	f("", one(at(0, 0, 10, r("1", "Ram"))), one(at(1, 0, 10, null)))
}

// TestWithdrawnIsGone: no value of a withdrawn case is left, whatever was kept beside it.
func TestWithdrawnIsGone(t *testing.T) {
	r := newRig(t)
	reinstating := `,"reinstates":true`
	r.apply(iif1("1", "Ram", reinstating), iif1("2", "Shyam", ""), iif1("1", "Mohan", ""))
	c, err := r.s.Case(caseFIR)
	if err != nil || len(c.Forms) != 2 || len(c.Current()) != 1 {
		t.Fatalf("%+v, %v", c, err)
	}
	r.holds("Shyam")
	r.apply(Message{Key: []byte(caseFIR)})
	r.holds()
	if c, err = r.s.Case(caseFIR); err != nil || len(c.Forms) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	report, err := r.s.CheckFull()
	if err != nil || report.Faults != 0 || report.Forms != 0 {
		t.Errorf("check: %+v, %v", report, err)
	}
}
