package storage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"anvesh/storage/durable"
)

// A Backups is a directory of parts, and of a file that names them all:
//
//	0001.part   the first, everything; then one more each, what changed since
//	chain.json  the SHA-256 of every part in order, as JSON; written after the part, so that it may be one behind
//
// Each part names the one before it, and so tells whether one is missing between two; whether the last ones are missing only
// chain.json can tell. A directory of a program that wrote none is taken as it is.
type Backups string

const chainFile = "chain.json"

// chain is chain.json.
type chain struct {
	Parts []string `json:"parts"` // Part.SHA256
}

func (d Backups) path(number int) string {
	return filepath.Join(string(d), fmt.Sprintf("%04d.part", number))
}

// Parts reads and verifies every part in order, and that each follows on the one before. Whichever is missing, doubled, out
// of order or of another backup is an ErrBadBackup that names it.
func (d Backups) Parts(progress func(Part)) ([]Part, error) { return d.partsTo(0, progress) }

// partsTo is Parts no further than a number, 0 for all.
func (d Backups) partsTo(last int, progress func(Part)) ([]Part, error) {
	there, known, err := d.look()
	if err != nil {
		return nil, fmt.Errorf("storage: %s: %w", d, err)
	}
	end := len(known.Parts)
	if len(there) > 0 {
		end = max(end, there[len(there)-1])
	}
	if last > 0 {
		end = min(end, last)
	}
	if missing := missingParts(there, end); len(missing) > 0 {
		return nil, fmt.Errorf("storage: %w: %s of %d in %s missing: without it what stands behind it cannot be used",
			ErrBadBackup, strings.Join(missing, ", "), end, d)
	}
	var parts []Part
	before := Part{}
	for number := 1; number <= end; number++ {
		p, err := d.part(number, before, known)
		if err != nil {
			return parts, fmt.Errorf("storage: %s: %w", d.path(number), err)
		}
		if before = *p; progress != nil {
			progress(before)
		}
		parts = append(parts, before)
	}
	return parts, nil
}

// part reads and verifies one part.
func (d Backups) part(number int, before Part, known chain) (*Part, error) {
	f, err := os.Open(d.path(number))
	if err != nil {
		return nil, err
	}
	p, err := readPart(f, nil, nil)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if err := p.follows(number, before); err != nil {
		return nil, err
	}
	if number <= len(known.Parts) && known.Parts[number-1] != p.SHA256 {
		return nil, fmt.Errorf("%w: it is whole, but not the part that %s names", ErrBadBackup, chainFile)
	}
	return p, nil
}

// look lists the numbers of the parts that are there, in order, and reads chain.json.
func (d Backups) look() (there []int, known chain, err error) {
	paths, err := filepath.Glob(filepath.Join(string(d), "*.part"))
	if err != nil {
		return nil, known, err
	}
	for _, path := range paths {
		n, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(path), ".part"))
		if err == nil && n > 0 && path == d.path(n) {
			there = append(there, n)
		}
	}
	slices.Sort(there)
	b, err := os.ReadFile(filepath.Join(string(d), chainFile))
	if errors.Is(err, os.ErrNotExist) {
		return there, known, nil
	}
	if err == nil && json.Unmarshal(b, &known) != nil {
		err = fmt.Errorf("%w: %s cannot be read; without that file the parts are taken as they are", ErrBadBackup, chainFile)
	}
	return there, known, err
}

// missingParts names the files from the first to the end that are not there.
func missingParts(there []int, end int) (missing []string) {
	for n := 1; n <= end; n++ {
		if !slices.Contains(there, n) {
			missing = append(missing, fmt.Sprintf("%04d.part", n))
		}
	}
	return missing
}

// follows tells why p is not the part of this number, which stands after before.
func (p *Part) follows(number int, before Part) error {
	switch {
	case before.Number > 0 && p.Store != before.Store:
		return fmt.Errorf("%w: it is of another store than the part before it", ErrBadBackup)
	case p.Number != number:
		return fmt.Errorf("%w: it holds part %d, part %d belongs there", ErrBadBackup, p.Number, number)
	case p.Parent != before.SHA256 || p.Since != before.Version:
		return fmt.Errorf("%w: it does not follow on the part before it", ErrBadBackup)
	}
	return nil
}

// Add stores the part that from gives, verified and synced, or nothing. from is told which part is the last, and
// must give the one after it. progress counts entries and may be nil.
func (d Backups) Add(from func(last Part) (io.ReadCloser, error), progress func(done, total int)) (Part, error) {
	if err := d.ready(); err != nil {
		return Part{}, fmt.Errorf("storage: backup: %w", err)
	}
	parts, err := d.Parts(nil)
	if err != nil {
		return Part{}, err
	}
	last := Part{}
	if len(parts) > 0 {
		last = parts[len(parts)-1]
	}
	r, err := from(last)
	if err != nil {
		return Part{}, err
	}
	defer r.Close()
	p, err := d.store(r, last, progress)
	if err == nil {
		err = d.name(append(parts, *p))
	}
	if err != nil {
		return Part{}, fmt.Errorf("storage: part %d: %w", last.Number+1, err)
	}
	return *p, nil
}

// store writes the part after last, once it is verified.
func (d Backups) store(r io.Reader, last Part, progress func(done, total int)) (p *Part, err error) {
	err = durable.Replace(d.path(last.Number+1), func(w io.Writer) error {
		done, total := 0, 0
		head := func(p *Part) error {
			if p.Since == 0 {
				total = 2*p.Cases + p.Persons + p.Vehicles
			}
			return nil
		}
		var err error
		p, err = readPart(io.TeeReader(r, w), head, func(_, _ []byte) error {
			if done++; progress != nil && done%payBatch == 0 {
				progress(done, max(total, done))
			}
			return nil
		})
		if err != nil {
			return err
		}
		return p.follows(last.Number+1, last)
	})
	return p, err
}

// name writes chain.json.
func (d Backups) name(parts []Part) error {
	var c chain
	for _, p := range parts {
		c.Parts = append(c.Parts, p.SHA256)
	}
	b, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		return err
	}
	return durable.ReplaceBytes(filepath.Join(string(d), chainFile), append(b, '\n'))
}

// ready makes the directory and removes what interrupted backups left.
func (d Backups) ready() error {
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	var errs []error
	for _, pattern := range []string{"*.part-*" + durable.Beside, chainFile + "-*" + durable.Beside} {
		left, err := filepath.Glob(filepath.Join(string(d), pattern))
		errs = append(errs, err)
		for _, path := range left {
			errs = append(errs, os.Remove(path))
		}
	}
	return errors.Join(errs...)
}
