package browser

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// chromium is where the browser is; "" where there is none.
func chromium() string {
	for _, name := range []string{os.Getenv("ANVESH_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	return ""
}

// A service is the real program with made-up records.
type service struct{ url, key string }

var addressAndKey = regexp.MustCompile(`(?s)page\s+(http://\S+?)/?\s.*?key\s+(anv_\S+)`)

// started starts it once for all tests, or takes what ANVESH_PAGE names: "URL KEY".
var started = sync.OnceValues(func() (s service, err error) {
	if _, err := fmt.Sscan(os.Getenv("ANVESH_PAGE"), &s.url, &s.key); err == nil {
		s.url = strings.TrimSuffix(s.url, "/")
		return s, nil
	}
	return start(filepath.Join(dir, "data"), 20000)
})

// program builds the program once.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(dir, "anvesh")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", path, "anvesh/cmd/anvesh").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

// start starts the program on a directory, with so many made-up records. It ends with the run.
func start(data string, records int) (s service, err error) {
	path, err := program()
	if err != nil {
		return s, err
	}
	c := exec.CommandContext(life, path, "demo", "--records", strconv.Itoa(records), "--data", data, "--listen", "127.0.0.1:0", "--broker-listen", "127.0.0.1:0")
	out, err := c.StdoutPipe()
	if err != nil {
		return s, err
	}
	if err := c.Start(); err != nil {
		return s, err
	}
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if m := addressAndKey.FindStringSubmatch(said.String()); m != nil {
			running.Go(func() {
				for lines.Scan() {
				}
				c.Wait()
			})
			return service{m[1], m[2]}, nil
		}
	}
	return s, fmt.Errorf("the program did not start: %s", said.String())
}

var (
	dir  string // of this run
	life context.Context

	running sync.WaitGroup // of programs that were started
)

func TestMain(m *testing.M) {
	if os.Getenv("ANVESH_BROWSER") == "" {
		fmt.Println("not run: make test-page runs the tests of the page in a browser")
		os.Exit(0)
	}
	if chromium() == "" {
		fmt.Println("no Chromium is here: apt-get install chromium fonts-noto-core, or set ANVESH_CHROMIUM")
		os.Exit(3)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var end context.CancelFunc
	life, end = context.WithCancel(context.Background())
	defer end()
	var err error
	if dir, err = os.MkdirTemp("", "anvesh-browser"); err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	defer func() { // no program outlives the tests
		end()
		running.Wait()
	}()
	return m.Run()
}

// A screen is what one looks at.
type screen struct {
	name          string
	width, height int64
	phone         bool
}

var (
	desk  = screen{"desk", 1366, 768, false}
	phone = screen{"phone", 360, 740, true}
)

// A tab is one page in a browser of its own, with no more cookies than it has got itself.
type tab struct {
	t   *testing.T
	ctx context.Context
	s   service
}

// open opens an empty tab.
func open(t *testing.T, at screen, lang, theme string) *tab {
	t.Helper()
	s, err := started()
	if err != nil {
		t.Fatal(err)
	}
	return openAt(t, s, at, lang, theme)
}

// openAt opens an empty tab before a service.
func openAt(t *testing.T, s service, at screen, lang, theme string) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium()), chromedp.NoSandbox, chromedp.Flag("lang", lang),
		chromedp.Flag("disable-gpu", true), chromedp.Env("LANGUAGE="+lang))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	b := &tab{t, ctx, s}
	b.do(chromedp.EmulateViewport(at.width, at.height, func(p *emulation.SetDeviceMetricsOverrideParams, _ *emulation.SetTouchEmulationEnabledParams) {
		p.Mobile = at.phone
	}))
	b.theme(theme)
	return b
}

// do runs actions in the tab.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// get runs an action and returns its value.
func get[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// call sends the browser a command of its protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], with P) R {
	b.t.Helper()
	r, err := chromedp.Call(b.ctx, command, with)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// js is the value of an expression in the page.
func js[T any](b *tab, expression string) T {
	b.t.Helper()
	return get(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// signIn opens the page in a language and begins a session.
func (b *tab) signIn(lang string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.s.url+"/?lang="+lang), chromedp.WaitVisible("#key"), chromedp.SetValue("#key", b.s.key), chromedp.Submit("#key"), chromedp.WaitVisible("#q"))
}

// search types a text and a reason, and waits for the answer.
func (b *tab) search(text, reason string) {
	b.t.Helper()
	b.do(chromedp.SetValue("#q", text), chromedp.SetValue("#reason", reason))
	js[bool](b, `document.getElementById("results").replaceChildren() === undefined`)
	b.do(chromedp.Click("#go"), chromedp.WaitVisible("#results .say"))
}

// shots is where screenshots are kept: ANVESH_SHOTS, or bench/out/page, which git ignores.
func shots() string {
	if to := os.Getenv("ANVESH_SHOTS"); to != "" {
		return to
	}
	return "../../../bench/out/page"
}

// shot keeps what is seen.
func (b *tab) shot(name string) {
	b.t.Helper()
	b.keep(name, get(b, chromedp.CaptureScreenshot()))
}

// whole keeps the whole page, also what one scrolls to.
func (b *tab) whole(name string) {
	b.t.Helper()
	b.keep(name, get(b, chromedp.FullScreenshot(100)))
}

func (b *tab) keep(name string, png []byte) {
	b.t.Helper()
	if err := os.MkdirAll(shots(), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(shots(), name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
