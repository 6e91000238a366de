package storage

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"anvesh/storage/durable"
	"anvesh/storage/layout"

	"filippo.io/age"
	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/zstd"
)

// A Backups is a directory of parts, and of a file that names them all:
//
//	0001.part   the first, everything; then one more each, what changed since
//	chain.json  the SHA-256 of every part in order, as JSON; written after the part, so that it may be one behind
//
// Each part names the one before it, and so tells whether one is missing between two; whether the last ones are missing only
// chain.json can tell. A directory of a program that wrote none is taken as it is.
//
// With a Key each part is encrypted as a whole in the format of age (age-encryption.org/v1), which notices every change and a
// cut end; chain.json tells nothing but sums. A chain is encrypted whole or not at all.
type Backups struct {
	Dir string
	Key *BackupKey // nil for parts in clear
}

// String is the directory.
func (d Backups) String() string { return d.Dir }

// A BackupKey encrypts and decrypts parts of backups.
type BackupKey struct{ identity *age.X25519Identity }

// NewBackupKey makes a key, and the text of its file.
func NewBackupKey() (text string, err error) {
	k, err := age.GenerateX25519Identity()
	if err != nil {
		return "", err
	}
	return "# key of backups of anvesh: keep it away from them and from the service; without it they cannot be read\n" + k.String() + "\n", nil
}

// ReadBackupKey reads the file of a key: lines of comments, and one AGE-SECRET-KEY-1..., as age-keygen writes it too.
func ReadBackupKey(r io.Reader) (*BackupKey, error) {
	list, err := age.ParseIdentities(r)
	if err == nil && len(list) == 1 {
		if k, ok := list[0].(*age.X25519Identity); ok {
			return &BackupKey{k}, nil
		}
	}
	return nil, errors.New("storage: the file of a backup key has one line AGE-SECRET-KEY-1..., and comments")
}

// sealedMagic is what an encrypted part begins with.
const sealedMagic = "age-encryption.org/v1"

// Errors of a backup and its key.
var (
	ErrSealed    = errors.New("the part is encrypted: give --backup-key")
	ErrNotSealed = errors.New("the part is not encrypted, and a key is given: backups with a key need a directory of their own")
)

// open opens a part to be read, in clear.
func (d Backups) open(number int) (io.ReadCloser, error) {
	f, err := os.Open(d.path(number))
	if err != nil {
		return nil, err
	}
	b := bufio.NewReaderSize(f, 64<<10)
	head, _ := b.Peek(len(sealedMagic))
	sealed := string(head) == sealedMagic
	part := struct {
		io.Reader
		io.Closer
	}{b, f}
	switch {
	case sealed && d.Key == nil:
		err = ErrSealed
	case !sealed && d.Key != nil:
		err = ErrNotSealed
	case sealed:
		if part.Reader, err = age.Decrypt(b, d.Key.identity); err != nil {
			err = fmt.Errorf("%w: %w", ErrBadBackup, err)
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return part, nil
}

// sealTo is where a part is written to, so that w gets it encrypted where there is a key; close ends it.
func (d Backups) sealTo(w io.Writer) (to io.Writer, end func() error, err error) {
	if d.Key == nil {
		return w, func() error { return nil }, nil
	}
	x, err := age.Encrypt(w, d.Key.identity.Recipient())
	if err != nil {
		return nil, nil, err
	}
	return x, x.Close, nil
}

const chainFile = "chain.json"

// chain is chain.json.
type chain struct {
	Parts []string `json:"parts"` // Part.SHA256
}

func (d Backups) path(number int) string {
	return filepath.Join(d.Dir, fmt.Sprintf("%04d.part", number))
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
	f, err := d.open(number)
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
	paths, err := filepath.Glob(filepath.Join(d.Dir, "*.part"))
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
	b, err := os.ReadFile(filepath.Join(d.Dir, chainFile))
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
		to, end, err := d.sealTo(w)
		if err != nil {
			return err
		}
		p, err = readPart(io.TeeReader(r, to), head, func(_, _ []byte) error {
			if done++; progress != nil && done%payBatch == 0 {
				progress(done, max(total, done))
			}
			return nil
		})
		if err != nil {
			return err
		}
		return errors.Join(p.follows(last.Number+1, last), end())
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
	return durable.ReplaceBytes(filepath.Join(d.Dir, chainFile), append(b, '\n'))
}

// ready makes the directory and removes what interrupted backups left.
func (d Backups) ready() error {
	if err := os.MkdirAll(d.Dir, 0o700); err != nil {
		return err
	}
	var errs []error
	for _, pattern := range []string{"*.part-*" + durable.Beside, chainFile + "-*" + durable.Beside} {
		left, err := filepath.Glob(filepath.Join(d.Dir, pattern))
		errs = append(errs, err)
		for _, path := range left {
			errs = append(errs, os.Remove(path))
		}
	}
	return errors.Join(errs...)
}

// A part is one file of a backup: everything at one commit, or what changed since the part before it.
//
//	"ANVPART1"
//	frames: kind(1) length(4) entries(4) payload xxhash64(8, over what is before it in the frame)
//	  'h'  Part as JSON
//	  'd'  zstd of entries: uvarint length, key, uvarint length, value with its checksum; in order of kind and key
//	  't'  the SHA-256 of all bytes before this frame, and nothing after it
//
// Numbers are little-endian. The order of kinds is that of backupKinds: case entries come first, and say which forms and
// records an increment takes away. A deleted key is told by nothing else.
const partMagic = "ANVPART1"

const (
	headFrame  = 'h'
	dataFrame  = 'd'
	trailFrame = 't'
	frameHead  = 1 + 4 + 4
	maxFrame   = 64 << 20 // of a frame that is read; a value is at most 16 MiB
	fullFrame  = 1 << 20  // entries of a data frame before they are compressed
)

// ErrBadBackup is returned for a file that is not, or no longer, what a backup wrote.
var ErrBadBackup = errors.New("the backup is damaged or incomplete")

// A Part describes one file of a backup. The zero Part stands before the first.
type Part struct {
	Store   string   `json:"store"`            // State.ID
	Number  int      `json:"number"`           // from 1
	Parent  string   `json:"parent,omitempty"` // SHA256 of the part before
	Since   uint64   `json:"since"`            // Version of the part before
	Version uint64   `json:"version"`          // of the snapshot, in the store's own count
	Seq     uint64   `json:"seq"`              // its last commit
	Offsets []Offset `json:"offsets"`          // where a restored store goes on
	// Topics are the identities of the logs whose offsets these are, by name (offsets.go); nil in a part of a program that
	// did not know them.
	Topics   map[string]string `json:"topics,omitempty"`
	Made     time.Time         `json:"made"`
	Persons  int               `json:"persons"`
	Vehicles int               `json:"vehicles"`
	Cases    int               `json:"cases"`

	Entries int    `json:"-"` // that the file holds
	SHA256  string `json:"-"` // of the file up to its last frame, hex
}

// A partWriter writes the frames of a part.
type partWriter struct {
	w       io.Writer
	sum     hash.Hash
	zip     *zstd.Encoder
	buf     []byte // entries of the frame at hand
	entries int
	pace    func(bytes int) error // waits so that the rate is kept
}

func newPartWriter(w io.Writer, p *Part, pace func(int) error) (*partWriter, error) {
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	x := &partWriter{sum: sha256.New(), zip: zip, pace: pace}
	x.w = io.MultiWriter(w, x.sum)
	if _, err := io.WriteString(x.w, partMagic); err != nil {
		return nil, err
	}
	head, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	return x, x.frame(headFrame, 0, head)
}

func (x *partWriter) frame(kind byte, entries int, payload []byte) error {
	b := make([]byte, 0, frameHead+len(payload)+8)
	b = append(b, kind)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(payload)))
	b = binary.LittleEndian.AppendUint32(b, uint32(entries))
	b = append(b, payload...)
	b = binary.LittleEndian.AppendUint64(b, xxhash.Sum64(b))
	_, err := x.w.Write(b)
	return err
}

func (x *partWriter) add(key, sealed []byte) error {
	x.buf = binary.AppendUvarint(x.buf, uint64(len(key)))
	x.buf = append(x.buf, key...)
	x.buf = binary.AppendUvarint(x.buf, uint64(len(sealed)))
	x.buf = append(x.buf, sealed...)
	if x.entries++; len(x.buf) < fullFrame {
		return nil
	}
	return x.flush()
}

func (x *partWriter) flush() error {
	if x.entries == 0 {
		return nil
	}
	err := x.frame(dataFrame, x.entries, x.zip.EncodeAll(x.buf, nil))
	n := len(x.buf)
	x.buf, x.entries = x.buf[:0], 0
	if err != nil {
		return err
	}
	return x.pace(n)
}

// end writes the last frame.
func (x *partWriter) end() error {
	if err := x.flush(); err != nil {
		return err
	}
	return x.frame(trailFrame, 0, x.sum.Sum(nil))
}

// readPart reads a part to its end, verifies all of it, and calls head once and then each with every entry. What they
// are given is theirs until they return; both may be nil.
func readPart(r io.Reader, head func(*Part) error, each func(key, sealed []byte) error) (*Part, error) {
	x := &partReader{r: bufio.NewReaderSize(r, 1<<20), sum: sha256.New()}
	zip, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*maxFrame))
	if err != nil {
		return nil, err
	}
	defer zip.Close()
	magic := make([]byte, len(partMagic))
	if err := x.fill(magic); err != nil {
		return nil, err
	}
	if string(magic) != partMagic {
		return nil, fmt.Errorf("%w: it is no part of a backup", ErrBadBackup)
	}
	p := &Part{}
	kind, _, payload, err := x.frame()
	if err != nil {
		return nil, err
	}
	if kind != headFrame || json.Unmarshal(payload, p) != nil {
		return nil, fmt.Errorf("%w: it does not say what it is", ErrBadBackup)
	}
	if head != nil {
		if err := head(p); err != nil {
			return nil, err
		}
	}
	for {
		before := x.sum.Sum(nil)
		kind, n, payload, err := x.frame()
		switch {
		case err != nil:
			return nil, err
		case kind == trailFrame:
			if _, err := x.r.ReadByte(); err != io.EOF || !bytes.Equal(payload, before) {
				return nil, fmt.Errorf("%w: its last frame does not match", ErrBadBackup)
			}
			p.SHA256 = hex.EncodeToString(before)
			return p, nil
		case kind != dataFrame:
			return nil, fmt.Errorf("%w: frame of kind %q", ErrBadBackup, kind)
		}
		b, err := zip.DecodeAll(payload, nil)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadBackup, err)
		}
		if err := eachEntry(b, n, each); err != nil {
			return nil, err
		}
		p.Entries += n
	}
}

// eachEntry gives the n entries of a frame to each, and verifies every value.
func eachEntry(b []byte, n int, each func(key, sealed []byte) error) error {
	d := decoder{b: b}
	for ; n > 0; n-- {
		key, sealed := d.bytes(d.count()), []byte(nil)
		if !d.bad {
			sealed = d.bytes(d.count())
		}
		if d.bad || len(key) == 0 {
			return fmt.Errorf("%w: an entry is cut off", ErrBadBackup)
		}
		if _, err := layout.Unseal(key, sealed); err != nil {
			return fmt.Errorf("%w: %w", ErrBadBackup, err)
		}
		if each == nil {
			continue
		}
		if err := each(key, sealed); err != nil {
			return err
		}
	}
	if len(d.b) > 0 {
		return fmt.Errorf("%w: a frame has more than its entries", ErrBadBackup)
	}
	return nil
}

type partReader struct {
	r   *bufio.Reader
	sum hash.Hash
}

func (x *partReader) fill(b []byte) error {
	_, err := io.ReadFull(x.r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends early", ErrBadBackup)
	}
	if err != nil {
		return err
	}
	x.sum.Write(b)
	return nil
}

func (x *partReader) frame() (kind byte, entries int, payload []byte, err error) {
	head := make([]byte, frameHead)
	if err := x.fill(head); err != nil {
		return 0, 0, nil, err
	}
	n := binary.LittleEndian.Uint32(head[1:])
	if n > maxFrame {
		return 0, 0, nil, fmt.Errorf("%w: a frame of %d bytes", ErrBadBackup, n)
	}
	rest := make([]byte, n+8)
	if err := x.fill(rest); err != nil {
		return 0, 0, nil, err
	}
	h := xxhash.New()
	h.Write(head)
	h.Write(rest[:n])
	if h.Sum64() != binary.LittleEndian.Uint64(rest[n:]) {
		return 0, 0, nil, fmt.Errorf("%w: a frame does not match its checksum", ErrBadBackup)
	}
	return head[0], int(binary.LittleEndian.Uint32(head[5:])), rest[:n], nil
}
