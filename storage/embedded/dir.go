// Package embedded keeps a store in a directory: keys in Badger, shards in Bleve, and what can be made again in files
// of their own. It knows the traps of both libraries, and what a full, read-only or damaged disk looks like from above
// them.
package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/cespare/xxhash/v2"

	"anvesh/storage/backend"
	"anvesh/storage/durable"
)

// A Dir is a store in a directory:
//
//	store/             Badger
//	shards/NN          Bleve, the generation that a store is made with
//	shards/gNNNN/NN    and those that rebuilds made; State.Generation tells which counts
//	derived/register   the saved derived structure, and its own files beside it
//	derived/witness    what every case entry says (storage/witness)
//	derived/commit     number of the last commit (8), xxhash64 of that (8), little-endian: tells a store that lost its end
//
// store.restoring is there while a restore runs (storage/backup.go), store.remaking and store.before while the store is written
// anew (storage/destroy.go).
type Dir struct {
	Path   string
	Log    *slog.Logger
	Small  bool     // see Options
	Key    []byte   // that Badger encrypts with; nil for a store in clear
	commit *os.File // nil until the first mark
}

// OpenKeys opens Badger, after looking for what its own messages do not explain.
func (d *Dir) OpenKeys() (backend.Keys, error) {
	if _, err := os.Stat(d.Restoring()); err == nil {
		return nil, fmt.Errorf("storage: open %s: %w", d.Path, backend.ErrRestoring)
	}
	if err := d.endRemaking(); err != nil {
		return nil, fmt.Errorf("storage: open %s: %w", d.Path, err)
	}
	if err := d.usable(); err != nil {
		return nil, err
	}
	keys, err := OpenBadger(filepath.Join(d.Path, "store"), d.Log, d.Small, d.Key)
	if err == nil { // the directory is ours
		d.dropUnfinished()
	}
	return keys, err
}

// Restoring is there while a restore of the directory runs.
func (d *Dir) Restoring() string { return filepath.Join(d.Path, "store.restoring") }

// Remaking is where the store is written anew.
func (d *Dir) Remaking() string { return filepath.Join(d.Path, "store.remaking") }

// PutRemade puts the store that was written anew in place of the one that is there, and deletes that, the shards and what is
// derived. A kill leaves one of the two stores in place or to be put there by the next OpenKeys.
func (d *Dir) PutRemade() error {
	store := filepath.Join(d.Path, "store")
	err := errors.Join(os.RemoveAll(d.generation(0)), d.DropDerived()) // first, since they are of the old one
	if err == nil {
		err = os.Rename(store, d.before())
	}
	if err == nil {
		err = os.Rename(d.Remaking(), store)
	}
	if err == nil {
		err = durable.SyncDir(d.Path)
	}
	return errors.Join(err, d.endRemaking())
}

// before is where the old store stands until the one that was written anew is in its place.
func (d *Dir) before() string { return filepath.Join(d.Path, "store.before") }

// endRemaking takes away what a kill left of a store that was being written anew. The old store is put back where neither is
// in place: whether the other was complete, nothing tells.
func (d *Dir) endRemaking() error {
	store := filepath.Join(d.Path, "store")
	_, errBefore := os.Stat(d.before())
	if _, err := os.Stat(d.Remaking()); err != nil && errBefore != nil {
		return nil // nothing is left, or what is wrong with the directory is told by usable
	}
	if _, err := os.Stat(store); errors.Is(err, os.ErrNotExist) {
		if err := os.Rename(d.before(), store); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return errors.Join(os.RemoveAll(d.before()), os.RemoveAll(d.Remaking()))
}

// usable makes the directory and writes to it once, to say in plain words why a store cannot be kept there.
func (d *Dir) usable() error {
	for _, path := range []string{d.Path, filepath.Join(d.Path, "store"), filepath.Join(d.Path, "shards")} {
		err := os.MkdirAll(path, 0o700)
		var f *os.File
		if err == nil {
			f, err = os.CreateTemp(path, "probe-*.tmp")
		}
		if err == nil {
			err = errors.Join(f.Close(), os.Remove(f.Name()))
		}
		if err != nil {
			return fmt.Errorf("storage: %s cannot be written: %s: %w", path, advice(path, err), err)
		}
	}
	return nil
}

// advice is what to do about a directory that cannot be written.
func advice(path string, err error) string {
	switch {
	case errors.Is(err, syscall.EROFS):
		return "its file system is mounted read-only; mount it writable, or give another directory"
	case errors.Is(err, syscall.ENOSPC):
		return "its disk is full; make room"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return "too many files are open; raise the limit (ulimit -n, LimitNOFILE=)"
	case errors.Is(err, syscall.ENOTDIR):
		return "a part of its path is a file; give a directory"
	case errors.Is(err, os.ErrPermission):
		return fmt.Sprintf("it belongs to %s and this program runs as user %d; run it as the owner, or chown -R the directory", owner(path), os.Geteuid())
	}
	return "the disk or the directory is at fault"
}

// owner names who owns path, or the nearest directory above it that is there.
func owner(path string) string {
	for {
		if st, err := os.Stat(path); err == nil {
			if sys, ok := st.Sys().(*syscall.Stat_t); ok {
				return "user " + strconv.Itoa(int(sys.Uid))
			}
			return "another user"
		}
		if path == filepath.Dir(path) {
			return "another user"
		}
		path = filepath.Dir(path)
	}
}

func (d *Dir) generation(n int) string {
	if n == 0 {
		return filepath.Join(d.Path, "shards")
	}
	return filepath.Join(d.Path, "shards", fmt.Sprintf("g%04d", n))
}

// OpenShard opens a Bleve index, or makes it.
func (d *Dir) OpenShard(generation, i int) (backend.Shard, error) {
	return openBleve(filepath.Join(d.generation(generation), fmt.Sprintf("%02d", i)))
}

// parts lists the directories of shards, each with its generation.
func (d *Dir) parts() (map[string]int, error) {
	root := d.generation(0)
	all, err := os.ReadDir(root)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	parts := map[string]int{}
	for _, e := range all {
		name, generation := e.Name(), 0
		if rest, ok := strings.CutPrefix(name, "g"); ok {
			if generation, err = strconv.Atoi(rest); err != nil {
				continue
			}
		} else if _, err := strconv.Atoi(name); err != nil {
			continue
		}
		parts[filepath.Join(root, name)] = generation
	}
	return parts, nil
}

// Generations lists those of which a shard is there.
func (d *Dir) Generations() ([]int, error) {
	parts, err := d.parts()
	seen := map[int]bool{}
	var list []int
	for _, n := range parts {
		if !seen[n] {
			seen[n] = true
			list = append(list, n)
		}
	}
	return list, err
}

// DropGeneration deletes the shards of a generation.
func (d *Dir) DropGeneration(generation int) error {
	parts, err := d.parts()
	for path, n := range parts {
		if n == generation {
			err = errors.Join(err, os.RemoveAll(path))
		}
	}
	return err
}

// VerifyShards reads the segment files. Each ends in the CRC-32 of all before it (zapx, write.go).
func (d *Dir) VerifyShards(generation int, pace func(bytes int) error) error {
	files, err := filepath.Glob(filepath.Join(d.generation(generation), "[0-9][0-9]", "*.zap"))
	if err != nil {
		return err
	}
	for _, path := range files {
		if err := verifyQuiet(path, pace); err != nil && !errors.Is(err, os.ErrNotExist) { // a merge may remove it meanwhile
			return err
		}
	}
	return nil
}

// A segment that does not match is judged once it was not written to for settled: until then it may be in the making, by
// the shard's own persister or merge, and its end is not there yet. settleLook is how often it is looked at.
const (
	quietFor  = 10 * time.Second
	quietLook = 100 * time.Millisecond
)

// verifySettled reads a segment, and again each time that it was written to meanwhile.
func verifyQuiet(path string, pace func(bytes int) error) error {
	for {
		before, err := os.Stat(path)
		if err != nil {
			return err
		}
		wrong := verifySegment(path, pace)
		if !errors.Is(wrong, backend.ErrCorrupt) {
			return wrong
		}
		for now := before; now.ModTime().Equal(before.ModTime()) && now.Size() == before.Size(); {
			if time.Since(before.ModTime()) > quietFor {
				return wrong
			}
			if err := pace(0); err != nil {
				return err
			}
			time.Sleep(quietLook)
			if now, err = os.Stat(path); err != nil {
				return err
			}
		}
	}
}

func verifySegment(path string, pace func(bytes int) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	size, err := osFile{f}.Size()
	if err != nil {
		return err
	}
	h, buf := crc32.NewIEEE(), make([]byte, 256<<10)
	for left := size - 4; left > 0; {
		n, err := f.Read(buf[:min(left, int64(len(buf)))])
		if err != nil {
			return fmt.Errorf("storage: read %s: %w", filepath.Base(path), err)
		}
		h.Write(buf[:n])
		left -= int64(n)
		if err := pace(n); err != nil {
			return err
		}
	}
	var want [4]byte
	if _, err := f.ReadAt(want[:], max(size-4, 0)); err != nil || binary.BigEndian.Uint32(want[:]) != h.Sum32() {
		return fmt.Errorf("storage: segment %s of a shard: %w", filepath.Base(path), backend.ErrCorrupt)
	}
	return nil
}

func (d *Dir) derived(name string) string { return filepath.Join(d.Path, "derived", name) }

type osFile struct{ *os.File }

func (f osFile) Size() (int64, error) {
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}

// OpenDerived opens a file under derived/.
func (d *Dir) OpenDerived(name string) (backend.File, error) {
	f, err := os.Open(d.derived(name))
	return osFile{f}, err
}

// SaveDerived replaces a file under derived/ durably.
func (d *Dir) SaveDerived(name string, write func(io.Writer) error) error {
	return durable.Replace(d.derived(name), write)
}

// MapDerived maps a file under derived/.
func (d *Dir) MapDerived(name string) (m backend.Mapping, err error) {
	f, err := os.Open(d.derived(name))
	if err != nil {
		return m, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil || st.Size() == 0 {
		return backend.InMemory(nil), err
	}
	m.Data, err = syscall.Mmap(int(f.Fd()), 0, int(st.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return m, fmt.Errorf("map %s: %w", name, err)
	}
	m.Forget = func() { syscall.Madvise(m.Data, syscall.MADV_DONTNEED) } // of a file that is mapped so nothing is lost; an error costs memory
	m.Unmap = func() error { return syscall.Munmap(m.Data) }
	return m, nil
}

// DerivedNames lists the files under derived/, without those that are being written.
func (d *Dir) DerivedNames() (names []string, err error) {
	all, err := os.ReadDir(d.derived(""))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	for _, f := range all {
		if !strings.HasSuffix(f.Name(), durable.Beside) {
			names = append(names, f.Name())
		}
	}
	return names, err
}

// dropUnfinished deletes what a kill has left of files under derived/ that were being written.
func (d *Dir) dropUnfinished() {
	all, err := filepath.Glob(d.derived("*" + durable.Beside))
	for _, path := range all {
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		d.Log.Warn("storage: what a kill left under derived/ could not be deleted", "error", err)
	}
}

// RemoveDerived deletes a file under derived/.
func (d *Dir) RemoveDerived(name string) error { return os.Remove(d.derived(name)) }

// DropDerived deletes derived/.
func (d *Dir) DropDerived() error { return os.RemoveAll(filepath.Join(d.Path, "derived")) }

// Flush does nothing: Bleve persists by itself.
func (d *Dir) Flush() {}

func (d *Dir) markPath() string { return filepath.Join(d.Path, "derived", "commit") }

// SetMark writes derived/commit in place, without a sync.
func (d *Dir) SetMark(seq uint64) {
	err := error(nil)
	if d.commit == nil {
		if err = os.MkdirAll(filepath.Dir(d.markPath()), 0o700); err == nil {
			d.commit, err = os.OpenFile(d.markPath(), os.O_CREATE|os.O_WRONLY, 0o600)
		}
	}
	b := binary.LittleEndian.AppendUint64(nil, seq)
	if err == nil {
		_, err = d.commit.WriteAt(binary.LittleEndian.AppendUint64(b, xxhash.Sum64(b)), 0)
	}
	if err != nil {
		d.Log.Warn("storage: the last commit cannot be noted", "error", err)
	}
}

// Mark reads derived/commit.
func (d *Dir) Mark() (uint64, error) {
	b, err := os.ReadFile(d.markPath())
	switch {
	case errors.Is(err, os.ErrNotExist):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("%w: %w", backend.ErrCorrupt, err)
	case len(b) != 16 || binary.LittleEndian.Uint64(b[8:]) != xxhash.Sum64(b[:8]):
		return 0, backend.ErrCorrupt
	}
	return binary.LittleEndian.Uint64(b), nil
}

// Free asks the file system.
func (d *Dir) Free() (int64, error) { return freeAt(d.Path) }

// Close closes derived/commit.
func (d *Dir) Close() error {
	if d.commit == nil {
		return nil
	}
	return d.commit.Close()
}
