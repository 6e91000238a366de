package audit

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Checkpoint says how the tree of a year stands: what it has promised.
type Checkpoint struct {
	Year int
	tlog.Tree
	segment int64 // bytes of the segment that hold the entries
	before  int64 // size of the checkpoint before
	Note    []byte
}

// sign writes a checkpoint as a signed note.
func (s *secrets) sign(c Checkpoint) ([]byte, error) {
	text := fmt.Sprintf("%s/%d\n%d\n%s\nsegment %d %d\n", s.name, c.Year, c.N, c.Hash, c.segment, c.before)
	return note.Sign(&note.Note{Text: text}, s.noteSigner())
}

// OpenCheckpoint checks a checkpoint against the public key of its log, which GET /v1/audit/checkpoint and anvesh audit
// checkpoint give, and reads it.
func OpenCheckpoint(raw []byte, verifierKey string) (c Checkpoint, err error) {
	v, err := note.NewVerifier(verifierKey)
	if err != nil {
		return c, fmt.Errorf("audit: the public key of the log: %w", err)
	}
	n, err := note.Open(raw, note.VerifierList(v))
	if err != nil {
		return c, fmt.Errorf("audit: checkpoint: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 5 {
		return c, fmt.Errorf("audit: checkpoint: %d lines", len(lines))
	}
	year, ok := strings.CutPrefix(lines[0], v.Name()+"/")
	c.Year, err = strconv.Atoi(year)
	if !ok || err != nil {
		return c, fmt.Errorf("audit: checkpoint: of another log")
	}
	c.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err == nil {
		c.Hash, err = tlog.ParseHash(lines[2])
	}
	if err == nil {
		_, err = fmt.Sscanf(lines[3], "segment %d %d", &c.segment, &c.before)
	}
	if err != nil {
		return c, fmt.Errorf("audit: checkpoint: %w", err)
	}
	c.Note = raw
	return c, nil
}

// openCheckpoint is OpenCheckpoint for who has the private key: nothing may be written otherwise than he would.
func (s *secrets) openCheckpoint(raw []byte) (Checkpoint, error) {
	c, err := OpenCheckpoint(raw, s.verifierKey())
	if err != nil {
		return c, err
	}
	if again, err := s.sign(c); err != nil || !bytes.Equal(again, raw) {
		return c, fmt.Errorf("audit: checkpoint: not as it was written")
	}
	return c, nil
}
