package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"anvesh/storage/durable"

	"github.com/cespare/xxhash/v2"
)

// A run is so many entries, whose tokens lie sorted in one file. The last entries of a year, which fill no run yet, are read.
const runEntries = 4096

// The file of a run, DIR/derived/audit/2026/000012: 8 bytes of magic, then for each token of an entry 8 bytes of the token and 4
// of the entry's number in the run, sorted, then xxhash of all that. It is derived from the bundles, and made again where it is
// missing or damaged. It holds tokens and no names: of records and cases their points, of askers and units an HMAC.
const (
	runMagic = "anvaidx2"
	runItem  = 8 + 4
)

// A token is what an entry is found by.
type token uint64

// tokenOf is the token of an asker, a unit or a kind.
func (s *secrets) tokenOf(kind, text string) token {
	m := hmac.New(sha256.New, s.points)
	m.Write([]byte(kind + "\x00" + text))
	return token(binary.BigEndian.Uint64(m.Sum(nil)))
}

// tokensOf are those of an entry.
func (s *secrets) tokensOf(dst []token, e *entry) []token {
	for _, who := range []string{e.Who.Person, e.Who.Key, e.Who.Name} {
		if who != "" {
			dst = append(dst, s.tokenOf("who", strings.ToLower(who)))
		}
	}
	if e.Who.Unit != "" {
		dst = append(dst, s.tokenOf("unit", e.Who.Unit))
	}
	dst = append(dst, s.tokenOf("kind", e.Kind))
	for i := range e.Rows {
		dst = e.Rows[i].points(dst)
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}

// points are the records and cases of a row.
func (r *row) points(dst []token) []token {
	for p := range r.eachFound {
		dst = append(dst, token(p))
	}
	for b := r.Cases; len(b) >= pointBytes; b = b[pointBytes:] {
		dst = append(dst, token(readPoint(b)))
	}
	return dst
}

// An item says that an entry has a token.
type item struct {
	token token
	at    uint32
}

// numbers are those of the entries of a run that have the token, in order. The tree is locked.
func (l *Log) numbers(y *yearReader, run int64, t token) ([]int64, error) {
	if (run+1)*runEntries > y.c.N {
		items, err := l.readRun(y, run)
		return found(len(items), func(i int) item { return items[i] }, run, t), err
	}
	path := filepath.Join(l.o.Dir, "derived", "audit", fmt.Sprintf("%04d", y.c.Year), fmt.Sprintf("%06d", run))
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("audit: %w", err)
	}
	if !wholeRun(raw) {
		items, err := l.readRun(y, run)
		if err != nil {
			return nil, err
		}
		raw = appendRun(nil, items)
		if err := durable.ReplaceBytes(path, raw); err != nil {
			l.o.Logger.Warn("audit: a part of the index could not be written; it is made at each look-up", "error", err)
		}
	}
	body := raw[len(runMagic) : len(raw)-8]
	return found(len(body)/runItem, func(i int) item {
		b := body[i*runItem:]
		return item{token(binary.BigEndian.Uint64(b)), binary.BigEndian.Uint32(b[8:])}
	}, run, t), nil
}

// found are the numbers of the items of one token among n sorted ones.
func found(n int, at func(int) item, run int64, t token) (numbers []int64) {
	for i := sort.Search(n, func(i int) bool { return at(i).token >= t }); i < n && at(i).token == t; i++ {
		numbers = append(numbers, run*runEntries+int64(at(i).at))
	}
	return numbers
}

// readRun makes the items of a run from its bundles.
func (l *Log) readRun(y *yearReader, run int64) (items []item, err error) {
	var tokens []token
	first := run * runEntries
	for n := first / tileWidth; n*tileWidth < min(first+runEntries, y.c.N); n++ {
		entries, err := y.bundle(n)
		if err != nil {
			return nil, err
		}
		for i, raw := range entries {
			e, err := decode(y.c.Year, n*tileWidth+int64(i), raw)
			if err != nil {
				return nil, err
			}
			tokens = l.tokensOf(tokens[:0], e)
			for _, t := range tokens {
				items = append(items, item{t, uint32(n*tileWidth + int64(i) - first)})
			}
		}
	}
	slices.SortFunc(items, func(a, b item) int {
		if a.token != b.token {
			if a.token < b.token {
				return -1
			}
			return 1
		}
		return int(a.at) - int(b.at)
	})
	return items, nil
}

func appendRun(dst []byte, items []item) []byte {
	dst = append(dst, runMagic...)
	for _, i := range items {
		dst = binary.BigEndian.AppendUint64(dst, uint64(i.token))
		dst = binary.BigEndian.AppendUint32(dst, i.at)
	}
	return binary.BigEndian.AppendUint64(dst, xxhash.Sum64(dst))
}

func wholeRun(raw []byte) bool {
	n := len(raw) - len(runMagic) - 8
	return n >= 0 && n%runItem == 0 && bytes.HasPrefix(raw, []byte(runMagic)) &&
		binary.BigEndian.Uint64(raw[len(raw)-8:]) == xxhash.Sum64(raw[:len(raw)-8])
}
