package main

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/match"
	"anvesh/query/statement"
	"anvesh/storage"
)

// auditCmd proves and shows the log of who asked what.
type auditCmd struct {
	Verify      auditVerifyCmd      `cmd:"" help:"Prove the whole log: every byte of it."`
	Prove       auditProveCmd       `cmd:"" help:"Prove that one entry stands in the log, as JSON for anybody who has its public key."`
	Export      auditExportCmd      `cmd:"" help:"The entries of a period as NDJSON, for an outside witness."`
	Show        auditShowCmd        `cmd:"" help:"What the log has, by asker, unit, case or record, the newest first, as NDJSON."`
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

// auditFlags say where the log is: in the directory of a stopped service, or with a running one.
type auditFlags struct {
	Data   string `help:"Directory of the stopped service." default:"anvesh-data" placeholder:"DIR" type:"path"`
	Server string `help:"Address of the running service, in place of --data." placeholder:"URL"`
	Key    string `help:"With --server: the key of an administrator or auditor; better as ANVESH_KEY."`
}

// A searchLog is what proofs of the log are asked of.
type searchLog interface {
	Verify() (*audit.Report, error)
	Prove(year int, number int64) (*audit.Proof, error)
	Consistent(older, newer []byte) (*audit.Consistency, error)
	Export(w io.Writer, from, to time.Time) error
	checkpoint(year int) (note, key string, err error)
	show(c *auditShowCmd) (*shownEntries, error)
}

// with opens the log, does what is asked and closes it. What stands on the command line counts before what comes from
// variables and the config file; among those, the service.
func (f *auditFlags) with(w *world, line *kong.Context, do func(searchLog) error) error {
	data, server := stands(line, "data"), stands(line, "server")
	if data && server {
		return usageError{errors.New("give either --data or --server")}
	}
	if f.Server != "" && !data {
		c, err := match.NewClient(f.Server, f.Key)
		if err != nil {
			return err
		}
		defer c.Close()
		return do(servedLog{w.ctx, c})
	}
	if !isThere(f.Data, "audit") {
		return noLog(f.Data)
	}
	l, err := audit.Open(audit.Options{Dir: f.Data, Logger: w.log})
	if err != nil {
		return err
	}
	return errors.Join(do(storedLog{l}), l.Close())
}

func isThere(path ...string) bool {
	_, err := os.Stat(filepath.Join(path...))
	return err == nil
}

// noLog refuses a directory that was never a service's, and leaves it as it is.
func noLog(dir string) error {
	return fmt.Errorf("no log of searches in %s: give the service's directory with --data, or its address with --server", dir)
}

// storedLog is that of a directory that no service has open.
type storedLog struct{ *audit.Log }

func (l storedLog) checkpoint(year int) (note, key string, err error) {
	c, err := l.Last(year)
	return string(c.Note), l.VerifierKey(), err
}

// show writes the look to the log before it looks.
func (l storedLog) show(c *auditShowCmd) (*shownEntries, error) {
	q := audit.Query{Who: c.Who, Unit: c.Unit, FIR: c.FIR, Record: c.Record, Kind: c.Kind, Limit: int(c.Limit)}
	var err error
	if c.From != "" {
		if q.From, err = c.From.read(); err != nil {
			return nil, err
		}
	}
	if c.To != "" {
		if q.To, err = c.To.read(); err != nil {
			return nil, err
		}
		q.To = q.To.AddDate(0, 0, 1)
	}
	look := audit.Event{Kind: audit.KindAudit, Who: access.Program("anvesh audit show"), Rows: []audit.Row{{About: "log", Asked: c.asked(), Complete: true}}}
	if err := l.Append(context.Background(), &look); err != nil {
		return nil, err
	}
	var s shownEntries
	s.Entries, _, err = l.Find(q)
	return &s, err
}

// servedLog is that of a running service.
type servedLog struct {
	ctx context.Context
	c   *match.Client
}

func (l servedLog) Verify() (*audit.Report, error) {
	var r audit.Report
	return &r, l.c.Call(l.ctx, "POST", "/v1/audit/verify", nil, &r)
}

func (l servedLog) Prove(year int, number int64) (*audit.Proof, error) {
	var p audit.Proof
	return &p, l.c.Call(l.ctx, "GET", fmt.Sprintf("/v1/audit/proof?year=%d&entry=%d", year, number), nil, &p)
}

func (l servedLog) Consistent(older, newer []byte) (*audit.Consistency, error) {
	var p audit.Consistency
	return &p, l.c.Call(l.ctx, "POST", "/v1/audit/consistency", map[string]string{"old": string(older), "new": string(newer)}, &p)
}

func (l servedLog) Export(w io.Writer, from, to time.Time) error {
	last := to.AddDate(0, 0, -1)
	resp, err := l.c.Do(l.ctx, "GET", "/v1/audit/export?from="+from.Format(time.DateOnly)+"&to="+last.Format(time.DateOnly), "", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(w, resp.Body)
	return err
}

func (l servedLog) checkpoint(year int) (note, key string, err error) {
	var k struct{ Checkpoint, Key string }
	err = l.c.Call(l.ctx, "GET", "/v1/audit/checkpoint?year="+strconv.Itoa(year), nil, &k)
	return k.Checkpoint, k.Key, err
}

func (l servedLog) show(c *auditShowCmd) (*shownEntries, error) {
	args := url.Values{"limit": {strconv.Itoa(int(c.Limit))}}
	for name, value := range c.asked() {
		args.Set(name, value)
	}
	var s shownEntries
	return &s, l.c.Call(l.ctx, "GET", "/v1/audit?"+args.Encode(), nil, &s)
}

// shownEntries are what a look-up found.
type shownEntries struct{ Entries []*audit.Entry }

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
func (c *auditVerifyCmd) Run(w *world, line *kong.Context) error {
	if c.Server != "" && !stands(line, "data") || stands(line, "server") {
		return c.with(w, line, func(l searchLog) error {
			r, err := l.Verify()
			if err != nil {
				return err
			}
			return printReport(w, r)
		})
	}
	if !isThere(c.Data, "audit") && !isThere(c.Data, "secret", "audit.json") { // where only one is gone, that is what is found
		return noLog(c.Data)
	}
	r, err := audit.Verify(c.Data) // before an open repairs anything
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
func (c *auditProveCmd) Run(w *world, line *kong.Context) error {
	year, number, err := c.Entry.read()
	if err != nil {
		return err
	}
	return c.with(w, line, func(l searchLog) error {
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
	if d == "" {
		return nil
	}
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
func (c *auditExportCmd) Run(w *world, line *kong.Context) error {
	from, err := c.From.read()
	if err != nil {
		return err
	}
	to, err := c.To.read()
	if err != nil {
		return err
	}
	return c.with(w, line, func(l searchLog) error { return l.Export(w.stdout, from, to.AddDate(0, 0, 1)) })
}

// auditShowCmd looks entries up.
type auditShowCmd struct {
	auditFlags
	Who    string   `help:"The asker: number in the rolls, or id or name of the credential."`
	Unit   string   `help:"Code of the asker's unit."`
	FIR    string   `name:"fir" help:"Entries that showed the case or a record of it."`
	Record string   `help:"Entries that showed the record."`
	Kind   string   `help:"search, list, view, export, unmasking, credential, audit, update, destruction, alarm or refusal." enum:",search,list,view,export,unmasking,credential,audit,update,destruction,alarm,refusal" default:""`
	From   auditDay `help:"First day, Indian time." placeholder:"DATE"`
	To     auditDay `help:"Last day." placeholder:"DATE"`
	Limit  positive `help:"Most entries, up to 1000." default:"100"`
}

func (auditShowCmd) examples() string {
	return lines("  anvesh audit show --who 'desk 3' --from 2026-11-01 --data /var/lib/anvesh",
		"  anvesh audit show --kind alarm --from 2026-11-01 --data /var/lib/anvesh",
		"  ANVESH_KEY=... anvesh audit show --record 13225008230123/p/A1 --server http://127.0.0.1:8080")
}

// Run prints an entry a line.
func (c *auditShowCmd) Run(w *world, line *kong.Context) error {
	return c.with(w, line, func(l searchLog) error {
		s, err := l.show(c)
		if err != nil {
			return err
		}
		for _, e := range s.Entries {
			if err := printJSON(w, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// asked is what is asked, by the names of GET /v1/audit.
func (c *auditShowCmd) asked() map[string]string {
	asked := map[string]string{"who": c.Who, "unit": c.Unit, "fir": c.FIR, "record": c.Record, "kind": c.Kind, "from": string(c.From), "to": string(c.To)}
	maps.DeleteFunc(asked, func(_, value string) bool { return value == "" })
	return asked
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
func (c *auditCheckpointCmd) Run(w *world, line *kong.Context) error {
	return c.with(w, line, func(l searchLog) error {
		note, key, err := l.checkpoint(c.Year)
		if err != nil {
			return err
		}
		fmt.Fprintf(w.stderr, "public key of the log: %s\n", key)
		_, err = io.WriteString(w.stdout, note)
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
func (c *auditConsistencyCmd) Run(w *world, line *kong.Context) error {
	older, newer, err := c.read()
	if err != nil {
		return err
	}
	return c.with(w, line, func(l searchLog) error {
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

// logCredentials writes a change of credentials of a stopped service to its log, before it is made.
func logCredentials(w *world, dir string, line *kong.Context) error {
	command, _, _ := strings.Cut(line.Command(), " <")
	if strings.HasSuffix(command, " list") || strings.HasSuffix(command, " report") {
		return nil
	}
	asked := map[string]any{"do": command}
	for _, p := range line.Path {
		switch {
		case p.Flag != nil && !slices.Contains([]string{"data", "server", "key"}, p.Flag.Name):
			asked[p.Flag.Name] = line.FlagValue(p.Flag)
		case p.Positional != nil:
			asked[p.Positional.Name] = p.Positional.Target.Interface()
		}
	}
	if u, err := user.Current(); err == nil {
		asked["user"] = u.Username
	}
	l, err := audit.Open(audit.Options{Dir: dir, Logger: w.log})
	if err != nil {
		return err
	}
	ev := audit.Event{Kind: audit.KindCredential, Who: access.Program("anvesh keys"), Rows: []audit.Row{{About: "key", Asked: asked, Complete: true}}}
	return errors.Join(l.Append(w.ctx, &ev), l.Close())
}

// verifyStatementCmd checks a statement where no service is.
type verifyStatementCmd struct {
	File string `arg:"" help:"What a search with ?statement=1 was answered." type:"existingfile"`
	Key  string `help:"Public key, as GET /v1/statements/key gives it or in PEM; else that of --data." placeholder:"FILE" type:"existingfile" env:"-"`
	Data string `help:"Directory of the service." default:"anvesh-data" placeholder:"DIR" type:"path"`
}

func (verifyStatementCmd) examples() string {
	return lines("  anvesh verify-statement statement.json --key anvesh.pem", "  anvesh verify-statement statement.json --data /var/lib/anvesh")
}

// Run prints what the statement states.
func (c *verifyStatementCmd) Run(w *world) error {
	key, err := c.key()
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	s, err := statement.Open(raw, key)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	asked, err := json.Marshal(s.Asked)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "valid\n%s\n%s\n", s.Text, s.Hindi)
	fmt.Fprintf(w.stdout, "asked for a %s: %s\n", s.Kind, asked)
	fmt.Fprintf(w.stdout, "by %s, role %s, at %s; search %s\n", cmp.Or(s.By.Person, s.By.Name), s.By.Role, s.At.In(storage.IST).Format(time.RFC3339), s.SearchID)
	for _, r := range s.Remarks {
		fmt.Fprintf(w.stdout, "remark: %s\n", r)
	}
	if s.Practice {
		fmt.Fprintln(w.stdout, "the records were made up, for practice")
	}
	return nil
}

func (c *verifyStatementCmd) key() (ed25519.PublicKey, error) {
	if c.Key == "" {
		if !statement.HasKey(c.Data) {
			return nil, fmt.Errorf("no key of statements in %s: give the public key with --key, or the service's directory with --data", c.Data)
		}
		k, err := statement.OpenKey(c.Data)
		if err != nil {
			return nil, err
		}
		return statement.ParsePublic([]byte(k.Public()))
	}
	raw, err := os.ReadFile(c.Key)
	if err != nil {
		return nil, err
	}
	var answered struct{ PEM string }
	if json.Unmarshal(raw, &answered) == nil {
		raw = []byte(answered.PEM)
	}
	return statement.ParsePublic(raw)
}
