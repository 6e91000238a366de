package gate

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

const mostBytes = 64 << 20

var errTooLong = errors.New("too long")

// bounds are those of a body in these tests; what could not be read is told as it is, behind a word of the front end's.
func bounds(most, grace time.Duration) Bounds {
	return Bounds{Bytes: mostBytes, Time: most, Grace: grace, TooLong: errTooLong, Unread: func(err error) error { return fmt.Errorf("unread: %w", err) }}
}

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
		in := NewIntake(conn, bounds(most, grace))
		in.Fill(&inPieces{lengths: lengths, end: end})
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
		if len(text) != sum || told == nil != (err == nil) || told != nil && err.Error() != "unread: "+told.Error() {
			t.Errorf("of %v came %d bytes and %v, want %d and %v", lengths, len(text), err, sum, told)
		}
	}
	const s = time.Second
	f(time.Minute, 20*s, io.EOF, nil, []time.Duration{20 * s}, nil)
	f(time.Minute, 20*s, io.EOF, []int{1024, 4096}, []time.Duration{20 * s, 21 * s, 25 * s}, nil)
	f(22*s, 20*s, io.EOF, []int{1024, 4096}, []time.Duration{20 * s, 21 * s, 22 * s}, nil)
	f(time.Minute, 20*s, os.ErrDeadlineExceeded, []int{512}, []time.Duration{20 * s, 20*s + s/2}, os.ErrDeadlineExceeded)
	f(time.Minute, 20*s, io.ErrUnexpectedEOF, []int{1024}, []time.Duration{20 * s, 21 * s}, io.ErrUnexpectedEOF)
}

// TestStoppedIntake: a stop ends the wait for what has not come, and leaves a connection alone whose body is here.
func TestStoppedIntake(t *testing.T) {
	conn := &deadlines{}
	in := NewIntake(conn, bounds(time.Minute, time.Second))
	in.put([]byte("half"), nil)
	if in.Stop() || len(conn.read) != 1 || conn.read[0].After(in.began) {
		t.Errorf("stopped midway: deadlines %v", conn.read)
	}
	if n, err := in.Read(make([]byte, 8)); n != 0 || !errors.Is(err, ErrStopped) {
		t.Errorf("read after a stop: %d, %v", n, err)
	}
	in.Fill(&inPieces{lengths: []int{10}, end: io.EOF})
	if len(conn.read) != 1 {
		t.Errorf("a stopped list was given more time: %v", conn.read)
	}
	conn = &deadlines{}
	in = NewIntake(conn, bounds(time.Minute, time.Second))
	in.Fill(&inPieces{end: io.EOF})
	if !in.Stop() || len(conn.read) != 1 || conn.read[0].Before(in.began) {
		t.Errorf("stopped at the end: deadlines %v", conn.read)
	}
}

// TestListBodyIsBounded: a body beyond 64 MiB is refused as too large, however long it said to be.
func TestListBodyIsBounded(t *testing.T) {
	in := NewIntake(&deadlines{}, bounds(time.Minute, time.Second))
	lengths := slices.Repeat([]int{pieceBytes}, mostBytes/pieceBytes+1)
	in.Fill(&inPieces{lengths: lengths, end: io.EOF})
	if _, err := io.Copy(io.Discard, in); !errors.Is(err, errTooLong) {
		t.Errorf("%v, want %v", err, errTooLong)
	}
	in = NewIntake(&deadlines{}, bounds(time.Minute, time.Second))
	in.Fill(&inPieces{lengths: lengths[1:], end: io.EOF})
	if n, err := io.Copy(io.Discard, in); n != mostBytes || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestListDeadline(t *testing.T) {
	in := NewIntake(nil, bounds(10*time.Minute, 20*time.Second))
	f := func(bytes int, want time.Duration) {
		t.Helper()
		if d := in.deadline(bytes).Sub(in.began); d != want {
			t.Errorf("after %d bytes the next must be here within %v, want %v", bytes, d, want)
		}
	}
	f(0, 20*time.Second)
	f(1<<10, 21*time.Second)
	f(1<<20, 10*time.Minute)
	f(mostBytes, 10*time.Minute)
}
