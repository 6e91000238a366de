package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"anvesh/indexer"
	"anvesh/indexer/kafka"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/register"
	"anvesh/query/statement"
	"anvesh/query/web"
	"anvesh/storage"
)

// serveCmd is the service: it reads the log, stores what it says and answers searches, until it is told to stop.
type serveCmd struct {
	storeFlags
	kafkaFlags
	brokerFlags
	EmbeddedBroker bool `help:"Hold the log in this process too: one node, synced, on loopback."`
	keepFlags
	frontFlags
	Listen        address `help:"Where HTTP is answered." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	SecureCookies bool    `help:"Browsers reach the page by https, through a proxy: the cookie of a session goes over nothing else."`
}

func (serveCmd) examples() string {
	return lines("  anvesh serve --embedded-broker --data /var/lib/anvesh",
		"  anvesh serve --brokers k1:9092,k2:9092 --sasl SCRAM-SHA-512 --sasl-user anvesh --kafka-tls",
		"  ANVESH_DATA=/var/lib/anvesh anvesh serve --config /etc/anvesh.yaml")
}

// Run serves until a signal.
func (c *serveCmd) Run(w *world) error {
	if c.EmbeddedBroker == (len(c.Brokers) > 0) {
		return usageError{errors.New("give either --brokers HOST:PORT,... or --embedded-broker")}
	}
	s, err := openService(w, serviceOptions{store: c.storeFlags, kafka: c.kafkaFlags, broker: c.brokerFlags,
		keep: c.keepFlags, embedded: c.EmbeddedBroker, front: c.frontFlags, listen: c.Listen, secureCookies: c.SecureCookies})
	if err != nil {
		return err
	}
	st := s.store.State()
	broker := "cluster"
	if s.broker != nil {
		broker = s.broker.Addr()
	}
	w.log.Info("serving", "address", s.ln.Addr().String(), "broker", broker, "persons", st.Persons, "vehicles", st.Vehicles, "version", version)
	err = s.serve(w.ctx)
	w.log.Info("stopping")
	return errors.Join(err, s.close())
}

// A service is everything that runs in one process.
type service struct {
	w       *world
	reg     *register.Register
	store   *storage.Store
	keys    *access.Keys
	guard   *access.Guard
	audit   *audit.Log
	broker  *kafka.Broker // nil with a cluster
	client  *kafka.Client
	engine  *query.Engine
	web     *web.Server
	ln      net.Listener
	gapIsOK bool // --accept-gap
	// opened is closed once the log can be read and written: the embedded one when it is checked, a cluster's at once.
	opened chan struct{}
	// answering: searches are answered from what is stored, though the log was not reached at the start.
	answering atomic.Bool
	folded    atomic.Bool // nothing is held that the present rules hide
	reading   chan error  // what Run of the client ended with
	cancel    context.CancelFunc
}

type serviceOptions struct {
	store    storeFlags
	keep     keepFlags
	front    frontFlags
	kafka    kafkaFlags
	broker   brokerFlags
	embedded bool
	listen   address
	practice bool
	// secureCookies: the page is reached by https through a proxy.
	secureCookies bool
}

// openService opens the addresses and the directory, and starts to read the log. Searches are answered once serve runs
// and the log has been caught up with, or from what is held while the log is not there yet.
func openService(w *world, o serviceOptions) (s *service, err error) {
	w.serves = true
	s = &service{w: w, reg: register.New(), opened: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	front, err := o.front.options(w)
	if err != nil {
		return s, err
	}
	if s.ln, err = net.Listen("tcp", string(o.listen)); err != nil {
		return s, fmt.Errorf("cannot listen on %s: %w; give another --listen", o.listen, err)
	}
	so := o.store.options(w, s.reg)
	so.Reserve, so.ScrubRate = int64(o.keep.Reserve)<<20, int64(o.keep.ScrubRate)<<20
	conns, err := connections(w)
	if err != nil {
		return s, err
	}
	if s.store, err = storage.Open(so); err != nil {
		return s, err
	}
	if s.keys, err = access.Open(o.store.Data); err != nil {
		return s, err
	}
	if s.audit, err = audit.Open(audit.Options{Dir: o.store.Data, Logger: w.log}); err != nil {
		return s, err
	}
	if err = s.reachLog(o); err != nil {
		return s, err
	}
	statements, err := statement.OpenKey(o.store.Data)
	if err != nil {
		return s, err
	}
	units, err := o.store.units()
	if err != nil {
		return s, err
	}
	if s.guard, err = access.NewGuard(access.GuardOptions{Keys: s.keys, Within: within(units), Alarm: s.audit}); err != nil {
		return s, err
	}
	s.engine, err = query.New(query.Options{Store: s.store, Register: s.reg, Units: units, Log: s.logState,
		Version: version, Practice: o.practice, Case: viewCase, Guard: s.guard, Audit: s.audit})
	if err != nil {
		return s, err
	}
	known := func(code string) bool { _, is := units.Unit(code); return is }
	front.Engine, front.Keys, front.Log, front.Metrics, front.Keeper, front.Clerk = s.engine, s.keys, w.log, s.metrics, keeper{s.store}, clerk{s.client, s.opened}
	front.KnownUnit, front.Budget = known, s.guard.Today
	front.Practice, front.Version, front.SecureCookies, front.Places, front.MaxConns = o.practice, version, o.secureCookies, spareProcessors(), conns
	front.Audit, front.Statements = s.audit, statements
	front.UnitNames = func() (stations, districts [][2]string) { return units.Names(time.Now()) }
	front.Unit = func(code string) (english, hindi string) {
		u, ok := units.Unit(code)
		if !ok {
			return code, code
		}
		return u.Name, u.NameHi
	}
	s.web, err = web.New(front)
	if err != nil {
		return s, err
	}
	return s, s.read(o.store.Data)
}

// read begins to read the log, once nothing is held that the present rules hide, and without what was destroyed by order.
func (s *service) read(dir string) error {
	x := indexer.New(s.store, s.client, s.w.log)
	if err := keepOut(x, dir); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.reading = cancel, make(chan error, 1)
	go s.keepSessions(ctx)
	go spareCollector(ctx)
	go func() { s.reading <- s.follow(ctx, x) }()
	return nil
}

// follow opens the embedded log while searches are answered, and reads the log until it is stopped.
func (s *service) follow(stopped context.Context, x *indexer.Indexer) error {
	ctx, cancel := context.WithCancelCause(stopped)
	defer cancel(nil)
	var both sync.WaitGroup
	for _, do := range []func() error{
		func() error { return s.refold(ctx, x) },
		func() error { return s.openBroker(ctx) },
	} {
		both.Go(func() {
			if err := do(); err != nil {
				cancel(err)
			}
		})
	}
	both.Wait()
	switch {
	case stopped.Err() != nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return s.client.Run(ctx, x)
}

// keepSessions writes down every minute what sessions were last used at and what budgets have come to, until the context ends; the
// last of it close writes.
func (s *service) keepSessions(ctx context.Context) {
	for tick := time.NewTicker(time.Minute); ; {
		select {
		case <-tick.C:
			if err := errors.Join(s.keys.Keep(), s.guard.Keep()); err != nil {
				s.w.log.Warn("sessions and budgets were not written down", "error", err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// reachLog takes the address of the embedded broker, which follow opens, or connects to the cluster.
func (s *service) reachLog(o serviceOptions) error {
	ko, err := o.kafka.options(s.w)
	if err != nil {
		return err
	}
	if o.embedded {
		s.broker, err = kafka.ListenBroker(kafka.BrokerOptions{Dir: filepath.Join(o.store.Data, "log"),
			Listen: string(o.broker.BrokerListen), AcceptGap: o.broker.AcceptGap, Room: s.store.BelowReserve, Logger: s.w.log})
		if err != nil {
			return err
		}
		ko.Brokers = []string{s.broker.Addr()}
	}
	ko.Dir = o.store.Data
	ko.Partitions, ko.AcceptGap = int(o.broker.Partitions), o.broker.AcceptGap
	s.gapIsOK = o.broker.AcceptGap
	if s.client, err = kafka.Open(ko); err != nil {
		return err
	}
	if o.embedded {
		s.answering.Store(s.store.State().Cases > 0)
		return nil
	}
	close(s.opened)
	return s.client.Connect(s.w.ctx)
}

// openBroker opens the embedded broker, if there is one, and makes its topics.
func (s *service) openBroker(ctx context.Context) error {
	if s.broker == nil {
		return nil
	}
	err := s.broker.Open(ctx)
	if err == nil {
		err = s.client.EnsureTopics(ctx)
	}
	if err == nil {
		close(s.opened)
	}
	return err
}

// serve answers until the context ends, or reading the log or HTTP fails for good.
func (s *service) serve(ctx context.Context) error {
	served := make(chan error, 1)
	go func() { served <- s.web.Serve(s.ln) }()
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.reading:
		s.reading <- nil // so that close does not wait
		return err
	case err := <-served:
		return err
	}
}

// stopTime bounds how long searches and lists that run are waited for: half of the ten seconds that Docker gives a
// process before it kills it; others give more.
const stopTime = 5 * time.Second

// close stops everything, in this order: requests, updates, Kafka client, broker, log of searches, keys, store.
func (s *service) close() error {
	var errs []error
	if s.web != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopTime)
		defer cancel()
		if err := s.web.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
			s.w.log.Warn("requests were cut that had not been answered in time", "seconds", stopTime.Seconds())
		} else {
			errs = append(errs, err)
		}
	}
	if s.ln != nil {
		s.ln.Close()
	}
	if s.cancel != nil {
		s.cancel()
		errs = append(errs, <-s.reading)
	}
	if s.client != nil {
		errs = append(errs, s.client.Close())
	}
	if s.broker != nil {
		errs = append(errs, s.broker.Close())
	}
	if s.guard != nil {
		errs = append(errs, s.guard.Keep())
	}
	if s.audit != nil {
		errs = append(errs, s.audit.Close())
	}
	if s.keys != nil {
		errs = append(errs, s.keys.Close())
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}
