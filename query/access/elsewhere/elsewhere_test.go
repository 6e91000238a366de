package elsewhere

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

const redirect = "http://anvesh.test/signin/oidc/back"

// idp is a real provider, on a port of its own; it may be out of order. It has the user test-user2, whose amr is pwd.
type idp struct {
	*httptest.Server
	down  atomic.Bool
	calls atomic.Int32
}

func startIDP(t *testing.T) *idp {
	i := &idp{}
	var handler atomic.Value
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.calls.Add(1)
		if i.down.Load() {
			http.Error(w, "out of order", http.StatusBadGateway)
			return
		}
		handler.Load().(http.Handler).ServeHTTP(w, r)
	}))
	t.Cleanup(i.Close)
	storage.RegisterClients(storage.WebClient(t.Name(), "secret", redirect))
	handler.Store(http.Handler(exampleop.SetupServer(i.URL, storage.NewStorage(storage.NewUserStore(i.URL)), slog.New(slog.DiscardHandler), false)))
	return i
}

func provider(t *testing.T, i *idp, change func(*Options)) *Provider {
	t.Helper()
	o := Options{Issuer: i.URL, ClientID: t.Name(), ClientSecret: "secret", Redirect: redirect}
	if change != nil {
		change(&o)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// signIn goes to the provider as a browser does, signs in there, and returns what it brings back.
func signIn(t *testing.T, address string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back url.Values
	client := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect) {
			back = r.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	r, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	_, id, found := strings.Cut(string(page), `name="id" value="`)
	id, _, _ = strings.Cut(id, `"`)
	if !found {
		t.Fatalf("no page to sign in: %d %s", r.StatusCode, page)
	}
	form := url.Values{"username": {"test-user2"}, "password": {"verysecure"}, "id": {id}}
	if r, err = client.PostForm(r.Request.URL.String(), form); err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if back.Get("code") == "" || back.Get("state") == "" {
		t.Fatalf("the provider brings %v", back)
	}
	return back
}

// TestSignIn goes through the whole flow at a real provider.
func TestSignIn(t *testing.T) {
	i := startIDP(t)
	for factor, second := range map[string]bool{"pwd": true, "mfa": false} {
		p := provider(t, i, func(o *Options) { o.SecondFactor = []string{factor} })
		address, browser, err := p.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		at, err := url.Parse(address)
		if err != nil || at.Query().Get("code_challenge_method") != "S256" || at.Query().Get("nonce") == "" || strings.Contains(address, browser) {
			t.Fatalf("sent to %s, %v", address, err)
		}
		back := signIn(t, address)
		who, err := p.Finish(t.Context(), browser, back.Get("state"), back.Get("code"))
		if err != nil || who != (Person{"test-user2", second}) {
			t.Fatalf("%+v, %v", who, err)
		}
		if _, err := p.Finish(t.Context(), browser, back.Get("state"), back.Get("code")); !errors.Is(err, ErrRefused) {
			t.Fatalf("a second time: %v", err)
		}
	}
}

// TestWhatIsNotOursIsRefused: another browser, another state, a code of another sign-in, a nonce or a verifier that is not ours, a
// sign-in that took too long, one that the person broke off, and a provider whose claims lack the person's number.
func TestWhatIsNotOursIsRefused(t *testing.T) {
	i := startIDP(t)
	ahead := time.Duration(0)
	p := provider(t, i, func(o *Options) { o.Now = func() time.Time { return time.Now().Add(ahead) } })
	f := func(what string, change func(p *Provider, browser, state, code *string)) {
		t.Helper()
		address, browser, err := p.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		back := signIn(t, address)
		state, code := back.Get("state"), back.Get("code")
		change(p, &browser, &state, &code)
		who, err := p.Finish(t.Context(), browser, state, code)
		if !errors.Is(err, ErrRefused) || who != (Person{}) {
			t.Errorf("%s: %+v, %v", what, who, err)
		}
		if err != nil && (strings.Contains(err.Error(), "test-user") || code != "" && strings.Contains(err.Error(), code)) {
			t.Errorf("%s: the error tells too much: %v", what, err)
		}
	}
	tamper := func(change func(*begun)) func(*Provider, *string, *string, *string) {
		return func(p *Provider, _, state, _ *string) {
			b, _ := p.begun.Peek(*state)
			change(&b)
			p.begun.Add(*state, b)
		}
	}
	f("another browser", func(_ *Provider, browser, _, _ *string) { *browser = random() })
	f("no browser", func(_ *Provider, browser, _, _ *string) { *browser = "" })
	f("another state", func(_ *Provider, _, state, _ *string) { *state = random() })
	f("a made-up code", func(_ *Provider, _, _, code *string) { *code = random() })
	f("broken off", func(_ *Provider, _, _, code *string) { *code = "" })
	f("another nonce", tamper(func(b *begun) { b.nonce = random() }))
	f("another verifier", tamper(func(b *begun) { b.verifier = random() }))
	f("too long ago", tamper(func(b *begun) { b.at = b.at.Add(-waitTime - time.Second) }))
	f("a code of another sign-in", func(p *Provider, _, _, code *string) {
		address, _, err := p.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		*code = signIn(t, address).Get("code")
	})
	p.o.PersonClaim = "belt_number"
	f("without the person's number", func(*Provider, *string, *string, *string) {})
}

// TestProviderIsFoundWhenNeeded: nothing is asked before the first sign-in; one that is out of order is tried again, not more often
// than every five seconds.
func TestProviderIsFoundWhenNeeded(t *testing.T) {
	i := startIDP(t)
	i.down.Store(true)
	clock := time.Now()
	p := provider(t, i, func(o *Options) { o.Now = func() time.Time { return clock } })
	if i.calls.Load() != 0 {
		t.Fatal("the provider was asked before anybody signs in")
	}
	for range 3 {
		if _, _, err := p.Begin(t.Context()); !errors.Is(err, ErrUnavailable) {
			t.Fatalf("out of order: %v", err)
		}
	}
	if n := i.calls.Load(); n != 1 {
		t.Fatalf("asked %d times within a moment", n)
	}
	i.down.Store(false)
	clock = clock.Add(retryTime)
	ctx, cancel := context.WithCancel(t.Context())
	address, browser, err := p.Begin(ctx)
	cancel() // that request is over
	if err != nil {
		t.Fatalf("back in order: %v", err)
	}
	back := signIn(t, address)
	if _, err := p.Finish(t.Context(), browser, back.Get("state"), back.Get("code")); err != nil {
		t.Fatal(err)
	}
}

func TestOptions(t *testing.T) {
	good := Options{Issuer: "https://id.test", ClientID: "a", Redirect: redirect}
	for field, change := range map[string]func(*Options){"Issuer": func(o *Options) { o.Issuer = "id.test" },
		"ClientID": func(o *Options) { o.ClientID = "" }, "Redirect": func(o *Options) { o.Redirect = "" }} {
		o := good
		change(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}
