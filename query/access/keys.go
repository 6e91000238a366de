package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxName is the most characters a key's name may have; it is shown in lists and written to logs.
const maxName = 64

// Why a call failed. Callers decide by errors.Is.
var (
	// ErrBadKey: not a key, a mistyped key, an unknown one or a revoked one. Which of these is not said to a caller.
	ErrBadKey = errors.New("access: no such key, or it was revoked")
	// ErrNoKey: no living key has that id or name.
	ErrNoKey = errors.New("access: no key of that id or name")
	// ErrNameTaken: a living key has that name.
	ErrNameTaken = errors.New("access: a key of that name exists; revoke or rotate it, or choose another name")
	// ErrBadName: the name is empty, too long or holds characters that do not print.
	ErrBadName = errors.New("access: a name has 1 to 64 letters, digits, spaces or . _ @ -, and begins with a letter or digit")
	// ErrBadRole: no role of that name exists.
	ErrBadRole = errors.New("access: the roles are bureau and admin")
	// ErrInUse: another process has the keys of this directory open.
	ErrInUse = errors.New("access: the directory is in use by a running service; use --server with its address")
)

// A Key describes one credential. It holds nothing that opens anything.
type Key struct {
	ID      string     `json:"id"` // 8 characters of base62; shown, logged
	Name    string     `json:"name"`
	Role    string     `json:"role"`
	Created time.Time  `json:"created"`
	Rotated *time.Time `json:"rotated,omitempty"` // when the secret was last replaced
	Revoked *time.Time `json:"revoked,omitempty"` // nil while the key is valid
}

// entry is a key as stored: what may be shown, and the hash of its secret.
type entry struct {
	Key
	Hash string `json:"sha256"` // hex of SHA-256 over the 32 secret characters
}

// holder is what Check needs of a living key.
type holder struct {
	id   Identity
	hash [sha256.Size]byte
}

// Keys is the open file of keys of one data directory. It is safe for concurrent use.
type Keys struct {
	dir  string // DIR/secret
	lock *os.File

	mu      sync.Mutex // guards entries and the file
	entries []entry

	living   atomic.Pointer[map[string]*holder] // by id; never changed after it is stored
	sessions sessions
}

// Open opens the keys of a data directory, which it makes if it is absent. The error is ErrInUse where another process
// has them open. Close releases them.
func Open(dir string) (*Keys, error) {
	secret := filepath.Join(dir, "secret")
	if err := os.MkdirAll(secret, 0o700); err != nil {
		return nil, fmt.Errorf("access: make %s: %w", secret, err)
	}
	if err := os.Chmod(secret, 0o700); err != nil {
		return nil, fmt.Errorf("access: close %s to others: %w", secret, err)
	}
	lock, err := lockFile(filepath.Join(secret, "lock"))
	if err != nil {
		return nil, err
	}
	k := &Keys{dir: secret, lock: lock}
	k.sessions.init()
	if k.entries, err = readEntries(k.file()); err == nil {
		err = k.publish(k.entries)
	}
	if err != nil {
		k.Close()
		return nil, err
	}
	return k, nil
}

// Close lets another process open the directory. The keys read so far keep answering Check.
func (k *Keys) Close() error { return k.lock.Close() }

func (k *Keys) file() string { return filepath.Join(k.dir, "keys.json") }

// Add makes a key and returns its plain text, which is kept nowhere. An empty role is RoleBureau. Errors are
// ErrBadName, ErrBadRole, ErrNameTaken, or that the file could not be written, and then nothing has changed.
func (k *Keys) Add(name, role string) (plaintext string, key Key, err error) {
	if role == "" {
		role = RoleBureau
	}
	if role != RoleBureau && role != RoleAdmin {
		return "", Key{}, ErrBadRole
	}
	name = strings.TrimSpace(name)
	if err := CheckName(name); err != nil {
		return "", Key{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.find(name) >= 0 {
		return "", Key{}, ErrNameTaken
	}
	id := k.freshID()
	plaintext, hash := newKey(id)
	e := entry{Key: Key{ID: id, Name: name, Role: role, Created: stamp()}, Hash: hash}
	if err := k.save(append(k.entries[:len(k.entries):len(k.entries)], e)); err != nil {
		return "", Key{}, err
	}
	return plaintext, e.Key, nil
}

// Check returns whom a key belongs to, or ErrBadKey. It reads no file, takes no lock, and the time it needs does not
// depend on how much of the secret is right.
func (k *Keys) Check(plaintext string) (Identity, error) {
	h := k.check(plaintext)
	if h == nil {
		return Identity{}, ErrBadKey
	}
	return h.id, nil
}

// check returns the holder of a valid key, else nil.
func (k *Keys) check(plaintext string) *holder {
	id, secret, ok := splitKey(plaintext)
	if !ok {
		return nil
	}
	sum := sha256.Sum256([]byte(secret))
	h := (*k.living.Load())[id]
	if h == nil || subtle.ConstantTimeCompare(sum[:], h.hash[:]) != 1 {
		return nil
	}
	return h
}

// List returns all keys ever made, revoked ones too, the oldest first.
func (k *Keys) List() []Key {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := make([]Key, 0, len(k.entries))
	for _, e := range k.entries {
		list = append(list, e.Key)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Created.Before(list[j].Created) })
	return list
}

// Revoke ends a key, and the page sessions begun with it, for good. The error is ErrNoKey where no living key has that
// id or name.
func (k *Keys) Revoke(idOrName string) (Key, error) {
	_, key, err := k.change(idOrName, func(e *entry) string {
		now := stamp()
		e.Revoked = &now
		return ""
	})
	return key, err
}

// Rotate gives a key another secret and returns the plain text; the id, name and role stay. What was valid so far, page
// sessions included, is so no longer.
func (k *Keys) Rotate(idOrName string) (plaintext string, key Key, err error) {
	return k.change(idOrName, func(e *entry) string {
		plaintext, hash := newKey(e.ID)
		now := stamp()
		e.Hash, e.Rotated = hash, &now
		return plaintext
	})
}

// change applies f to a copy of one living key's entry and saves it.
func (k *Keys) change(idOrName string, f func(*entry) string) (string, Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := k.find(idOrName)
	if i < 0 {
		return "", Key{}, ErrNoKey
	}
	changed := append([]entry(nil), k.entries...)
	plaintext := f(&changed[i])
	if err := k.save(changed); err != nil {
		return "", Key{}, err
	}
	return plaintext, changed[i].Key, nil
}

// save makes entries durable, then valid. On error neither has happened.
func (k *Keys) save(entries []entry) error {
	if err := writeEntries(k.file(), entries); err != nil {
		return err
	}
	k.entries = entries
	return k.publish(entries)
}

// publish replaces the table that Check reads.
func (k *Keys) publish(entries []entry) error {
	living := make(map[string]*holder, len(entries))
	for _, e := range entries {
		if e.Revoked != nil {
			continue
		}
		h := &holder{id: Identity{KeyID: e.ID, Name: e.Name, Pillar: PillarOf(e.Role), Role: e.Role, Level: StateLevel,
			SecondFactor: !NeedsSecondFactor(e.Role)}}
		if n, err := hex.Decode(h.hash[:], []byte(e.Hash)); err != nil || n != sha256.Size || len(e.ID) != idLen {
			return fmt.Errorf("access: %s: key %q is damaged; restore the file from a backup", k.file(), e.ID)
		}
		living[e.ID] = h
	}
	k.living.Store(&living)
	return nil
}

// find returns the index of the living key with that id, else with that name in any case, or -1.
func (k *Keys) find(idOrName string) int {
	for i, e := range k.entries {
		if e.Revoked == nil && e.ID == idOrName {
			return i
		}
	}
	for i, e := range k.entries {
		if e.Revoked == nil && strings.EqualFold(e.Name, idOrName) {
			return i
		}
	}
	return -1
}

// freshID returns an id that no key has had, revoked or not, and that is nobody's name.
func (k *Keys) freshID() string {
	for {
		id := randomText(idLen)
		used := false
		for _, e := range k.entries {
			used = used || e.ID == id || strings.EqualFold(e.Name, id)
		}
		if !used {
			return id
		}
	}
}

// stamp is the time of a change, whole seconds, as it stands in the file.
func stamp() time.Time { return time.Now().UTC().Truncate(time.Second) }

// CheckName gives ErrBadName, which says the rule, for what may not be a key's name. Blanks around it do not count: Add drops
// them.
func CheckName(name string) error {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > maxName || !utf8.ValidString(name) {
		return ErrBadName
	}
	for i, r := range name {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if !letter && (i == 0 || !unicode.IsMark(r) && !strings.ContainsRune(" ._@-", r)) {
			return ErrBadName
		}
	}
	return nil
}
