package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"anvesh/query"
)

// keeper is a Keeper that writes a text.
type keeper struct {
	text     string
	err      error
	running  bool
	checking bool
	checked  CheckRequest
	mu       sync.Mutex // of what follows
	asked    BackupRequest
	silent   bool // a backup writes once and then nothing until it is ended
	ended    chan struct{}
}

func (k *keeper) Backup(ctx context.Context, w io.Writer, r BackupRequest) error {
	k.mu.Lock()
	k.asked = r
	ended, failure, silent := k.ended, k.err, k.silent
	k.mu.Unlock()
	if ended != nil {
		defer close(ended)
	}
	if _, err := io.WriteString(w, k.text); err != nil {
		return err
	}
	if silent {
		<-ctx.Done()
		return ctx.Err()
	}
	if ended != nil { // until the caller is gone
		for {
			if _, err := io.WriteString(w, k.text); err != nil {
				return err
			}
		}
	}
	return failure
}

func (k *keeper) Rebuild() error {
	if k.running {
		return query.ErrRunning
	}
	k.running = true
	return nil
}

func (k *keeper) Rebuilding() Rebuild { return Rebuild{Running: k.running, Total: 5} }

func (k *keeper) Check(r CheckRequest) error {
	if k.checking {
		return query.ErrRunning
	}
	k.checking, k.checked = true, r
	return nil
}

func (k *keeper) Checking() Check { return Check{Running: k.checking, Findings: []string{}} }

func TestKeeper(t *testing.T) {
	doc := described(t)
	k := &keeper{text: strings.Repeat("part", 100_000)}
	s := serve(t, func(o *Options) { o.Keeper = k })
	asAdmin := []string{"Authorization", "Bearer " + s.admin}
	f := func(method, path, body string, status int, headers ...string) reply {
		t.Helper()
		r := s.do(method, path, body, headers...)
		if r.StatusCode != status {
			t.Errorf("%s %s: status %d, want %d: %s", method, path, r.StatusCode, status, r.text)
		}
		check(t, doc, path, r)
		return r
	}
	if r := f("POST", "/v1/backup", `{"store":"s","number":2,"rate":7}`, 200, asAdmin...); r.text != k.text {
		t.Errorf("%d bytes arrived of %d", len(r.text), len(k.text))
	}
	if k.asked != (BackupRequest{Store: "s", Number: 2, Rate: 7}) {
		t.Errorf("asked %+v", k.asked)
	}
	f("POST", "/v1/backup", `{}`, 403)
	f("POST", "/v1/backup", `{"colour":1}`, 400, asAdmin...)
	f("POST", "/v1/backup", `{"rate":-1}`, 400, asAdmin...)
	k.text, k.err = "", &query.FieldError{Field: "store", Message: "is another"}
	f("POST", "/v1/backup", `{}`, 400, asAdmin...)
	f("GET", "/v1/rebuild", "", 200, asAdmin...)
	f("GET", "/v1/rebuild", "", 403)
	f("POST", "/v1/rebuild", "", 202, asAdmin...)
	f("POST", "/v1/rebuild", "", 409, asAdmin...)
	f("GET", "/v1/check", "", 200, asAdmin...)
	f("GET", "/v1/check", "", 403)
	f("POST", "/v1/check", `{}`, 403)
	f("POST", "/v1/check", `{"rate":-1}`, 400, asAdmin...)
	f("POST", "/v1/check", `{"depth":1}`, 400, asAdmin...)
	f("POST", "/v1/check", `{"full":true,"rate":7}`, 202, asAdmin...)
	f("POST", "/v1/check", `{}`, 409, asAdmin...)
	if k.checked != (CheckRequest{Full: true, Rate: 7}) {
		t.Errorf("checked %+v", k.checked)
	}
}

func (s *site) backupRequest() *http.Request {
	r, err := http.NewRequest("POST", "http://"+s.addr+"/v1/backup", strings.NewReader("{}"))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.admin)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// TestBrokenBackup breaks the part off in the middle: its reader must see it, and the next backup must not wait.
func TestBrokenBackup(t *testing.T) {
	k := &keeper{text: strings.Repeat("part", 100_000), err: errors.New("disk")}
	s := serve(t, func(o *Options) { o.Keeper = k })
	resp, err := s.client.Do(s.backupRequest())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("a part that broke off looks whole")
	}
	resp.Body.Close()
	ended := make(chan struct{})
	k.mu.Lock()
	k.err, k.ended = nil, ended
	k.mu.Unlock()
	if resp, err = s.client.Do(s.backupRequest()); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close() // the caller goes away
	<-ended
}

// TestBackupOfOneWhoIsGone closes the connection while the backup has nothing to write: it ends, and another has its place.
func TestBackupOfOneWhoIsGone(t *testing.T) {
	k := &keeper{text: "part", silent: true}
	s := serve(t, func(o *Options) { o.Keeper = k })
	held := s.stopClock()
	for i, want := range []time.Duration{0, 0, 0, 0, 5 * time.Second, 15 * time.Second} {
		if held() != want {
			t.Errorf("before number %d they were held back for %v in all, want %v", i, held(), want)
		}
		ended := make(chan struct{})
		k.mu.Lock()
		k.ended = ended
		k.mu.Unlock()
		c := s.dial()
		fmt.Fprintf(c, "POST /v1/backup HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", s.admin)
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || r.StatusCode != 200 {
			t.Fatalf("backup: %v %v", r, err)
		}
		c.Close()
		<-ended
		until(t, "its place is given back", func() bool { return len(s.server.backups) == 0 })
	}
}

func TestNoKeeper(t *testing.T) {
	s := serve(t, nil)
	for _, path := range []string{"/v1/backup", "/v1/rebuild", "/v1/check"} {
		if r := s.do("POST", path, "{}", "Authorization", "Bearer "+s.admin); r.StatusCode != 404 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}
