package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"anvesh/query/match"
	"anvesh/query/register"
	"anvesh/query/web"
	"anvesh/storage"
)

// checkCmd proves that what is kept agrees.
type checkCmd struct {
	placeFlags
	Full bool    `help:"Make the terms of every record again, and compare the register."`
	Rate natural `help:"With --server: most MiB read from the store a second, beside searches and updates; 0 for as many as there are." default:"20"`
}

func (checkCmd) examples() string {
	return lines("  anvesh check --data /var/lib/anvesh", "  anvesh check --full --data /var/lib/anvesh",
		"  ANVESH_KEY=... anvesh check --server http://127.0.0.1:8080 --rate 20")
}

// Run checks and prints what was read, or what is wrong. A running service checks beside its searches and updates.
func (c *checkCmd) Run(w *world, line *kong.Context) error {
	served, err := c.served(line)
	if err != nil {
		return err
	}
	check := c.checkClosed
	if served {
		check = c.checkServed
	}
	r, err := check(w)
	if err != nil {
		return err
	}
	for _, f := range r.Findings {
		fmt.Fprintln(w.stdout, f)
	}
	fmt.Fprintf(w.stdout, "%d cases, %d forms, %d records, %d documents: %d faults\n", r.Cases, r.Forms, r.Records, r.Documents, r.Faults)
	if r.Faults > 0 {
		return fmt.Errorf("check found %d faults", r.Faults)
	}
	return nil
}

func (c *checkCmd) checkClosed(w *world) (*web.Check, error) {
	if err := mustExist(c.Data); err != nil {
		return nil, err
	}
	s, err := storage.Open(c.options(w, register.New()))
	if err != nil {
		return nil, hintServer(err)
	}
	check := s.Check
	if c.Full {
		check = s.CheckFull
	}
	r, err := check()
	if err = errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	told := &web.Check{Cases: r.Cases, Forms: r.Forms, Records: r.Records, Documents: r.Documents, Faults: r.Faults}
	for _, f := range r.Findings {
		told.Findings = append(told.Findings, f.String())
	}
	return told, nil
}

// checkServed has a running service check, and waits until it has. Where a check runs already it waits for that one,
// and then has its own.
func (c *checkCmd) checkServed(w *world) (*web.Check, error) {
	cl, err := match.NewClient(c.Server, c.Key)
	if err != nil {
		return nil, err
	}
	defer cl.Close()
	var now web.Check
	var refused *match.CallError
	for {
		err := cl.Call(w.ctx, "POST", "/v1/check", web.CheckRequest{Full: c.Full, Rate: int64(c.Rate) << 20}, &now)
		if err == nil {
			break
		}
		if !errors.As(err, &refused) || refused.Code != "running" {
			return nil, err
		}
		if err := pause(w.ctx, keeperLook); err != nil {
			return nil, err
		}
	}
	m, step := w.progress("check segments", 0), now.Step
	for now.Running {
		if now.Step != step {
			m.done()
			m, step = w.progress(now.Step, int64(now.Total)), now.Step
		}
		m.set(int64(now.Done))
		err := pause(w.ctx, keeperLook)
		if err == nil {
			err = cl.Call(w.ctx, "GET", "/v1/check", nil, &now)
		}
		if err != nil {
			m.done()
			return nil, err
		}
	}
	m.done()
	if now.Failed != "" {
		return nil, errors.New("the check could not finish: " + now.Failed)
	}
	return &now, nil
}

// pause waits, or returns the error of ctx.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// rebuildCmd makes the shards again.
type rebuildCmd struct{ placeFlags }

func (rebuildCmd) examples() string {
	return lines("  anvesh rebuild --data /var/lib/anvesh", "  ANVESH_KEY=... anvesh rebuild --server http://127.0.0.1:8080")
}

// Run rebuilds, and opens once, so that what is derived is made and saved too. A running service makes its shards
// beside those in use.
func (c *rebuildCmd) Run(w *world, line *kong.Context) error {
	served, err := c.served(line)
	if err != nil {
		return err
	}
	if served {
		return c.rebuildServed(w)
	}
	return c.rebuildClosed(w)
}

// rebuildClosed makes the shards and what is derived of a stopped service again.
func (c *rebuildCmd) rebuildClosed(w *world) error {
	if err := mustExist(c.Data); err != nil {
		return err
	}
	if err := storage.Rebuild(c.options(w, nil)); err != nil {
		return hintServer(err)
	}
	s, err := storage.Open(c.options(w, register.New()))
	if err != nil {
		return err
	}
	st := s.State()
	if err := s.Close(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "%d persons and %d vehicles indexed in %d shards\n", st.Persons, st.Vehicles, st.Shards)
	return err
}

// mustExist keeps a mistyped --data from making an empty store.
func mustExist(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "store")); err != nil {
		return fmt.Errorf("no store in %s: give its directory with --data", dir)
	}
	return nil
}

// hintServer tells what to do about a directory in use.
func hintServer(err error) error {
	if errors.Is(err, storage.ErrInUse) {
		return fmt.Errorf("%w (--server with its address does this while it runs; GET /v1/status tells how it stands)", err)
	}
	return err
}
