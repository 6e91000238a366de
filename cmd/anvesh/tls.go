package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"anvesh/query/access"
	"anvesh/query/access/elsewhere"
	"anvesh/query/web"
)

// frontFlags say how callers reach the service, and from where.
type frontFlags struct {
	TLSCert     string   `name:"tls-cert" help:"PEM file of the service's certificate and its chain: HTTPS only from then on. Read again when it changes." placeholder:"FILE"`
	TLSKey      string   `name:"tls-key" help:"PEM file of its key." placeholder:"FILE"`
	TLSClientCA string   `name:"tls-client-ca" help:"PEM file of the CAs whose client certificates count; a key is bound to one with keys change --certificate." placeholder:"FILE"`
	Network     []string `help:"Networks that a pillar's credentials may be used from, such as police=10.0.0.0/8+fd00::/8; may be repeated." placeholder:"PILLAR=CIDR"`

	SiteOwner      string `name:"site-owner" help:"Who runs the service, as the page shows it beside its name, such as Haryana Police." placeholder:"TEXT"`
	SiteOwnerHindi string `name:"site-owner-hindi" help:"The same on the Hindi page." placeholder:"TEXT"`
	SiteEmblem     string `name:"site-emblem" help:"SVG or PNG file of its emblem, at most 32 KiB." placeholder:"FILE"`

	OIDCIssuer       string   `name:"oidc-issuer" help:"URL of an identity provider (OpenID Connect) that vouches for persons on the page." placeholder:"URL"`
	OIDCClientID     string   `name:"oidc-client-id" help:"Our id there." placeholder:"ID"`
	OIDCClientSecret string   `name:"oidc-client-secret" help:"Our secret there; better as ANVESH_OIDC_CLIENT_SECRET."`
	OIDCRedirect     string   `name:"oidc-redirect" help:"Our address as browsers see it, ending in /signin/oidc/back." placeholder:"URL"`
	OIDCPersonClaim  string   `name:"oidc-person-claim" help:"The claim that holds the person's number." default:"preferred_username" placeholder:"CLAIM"`
	OIDCSecondFactor []string `name:"oidc-second-factor" help:"Values of amr or acr that say that a second factor was checked." default:"mfa,otp,hwk" placeholder:"VALUE"`
}

// elsewhere is the identity provider, or nil without one.
func (f *frontFlags) elsewhere() (web.Elsewhere, error) {
	if f.OIDCIssuer == "" {
		return nil, nil
	}
	p, err := elsewhere.New(elsewhere.Options{Issuer: f.OIDCIssuer, ClientID: f.OIDCClientID, ClientSecret: f.OIDCClientSecret,
		Redirect: f.OIDCRedirect, PersonClaim: f.OIDCPersonClaim, SecondFactor: f.OIDCSecondFactor})
	if err != nil {
		return nil, usageError{err}
	}
	return p, nil
}

// options are those of the front end that the flags say.
func (f *frontFlags) options(w *world) (o web.Options, err error) {
	if o.Networks, err = f.networks(); err != nil {
		return o, err
	}
	if o.TLS, err = f.tls(w.log); err != nil {
		return o, err
	}
	if o.Site, err = f.site(); err != nil {
		return o, err
	}
	o.Elsewhere, err = f.elsewhere()
	return o, err
}

// site is whose page it is.
func (f *frontFlags) site() (s web.Site, err error) {
	s.Owner, s.OwnerHindi = f.SiteOwner, f.SiteOwnerHindi
	if f.SiteEmblem == "" {
		return s, nil
	}
	b, err := os.ReadFile(f.SiteEmblem)
	if err == nil {
		err = s.ReadEmblem(b)
	}
	if err != nil {
		return s, usageError{fmt.Errorf("--site-emblem: %w", err)}
	}
	return s, nil
}

// networks reads --network.
func (f *frontFlags) networks() (map[string][]netip.Prefix, error) {
	all := map[string][]netip.Prefix{}
	for _, text := range f.Network {
		pillar, list, _ := strings.Cut(text, "=")
		if !slices.Contains(access.Pillars(), pillar) {
			return nil, usageError{fmt.Errorf("--network %q: must be PILLAR=CIDR+CIDR..., the pillar one of %s", text, strings.Join(access.Pillars(), ", "))}
		}
		for _, one := range strings.Split(list, "+") {
			n, err := netip.ParsePrefix(strings.TrimSpace(one))
			if err != nil {
				return nil, usageError{fmt.Errorf("--network %q: %q is no network such as 10.0.0.0/8", text, one)}
			}
			all[pillar] = append(all[pillar], n.Masked())
		}
	}
	return all, nil
}

// tls is the configuration that connections are served with, or nil for plain HTTP.
func (f *frontFlags) tls(log *slog.Logger) (*tls.Config, error) {
	if f.TLSCert == "" && f.TLSKey == "" {
		if f.TLSClientCA != "" {
			return nil, usageError{errors.New("--tls-client-ca needs --tls-cert and --tls-key")}
		}
		return nil, nil
	}
	if f.TLSCert == "" || f.TLSKey == "" {
		return nil, usageError{errors.New("give both --tls-cert and --tls-key")}
	}
	t := &tlsFiles{names: []string{f.TLSCert, f.TLSKey, f.TLSClientCA}, log: log}
	if _, err := t.current(); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return t.current() }}, nil
}

// tlsFiles are certificate, key and client CA as they stand on disk. A renewed certificate counts from the next connection on; one
// that cannot be read is logged, and the one before goes on.
type tlsFiles struct {
	names []string // cert, key, client CA or ""
	log   *slog.Logger

	mu      sync.Mutex
	changed [3]time.Time // of the files, as they were read or tried last
	config  *tls.Config
}

// current is the configuration of the files as they are.
func (t *tlsFiles) current() (*tls.Config, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var changed [3]time.Time
	for i, name := range t.names {
		if info, err := os.Stat(name); err == nil {
			changed[i] = info.ModTime()
		}
	}
	if t.config != nil && changed == t.changed {
		return t.config, nil
	}
	t.changed = changed
	read, err := t.read()
	switch {
	case err == nil:
		if t.config != nil {
			t.log.Info("the service's certificate was read again")
		}
		t.config = read
	case t.config == nil:
		return nil, err
	default:
		t.log.Error("the service's certificate cannot be read again; the one before goes on", "error", err)
	}
	return t.config, nil
}

func (t *tlsFiles) read() (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(t.names[0], t.names[1])
	if err != nil {
		return nil, fmt.Errorf("--tls-cert, --tls-key: %w", err)
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	if t.names[2] == "" {
		return c, nil
	}
	raw, err := os.ReadFile(t.names[2])
	if err != nil {
		return nil, fmt.Errorf("--tls-client-ca: %w", err)
	}
	c.ClientCAs = x509.NewCertPool()
	if !c.ClientCAs.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("--tls-client-ca: %s holds no certificate in PEM form", t.names[2])
	}
	c.ClientAuth = tls.VerifyClientCertIfGiven
	return c, nil
}
