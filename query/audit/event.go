package audit

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
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
	KindAlarm      = "alarm"       // what was asked came to what no work needs
	KindRefusal    = "refusal"     // the policy or a budget has refused what was asked
)

// Kinds are all of them.
func Kinds() []string {
	return []string{KindSearch, KindList, KindView, KindExport, KindUnmasking, KindCredential, KindAudit, KindUpdate, KindDestroy,
		KindAlarm, KindRefusal}
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
	Why      string  // which alarm, or by what it was refused; in clear
	Asked    any     // the request as normalised, with its reason: encrypted, as JSON; nil where there is none
	Found    []Found // what left
	Total    int     // hits in all, where more were found than left; how often, of an alarm or a refusal
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
	Why     string `json:"why,omitempty"`
	Through string `json:"through,omitempty"` // "" as the row before
	// Asked, encrypted under the key of the row's own point and those of all that it found: any of them dropped, and it is
	// read no more.
	Asked []byte `json:"asked,omitempty"`
	// Nonce is that of all that is encrypted in this row: 12 bytes, of which the first 6 are the row's point, that of its ID.
	Nonce []byte `json:"nonce,omitempty"`
	// Found holds for each record or case, one behind the other, its point, 6 bytes, the length of what follows, 1 byte, and its
	// id, a zero byte and its class, encrypted under the point's key.
	Found []byte `json:"found,omitempty"`
	// Cases are the points of the cases that the records are of, one behind the other.
	Cases    []byte `json:"cases,omitempty"`
	Total    int    `json:"total,omitempty"`
	Complete bool   `json:"complete,omitempty"`
}

const (
	entryVersion = 2
	maxEntry     = 1<<16 - 1 // bytes: the form of entry bundles has two bytes for the length
	nonceBytes   = 12
	foundHead    = pointBytes + 1
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
	out.ID, out.About, out.Why, out.Through, out.Total, out.Complete = r.ID, r.About, r.Why, r.Through, r.Total, r.Complete
	if r.Asked == nil && len(r.Found) == 0 {
		return nil
	}
	asked, err := json.Marshal(r.Asked)
	if err != nil {
		return fmt.Errorf("audit: encode what was asked: %w", err)
	}
	out.Nonce = make([]byte, nonceBytes)
	rand.Read(out.Nonce)
	if r.ID != "" {
		s.pointOf(r.ID).append(out.Nonce[:0])
	}
	key, ok := s.key(readPoint(out.Nonce))
	for !ok { // that of a row that was dropped
		rand.Read(out.Nonce)
		key, ok = s.key(readPoint(out.Nonce))
	}
	keys := append(make([]byte, 0, len(key)*(1+len(r.Found))), key[:]...)
	size, before := 0, ""
	for i := range r.Found {
		size += foundHead + len(r.Found[i].ID) + 1 + len(r.Found[i].Class)
	}
	out.Found = make([]byte, 0, size)
	for i := range r.Found {
		f := &r.Found[i]
		if out.Found, key, err = s.sealFound(out.Found, f, out.Nonce, i+1); err != nil {
			return err
		}
		keys = append(keys, key[:]...)
		if fir, _, record := strings.Cut(f.ID, "/"); record && fir != before {
			out.Cases, before = appendOnce(out.Cases, s.pointOf(fir)), fir
		}
	}
	out.Asked = askedCipher(keys).Seal(asked[:0], out.Nonce, asked, nil)
	return nil
}

// sealFound appends one record or case that left, and returns its key.
func (s *secrets) sealFound(dst []byte, f *Found, nonce []byte, n int) (out []byte, key [32]byte, err error) {
	size := len(f.ID) + 1 + len(f.Class)
	if size > 255 {
		return dst, key, errTooLarge
	}
	p := s.pointOf(f.ID)
	dst = p.append(dst)
	key, ok := s.key(p)
	if !ok { // shown again after its destruction: with what would encrypt it gone, only its pseudonym is written
		rand.Read(key[:])
		return append(dst, 0), key, nil
	}
	dst = append(dst, byte(size))
	from := len(dst)
	dst = append(append(append(dst, f.ID...), 0), f.Class...)
	pad(dst[from:], key, nonce, n)
	return dst, key, nil
}

// pad encrypts, and decrypts, the n-th of what a row found: with a stream of SHA-256 over key, nonce, n and the number of the
// block. The key is the record's own, the nonce the row's, so no stream serves twice. It has no tag: that the bytes are those
// that were written the tree shows, and the seals of the segment. AES-GCM is made for more than the twenty bytes of an id: its
// tables were half of what an entry cost.
func pad(text []byte, key [32]byte, nonce []byte, n int) {
	var in [32 + nonceBytes + 4]byte
	copy(in[copy(in[:], key[:]):], nonce)
	binary.BigEndian.PutUint32(in[32+nonceBytes:], uint32(n)<<8)
	for ; len(text) > 0; in[len(in)-1]++ {
		stream := sha256.Sum256(in[:])
		text = text[subtle.XORBytes(text, text, stream[:min(len(text), len(stream))]):]
	}
}

// appendOnce appends a point to others unless it is among them.
func appendOnce(points []byte, p point) []byte {
	for b := points; len(b) >= pointBytes; b = b[pointBytes:] {
		if readPoint(b) == p {
			return points
		}
	}
	return p.append(points)
}

// eachFound goes through what a row found: the point of each, and what is encrypted of it, empty where it was dropped before. It
// ends early where the bytes are none that sealFound made.
func (r *row) eachFound(yield func(p point, sealed []byte) bool) {
	for b := r.Found; len(b) >= foundHead; {
		end := foundHead + int(b[pointBytes])
		if end > len(b) || !yield(readPoint(b), b[foundHead:end]) {
			return
		}
		b = b[end:]
	}
}

// openRow decrypts a row. What is under a key that was dropped stays away: Asked is nil, a Found has no ID.
func (s *secrets) openRow(r *row) (asked json.RawMessage, found []Found) {
	if len(r.Nonce) != nonceBytes {
		return nil, nil
	}
	key, whole := s.key(readPoint(r.Nonce))
	keys := slices.Clone(key[:])
	for p, sealed := range r.eachFound {
		key, ok := s.key(p)
		whole = whole && ok && len(sealed) > 0
		keys = append(keys, key[:]...)
		var f Found
		if ok && len(sealed) > 0 {
			text := slices.Clone(sealed)
			pad(text, key, r.Nonce, len(found)+1)
			f.ID, f.Class, _ = strings.Cut(string(text), "\x00")
		}
		found = append(found, f)
	}
	if whole {
		if text, err := askedCipher(keys).Open(nil, r.Nonce, r.Asked, nil); err == nil {
			asked = text
		}
	}
	return asked, found
}

// askedCipher is AES-256-GCM under the key of what was asked, which is the row's alone.
func askedCipher(keys []byte) cipher.AEAD {
	key := sha256.Sum256(keys)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("BUG: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return aead
}
