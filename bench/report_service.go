package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"
)

// A Machine is what the figures were measured on.
type Machine struct {
	CPU    string  `json:"cpu"`
	Cores  int     `json:"cores"`
	Memory float64 `json:"memory_bytes"`
	Kernel string  `json:"kernel"`
	Go     string  `json:"go"`
}

func thisMachine() Machine {
	m := Machine{Cores: runtime.NumCPU(), Go: runtime.Version(), CPU: fieldOf("/proc/cpuinfo", "model name")}
	m.Memory = kilobytes(fieldOf("/proc/meminfo", "MemTotal"))
	if b, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(b))
	}
	return m
}

// fieldOf reads the first "name: value" of a file of /proc, "" where there is none.
func fieldOf(file, name string) string {
	b, _ := os.ReadFile(file)
	for line := range strings.Lines(string(b)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// kilobytes reads "123 kB" as bytes.
func kilobytes(s string) float64 {
	n, _ := strconv.ParseFloat(strings.TrimSuffix(s, " kB"), 64)
	return n * 1024
}

// A service is the real program as a process of its own, with its embedded broker.
type service struct {
	cmd          *exec.Cmd
	log          serviceLog
	addr, broker string
	key          string
	program, dir string
}

// startService starts the program on dir and returns when it is ready.
func startService(ctx context.Context, program, dir string) (*service, error) {
	s := &service{program: program, dir: filepath.Join(dir, "data")}
	var err error
	if s.key, err = s.keyOf(filepath.Join(dir, "key")); err != nil {
		return nil, err
	}
	s.log.serving = make(chan [2]string, 1)
	s.cmd = exec.CommandContext(ctx, program, "serve", "--embedded-broker", "--data", s.dir, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0")
	s.cmd.Stderr = &s.log
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- s.cmd.Wait() }()
	select {
	case a := <-s.log.serving:
		s.addr, s.broker = a[0], a[1]
	case err := <-ended:
		return nil, fmt.Errorf("the service ended: %v: %s", err, s.log.all.String())
	}
	for {
		if code, _, err := fasthttp.Get(nil, "http://"+s.addr+"/readyz"); err == nil && code == fasthttp.StatusOK {
			return s, nil
		}
		select {
		case err := <-ended:
			return nil, fmt.Errorf("the service ended: %v: %s", err, s.log.all.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// whole returns when a service that is ready has opened its log and applied what that held.
func (s *service) whole(ctx context.Context) error {
	for {
		_, body, err := fasthttp.Get(nil, "http://"+s.addr+"/readyz")
		if err != nil || bytes.Contains(body, []byte(`"degraded":[]`)) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// A serviceLog keeps what a service logs and hands on the addresses that it listens on: it chooses free ports itself, since
// one chosen for it may be another's by then. Written by one goroutine, read once the service has ended.
type serviceLog struct {
	all     bytes.Buffer
	read    int            // bytes of all that were looked at, up to the end of a line
	serving chan [2]string // address and broker, once
}

func (l *serviceLog) Write(b []byte) (int, error) {
	l.all.Write(b)
	for {
		line, _, whole := bytes.Cut(l.all.Bytes()[l.read:], []byte("\n"))
		if !whole {
			return len(b), nil
		}
		l.read += len(line) + 1
		var said struct{ Msg, Address, Broker string }
		if json.Unmarshal(line, &said) == nil && said.Msg == "serving" {
			l.serving <- [2]string{said.Address, said.Broker}
		}
	}
}

// keyOf reads the key of a file, or makes one and keeps it there.
func (s *service) keyOf(file string) (string, error) {
	if b, err := os.ReadFile(file); err == nil {
		return string(b), nil
	}
	out, err := exec.Command(s.program, "keys", "add", "--name", "bench", "--searches", "1000000000", "--data", s.dir).Output()
	if err != nil {
		return "", fmt.Errorf("keys add: %w", err)
	}
	key := strings.TrimSpace(string(out))
	return key, os.WriteFile(file, []byte(key), 0o600)
}

// stop ends the service as an administrator does, and waits.
func (s *service) stop() error { return s.end(syscall.SIGTERM) }

// kill ends it as a power cut does, and waits.
func (s *service) kill() { s.end(syscall.SIGKILL) }

func (s *service) end(sig syscall.Signal) error {
	if err := s.cmd.Process.Signal(sig); err != nil {
		return err
	}
	for s.cmd.Process.Signal(syscall.Signal(0)) == nil { // the other goroutine waits for it
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

func (s *service) proc(name string) string {
	return fmt.Sprintf("/proc/%d/%s", s.cmd.Process.Pid, name)
}

// memory is a size of /proc/PID/status in bytes: VmRSS, VmHWM.
func (s *service) memory(name string) float64 { return kilobytes(fieldOf(s.proc("status"), name)) }

// written is how many bytes the service has had written to the disk.
func (s *service) written() float64 {
	n, _ := strconv.ParseFloat(fieldOf(s.proc("io"), "write_bytes"), 64)
	return n
}

// cpu is the processor time that the service has used.
func (s *service) cpu() time.Duration {
	b, _ := os.ReadFile(s.proc("stat"))
	_, rest, _ := strings.Cut(string(b), ") ") // behind the name, which may hold blanks
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	const ticks = 100 // a second: what Linux shows user space, whatever the kernel's own clock
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * time.Second / ticks
}

// get asks for a path and gives the body of an answer with status 200.
func (s *service) get(path string) ([]byte, error) {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.SetRequestURI("http://" + s.addr + path)
	req.Header.Set("Authorization", "Bearer "+s.key)
	if err := fasthttp.DoTimeout(req, resp, time.Minute); err != nil {
		return nil, err
	}
	if resp.StatusCode() != fasthttp.StatusOK {
		return nil, &statusError{resp.StatusCode(), string(resp.Body())}
	}
	return bytes.Clone(resp.Body()), nil
}

type statusError struct {
	status int
	body   string
}

func (e *statusError) Error() string { return fmt.Sprintf("status %d: %.200s", e.status, e.body) }

// await returns when everything below the token is searchable.
func (s *service) await(token string) error {
	for {
		_, err := s.get("/v1/vehicles/search?registration=HR26DK8337&limit=1&reason=bench+report&at_least=" + token)
		var status *statusError
		if errors.As(err, &status) {
			switch status.status {
			case fasthttp.StatusConflict, fasthttp.StatusServiceUnavailable, fasthttp.StatusTooManyRequests:
				time.Sleep(5 * time.Millisecond) // not as fresh yet, or too much is asked, or waits, at once
				continue
			}
		}
		return err
	}
}

// sizeOf is what the files below a directory take.
func sizeOf(dir string) (bytes float64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if i, err := d.Info(); err == nil {
				if st, ok := i.Sys().(*syscall.Stat_t); ok {
					bytes += float64(st.Blocks) * 512
				}
			}
		}
		return nil
	})
	return bytes
}
