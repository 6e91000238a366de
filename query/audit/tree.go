package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"anvesh/storage/durable"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight // hashes of a whole tile, entries of a whole bundle
	entryLevel = -1              // bundles, among the levels of tiles

	// flushEvery is after how many entries whole tiles are written while a log is read from its start, so that memory holds the
	// hashes of no more.
	flushEvery = 1 << 16
)

// tilePath is where a tile or bundle of the year stands, as C2SP tlog-tiles names it: tile/0/x001/067, tile/entries/000.p/12.
func tilePath(level int, n int64, width int) string {
	number := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		number = fmt.Sprintf("x%03d/%s", n%1000, number)
	}
	of := strconv.Itoa(level)
	if level == entryLevel {
		of = "entries"
	}
	if width < tileWidth {
		number += ".p/" + strconv.Itoa(width)
	}
	return filepath.Join("tile", of, number)
}

// widthAt is how wide a tile is in a tree of that many entries; 0 where it has none.
func widthAt(level int, n, size int64) int {
	wide := size >> (tileHeight * max(level, 0))
	return int(min(max(wide-n*tileWidth, 0), tileWidth))
}

// partials are the places in a tree of that size where a tile is not whole: one for each level at most.
func partials(size int64) (out []tlog.Tile) {
	for level := entryLevel; level < 8; level++ {
		n := size >> (tileHeight * (max(level, 0) + 1))
		if w := widthAt(level, n, size); w > 0 {
			out = append(out, tlog.Tile{H: tileHeight, L: level, N: n, W: w})
		}
	}
	return out
}

// A tileStore is where tiles and bundles go to: files, or the files that are compared with them.
type tileStore interface {
	put(path string, data []byte, whole bool) error
	// get returns what put was given.
	get(path string) ([]byte, error)
}

// A tree makes tiles and bundles of entries. package tlog does hashes, proofs and what a tile holds.
type tree struct {
	store   tileStore
	size    int64 // entries
	flushed int64 // of which tiles are with the store
	fresh   map[int64]tlog.Hash
	edges   map[tlog.Tile][]byte // tiles that are not whole in the flushed tree
	stored  map[tlog.Tile]bool   // those of edges that are with the store
	bundles [][]byte             // from that of entry flushed on
}

func newTree(s tileStore) *tree {
	return &tree{store: s, fresh: map[int64]tlog.Hash{}, edges: map[tlog.Tile][]byte{}, stored: map[tlog.Tile]bool{}}
}

// add appends an entry.
func (t *tree) add(e []byte) error {
	hashes, err := tlog.StoredHashes(t.size, e, t)
	if err != nil {
		return err
	}
	at := tlog.StoredHashIndex(0, t.size)
	for i, h := range hashes {
		t.fresh[at+int64(i)] = h
	}
	if t.size%tileWidth == 0 {
		t.bundles = append(t.bundles, nil)
	}
	last := len(t.bundles) - 1
	t.bundles[last] = appendEntry(t.bundles[last], e)
	if t.size++; t.size%flushEvery == 0 {
		return t.flush(false)
	}
	return nil
}

// ReadHashes makes a tree a tlog.HashReader.
func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		h, ok := t.fresh[index]
		if !ok {
			tile := tlog.TileForIndex(tileHeight, index)
			tile.W = widthAt(tile.L, tile.N, t.flushed)
			data, err := t.tile(tile)
			if err != nil {
				return nil, err
			}
			if h, err = tlog.HashFromTile(tile, data, index); err != nil {
				return nil, err
			}
		}
		out[i] = h
	}
	return out, nil
}

// tile is the data of one that was flushed.
func (t *tree) tile(tile tlog.Tile) ([]byte, error) {
	if data, ok := t.edges[tile]; ok {
		return data, nil
	}
	data, err := t.store.get(tilePath(tile.L, tile.N, tile.W))
	if err == nil && len(data) != tile.W*tlog.HashSize {
		err = fmt.Errorf("%s has %d bytes, not %d", tilePath(tile.L, tile.N, tile.W), len(data), tile.W*tlog.HashSize)
	}
	return data, err
}

// root is the hash of the whole tree.
func (t *tree) root() (tlog.Hash, error) { return tlog.TreeHash(t.size, t) }

// flush hands the tiles and bundles of all entries to the store. Those that are not whole only with edge set.
func (t *tree) flush(edge bool) error {
	if err := t.flushTiles(edge); err != nil {
		return err
	}
	first, last := t.flushed/tileWidth, t.size/tileWidth
	for i, b := range t.bundles {
		n := first + int64(i)
		if w := widthAt(entryLevel, n, t.size); w == tileWidth || edge {
			if err := t.store.put(tilePath(entryLevel, n, w), b, w == tileWidth); err != nil {
				return err
			}
		}
	}
	t.bundles = slices.Clone(t.bundles[min(int(last-first), len(t.bundles)):])
	t.flushed = t.size
	clear(t.fresh)
	return nil
}

// flushTiles is the tiles' part of it.
func (t *tree) flushTiles(edge bool) error {
	edges := map[tlog.Tile][]byte{}
	for _, tile := range tlog.NewTiles(tileHeight, t.flushed, t.size) {
		data, err := tlog.ReadTileData(tile, t)
		if err != nil {
			return err
		}
		if tile.W < tileWidth {
			edges[tile] = data
		} else if err := t.store.put(tilePath(tile.L, tile.N, tile.W), data, true); err != nil {
			return err
		}
	}
	stored := map[tlog.Tile]bool{}
	for _, tile := range partials(t.size) {
		data := edges[tile]
		if data == nil { // of a level that nothing was added to
			if data = t.edges[tile]; data == nil {
				continue
			}
			edges[tile], stored[tile] = data, t.stored[tile]
		}
		if edge && !stored[tile] {
			if err := t.store.put(tilePath(tile.L, tile.N, tile.W), data, false); err != nil {
				return err
			}
			stored[tile] = true
		}
	}
	t.edges, t.stored = edges, stored
	return nil
}

// resume makes t the tree that stands with the store, of that size and root. The error says what of its right edge, which
// is all that appending needs, is not there or not right.
func (t *tree) resume(size int64, root tlog.Hash) error {
	t.size, t.flushed = size, size
	checked := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, readTiles{t})
	if size == 0 {
		return nil
	}
	if _, err := checked.ReadHashes([]int64{tlog.StoredHashIndex(0, size-1)}); err != nil {
		return err
	}
	for _, tile := range partials(size) {
		data, err := t.store.get(tilePath(tile.L, tile.N, tile.W))
		if err != nil {
			return err
		}
		if tile.L != entryLevel {
			t.edges[tile], t.stored[tile] = data, true
			continue
		}
		t.bundles = [][]byte{data}
		entries, ok := splitEntries(nil, data)
		if !ok || len(entries) != tile.W {
			return fmt.Errorf("%s is damaged", tilePath(tile.L, tile.N, tile.W))
		}
		for i, e := range entries {
			h, err := t.ReadHashes([]int64{tlog.StoredHashIndex(0, tile.N*tileWidth+int64(i))})
			if err != nil || h[0] != tlog.RecordHash(e) {
				return errors.Join(fmt.Errorf("%s is damaged", tilePath(tile.L, tile.N, tile.W)), err)
			}
		}
	}
	return nil
}

// readTiles are the tiles of a tree as package tlog asks for them to check them.
type readTiles struct{ *tree }

func (readTiles) Height() int { return tileHeight }

func (r readTiles) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range tiles {
		whole := tile
		whole.W = widthAt(tile.L, tile.N, r.flushed)
		d, err := r.tile(whole)
		if err != nil {
			return nil, err
		}
		data = append(data, d[:tile.W*tlog.HashSize])
	}
	return data, nil
}

func (readTiles) SaveTiles([]tlog.Tile, [][]byte) {}

// tileFiles are the tiles of one year in its directory.
type tileFiles struct {
	dir   string
	dirty map[string]bool // directories with whole tiles that are not durable yet by name
	open  []*os.File      // whole tiles that are written and not synced

	unsynced bool // in tests of what a tree is, which do not cut the power
}

// mostOpen is how many tiles may wait to be synced together: then most syncs find their names committed by the first.
const mostOpen = 256

func newTileFiles(dir string) *tileFiles { return &tileFiles{dir: dir, dirty: map[string]bool{}} }

// put writes a file. A whole one is durable after sync; one that is not whole is made again from the segment where a crash
// spoils it.
func (s *tileFiles) put(path string, data []byte, whole bool) error {
	path = filepath.Join(s.dir, path)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if err = s.makeDir(filepath.Dir(path)); err == nil {
			f, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		}
	}
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if _, err = f.Write(data); err != nil || !whole || s.unsynced {
		if err = errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("audit: write %s: %w", path, err)
		}
		return nil
	}
	s.dirty[filepath.Dir(path)] = true
	if s.open = append(s.open, f); len(s.open) >= mostOpen {
		return s.sync()
	}
	return nil
}

// makeDir makes a directory, and remembers that its name and those above are to be made durable.
func (s *tileFiles) makeDir(dir string) error {
	for above := filepath.Dir(dir); len(above) >= len(s.dir); above = filepath.Dir(above) {
		s.dirty[above] = true
	}
	return os.MkdirAll(dir, 0o700)
}

func (s *tileFiles) get(path string) ([]byte, error) { return os.ReadFile(filepath.Join(s.dir, path)) }

// sync makes whole tiles and their names durable.
func (s *tileFiles) sync() error {
	var errs []error
	for _, f := range s.open {
		errs = append(errs, f.Sync(), f.Close())
	}
	s.open = nil
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("audit: sync tiles: %w", err)
	}
	for dir := range s.dirty {
		if err := durable.SyncDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("audit: sync %s: %w", dir, err)
		}
	}
	clear(s.dirty)
	return nil
}

// remove takes away tiles that are not whole in a tree of that size, but for those of another.
func (s *tileFiles) remove(size, but int64) {
	keep := partials(but)
	for _, tile := range partials(size) {
		if !slices.Contains(keep, tile) {
			path := filepath.Join(s.dir, tilePath(tile.L, tile.N, tile.W))
			os.Remove(path)
			os.Remove(filepath.Dir(path)) // if it is empty
		}
	}
}

// tidy does so for all sizes from one on, as far as a kill left any.
func (s *tileFiles) tidy(from, size int64) {
	for level := entryLevel; level < 8; level++ {
		shift := tileHeight * (max(level, 0) + 1)
		for n := from >> shift; n <= size>>shift; n++ {
			dir := filepath.Join(s.dir, filepath.Dir(tilePath(level, n, 1)))
			there, err := os.ReadDir(dir)
			if err != nil {
				continue
			}
			for _, f := range there {
				if f.Name() != strconv.Itoa(widthAt(level, n, size)) {
					os.Remove(filepath.Join(dir, f.Name()))
				}
			}
			os.Remove(dir)
		}
	}
}
