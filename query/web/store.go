package web

import (
	"anvesh/query"
	"anvesh/query/audit"
	"bufio"
	"context"
	"io"
	"math"
	"net"
	"time"
)

// A Keeper looks after what is stored. Its methods are called for keys of role admin.
type Keeper interface {
	// Backup writes a part of a backup to w; errors are as those of an Engine.
	Backup(ctx context.Context, w io.Writer, r BackupRequest) error
	// Rebuild begins to make the shards again; query.ErrRunning where that runs already.
	Rebuild() error
	// Rebuilding tells how far that is.
	Rebuilding() Rebuild
	// Check begins to check what is stored; query.ErrRunning where that runs already.
	Check(r CheckRequest) error
	// Checking tells how far that is, and what the last one found.
	Checking() Check
}

// A BackupRequest is the body of POST /v1/backup: which part comes next, as the part before it says of itself. The
// zero value asks for everything.
type BackupRequest struct {
	Store   string `json:"store"`
	Number  int    `json:"number"`
	SHA256  string `json:"sha256"`
	Version uint64 `json:"version"`
	Seq     uint64 `json:"seq"`
	Rate    int64  `json:"rate"` // most bytes read from the store a second; 0 for as many as there are
}

// A Rebuild is how the shards stand.
type Rebuild struct {
	Running    bool `json:"running"`
	Done       int  `json:"done"`  // records written
	Total      int  `json:"total"` // records to write
	Generation int  `json:"generation"`
}

// A CheckRequest is the body of POST /v1/check.
type CheckRequest struct {
	Full bool  `json:"full"` // make the terms of every record again, and compare the register
	Rate int64 `json:"rate"` // most bytes read from the store a second; 0 for as many as there are
}

// A Check is how the check of the store stands: how far the one that runs is, and what the last that ended found.
type Check struct {
	Running   bool     `json:"running"`
	Step      string   `json:"step"`
	Done      int      `json:"done"`
	Total     int      `json:"total"`
	Number    int      `json:"number"` // of checks that have ended since the start
	Cases     int      `json:"cases"`
	Forms     int      `json:"forms"`
	Records   int      `json:"records"`
	Documents int      `json:"documents"`
	Faults    int      `json:"faults"`
	Findings  []string `json:"findings"` // the first hundred
	Failed    string   `json:"failed"`   // why it could not finish
}

// backup answers POST /v1/backup with the part, as it is read. An error midway breaks the answer off, which its reader
// sees from the part itself.
func backup(c *call) error {
	if c.Keeper == nil {
		return errNoPath
	}
	r, err := read(c, backupForm())
	if err != nil {
		return err
	}
	// To begin costs more than to go away: who has done that again and again waits before he may begin again.
	if d := c.brokenOff.Debt(c.who.KeyID, c.now()); d > 0 {
		c.pause(c.leaving, d)
	}
	keys, asker := c.Keys, c.who
	select {
	case c.backups <- struct{}{}:
	default:
		return errBusy
	}
	if err := c.record(audit.KindExport, "store", asking("backup")); err != nil {
		<-c.backups
		return err
	}
	p := &parts{conn: c.ctx.Conn(), timeout: c.WriteTimeout, holds: func() error { return keys.Holds(asker) }}
	ctx, cancel := context.WithCancel(c.life)
	read, write := io.Pipe()
	p.stop = func() { cancel(); read.Close() }
	p.ended = make(chan struct{})
	server, who, slot, keeper := c.Server, c.who.KeyID, c.backups, c.Keeper
	go func() {
		defer close(p.ended)
		err := keeper.Backup(ctx, write, r)
		if ctx.Err() != nil {
			server.brokenOff.Delay(who, server.now())
		}
		write.CloseWithError(err)
		<-slot
	}()
	p.r = bufio.NewReaderSize(read, 64<<10)
	p.watch()
	if _, err := p.r.Peek(1); err != nil && err != io.EOF {
		p.Close()
		return err
	}
	c.Log.Info("web: backup", "request", c.requestID, "by", c.who.KeyID, "part", r.Number+1)
	c.ctx.SetContentType("application/octet-stream")
	c.ctx.SetConnectionClose()
	c.ctx.SetBodyStream(p, -1)
	return nil
}

// backupForm lists what a request for a backup may carry.
func backupForm() *form[BackupRequest] {
	type R = BackupRequest
	return &form[R]{what: "a backup", fields: []field[R]{
		{name: "store", bound: freeText, setText: func(r *R, s string) { r.Store = s }},
		{name: "number", kind: whole, bound: query.Bound{Field: "number", Most: math.MaxInt32}, setWhole: func(r *R, n int) { r.Number = n }},
		{name: "sha256", bound: freeText, setText: func(r *R, s string) { r.SHA256 = s }},
		{name: "version", kind: whole, bound: query.Bound{Field: "version", Most: exact}, setWhole: func(r *R, n int) { r.Version = uint64(n) }},
		{name: "seq", kind: whole, bound: query.Bound{Field: "seq", Most: exact}, setWhole: func(r *R, n int) { r.Seq = uint64(n) }},
		rateField(func(r *R) *int64 { return &r.Rate }),
	}}
}

// checkForm lists what a request for a check may carry.
func checkForm() *form[CheckRequest] {
	type R = CheckRequest
	return &form[R]{what: "a check", fields: []field[R]{
		{name: "full", kind: truth, setTruth: func(r *R, b bool) { r.Full = b }},
		rateField(func(r *R) *int64 { return &r.Rate }),
	}}
}

// rateField is how many bytes a second may be read from the store.
func rateField[T any](of func(*T) *int64) field[T] {
	return field[T]{name: "rate", kind: whole, bound: query.Bound{Field: "rate", Most: exact}, setWhole: func(r *T, n int) { *of(r) = int64(n) }}
}

// parts is the answer's body.
type parts struct {
	r       *bufio.Reader
	conn    net.Conn
	timeout time.Duration
	holds   func() error // nil while who asks may
	stop    func()
	ended   chan struct{} // the backup has ended
	watched chan struct{} // nobody reads from the connection any more
}

// watch ends the backup as soon as its client is gone. To write tells that late where there is little to write: between
// two parts of a large store hardly anything may have changed, and a rate may be low.
func (p *parts) watch() {
	p.watched = make(chan struct{})
	p.conn.SetReadDeadline(time.Time{})
	go func() {
		defer close(p.watched)
		for b := make([]byte, 512); ; {
			if _, err := p.conn.Read(b); err != nil {
				p.stop()
				return
			}
		}
	}()
}

// Read gives each piece its own time to be written.
func (p *parts) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if not := p.holds(); not != nil { // revoked while the backup is under way: it breaks off
		return 0, not
	}
	p.conn.SetWriteDeadline(time.Now().Add(p.timeout))
	return n, err
}

// Close ends the backup.
func (p *parts) Close() error {
	p.stop()
	p.conn.SetReadDeadline(time.Unix(1, 0))
	<-p.watched
	<-p.ended
	return nil
}

// beginRebuild answers POST /v1/rebuild.
func beginRebuild(c *call) error {
	if c.Keeper == nil {
		return errNoPath
	}
	if err := c.Keeper.Rebuild(); err != nil {
		return err
	}
	c.Log.Info("web: rebuild", "request", c.requestID, "by", c.who.KeyID)
	c.ctx.SetStatusCode(202)
	return writeJSON(c.ctx, c.Keeper.Rebuilding())
}

// showRebuild answers GET /v1/rebuild.
func showRebuild(c *call) error {
	if c.Keeper == nil {
		return errNoPath
	}
	return writeJSON(c.ctx, c.Keeper.Rebuilding())
}

// beginCheck answers POST /v1/check.
func beginCheck(c *call) error {
	if c.Keeper == nil {
		return errNoPath
	}
	r, err := read(c, checkForm())
	if err != nil {
		return err
	}
	if err := c.Keeper.Check(r); err != nil {
		return err
	}
	c.Log.Info("web: check", "request", c.requestID, "by", c.who.KeyID)
	c.ctx.SetStatusCode(202)
	return writeJSON(c.ctx, c.Keeper.Checking())
}

// showCheck answers GET /v1/check.
func showCheck(c *call) error {
	if c.Keeper == nil {
		return errNoPath
	}
	return writeJSON(c.ctx, c.Keeper.Checking())
}
