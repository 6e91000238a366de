package audit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"syscall"

	"anvesh/storage/durable"
)

// A file is what a segment is written to.
type file interface {
	io.ReaderAt
	io.WriterAt
	Sync() error // of the data and the length
	Truncate(size int64) error
	Close() error
}

type synced struct{ *os.File }

// Sync makes what was written durable, with the length, which is needed to read it, and without the times, which are not.
func (f synced) Sync() error { return syscall.Fdatasync(int(f.Fd())) }

func openFile(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	return synced{f}, err
}

// A segment is the file that is durable before an answer leaves.
type segment struct {
	f      file
	year   int
	size   int64
	next   int64 // number of the next entry
	seal   groupSeal
	buffer []byte
	lost   error // why it can be written no more
}

// append writes entries as a group and syncs it. On an error none of them is in the log.
func (s *segment) append(key []byte, entries [][]byte) error {
	var seal groupSeal
	s.buffer, seal = appendGroup(s.buffer[:0], key, s.seal, s.next, entries)
	_, err := s.f.WriteAt(s.buffer, s.size)
	if err == nil {
		if err = s.f.Sync(); err == nil {
			s.size, s.seal, s.next = s.size+int64(len(s.buffer)), seal, s.next+int64(len(entries))
			return nil
		}
		// What a sync that failed has left on the disk nobody knows, and the next one may succeed without it.
		s.lost = fmt.Errorf("sync of the segment: %w; it is read anew when the service starts", err)
		return s.lost
	}
	if e := errors.Join(s.f.Truncate(s.size), s.f.Sync()); e != nil {
		s.lost = e
	}
	return fmt.Errorf("write the segment: %w", err)
}

// A yearTree is the tree of one year with its files.
type yearTree struct {
	*tree
	year    int
	dir     string
	files   *tileFiles
	segment int64      // bytes of the segment that hold the tree's entries
	current Checkpoint // that is on disk
	lost    error      // why it is not what the segment holds; a start makes it anew
}

// add puts a durable group into the tree.
func (t *yearTree) add(b batch) error {
	if t.lost != nil {
		return t.lost
	}
	for _, e := range b.entries {
		if err := t.tree.add(e); err != nil {
			return err
		}
	}
	t.segment = b.end
	return nil
}

// seal writes tiles, then the checkpoint, then takes away the tiles that the one before needed.
func (t *yearTree) seal(s *secrets) error {
	if t.lost != nil {
		return t.lost
	}
	if t.size == t.current.N && t.current.Note != nil {
		return nil
	}
	if err := t.flush(true); err != nil {
		return err
	}
	if err := t.files.sync(); err != nil { // what of them is on the disk nobody knows
		t.lost = err
		return err
	}
	root, err := t.root()
	if err != nil {
		return err
	}
	c := Checkpoint{Year: t.year, segment: t.segment, before: t.current.N}
	c.N, c.Hash = t.size, root
	if c.Note, err = s.sign(c); err == nil {
		err = durable.ReplaceBytes(filepath.Join(t.dir, "checkpoint"), c.Note)
	}
	if err != nil {
		return err
	}
	t.files.remove(t.current.N, c.N)
	t.current = c
	return nil
}

var yearName = regexp.MustCompile(`^[0-9]{4}$`)

// yearsOf lists the years of a log.
func yearsOf(dir string) (years []int, err error) {
	there, err := os.ReadDir(filepath.Join(dir, "audit"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	for _, f := range there {
		if yearName.MatchString(f.Name()) {
			y, _ := strconv.Atoi(f.Name())
			years = append(years, y)
		}
	}
	slices.Sort(years)
	return years, nil
}

func yearDir(dir string, year int) string {
	return filepath.Join(dir, "audit", fmt.Sprintf("%04d", year))
}

// makeYear makes the files of a year that has none: an empty segment and the checkpoint of an empty tree.
func (l *Log) makeYear(year int) (*yearTree, *segment, error) {
	dir := yearDir(l.o.Dir, year)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("audit: %w", err)
	}
	f, err := l.o.open(filepath.Join(dir, "segment"))
	if err != nil {
		return nil, nil, fmt.Errorf("audit: %w", err)
	}
	_, err = f.WriteAt([]byte(segmentMagic), 0)
	t := &yearTree{year: year, dir: dir, files: newTileFiles(dir), segment: int64(len(segmentMagic))}
	t.tree = newTree(t.files)
	err = errors.Join(err, f.Sync())
	if err == nil {
		err = t.seal(l.secrets)
	}
	if err = errors.Join(err, durable.SyncDir(filepath.Dir(dir)), durable.SyncDir(l.o.Dir)); err == nil {
		err = l.knowYear(year)
	}
	if err != nil {
		f.Close()
		return nil, nil, fmt.Errorf("audit: begin the year %d: %w", year, err)
	}
	return t, &segment{f: f, year: year, size: t.segment}, nil
}

// resumeYear opens the last year and catches up with what is durable of it.
func (l *Log) resumeYear(year int) error {
	dir := yearDir(l.o.Dir, year)
	raw, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if errors.Is(err, fs.ErrNotExist) && !slices.Contains(l.years, year) { // a kill while it was made; nothing was written
		l.tree, l.writing, err = l.makeYear(year)
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: the checkpoint of %d: %w", ErrDamaged, year, err)
	}
	c, err := l.openCheckpoint(raw)
	if err != nil || c.Year != year {
		return fmt.Errorf("%w: the checkpoint of %d: %w", ErrDamaged, year, err)
	}
	if err := l.knowYear(year); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "segment")); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	f, err := l.o.open(filepath.Join(dir, "segment"))
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	t := &yearTree{year: year, dir: dir, files: newTileFiles(dir), segment: c.segment, current: c}
	t.tree = newTree(t.files)
	t.files.tidy(min(c.before, c.N), c.N)
	removeTemporary(dir)
	from := c
	if err := t.resume(c.N, c.Hash); err != nil {
		l.o.Logger.Warn("audit: tiles are made again from the segment", "year", year, "because", err.Error())
		t.tree = newTree(t.files)
		t.segment, from = int64(len(segmentMagic)), Checkpoint{segment: int64(len(segmentMagic))}
	}
	if l.writing, err = l.readOn(f, t, from, c); err != nil {
		f.Close()
		return err
	}
	l.tree = t
	if err := errors.Join(t.flush(true), t.files.sync(), t.seal(l.secrets)); err != nil {
		f.Close()
		return err
	}
	t.files.tidy(min(c.before, c.N), t.size)
	return nil
}

// readOn reads the segment from a checkpoint on into the tree, which must pass through known, and cuts a torn end.
func (l *Log) readOn(f file, t *yearTree, from, known Checkpoint) (*segment, error) {
	end, err := sizeOf(f)
	if err == nil && end < known.segment {
		err = fmt.Errorf("it has %d bytes, the checkpoint stands for %d", end, known.segment)
	}
	var r *segmentReader
	if err == nil {
		r, err = newSegmentReader(f, l.groups, from.segment, end, from.N)
	}
	for err == nil {
		var entries [][]byte
		if entries, err = r.group(); err == nil {
			err = t.add(batch{entries, r.at})
		}
		if err == nil && t.size == known.N && from.N < known.N {
			if root, e := t.root(); e != nil || root != known.Hash || t.segment != known.segment {
				err = errors.Join(errors.New("it does not have the entries that the checkpoint stands for"), e)
			}
		}
	}
	var torn *tornError
	switch {
	case errors.As(err, &torn) && torn.at >= known.segment:
		l.o.Logger.Warn("audit: the end of the segment was never acknowledged and is cut", "year", t.year, "at", torn.at, "bytes", torn.bytes)
		if err := errors.Join(f.Truncate(torn.at), f.Sync()); err != nil {
			return nil, fmt.Errorf("audit: cut the segment: %w", err)
		}
	case !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w: segment of %d: %w", ErrDamaged, t.year, err)
	case t.size < known.N:
		return nil, fmt.Errorf("%w: segment of %d: it has %d entries, the checkpoint stands for %d", ErrDamaged, t.year, t.size, known.N)
	}
	return &segment{f: f, year: t.year, size: r.at, next: r.next, seal: r.seal}, nil
}

// sizeOf is the length of a segment.
func sizeOf(f file) (int64, error) {
	s, ok := f.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return 0, errors.New("its length cannot be read")
	}
	i, err := s.Stat()
	if err != nil {
		return 0, err
	}
	return i.Size(), nil
}

// removeTemporary removes a checkpoint that a kill left half written.
func removeTemporary(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, "checkpoint-*"+durable.Beside))
	for _, f := range left {
		os.Remove(f)
	}
}
