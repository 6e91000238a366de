package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Proof shows that an entry stands in the log, to anybody who has the log's public key and no more.
type Proof struct {
	Year       int              `json:"year"`
	Number     int64            `json:"entry"` // from 0
	Entry      json.RawMessage  `json:"text"`  // the entry's bytes, which the tree's leaf is the hash of
	Proof      tlog.RecordProof `json:"proof"`
	Checkpoint string           `json:"checkpoint"`
}

// Check tells whether the proof holds.
func (p *Proof) Check(verifierKey string) error {
	c, err := OpenCheckpoint([]byte(p.Checkpoint), verifierKey)
	if err != nil {
		return err
	}
	if c.Year != p.Year {
		return errors.New("audit: the checkpoint is of another year")
	}
	var text bytes.Buffer // a reader of JSON may have spread it
	if err := json.Compact(&text, p.Entry); err != nil {
		return fmt.Errorf("audit: the entry is not JSON: %w", err)
	}
	if err := tlog.CheckRecord(p.Proof, c.N, c.Hash, p.Number, tlog.RecordHash(text.Bytes())); err != nil {
		return fmt.Errorf("audit: the entry does not stand in the tree of the checkpoint: %w", err)
	}
	return nil
}

// A Consistency shows that a later checkpoint has all that an earlier one stood for, at the same places.
type Consistency struct {
	Old   string         `json:"old"`
	New   string         `json:"new"`
	Proof tlog.TreeProof `json:"proof"`
}

// Check tells whether the proof holds.
func (p *Consistency) Check(verifierKey string) error {
	older, err := OpenCheckpoint([]byte(p.Old), verifierKey)
	if err != nil {
		return err
	}
	newer, err := OpenCheckpoint([]byte(p.New), verifierKey)
	if err != nil {
		return err
	}
	if older.Year != newer.Year {
		return errors.New("audit: the checkpoints are of different years, each of which is a tree of its own")
	}
	if older.N == 0 {
		return nil // everything begins with nothing
	}
	if err := tlog.CheckTree(p.Proof, newer.N, newer.Hash, older.N, older.Hash); err != nil {
		return fmt.Errorf("audit: the later checkpoint does not have what the earlier one stood for: %w", err)
	}
	return nil
}

// A yearReader reads the tree of a year up to a checkpoint.
type yearReader struct {
	files *tileFiles
	c     Checkpoint
	tlog.HashReader
}

// readYear reads a year by its last checkpoint; what it reads of tiles is checked against that.
func (l *Log) readYear(year int) (*yearReader, error) {
	if err := l.Seal(); err != nil {
		return nil, err
	}
	l.treeMu.RLock()
	defer l.treeMu.RUnlock()
	return l.readSealed(year)
}

// readSealed is readYear with the lock held, without what came since.
func (l *Log) readSealed(year int) (*yearReader, error) {
	dir := yearDir(l.o.Dir, year)
	raw, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoEntry
	}
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	c, err := l.openCheckpoint(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	files := newTileFiles(dir)
	t := newTree(files)
	t.size, t.flushed = c.N, c.N
	return &yearReader{files, c, tlog.TileHashReader(c.Tree, readTiles{t})}, nil
}

// bundle returns the entries of a bundle.
func (y *yearReader) bundle(n int64) ([][]byte, error) {
	path := tilePath(entryLevel, n, widthAt(entryLevel, n, y.c.N))
	raw, err := y.files.get(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	entries, ok := splitEntries(nil, raw)
	if !ok || len(entries) != widthAt(entryLevel, n, y.c.N) {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, path)
	}
	return entries, nil
}

// Checkpoint returns the last checkpoint of a year, as a signed note; ErrNoEntry where there is none.
func (l *Log) Checkpoint(year int) (Checkpoint, error) {
	y, err := l.readYear(year)
	if err != nil {
		return Checkpoint{}, err
	}
	return y.c, nil
}

// Last is Checkpoint, of the last year where year is 0.
func (l *Log) Last(year int) (Checkpoint, error) {
	if years := l.Years(); year == 0 && len(years) > 0 {
		year = years[len(years)-1]
	}
	return l.Checkpoint(year)
}

// Years lists the years that have entries, the first one first.
func (l *Log) Years() []int {
	l.secrets.mu.RLock()
	defer l.secrets.mu.RUnlock()
	return slices.Clone(l.years)
}

// Prove proves an entry against the last checkpoint of its year; ErrNoEntry where there is none.
func (l *Log) Prove(year int, number int64) (*Proof, error) {
	if err := l.Seal(); err != nil {
		return nil, err
	}
	l.treeMu.RLock()
	defer l.treeMu.RUnlock()
	y, err := l.readSealed(year)
	if err != nil {
		return nil, err
	}
	if number < 0 || number >= y.c.N {
		return nil, ErrNoEntry
	}
	entries, err := y.bundle(number / tileWidth)
	if err != nil {
		return nil, err
	}
	proof, err := tlog.ProveRecord(y.c.N, number, y)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	p := &Proof{Year: year, Number: number, Entry: entries[number%tileWidth], Proof: append(tlog.RecordProof{}, proof...), Checkpoint: string(y.c.Note)}
	if err := p.Check(l.verifierKey()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return p, nil
}

// Consistent proves that a checkpoint has all that an earlier one stood for; an empty newer is the last of the same year. The
// error says so where it has not.
func (l *Log) Consistent(older, newer []byte) (*Consistency, error) {
	old, err := OpenCheckpoint(older, l.verifierKey())
	if err != nil {
		return nil, err
	}
	if err := l.Seal(); err != nil {
		return nil, err
	}
	l.treeMu.RLock()
	defer l.treeMu.RUnlock()
	y, err := l.readSealed(old.Year)
	if err != nil {
		return nil, err
	}
	if len(newer) == 0 {
		newer = y.c.Note
	}
	of, err := OpenCheckpoint(newer, l.verifierKey())
	if err != nil {
		return nil, err
	}
	p := &Consistency{Old: string(older), New: string(newer), Proof: tlog.TreeProof{}}
	if of.Year == old.Year && old.N > 0 && old.N <= of.N && of.N <= y.c.N {
		if p.Proof, err = tlog.ProveTree(of.N, old.N, y); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
	return p, p.Check(l.verifierKey())
}

// Export writes what the log holds of a period as NDJSON for an outside witness: for each year the checkpoint first, then its
// entries, as they stand in the log (what is encrypted stays so), each with its number. What it takes to check them stands in
// DIR/audit in the form of C2SP tlog-tiles.
func (l *Log) Export(w io.Writer, from, to time.Time) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, year := range l.Years() {
		if from.In(india).Year() > year || to.In(india).Year() < year-1 { // at the turn, a little of the year before stands in a year
			continue
		}
		y, err := l.readYear(year)
		if err != nil {
			return err
		}
		if err := out.Encode(exportHead{year, string(y.c.Note), l.verifierKey()}); err != nil {
			return err
		}
		if err := l.exportYear(out, y, from, to); err != nil {
			return err
		}
	}
	return nil
}

// exportHead is the first line of a year of an export.
type exportHead struct {
	Year       int    `json:"year"`
	Checkpoint string `json:"checkpoint"`
	Key        string `json:"key"`
}

// exportLine is a line of an export.
type exportLine struct {
	Year   int             `json:"year"`
	Number int64           `json:"entry"`
	Entry  json.RawMessage `json:"text"`
}

func (l *Log) exportYear(out *json.Encoder, y *yearReader, from, to time.Time) error {
	for n := int64(0); n*tileWidth < y.c.N; n++ {
		l.treeMu.RLock()
		now, err := l.readSealed(y.c.Year) // whose last bundle may be wider by now
		var entries [][]byte
		if err == nil {
			entries, err = now.bundle(n)
		}
		l.treeMu.RUnlock()
		if err != nil {
			return err
		}
		for i, e := range entries {
			number := n*tileWidth + int64(i)
			var head struct {
				At time.Time `json:"at"`
			}
			if err := json.Unmarshal(e, &head); err != nil {
				return fmt.Errorf("%w: entry %d of %d", ErrDamaged, number, y.c.Year)
			}
			if number < y.c.N && !head.At.Before(from) && head.At.Before(to) {
				if err := out.Encode(exportLine{y.c.Year, number, e}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// CheckVerifierKey tells whether that is the public key of a log.
func CheckVerifierKey(key string) error {
	_, err := note.NewVerifier(key)
	return err
}
