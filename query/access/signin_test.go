package access

import (
	"context"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// A enrolled person has a key, a password and an authenticator.
type enrolled struct {
	d             *desk
	key, password string
	id, secret    string
}

const somePassword = "neela kamal 77 par"

// enrolled is a person who has gone through all steps and set password and second factor; the clock moves on by a step, as each
// code serves once.
func (d *desk) enrolled(w Wanted) *enrolled {
	d.t.Helper()
	plain, key := d.issued(w)
	p := &enrolled{d: d, key: plain, password: somePassword, id: key.ID}
	factor, err := d.k.NewFactor(key.ID)
	if err != nil || !strings.HasPrefix(factor.URI, "otpauth://totp/Anvesh:") || !strings.Contains(factor.URI, "secret="+factor.Secret) {
		d.t.Fatalf("%+v, %v", factor, err)
	}
	p.secret = factor.Secret
	d.is("enrol", d.k.Enrol(d.t.Context(), key.ID, p.code(), p.password), nil)
	return p
}

// code is what the authenticator shows half a minute later, so that it is a fresh one.
func (p *enrolled) code() string {
	p.d.clock = p.d.clock.Add(stepTime)
	return p.shown(0)
}

// shown is what the authenticator shows by a clock that is off.
func (p *enrolled) shown(off time.Duration) string {
	code, err := totp.GenerateCode(p.secret, p.d.clock.Add(off))
	if err != nil {
		p.d.t.Fatal(err)
	}
	return code
}

func TestSignIn(t *testing.T) {
	d := newDesk(t)
	p := d.enrolled(sho)
	f := func(what, name, password, code string, want error) {
		t.Helper()
		token, _, err := d.k.SignIn(t.Context(), name, password, code)
		d.is(what, err, want)
		if want != nil {
			return
		}
		who, err := d.k.Session(token)
		if err != nil || who.KeyID != p.id || !who.SecondFactor || !who.May(SearchVictims) {
			t.Fatalf("%s: %+v, %v", what, who, err)
		}
	}
	f("all right", sho.Name, p.password, p.code(), nil)
	f("by id", p.id, p.password, p.code(), nil)
	f("in other letters", "insp. om PARKASH ", p.password, p.code(), nil)
	f("no code", sho.Name, p.password, "", ErrSignIn)
	f("wrong password", sho.Name, p.password+"x", p.code(), ErrSignIn)
	f("no password", sho.Name, "", p.code(), ErrSignIn)
	f("nobody", "Nobody", p.password, p.code(), ErrSignIn)
	f("nobody at all", "", "", "", ErrSignIn)
	f("all right again", sho.Name, p.password, p.code(), nil)
	if who, err := d.k.Check(p.key); err != nil || who.SecondFactor || who.May(SearchAccused) {
		t.Fatalf("the key alone: %+v, %v", who, err)
	}
}

// TestCodeServesOnce: not twice, not by the other way in, not an older one after a newer one, and not after a restart.
func TestCodeServesOnce(t *testing.T) {
	d := newDesk(t)
	p := d.enrolled(sho)
	code := p.code()
	_, _, err := d.k.SignIn(t.Context(), sho.Name, p.password, code)
	d.is("once", err, nil)
	_, _, err = d.k.SignIn(t.Context(), sho.Name, p.password, code)
	d.is("twice", err, ErrSignIn)
	_, _, err = d.k.StartSessionWithCode(p.key, code)
	d.is("twice, with the key", err, ErrCode)
	d.is("twice, for another password", d.k.SetPassword(t.Context(), p.id, "another pass phrase", code), ErrCode)
	before := p.shown(0)
	_, _, err = d.k.StartSessionWithCode(p.key, p.shown(stepTime))
	d.is("a clock that is ahead", err, nil)
	_, _, err = d.k.StartSessionWithCode(p.key, before)
	d.is("an older one", err, ErrCode)
	_, _, err = d.k.StartSessionWithCode(p.key, p.shown(2*stepTime))
	d.is("a clock that is far ahead", err, ErrCode)
	dir := strings.TrimSuffix(d.k.dir, "/secret")
	d.k.Close()
	d.k = open(t, dir)
	d.k.now = func() time.Time { return d.clock }
	_, _, err = d.k.StartSessionWithCode(p.key, p.shown(stepTime))
	d.is("after a restart", err, ErrCode)
	d.clock = d.clock.Add(stepTime)
	_, _, err = d.k.StartSessionWithCode(p.key, p.code())
	d.is("the next, after a restart", err, nil)
}

func TestTriesAreBounded(t *testing.T) {
	d := newDesk(t)
	p := d.enrolled(sho)
	for i := 0; ; i++ {
		_, _, err := d.k.SignIn(t.Context(), sho.Name, "wrong pass phrase", "000000")
		if errors.Is(err, ErrManyTries) {
			if i != 10 {
				t.Fatalf("after %d tries", i)
			}
			break
		}
		d.is("wrong", err, ErrSignIn)
	}
	_, _, err := d.k.SignIn(t.Context(), "INSP. OM PARKASH", p.password, p.code())
	d.is("in other letters, right", err, ErrManyTries)
	_, _, err = d.k.SignIn(t.Context(), "somebody else", p.password, "000000")
	d.is("another name", err, ErrSignIn)
	d.clock = d.clock.Add(time.Minute)
	_, _, err = d.k.SignIn(t.Context(), sho.Name, p.password, p.code())
	d.is("a minute later", err, nil)
}

// TestSuccessIsNoTry: who signs in again and again, as at a counter that many share, is never stopped.
func TestSuccessIsNoTry(t *testing.T) {
	d := newDesk(t)
	p := d.enrolled(sho)
	for range 30 { // one each half minute, twice as many as tries come back
		_, _, err := d.k.SignIn(t.Context(), sho.Name, p.password, p.code())
		d.is("sign in", err, nil)
	}
	for range 30 {
		_, _, err := d.k.StartSessionWithCode(p.key, p.code())
		d.is("with the key", err, nil)
	}
}

func TestEnrolment(t *testing.T) {
	d := newDesk(t)
	plain, key := d.issued(sho)
	d.is("without one begun", d.k.Enrol(t.Context(), key.ID, "123456", somePassword), ErrNotEnrolled)
	_, err := d.k.Begun(key.ID)
	d.is("none begun", err, ErrNotEnrolled)
	factor, err := d.k.NewFactor(key.ID)
	d.is("begin", err, nil)
	if again, err := d.k.Begun(key.ID); err != nil || again != factor {
		t.Errorf("begun was %+v, told again as %+v, %v", factor, again, err)
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(factor.Secret)
	if err != nil || len(raw) != totpSecret {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	p := &enrolled{d: d, secret: factor.Secret}
	d.is("wrong code", d.k.Enrol(t.Context(), key.ID, "12345", somePassword), ErrCode)
	d.is("short password", d.k.Enrol(t.Context(), key.ID, p.code(), "short"), ErrWeak)
	d.is("password with the name", d.k.Enrol(t.Context(), key.ID, p.code(), "xx insp. om parkash"), ErrWeak)
	d.is("without a password", d.k.Enrol(t.Context(), key.ID, p.code(), ""), nil)
	_, err = d.k.NewFactor(key.ID)
	d.is("a second one", err, ErrEnrolled)
	_, _, err = d.k.SignIn(t.Context(), sho.Name, "", p.code())
	d.is("without a password", err, ErrSignIn)
	d.is("password", d.k.SetPassword(t.Context(), key.ID, somePassword, p.code()), nil)
	token, _, err := d.k.SignIn(t.Context(), sho.Name, somePassword, p.code())
	d.is("sign in", err, nil)
	d.is("another password", d.k.SetPassword(t.Context(), key.ID, somePassword+"!", p.code()), nil)
	_, err = d.k.Session(token)
	d.is("a session of the password before", err, ErrBadKey)

	other, _, err := d.k.Reset(key.ID)
	d.is("reset", err, nil)
	_, err = d.k.Check(plain)
	d.is("the key before", err, ErrBadKey)
	_, _, err = d.k.StartSessionWithCode(other, p.code())
	d.is("the factor before", err, ErrCode)
	_, err = d.k.NewFactor(key.ID)
	d.is("begin again", err, nil)
	d.clock = d.clock.Add(begunTime + time.Second)
	d.is("begun too long ago", d.k.Enrol(t.Context(), key.ID, "123456", ""), ErrNotEnrolled)
	_, err = d.k.Begun(key.ID)
	d.is("and not told again", err, ErrNotEnrolled)
}

// TestSecretsAtRest: neither password nor second factor stand in any file as they are.
func TestSecretsAtRest(t *testing.T) {
	d := newDesk(t)
	p := d.enrolled(sho)
	raw, _ := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(p.secret)
	token, _, err := d.k.StartSessionWithCode(p.key, p.code())
	d.is("session", err, nil)
	d.k.Close()
	for _, file := range filesOf(t, d.k.dir) {
		for what, text := range map[string]string{"password": p.password, "second factor": p.secret, "its bytes": string(raw), "token": token,
			"key": p.key, "its secret": p.key[12:44]} {
			if strings.Contains(file, text) {
				t.Errorf("the %s stands in a file", what)
			}
		}
	}
}

// TestPasswordsWaitTheirTurn: of a flood of sign-ins a bounded number waits, the others are refused at once.
func TestPasswordsWaitTheirTurn(t *testing.T) {
	h := newHasher()
	for range cap(h.turns) {
		h.turns <- struct{}{} // all turns are taken
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, cap(h.queue)+1)
	for range cap(h.queue) + 1 {
		go func() { _, err := h.hash(ctx, "password", make([]byte, argonSalt)); ended <- err }()
	}
	if err := <-ended; !errors.Is(err, ErrBusy) {
		t.Fatalf("one too many: %v", err)
	}
	cancel()
	for range cap(h.queue) {
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Fatalf("one that waited: %v", err)
		}
	}
}

func TestSignInElsewhere(t *testing.T) {
	d := newDesk(t)
	_, key := d.issued(sho)
	f := func(person string, second bool, want error) string {
		t.Helper()
		token, _, err := d.k.SignInElsewhere(person, second)
		d.is(person, err, want)
		return token
	}
	who, err := d.k.Session(f(sho.Person, true, nil))
	if err != nil || who.KeyID != key.ID || !who.SecondFactor {
		t.Fatalf("%+v, %v", who, err)
	}
	who, err = d.k.Session(f(sho.Person, false, nil))
	if err != nil || who.SecondFactor || who.May(SearchAccused) {
		t.Fatalf("without a second factor: %+v, %v", who, err)
	}
	f("HR-9", true, ErrSignIn)
	f("", true, ErrSignIn)
	token := f(sho.Person, true, nil)
	if _, err := d.k.Revoke(key.ID); err != nil {
		t.Fatal(err)
	}
	_, err = d.k.Session(token)
	d.is("revoked", err, ErrBadKey)
	f(sho.Person, true, ErrSignIn)
}
