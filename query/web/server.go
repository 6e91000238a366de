package web

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/statement"
	"anvesh/query/web/gate"
	"anvesh/query/web/meter"
	"anvesh/query/web/page"

	"github.com/VictoriaMetrics/metrics"
	"github.com/valyala/fasthttp"
)

// An Engine answers what the front end was asked. Its methods are called concurrently and give up soon after ctx ends.
// Errors that a caller can do something about are *query.FieldError and the sentinels of package query.
type Engine interface {
	Search(ctx context.Context, who access.Identity, r query.Request) (*query.Answer, error)
	// SearchRow is Search for a row of a list. The answer leaves by answer alone, which waits for the log; logged is closed when it
	// does not.
	SearchRow(ctx context.Context, who access.Identity, r query.Request, rows *audit.Chunks) (logged <-chan struct{}, answer func() (*query.Answer, error), err error)
	// Await returns once all that an offset token names is searchable, or query.ErrNotFresh. It costs no processor time.
	Await(ctx context.Context, token string) error
	// Case returns the case of an FIR registration number as it is to be shown; query.ErrNotFound where none is held.
	Case(ctx context.Context, who access.Identity, fir string) (query.CaseView, error)
	// Unmask is Case with what is masked or sealed in it, for the case's own chain and for a reason.
	Unmask(ctx context.Context, who access.Identity, fir, reason string) (query.CaseView, error)
	// FindCases returns the cases of a number such as 123/2023; station narrows them and may be "".
	FindCases(ctx context.Context, who access.Identity, number, station string) (*query.Cases, error)
	// Enter decides which updates somebody may enter, and stamps them with who does: refused says why not, by their place.
	Enter(ctx context.Context, who access.Identity, updates []query.Update) (refused map[int]error, err error)
	// MayRead reports whether somebody may see what the log has of askers of a unit.
	MayRead(who access.Identity, unit string) bool
	// Status returns what /v1/status shows.
	Status() *query.Status
	// Ready reports whether the log as it was at start is applied, and what is degraded.
	Ready() (ready bool, degraded []string)
}

// Bounds that are no options, because the contract or HTTP sets them.
const (
	maxBody     = 64 << 10 // of a single request
	maxListBody = 64 << 20 // of a list
	maxHeader   = 16 << 10 // request line and headers; a search by GET with every field full in Devanagari has about 12 KiB
)

// A Site is whose page it is, as the installer says.
type Site = page.Site

// Options say how to serve. Engine and Keys are required; the zero value of the others is a default.
type Options struct {
	Engine Engine
	Keys   *access.Keys
	Log    *slog.Logger // default slog.Default()

	// Clerk takes updates to the log. Without one nothing is under its path.
	Clerk Clerk
	// Audit is the log of who asked what, the same that the engine writes to. Without one nothing is written, and there is
	// nothing under its paths: for tests.
	Audit Auditor

	// Statements signs answers that found nobody. Without one none are given.
	Statements *statement.Key

	// Keeper looks after what is stored. Without one there is nothing under its paths.
	Keeper Keeper

	// KnownUnit reports whether a code is that of a unit; nil takes every code that is written like one.
	KnownUnit func(code string) bool
	// Budget tells how many searches and rows somebody has had today; nil where nobody counts.
	Budget func(who access.Identity) (searches, rows int)
	// UnitNames are the names of stations and districts, in English and in Hindi, for suggestions; a station's with that of its
	// district behind a comma. Without it none are made.
	UnitNames func() (stations, districts [][2]string)
	// Unit gives the page the name of a station by its code. Without one the code stands there.
	Unit page.Unit

	// Elsewhere vouches for persons; nil where there is no identity provider.
	Elsewhere Elsewhere

	TLS *tls.Config // with which connections are served; nil for plain HTTP
	// Networks are those that the credentials of a pillar may be used from, as the connection shows; a pillar without any is
	// not bound.
	Networks map[string][]netip.Prefix

	Site          Site   // whose page it is
	Practice      bool   // the page bears a band that says that the data are made up
	Version       string // shown on the page
	SecureCookies bool   // the page is reached by https only

	// Metrics writes what the rest of the program measures; the server's own measures follow. It may be nil.
	Metrics func(w io.Writer)

	ReadTimeout   time.Duration // for a whole request, slow clients included; default 10 s
	WriteTimeout  time.Duration // for an answer, and for each piece of a list's answers; default 30 s
	IdleTimeout   time.Duration // between requests of a connection; default 60 s
	SearchTimeout time.Duration // for one search; default 10 s
	ListTimeout   time.Duration // for a list's body to arrive; default 10 min
	ListGrace     time.Duration // and for what lacks of 1 KiB a second of it; default 20 s
	MaxConns      int           // default 4096; beyond it one that is at rest gives way, see package gate
	MaxConnsPerIP int           // default 512: a station behind one address, or a load generator; beyond it one of the same
	Places        int           // searches and rows that run at once; default as many as cores
	MaxWaiting    int           // single searches that wait for a place; default 16 for each place; see package gate
	WaitTime      time.Duration // how long one waits for a place before 503; default 50 ms

	MaxAwaiting       int // searches that wait for at_least at once; default 1024, beyond it 503
	MaxAwaitingPerKey int // default 64, beyond it 429
	MaxAwaitingPerIP  int // default 256, beyond it 429
	MaxLists          int // at once; default 4, as each may hold 64 MiB; beyond it 503
	MaxListsPerKey    int // default half of MaxLists, beyond it 429
}

// withDefaults fills in what is zero, or says what is wrong.
func (o Options) withDefaults() (Options, error) {
	if o.Engine == nil {
		return o, errors.New("web: Options.Engine is required")
	}
	if o.Keys == nil {
		return o, errors.New("web: Options.Keys is required; access.Open makes it")
	}
	if o.UnitNames == nil {
		o.UnitNames = func() (stations, districts [][2]string) { return nil, nil }
	}
	if o.Unit == nil {
		o.Unit = func(code string) (string, string) { return code, code }
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	for _, d := range []struct {
		is     *time.Duration
		normal time.Duration
	}{{&o.ReadTimeout, 10 * time.Second}, {&o.WriteTimeout, 30 * time.Second}, {&o.IdleTimeout, time.Minute},
		{&o.SearchTimeout, 10 * time.Second}, {&o.ListTimeout, 10 * time.Minute}, {&o.ListGrace, 20 * time.Second},
		{&o.WaitTime, 50 * time.Millisecond}} {
		if *d.is < 0 {
			return o, errors.New("web: a timeout must not be negative; leave it 0 for its default")
		}
		if *d.is == 0 {
			*d.is = d.normal
		}
	}
	for _, n := range []struct {
		is     *int
		normal int
	}{
		{&o.MaxConns, 4096}, {&o.MaxConnsPerIP, 512}, {&o.MaxLists, 4}, {&o.MaxListsPerKey, 0},
		{&o.MaxAwaiting, 1024}, {&o.MaxAwaitingPerKey, 64}, {&o.MaxAwaitingPerIP, 256},
		{&o.Places, runtime.GOMAXPROCS(0)}, {&o.MaxWaiting, 0}} {
		if *n.is < 0 {
			return o, errors.New("web: a limit must not be negative; leave it 0 for its default")
		}
		if *n.is == 0 {
			*n.is = n.normal
		}
	}
	if o.MaxWaiting == 0 {
		o.MaxWaiting = 16 * o.Places
	}
	if o.MaxListsPerKey == 0 {
		o.MaxListsPerKey = max(o.MaxLists/2, 1)
	}
	return o, nil
}

// A Server serves the contract over HTTP.
type Server struct {
	Options
	http     *fasthttp.Server
	routes   *routes
	persons  *form[query.PersonRequest]
	vehicles *form[query.VehicleRequest]
	meter    *meter.Meter
	pages    *page.Pages
	recent   *page.Recent
	suggest  *page.Suggestions

	waitsOfKey, waitsOfAddress *gate.Share   // searches that wait for at_least
	lists                      *gate.Share   // lists that run, by key
	held                       *heldLists    // lists on the page
	backups                    chan struct{} // one for the backup that runs
	verifies                   chan struct{} // one for the check of the log that runs
	gate                       *gate.Gate    // places for searches and rows that run
	refusals, failures         *gate.Pace    // of answers that refuse, and of those to keys that are none
	brokenOff                  *gate.Pace    // of backups that their clients did not wait for
	now                        func() time.Time
	pause                      func(context.Context, time.Duration) // until the time is over or the context ends

	leaving  context.Context // ends when a stop begins
	leave    context.CancelFunc
	life     context.Context // ends when a stop will wait no longer
	end      context.CancelFunc
	stopping atomic.Bool
	serving  atomic.Int32 // calls of Serve

	mu        sync.Mutex
	listeners []*gate.Listener
}

// New makes a server. The error says which option is wrong.
func New(o Options) (*Server, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{Options: o, recent: page.NewRecent(), persons: personForm(), vehicles: vehicleForm(),
		waitsOfKey:     gate.NewShare(o.MaxAwaitingPerKey, o.MaxAwaiting, errManyWaits),
		waitsOfAddress: gate.NewShare(o.MaxAwaitingPerIP, o.MaxAwaiting, errManyWaits),
		lists:          gate.NewShare(o.MaxListsPerKey, o.MaxLists, errManyLists),
		backups:        make(chan struct{}, 1), verifies: make(chan struct{}, 1), gate: gate.New(o.Places, o.MaxWaiting, o.WaitTime),
		refusals: gate.NewPace(50, 200, time.Second), failures: gate.NewPace(2, 20, 2*time.Second),
		brokenOff: gate.NewPace(0.2, 3, 10*time.Second), now: time.Now, pause: pause}
	if s.pages, err = page.New(o.Site); err != nil {
		return nil, err
	}
	s.suggest = page.NewSuggestions(o.UnitNames())
	s.life, s.end = context.WithCancel(context.Background())
	s.leaving, s.leave = context.WithCancel(s.life)
	s.held = newHeldLists(func() time.Time { return s.now() })
	s.meter = meter.New(metrics.NewSet(), s.gate.Waiting)
	s.routes = newRoutes(allRoutes(), s.meter)
	s.http = &fasthttp.Server{
		Handler:                      s.handle,
		ErrorHandler:                 s.refuseUnread,
		Name:                         "anvesh",
		ReadBufferSize:               maxHeader,
		ReadTimeout:                  o.ReadTimeout,
		WriteTimeout:                 o.WriteTimeout,
		IdleTimeout:                  o.IdleTimeout,
		Concurrency:                  2*o.MaxConns + 1024, // the listener counts; those that gave way are served until they see that they are closed
		MaxRequestBodySize:           maxListBody,
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		CloseOnShutdown:              true,
		SecureErrorLogMessage:        true,
		Logger:                       quiet{o.Log},
		ConnState:                    noteState,
	}
	return s, nil
}

// Serve answers the connections of ln until Shutdown, which makes it return nil, also where it came first.
func (s *Server) Serve(ln net.Listener) error {
	if s.TLS != nil {
		ln = tls.NewListener(ln, s.TLS)
	}
	l := gate.Limit(ln, s.MaxConns, s.MaxConnsPerIP, wholeAnswer(errManyConns))
	s.mu.Lock()
	s.listeners = append(s.listeners, l)
	s.mu.Unlock()
	s.serving.Add(1)
	defer s.serving.Add(-1)
	if s.stopping.Load() {
		l.Close()
		return nil
	}
	return s.http.Serve(l)
}

// Shutdown takes no more connections, ends those without a request and what only waits, answers what has begun and
// returns. When ctx ends first, it cuts what is left, waits until nothing of it uses the engine any more, and returns the
// error of ctx.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stopping.Store(true)
	s.leave()
	s.each((*gate.Listener).Retire)
	s.held.end()
	err := s.http.ShutdownWithContext(ctx)
	s.held.end() // of those that came meanwhile
	s.end()
	if err == nil {
		return nil
	}
	s.each((*gate.Listener).Cut)
	for began := time.Now(); s.uses() && time.Since(began) < cutTime; {
		time.Sleep(time.Millisecond)
	}
	return err
}

// uses tells, once the library has shut down, whether a connection is still served. The library counts each Serve as a
// connection and takes one off for it, also when that Serve has ended.
func (s *Server) uses() bool { return s.serving.Load() > 0 || s.http.GetOpenConnectionsCount() >= 0 }

// cutTime is how long Shutdown waits for what it has cut: an engine gives up soon after its context ends.
const cutTime = 2 * time.Second

// each does something with every listener.
func (s *Server) each(do func(*gate.Listener)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.listeners {
		do(l)
	}
}

// noteState hears from fasthttp when a connection begins a request, when it has answered it and when it is closed.
func noteState(nc net.Conn, state fasthttp.ConnState) {
	switch state {
	case fasthttp.StateActive:
		gate.Begin(nc)
	case fasthttp.StateIdle, fasthttp.StateClosed:
		gate.End(nc)
	}
}

// quiet passes fasthttp's own messages on at debug level: they are about connections, and may quote addresses.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(format string, _ ...any) { q.log.Debug("web: connection", "kind", format) }
