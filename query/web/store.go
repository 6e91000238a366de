package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
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

// backup answers POST /v1/backup with the part, as it is read. An error midway breaks the answer off, which its reader
// sees from the part itself.
func backup(c *call) error {
	if c.Keeper == nil {
		return errNoPath
	}
	var r BackupRequest
	body, err := c.body("application/json", errNotJSON)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return malformed("the body must be an object with store, number, sha256, version, seq and rate, as anvesh backup sends it")
	}
	if r.Rate < 0 || r.Number < 0 {
		return wrong("rate", "must not be negative")
	}
	select {
	case c.backups <- struct{}{}:
	default:
		return errBusy
	}
	p := &parts{conn: c.ctx.Conn(), timeout: c.WriteTimeout}
	ctx, cancel := context.WithCancel(c.life)
	read, write := io.Pipe()
	p.stop = func() { cancel(); read.Close() }
	p.ended = make(chan struct{})
	slot, keeper := c.backups, c.Keeper
	go func() {
		defer close(p.ended)
		write.CloseWithError(keeper.Backup(ctx, write, r))
		<-slot
	}()
	p.r = bufio.NewReaderSize(read, 64<<10)
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

// parts is the answer's body.
type parts struct {
	r       *bufio.Reader
	conn    net.Conn
	timeout time.Duration
	stop    func()
	ended   chan struct{}
}

// Read gives each piece its own time to be written.
func (p *parts) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.conn.SetWriteDeadline(time.Now().Add(p.timeout))
	return n, err
}

// Close ends the backup.
func (p *parts) Close() error {
	p.stop()
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
