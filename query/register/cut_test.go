package register_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/query/name"
	"anvesh/query/register"
	"anvesh/query/register/registertest"
	"anvesh/storage"
)

// busyFiles are files beside which something happens whenever one is written.
type busyFiles struct {
	*register.Memory
	during func()
}

func (f *busyFiles) Write(name string, write func(io.Writer) error) error {
	if f.during != nil {
		f.during()
	}
	return f.Memory.Write(name, write)
}

// A cutting is a register that changes at random, also while it is cut, saved and put in order.
type cutting struct {
	*testing.T
	rng    *rand.Rand
	reg    *register.Register
	files  *busyFiles
	write  func(context.Context, io.Writer) error // of the last cut
	was    string                                 // as it was when it was cut
	since  []storage.Change
	caught [3]int
}

// change applies some changes.
func (c *cutting) change() {
	for range c.rng.IntN(8) {
		one := registertest.Change(c.rng)
		c.since = append(c.since, one)
		c.reg.Apply([]storage.Change{one})
	}
}

func (c *cutting) cut() {
	c.write, c.was, c.since = c.reg.Cut(), held(c.reg), nil
}

// beside is what an indexing task does while a file is written. With many heads it would wait for the one who writes.
func (c *cutting) beside() {
	if register.Waiting(c.reg) > 2 {
		return
	}
	c.change()
	if c.rng.IntN(3) == 0 && c.write == nil {
		c.cut()
		c.caught[0]++
		c.change()
	}
}

func (c *cutting) tend() {
	for more := true; more && c.rng.IntN(4) > 0; {
		var err error
		if more, err = c.reg.Tend(context.Background()); err != nil {
			c.Fatal(err)
		}
	}
}

// save writes the cut, reads it again, and goes on from there with what has changed since.
func (c *cutting) save() {
	var saved bytes.Buffer
	write := c.write
	if err := write(context.Background(), &saved); err != nil {
		c.Fatal(err)
	}
	c.write = nil
	if err := c.reg.Saved(); err != nil {
		c.Fatal(err)
	}
	again := register.New()
	register.Small(again)
	again.Use(c.files)
	if err := again.Restore(&saved); err != nil {
		c.Fatalf("what was cut is not restored: %v", err)
	}
	if got := held(again); got != c.was {
		c.Fatalf("restored is\n%s\ncut was\n%s", got, c.was)
	}
	again.Apply(c.since)
	if got, want := held(again), held(c.reg); got != want {
		c.Fatalf("followed is\n%s\nwant\n%s", got, want)
	}
	if c.caught[1]++; len(c.since) > 0 {
		c.caught[2]++
	}
	c.reg = again
}

// held tells all that a register holds of the records that registertest changes.
func held(g *register.Register) string {
	v, release := g.View(register.Findable, nobody{})
	defer release()
	var b strings.Builder
	fmt.Fprintln(&b, g.Digest(), v.Persons(), v.Vehicles())
	for fir := range 25 {
		for ref := range 3 {
			if at, ok := v.FindPerson(fmt.Sprintf("1322500823%04d/p/A%d", fir, ref)); ok {
				fmt.Fprint(&b, fir, " A", ref, v.PersonFacts(at).Updated)
				for _, of := range []register.NameKind{register.OwnNames, register.Relatives} {
					asked := v.AskName(of, name.Name{})
					for _, n := range v.NamesOf(of, at) {
						fmt.Fprint(&b, " ", asked.Key(n), v.Bearers(of, n))
					}
					asked.Close()
				}
				fmt.Fprintln(&b)
			}
			if at, ok := v.FindVehicle(fmt.Sprintf("1322500823%04d/v/V%d", fir, ref)); ok {
				fmt.Fprint(&b, fir, " V", ref, v.VehicleFacts(at).Updated)
				for _, of := range []register.NumberKind{register.Registration, register.Chassis, register.Engine} {
					var numbers []string
					for _, n := range v.AppendNumbers(nil, of, at) {
						numbers = append(numbers, fmt.Sprintf("%s %d", v.AppendNumber(nil, of, n), len(v.AppendVehicles(nil, of, n))))
					}
					slices.Sort(numbers)
					fmt.Fprint(&b, " ", numbers)
				}
				fmt.Fprintln(&b)
			}
		}
	}
	return b.String()
}

// TestCut: what is written of a cut is the register as it was when it was cut, whatever has changed, been sealed and merged
// since, or was when the cut came; and with the changes since it is the register as it is.
func TestCut(t *testing.T) {
	c := &cutting{T: t, rng: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 8)), reg: register.New(), files: &busyFiles{Memory: register.NewMemory()}}
	c.reg.Use(c.files)
	c.files.during = c.beside
	register.Small(c.reg)
	for range 150 {
		c.change()
		switch c.rng.IntN(4) {
		case 0:
			c.tend()
		case 1:
			if c.write == nil {
				c.cut()
			}
		case 2:
			if c.write != nil {
				c.save()
			}
		}
	}
	for i, what := range []string{"cut while a part was written", "saved", "saved after changes"} {
		if c.caught[i] == 0 {
			t.Errorf("it was never %s", what)
		}
	}
}

// TestCutTwice: of two cuts the second is the one that is written.
func TestCutTwice(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	c := &cutting{T: t, rng: rng, reg: register.New(), files: &busyFiles{Memory: register.NewMemory()}}
	c.reg.Use(c.files)
	register.Small(c.reg)
	for range 30 {
		c.change()
		c.cut()
		first := c.write
		c.change()
		c.cut()
		if err := first(context.Background(), io.Discard); err == nil {
			t.Fatal("a cut was written though another has taken its place")
		}
		c.save()
	}
}

// TestCutBeside: updates, the saving of what they have cut, and the order that is kept run beside each other as they do in a
// service, and what is restored is what was cut.
func TestCutBeside(t *testing.T) {
	g, files := register.New(), register.NewMemory()
	register.Small(g)
	g.Use(files)
	type cut struct {
		write  func(context.Context, io.Writer) error
		digest uint64
	}
	cuts, saved, ended := make(chan cut), make(chan struct{}, 1), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() { // storage's indexing task
		defer close(cuts)
		rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 10))
		saved <- struct{}{}
		for n := 0; n < 15; {
			g.Apply([]storage.Change{registertest.Change(rng)})
			select {
			case <-saved:
				write := g.Cut()
				cuts <- cut{write, g.Digest()}
				n++
			default:
			}
		}
	})
	all.Go(func() { // that which saves
		defer close(ended)
		for c := range cuts {
			var file bytes.Buffer
			again := register.New()
			again.Use(files)
			if err := c.write(context.Background(), &file); err != nil {
				t.Error(err)
			} else if err := g.Saved(); err != nil {
				t.Error(err)
			} else if err := again.Restore(&file); err != nil {
				t.Error(err)
			} else if again.Digest() != c.digest {
				t.Errorf("restored with digest %x, cut with %x", again.Digest(), c.digest)
			}
			saved <- struct{}{}
		}
	})
	all.Go(func() { // that which tends
		for {
			if _, err := g.Tend(context.Background()); err != nil {
				t.Error(err)
			}
			select {
			case <-ended:
				return
			default:
			}
		}
	})
	all.Wait()
}

// nobody is withdrawn.
type nobody struct{}

func (nobody) AnyWithdrawn() bool                        { return false }
func (nobody) Withdrawn([]byte, storage.Visibility) bool { return false }
