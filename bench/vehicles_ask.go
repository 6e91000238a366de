package bench

import (
	"context"
	"math/rand/v2"
	"strconv"
	"strings"

	"anvesh/bench/madeup"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/plate"
	"anvesh/query/register"
)

// An askedPlate is one search with its right answer.
type askedPlate struct {
	ask          query.VehicleRequest
	right        func(*query.Hit) bool
	cause, edits string
}

// byPlate takes a hit for right if its registration is the one sought.
func byPlate(key string) func(*query.Hit) bool {
	return func(h *query.Hit) bool { return canonical(h.Record.Registration) == key }
}

// founds counts right answers by rank, in all and under names.
type founds struct {
	all  foundCounts
	some map[string]*foundCounts
}

type foundCounts struct{ n, at1, at3, at10 int }

func (c *foundCounts) add(rank float64) {
	c.n++
	for _, k := range []struct {
		most  float64
		count *int
	}{{1, &c.at1}, {3, &c.at3}, {10, &c.at10}} {
		if rank <= k.most {
			*k.count++
		}
	}
}

func (c *foundCounts) found() Found {
	n := float64(max(c.n, 1))
	return Found{c.n, float64(c.at1) / n, float64(c.at3) / n, float64(c.at10) / n}
}

func (f *founds) add(rank float64, names ...string) {
	f.all.add(rank)
	for _, k := range names {
		if f.some == nil {
			f.some = map[string]*foundCounts{}
		}
		if f.some[k] == nil {
			f.some[k] = &foundCounts{}
		}
		f.some[k].add(rank)
	}
}

func (f *founds) byName() map[string]Found {
	out := map[string]Found{}
	for k, c := range f.some {
		out[k] = c.found()
	}
	return out
}

// search times the searches and ranks what came; each sees every answer.
func (v *vehicles) search(asked []askedPlate, each func(a *askedPlate, answer *query.Answer, rank float64)) (t TaskFound, err error) {
	var answer *query.Answer
	var c foundCounts
	var totals, whole float64
	t.Timing, err = timed(len(asked), func(i int) (err error) {
		answer, err = v.h.Engine.Search(context.Background(), access.Program("bench"), &asked[i].ask)
		return err
	}, func(i int) error {
		rank := rankOf(answer, asked[i].right)
		c.add(rank)
		totals += float64(answer.Total)
		if answer.Complete {
			whole++
		}
		if each != nil {
			each(&asked[i], answer, rank)
		}
		return nil
	})
	n := float64(max(len(asked), 1))
	t.Found, t.Total, t.Whole = c.found(), totals/n, whole/n
	return t, err
}

// leastAsked is the length of the shortest registration that may be asked for.
const leastAsked = 3

// asks tells whether a misread registration may be asked for: one too short, or such as 000 or ABC, is refused.
func asks(registration string) bool {
	return len(registration) >= leastAsked && !register.Nothing("registration", registration)
}

// ask searches held vehicles by registrations that the error model misread.
func (v *vehicles) ask() error {
	rng := rand.New(rand.NewPCG(v.o.Seed, saltSample))
	var asked []askedPlate
	for len(asked) < v.o.Sample {
		key := canonical(v.some(rng).Registration)
		read, cause, edits := plate.Misread(rng, key)
		if !asks(read) {
			continue
		}
		name := strconv.Itoa(edits)
		if edits > 3 {
			name = "4 and more"
		}
		asked = append(asked, askedPlate{request(read), byPlate(key), cause, name})
	}
	var causes, edits founds
	t, err := v.search(asked, func(a *askedPlate, _ *query.Answer, rank float64) {
		causes.add(rank, a.cause)
		edits.add(rank, a.edits)
	})
	v.report.Found, v.report.Timing = t.Found, t.Timing
	v.report.ByCause, v.report.ByEdits = causes.byName(), edits.byName()
	return err
}

// A task makes one kind of search for a held vehicle; ok is false where the vehicle offers none.
type task struct {
	name string
	make func(rng *rand.Rand, w *madeup.Vehicle, key string) (askedPlate, bool)
}

// tasks measures every kind of search.
func (v *vehicles) tasks() error {
	v.report.ByTask = map[string]TaskFound{}
	for _, k := range slicesOf(plateTasks, numberTasks) {
		rng := rand.New(rand.NewPCG(v.o.Seed, saltSample))
		var asked []askedPlate
		for len(asked) < v.o.Sample {
			w := v.some(rng)
			if a, ok := k.make(rng, &w, canonical(w.Registration)); ok && says(&a.ask) {
				asked = append(asked, a)
			}
		}
		t, err := v.search(asked, nil)
		if err != nil {
			return err
		}
		v.report.ByTask[k.name] = t
	}
	return nil
}

// says tells whether a request asks for a number: a fragment such as 000 or 1111 is refused as one that says nothing.
func says(r *query.VehicleRequest) bool {
	open := strings.ContainsAny(r.Registration, "?*")
	return (r.Registration == "" || open || !register.Nothing("registration", r.Registration)) && (r.Chassis == "" || !register.Nothing("chassis", r.Chassis))
}

func slicesOf(lists ...[]task) (all []task) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// plateTask asks for a registration that fn makes of the right one.
func plateTask(name string, fn func(rng *rand.Rand, key string) string) task {
	return task{name, func(rng *rand.Rand, _ *madeup.Vehicle, key string) (askedPlate, bool) {
		if len(key) < 8 {
			return askedPlate{}, false
		}
		read := fn(rng, key)
		return askedPlate{ask: request(read), right: byPlate(key)}, true
	}}
}

var plateTasks = []task{
	plateTask("exact", func(_ *rand.Rand, key string) string { return key }),
	plateTask("one edit", func(rng *rand.Rand, key string) string { return editPlain(rng, key, 1) }),
	plateTask("two edits", func(rng *rand.Rand, key string) string { return editPlain(rng, key, 2) }),
	plateTask("missing tail", func(rng *rand.Rand, key string) string { return key[:len(key)-1-rng.IntN(2)] }),
	plateTask("last four *8337", func(_ *rand.Rand, key string) string { return "*" + key[len(key)-4:] }),
	plateTask("last three *337", func(_ *rand.Rand, key string) string { return "*" + key[len(key)-3:] }),
	plateTask("two open HR26??8337", func(rng *rand.Rand, key string) string { return openSome(rng, key, 2) }),
	plateTask("half open HR26*37", func(_ *rand.Rand, key string) string { return key[:4] + "*" + key[len(key)-2:] }),
	plateTask("three fixed *D*3*7*", func(rng *rand.Rand, key string) string {
		i := rng.IntN(len(key) - 4)
		return "*" + key[i:i+1] + "*" + key[i+2:i+3] + "*" + key[i+4:i+5] + "*"
	}),
	plateTask("three fixed ???D?3??7", func(rng *rand.Rand, key string) string { return openSome(rng, key, len(key)-3) }),
	plateTask("fragment of three to five", func(rng *rand.Rand, key string) string {
		n := 3 + rng.IntN(3)
		i := rng.IntN(len(key) - n + 1)
		return key[i : i+n]
	}),
	{"last four with make and colour", func(_ *rand.Rand, w *madeup.Vehicle, key string) (askedPlate, bool) {
		a := askedPlate{ask: request(key[max(0, len(key)-4):]), right: byPlate(key)}
		a.ask.Make, a.ask.Colour = w.Maker, w.Colour
		return a, len(key) >= 8
	}},
	{"one edit with make and colour", func(rng *rand.Rand, w *madeup.Vehicle, key string) (askedPlate, bool) {
		a := askedPlate{ask: request(editPlain(rng, key, 1)), right: byPlate(key)}
		a.ask.Make, a.ask.Colour = w.Maker, w.Colour
		return a, len(key) >= 8
	}},
}

// numberTask asks for a chassis number that fn makes of the one written, whole and of 17 characters.
func numberTask(name string, fn func(rng *rand.Rand, number string) string) task {
	return task{name, func(rng *rand.Rand, w *madeup.Vehicle, _ string) (askedPlate, bool) {
		n := plate.Number(w.ChassisWritten)
		if len(n) != 17 || strings.Contains(n, "?") {
			return askedPlate{}, false
		}
		right := func(h *query.Hit) bool { return plate.Number(h.Record.Chassis) == n }
		return askedPlate{ask: query.VehicleRequest{Chassis: fn(rng, n), Common: query.Common{Reason: benchReason}}, right: right}, true
	}}
}

var numberTasks = []task{
	numberTask("chassis", func(_ *rand.Rand, n string) string { return n }),
	numberTask("chassis one edit", func(rng *rand.Rand, n string) string { return editPlain(rng, n, 1) }),
	numberTask("chassis two edits", func(rng *rand.Rand, n string) string { return editPlain(rng, n, 2) }),
	numberTask("chassis last five to eight", func(rng *rand.Rand, n string) string { return n[len(n)-5-rng.IntN(4):] }),
	numberTask("chassis fragment of four to eight", func(rng *rand.Rand, n string) string {
		k := 4 + rng.IntN(5)
		i := rng.IntN(len(n) - k + 1)
		return n[i : i+k]
	}),
	numberTask("chassis one ground off", func(rng *rand.Rand, n string) string { return openSome(rng, n, 1) }),
	{"engine one edit", func(rng *rand.Rand, w *madeup.Vehicle, _ string) (askedPlate, bool) {
		n := plate.Number(w.EngineWritten)
		if len(n) < 8 || strings.Contains(n, "?") {
			return askedPlate{}, false
		}
		right := func(h *query.Hit) bool { return plate.Number(h.Record.Engine) == n }
		return askedPlate{ask: query.VehicleRequest{Engine: editPlain(rng, n, 1), Common: query.Common{Reason: benchReason}}, right: right}, true
	}},
}

// editPlain makes so many plain edits at places drawn evenly, the ends included.
func editPlain(rng *rand.Rand, s string, edits int) string {
	for range edits {
		i, c := rng.IntN(len(s)+1), string(madeup.PlateLetters[rng.IntN(len(madeup.PlateLetters))])
		switch kind := rng.IntN(4); {
		case kind == 0 || i == len(s):
			s = s[:i] + c + s[i:]
		case kind == 1:
			s = s[:i] + s[i+1:]
		case kind == 2 || i+1 == len(s):
			s = s[:i] + c + s[i+1:]
		default:
			s = s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]
		}
	}
	return s
}

// openSome puts ? for n characters.
func openSome(rng *rand.Rand, s string, n int) string {
	b := []byte(s)
	for _, i := range rng.Perm(len(b))[:min(n, len(b))] {
		b[i] = '?'
	}
	return string(b)
}
