package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pair writes a certificate and its key, of that serial number, and marks the files as changed at that moment.
func pair(t *testing.T, dir string, serial int64, at time.Time) (cert, key string) {
	t.Helper()
	made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "service"}, NotBefore: at, NotAfter: at.Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &made.PublicKey, made)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(made)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: raw}, key: {Type: "PRIVATE KEY", Bytes: encoded}} {
		writeAt(t, file, pem.EncodeToMemory(block), at)
	}
	return cert, key
}

func writeAt(t *testing.T, file string, content []byte, at time.Time) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, at, at); err != nil {
		t.Fatal(err)
	}
}

// TestCertificateIsReadAgain: a renewed certificate counts from the next connection on; one that cannot be read leaves the one
// before, and is logged once.
func TestCertificateIsReadAgain(t *testing.T) {
	dir, at := t.TempDir(), time.Now()
	cert, key := pair(t, dir, 1, at)
	var log bytes.Buffer
	f := frontFlags{TLSCert: cert, TLSKey: key}
	c, err := f.tls(slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		t.Helper()
		now, err := c.GetConfigForClient(nil)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(now.Certificates[0].Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.SerialNumber.Int64()
	}
	if n := serial(); n != 1 {
		t.Fatalf("serial %d", n)
	}
	pair(t, dir, 2, at.Add(time.Second))
	if n := serial(); n != 2 {
		t.Fatalf("after the renewal: serial %d", n)
	}
	writeAt(t, cert, []byte("x"), at.Add(2*time.Second))
	for range 3 {
		if n := serial(); n != 2 {
			t.Fatalf("after a bad file: serial %d", n)
		}
	}
	if n := strings.Count(log.String(), "cannot be read again"); n != 1 {
		t.Fatalf("logged %d times:\n%s", n, log.String())
	}
	pair(t, dir, 3, at.Add(3*time.Second))
	if n := serial(); n != 3 {
		t.Fatalf("put right: serial %d", n)
	}
}

func TestFrontFlags(t *testing.T) {
	f := func(wrong string, front frontFlags) {
		t.Helper()
		_, err := front.options(&world{log: slog.New(slog.DiscardHandler)})
		if (err == nil) != (wrong == "") || err != nil && !strings.Contains(err.Error(), wrong) {
			t.Fatalf("%+v: %v, want %q", front, err, wrong)
		}
	}
	f("", frontFlags{})
	f("", frontFlags{Network: []string{"police=10.0.0.0/8+fd00::/8", "courts=192.168.1.0/24"}})
	f("--network", frontFlags{Network: []string{"polis=10.0.0.0/8"}})
	f("--network", frontFlags{Network: []string{"police=10.0.0.1"}})
	f("--network", frontFlags{Network: []string{"police"}})
	f("--tls-key", frontFlags{TLSCert: "x"})
	f("--tls-cert", frontFlags{TLSCert: "x", TLSKey: "y"})
	f("--tls-client-ca", frontFlags{TLSClientCA: "x"})
	f("ClientID", frontFlags{OIDCIssuer: "https://id.test"})
	f("", frontFlags{OIDCIssuer: "https://id.test", OIDCClientID: "a", OIDCRedirect: "https://a.test/signin/oidc/back"})
}

// TestBudgetOverARestart: what a key may ask in a day is spent for the day, also after a restart, and the answer says when it is
// another day. An administrator's key searches nothing.
func TestBudgetOverARestart(t *testing.T) {
	dir := t.TempDir()
	admin := adminKey(t, dir)
	key := callKeys(t, 0, "add", "--name", "few", "--searches", "3", "--data", dir).key(t)
	ask := func(s *server) int {
		status, body := s.get("/v1/persons/search", url.Values{"name": {"Ram"}, "reason": {"FIR 1/2026"}})
		if status != 200 && !strings.Contains(string(body), "budget_spent") && !strings.Contains(string(body), "forbidden") {
			t.Fatalf("%d %s", status, body)
		}
		return status
	}
	s := serve(t, dir, key)
	for i, want := range []int{200, 200, 200, 429, 429} {
		if got := ask(s); got != want {
			t.Fatalf("search %d: %d, want %d", i+1, got, want)
		}
	}
	s.stop()
	s = serve(t, dir, key)
	if got := ask(s); got != 429 {
		t.Fatalf("after a restart: %d", got)
	}
	if status, body := s.get("/v1/me", nil); status != 200 || !strings.Contains(string(body), `"searches_left":0`) {
		t.Fatalf("%d %s", status, body)
	}
	s.key = admin
	if got := ask(s); got != http.StatusForbidden {
		t.Fatalf("an administrator's search: %d", got)
	}
	s.stop()
}
