// Package elsewhere lets an identity provider vouch for persons by OpenID Connect: for installations that have one.
//
// The provider says who somebody is, and whether a second factor was checked; what he may do stays ours: a person who has no
// living credential is not let in, and one that is revoked here is out at once, whatever the provider says. So only two claims
// are mapped: the person's number, and how he was authenticated.
//
// There is one type: a Provider begins a sign-in (Begin) and finishes it (Finish). Its promises:
//
//   - Nothing is asked of the provider before the first sign-in; what fails is tried again, at most every five seconds.
//   - A sign-in is finished once, by the browser that began it, within ten minutes: the state is bound to a cookie of that
//     browser; nonce and PKCE verifier are ours and checked.
//   - Errors say what was wrong with the protocol, and hold no claim and no token.
package elsewhere

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/oauth2"
)

// Why a sign-in failed. Callers decide by errors.Is.
var (
	// ErrUnavailable: the provider cannot be reached, or does not answer as one.
	ErrUnavailable = errors.New("elsewhere: the identity provider is not there")
	// ErrRefused: the sign-in was not begun here, by this browser, lately; or the provider does not vouch for it.
	ErrRefused = errors.New("elsewhere: the sign-in was refused")
)

const (
	waitTime  = 10 * time.Minute // for the person at the provider
	callTime  = 10 * time.Second // for one call of the provider
	retryTime = 5 * time.Second  // between tries to reach it
	mostBegun = 10_000           // sign-ins that wait
)

// Options say which provider, and what its claims mean. Issuer, ClientID and Redirect are required.
type Options struct {
	Issuer       string // URL, as the provider's discovery says
	ClientID     string
	ClientSecret string
	Redirect     string // our URL that the provider sends browsers back to
	// PersonClaim is the claim that holds the person's number in the rolls; default preferred_username.
	PersonClaim string
	// SecondFactor are the values of the claims amr and acr that say that a second factor was checked; default mfa, otp, hwk.
	SecondFactor []string
	Client       *http.Client     // default one with a bound of ten seconds
	Now          func() time.Time // default time.Now
}

// A Person is for whom the provider vouches.
type Person struct {
	Number       string
	SecondFactor bool
}

// A Provider is an identity provider. It is safe for concurrent use.
type Provider struct {
	o     Options
	begun *lru.Cache[string, begun]

	mu     sync.Mutex
	found  *oidc.Provider
	failed time.Time // when it was tried last in vain
}

// begun is a sign-in that waits for the person, by its state.
type begun struct {
	browser, nonce, verifier string
	at                       time.Time
}

// New makes a provider without asking it anything. The error says which option is wrong.
func New(o Options) (*Provider, error) {
	switch {
	case !strings.HasPrefix(o.Issuer, "https://") && !strings.HasPrefix(o.Issuer, "http://"):
		return nil, errors.New("elsewhere: Issuer must be a URL, such as https://id.example.gov.in/realms/police")
	case o.ClientID == "":
		return nil, errors.New("elsewhere: ClientID is required")
	case !strings.HasPrefix(o.Redirect, "https://") && !strings.HasPrefix(o.Redirect, "http://"):
		return nil, errors.New("elsewhere: Redirect must be the URL of this service that the provider sends browsers back to")
	}
	if o.PersonClaim == "" {
		o.PersonClaim = "preferred_username"
	}
	if len(o.SecondFactor) == 0 {
		o.SecondFactor = []string{"mfa", "otp", "hwk"}
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: callTime}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	waiting, err := lru.New[string, begun](mostBegun)
	if err != nil {
		return nil, fmt.Errorf("elsewhere: %w", err)
	}
	return &Provider{o: o, begun: waiting}, nil
}

// provider is the provider as its discovery describes it, asked for when it is first needed.
func (p *Provider) provider(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	if now := p.o.Now(); now.Sub(p.failed) < retryTime {
		return nil, ErrUnavailable
	}
	// The keys of the provider are fetched later under the same context, which therefore must not end with this call.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.o.Client), p.o.Issuer)
	if err != nil {
		p.failed = p.o.Now()
		return nil, fmt.Errorf("%w: discovery failed", ErrUnavailable)
	}
	p.found = found
	return found, nil
}

func (p *Provider) oauth(found *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: p.o.ClientID, ClientSecret: p.o.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: p.o.Redirect,
		Scopes: []string{oidc.ScopeOpenID, "profile"}}
}

// Begin begins a sign-in: the browser is given a cookie with the value of browser, and sent to that address.
func (p *Provider) Begin(ctx context.Context) (address, browser string, err error) {
	found, err := p.provider(ctx)
	if err != nil {
		return "", "", err
	}
	state := random()
	b := begun{browser: random(), nonce: random(), verifier: oauth2.GenerateVerifier(), at: p.o.Now()}
	p.begun.Add(state, b)
	return p.oauth(found).AuthCodeURL(state, oidc.Nonce(b.nonce), oauth2.S256ChallengeOption(b.verifier)), b.browser, nil
}

// Finish finishes a sign-in with what the browser brings back. A state serves once, whatever comes of it.
func (p *Provider) Finish(ctx context.Context, browser, state, code string) (Person, error) {
	b, ok := p.begun.Peek(state)
	if !ok || subtle.ConstantTimeCompare([]byte(b.browser), []byte(browser)) != 1 {
		return Person{}, fmt.Errorf("%w: not begun by this browser", ErrRefused)
	}
	p.begun.Remove(state)
	if p.o.Now().Sub(b.at) > waitTime || code == "" {
		return Person{}, fmt.Errorf("%w: it took too long, or was broken off", ErrRefused)
	}
	found, err := p.provider(ctx)
	if err != nil {
		return Person{}, err
	}
	ctx = oidc.ClientContext(ctx, p.o.Client)
	token, err := p.oauth(found).Exchange(ctx, code, oauth2.VerifierOption(b.verifier))
	if err != nil {
		return Person{}, fmt.Errorf("%w: the code was not accepted", ErrRefused)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.Verifier(&oidc.Config{ClientID: p.o.ClientID, Now: p.o.Now}).Verify(ctx, raw)
	if err != nil {
		return Person{}, fmt.Errorf("%w: the identity token does not verify", ErrRefused)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(b.nonce)) != 1 {
		return Person{}, fmt.Errorf("%w: the identity token is of another sign-in", ErrRefused)
	}
	return p.person(ctx, found, token, id)
}

// person reads the two claims, the number also from the provider's user info, where some keep it.
func (p *Provider) person(ctx context.Context, found *oidc.Provider, token *oauth2.Token, id *oidc.IDToken) (Person, error) {
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return Person{}, fmt.Errorf("%w: the claims cannot be read", ErrRefused)
	}
	number, _ := claims[p.o.PersonClaim].(string)
	if number == "" {
		info, err := found.UserInfo(ctx, oauth2.StaticTokenSource(token))
		more := map[string]any{}
		if err == nil && info.Subject == id.Subject && info.Claims(&more) == nil {
			number, _ = more[p.o.PersonClaim].(string)
		}
	}
	if number == "" {
		return Person{}, fmt.Errorf("%w: the claim %s is absent", ErrRefused, p.o.PersonClaim)
	}
	return Person{Number: number, SecondFactor: p.second(claims["acr"]) || p.second(claims["amr"])}, nil
}

// second reports whether a claim, a text or a list of them, says that a second factor was checked.
func (p *Provider) second(claim any) bool {
	switch c := claim.(type) {
	case string:
		return slices.Contains(p.o.SecondFactor, c)
	case []any:
		return slices.ContainsFunc(c, p.second)
	}
	return false
}

// random is 32 random bytes as text.
func random() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
