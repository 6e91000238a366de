package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/alecthomas/kong"

	"anvesh/query"
	"anvesh/storage"
)

// checkCmd proves that what is kept agrees.
type checkCmd struct {
	storeFlags
	Full bool `help:"Make the terms of every record again, and compare the register."`
}

func (checkCmd) examples() string {
	return lines("  anvesh check --data /var/lib/anvesh", "  anvesh check --full --data /var/lib/anvesh")
}

// Run checks and prints what was read, or what is wrong.
func (c *checkCmd) Run(w *world) error {
	if err := mustExist(c.Data); err != nil {
		return err
	}
	s, err := storage.Open(c.options(w, query.NewRegister()))
	if err != nil {
		return hintServer(err)
	}
	check := s.Check
	if c.Full {
		check = s.CheckFull
	}
	r, err := check()
	if err = errors.Join(err, s.Close()); err != nil {
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
	if err := mustExist(c.Data); err != nil {
		return err
	}
	if err := storage.Rebuild(c.options(w, nil)); err != nil {
		return hintServer(err)
	}
	s, err := storage.Open(c.options(w, query.NewRegister()))
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
