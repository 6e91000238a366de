package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"anvesh/indexer"
	"anvesh/indexer/kafka"
	"anvesh/query/register"
	"anvesh/storage"
)

// mendCmd puts damaged cases right.
type mendCmd struct {
	storeFlags
	Case       caseNumbers `arg:"" optional:"" help:"FIR registration numbers of the cases, as GET /v1/status and anvesh check name them."`
	From       string      `help:"Directory of a backup that may have what is lost." placeholder:"DIR" type:"existingdir"`
	NoLog      bool        `help:"Do not read the log: neither --brokers nor the embedded broker's in --data."`
	AcceptLoss bool        `help:"Go on with what there is, where something is lost for good. Without a case: take what can be read of the store for all that there was."`
	backupKeyFlag
	kafkaFlags
}

func (mendCmd) examples() string {
	return lines("  anvesh mend 13225008230123 --from /backup/anvesh --data /var/lib/anvesh",
		"  anvesh mend 13225008230123 --brokers k1:9092 --data /var/lib/anvesh", "  anvesh mend --accept-loss --data /var/lib/anvesh")
}

// Run mends the cases one after the other, and makes shards and register again where that is needed. The service is stopped.
func (c *mendCmd) Run(w *world) error {
	if len(c.Case) == 0 && !c.AcceptLoss {
		return usageError{errors.New("give the number of a case: anvesh check --data and GET /v1/status list those that are damaged")}
	}
	if err := mustExist(c.Data); err != nil {
		return err
	}
	s, err := storage.Open(c.storeFlags.options(w, register.New()))
	if errors.Is(err, storage.ErrInUse) {
		return fmt.Errorf("%w: mend works on a service that is stopped", err)
	}
	if err != nil {
		return err
	}
	rebuild, err := c.mendAll(w, s)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	if !rebuild {
		return nil
	}
	again := rebuildCmd{placeFlags{storeFlags: c.storeFlags}}
	return again.rebuildClosed(w)
}

// mendAll tells whether shards and register are to be made again.
func (c *mendCmd) mendAll(w *world, s *storage.Store) (rebuild bool, err error) {
	if len(c.Case) == 0 {
		if err := s.AcceptLoss(w.ctx); err != nil {
			return false, err
		}
		_, err := fmt.Fprintf(w.stdout, "%d cases can be read and are taken for all that there are\n", s.State().Cases)
		return true, err
	}
	var log *indexer.History
	if !c.NoLog {
		if log, err = c.readLog(w, s); err != nil {
			return false, err
		}
	}
	backups, err := c.in(w, c.From, false)
	if err != nil {
		return false, err
	}
	x := indexer.New(s, nil, w.log)
	if err := keepOut(x, c.Data); err != nil {
		return false, err
	}
	for _, fir := range c.Case {
		from := indexer.MendSources{Log: log}
		if c.From != "" {
			if from.Backup, err = backups.Case(fir); err != nil {
				return rebuild, err
			}
		}
		m, err := x.Mend(w.ctx, fir, from, c.AcceptLoss)
		if m != nil {
			fmt.Fprintln(w.stdout, m)
		}
		if err != nil {
			return rebuild, fmt.Errorf("case %s: %w", fir, err)
		}
		rebuild = rebuild || m.Rebuild
	}
	return rebuild, nil
}

// readLog reads what the log still holds of the cases: of a cluster, or of the embedded broker.
func (c *mendCmd) readLog(w *world, s *storage.Store) (*indexer.History, error) {
	o, err := c.kafkaFlags.options(w)
	if err != nil {
		return nil, err
	}
	if dir := filepath.Join(c.Data, "log"); len(o.Brokers) == 0 {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
		b, err := kafka.StartBroker(kafka.BrokerOptions{Dir: dir, Listen: "127.0.0.1:0", Room: s.BelowReserve, Logger: w.log})
		if err != nil {
			return nil, fmt.Errorf("read the log: %w (--no-log goes on without it)", err)
		}
		defer b.Close()
		o.Brokers = []string{b.Addr()}
	}
	o.AcceptGap = true // what is left of it is read
	client, err := kafka.Open(o)
	if err == nil {
		defer client.Close()
		err = client.Connect(w.ctx)
	}
	if err == nil && client.Apart() != "" {
		err = errors.New(client.Apart())
	}
	if err != nil {
		return nil, fmt.Errorf("read the log: %w (--no-log goes on without it)", err)
	}
	return collect(w.ctx, client, c.Case)
}

// A collector reads the log from its start.
type collector struct {
	mu      sync.Mutex
	history *indexer.History
	nexts   map[int]int64
}

// collect reads the whole log.
func collect(ctx context.Context, client *kafka.Client, cases []string) (*indexer.History, error) {
	c := &collector{history: indexer.NewHistory(cases...), nexts: map[int]int64{}}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- client.Run(ctx, c) }()
	defer cancel()
	for !client.CaughtUp() {
		select {
		case err := <-ended:
			return nil, fmt.Errorf("read the log: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	cancel()
	<-ended
	return c.history, nil
}

// Next begins at the log's start.
func (c *collector) Next(_ string, partition int) (int64, indexer.Proof, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next, known := c.nexts[partition]
	return next, indexer.Proof{}, known, nil
}

// Rewind goes on where the client says.
func (c *collector) Rewind(_ context.Context, _ string, partition int, next, _ int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nexts[partition] = next
	return nil
}

// Apply keeps what is of the cases.
func (c *collector) Apply(_ context.Context, b indexer.Batch) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nexts[b.Partition] = b.Next
	c.history.Add(b)
	return nil
}
