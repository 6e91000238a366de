package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"strings"
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

// newKey makes a key with that id and returns its plain text and the hash to store.
func newKey(id string) (plaintext, hash string) {
	secret := randomText(secretLen)
	sum := sha256.Sum256([]byte(secret))
	body := keyPrefix + id + secret
	var check [checksumLen]byte
	return body + string(appendChecksum(check[:0], body)), hex.EncodeToString(sum[:])
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
