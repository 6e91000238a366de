package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Report is what Verify read and found.
type Report struct {
	Years    int      `json:"years"`
	Entries  int64    `json:"entries"`
	Bytes    int64    `json:"bytes"`
	Findings []string `json:"findings"` // what is not as it was written, the first hundred; none where the log is whole
}

// mostFindings is how many are listed: one is enough to know.
const mostFindings = 100

func (r *Report) found(format string, args ...any) {
	if len(r.Findings) < mostFindings {
		r.Findings = append(r.Findings, fmt.Sprintf(format, args...))
	}
}

// Verify reads the log of a data directory that no service has open, whole: every segment group by group, and from its
// entries every tile, bundle and checkpoint again, which must be there, byte for byte, and nothing else. The error is
// ErrInUse, or that the keys cannot be read; what is wrong with the log stands in the report.
func Verify(dir string) (*Report, error) {
	lock, err := lockLog(dir)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	years, err := yearsOf(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "secret", "audit.json")); errors.Is(err, fs.ErrNotExist) && len(years) == 0 {
		return &Report{}, nil // nothing was ever written
	}
	s, err := openSecrets(dir, false)
	if err != nil {
		return nil, err
	}
	return s.verify(dir, years, nil)
}

// Verify is the same of a log that is open, up to its last checkpoint. Appends go on; tiles and checkpoints wait.
func (l *Log) Verify() (*Report, error) {
	if err := l.Seal(); err != nil {
		return nil, err
	}
	l.treeMu.RLock()
	defer l.treeMu.RUnlock()
	if l.tree == nil {
		return &Report{}, nil
	}
	years, err := yearsOf(l.o.Dir)
	if err != nil {
		return nil, err
	}
	return l.verify(l.o.Dir, years, &l.tree.current)
}

// verify reads the years; open is the last checkpoint of the one that is written to.
func (s *secrets) verify(dir string, years []int, open *Checkpoint) (*Report, error) {
	r := &Report{Years: len(years)}
	s.mu.RLock()
	known := slices.Clone(s.years)
	s.mu.RUnlock()
	for _, y := range known {
		if !slices.Contains(years, y) {
			r.found("%d: was begun and is missing", y)
		}
	}
	there, err := os.ReadDir(filepath.Join(dir, "audit"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("audit: %w", err)
	}
	for _, f := range there {
		if !yearName.MatchString(f.Name()) || !f.IsDir() {
			r.found("%s: is no part of the log", f.Name())
		}
	}
	for _, y := range years {
		v := &yearVerifier{secrets: s, report: r, year: y, dir: yearDir(dir, y), seen: map[string]bool{"segment": true, "checkpoint": true}}
		if open != nil && open.Year == y {
			v.open = open
		}
		v.run()
	}
	return r, nil
}

// A yearVerifier makes the tree of a year again from its segment, and compares. It is the tree's store.
type yearVerifier struct {
	*secrets
	report *Report
	year   int
	dir    string
	open   *Checkpoint
	seen   map[string]bool // files, by path in dir, that belong to the log
}

func (v *yearVerifier) found(format string, args ...any) {
	v.report.found("%d/%s", v.year, fmt.Sprintf(format, args...))
}

func (v *yearVerifier) run() {
	raw, err := os.ReadFile(filepath.Join(v.dir, "checkpoint"))
	var c Checkpoint
	if err == nil {
		c, err = v.openCheckpoint(raw)
	}
	if err == nil && (c.Year != v.year || v.open != nil && !bytes.Equal(raw, v.open.Note)) {
		err = errors.New("is another's")
	}
	if err != nil {
		v.found("checkpoint: %v", err)
	}
	v.report.Bytes += int64(len(raw))
	if err := v.readSegment(c); err != nil {
		v.found("segment: %v", err)
	}
	v.listFiles()
}

// readSegment reads the segment and compares what is made of it.
func (v *yearVerifier) readSegment(c Checkpoint) error {
	f, err := os.Open(filepath.Join(v.dir, "segment"))
	if err != nil {
		return err
	}
	defer f.Close()
	end := c.segment
	if v.open == nil {
		if end, err = sizeOf(f); err != nil {
			return err
		}
	}
	v.report.Bytes += end
	r, err := newSegmentReader(f, v.groups, int64(len(segmentMagic)), end, 0)
	if err != nil {
		return err
	}
	t := newTree(v)
	for t.size < c.N {
		entries, err := r.group()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("it has %d entries, the checkpoint stands for %d", t.size, c.N)
		}
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := t.add(e); err != nil {
				return err
			}
		}
	}
	v.report.Entries += t.size
	if err := t.flush(true); err != nil {
		return err
	}
	if root, err := t.root(); err != nil || root != c.Hash || r.at != c.segment {
		return errors.Join(errors.New("its entries are not those that the checkpoint stands for"), err)
	}
	if r.at < end {
		return fmt.Errorf("the %d bytes from %d on are behind the checkpoint: after a kill the next start of the service reads them", end-r.at, r.at)
	}
	return nil
}

// put compares a tile or bundle with its file.
func (v *yearVerifier) put(path string, data []byte, _ bool) error {
	v.seen[path] = true
	v.report.Bytes += int64(len(data))
	there, err := v.get(path)
	switch {
	case err != nil:
		v.found("%s: %v", path, errors.Unwrap(err))
	case !bytes.Equal(there, data):
		v.found("%s: is not what the entries of the segment make", path)
	}
	return nil
}

func (v *yearVerifier) get(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(v.dir, path))
}

// listFiles looks for what does not belong to the log.
func (v *yearVerifier) listFiles() {
	err := filepath.WalkDir(v.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, v.dir+string(filepath.Separator))
		if !d.IsDir() && !v.seen[name] {
			v.found("%s: is no part of the log", name)
		}
		if i, err := d.Info(); err == nil && !d.IsDir() && !i.Mode().IsRegular() {
			v.found("%s: is no regular file", name)
		}
		return nil
	})
	if err != nil {
		v.found("%v", err)
	}
}
