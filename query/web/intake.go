package web

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// pieceBytes is how much of a list's body is read at once.
const pieceBytes = 32 << 10

// leastRate is how many bytes a second the body of a list must bring, on the whole and after listGrace: a tenth of what the
// worst mobile network at a station carries, and so much that a list of a thousand rows is here within a minute or two.
const leastRate = 1 << 10

// An intake takes a list's body off the connection as fast as it comes and keeps it until it is read, at most 64 MiB.
// One goroutine fills it, another reads it.
type intake struct {
	conn  net.Conn
	began time.Time
	most  time.Duration // how long the whole body may take
	grace time.Duration // and how much longer than at leastRate what there is of it

	mu     sync.Mutex
	more   sync.Cond // err or pieces have changed
	pieces [][]byte
	err    error // why there is no more: io.EOF, or what went wrong
	full   bool  // fill has returned
}

var errStopped = errors.New("web: the list was stopped")

func newIntake(conn net.Conn, most, grace time.Duration) *intake {
	in := &intake{conn: conn, began: time.Now(), most: most, grace: grace}
	in.more.L = &in.mu
	return in
}

// deadline is when the next piece must be here, after so many bytes.
func (in *intake) deadline(bytes int) time.Time {
	atLeastRate := time.Duration(bytes) * time.Second / leastRate
	return in.began.Add(min(in.most, in.grace+atLeastRate))
}

// fill reads the body to its end, or to the first fault.
func (in *intake) fill(body io.Reader) {
	total, buffer := 0, make([]byte, pieceBytes)
	for {
		if !in.setDeadline(in.deadline(total)) {
			break
		}
		n, err := body.Read(buffer)
		if total += n; total > maxListBody {
			err = errListSize
		} else if err != nil && !errors.Is(err, io.EOF) {
			err = unread(err)
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
func (in *intake) setDeadline(t time.Time) bool {
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
func (in *intake) put(b []byte, err error) {
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
func (in *intake) Read(p []byte) (int, error) {
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

// stop makes fill and Read return. It reports whether the whole body had arrived.
func (in *intake) stop() (whole bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.full {
		in.conn.SetReadDeadline(time.Unix(1, 0))
	}
	if in.err == nil {
		in.err = errStopped
	}
	in.pieces = nil
	in.more.Signal()
	return errors.Is(in.err, io.EOF)
}
