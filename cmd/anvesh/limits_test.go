package main

import (
	"bytes"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// limited is a command line under a limit of open files.
func limited(files string) []string {
	return []string{"/bin/sh", "-c", `ulimit -n ` + files + `; exec "$0" "$@"`}
}

// TestTooFewFiles starts the service where it may open almost no files: it does not begin what it could not go on with.
func TestTooFewFiles(t *testing.T) {
	line := append(limited("64"), os.Args[0], "serve", "--embedded-broker", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0")
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	out, err := cmd.CombinedOutput()
	if _, ended := err.(*exec.ExitError); !ended || cmd.ProcessState.ExitCode() != 1 || !bytes.Contains(out, []byte("LimitNOFILE")) {
		t.Errorf("%v: %s", err, out)
	}
}

// TestFewFiles opens more connections than the service may open files. It takes no more of them than leave the store
// its own, answers others, and loads on.
func TestFewFiles(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, addKey(t, dir), limited("256")...)
	var open []net.Conn
	for range 600 {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.address, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		open = append(open, c)
	}
	updates, _ := madeUp(t, 11, 1000)
	if n := load(s.broker, updates, nil); n != len(updates) {
		t.Fatalf("%d of %d updates were acknowledged beside %d connections", n, len(updates), len(open))
	}
	read(t, s, len(updates))
	s.search("persons", url.Values{"name": {"Ram"}})
	s.stop()
	if out, errs, code := program(t, "", "check", "--data", dir); code != 0 {
		t.Errorf("check: %s%s", out, errs)
	}
}

// TestWrongOwner starts the service as another user than the one whose directory it is.
func TestWrongOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("NOT TESTED: only root can run a program as another user")
	}
	const nobody = 65534
	dir := filepath.Join(t.TempDir(), "data", "anvesh")
	addKey(t, dir)
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Dir(filepath.Dir(dir)) // of this test
	binary := filepath.Join(home, "anvesh")
	if err := os.WriteFile(binary, self, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Dir(home), home, filepath.Dir(dir), dir, binary} {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(binary, "serve", "--embedded-broker", "--data", dir, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0")
	cmd.Env, cmd.Dir = append(os.Environ(), asProgram+"=1"), "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if _, ended := err.(*exec.ExitError); !ended || cmd.ProcessState.ExitCode() != 1 || !bytes.Contains(out, []byte("it belongs to user 0 and this program runs as user 65534")) {
		t.Errorf("%v: %s", err, out)
	}
}
