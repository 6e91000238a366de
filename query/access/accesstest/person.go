// Package accesstest makes people for tests of other rooms: with a credential that went through all its steps, a password and a
// second factor.
package accesstest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"anvesh/query/access"
)

// A Person has a credential and what it is signed in with.
type Person struct {
	Key      string // the plain text
	ID       string // of the credential
	Name     string
	Password string

	t      testing.TB
	secret string
	clock  *Clock
}

// A Clock tells the keys of a test the time: the real one, moved on by half a minute for each code, as each serves once.
type Clock struct{ ahead atomic.Int64 }

// NewClock makes the clock of some keys. Call it before they are used.
func NewClock(keys *access.Keys) *Clock {
	c := &Clock{}
	keys.SetNow(c.Now)
	return c
}

// Now is the time that the keys are told.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Move moves the clock on.
func (c *Clock) Move(by time.Duration) { c.ahead.Add(int64(by)) }

// Enrolled makes a person for whom w stands.
func Enrolled(t testing.TB, keys *access.Keys, clock *Clock, w access.Wanted) *Person {
	t.Helper()
	key, err := keys.Request(w, access.Identity{Name: "requester"})
	if err == nil {
		_, err = keys.Approve(key.ID, access.Identity{Name: "approver"})
	}
	if err != nil {
		t.Fatal(err)
	}
	plain, key, err := keys.Issue(key.ID, access.Identity{Name: "requester"})
	if err != nil {
		t.Fatal(err)
	}
	factor, err := keys.NewFactor(key.ID)
	if err != nil {
		t.Fatal(err)
	}
	p := &Person{Key: plain, ID: key.ID, Name: key.Name, Password: "neela kamal 77 par", t: t, secret: factor.Secret, clock: clock}
	if err := keys.Enrol(t.Context(), key.ID, p.Code(), p.Password); err != nil {
		t.Fatal(err)
	}
	return p
}

// Code is a fresh code of the second factor.
func (p *Person) Code() string {
	p.t.Helper()
	p.clock.Move(30 * time.Second)
	code, err := totp.GenerateCode(p.secret, p.clock.Now())
	if err != nil {
		p.t.Fatal(err)
	}
	return code
}

// SignIn begins a session and returns its token, for Authorization: Bearer or the page's cookie.
func (p *Person) SignIn(keys *access.Keys) string {
	p.t.Helper()
	token, _, err := keys.SignIn(p.t.Context(), p.Name, p.Password, p.Code())
	if err != nil {
		p.t.Fatal(err)
	}
	return token
}
