package match

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestClientErrors(t *testing.T) {
	f := func(status int, retry, body, want string) {
		t.Helper()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if retry != "" {
				w.Header().Set("Retry-After", retry)
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}))
		defer server.Close()
		err := mustClient(t, server.URL+"/", "anv_secret").Call(t.Context(), "GET", "/v1/keys", nil, &struct{}{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "anv_secret") {
			t.Fatalf("%v, want %q", err, want)
		}
		var refused *CallError
		if errors.As(err, &refused) && (refused.Status != status || (refused.retryAfter == 7*time.Second) != (retry == "7")) {
			t.Fatalf("%+v", refused)
		}
	}
	f(400, "", `{"error":{"code":"bad_value","message":"name: is too long","field":"name"}}`, "name: is too long")
	f(400, "", `{"error":{"code":"bad_value","message":"is too long","field":"name"}}`, "name: is too long")
	f(401, "", `{"error":{"code":"unauthorized","message":"a valid key"}}`, "give a valid one with --key or ANVESH_KEY; anvesh keys add")
	f(503, "7", `{"error":{"code":"overloaded","message":"try again"}}`, "try again")
	f(503, "tomorrow", `{"error":{"code":"overloaded","message":"try again"}}`, "try again")
	f(502, "", `<html>Bad Gateway`, "answered 502 Bad Gateway, and not as an anvesh service does; is --server right?")
	f(200, "", `<html>Hello`, "is --server right?")
}

func TestClientUnreached(t *testing.T) {
	c := mustClient(t, "127.0.0.1:1", "k")
	err := c.Call(t.Context(), "GET", "/v1/keys", nil, nil)
	var network *NetworkError
	if !errors.As(err, &network) || !strings.Contains(err.Error(), "http://127.0.0.1:1: start one with anvesh serve") {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Call(ended, "GET", "/v1/keys", nil, nil); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestClientAddress(t *testing.T) {
	f := func(server, base string) {
		t.Helper()
		c, err := NewClient(server, " k\n")
		var usage UsageError
		switch {
		case base == "" && !errors.As(err, &usage):
			t.Fatalf("%v", err)
		case base != "" && (err != nil || c.base != base || c.key != "k"):
			t.Fatalf("%+v %v", c, err)
		}
	}
	f("localhost:8080", "http://localhost:8080")
	f("http://localhost:8080/", "http://localhost:8080")
	f("https://anvesh.example/search", "https://anvesh.example/search")
	f("", "")
	f("http://", "")
	f("ftp://localhost", "")
	f("http://user:secret@localhost", "")
	f("http://localhost?x=1", "")
}

func mustClient(t testing.TB, server, key string) *Client {
	t.Helper()
	c, err := NewClient(server, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestUnreachedTellsNoQuery: why no answer came is told, without the address that was asked, in which a name may stand.
func TestUnreachedTellsNoQuery(t *testing.T) {
	c := &Client{base: "http://127.0.0.1:1"}
	f := func(err error, want string) {
		t.Helper()
		told := c.unreached(t.Context(), &url.Error{Op: "Get", URL: "http://127.0.0.1:1/?name=Virender", Err: err})
		if s := told.Error(); !strings.Contains(s, want) || strings.Contains(s, "Virender") {
			t.Errorf("%q, want %q", s, want)
		}
	}
	f(errors.New("the line broke"), "no answer from http://127.0.0.1:1: the line broke")
	f(syscall.ECONNREFUSED, "no service listens at http://127.0.0.1:1")
	f(&net.DNSError{Name: "nowhere"}, "no host of that name")
	ended, end := context.WithCancel(t.Context())
	end()
	if err := c.unreached(ended, errors.New("the line broke")); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
