package web

import (
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// deadlines is a connection that only remembers by when it was to bring something.
type deadlines struct {
	net.Conn
	read []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.read = append(d.read, t)
	return nil
}

// inPieces is a body that comes in pieces of a length, and then ends as it says.
type inPieces struct {
	lengths []int
	end     error
}

func (p *inPieces) Read(b []byte) (int, error) {
	if len(p.lengths) == 0 {
		return 0, p.end
	}
	n := copy(b, strings.Repeat("x", p.lengths[0]))
	p.lengths = p.lengths[1:]
	return n, nil
}

// TestListBodyHasItsTime: each piece of a list's body must be here by a time that grows with what came before it, up to
// that of the whole; what comes later, and what ends early, is told as what it is, behind what had arrived.
func TestListBodyHasItsTime(t *testing.T) {
	f := func(most, grace time.Duration, end error, lengths []int, want []time.Duration, told error) {
		t.Helper()
		conn := &deadlines{}
		in := newIntake(conn, most, grace)
		in.fill(&inPieces{lengths: lengths, end: end})
		var got []time.Duration
		for _, d := range conn.read {
			got = append(got, d.Sub(in.began))
		}
		if !slices.Equal(got, want) {
			t.Errorf("pieces of %v may take %v, want %v", lengths, got, want)
		}
		sum := 0
		for _, n := range lengths {
			sum += n
		}
		text, err := io.ReadAll(in)
		if len(text) != sum || told == nil != (err == nil) || told != nil && err.Error() != told.Error() {
			t.Errorf("of %v came %d bytes and %v, want %d and %v", lengths, len(text), err, sum, told)
		}
	}
	const s = time.Second
	f(time.Minute, 20*s, io.EOF, nil, []time.Duration{20 * s}, nil)
	f(time.Minute, 20*s, io.EOF, []int{1024, 4096}, []time.Duration{20 * s, 21 * s, 25 * s}, nil)
	f(22*s, 20*s, io.EOF, []int{1024, 4096}, []time.Duration{20 * s, 21 * s, 22 * s}, nil)
	f(time.Minute, 20*s, os.ErrDeadlineExceeded, []int{512}, []time.Duration{20 * s, 20*s + s/2}, errSlow)
	f(time.Minute, 20*s, io.ErrUnexpectedEOF, []int{1024}, []time.Duration{20 * s, 21 * s}, malformed("the body ended early or is not well-formed"))
}

// TestStoppedIntake: a stop ends the wait for what has not come, and leaves a connection alone whose body is here.
func TestStoppedIntake(t *testing.T) {
	conn := &deadlines{}
	in := newIntake(conn, time.Minute, time.Second)
	in.put([]byte("half"), nil)
	if in.stop() || len(conn.read) != 1 || conn.read[0].After(in.began) {
		t.Errorf("stopped midway: deadlines %v", conn.read)
	}
	if n, err := in.Read(make([]byte, 8)); n != 0 || !errors.Is(err, errStopped) {
		t.Errorf("read after a stop: %d, %v", n, err)
	}
	in.fill(&inPieces{lengths: []int{10}, end: io.EOF})
	if len(conn.read) != 1 {
		t.Errorf("a stopped list was given more time: %v", conn.read)
	}
	conn = &deadlines{}
	in = newIntake(conn, time.Minute, time.Second)
	in.fill(&inPieces{end: io.EOF})
	if !in.stop() || len(conn.read) != 1 || conn.read[0].Before(in.began) {
		t.Errorf("stopped at the end: deadlines %v", conn.read)
	}
}

// TestListBodyIsBounded: a body beyond 64 MiB is refused as too large, however long it said to be.
func TestListBodyIsBounded(t *testing.T) {
	in := newIntake(&deadlines{}, time.Minute, time.Second)
	lengths := slices.Repeat([]int{pieceBytes}, maxListBody/pieceBytes+1)
	in.fill(&inPieces{lengths: lengths, end: io.EOF})
	if _, err := io.Copy(io.Discard, in); !errors.Is(err, errListSize) {
		t.Errorf("%v, want %v", err, errListSize)
	}
	in = newIntake(&deadlines{}, time.Minute, time.Second)
	in.fill(&inPieces{lengths: lengths[1:], end: io.EOF})
	if n, err := io.Copy(io.Discard, in); n != maxListBody || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}
