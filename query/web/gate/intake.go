package gate

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// pieceBytes is how much of a list's body is read at once.
const pieceBytes = 32 << 10

// leastRate is how many bytes a second the body of a list must bring, on the whole and after Grace: a tenth of what the
// worst mobile network at a station carries, and so much that a list of a thousand rows is here within a minute or two.
const leastRate = 1 << 10

// Bounds are those of a list's body.
type Bounds struct {
	Bytes   int
	Time    time.Duration         // how long the whole body may take
	Grace   time.Duration         // and how much longer than at leastRate what there is of it
	TooLong error                 // what one beyond Bytes is told
	Unread  func(err error) error // says why the body could not be read
}

// An Intake takes a list's body off the connection as fast as it comes and keeps it until it is read, up to a bound.
// One goroutine fills it, another reads it.
type Intake struct {
	Bounds
	conn  net.Conn
	began time.Time

	mu     sync.Mutex
	more   sync.Cond // err or pieces have changed
	pieces [][]byte
	err    error // why there is no more: io.EOF, or what went wrong
	full   bool  // Fill has returned
}

// ErrStopped is what who still reads a list is told that was stopped.
var ErrStopped = errors.New("gate: the list was stopped")

// NewIntake makes an intake of what comes by a connection.
func NewIntake(conn net.Conn, b Bounds) *Intake {
	in := &Intake{Bounds: b, conn: conn, began: time.Now()}
	in.more.L = &in.mu
	return in
}

// deadline is when the next piece must be here, after so many bytes.
func (in *Intake) deadline(bytes int) time.Time {
	atLeastRate := time.Duration(bytes) * time.Second / leastRate
	return in.began.Add(min(in.Time, in.Grace+atLeastRate))
}

// Fill reads the body to its end, or to the first fault.
func (in *Intake) Fill(body io.Reader) {
	total, buffer := 0, make([]byte, pieceBytes)
	for {
		if !in.setDeadline(in.deadline(total)) {
			break
		}
		n, err := body.Read(buffer)
		if total += n; total > in.Bytes {
			err = in.TooLong
		} else if err != nil && !errors.Is(err, io.EOF) {
			err = in.Unread(err)
		}
		in.put(buffer[:n], err)
		if err != nil {
			break
		}
	}
	in.mu.Lock()
	in.full = true
	in.mu.Unlock()
}

// setDeadline gives the next piece its time, unless the list was stopped.
func (in *Intake) setDeadline(t time.Time) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.err != nil {
		return false
	}
	in.conn.SetReadDeadline(t)
	return true
}

// put keeps bytes, and the reason that they were the last, if they were. Bytes that come in drops fill up a piece, so
// that memory is that of the body however it comes.
func (in *Intake) put(b []byte, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.err != nil {
		return
	}
	for len(b) > 0 {
		last := len(in.pieces) - 1
		if last < 0 || len(in.pieces[last]) == cap(in.pieces[last]) {
			in.pieces = append(in.pieces, make([]byte, 0, pieceBytes))
			last++
		}
		piece := in.pieces[last]
		n := min(len(b), cap(piece)-len(piece))
		in.pieces[last] = append(piece, b[:n]...)
		b = b[n:]
	}
	in.err = err
	in.more.Signal()
}

// Read returns what has arrived, and waits only where that is nothing.
func (in *Intake) Read(p []byte) (int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.pieces) == 0 && in.err == nil {
		in.more.Wait()
	}
	if len(in.pieces) == 0 {
		return 0, in.err
	}
	n := copy(p, in.pieces[0])
	if in.pieces[0] = in.pieces[0][n:]; len(in.pieces[0]) == 0 {
		in.pieces[0] = nil
		in.pieces = in.pieces[1:]
	}
	return n, nil
}

// Stop makes Fill and Read return. It reports whether the whole body had arrived.
func (in *Intake) Stop() (whole bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.full {
		in.conn.SetReadDeadline(time.Unix(1, 0))
	}
	if in.err == nil {
		in.err = ErrStopped
	}
	in.pieces = nil
	in.more.Signal()
	return errors.Is(in.err, io.EOF)
}
