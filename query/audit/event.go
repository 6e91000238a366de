package audit

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"anvesh/query/access"
)

// The kinds of events.
const (
	KindSearch     = "search"      // one search
	KindList       = "list"        // a chunk of the rows of a list, each a search
	KindView       = "view"        // cases shown
	KindExport     = "export"      // much at once: a backup, a period of this log
	KindUnmasking  = "unmasking"   // what was masked is shown, for a reason
	KindCredential = "credential"  // a key, an account or a session is made, changed or ended
	KindAudit      = "audit"       // a look at this log
	KindUpdate     = "update"      // a form entered over HTTP
	KindDestroy    = "destruction" // a record is removed by order
)

// Kinds are all of them.
func Kinds() []string {
	return []string{KindSearch, KindList, KindView, KindExport, KindUnmasking, KindCredential, KindAudit, KindUpdate, KindDestroy}
}

// An Event is what was done at once by one caller.
type Event struct {
	At      time.Time
	Kind    string
	Who     access.Identity
	Address string // the client's; default is that of Who
	Request string // the id that the answer bears as X-Request-Id
	Rows    []Row  // one, or the rows of a list
}

// A Row is one thing that was asked, and what left.
type Row struct {
	ID       string  // search_id, where there is one
	About    string  // person, vehicle, case, key, audit
	Asked    any     // the request as normalised, with its reason: encrypted, as JSON
	Found    []Found // what left
	Total    int     // hits in all, where more were found than left
	Complete bool
	Through  string // the offset token that the answer stands for
}

// A Found is a record or a case that left, and how: its class, or "" for a case.
type Found struct {
	ID    string `json:"id"`
	Class string `json:"class,omitempty"`
}

// Who is the asker as an entry names him. It is no personal data that a destruction order reaches: who asks answers for it.
type Who struct {
	Person string `json:"person,omitempty"` // by number; "" for a machine
	Key    string `json:"key,omitempty"`    // id of the credential
	Name   string `json:"name"`             // of the credential
	Role   string `json:"role"`
	Pillar string `json:"pillar,omitempty"`
	Unit   string `json:"unit,omitempty"` // code of the station, district or range
}

// whoOf is the asker as an entry names him.
func whoOf(id access.Identity) Who {
	return Who{Person: id.Person, Key: id.KeyID, Name: id.Name, Role: id.Role, Pillar: id.Pillar, Unit: id.Unit}
}

// An entry is an Event, or a part of one, as it stands in the log, in JSON.
type entry struct {
	Version int    `json:"v"`
	At      string `json:"at"` // RFC 3339, UTC, microseconds
	Kind    string `json:"kind"`
	Who     Who    `json:"who"`
	Address string `json:"address,omitempty"`
	Request string `json:"request,omitempty"`
	Rows    []row  `json:"rows"`
}

// A row of an entry.
type row struct {
	ID      string `json:"id,omitempty"`
	About   string `json:"about"`
	Through string `json:"through,omitempty"` // "" as the row before
	// Asked, encrypted under the key of the row's own point and those of all that it found: any of them dropped, and it is
	// read no more.
	Asked []byte `json:"asked"`
	// Nonce is that of all that is encrypted in this row: 12 bytes, of which the first 6 are the row's point.
	Nonce []byte `json:"nonce"`
	// Found holds for each record or case its point, 6 bytes, and then its id and class, encrypted under the point's key.
	Found [][]byte `json:"found,omitempty"`
	// Cases are the points of the cases that the records are of, one behind the other.
	Cases    []byte `json:"cases,omitempty"`
	Total    int    `json:"total,omitempty"`
	Complete bool   `json:"complete,omitempty"`
}

const (
	entryVersion = 1
	maxEntry     = 1<<16 - 1 // bytes: the form of entry bundles has two bytes for the length
	nonceBytes   = 12
	timeForm     = "2006-01-02T15:04:05.000000Z"
)

// errTooLarge: a single row does not fit into an entry.
var errTooLarge = errors.New("audit: what is to be logged does not fit into an entry of 64 KiB")

// encode makes an event entries, as many as it takes: rows are never divided.
func (s *secrets) encode(ev *Event) ([][]byte, error) {
	e := entry{Version: entryVersion, At: ev.At.UTC().Format(timeForm), Kind: ev.Kind, Who: whoOf(ev.Who), Address: ev.Address, Request: ev.Request}
	rows := make([]row, len(ev.Rows))
	for i := range ev.Rows {
		if err := s.sealRow(&rows[i], &ev.Rows[i]); err != nil {
			return nil, err
		}
	}
	return e.split(nil, rows)
}

// split appends entries that hold the rows.
func (e *entry) split(dst [][]byte, rows []row) ([][]byte, error) {
	e.Rows = slices.Clone(rows)
	for i := len(rows) - 1; i > 0; i-- {
		if rows[i].Through == rows[i-1].Through {
			e.Rows[i].Through = ""
		}
	}
	b, err := json.Marshal(e)
	switch {
	case err != nil:
		return nil, fmt.Errorf("audit: encode an entry: %w", err)
	case len(b) <= maxEntry:
		return append(dst, b), nil
	case len(rows) < 2:
		return nil, errTooLarge
	}
	if dst, err = e.split(dst, rows[:len(rows)/2]); err != nil {
		return nil, err
	}
	return e.split(dst, rows[len(rows)/2:])
}

// sealRow encrypts what is personal in a row.
func (s *secrets) sealRow(out *row, r *Row) error {
	out.ID, out.About, out.Through, out.Total, out.Complete = r.ID, r.About, r.Through, r.Total, r.Complete
	out.Nonce = make([]byte, nonceBytes)
	rand.Read(out.Nonce)
	asked, err := json.Marshal(r.Asked)
	if err != nil {
		return fmt.Errorf("audit: encode what was asked: %w", err)
	}
	var cases []point
	keys := make([]byte, 0, 32*(len(r.Found)+1))
	key, ok := s.key(readPoint(out.Nonce))
	for !ok { // that of a row that was dropped
		rand.Read(out.Nonce)
		key, ok = s.key(readPoint(out.Nonce))
	}
	keys = append(keys, key[:]...)
	out.Found = make([][]byte, len(r.Found))
	for i, f := range r.Found {
		p := s.pointOf(f.ID)
		key, ok := s.key(p)
		if !ok { // shown again after its destruction: with what would encrypt it gone, only its pseudonym is written
			out.Found[i] = p.append(nil)
			rand.Read(key[:])
		} else {
			out.Found[i] = seal(p.append(make([]byte, 0, pointBytes+len(f.ID)+len(f.Class)+1+16)), key, out.Nonce, i+1, f.ID+"\x00"+f.Class)
		}
		keys = append(keys, key[:]...)
		if fir, _, record := strings.Cut(f.ID, "/"); record {
			if c := s.pointOf(fir); !slices.Contains(cases, c) {
				cases = append(cases, c)
				out.Cases = c.append(out.Cases)
			}
		}
	}
	out.Asked = seal(nil, sha256.Sum256(keys), out.Nonce, 0, string(asked))
	return nil
}

// openRow decrypts a row. What is under a key that was dropped stays away: Asked is nil, a Found has no ID.
func (s *secrets) openRow(r *row) (asked json.RawMessage, found []Found) {
	if len(r.Nonce) != nonceBytes {
		return nil, nil
	}
	whole := true
	keys := make([]byte, 0, 32*(len(r.Found)+1))
	key, ok := s.key(readPoint(r.Nonce))
	whole = whole && ok
	keys = append(keys, key[:]...)
	found = make([]Found, len(r.Found))
	for i, sealed := range r.Found {
		if len(sealed) < pointBytes {
			whole = false
			continue
		}
		key, ok := s.key(readPoint(sealed))
		whole = whole && ok && len(sealed) > pointBytes
		keys = append(keys, key[:]...)
		if !ok {
			continue
		}
		if text, ok := unseal(sealed[pointBytes:], key, r.Nonce, i+1); ok {
			found[i].ID, found[i].Class, _ = strings.Cut(text, "\x00")
		}
	}
	if whole {
		if text, ok := unseal(r.Asked, sha256.Sum256(keys), r.Nonce, 0); ok {
			asked = json.RawMessage(text)
		}
	}
	return asked, found
}

// seal appends text under AES-256-GCM. The nonces of one row differ by n, those of rows are random.
func seal(dst []byte, key [32]byte, nonce []byte, n int, text string) []byte {
	aead, at := cipherOf(key, nonce, n)
	return aead.Seal(dst, at[:], []byte(text), nil)
}

func unseal(sealed []byte, key [32]byte, nonce []byte, n int) (string, bool) {
	aead, at := cipherOf(key, nonce, n)
	text, err := aead.Open(nil, at[:], sealed, nil)
	return string(text), err == nil
}

func cipherOf(key [32]byte, nonce []byte, n int) (cipher.AEAD, [nonceBytes]byte) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("BUG: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	at := [nonceBytes]byte(nonce)
	binary.BigEndian.PutUint32(at[8:], binary.BigEndian.Uint32(at[8:])^uint32(n))
	return aead, at
}
