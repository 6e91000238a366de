package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"anvesh/query/access"
)

// issuer is a CA of a test.
type issuer struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newIssuer(t *testing.T, name string) *issuer {
	i := &issuer{t: t}
	made := i.issue(name, true)
	i.cert, i.key = made.Leaf, made.PrivateKey.(*ecdsa.PrivateKey)
	return i
}

// issue makes a certificate; without a CA yet, the CA's own.
func (i *issuer) issue(name string, ca bool) tls.Certificate {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, IsCA: ca, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	parent, signer := i.cert, i.key
	if parent == nil {
		parent, signer = template, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		i.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		i.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key, Leaf: leaf}
}

func (i *issuer) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(i.cert)
	return p
}

// TestMutualTLS: a key that is bound to a certificate opens with it and with nothing else: not without one, not with another of
// the same CA, not with one of another CA that says the same.
func TestMutualTLS(t *testing.T) {
	servers, clients, strangers := newIssuer(t, "servers"), newIssuer(t, "clients"), newIssuer(t, "clients")
	machine := clients.issue("machine", false)
	s := serve(t, func(o *Options) {
		o.TLS = &tls.Config{Certificates: []tls.Certificate{servers.issue("service", false)}, ClientCAs: clients.pool(), ClientAuth: tls.VerifyClientCertIfGiven}
	})
	sum := sha256.Sum256(machine.Certificate[0])
	if _, err := s.keys.Bind("desk", hex.EncodeToString(sum[:])); err != nil {
		t.Fatal(err)
	}
	f := func(what, key string, want int, certs ...tls.Certificate) {
		t.Helper()
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: servers.pool(), Certificates: certs}}}
		defer client.CloseIdleConnections()
		r, err := http.NewRequest("GET", "https://"+s.addr+"/v1/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+key)
		resp, err := client.Do(r)
		if want == 0 {
			if err == nil {
				t.Errorf("%s: %d, want no connection", what, resp.StatusCode)
			}
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", what, resp.StatusCode, want)
		}
	}
	f("its own", s.key, 200, machine)
	f("none", s.key, 401)
	f("another of the CA", s.key, 401, clients.issue("machine", false))
	f("a stranger's", s.key, 0, strangers.issue("machine", false))
	f("a key that is not bound, with one", s.admin, 200, machine)
	f("a key that is not bound, without", s.admin, 200)
	plain := &http.Client{}
	if resp, err := plain.Get("http://" + s.addr + "/healthz"); err == nil && resp.StatusCode == 200 {
		t.Error("plain HTTP is answered")
	}
}

// TestNetworks: the credentials of a pillar are used from its networks, by key, by token and on the page; of a pillar without any,
// from anywhere.
func TestNetworks(t *testing.T) {
	for network, want := range map[string]int{"127.0.0.0/8": 200, "10.0.0.0/8": 403} {
		s := serve(t, func(o *Options) {
			o.Networks = map[string][]netip.Prefix{access.Police: {netip.MustParsePrefix(network)}}
		})
		if r := s.do("GET", "/v1/me", ""); r.StatusCode != want {
			t.Errorf("%s: key %d, want %d", network, r.StatusCode, want)
		}
		token, _, err := s.keys.StartSession(s.key)
		if err != nil {
			t.Fatal(err)
		}
		if r := s.do("GET", "/v1/me", "", as(token)...); r.StatusCode != want {
			t.Errorf("%s: token %d, want %d", network, r.StatusCode, want)
		}
		on := s.do("GET", "/?kind=person&name=Ram&reason=DD+1", "", "Authorization", "", "Cookie", cookieName+"="+token).StatusCode
		if (on == 200) != (want == 200) {
			t.Errorf("%s: page %d", network, on)
		}
		court := s.officer(access.RoleCourt, "13225").SignIn(s.keys)
		r := s.do("GET", "/v1/me", "", as(court)...)
		var m me
		if err := json.Unmarshal([]byte(r.text), &m); err != nil || m.Pillar != access.Courts {
			t.Errorf("%s: another pillar %d %s", network, r.StatusCode, r.text)
		}
	}
}
