package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	lru "github.com/hashicorp/golang-lru/v2"
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
	ErrBadRole = errors.New("access: no such role, or one that is not made at once: a plain key is of role bureau or admin, others are requested")
	// ErrLastAdmin: without that key nobody could administer credentials any more.
	ErrLastAdmin = errors.New("access: this is the last key that may administer; make another one first")
	// ErrNotIssued: the credential waits for approval or issue.
	ErrNotIssued = errors.New("access: the credential was not given out yet")
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

	Person  string     `json:"person,omitempty"` // number in the service's rolls; "" for a machine
	Pillar  string     `json:"pillar,omitempty"`
	Unit    string     `json:"unit,omitempty"` // code; "" for the state
	Rank    string     `json:"rank,omitempty"`
	Expires *time.Time `json:"expires,omitempty"`
	Away    bool       `json:"away,omitempty"` // registered as on leave or off duty
	// Searches are what a day allows in place of the role's; 0 for the role's.
	Searches int `json:"searches,omitempty"`
	// Certificate is the SHA-256, in hex, of the client certificate that must come with the key.
	Certificate string `json:"certificate,omitempty"`
	Enrolled    bool   `json:"enrolled,omitempty"` // a second factor is set

	By *Step `json:"by,omitempty"` // who made a key over HTTP
	// The steps of a credential that was asked for; a key made by Add has none.
	Batch     string `json:"batch,omitempty"` // the requests of one list have it in common
	Requested *Step  `json:"requested,omitempty"`
	Approved  *Step  `json:"approved,omitempty"`
	Refused   *Step  `json:"refused,omitempty"`
	Issued    *Step  `json:"issued,omitempty"`
}

// A Step is when something was done to a credential, and by whom: the person, or the name of the key.
type Step struct {
	At time.Time `json:"at"`
	By string    `json:"by"`
	// Key is the id of the credential that did it, "" where it was done in the directory of a stopped service.
	Key string `json:"key,omitempty"`
}

// living reports whether a credential is, or may yet become, valid.
func (k *Key) living() bool { return k.Revoked == nil && k.Refused == nil }

// opens reports whether a credential has been given out: what waits for approval opens nothing.
func (k *Key) opens() bool { return k.living() && (k.Requested == nil || k.Issued != nil) }

// identity is what the key acts as before a second factor was shown.
func (k *Key) identity() Identity {
	return Identity{KeyID: k.ID, Name: k.Name, Person: k.Person, Pillar: k.Pillar, Role: k.Role, Unit: k.Unit, Level: LevelOf(k.Unit),
		Rank: k.Rank, SecondFactor: !NeedsSecondFactor(k.Role), Away: k.Away, Searches: k.Searches}
}

// entry is a key as stored: what may be shown, and what proves that one holds it.
type entry struct {
	Key
	Secrets  []secret `json:"secrets,omitempty"`  // the valid ones: one, or two while a rotation overlaps
	Password string   `json:"password,omitempty"` // argon2id in PHC form; "" where none is set
	TOTP     []byte   `json:"totp,omitempty"`     // the second factor's secret, sealed; nil where none is set
	Hash     string   `json:"sha256,omitempty"`   // of schema 1: hex of SHA-256 over the 32 secret characters
}

// A secret is one that a key has, as stored.
type secret struct {
	MAC   string     `json:"mac"`             // hex of HMAC-SHA-256, under the server's key, over the SHA-256 of the 32 secret characters
	Until *time.Time `json:"until,omitempty"` // valid until then; nil for as long as the key
}

// holder is what Check needs of a living key.
type holder struct {
	id          Identity
	secrets     []proof
	expires     time.Time // zero for never
	certificate string
	password    string
	totp        []byte
}

// proof is one secret that is accepted, and until when; the zero time is for as long as the key.
type proof struct {
	mac   [sha256.Size]byte
	until time.Time
}

// Keys is the open file of keys of one data directory. It is safe for concurrent use.
type Keys struct {
	dir    string // DIR/secret
	lock   *os.File
	server serverKey
	state  *state
	now    func() time.Time
	crypt  *hasher                         // of passwords
	tries  *tries                          // of sign-ins, by name
	begun  *lru.Cache[string, begunFactor] // second factors that were begun, by credential

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
	k := &Keys{dir: secret, lock: lock, now: time.Now, crypt: newHasher(), tries: newTries(), begun: newBegun()}
	if err = k.read(); err != nil {
		k.Close()
		return nil, err
	}
	return k, nil
}

// read reads what the directory holds, and brings a file of an older schema to the present one.
func (k *Keys) read() (err error) {
	entries, was, err := readEntries(k.file())
	if err != nil {
		return err
	}
	if k.server, err = readServerKey(filepath.Join(k.dir, "server.key"), was == schema && len(entries) > 0); err != nil {
		return err
	}
	if k.state, err = openState(filepath.Join(k.dir, "state.db")); err != nil {
		return err
	}
	if err := k.sessions.init(k.state, func() time.Time { return k.now() }); err != nil {
		return err
	}
	if was == schema || len(entries) == 0 {
		k.entries = entries
		return k.publish(entries)
	}
	if err := k.migrate(entries); err != nil {
		return err
	}
	return k.save(entries)
}

// migrate brings entries of schema 1 to the present one: what was stored by a bare hash is stored by a keyed one.
func (k *Keys) migrate(entries []entry) error {
	for i := range entries {
		e := &entries[i]
		sum, err := hex.DecodeString(e.Hash)
		if err != nil || len(sum) != sha256.Size {
			return k.damaged(e.ID)
		}
		e.Secrets, e.Hash, e.Pillar = []secret{{MAC: k.server.mac(sum)}}, "", PillarOf(e.Role)
	}
	return nil
}

func (k *Keys) damaged(id string) error {
	return fmt.Errorf("access: %s: key %q is damaged; restore the file from a backup", k.file(), id)
}

// Close keeps what sessions and budgets have come to and lets another process open the directory. The keys read so far keep
// answering Check.
func (k *Keys) Close() error {
	var err error
	if k.state != nil {
		if k.sessions.state != nil {
			err = k.sessions.keep()
		}
		err = errors.Join(err, k.state.close())
	}
	return errors.Join(err, k.lock.Close())
}

func (k *Keys) file() string { return filepath.Join(k.dir, "keys.json") }

// SetNow tells the keys the time by another clock, in tests. Call it before they are used.
func (k *Keys) SetNow(now func() time.Time) { k.now = now }

// Add makes a key at once, for a machine or an administrator, and returns its plain text, which is kept nowhere. by is who does
// it over HTTP, zero in the directory of a stopped service. An empty role is RoleBureau. Errors are
// ErrBadName, ErrBadRole, ErrNameTaken, or that the file could not be written, and then nothing has changed.
func (k *Keys) Add(name, role string, by ...Identity) (plaintext string, key Key, err error) {
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
	e := entry{Key: Key{ID: id, Name: name, Role: role, Pillar: PillarOf(role), Created: k.stamp()}, Secrets: []secret{{MAC: k.server.mac(hash)}}}
	if len(by) > 0 {
		e.By = k.step(by[0])
	}
	if err := k.save(append(k.entries[:len(k.entries):len(k.entries)], e)); err != nil {
		return "", Key{}, err
	}
	return plaintext, e.Key, nil
}

// Check returns whom a key belongs to, or ErrBadKey. It reads no file, takes no lock, and the time it needs does not
// depend on how much of the secret is right. certificates are the fingerprints that came with the connection: a key that is
// bound to one is no key without it, and with it needs no other second factor.
func (k *Keys) Check(plaintext string, certificates ...string) (Identity, error) {
	h, _ := k.check(plaintext)
	if h == nil {
		return Identity{}, ErrBadKey
	}
	return h.with(certificates)
}

// with holds a key to the certificate that it is bound to, if it is.
func (h *holder) with(certificates []string) (Identity, error) {
	who := h.id
	if h.certificate != "" {
		if !slices.Contains(certificates, h.certificate) {
			return Identity{}, ErrBadKey
		}
		who.SecondFactor = true
	}
	return who, nil
}

// check returns the holder of a valid key and which of its secrets it was, else nil.
func (k *Keys) check(plaintext string) (*holder, string) {
	id, secret, ok := splitKey(plaintext)
	if !ok {
		return nil, ""
	}
	sum := sha256.Sum256([]byte(secret))
	mac := k.server.sum(sum[:])
	h := (*k.living.Load())[id]
	if h == nil || !h.proves(string(mac[:]), k.now()) {
		return nil, ""
	}
	return h, string(mac[:])
}

// proves reports whether what a caller or a session brings, a secret's MAC or the mark of a password, is valid at a time.
func (h *holder) proves(with string, now time.Time) bool {
	if !h.expires.IsZero() && !now.Before(h.expires) {
		return false
	}
	if with == bySignIn {
		return true
	}
	proven := h.password != "" && subtle.ConstantTimeCompare([]byte(with), []byte(passwordMark(h.password))) == 1
	for _, p := range h.secrets {
		same := subtle.ConstantTimeCompare([]byte(with), p.mac[:]) == 1
		proven = proven || same && (p.until.IsZero() || now.Before(p.until))
	}
	return proven
}

// Holds is nil while the credential that somebody acts by is valid, else ErrBadKey. What goes on for longer than a call (a list, a
// backup, a wait) asks it again and again, so that a revocation ends that too.
func (k *Keys) Holds(who Identity) error {
	h := (*k.living.Load())[who.KeyID]
	if h == nil || !h.proves(bySignIn, k.now()) {
		return ErrBadKey
	}
	return nil
}

// Key returns the credential of an id; ok is false where none was ever made.
func (k *Keys) Key(id string) (key Key, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range k.entries {
		if k.entries[i].ID == id {
			return k.entries[i].Key, true
		}
	}
	return Key{}, false
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
// id or name, and ErrLastAdmin for the last one that may administer.
func (k *Keys) Revoke(idOrName string) (Key, error) {
	_, key, err := k.change(idOrName, func(e *entry) (string, error) {
		if k.lastAdmin(e) {
			return "", ErrLastAdmin
		}
		now := k.stamp()
		e.Revoked = &now
		e.Secrets, e.Password, e.TOTP, e.Enrolled = nil, "", nil, false
		return "", nil
	})
	return key, err
}

// lastAdmin reports whether without e nobody could administer credentials any more.
func (k *Keys) lastAdmin(e *entry) bool {
	if !e.opens() || RightsOf(e.Role)[Administer] == Nowhere {
		return false
	}
	for i := range k.entries {
		o := &k.entries[i]
		if o.ID != e.ID && o.opens() && RightsOf(o.Role)[Administer] != Nowhere && (o.Expires == nil || k.now().Before(*o.Expires)) {
			return false
		}
	}
	return true
}

// Rotate gives a key another secret and returns the plain text; the id, name and role stay. What was valid so far goes on for
// the overlap, so that whoever uses it can change over; without one it, and page sessions begun with it, end at once.
// The error is ErrNotIssued for a credential that was not given out yet.
func (k *Keys) Rotate(idOrName string, overlap time.Duration) (plaintext string, key Key, err error) {
	return k.change(idOrName, func(e *entry) (string, error) {
		if !e.opens() {
			return "", ErrNotIssued
		}
		plaintext, hash := newKey(e.ID)
		now := k.stamp()
		next := []secret{{MAC: k.server.mac(hash)}}
		if until := k.now().Add(overlap).UTC(); overlap > 0 && len(e.Secrets) > 0 {
			next = append(next, secret{MAC: e.Secrets[0].MAC, Until: &until})
		}
		e.Secrets, e.Rotated = next, &now
		return plaintext, nil
	})
}

// change applies f to a copy of one living key's entry and saves it.
func (k *Keys) change(idOrName string, f func(*entry) (string, error)) (string, Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := k.find(idOrName)
	if i < 0 {
		return "", Key{}, ErrNoKey
	}
	changed := append([]entry(nil), k.entries...)
	plaintext, err := f(&changed[i])
	if err != nil {
		return "", Key{}, err
	}
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

// publish replaces the table that Check and sessions read.
func (k *Keys) publish(entries []entry) error {
	living := make(map[string]*holder, len(entries))
	for i := range entries {
		e := &entries[i]
		if !e.opens() {
			continue
		}
		h := &holder{id: e.identity(), certificate: e.Certificate, password: e.Password, totp: e.TOTP}
		if e.Expires != nil {
			h.expires = *e.Expires
		}
		for _, s := range e.Secrets {
			var p proof
			if n, err := hex.Decode(p.mac[:], []byte(s.MAC)); err != nil || n != sha256.Size {
				return k.damaged(e.ID)
			}
			if s.Until != nil {
				p.until = *s.Until
			}
			h.secrets = append(h.secrets, p)
		}
		if len(h.secrets) == 0 || len(e.ID) != idLen {
			return k.damaged(e.ID)
		}
		living[e.ID] = h
	}
	k.living.Store(&living)
	return nil
}

// find returns the index of the living key with that id, else with that name in any case, or -1.
func (k *Keys) find(idOrName string) int {
	for i, e := range k.entries {
		if e.living() && e.ID == idOrName {
			return i
		}
	}
	for i, e := range k.entries {
		if e.living() && strings.EqualFold(e.Name, idOrName) {
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
func (k *Keys) stamp() time.Time { return k.now().UTC().Truncate(time.Second) }

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
