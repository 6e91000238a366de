package audit

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"

	"anvesh/storage/durable"

	"golang.org/x/mod/sumdb/note"
)

// secretSchema is the version of DIR/secret/audit.json.
const secretSchema = 2

// secrets are what DIR/secret/audit.json holds: all keys of the log.
type secrets struct {
	file   string
	name   string             // of the log: what its checkpoints are signed as
	signer ed25519.PrivateKey // signs checkpoints
	groups []byte             // 32 bytes; seals the groups of a segment
	points []byte             // 32 bytes; makes a person or case a point of the tree of keys

	keys atomic.Pointer[keyring]

	mu    sync.RWMutex // guards what is written to the file
	years []int        // that were begun
}

// secretFile is DIR/secret/audit.json. Its keys are base64.
type secretFile struct {
	Schema int    `json:"schema"`
	Name   string `json:"name"`
	Signer []byte `json:"signer"` // 32 bytes: the seed of the Ed25519 key
	Groups []byte `json:"groups"`
	Points []byte `json:"points"`
	Years  []int  `json:"years"`
	Tree   []byte `json:"tree"` // nodes of 40 bytes; see keyTree.marshal
}

// openSecrets reads the keys of a data directory. Where mayMake is set it makes them if the directory has none.
func openSecrets(dir string, mayMake bool) (*secrets, error) {
	s := &secrets{file: filepath.Join(dir, "secret", "audit.json")}
	raw, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) && mayMake {
		return s, s.make()
	}
	if err != nil {
		return nil, fmt.Errorf("audit: the keys of the log cannot be read; put DIR/secret back as it was, or DIR/audit away for a new log: %w", err)
	}
	var f secretFile
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil, fmt.Errorf("audit: %s is damaged; put it back as it was: %w", s.file, err)
	}
	if f.Schema != secretSchema {
		return nil, fmt.Errorf("audit: %s has schema %d, this program reads %d; use the program that wrote it", s.file, f.Schema, secretSchema)
	}
	tree, ok := unmarshalTree(f.Tree)
	if !ok || len(f.Signer) != ed25519.SeedSize || len(f.Groups) != 32 || len(f.Points) != 32 || f.Name == "" {
		return nil, fmt.Errorf("audit: %s is damaged; put it back as it was", s.file)
	}
	s.name, s.signer, s.groups, s.points = f.Name, ed25519.NewKeyFromSeed(f.Signer), f.Groups, f.Points
	s.keys.Store(&keyring{tree: tree})
	s.years = f.Years
	return s, nil
}

// make draws all keys and writes them.
func (s *secrets) make() error {
	draw := func() []byte {
		b := make([]byte, 32)
		rand.Read(b) // never fails
		return b
	}
	s.signer, s.groups, s.points = ed25519.NewKeyFromSeed(draw()), draw(), draw()
	s.keys.Store(&keyring{tree: keyTree{{}: [32]byte(draw())}})
	sum := sha256.Sum256(s.signer.Public().(ed25519.PublicKey))
	s.name = fmt.Sprintf("anvesh-audit-%x", sum[:4])
	return s.write(s.keys.Load().tree)
}

// write replaces the file; tree is what it then holds.
func (s *secrets) write(tree keyTree) error {
	raw, err := json.Marshal(secretFile{Schema: secretSchema, Name: s.name, Signer: s.signer.Seed(), Groups: s.groups, Points: s.points, Years: s.years, Tree: tree.marshal()})
	if err != nil {
		return fmt.Errorf("audit: encode keys: %w", err)
	}
	if err := durable.ReplaceBytes(s.file, append(raw, '\n')); err != nil {
		return fmt.Errorf("audit: write %s: %w", s.file, err)
	}
	return nil
}

// knowYear remembers that a year was begun, so that its loss is noticed.
func (s *secrets) knowYear(year int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.years, year) {
		return nil
	}
	s.years = append(s.years, year)
	slices.Sort(s.years)
	return s.write(s.keys.Load().tree)
}

// key is the key of a point, or false where it was dropped.
func (s *secrets) key(p point) (key [32]byte, ok bool) { return s.keys.Load().key(p) }

// pointOf is the point of a record's id or a case's number: a hash of it under a key of the log. What is hashed begins with 32
// secret bytes and only 48 bits of the hash are used, so that plain SHA-256 does; HMAC took a quarter of the time of an entry.
func (s *secrets) pointOf(id string) point {
	b := append(make([]byte, 0, 128), s.points...)
	sum := sha256.Sum256(append(b, id...))
	return readPoint(sum[:])
}

// drop drops the keys of points, durably. On an error nothing has changed.
func (s *secrets) drop(points []point) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	tree := maps.Clone(s.keys.Load().tree)
	for _, p := range points {
		tree.drop(p)
	}
	if err := s.write(tree); err != nil {
		return err
	}
	s.keys.Store(&keyring{tree: tree})
	return nil
}

// verifierKey is the public key of checkpoints in the form of package note.
func (s *secrets) verifierKey() string {
	key, err := note.NewEd25519VerifierKey(s.name, s.signer.Public().(ed25519.PublicKey))
	if err != nil {
		panic("BUG: " + err.Error()) // the name is ours
	}
	return key
}

// noteSigner signs checkpoints.
func (s *secrets) noteSigner() note.Signer {
	hash := sha256.Sum256(append([]byte(s.name+"\n\x01"), s.signer.Public().(ed25519.PublicKey)...))
	text := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", s.name, binary.BigEndian.Uint32(hash[:]),
		base64.StdEncoding.EncodeToString(append([]byte{1}, s.signer.Seed()...)))
	signer, err := note.NewSigner(text)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return signer
}

// lockLog locks the log of a data directory against other processes until the file is closed.
func lockLog(dir string) (*os.File, error) {
	secret := filepath.Join(dir, "secret")
	if err := os.MkdirAll(secret, 0o700); err != nil {
		return nil, fmt.Errorf("audit: make %s: %w", secret, err)
	}
	f, err := os.OpenFile(filepath.Join(secret, "audit.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrInUse
		}
		return nil, fmt.Errorf("audit: lock %s: %w", f.Name(), err)
	}
	return f, nil
}
