package register

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"runtime"
	"slices"
	"time"

	"anvesh/query/names"
	"anvesh/query/snapshot"
)

// sizes decide when something changeable becomes a file.
type sizes struct {
	head int           // rows of a head that is closed: what is held twice
	fold int           // names of a dictionary's tail that is folded into its base, if they are a foldShare-th of those of the base
	rest time.Duration // how long no update came before few parts are made of many
}

func standardSizes() sizes { return sizes{head: 1 << 16, fold: 1 << 16, rest: 10 * time.Second} }

// foldShare keeps what is rewritten within five times of what comes.
const foldShare = 4

// A part takes its class from its rows: each is for four times as many as the one before. mergeParts parts of one class are
// merged, so that a row is written once in a class, and there are few parts.
const (
	classBits  = 2
	mergeParts = 4
)

// seal closes the head: nothing is added to it any more, and another one begins.
func (s *side) seal() {
	next := hold(newHead())
	next.serial = s.head().serial + 1
	s.sections = append(s.sections, next)
	s.place()
}

// closed are the heads that were closed and are no parts yet, with what is gone by now.
func (s *side) closed() (list []*held) {
	for _, h := range s.sections[:len(s.sections)-1] {
		if h.rowOf != nil {
			list = append(list, h.clone())
		}
	}
	return list
}

// hasHead tells whether a section is a closed head, of this side too.
func (s *side) hasHead(h *held) bool {
	return h.rowOf != nil && slices.ContainsFunc(s.sections, func(o *held) bool { return o.serial == h.serial && o.rowOf != nil })
}

// tend is Register.Tend: it makes parts of heads that were closed, and merges parts, one step at a time.
func (g *space) tend(ctx context.Context) (more bool, err error) {
	if err := g.sealClosed(ctx); err != nil {
		return false, err
	}
	for of := range NameKind(2) {
		if folded, err := g.foldNames(ctx, of); folded || err != nil {
			return true, err
		}
	}
	if list := g.mergeable(false); len(list) > 0 {
		return true, g.merge(ctx, list, g.headsFirst(ctx))
	}
	if !g.resting() {
		return false, nil
	}
	return g.mergeAtRest(ctx)
}

// mergeAtRest makes few parts of many, and gives up when an update comes: what is not worth its while beside updates would take
// processor from them, and from who searches, for minutes.
func (g *space) mergeAtRest(ctx context.Context) (more bool, err error) {
	list := g.mergeable(true)
	if len(list) == 0 {
		return false, nil
	}
	resting, stop := context.WithCancel(ctx)
	defer stop()
	pace := g.headsFirst(ctx)
	err = g.merge(resting, list, func() {
		if pace(); !g.resting() {
			stop()
		}
	})
	if resting.Err() != nil && ctx.Err() == nil {
		return false, nil
	}
	return true, err
}

func (z sizes) foldDue(base, all int) bool { return all-base >= max(z.fold, base/foldShare) }

// foldNames writes a new base of a dictionary of names where its tail has become long.
func (g *space) foldNames(ctx context.Context, of NameKind) (folded bool, err error) {
	s, release := g.twin.read()
	if !g.sizes.foldDue(s.bases[of].Len(), s.names[of].Len()) {
		release()
		return false, nil
	}
	frozen, had := s.names[of].Frozen(), s.bases[of]
	release()
	name, done := g.newFile(bearersName(of))
	defer done()
	err = g.writeFlat(ctx, name, namesKind(), g.headsFirst(ctx), func(f *snapshot.FlatWriter) error {
		frozen.Write(f, "")
		return nil
	})
	runtime.KeepAlive(had)
	if err != nil {
		return false, fmt.Errorf("register: write names: %w", err)
	}
	b, err := g.openNames(name)
	if err != nil {
		return false, err
	}
	g.twin.write(func(s *side) {
		s.names[of].Rebase(b.Base)
		s.bases[of] = b
	})
	return true, nil
}

// A namesFile is the base of a dictionary of names and the file that it lies in.
type namesFile struct {
	*names.Base
	file   string
	forget func() // see storage.Mapping
}

// Len is how many names the base has.
func (b *namesFile) Len() int {
	if b == nil {
		return 0
	}
	return b.Base.Len()
}

// openNames maps and opens the base of a dictionary.
func (g *space) openNames(name string) (b *namesFile, err error) {
	b = &namesFile{file: name}
	b.forget, err = mapped(g, name, namesKind(), b, func(f *snapshot.Flat) (err error) {
		b.Base, err = names.OpenBase(f, "")
		return err
	})
	return b, err
}

func namesKind() string { return fmt.Sprintf("anvesh names %d", layoutVersion) }

// sealClosed makes a part of the heads that were closed: of those of the cut that waits, or else of all.
func (g *space) sealClosed(ctx context.Context) error {
	g.sealing.Lock()
	defer g.sealing.Unlock()
	list := g.closed()
	if len(list) == 0 {
		return nil
	}
	err := g.merge(ctx, list, g.pacer(ctx))
	select {
	case g.sealed <- struct{}{}:
	default:
	}
	return err
}

// closed are the heads that are to become a part next: while a cut waits its own, with what was gone then.
func (g *space) closed() []*held {
	g.cutting.Lock()
	defer g.cutting.Unlock()
	if g.cut != nil {
		if list := g.cut.closed(); len(list) > 0 {
			return list
		}
	}
	s, release := g.twin.read()
	defer release()
	return s.closed()
}

// mergeable gives parts that are to be one: so many of a class or below it, the smallest first; and once updates rest, so
// many of the smallest that each part that stays is four times as large as all smaller ones together, since a search for a
// number goes over every part.
func (g *space) mergeable(resting bool) []*held {
	s, release := g.twin.read()
	defer release()
	var parts []*held
	var classes [33][]*held
	for _, h := range s.sections {
		if h.rowOf == nil {
			parts = append(parts, h)
			c := bits.Len(uint(h.rows())) / classBits
			classes[c] = append(classes[c], h)
		}
	}
	for _, list := range classes {
		if len(list) >= mergeParts {
			return clones(list)
		}
	}
	if !resting {
		return nil
	}
	slices.SortStableFunc(parts, func(a, b *held) int { return cmp.Compare(a.rows(), b.rows()) })
	smaller, n := 0, 0 // rows of those before, and how many are to be one
	for i, h := range parts {
		if h.rows() < mergeParts*smaller {
			n = i + 1
		}
		smaller += h.rows()
	}
	return clones(parts[:n])
}

func clones(list []*held) (all []*held) {
	for _, h := range list {
		all = append(all, h.clone())
	}
	return all
}

// backgroundShare is the part of one core that files are written with while somebody searches.
const backgroundShare = 4

// pacer gives a function that is called between pieces of work in the background: while somebody searches, and no update is
// slowed down, it sleeps three times as long as the piece took.
func (g *space) pacer(ctx context.Context) func() {
	began := time.Now()
	return func() {
		if worked := time.Since(began); g.searching() && g.waiting() < manyClosed {
			pause := time.NewTimer((backgroundShare - 1) * worked)
			select {
			case <-pause.C:
			case <-ctx.Done():
			}
			pause.Stop()
		}
		began = time.Now()
	}
}

// headsFirst is a pacer that makes a part of closed heads before it goes on: a merge may last for minutes.
func (g *space) headsFirst(ctx context.Context) func() {
	pace := g.pacer(ctx)
	failed := false
	return func() {
		pace()
		if !failed && g.waiting() > 0 {
			failed = g.sealClosed(ctx) != nil // it is told by the next Tend
			pace = g.pacer(ctx)
		}
	}
}

// merge writes one part of the rows of some sections and puts it in their place, of heads also in the cut that waits. What
// has gone from them meanwhile is gone from the part.
func (g *space) merge(ctx context.Context, from []*held, pace func()) error {
	w := partWriter{from: from}
	name, done := g.newFile(partsName)
	defer done()
	if err := g.writeFlat(ctx, name, partKind(), pace, w.write); err != nil {
		return fmt.Errorf("register: write a part: %w", err)
	}
	part, err := g.open(name)
	if err != nil {
		return err
	}
	part.serial = from[0].serial
	g.forget()
	g.cutting.Lock()
	defer g.cutting.Unlock()
	g.twin.write(func(s *side) { s.replace(from, part, &w.moved) })
	if g.cut != nil && g.cut.hasHead(from[0]) {
		g.cut.replace(from, part, &w.moved)
	}
	return nil
}

// forget takes what was read of the files off the memory of the program: a merge reads all of its parts, and updates look into
// each for what they change, though few searches do.
func (g *space) forget() {
	s, release := g.twin.read()
	defer release()
	s.forget()
}

func (s *side) forget() {
	for _, h := range s.sections {
		if h.rowOf == nil {
			h.section.forget()
		}
	}
	for _, b := range s.bases {
		if b != nil {
			b.forget()
		}
	}
}

// writeFlat writes a flat file at a pace, unless the context ends.
func (g *space) writeFlat(ctx context.Context, name, kind string, pace func(), write func(*snapshot.FlatWriter) error) error {
	return g.files.Write(name, func(out io.Writer) error {
		f := snapshot.NewFlatWriter(stopped{ctx, out}, kind)
		f.Pace(pace)
		if err := write(f); err != nil {
			return err
		}
		return f.Close()
	})
}

// mark stands in the names of the files of the space, and of no other.
func (g *space) mark() string { return [labels]string{".part-", ".party-"}[g.label] }

// partsName begins the names of parts' files; those of dictionaries begin with bearersName.
const partsName = "part"

// newFile names a file that nothing has written yet, and keeps it from being removed until done is called.
func (g *space) newFile(what string) (name string, done func()) {
	name = what + g.mark() + rand.Text()
	g.naming.Lock()
	g.writing[name] = true
	g.naming.Unlock()
	return name, func() {
		g.naming.Lock()
		delete(g.writing, name)
		g.naming.Unlock()
	}
}

// stopped is a writer that refuses when a context has ended.
type stopped struct {
	ctx context.Context
	io.Writer
}

func (s stopped) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Writer.Write(b)
}

// open maps and opens a part.
func (g *space) open(name string) (part *section, err error) {
	part = &section{file: name}
	part.forget, err = mapped(g, name, partKind(), part, part.open)
	return part, err
}

// mapped maps a flat file of a kind and proves it before open reads it. It stays mapped as long as owner is reachable.
func mapped[T any](g *space, name, kind string, owner *T, open func(*snapshot.Flat) error) (forget func(), err error) {
	m, err := g.files.Map(name)
	if err != nil {
		return nil, fmt.Errorf("register: map %s: %w", name, err)
	}
	f, err := snapshot.OpenFlat(m.Data, kind)
	if err == nil {
		err = g.files.Read(name, f.Verify)
	}
	if err == nil {
		err = open(f)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("register: %s: %w", name, err), m.Unmap())
	}
	runtime.AddCleanup(owner, func(unmap func() error) { unmap() }, m.Unmap)
	return m.Forget, nil
}

// replace puts a part in the place of the sections that it was written from. moved tells where their rows are.
func (s *side) replace(from []*held, part *section, moved *[2][][]uint32) {
	into := hold(part)
	kept := s.sections[:0:0]
	for _, h := range s.sections {
		i := slices.IndexFunc(from, func(f *held) bool { return f.serial == h.serial })
		if i < 0 {
			kept = append(kept, h)
			continue
		}
		for which := range h.gone {
			for row := range h.gone[which].EachSet() {
				if to := moved[which][i][row]; to != noRow {
					into.gone[which].Set(uint(to))
				}
			}
		}
	}
	into.forgetNumbers()
	s.sections = append(kept, into)
	slices.SortFunc(s.sections, func(a, b *held) int { return cmp.Compare(a.serial, b.serial) })
	s.place()
}
