package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"anvesh/query/audit"
	"anvesh/storage"
)

// auditCmd proves and shows the log of who asked what.
type auditCmd struct {
	Verify      auditVerifyCmd      `cmd:"" help:"Prove the whole log: every byte of it."`
	Prove       auditProveCmd       `cmd:"" help:"Prove that one entry stands in the log, as JSON for anybody who has its public key."`
	Export      auditExportCmd      `cmd:"" help:"The entries of a period as NDJSON, for an outside witness."`
	Checkpoint  auditCheckpointCmd  `cmd:"" help:"The signed state of the log, for an outside witness to keep."`
	Consistency auditConsistencyCmd `cmd:"" help:"Prove that a checkpoint has all that an earlier one stood for."`
	CheckProof  auditCheckProofCmd  `cmd:"" help:"Check what prove or consistency gave, with the log's public key and nothing else."`
}

func (auditCmd) examples() string {
	return lines("  anvesh audit verify --data /var/lib/anvesh", "  anvesh audit prove 2026/1234 --data /var/lib/anvesh > proof.json",
		"  anvesh audit checkpoint --data /var/lib/anvesh > witness.txt",
		"  anvesh audit consistency witness.txt --data /var/lib/anvesh",
		"  anvesh audit export --from 2026-11-01 --to 2026-11-30 --data /var/lib/anvesh > november.ndjson")
}

// auditFlags say where the log is.
type auditFlags struct {
	Data string `help:"Directory of the stopped service." default:"anvesh-data" placeholder:"DIR" type:"path"`
}

// with opens the log of a stopped service, does what is asked and closes it.
func (f *auditFlags) with(w *world, do func(*audit.Log) error) error {
	if _, err := os.Stat(filepath.Join(f.Data, "audit")); err != nil {
		return fmt.Errorf("no log of searches in %s: give the service's directory with --data", f.Data)
	}
	l, err := audit.Open(audit.Options{Dir: f.Data, Logger: w.log})
	if err != nil {
		return err
	}
	return errors.Join(do(l), l.Close())
}

// printJSON writes one object as JSON.
func printJSON(w *world, v any) error {
	e := json.NewEncoder(w.stdout)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// auditVerifyCmd proves the whole log.
type auditVerifyCmd struct{ auditFlags }

func (auditVerifyCmd) examples() string { return lines("  anvesh audit verify --data /var/lib/anvesh") }

// Run prints what was read, or what is not as it was written.
func (c *auditVerifyCmd) Run(w *world) error {
	if _, err := os.Stat(c.Data); err != nil {
		return fmt.Errorf("no directory %s: give the service's with --data", c.Data)
	}
	r, err := audit.Verify(c.Data)
	if err != nil {
		return err
	}
	return printReport(w, r)
}

func printReport(w *world, r *audit.Report) error {
	for _, f := range r.Findings {
		fmt.Fprintln(w.stdout, f)
	}
	fmt.Fprintf(w.stdout, "%d entries in %d years, %d bytes: %d faults\n", r.Entries, r.Years, r.Bytes, len(r.Findings))
	if n := len(r.Findings); n > 0 {
		return fmt.Errorf("audit verify found %d faults", n)
	}
	return nil
}

// entryNumber is YEAR/NUMBER.
type entryNumber string

func (e entryNumber) check() error {
	_, _, err := e.read()
	return err
}

func (e entryNumber) read() (year int, number int64, err error) {
	y, n, _ := strings.Cut(string(e), "/")
	year, err = strconv.Atoi(y)
	if err == nil {
		number, err = strconv.ParseInt(n, 10, 64)
	}
	if err != nil || year < 1 || number < 0 {
		return 0, 0, fmt.Errorf("must be the year and the number of an entry, such as 2026/1234, not %q", string(e))
	}
	return year, number, nil
}

// auditProveCmd proves one entry.
type auditProveCmd struct {
	auditFlags
	Entry entryNumber `arg:"" help:"Year and number of the entry, such as 2026/1234."`
}

func (auditProveCmd) examples() string {
	return lines("  anvesh audit prove 2026/1234 --data /var/lib/anvesh > proof.json")
}

// Run prints the proof.
func (c *auditProveCmd) Run(w *world) error {
	year, number, err := c.Entry.read()
	if err != nil {
		return err
	}
	return c.with(w, func(l *audit.Log) error {
		p, err := l.Prove(year, number)
		if err != nil {
			return err
		}
		return printJSON(w, p)
	})
}

// auditDay is one of Indian time.
type auditDay string

func (d auditDay) check() error {
	_, err := d.read()
	return err
}

func (d auditDay) read() (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, string(d), storage.IST)
	if err != nil {
		return t, fmt.Errorf("must be a day, such as 2026-11-30, not %q", string(d))
	}
	return t, nil
}

// auditExportCmd writes a period.
type auditExportCmd struct {
	auditFlags
	From auditDay `required:"" help:"First day, Indian time." placeholder:"DATE"`
	To   auditDay `required:"" help:"Last day, Indian time." placeholder:"DATE"`
}

func (auditExportCmd) examples() string {
	return lines("  anvesh audit export --from 2026-11-01 --to 2026-11-30 --data /var/lib/anvesh > november.ndjson")
}

// Run prints the period.
func (c *auditExportCmd) Run(w *world) error {
	from, err := c.From.read()
	if err != nil {
		return err
	}
	to, err := c.To.read()
	if err != nil {
		return err
	}
	return c.with(w, func(l *audit.Log) error { return l.Export(w.stdout, from, to.AddDate(0, 0, 1)) })
}

// auditCheckpointCmd shows the log's state.
type auditCheckpointCmd struct {
	auditFlags
	Year int `help:"Of the tree; default is the last." placeholder:"YEAR"`
}

func (auditCheckpointCmd) examples() string {
	return lines("  anvesh audit checkpoint --data /var/lib/anvesh > witness.txt")
}

// Run prints the checkpoint, and on standard error the key that it can be checked with.
func (c *auditCheckpointCmd) Run(w *world) error {
	return c.with(w, func(l *audit.Log) error {
		k, err := l.Last(c.Year)
		if err != nil {
			return err
		}
		fmt.Fprintf(w.stderr, "public key of the log: %s\n", l.VerifierKey())
		_, err = w.stdout.Write(k.Note)
		return err
	})
}

// auditConsistencyCmd compares two checkpoints.
type auditConsistencyCmd struct {
	auditFlags
	Old string `arg:"" help:"File of the earlier checkpoint." type:"existingfile"`
	New string `arg:"" optional:"" help:"File of the later one; default is the last of the same year." type:"existingfile"`
}

func (auditConsistencyCmd) examples() string {
	return lines("  anvesh audit consistency witness.txt --data /var/lib/anvesh > proof.json")
}

// Run prints the proof.
func (c *auditConsistencyCmd) Run(w *world) error {
	older, newer, err := c.read()
	if err != nil {
		return err
	}
	return c.with(w, func(l *audit.Log) error {
		p, err := l.Consistent(older, newer)
		if err != nil {
			return err
		}
		return printJSON(w, p)
	})
}

func (c *auditConsistencyCmd) read() (older, newer []byte, err error) {
	if older, err = os.ReadFile(c.Old); err == nil && c.New != "" {
		newer, err = os.ReadFile(c.New)
	}
	return older, newer, err
}

// auditCheckProofCmd checks a proof where neither directory nor service is.
type auditCheckProofCmd struct {
	File   string `arg:"" help:"What prove or consistency gave." type:"existingfile"`
	LogKey string `required:"" help:"Public key of the log, as anvesh audit checkpoint prints it." placeholder:"KEY"`
}

func (auditCheckProofCmd) examples() string {
	return lines("  anvesh audit check-proof proof.json --log-key anvesh-audit-1a2b3c4d+5e6f7a8b+AVZ...")
}

// Run says what the proof shows.
func (c *auditCheckProofCmd) Run(w *world) error {
	if err := audit.CheckVerifierKey(c.LogKey); err != nil {
		return usageError{fmt.Errorf("--log-key: %w", err)}
	}
	raw, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	var entry audit.Proof
	if json.Unmarshal(raw, &entry) == nil && entry.Checkpoint != "" {
		if err := entry.Check(c.LogKey); err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "entry %d of %d stands in the log\n", entry.Number, entry.Year)
		return err
	}
	var two audit.Consistency
	if json.Unmarshal(raw, &two) != nil || two.Old == "" {
		return fmt.Errorf("%s is neither what prove gave nor what consistency gave", c.File)
	}
	if err := two.Check(c.LogKey); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.stdout, "the later checkpoint has all that the earlier one stood for")
	return err
}
