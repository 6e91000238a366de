package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Options say where a log is. Dir is required.
type Options struct {
	Dir    string           // the data directory: the log is in DIR/audit, its keys in DIR/secret
	Now    func() time.Time // default time.Now
	Logger *slog.Logger     // default slog.Default()

	open func(path string) (file, error) // of segments; tests hand in one that fails
}

// What an append, or an open, can end in. Callers decide by errors.Is.
var (
	// ErrNotWritten: the log could not be written. What was to be logged must not be done.
	ErrNotWritten = errors.New("audit: the log cannot be written")
	// ErrInUse: another process has the log of this directory open.
	ErrInUse = errors.New("audit: the log is in use by a running service; use --server with its address")
	// ErrDamaged: the log is not what was written. The error says where.
	ErrDamaged = errors.New("audit: the log is damaged")
	// ErrNoEntry: no entry of that year and number is in the log.
	ErrNoEntry = errors.New("audit: no such entry")
)

// sealEvery is how long an entry waits at most to be in the tree. A checkpoint costs some ten small files and as many syncs.
const sealEvery = time.Second

// A Log is the open log of one data directory, held (and locked) by one process. Its methods may be called from many
// goroutines.
type Log struct {
	o    Options
	lock *os.File
	*secrets

	mu      sync.Mutex
	waiting []*waiter
	wake    chan struct{}
	closing bool
	broken  error   // why nothing can be written any more
	loose   []batch // durable, and not in the tree yet

	refusals refusals

	ended chan struct{} // the writer has
	stop  chan struct{}
	seals sync.WaitGroup

	writing *segment // of the writer alone

	treeMu sync.RWMutex // guards the tree and the files behind the segment
	tree   *yearTree    // nil until something was written
}

// A waiter is one Append.
type waiter struct {
	entries [][]byte
	bytes   int
	done    chan error // gets one
}

// A batch is the entries of a group that is durable, and where it ends.
type batch struct {
	entries [][]byte
	end     int64
}

// Open opens the log of a data directory. What was durable and is not in the tree yet is put there; a torn end of the segment,
// which nobody was told of as written, is cut and logged. The error is ErrInUse, ErrDamaged, or of the files.
func Open(o Options) (*Log, error) {
	if o.Dir == "" {
		return nil, errors.New("audit: Options.Dir is required")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.open == nil {
		o.open = openFile
	}
	l := &Log{o: o, wake: make(chan struct{}, 1), ended: make(chan struct{}), stop: make(chan struct{})}
	var err error
	if l.lock, err = lockLog(o.Dir); err != nil {
		return nil, err
	}
	if err = l.begin(); err != nil {
		l.lock.Close()
		return nil, err
	}
	go l.write()
	l.seals.Go(l.sealOften)
	return l, nil
}

// begin reads the keys and resumes the last year.
func (l *Log) begin() (err error) {
	years, err := yearsOf(l.o.Dir)
	if err != nil {
		return err
	}
	if l.secrets, err = openSecrets(l.o.Dir, len(years) == 0); err != nil {
		return err
	}
	if len(l.years) > 0 && (len(years) == 0 || years[len(years)-1] < l.years[len(l.years)-1]) {
		return fmt.Errorf("%w: the year %d, which was begun, is missing", ErrDamaged, l.years[len(l.years)-1])
	}
	if len(years) == 0 {
		return nil
	}
	return l.resumeYear(years[len(years)-1])
}

// Append writes an event and returns once it is durable: then, and not before, what it tells of may leave. Where the error is
// ErrNotWritten it may not. Where ctx ends first the error is that of ctx, and the event may be written all the same.
func (l *Log) Append(ctx context.Context, ev *Event) error {
	w, err := l.queue(ev)
	if err != nil {
		return err
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// queue puts an event among those that are written next.
func (l *Log) queue(ev *Event) (*waiter, error) {
	if ev.At.IsZero() {
		ev.At = l.o.Now()
	}
	if ev.Address == "" {
		ev.Address = ev.Who.Address
	}
	w := &waiter{done: make(chan error, 1)}
	var err error
	if w.entries, err = l.encode(ev); err != nil {
		return nil, err
	}
	for _, e := range w.entries {
		w.bytes += 2 + len(e)
	}
	if w.bytes > maxAppend {
		return nil, errTooLarge
	}
	return w, l.join(w)
}

// Broken says why nothing can be written any more until the log is opened again; nil where it can.
func (l *Log) Broken() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// join puts a waiter into the group that is written next.
func (l *Log) join(w *waiter) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return fmt.Errorf("%w: %w", ErrNotWritten, l.broken)
	}
	if l.closing {
		return fmt.Errorf("%w: it is closed", ErrNotWritten)
	}
	l.waiting = append(l.waiting, w)
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return nil
}

// write is the writer: it takes all who wait as one group, writes and syncs it, and tells them. While it syncs, the next
// group gathers; so a group is as large as what comes in the time of one sync, and nobody waits longer than two.
func (l *Log) write() {
	defer close(l.ended)
	for {
		group, closing := l.take()
		if len(group) == 0 {
			if closing {
				return
			}
			<-l.wake
			continue
		}
		err := l.writeGroup(group)
		if err != nil {
			l.o.Logger.Error("audit: a group could not be written; what it tells of was refused", "entries", len(group), "error", err)
			err = fmt.Errorf("%w: %w", ErrNotWritten, err)
		}
		for _, w := range group {
			w.done <- err
		}
	}
}

// take returns who waits, as many as a group holds.
func (l *Log) take() (group []*waiter, closing bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, bytes := 0, 0
	for n < len(l.waiting) && bytes < fullGroup {
		bytes += l.waiting[n].bytes
		n++
	}
	group, l.waiting = l.waiting[:n:n], l.waiting[n:]
	return group, l.closing
}

// writeGroup makes a group durable.
func (l *Log) writeGroup(group []*waiter) error {
	if l.broken != nil { // written here alone
		return l.broken
	}
	if err := l.turnYear(); err != nil {
		return err
	}
	var entries [][]byte
	for _, w := range group {
		entries = append(entries, w.entries...)
	}
	if err := l.writing.append(l.groups, entries); err != nil {
		if l.writing.lost != nil {
			l.mu.Lock()
			l.broken = l.writing.lost
			l.mu.Unlock()
		}
		return err
	}
	l.mu.Lock()
	l.loose = append(l.loose, batch{entries, l.writing.size})
	l.mu.Unlock()
	return nil
}

// turnYear begins the tree of a year with its first entry. An entry stands in the tree of the year, in India, in which it was
// written; a clock that goes back changes nothing.
func (l *Log) turnYear() error {
	year := l.o.Now().In(india).Year()
	if l.writing != nil && l.writing.year >= year {
		return nil
	}
	if l.writing != nil {
		if err := l.Seal(); err != nil {
			return err
		}
	}
	tree, seg, err := l.makeYear(year)
	if err != nil {
		return err
	}
	if l.writing != nil {
		l.writing.f.Close()
	}
	l.writing = seg
	l.treeMu.Lock()
	l.tree = tree
	l.treeMu.Unlock()
	return nil
}

// india is the time by which years turn.
var india = time.FixedZone("IST", 5*3600+1800)

// sealOften seals what is loose, and writes what was refused, every sealEvery.
func (l *Log) sealOften() {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			l.writeRefused(false)
			if err := l.Seal(); err != nil {
				l.o.Logger.Error("audit: tiles and checkpoint could not be written; entries are durable without", "error", err)
			}
		case <-l.stop:
			return
		}
	}
}

// Seal puts all that is durable into the tree, and signs a checkpoint of it. It happens every second by itself.
func (l *Log) Seal() error {
	l.treeMu.Lock()
	defer l.treeMu.Unlock()
	if l.tree == nil {
		return nil
	}
	l.mu.Lock()
	loose := l.loose
	l.loose = nil
	l.mu.Unlock()
	for _, b := range loose {
		if err := l.tree.add(b); err != nil {
			l.tree.lost = err
		}
	}
	return l.tree.seal(l.secrets)
}

// Close writes what waits, seals the tree and lets another process open the log.
func (l *Log) Close() error {
	l.writeRefused(true)
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		return nil
	}
	l.closing = true
	select {
	case l.wake <- struct{}{}:
	default:
	}
	l.mu.Unlock()
	<-l.ended
	close(l.stop)
	l.seals.Wait()
	err := l.Seal()
	if l.writing != nil {
		err = errors.Join(err, l.writing.f.Close())
	}
	return errors.Join(err, l.lock.Close())
}

// Forget drops the keys of records and cases, by their ids, for good: what the log says of them, and what was asked where
// they were found, can be read no more, by nobody. Entries, proofs and checkpoints stay as they are: a pseudonym of six
// bytes is what is left. Older copies of DIR/secret still open it; see OPERATING.md.
func (l *Log) Forget(ids ...string) error {
	points := make([]point, len(ids))
	for i, id := range ids {
		points[i] = l.pointOf(id)
	}
	return l.drop(points)
}

// VerifierKey is the public key of the log's checkpoints, in the form of golang.org/x/mod/sumdb/note.
func (l *Log) VerifierKey() string { return l.verifierKey() }
