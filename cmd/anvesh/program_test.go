package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"anvesh/query"
)

// asProgram in the environment makes the test binary be the program, so that tests start and kill the real one.
const asProgram = "ANVESH_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	if dir := os.Getenv(asFlipped); dir != "" {
		os.Exit(runFlipped(dir))
	}
	if dir := os.Getenv(asAnswers); dir != "" {
		if err := printAnswers(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// program runs a command to its end and returns what it printed and its exit code.
func program(t testing.TB, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// A server is a running service.
type server struct {
	t       testing.TB
	cmd     *exec.Cmd
	address string // http://host:port
	broker  string
	key     string
	serving chan [2]string // its addresses, once it serves
	ended   chan error
}

// serve starts the service with its embedded broker on dir, under another command if one is given, and waits until it
// is ready.
func serve(t testing.TB, dir, key string, under ...string) *server {
	t.Helper()
	s := launch(t, dir, key, under...)
	s.await()
	return s
}

// launch starts the service and does not wait for it.
func launch(t testing.TB, dir, key string, under ...string) *server {
	t.Helper()
	return start(t, key, append(under, os.Args[0], "serve", "--embedded-broker", "--data", dir, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0"))
}

// start starts a service by its command line.
func start(t testing.TB, key string, line []string) *server {
	t.Helper()
	s := &server{t: t, key: key, cmd: exec.Command(line[0], line[1:]...), serving: make(chan [2]string, 1), ended: make(chan error, 1)}
	s.cmd.Env = append(os.Environ(), asProgram+"=1")
	logs, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.cmd.Process.Kill() })
	go s.follow(logs)
	return s
}

// follow reads what the service logs until it ends.
func (s *server) follow(logs io.Reader) {
	var all []string
	for lines := bufio.NewScanner(logs); lines.Scan(); {
		var l struct{ Msg, Address, Broker string }
		all = append(all, lines.Text())
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.Msg == "serving" {
			s.serving <- [2]string{l.Address, l.Broker}
		}
	}
	err := s.cmd.Wait()
	if err != nil {
		err = fmt.Errorf("%w; it logged:\n%s", err, strings.Join(all, "\n"))
	}
	s.ended <- err
}

// await returns when the service is ready.
func (s *server) await() {
	s.t.Helper()
	select {
	case a := <-s.serving:
		s.address, s.broker = "http://"+a[0], a[1]
		for status, body := 0, []byte(nil); status != 200 || bytes.Contains(body, []byte(opening)) || bytes.Contains(body, []byte(behind)); status, body = s.get("/readyz", nil) {
			if len(s.ended) > 0 {
				s.t.Fatalf("the service ended by itself: %v", <-s.ended)
			}
			time.Sleep(5 * time.Millisecond) // between looks
		}
	case err := <-s.ended:
		s.t.Fatalf("the service ended: %v", err)
	}
}

// kill ends the service at once, and tells whether it had not ended by itself.
func (s *server) kill() bool {
	s.cmd.Process.Signal(syscall.SIGKILL)
	return <-s.ended != nil
}

// stop ends the service as an operator does, and fails the test if it does not end well.
func (s *server) stop() {
	s.t.Helper()
	s.cmd.Process.Signal(syscall.SIGTERM)
	if err := <-s.ended; err != nil {
		s.t.Fatalf("the service did not stop well: %v", err)
	}
}

func addKey(t testing.TB, dir string) string {
	t.Helper()
	line := []string{"keys", "add", "--name", "test", "--data", dir}
	if _, measures := t.(*testing.B); measures { // asks more than a plain key may in a day
		line = append(line, "--searches", "1000000000")
	}
	out, errs, code := program(t, "", line...)
	if code != 0 {
		t.Fatalf("keys add: %s", errs)
	}
	return strings.TrimSpace(out)
}

// get returns the status and body of one call.
func (s *server) get(path string, query url.Values) (int, []byte) {
	s.t.Helper()
	r, err := http.NewRequest("GET", s.address+path+"?"+query.Encode(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.key)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, body
}

// search asks and returns the ids of the hits, best first. Where the machine is too busy to be as fresh as asked in time, or
// to answer, it asks again.
func (s *server) search(kind string, q url.Values) []string {
	s.t.Helper()
	q.Set("reason", "FIR 1/2026")
	status, body := s.get("/v1/"+kind+"/search", q)
	for status == 409 || status == 503 {
		time.Sleep(5 * time.Millisecond)
		status, body = s.get("/v1/"+kind+"/search", q)
	}
	if status != 200 {
		s.t.Fatalf("%s %v: status %d, %s", kind, q, status, body)
	}
	var a query.Answer
	if err := json.Unmarshal(body, &a); err != nil {
		s.t.Fatal(err)
	}
	ids := []string{}
	for _, h := range a.Hits {
		ids = append(ids, h.Record.ID)
	}
	return ids
}

// publisher is a Kafka client that is not ours.
func publisher(t testing.TB, broker string) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.DefaultProduceTopic("iif.updates"), kgo.RecordRetries(3))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// publish sends one message and returns the token that a search of it must be as fresh as.
func publish(t testing.TB, c *kgo.Client, key string, value []byte) string {
	t.Helper()
	r, err := c.ProduceSync(context.Background(), &kgo.Record{Key: []byte(key), Value: value}).First()
	if err != nil {
		t.Fatal(err)
	}
	return query.Token(map[int]int64{int(r.Partition): r.Offset + 1})
}
