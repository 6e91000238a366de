package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"anvesh/query/access"
	"anvesh/query/match"
)

// keysCmd administers credentials, in a directory while the service is stopped, else through the service.
type keysCmd struct {
	Add    keysAddCmd    `cmd:"" help:"Make a key and print it, and nothing else."`
	List   keysListCmd   `cmd:"" help:"All keys ever made, without what opens anything."`
	Revoke keysRevokeCmd `cmd:"" help:"End a key for good."`
	Rotate keysRotateCmd `cmd:"" help:"Replace a key's secret and print it; the old one ends at once, or after --overlap."`

	Request keysRequestCmd `cmd:"" help:"Ask for a credential for a person, or for all of a list."`
	Approve keysApproveCmd `cmd:"" help:"Approve requests; another person than the one who made them."`
	Refuse  keysRefuseCmd  `cmd:"" help:"Refuse a request for good."`
	Issue   keysIssueCmd   `cmd:"" help:"Make the keys of approved requests and print them."`
	Reset   keysResetCmd   `cmd:"" help:"Take second factor and password away where they are lost, and print another key."`
	Change  keysChangeCmd  `cmd:"" help:"Put a credential on leave or back, bind it to a certificate, give it searches a day of its own."`
	Enrol   keysEnrolCmd   `cmd:"" help:"Set your own second factor and password, with the key that you were given."`
	Report  keysReportCmd  `cmd:"" help:"How many requests are open, and how long credentials take."`
}

func (keysCmd) examples() string {
	return lines("  anvesh keys add --name head --role admin --data /var/lib/anvesh   # the first administrator; service stopped",
		"  anvesh keys add --name 'desk 3' --data /var/lib/anvesh",
		"  ANVESH_KEY=... anvesh keys list --server http://127.0.0.1:8080",
		"  anvesh keys revoke 'desk 3' --data /var/lib/anvesh")
}

// A keyring is where keys are administered.
type keyring interface {
	// add and rotate return the plain text, which is kept nowhere.
	add(name, role string) (string, error)
	rotate(idOrName string, overlap time.Duration) (string, error)
	revoke(idOrName string) (access.Key, error)
	list() ([]access.Key, error)
	request(access.Wanted) (access.Key, error)
	// step takes one of the steps approve, refuse, issue and reset; the last two return the plain text.
	step(step, idOrName string) (string, access.Key, error)
	change(idOrName string, c credentialChange) (access.Key, error)
	report() (access.Report, error)
	io.Closer
}

// keyringFlags say where the keys are.
type keyringFlags struct {
	Data   string `help:"Directory of the stopped service." default:"anvesh-data" placeholder:"DIR" type:"path"`
	Server string `help:"Address of the running service, in place of --data." placeholder:"URL"`
	Key    string `help:"With --server: the key of an administrator; better as ANVESH_KEY."`
}

// byFlags say who takes a step in the directory of a stopped service; through a service it is whose key it is.
type byFlags struct {
	By keyName `help:"With --data: who does this; who approves must be another than who requested." placeholder:"WHO"`
}

// open opens the keyring. absent allows a directory that is absent. What stands on the command line counts before
// what comes from variables and the config file; among those, the service.
func (f *keyringFlags) open(w *world, line *kong.Context, absent bool) (keyring, error) {
	data, server := stands(line, "data"), stands(line, "server")
	if data && server {
		return nil, usageError{errors.New("give either --data or --server")}
	}
	if f.Server != "" && !data {
		c, err := match.NewClient(f.Server, f.Key)
		return &servedKeys{ctx: w.ctx, c: c}, err
	}
	if _, err := os.Stat(filepath.Join(f.Data, "secret")); err != nil && !absent {
		return nil, fmt.Errorf("no keys in %s: give the service's directory with --data, or its address with --server", f.Data)
	}
	k, err := access.Open(f.Data)
	if err != nil {
		return nil, err
	}
	return storedKeys{Keys: k}, nil
}

// stands reports whether the flag of that name was given on the command line.
func stands(line *kong.Context, name string) bool {
	return slices.ContainsFunc(line.Path, func(p *kong.Path) bool { return p.Flag != nil && p.Flag.Name == name && !p.Resolved })
}

// with opens the keyring, does what is asked and closes it.
func (f *keyringFlags) with(w *world, line *kong.Context, absent bool, do func(keyring) error) error {
	k, err := f.open(w, line, absent)
	if err != nil {
		return err
	}
	if _, stored := k.(storedKeys); stored { // a service logs what it does itself
		if err := logCredentials(w, f.Data, line); err != nil {
			return errors.Join(err, k.Close())
		}
	}
	return errors.Join(do(k), k.Close())
}

// keysAddCmd makes a key.
type keysAddCmd struct {
	keyringFlags
	Name keyName `required:"" help:"Who will use it." placeholder:"WHO"`
	Role string  `help:"bureau (all districts, lists of any length) or admin (credentials and operation, no records)." enum:"bureau,admin" default:"bureau"`
	// Searches are no limit of the machine: a load test needs more than a desk.
	Searches natural `help:"Searches a day in place of the role's." placeholder:"N"`
}

func (keysAddCmd) examples() string {
	return lines("  anvesh keys add --name head --role admin --data /var/lib/anvesh   # the first administrator; service stopped",
		"  anvesh keys add --name 'desk 3' --data /var/lib/anvesh",
		"  anvesh keys add --name chief --role admin --data /var/lib/anvesh")
}

// Run prints the plain text of the key.
func (c *keysAddCmd) Run(w *world, line *kong.Context) error {
	return c.with(w, line, true, func(k keyring) error {
		plaintext, err := k.add(string(c.Name), c.Role)
		if n := int(c.Searches); err == nil && n > 0 {
			_, err = k.change(access.ID(plaintext), credentialChange{Searches: &n})
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w.stdout, plaintext)
		return err
	})
}

// keysListCmd shows the keys.
type keysListCmd struct{ keyringFlags }

// Run prints a table.
func (c *keysListCmd) Run(w *world, line *kong.Context) error {
	return c.with(w, line, false, func(k keyring) error {
		list, err := k.list()
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(w.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tNAME\tROLE\tCREATED\tROTATED\tREVOKED\tSTATE\tPERSON\tUNIT\tBATCH")
		for _, key := range list {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", key.ID, key.Name, key.Role, day(&key.Created), day(key.Rotated),
				day(key.Revoked), key.State(time.Now()), dash(key.Person), dash(key.Unit), dash(key.Batch))
		}
		return t.Flush()
	})
}

// day shows when something happened, or a dash where it has not.
func day(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

// dash shows what is absent.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// keysRevokeCmd ends a key.
type keysRevokeCmd struct {
	keyringFlags
	Which string `arg:"" name:"id-or-name" help:"The key's id or name."`
}

// Run says on stderr which key it was.
func (c *keysRevokeCmd) Run(w *world, line *kong.Context) error {
	return c.with(w, line, false, func(k keyring) error {
		key, err := k.revoke(c.Which)
		if err == nil {
			fmt.Fprintf(w.stderr, "revoked %s (%s)\n", key.ID, key.Name)
		}
		return err
	})
}

// keysRotateCmd replaces a secret.
type keysRotateCmd struct {
	keyringFlags
	Overlap time.Duration `help:"How long the old key goes on beside the other, such as 24h; at most a week."`
	Which   string        `arg:"" name:"id-or-name" help:"The key's id or name."`
}

// Run prints the plain text of the key.
func (c *keysRotateCmd) Run(w *world, line *kong.Context) error {
	if c.Overlap < 0 || c.Overlap > 7*24*time.Hour || c.Overlap%time.Hour != 0 {
		return usageError{errors.New("--overlap must be whole hours, at most 168h")}
	}
	return c.with(w, line, false, func(k keyring) error {
		plaintext, err := k.rotate(c.Which, c.Overlap)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(w.stdout, plaintext)
		return err
	})
}

// storedKeys are those of a directory that no service has open.
type storedKeys struct {
	*access.Keys
	by access.Identity // who takes a step
}

func (k storedKeys) add(name, role string) (string, error) {
	plaintext, _, err := k.Add(name, role)
	return plaintext, err
}

func (k storedKeys) rotate(idOrName string, overlap time.Duration) (string, error) {
	plaintext, _, err := k.Rotate(idOrName, overlap)
	return plaintext, err
}

func (k storedKeys) revoke(idOrName string) (access.Key, error) { return k.Revoke(idOrName) }

func (k storedKeys) list() ([]access.Key, error) { return k.List(), nil }

func (k storedKeys) request(w access.Wanted) (access.Key, error) { return k.Request(w, k.by) }

func (k storedKeys) report() (access.Report, error) { return k.Report(), nil }

func (k storedKeys) step(step, idOrName string) (plaintext string, key access.Key, err error) {
	switch step {
	case "approve":
		key, err = k.Approve(idOrName, k.by)
	case "refuse":
		key, err = k.Refuse(idOrName, k.by)
	case "issue":
		plaintext, key, err = k.Issue(idOrName, k.by)
	case "reset":
		plaintext, key, err = k.Reset(idOrName)
	}
	return plaintext, key, err
}

func (k storedKeys) change(idOrName string, c credentialChange) (key access.Key, err error) {
	if c.Away != nil {
		key, err = k.SetAway(idOrName, *c.Away)
	}
	if err == nil && c.Searches != nil {
		key, err = k.Allow(idOrName, *c.Searches)
	}
	if err == nil && c.Certificate != nil {
		key, err = k.Bind(idOrName, *c.Certificate)
	}
	return key, err
}

// servedKeys are those of a running service.
type servedKeys struct {
	ctx context.Context
	c   *match.Client
}

// A servedKey is a key in the service's answers; Plaintext only where it was made.
type servedKey struct {
	Plaintext string `json:"key"`
	access.Key
}

func (k *servedKeys) add(name, role string) (string, error) {
	var made servedKey
	err := k.c.Call(k.ctx, "POST", "/v1/keys", map[string]string{"name": name, "role": role}, &made)
	return made.Plaintext, err
}

func (k *servedKeys) rotate(idOrName string, overlap time.Duration) (string, error) {
	var made servedKey
	err := k.c.Call(k.ctx, "POST", credentialPath(idOrName)+"/rotate", map[string]int{"overlap_hours": int(overlap.Hours())}, &made)
	return made.Plaintext, err
}

func (k *servedKeys) request(w access.Wanted) (access.Key, error) {
	asked := map[string]any{"role": w.Role}
	for name, value := range map[string]string{"name": w.Name, "person": w.Person, "pillar": w.Pillar, "unit": w.Unit, "rank": w.Rank, "batch": w.Batch} {
		if value != "" {
			asked[name] = value
		}
	}
	if w.Days != 0 {
		asked["days"] = w.Days
	}
	var made servedKey
	err := k.c.Call(k.ctx, "POST", "/v1/credentials", asked, &made)
	return made.Key, err
}

func (k *servedKeys) step(step, idOrName string) (string, access.Key, error) {
	var made servedKey
	err := k.c.Call(k.ctx, "POST", credentialPath(idOrName)+"/"+step, nil, &made)
	return made.Plaintext, made.Key, err
}

func (k *servedKeys) change(idOrName string, c credentialChange) (access.Key, error) {
	var made servedKey
	err := k.c.Call(k.ctx, "POST", credentialPath(idOrName)+"/change", c, &made)
	return made.Key, err
}

func (k *servedKeys) report() (r access.Report, err error) {
	err = k.c.Call(k.ctx, "GET", "/v1/credentials/report", nil, &r)
	return r, err
}

func (k *servedKeys) revoke(idOrName string) (access.Key, error) {
	var ended servedKey
	err := k.c.Call(k.ctx, "DELETE", keyPath(idOrName), nil, &ended)
	return ended.Key, err
}

func (k *servedKeys) list() ([]access.Key, error) {
	var all struct{ Keys []access.Key }
	err := k.c.Call(k.ctx, "GET", "/v1/keys", nil, &all)
	return all.Keys, err
}

// Close ends the connections.
func (k *servedKeys) Close() error {
	k.c.Close()
	return nil
}

// keyPath is where the service serves one key.
func keyPath(idOrName string) string { return "/v1/keys/" + url.PathEscape(idOrName) }

// credentialPath is where it serves one credential's steps.
func credentialPath(idOrName string) string { return "/v1/credentials/" + url.PathEscape(idOrName) }
