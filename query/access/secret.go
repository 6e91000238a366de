package access

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"strings"

	"anvesh/storage/durable"
)

// The parts of a key, in characters of base62; see the package comment.
const (
	keyPrefix   = "anv_"
	idLen       = 8
	secretLen   = 32
	checksumLen = 6
	keyLen      = len(keyPrefix) + idLen + secretLen + checksumLen
)

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newKey makes a key with that id and returns its plain text and the SHA-256 of its secret, to be stored under the server's key.
func newKey(id string) (plaintext string, hash []byte) {
	secret := randomText(secretLen)
	sum := sha256.Sum256([]byte(secret))
	body := keyPrefix + id + secret
	var check [checksumLen]byte
	return body + string(appendChecksum(check[:0], body)), sum[:]
}

// A serverKey is DIR/secret/server.key: 32 random bytes under which secrets are stored, so that the file of keys alone, in a
// backup or on a lost disk, tells nothing that could be tried out elsewhere.
type serverKey struct {
	key  [32]byte
	seal cipher.AEAD // for what must be read back: secrets of second factors
}

// readServerKey reads the server's key, or makes it. Where secrets are stored under it already it must be there.
func readServerKey(file string, needed bool) (s serverKey, err error) {
	raw, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && needed:
		return s, fmt.Errorf("access: %s is absent, under which the keys are stored; restore it with keys.json from a backup", file)
	case errors.Is(err, fs.ErrNotExist):
		raw = make([]byte, len(s.key))
		rand.Read(raw) // never fails
		if err := durable.ReplaceBytes(file, raw); err != nil {
			return s, fmt.Errorf("access: write %s: %w", file, err)
		}
	case err != nil:
		return s, fmt.Errorf("access: %w", err)
	case len(raw) != len(s.key):
		return s, fmt.Errorf("access: %s is damaged; restore it from a backup", file)
	}
	copy(s.key[:], raw)
	sub, err := hkdf.Key(sha256.New, s.key[:], nil, "anvesh second factors", 32)
	if err != nil {
		return s, fmt.Errorf("access: %w", err)
	}
	block, err := aes.NewCipher(sub)
	if err != nil {
		return s, fmt.Errorf("access: %w", err)
	}
	s.seal, err = cipher.NewGCMWithRandomNonce(block)
	return s, err
}

// sum is HMAC-SHA-256 of the hash of a secret.
func (s *serverKey) sum(hash []byte) (mac [sha256.Size]byte) {
	h := hmac.New(sha256.New, s.key[:])
	h.Write(hash)
	h.Sum(mac[:0])
	return mac
}

// mac is sum as it is stored.
func (s *serverKey) mac(hash []byte) string {
	sum := s.sum(hash)
	return hex.EncodeToString(sum[:])
}

// splitKey takes a key apart. ok is false where it is not of the form, or its checksum says that it was mistyped.
func splitKey(plaintext string) (id, secret string, ok bool) {
	if len(plaintext) != keyLen || !strings.HasPrefix(plaintext, keyPrefix) {
		return "", "", false
	}
	body, given := plaintext[:keyLen-checksumLen], plaintext[keyLen-checksumLen:]
	var check [checksumLen]byte
	if string(appendChecksum(check[:0], body)) != given {
		return "", "", false
	}
	return body[len(keyPrefix) : len(keyPrefix)+idLen], body[len(keyPrefix)+idLen:], true
}

// appendChecksum appends CRC-32 of body as six characters, the most significant first.
func appendChecksum(dst []byte, body string) []byte {
	sum := crc32.ChecksumIEEE([]byte(body))
	var out [checksumLen]byte
	for i := checksumLen - 1; i >= 0; i-- {
		out[i] = alphabet[sum%62]
		sum /= 62
	}
	return append(dst, out[:]...)
}

// randomText returns n characters of base62, each equally likely. Bytes from 248 (4*62) up are thrown away, as they
// would favour the first letters.
func randomText(n int) string {
	out := make([]byte, 0, n)
	var buf [64]byte
	for len(out) < n {
		rand.Read(buf[:]) // never fails
		for _, b := range buf {
			if b < 248 && len(out) < n {
				out = append(out, alphabet[b%62])
			}
		}
	}
	return string(out)
}

// ID returns the id that stands in a key, whether there is such a key or not, or "" where it is not written like one.
// It may be shown and logged.
func ID(plaintext string) string {
	id, _, _ := splitKey(plaintext)
	return id
}
