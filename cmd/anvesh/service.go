package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"anvesh/indexer"
	"anvesh/indexer/kafka"
	"anvesh/query"
	"anvesh/query/register"
	"anvesh/query/units"
	"anvesh/storage"
)

// storeFlags name the directory and what it is made with.
type storeFlags struct {
	Data     string   `help:"Directory of everything that is kept." default:"anvesh-data" placeholder:"DIR" type:"path"`
	Shards   positive `help:"Shards of a store that is made; one that is there keeps its own." default:"2"`
	StoreKey storeKey `help:"File of 32 bytes (or 64 hex digits) that encrypts the store; one that is made with it needs it always." placeholder:"FILE"`
	Units    string   `help:"Table of units (CSV as query/units/units.csv); default is the one in the program." placeholder:"FILE" type:"existingfile"`
}

// A storeKey is read from its file as the flags are, so that a wrong one is told before anything is opened.
type storeKey struct{ bytes []byte }

// UnmarshalText reads the file of that name.
func (k *storeKey) UnmarshalText(name []byte) error {
	if len(name) == 0 {
		return nil
	}
	b, err := os.ReadFile(string(name))
	if err != nil {
		return err
	}
	if text, err := hex.DecodeString(strings.TrimSpace(string(b))); err == nil && len(text) == storage.KeyLength {
		b = text
	}
	if len(b) != storage.KeyLength {
		return fmt.Errorf("%s must hold a key of %d bytes, or as many in hex: openssl rand -hex %d makes one", name, storage.KeyLength, storage.KeyLength)
	}
	k.bytes = b
	return nil
}

// options are those of the store, with what lives in query handed in.
func (f *storeFlags) options(w *world, reg *register.Register) storage.Options {
	o := storage.Options{Dir: f.Data, Shards: int(f.Shards), Terms: register.NewTerms(), TermsSum: register.TermsSum, TermsVersion: register.TermsVersion, Logger: w.log, Key: f.StoreKey.bytes}
	if reg != nil {
		o.Derived = reg
	}
	o.Context = w.ctx
	var mu sync.Mutex // a rebuild beside tells its progress from a goroutine of its own
	var m *meter
	var step string
	o.Progress = func(p storage.Progress) {
		mu.Lock()
		defer mu.Unlock()
		if p.Step != step {
			if m != nil {
				m.done()
			}
			m, step = nil, p.Step
			if step != "" { // else all steps have ended
				m = w.progress(step, int64(p.Total))
			}
		}
		if m != nil {
			m.set(int64(p.Done))
		}
	}
	return o
}

func (f *storeFlags) units() (*units.Units, error) {
	if f.Units == "" {
		return units.Default(), nil
	}
	file, err := os.Open(f.Units)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	u, err := units.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Units, err)
	}
	return u, nil
}

// within tells whether a station or district, by code or name, lies in a unit today.
func within(u *units.Units) func(unit, station, district string) bool {
	return func(unit, station, district string) bool {
		var codes []string
		if station != "" {
			codes = u.FindStations(station)
		} else if district != "" {
			codes = u.FindDistricts(district)
		}
		return slices.ContainsFunc(codes, func(code string) bool {
			for code != "" && code != unit {
				above, _ := u.Parent(code, time.Time{})
				code = above.Code
			}
			return code == unit
		})
	}
}

// kafkaFlags say how to reach a cluster.
type kafkaFlags struct {
	Brokers      []string `help:"Kafka brokers, host:port,..." placeholder:"HOST:PORT"`
	Topic        string   `help:"Topic of updates." default:"iif.updates"`
	Rejected     string   `help:"Topic of dead letters." default:"iif.rejected"`
	KafkaTLS     bool     `name:"kafka-tls" help:"Speak TLS to the brokers."`
	KafkaCA      string   `name:"kafka-ca" help:"PEM file of the brokers' CA; default the system's." placeholder:"FILE"`
	KafkaCert    string   `name:"kafka-cert" help:"PEM file of our certificate." placeholder:"FILE"`
	KafkaKey     string   `name:"kafka-key" help:"PEM file of its key." placeholder:"FILE"`
	SASL         string   `name:"sasl" help:"PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512." enum:",PLAIN,SCRAM-SHA-256,SCRAM-SHA-512" default:"" placeholder:"MECHANISM"`
	SASLUser     string   `name:"sasl-user" help:"User."`
	SASLPassword string   `name:"sasl-password" help:"Password; better as ANVESH_SASL_PASSWORD."`
}

func (f *kafkaFlags) options(w *world) (kafka.Options, error) {
	o := kafka.Options{Brokers: f.Brokers, Topic: f.Topic, Rejected: f.Rejected, Logger: w.log,
		SASL: kafka.SASL{Mechanism: f.SASL, User: f.SASLUser, Password: f.SASLPassword}}
	if f.KafkaTLS || f.KafkaCA != "" || f.KafkaCert != "" || f.KafkaKey != "" {
		t, err := kafka.TLSFiles(f.KafkaCA, f.KafkaCert, f.KafkaKey)
		if err != nil {
			return o, err
		}
		o.TLS = t
	}
	return o, nil
}

// brokerFlags are those of a process that may hold the broker itself.
type brokerFlags struct {
	BrokerListen address  `help:"Where the embedded broker listens." default:"127.0.0.1:9092" placeholder:"HOST:PORT"`
	Partitions   positive `help:"Partitions of the topic of updates when it is made." default:"4"`
	AcceptGap    bool     `help:"Accept that the log has lost updates: start an empty store behind offset 0, read a log that was cut again from its start, go on with a damaged embedded log, and do not call answers incomplete for offsets that are missing."`
}

// keepFlags say how a running service looks after what it keeps.
type keepFlags struct {
	Reserve   natural `help:"MiB of the disk that updates and the embedded log leave free: below it the service takes none, answers on, and says so." default:"512"`
	ScrubRate natural `help:"MiB a second that are read in the background to find what has rotted on the disk; 0 for none." default:"4"`
}

// Open files. The store's tables, the segments of the shards and a rebuild's beside them, and the log take some two
// hundred; each connection is one more. Below leastFiles the service would fail in the middle of its work, so it does not
// start; below fewFiles it says so, and takes half of them for connections at most, for where a connection takes the last
// one the store cannot open its next.
const (
	leastFiles = 256
	fewFiles   = 1024
)

// connections is how many connections the limit of open files allows, at most those of web. Go has raised the soft limit
// already.
func connections(w *world) (int, error) {
	const most = 4096
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return most, nil
	}
	if files.Cur < leastFiles {
		return 0, fmt.Errorf("only %d files may be open at once, at least %d are needed and %d are right: raise the limit with ulimit -n or LimitNOFILE=", files.Cur, leastFiles, 2*most)
	}
	if files.Cur < fewFiles {
		w.log.Warn("few files may be open: raise the limit with ulimit -n or LimitNOFILE=", "limit", files.Cur, "wanted", fewFiles)
	}
	return int(min(files.Cur/2, most)), nil
}

// spareProcessors lets more goroutines run at once than there are cores, unless the environment says how many, and returns
// the number of cores. Searches take every core for milliseconds at a time, and Go's scheduler hands a goroutine to whom
// bytes have come no processor before one of them has had its ten milliseconds. With one to spare the kernel shares the
// cores, and requests are read, refused and applied meanwhile: measured at ten times the load that a core carries, the
// slowest hundredth waited 260 ms without and 25 to 60 ms with it. What works in the background, as many rows of a list as
// there are cores above all, has low rank with the kernel (storage/background) and processors of its own, so that it holds
// none that a search could have.
func spareProcessors() (cores int) {
	cores = runtime.GOMAXPROCS(0)
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2*cores + 1)
	}
	return cores
}

// Garbage gathers between two runs of the collector until there is headroom bytes of it, but no more than mostGarbage percent of
// what is alive, and as much as is alive in any case, which is Go's own rule. A run takes a core for as long as what is alive needs,
// and searches beside it wait: with 1,000,000 records, updates, a list and 100 searches a second on two cores, a
// collector that waited for four times what is alive took p99 from 93 to 85 ms and answered half as many rows of the list again. The more is alive, the
// nearer this comes to Go's own rule, which it is from headroom on: large services need little more memory for it, small ones the most.
const (
	headroom    = 640 << 20
	mostGarbage = 400
)

// spareCollector sets that, every few seconds until the context ends, unless the environment says how much garbage may gather.
func spareCollector(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	alive := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	set := 100 // Go's own
	for tick := time.NewTicker(5 * time.Second); ; {
		metrics.Read(alive)
		if percent := garbagePercent(alive[0].Value.Uint64()); percent != set {
			set = percent
			debug.SetGCPercent(percent)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// garbagePercent is how much garbage may gather beside so many bytes that are alive, in percent of them and in steps of ten, since
// each new setting stops the program for a moment.
func garbagePercent(alive uint64) int {
	if alive == 0 { // nothing was collected yet
		return 100
	}
	return int(min(max(headroom*100/alive/10*10, 100), mostGarbage))
}

func viewCase(c *storage.Case, values [][]byte, sealed bool, shown func(fir string) (bool, error)) (query.CaseView, error) {
	v, err := indexer.View(c, values, sealed, shown)
	if v == nil {
		return nil, err
	}
	return v, err
}

// Why answers may miss records at first.
const (
	opening = "the embedded log is being checked: what it holds behind what was applied is not found yet"
	behind  = "what the log held when it was reached is not applied yet"
)

// refold sees to it that nothing is held which the present rules hide; until then the log is not read, and so no search
// answered. It waits for room on the disk as updates do.
func (s *service) refold(ctx context.Context, x *indexer.Indexer) error {
	for {
		_, err := x.Refold(ctx)
		switch {
		case err == nil:
			s.folded.Store(true)
			return nil
		case ctx.Err() != nil:
			return nil
		case !errors.Is(err, storage.ErrReserve):
			return err
		}
		s.w.log.Warn("records are to be made anew, which waits for room on the disk", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Second):
		}
	}
}

// logState is how the reading of the log stands, in the words of query.
func (s *service) logState() query.LogState {
	if !s.folded.Load() {
		return query.LogState{Degraded: []string{"records are made anew under the present rules of what may be shown"}}
	}
	st := query.LogState{CaughtUp: s.client.CaughtUp()}
	s.whileApart(&st)
	for _, p := range s.client.Status() {
		q := query.Partition{Partition: p.Partition, Offset: p.Next, End: p.End, Lag: p.Lag, Degraded: p.Degraded}
		if !p.Through.IsZero() {
			t := p.Through.UTC()
			q.Through = &t
		}
		st.Partitions = append(st.Partitions, q)
		if p.Degraded != "" {
			st.Degraded = append(st.Degraded, "partition "+strconv.Itoa(p.Partition)+": "+p.Degraded)
		}
	}
	if s.audit.Broken() != nil {
		st.Degraded = append(st.Degraded, "the log of searches cannot be written, and nothing is answered, until the service is started again")
	}
	if n := s.store.State().Counts[indexer.CountMissing]; n > 0 && !s.gapIsOK {
		st.Degraded = append(st.Degraded, fmt.Sprintf("the log had lost %d updates before they were read (compacted or damaged): restore a backup, or accept it with --accept-gap", n))
	}
	return st
}

// whileApart lets a service that holds something answer from it, degraded, where the cluster was not there at the start
// and while the embedded log is not open. It goes on answering while what the log held by then is applied: nobody's
// searches stop because the cluster came back. An empty store has nothing to say, and waits.
func (s *service) whileApart(st *query.LogState) {
	why := s.client.Apart()
	select {
	case <-s.opened:
	default:
		why = opening
	}
	if why != "" {
		st.Degraded = append(st.Degraded, why)
		if s.store.State().Cases > 0 {
			s.answering.Store(true)
		}
	}
	if s.answering.Load() && !st.CaughtUp {
		if st.CaughtUp = true; why == "" {
			st.Degraded = append(st.Degraded, behind)
		}
	}
}
