// Package statement makes a search that found nobody a document: asked what, by whom, over what, signed, so that a court or
// another office can check it without this service.
//
// It exists because "no record" is what people act on, and an answer on a screen proves nothing a day later. A statement says
// what was searched (how many records, up to which updates) and not more: that nobody who fits is among those.
//
// A statement is an envelope as DSSE (github.com/secure-systems-lab/dsse) has it: the payload's very bytes are signed with
// Ed25519, so that nothing depends on how JSON is written. Beside them stands the statement once more, to be read; Open
// refuses an envelope where the two differ.
//
//	{"statement": {...}, "payloadType": "application/vnd.anvesh.statement+json", "payload": base64,
//	 "signatures": [{"keyid": "1a2b3c4d5e6f7a8b", "sig": base64}]}
//
// The key is DIR/secret/statement.key, PKCS #8 in PEM, made when it is first needed. Its id is the beginning of the SHA-256 of
// the public key.
package statement

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"time"

	"anvesh/storage/durable"
)

// payloadType is what the payload is, as DSSE wants it said and signed.
const payloadType = "application/vnd.anvesh.statement+json"

// schema is the version of Statement.
const schema = 1

// ErrNotSigned: the envelope is no statement that was signed with that key. The error says what is wrong.
var ErrNotSigned = errors.New("statement: not as it was signed")

// A Statement says that a search found nobody and nothing.
type Statement struct {
	Schema    int              `json:"schema"`
	SearchID  string           `json:"search_id"` // as in the log of who asked what
	Kind      string           `json:"kind"`      // person, vehicle
	Asked     any              `json:"asked"`     // the request as normalised, with its reason
	By        By               `json:"by"`
	At        time.Time        `json:"at"`
	Through   time.Time        `json:"through"` // all that was appended to the log of updates before is searched
	Offsets   map[string]int64 `json:"offsets"` // the next of each partition
	Records   int              `json:"records"` // of that kind, that were held
	Shards    int              `json:"shards"`  // all of which answered
	Terms     int              `json:"terms_version"`
	Program   string           `json:"program"`
	Remarks   []string         `json:"remarks,omitempty"` // what of the request was read otherwise, or left out
	RemarksHi []string         `json:"remarks_hi,omitempty"`
	Text      string           `json:"text"` // what it says, and what not
	Hindi     string           `json:"hindi"`
	Practice  bool             `json:"practice,omitempty"` // the records are made up
}

// By is who asked.
type By struct {
	Person string `json:"person,omitempty"`
	Name   string `json:"name"` // of the credential
	Key    string `json:"key"`  // its id
	Role   string `json:"role"`
	Unit   string `json:"unit,omitempty"`
}

// An Envelope is a signed statement.
type Envelope struct {
	Statement   json.RawMessage `json:"statement"`
	PayloadType string          `json:"payloadType"`
	Payload     string          `json:"payload"`
	Signatures  []Signature     `json:"signatures"`
}

// A Signature is one of an Envelope.
type Signature struct {
	KeyID string `json:"keyid"`
	Sig   string `json:"sig"`
}

// A Key signs statements.
type Key struct{ private ed25519.PrivateKey }

// OpenKey reads the key of a data directory, which it makes if there is none.
func OpenKey(dir string) (*Key, error) {
	file := keyFile(dir)
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	if block, _ := pem.Decode(raw); block != nil {
		if k, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			if private, ok := k.(ed25519.PrivateKey); ok {
				return &Key{private}, nil
			}
		}
	}
	return nil, fmt.Errorf("statement: %s is no Ed25519 key; put it back as it was, or remove it for a new one", file)
}

func keyFile(dir string) string { return filepath.Join(dir, "secret", "statement.key") }

func makeKey(file string) (*Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("statement: %w", err)
	}
	if err := durable.ReplaceBytes(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})); err != nil {
		return nil, fmt.Errorf("statement: write %s: %w", file, err)
	}
	return &Key{private}, nil
}

// HasKey tells whether a data directory has a key of statements.
func HasKey(dir string) bool {
	_, err := os.Stat(keyFile(dir))
	return err == nil
}

// Public is the public key, in PEM, as openssl reads it.
func (k *Key) Public() string {
	der, err := x509.MarshalPKIXPublicKey(k.public())
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// ID is the id of the key.
func (k *Key) ID() string { return idOf(k.public()) }

func (k *Key) public() ed25519.PublicKey { return k.private.Public().(ed25519.PublicKey) }

func idOf(k ed25519.PublicKey) string {
	sum := sha256.Sum256(k)
	return hex.EncodeToString(sum[:8])
}

// ParsePublic reads a public key in PEM.
func ParsePublic(raw []byte) (ed25519.PublicKey, error) {
	if block, _ := pem.Decode(raw); block != nil {
		if k, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
			if public, ok := k.(ed25519.PublicKey); ok {
				return public, nil
			}
		}
	}
	return nil, errors.New("statement: this is no public key, as GET /v1/statements/key gives it: Ed25519, in PEM")
}

// Sign makes a statement an envelope.
func (k *Key) Sign(s *Statement) (*Envelope, error) {
	s.Schema = schema
	payload, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("statement: encode: %w", err)
	}
	return &Envelope{Statement: payload, PayloadType: payloadType, Payload: base64.StdEncoding.EncodeToString(payload),
		Signatures: []Signature{{k.ID(), base64.StdEncoding.EncodeToString(ed25519.Sign(k.private, signed(payload)))}}}, nil
}

// signed is what is signed: DSSE's pre-authentication encoding.
func signed(payload []byte) []byte {
	b := []byte("DSSEv1 " + strconv.Itoa(len(payloadType)) + " " + payloadType + " " + strconv.Itoa(len(payload)) + " ")
	return append(b, payload...)
}

// Open checks an envelope, as it was answered or as another program has laid it out, and returns what it states. The error is
// ErrNotSigned.
func Open(raw []byte, key ed25519.PublicKey) (*Statement, error) {
	not := func(why string) (*Statement, error) { return nil, fmt.Errorf("%w: %s", ErrNotSigned, why) }
	whole, err := value(raw)
	members, ok := whole.(map[string]any)
	if err != nil || !ok || len(members) != 4 {
		return not("it is no envelope of a statement")
	}
	var e Envelope
	if json.Unmarshal(raw, &e) != nil {
		return not("it is no envelope of a statement")
	}
	payload, err := base64.StdEncoding.Strict().DecodeString(e.Payload)
	if err != nil || e.PayloadType != payloadType || len(e.Signatures) != 1 {
		return not("it is no envelope of a statement")
	}
	if e.Signatures[0].KeyID != idOf(key) {
		return not("it names the key " + strconv.Quote(e.Signatures[0].KeyID) + ", the one given is " + idOf(key))
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(e.Signatures[0].Sig)
	if err != nil || !ed25519.Verify(key, signed(payload), sig) {
		return not("the signature does not fit")
	}
	if was, err := value(payload); err != nil || !reflect.DeepEqual(members["statement"], was) {
		return not("the statement to be read is not the one that was signed")
	}
	var s Statement
	if err := json.Unmarshal(payload, &s); err != nil || s.Schema != schema {
		return not("it is of a later version of the program")
	}
	return &s, nil
}

// value reads a JSON text. A name that stands twice in an object is refused: of two, one reader takes the first, another the last.
func value(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := readValue(d)
	if err == nil && d.More() {
		err = errors.New("something follows")
	}
	return v, err
}

func readValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	var list []any
	object := map[string]any{}
	switch t {
	case json.Delim('{'):
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			if _, twice := object[name.(string)]; twice {
				return nil, errors.New("a name stands twice")
			}
			if object[name.(string)], err = readValue(d); err != nil {
				return nil, err
			}
		}
		_, err = d.Token()
		return object, err
	case json.Delim('['):
		for d.More() {
			v, err := readValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	return t, nil
}
