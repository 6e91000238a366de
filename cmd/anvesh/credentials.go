package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"anvesh/query/access"
	"anvesh/query/match"
)

// credentialChange is what keys change changes: what is nil stays.
type credentialChange struct {
	Away        *bool   `json:"away,omitempty"`
	Searches    *int    `json:"searches,omitempty"`
	Certificate *string `json:"certificate,omitempty"`
}

// as opens the keyring for steps that somebody answers for by name.
func (f *byFlags) as(ring *keyringFlags, w *world, line *kong.Context, do func(keyring) error) error {
	return ring.with(w, line, false, func(k keyring) error {
		if stored, is := k.(storedKeys); is {
			who, err := access.ByName(string(f.By))
			if err != nil {
				return usageError{errors.New("with --data, --by says who does this: a name of 1 to 64 letters, digits, spaces or . _ @ -")}
			}
			stored.by = who
			k = stored
		}
		return do(k)
	})
}

// keysRequestCmd asks for credentials.
type keysRequestCmd struct {
	keyringFlags
	byFlags
	Name   string  `help:"As it is to be shown; default the person's number." placeholder:"WHO"`
	Person string  `help:"Number of the person in the service's rolls; none for a machine." placeholder:"NUMBER"`
	Role   string  `help:"${roles}." placeholder:"ROLE"`
	Pillar string  `help:"Where it is not the role's." placeholder:"PILLAR"`
	Unit   string  `help:"Code of station, district or range; none for the state." placeholder:"CODE"`
	Rank   string  `help:"As the rolls have it."`
	Days   natural `help:"That it is valid for; a year if it is not said." placeholder:"N"`
	CSV    string  `name:"csv" help:"A list in place of these: columns name, person, role, pillar, unit, rank, days, in any order; - for standard input." placeholder:"FILE"`
}

func (keysRequestCmd) examples() string {
	return lines("  anvesh keys request --person HR-100234 --role sho --unit 13225008 --rank Inspector --server http://127.0.0.1:8080",
		"  anvesh keys request --csv courts.csv --server http://127.0.0.1:8080   # a pillar's joining day; prints the batch")
}

// Run prints the id of the request, or the batch of a list.
func (c *keysRequestCmd) Run(w *world, line *kong.Context) error {
	wanted := []access.Wanted{{Name: c.Name, Person: c.Person, Role: c.Role, Pillar: c.Pillar, Unit: c.Unit, Rank: c.Rank, Days: int(c.Days)}}
	if c.CSV != "" {
		if c.Name+c.Person+c.Role+c.Unit+c.Rank != "" {
			return usageError{errors.New("give either --csv or the fields of one credential")}
		}
		var err error
		if wanted, err = c.readList(w); err != nil {
			return err
		}
	}
	return c.as(&c.keyringFlags, w, line, func(k keyring) error {
		if c.CSV == "" {
			key, err := k.request(wanted[0])
			if err == nil {
				_, err = fmt.Fprintln(w.stdout, key.ID)
			}
			return err
		}
		return c.requestAll(w, k, wanted)
	})
}

// requestAll requests a list, line by line; what is refused is named with its line, and the others stand.
func (c *keysRequestCmd) requestAll(w *world, k keyring, wanted []access.Wanted) error {
	refused := 0
	for i, one := range wanted {
		if _, err := k.request(one); err != nil {
			refused++
			fmt.Fprintf(w.stderr, "line %d: %v\n", i+2, err)
		}
	}
	if _, err := fmt.Fprintln(w.stdout, wanted[0].Batch); err != nil {
		return err
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d were not requested", refused, len(wanted))
	}
	return nil
}

// readList reads the CSV list; its lines have a batch in common.
func (c *keysRequestCmd) readList(w *world) ([]access.Wanted, error) {
	in := w.stdin
	if c.CSV != "-" {
		f, err := os.Open(c.CSV)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	r := csv.NewReader(in)
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.CSV, err)
	}
	batch := "b" + time.Now().UTC().Format("20060102-150405")
	var list []access.Wanted
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.CSV, err)
		}
		one := access.Wanted{Batch: batch}
		for i, cell := range cells {
			if err := put(&one, strings.ToLower(strings.TrimSpace(strings.TrimPrefix(head[i], "\ufeff"))), strings.TrimSpace(cell)); err != nil {
				return nil, fmt.Errorf("%s, line %d: %w", c.CSV, len(list)+2, err)
			}
		}
		list = append(list, one)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s: holds no line below its columns", c.CSV)
	}
	return list, nil
}

// put sets one column of a line.
func put(w *access.Wanted, column, cell string) error {
	texts := map[string]*string{"name": &w.Name, "person": &w.Person, "role": &w.Role, "pillar": &w.Pillar, "unit": &w.Unit, "rank": &w.Rank}
	if to := texts[column]; to != nil {
		*to = cell
		return nil
	}
	if column != "days" {
		return fmt.Errorf("column %q: must be one of name, person, role, pillar, unit, rank, days", column)
	}
	if cell == "" {
		return nil
	}
	if _, err := fmt.Sscanf(cell, "%d", &w.Days); err != nil {
		return errors.New("days: must be a whole number")
	}
	return nil
}

// stepFlags name one credential, or a batch of them.
type stepFlags struct {
	keyringFlags
	byFlags
	Which string `arg:"" optional:"" name:"id-or-name" help:"The credential's id or name."`
	Batch string `help:"All of a list in place of one: the batch that keys request printed." placeholder:"BATCH"`
}

// each takes a step for the one, or for all of the batch that are at that state.
func (f *stepFlags) each(w *world, line *kong.Context, step, at string, done func(plaintext string, key access.Key) error) error {
	if (f.Which == "") == (f.Batch == "") {
		return usageError{errors.New("give either one credential or --batch")}
	}
	return f.as(&f.keyringFlags, w, line, func(k keyring) error {
		which := []string{f.Which}
		if f.Batch != "" {
			list, err := k.list()
			if err != nil {
				return err
			}
			which = nil
			for _, key := range list {
				if key.Batch == f.Batch && key.State(time.Now()) == at {
					which = append(which, key.ID)
				}
			}
			if len(which) == 0 {
				return fmt.Errorf("no credential of batch %s is %s", f.Batch, at)
			}
		}
		for _, one := range which {
			plaintext, key, err := k.step(step, one)
			if err == nil {
				err = done(plaintext, key)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// said says on stderr what became of a credential.
func said(w *world, what string) func(string, access.Key) error {
	return func(_ string, key access.Key) error {
		_, err := fmt.Fprintf(w.stderr, "%s %s (%s)\n", what, key.ID, key.Name)
		return err
	}
}

// keysApproveCmd approves requests.
type keysApproveCmd struct{ stepFlags }

// Run says which on stderr.
func (c *keysApproveCmd) Run(w *world, line *kong.Context) error {
	return c.each(w, line, "approve", "requested", said(w, "approved"))
}

// keysRefuseCmd refuses requests.
type keysRefuseCmd struct{ stepFlags }

// Run says which on stderr.
func (c *keysRefuseCmd) Run(w *world, line *kong.Context) error {
	return c.each(w, line, "refuse", "requested", said(w, "refused"))
}

// keysIssueCmd makes the keys of what was approved.
type keysIssueCmd struct{ stepFlags }

// Run prints the key, or of a batch a CSV list: id, name, person, unit, key.
func (c *keysIssueCmd) Run(w *world, line *kong.Context) error {
	if c.Batch == "" {
		return c.each(w, line, "issue", "approved", func(plaintext string, _ access.Key) error {
			_, err := fmt.Fprintln(w.stdout, plaintext)
			return err
		})
	}
	out := csv.NewWriter(w.stdout)
	out.Write([]string{"id", "name", "person", "unit", "key"})
	err := c.each(w, line, "issue", "approved", func(plaintext string, key access.Key) error {
		out.Write([]string{key.ID, key.Name, key.Person, key.Unit, plaintext})
		out.Flush() // a key is kept nowhere else
		return out.Error()
	})
	return errors.Join(err, out.Error())
}

// keysResetCmd takes a second factor away.
type keysResetCmd struct {
	keyringFlags
	Which string `arg:"" name:"id-or-name" help:"The credential's id or name."`
}

// Run prints the other key.
func (c *keysResetCmd) Run(w *world, line *kong.Context) error {
	return c.with(w, line, false, func(k keyring) error {
		plaintext, _, err := k.step("reset", c.Which)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w.stdout, plaintext)
		return err
	})
}

// keysChangeCmd changes a credential.
type keysChangeCmd struct {
	keyringFlags
	Which       string `arg:"" name:"id-or-name" help:"The credential's id or name."`
	Away        bool   `help:"On leave or off duty: from here on its use raises an alarm." xor:"away"`
	Back        bool   `help:"Back on duty." xor:"away"`
	Searches    *int   `help:"Searches a day of its own; 0 for the role's again." placeholder:"N"`
	Certificate string `help:"PEM file of the client certificate that must come with the key; none frees it." placeholder:"FILE"`
}

// Run says on stderr which it was.
func (c *keysChangeCmd) Run(w *world, line *kong.Context) error {
	change := credentialChange{Searches: c.Searches}
	if c.Away || c.Back {
		change.Away = &c.Away
	}
	if c.Certificate != "" {
		print, err := fingerprint(c.Certificate)
		if err != nil {
			return err
		}
		change.Certificate = &print
	}
	if change == (credentialChange{}) {
		return usageError{errors.New("give what is to be changed: --away, --back, --searches or --certificate")}
	}
	return c.with(w, line, false, func(k keyring) error {
		key, err := k.change(c.Which, change)
		if err == nil {
			err = said(w, "changed")("", key)
		}
		return err
	})
}

// fingerprint is the SHA-256 of the first certificate of a PEM file, or "" for none.
func fingerprint(file string) (string, error) {
	if file == "none" {
		return "", nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != "CERTIFICATE" {
		return "", fmt.Errorf("%s: holds no certificate in PEM form", file)
	}
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:]), nil
}

// keysEnrolCmd sets the caller's own second factor and password.
type keysEnrolCmd struct {
	Server string `help:"Address of the running service." default:"http://127.0.0.1:8080" placeholder:"URL"`
	Key    string `help:"The key that you were given; better as ANVESH_KEY."`
}

// Run prints what the authenticator app needs on stderr, and reads the code and the password, a line each.
func (c *keysEnrolCmd) Run(w *world) error {
	client, err := match.NewClient(c.Server, c.Key)
	if err != nil {
		return err
	}
	defer client.Close()
	var factor access.Factor
	if err := client.Call(w.ctx, "POST", "/v1/me/second-factor", struct{}{}, &factor); err != nil {
		return err
	}
	fmt.Fprintf(w.stderr, "Add this to the authenticator app:\n\n  %s\n\nThen type its code, and on the next line a password of at least 12 characters:\n", factor.URI)
	typed := map[string]string{}
	in := bufio.NewScanner(w.stdin)
	for _, name := range []string{"code", "password"} {
		if !in.Scan() {
			return errors.Join(errors.New("type the code, and the password on the next line"), in.Err())
		}
		typed[name] = strings.TrimSpace(in.Text())
	}
	return client.Call(w.ctx, "POST", "/v1/me/second-factor", typed, nil)
}

// keysReportCmd says how long credentials take.
type keysReportCmd struct{ keyringFlags }

// Run prints a table.
func (c *keysReportCmd) Run(w *world, line *kong.Context) error {
	return c.with(w, line, false, func(k keyring) error {
		r, err := k.report()
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "requests open\t%d\twaiting for approval %d, for issue %d\n", r.Open, r.Waiting, r.Approved)
		fmt.Fprintf(t, "oldest open\t%.1f hours\t%s\n", r.OldestHours, r.Oldest)
		fmt.Fprintf(t, "issued\t%d\tin %.1f hours (median), %.1f at most\n", r.Issued, r.MedianHours, r.LongestHours)
		fmt.Fprintf(t, "expire within 30 days\t%d\t\n", r.Expiring)
		return t.Flush()
	})
}

// rolesHelp lists the roles for the help.
func rolesHelp() string { return strings.Join(access.Roles(), ", ") }
