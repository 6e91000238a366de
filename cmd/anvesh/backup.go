package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"anvesh/query"
	"anvesh/query/match"
	"anvesh/query/register"
	"anvesh/query/web"
	"anvesh/storage"
	"anvesh/storage/durable"
)

// placeFlags say where a store is: in the directory of a stopped service, or with a running one.
type placeFlags struct {
	storeFlags
	Server string `help:"Address of the running service, in place of --data." placeholder:"URL"`
	Key    string `help:"With --server: the key of an administrator; better as ANVESH_KEY."`
}

// served tells whether the service is meant. What stands on the command line counts before what comes from variables and
// the config file; among those, the service.
func (f *placeFlags) served(line *kong.Context) (bool, error) {
	data, server := stands(line, "data"), stands(line, "server")
	if data && server {
		return false, usageError{errors.New("give either --data or --server")}
	}
	return f.Server != "" && !data, nil
}

// backupCmd adds a part to a backup.
type backupCmd struct {
	placeFlags
	To   string  `required:"" help:"Directory of the backup: the first one writes everything, each later one what changed." placeholder:"DIR" type:"path"`
	Rate natural `help:"Most MiB read from the store a second; 0 for as many as there are." default:"0"`
	backupKeyFlag
}

// backupKeyFlag is the key of an encrypted backup.
type backupKeyFlag struct {
	BackupKey string `help:"File of the key that encrypts the backup; backup makes it where it is absent. Keep a copy elsewhere." placeholder:"FILE" type:"path"`
}

// in is a directory of backups with the key; make makes an absent one.
func (f *backupKeyFlag) in(w *world, dir string, make bool) (storage.Backups, error) {
	b := storage.Backups{Dir: dir}
	if f.BackupKey == "" {
		return b, nil
	}
	if _, err := os.Stat(f.BackupKey); errors.Is(err, os.ErrNotExist) && make {
		text, err := storage.NewBackupKey()
		if err == nil {
			err = durable.ReplaceBytes(f.BackupKey, []byte(text))
		}
		if err != nil {
			return b, err
		}
		w.log.Warn("a key was made: without it the backup cannot be read; copy it to where neither the service nor the backup is", "file", f.BackupKey)
	}
	file, err := os.Open(f.BackupKey)
	if err != nil {
		return b, err
	}
	defer file.Close()
	if b.Key, err = storage.ReadBackupKey(file); err != nil {
		return b, fmt.Errorf("%s: %w", f.BackupKey, err)
	}
	return b, nil
}

func (backupCmd) examples() string {
	return lines("  anvesh backup --data /var/lib/anvesh --to /backup/anvesh",
		"  ANVESH_KEY=... anvesh backup --server http://127.0.0.1:8080 --to /backup/anvesh --rate 20")
}

// Run prints what the part stands at.
func (c *backupCmd) Run(w *world, line *kong.Context) error {
	served, err := c.served(line)
	if err != nil {
		return err
	}
	from := c.fromDirectory
	if served {
		cl, err := match.NewClient(c.Server, c.Key)
		if err != nil {
			return err
		}
		defer cl.Close()
		from = func(w *world, last storage.Part) (io.ReadCloser, error) { return c.fromService(w, cl, last) }
	} else if err := mustExist(c.Data); err != nil {
		return err
	}
	if err := c.checkTo(served); err != nil {
		return err
	}
	m := w.progress("backup", 0)
	defer m.done()
	to, err := c.in(w, c.To, true)
	if err != nil {
		return err
	}
	p, err := to.Add(func(last storage.Part) (io.ReadCloser, error) { return from(w, last) },
		func(done, _ int) { m.set(int64(done)) })
	m.done()
	if err != nil {
		return hintServer(err)
	}
	_, err = fmt.Fprintf(w.stdout, "part %d: %d entries, commit %d, offsets %s\n", p.Number, p.Entries, p.Seq, offsetToken(p.Offsets))
	return err
}

// checkTo refuses a directory for the backup that holds something else, or that lies in the directory that is backed
// up: a copy beside what it is a copy of is lost with it.
func (c *backupCmd) checkTo(served bool) error {
	if in, err := filepath.Rel(c.Data, c.To); !served && err == nil && filepath.IsLocal(in) {
		return usageError{fmt.Errorf("--to %s lies in --data %s: a backup belongs on another disk", c.To, c.Data)}
	}
	list, err := os.ReadDir(c.To)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, e := range list {
		name := e.Name()
		if name == "lost+found" || name[0] == '.' { // of the disk itself
			continue
		}
		if e.IsDir() || !strings.Contains(name, ".part") && !strings.HasPrefix(name, "chain.json") {
			return usageError{fmt.Errorf("--to %s holds %s, which is no part of a backup: give an empty directory or that of an earlier backup", c.To, name)}
		}
	}
	return err
}

func (c *backupCmd) fromDirectory(w *world, last storage.Part) (io.ReadCloser, error) {
	r, pipe := io.Pipe()
	go func() {
		pipe.CloseWithError(storage.BackupClosed(w.ctx, c.options(w, nil), pipe, storage.BackupOptions{After: last, Rate: int64(c.Rate) << 20}))
	}()
	return r, nil
}

func (c *backupCmd) fromService(w *world, cl *match.Client, last storage.Part) (io.ReadCloser, error) {
	body, err := json.Marshal(web.BackupRequest{Store: last.Store, Number: last.Number, SHA256: last.SHA256, Version: last.Version,
		Seq: last.Seq, Rate: int64(c.Rate) << 20})
	if err != nil {
		return nil, err
	}
	resp, err := cl.Do(w.ctx, "POST", "/v1/backup", "application/json", body)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// offsetToken writes offsets as load does.
func offsetToken(offsets []storage.Offset) string {
	at := map[int]int64{}
	for _, o := range offsets {
		at[o.Partition] = o.Next
	}
	return query.Token(at)
}

// restoreCmd makes a store from a backup.
type restoreCmd struct {
	storeFlags
	From          string  `required:"" help:"Directory of the backup." placeholder:"DIR" type:"existingdir"`
	Part          natural `help:"Go on no further than this part; 0 for all." default:"0"`
	ForgetOffsets bool    `help:"The log was made anew: read it from its start. What the backup holds is kept."`
	backupKeyFlag
}

func (restoreCmd) examples() string {
	return lines("  anvesh restore --from /backup/anvesh --data /var/lib/anvesh")
}

// Run restores, makes the shards and the register, checks, and says where the log is read on.
func (c *restoreCmd) Run(w *world) error {
	m := w.progress("restore", 0)
	defer m.done()
	before, part := 0, 0
	from, err := c.in(w, c.From, false)
	if err != nil {
		return err
	}
	p, err := storage.Restore(c.options(w, nil), from, storage.RestoreOptions{Part: int(c.Part), ForgetOffsets: c.ForgetOffsets,
		Progress: func(n, done int) {
			if n != part {
				before, part = int(m.n.Load()), n
			}
			m.set(int64(before + done))
		}})
	m.done()
	if err != nil {
		return err
	}
	s, err := storage.Open(c.options(w, register.New()))
	if err != nil {
		return err
	}
	st := s.State()
	r, err := s.Check()
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	if r.Faults > 0 {
		return fmt.Errorf("what was restored has %d faults, the first: %s", r.Faults, r.Findings[0])
	}
	token := offsetToken(p.Offsets)
	if c.ForgetOffsets {
		token = "of the log's start"
	}
	_, err = fmt.Fprintf(w.stdout, "%d persons and %d vehicles as of %s, commit %d; the log is read on from offsets %s\n", st.Persons, st.Vehicles,
		p.Made.Format(time.RFC3339), p.Seq, token)
	return err
}

// keeper looks after the store of a running service, for the front end.
type keeper struct{ store *storage.Store }

// Backup says what of a request cannot be meant as a field at fault.
func (k keeper) Backup(ctx context.Context, w io.Writer, r web.BackupRequest) error {
	err := k.store.Backup(ctx, w, storage.BackupOptions{Rate: r.Rate, After: storage.Part{Store: r.Store, Number: r.Number,
		SHA256: r.SHA256, Version: r.Version, Seq: r.Seq}})
	for _, known := range []error{storage.ErrOtherStore, storage.ErrNotSince} {
		if errors.Is(err, known) {
			return &query.FieldError{Field: "store", Message: known.Error()}
		}
	}
	return err
}

func (k keeper) Rebuild() error {
	err := k.store.StartRebuild()
	if errors.Is(err, storage.ErrRebuilding) {
		return query.ErrRunning
	}
	return err
}

func (k keeper) Rebuilding() web.Rebuild {
	done, total, running := k.store.Rebuilding()
	return web.Rebuild{Running: running, Done: done, Total: total, Generation: k.store.State().Generation}
}

func (k keeper) Check(r web.CheckRequest) error {
	err := k.store.StartCheck(r.Full, r.Rate)
	if errors.Is(err, storage.ErrChecking) {
		return query.ErrRunning
	}
	return err
}

func (k keeper) Checking() web.Check {
	s := k.store.Checking()
	c := web.Check{Running: s.Running, Step: s.Step, Done: s.Done, Total: s.Total, Number: s.Number, Findings: []string{}}
	if r := s.Report; r != nil {
		c.Cases, c.Forms, c.Records, c.Documents, c.Faults = r.Cases, r.Forms, r.Records, r.Documents, r.Faults
		for _, f := range r.Findings {
			c.Findings = append(c.Findings, f.String())
		}
	}
	if s.Err != nil {
		c.Failed = s.Err.Error()
	}
	return c
}

// rebuildServed has a running service rebuild, and waits until it has.
func (c *rebuildCmd) rebuildServed(w *world) error {
	cl, err := match.NewClient(c.Server, c.Key)
	if err != nil {
		return err
	}
	defer cl.Close()
	var now web.Rebuild
	if err := cl.Call(w.ctx, "GET", "/v1/rebuild", nil, &now); err != nil {
		return err
	}
	before := now.Generation
	var refused *match.CallError
	if err := cl.Call(w.ctx, "POST", "/v1/rebuild", nil, &now); err != nil && !(errors.As(err, &refused) && refused.Code == "running") {
		return err
	}
	m := w.progress("rebuild shards", int64(now.Total))
	defer m.done()
	for now.Generation == before {
		if err := pause(w.ctx, keeperLook); err != nil {
			return err
		}
		if err := cl.Call(w.ctx, "GET", "/v1/rebuild", nil, &now); err != nil {
			return err
		}
		if now.Running {
			m.set(int64(now.Done))
		}
		if !now.Running && now.Generation == before {
			return errors.New("the rebuild failed and the old shards stay in use; the service's log and GET /v1/status say why")
		}
	}
	m.set(m.total)
	m.done()
	_, err = fmt.Fprintf(w.stdout, "rebuilt: shards of generation %d are in use\n", now.Generation)
	return err
}

// keeperLook is how often a service is asked how far its rebuild or check is.
const keeperLook = 100 * time.Millisecond
