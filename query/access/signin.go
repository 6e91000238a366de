package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"go.etcd.io/bbolt"
	"golang.org/x/crypto/argon2"
	"golang.org/x/time/rate"
)

// Why a sign-in or what belongs to it failed.
var (
	// ErrSignIn: name, password or code is wrong. Which of them is not said.
	ErrSignIn = errors.New("access: name, password or code is wrong")
	// ErrManyTries: that name was tried too often; try again in a minute.
	ErrManyTries = errors.New("access: too many sign-ins under that name failed")
	// ErrBusy: as many passwords are being checked as may wait.
	ErrBusy = errors.New("access: too many sign-ins at once")
	// ErrCode: the code is wrong, or was used already.
	ErrCode = errors.New("access: the code is wrong or was used")
	// ErrWeak: the password is too short, too long, or holds the name.
	ErrWeak = errors.New("access: a password has 12 to 128 characters and does not hold the name")
	// ErrEnrolled: a second factor is set; an administrator takes it away where it is lost.
	ErrEnrolled = errors.New("access: a second factor is set already")
	// ErrNotEnrolled: no second factor was begun.
	ErrNotEnrolled = errors.New("access: begin with a new second factor first")
)

// bySignIn is what a session proves itself by that an identity provider vouched for: that its credential is valid.
const bySignIn = "signed in elsewhere"

// Passwords are stored by argon2id as OWASP and RFC 9106 advise it for servers: 19 MiB, two passes, one lane.
const (
	argonTime    = 2
	argonMemory  = 19 << 10 // KiB
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
)

// mostHashing passwords wait for their turn beside those that are checked; further ones are refused, so that a flood of sign-ins
// costs neither memory nor the time of those who search.
const mostHashing = 32

// hasher checks a few passwords at once: two, or one on a single core, 38 MiB at most.
type hasher struct{ turns, queue chan struct{} }

func newHasher() *hasher {
	n := min(2, runtime.GOMAXPROCS(0))
	return &hasher{turns: make(chan struct{}, n), queue: make(chan struct{}, n+mostHashing)}
}

// hash is argon2id of a password, once there is a turn for it.
func (h *hasher) hash(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		return nil, ErrBusy
	}
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonKey), nil
}

// stored is a password as it stands in the file, in PHC form.
func (h *hasher) stored(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	rand.Read(salt) // never fails
	sum, err := h.hash(ctx, password, salt)
	if err != nil {
		return "", err
	}
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b.EncodeToString(salt), b.EncodeToString(sum)), nil
}

// is reports whether a password is that which was stored. Where none was, it takes as long and is false.
func (h *hasher) is(ctx context.Context, password, stored string) (bool, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", argonMemory, argonTime, argonThreads) {
		_, err := h.hash(ctx, password, make([]byte, argonSalt))
		return false, err
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	sum, err := h.hash(ctx, password, salt)
	return err == nil && err1 == nil && err2 == nil && subtle.ConstantTimeCompare(sum, want) == 1, err
}

// passwordMark is what a session proves itself by that began with a password: it ends when that is changed.
func passwordMark(stored string) string {
	sum := sha256.Sum256([]byte("session by " + stored))
	return string(sum[:])
}

// tries bounds sign-ins by name, existing or not: ten, and then one a minute.
type tries struct {
	byName *lru.Cache[string, *rate.Limiter]
}

func newTries() *tries {
	c, err := lru.New[string, *rate.Limiter](50_000)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return &tries{c}
}

func (t *tries) of(name string) *rate.Limiter {
	name = strings.ToLower(strings.TrimSpace(name))
	fresh := rate.NewLimiter(rate.Every(time.Minute), 10)
	if have, ok, _ := t.byName.PeekOrAdd(name, fresh); ok {
		t.byName.Get(name) // used lately
		return have
	}
	return fresh
}

// SignIn begins a session with a name (or id), a password and a code. Every failure takes as long and says the same. Errors are
// ErrSignIn, ErrManyTries, ErrBusy, and that of ctx.
func (k *Keys) SignIn(ctx context.Context, name, password, code string) (token string, ends time.Time, err error) {
	tries := k.tries.of(name)
	if !tries.AllowN(k.now(), 1) {
		return "", time.Time{}, ErrManyTries
	}
	k.mu.Lock()
	h := &holder{}
	if i := k.find(strings.TrimSpace(name)); i >= 0 {
		if found := (*k.living.Load())[k.entries[i].ID]; found != nil {
			h = found
		}
	}
	k.mu.Unlock()
	right, err := k.crypt.is(ctx, password, h.password)
	if err != nil {
		return "", time.Time{}, err
	}
	if !right || h.certificate != "" || !h.proves(passwordMark(h.password), k.now()) || k.useCode(h, code) != nil {
		return "", time.Time{}, ErrSignIn
	}
	tries.AllowN(k.now(), -1) // one that succeeds does not count
	return k.sessions.start(session{KeyID: h.id.KeyID, With: []byte(passwordMark(h.password)), SecondFactor: true})
}

// StartSessionWithCode begins a session with a key and, as the second factor, a code. Errors are ErrBadKey and ErrCode.
func (k *Keys) StartSessionWithCode(plaintext, code string) (token string, ends time.Time, err error) {
	h, with := k.check(plaintext)
	if h == nil || h.certificate != "" {
		return "", time.Time{}, ErrBadKey
	}
	tries := k.tries.of(h.id.KeyID)
	if !tries.AllowN(k.now(), 1) {
		return "", time.Time{}, ErrManyTries
	}
	if err := k.useCode(h, code); err != nil {
		return "", time.Time{}, err
	}
	tries.AllowN(k.now(), -1)
	return k.sessions.start(session{KeyID: h.id.KeyID, With: []byte(with), SecondFactor: true})
}

// SignInElsewhere begins a session for the person of that number, for whom an identity provider vouches; second says whether
// that has checked a second factor. The error is ErrSignIn where no living credential is the person's.
func (k *Keys) SignInElsewhere(person string, second bool) (token string, ends time.Time, err error) {
	for _, h := range *k.living.Load() {
		if person != "" && h.id.Person == person && h.certificate == "" && h.proves(bySignIn, k.now()) {
			return k.sessions.start(session{KeyID: h.id.KeyID, With: []byte(bySignIn), SecondFactor: second})
		}
	}
	return "", time.Time{}, ErrSignIn
}

// The second factor: a code of six digits for every 30 seconds (RFC 6238), of a secret of 20 bytes.
const (
	stepTime   = 30 * time.Second
	totpSecret = 20
	stepsApart = 1 // by which a clock may be off, either way
)

// A Factor is a second factor that was begun: what an authenticator app is given. It counts once a code of it was shown.
type Factor struct {
	Secret string `json:"secret"` // base32
	URI    string `json:"uri"`    // otpauth://..., for a QR code
}

// begunTime is how long a second factor that was begun may be enrolled.
const begunTime = 10 * time.Minute

// A begunFactor is one of which no code was shown yet.
type begunFactor struct {
	raw []byte
	at  time.Time
}

func newBegun() *lru.Cache[string, begunFactor] {
	c, err := lru.New[string, begunFactor](10_000)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return c
}

// NewFactor begins a second factor for a credential that has none. It is forgotten after a restart.
func (k *Keys) NewFactor(id string) (Factor, error) {
	h := (*k.living.Load())[id]
	switch {
	case h == nil:
		return Factor{}, ErrNoKey
	case h.totp != nil:
		return Factor{}, ErrEnrolled
	}
	raw := make([]byte, totpSecret)
	rand.Read(raw) // never fails
	k.begun.Add(id, begunFactor{raw, k.now()})
	return h.factor(raw)
}

// Begun is the second factor that NewFactor has begun for a credential and that may still be enrolled, to be shown again after a
// code that was mistyped.
func (k *Keys) Begun(id string) (Factor, error) {
	h := (*k.living.Load())[id]
	begun, ok := k.begun.Get(id)
	if h == nil || !ok || k.now().Sub(begun.at) > begunTime {
		return Factor{}, ErrNotEnrolled
	}
	return h.factor(begun.raw)
}

// factor is a second factor as an authenticator app is given it.
func (h *holder) factor(raw []byte) (Factor, error) {
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	made, err := hotp.Generate(hotp.GenerateOpts{Issuer: "Anvesh", AccountName: h.id.Name, Secret: raw})
	if err != nil {
		return Factor{}, fmt.Errorf("access: %w", err)
	}
	uri := strings.Replace(made.URL(), "otpauth://hotp/", "otpauth://totp/", 1)
	return Factor{Secret: secret, URI: uri}, nil
}

// Enrol makes a second factor that was begun the credential's, by a code of it, and sets a password where one is given.
// Errors are ErrNotEnrolled, ErrEnrolled, ErrCode and ErrWeak.
func (k *Keys) Enrol(ctx context.Context, id, code, password string) error {
	begun, ok := k.begun.Get(id)
	if !ok || k.now().Sub(begun.at) > begunTime {
		return ErrNotEnrolled
	}
	raw := begun.raw
	step, ok := matched(raw, code, k.now())
	if !ok {
		return ErrCode
	}
	stored := ""
	if password != "" {
		var err error
		if stored, err = k.newPassword(ctx, id, password); err != nil {
			return err
		}
	}
	_, _, err := k.change(id, func(e *entry) (string, error) {
		if e.TOTP != nil {
			return "", ErrEnrolled
		}
		if fresh, err := k.state.advance(id, step); err != nil || !fresh {
			return "", errors.Join(err, ErrCode)
		}
		e.TOTP, e.Enrolled = k.server.seal.Seal(nil, nil, raw, []byte(id)), true
		if stored != "" {
			e.Password = stored
		}
		return "", nil
	})
	if err == nil {
		k.begun.Remove(id)
	}
	return err
}

// SetPassword replaces a credential's password; sessions begun with the old one end. It needs a code of its second factor.
func (k *Keys) SetPassword(ctx context.Context, id, password, code string) error {
	h := (*k.living.Load())[id]
	if h == nil {
		return ErrNoKey
	}
	tries := k.tries.of(id)
	if !tries.AllowN(k.now(), 1) {
		return ErrManyTries
	}
	stored, err := k.newPassword(ctx, id, password)
	if err != nil {
		return err
	}
	if err := k.useCode(h, code); err != nil {
		return err
	}
	tries.AllowN(k.now(), -1)
	_, _, err = k.change(id, func(e *entry) (string, error) { e.Password = stored; return "", nil })
	return err
}

// newPassword is a password as it is stored, or ErrWeak.
func (k *Keys) newPassword(ctx context.Context, id, password string) (string, error) {
	h := (*k.living.Load())[id]
	n := utf8.RuneCountInString(password)
	if h == nil || n < 12 || n > 128 || strings.Contains(strings.ToLower(password), strings.ToLower(h.id.Name)) {
		return "", ErrWeak
	}
	return k.crypt.stored(ctx, password)
}

// useCode accepts a code once.
func (k *Keys) useCode(h *holder, code string) error {
	if h.totp == nil {
		return ErrCode
	}
	raw, err := k.server.seal.Open(nil, nil, h.totp, []byte(h.id.KeyID))
	if err != nil {
		return fmt.Errorf("access: second factor of %s: %w", h.id.KeyID, err)
	}
	step, ok := matched(raw, code, k.now())
	if !ok {
		return ErrCode
	}
	fresh, err := k.state.advance(h.id.KeyID, step)
	if err != nil {
		return err
	}
	if !fresh {
		return ErrCode
	}
	return nil
}

// matched returns the 30-second step whose code is given, among those that a clock slightly off may mean.
func matched(raw []byte, code string, now time.Time) (step uint64, ok bool) {
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	this := uint64(now.Unix()) / uint64(stepTime/time.Second)
	for step := this - stepsApart; step <= this+stepsApart; step++ {
		right, err := hotp.ValidateCustom(code, step, secret, hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && right {
			return step, true
		}
	}
	return 0, false
}

// advance notes that the code of a step was used, durably. It is false where that or a later one was before, so that a code that
// somebody has seen is worth nothing, also after a restart.
func (s *state) advance(id string, step uint64) (fresh bool, err error) {
	err = s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(stepBucket)
		last := b.Get([]byte(id))
		if fresh = len(last) != 8 || binary.BigEndian.Uint64(last) < step; !fresh {
			return nil
		}
		return b.Put([]byte(id), binary.BigEndian.AppendUint64(nil, step))
	})
	if err != nil {
		return false, fmt.Errorf("access: write state: %w", err)
	}
	return fresh, nil
}
