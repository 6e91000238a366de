package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"anvesh/query/match"
	"anvesh/query/web/page"
)

// A list that somebody has put on the page is held in memory alone, from the moment when it is there until its answers were looked at:
// the columns have to be seen before rows are charged, progress has to be told, and the result is paged and downloaded without being
// searched for again. The other choice, to hold the result in the page, would send each row back and forth, and break where a page is
// reloaded. So that nothing stays for long, a session has one list, all together a few; one that nobody looks at goes after ten
// minutes, with its session, and at a stop; nothing of it is ever on a disk.
const (
	mostHeld  = 16               // lists that are held at once; the one that was longest not looked at gives way
	heldTime  = 10 * time.Minute // that one is held without a look
	mostPut   = 8 << 20          // bytes of a list on the page; longer ones go by anvesh match
	mostRows  = 10_000           // rows of it
	mostKept  = 8 << 20          // bytes of its answers as they are kept, compressed; some 5 MB of as many rows
	mostBook  = 8 << 20          // bytes of them, unpacked, that are made a workbook: that takes twelve times as much memory, and half a second
	mostHits  = 5                // that are kept of a row
	rowsShown = 100              // of the answers on a page
)

// The stages of a list.
const (
	atColumns = iota // it is looked at
	atSearch         // it is searched for
	atEnd            // and this came of it
)

// A heldList is one of them.
type heldList struct {
	id      string
	session [sha256.Size]byte
	timer   *time.Timer
	cancel  context.CancelFunc

	mu      sync.Mutex // guards what follows
	stage   int
	seen    time.Time
	name    string // of its file
	file    []byte // until it is searched for
	told    map[string]string
	sheet   string
	list    *match.Held
	reason  string
	request string          // that it was searched for by, as the log names it
	rows    int             // that are searched for
	done    int             // of them
	lines   []page.ListLine // the answers, what matters first once all are there
	csv     []byte          // compressed; nil where it grew too large
	stopped error           // why it ended early
}

// heldLists are all that are held.
type heldLists struct {
	mu    sync.Mutex
	byID  map[string]*heldList
	group sync.WaitGroup // of those that are searched for
	now   func() time.Time
}

func newHeldLists(now func() time.Time) *heldLists {
	return &heldLists{byID: map[string]*heldList{}, now: now}
}

// sessionMark is a session as lists are kept by.
func sessionMark(token string) [sha256.Size]byte { return sha256.Sum256([]byte(token)) }

// put holds a list in place of the one that its session had. The error is errBusy where as many as may be are searched for.
func (h *heldLists) put(l *heldList) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	var oldest *heldList
	for _, other := range h.byID {
		if other.session == l.session {
			h.forget(other)
			continue
		}
		if other.at() != atSearch && (oldest == nil || other.lastSeen().Before(oldest.lastSeen())) {
			oldest = other
		}
	}
	if len(h.byID) >= mostHeld {
		if oldest == nil {
			return errBusy
		}
		h.forget(oldest)
	}
	l.id, l.seen = rand.Text(), h.now()
	l.timer = time.AfterFunc(heldTime, func() { h.drop(l) })
	h.byID[l.id] = l
	return nil
}

// get returns a list of a session, or nil, and holds it for as long again.
func (h *heldLists) get(id, token string) *heldList {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.byID[id]
	if l == nil || l.session != sessionMark(token) {
		return nil
	}
	l.timer.Reset(heldTime)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = h.now()
	return l
}

// of returns the list of a session, or nil.
func (h *heldLists) of(token string) *heldList {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range h.byID {
		if l.session == sessionMark(token) {
			return l
		}
	}
	return nil
}

// drop forgets a list.
func (h *heldLists) drop(l *heldList) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byID[l.id] == l {
		h.forget(l)
	}
}

// forget is drop with the lock held. What is searched for ends.
func (h *heldLists) forget(l *heldList) {
	delete(h.byID, l.id)
	l.timer.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		l.cancel()
	}
	l.file, l.list, l.lines, l.csv = nil, nil, nil, nil
}

// dropSession forgets the list of a session that ends.
func (h *heldLists) dropSession(token string) {
	if l := h.of(token); l != nil {
		h.drop(l)
	}
}

// end forgets all, and returns when none is searched for any more.
func (h *heldLists) end() {
	h.mu.Lock()
	for _, l := range h.byID {
		h.forget(l)
	}
	h.mu.Unlock()
	h.group.Wait()
}

func (l *heldList) at() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stage
}

// why is the reason that the list is searched for.
func (l *heldList) why() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reason
}

func (l *heldList) lastSeen() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen
}

// errTooMuch: the answers of a list are more than is kept.
var errTooMuch = errors.New("web: the answers are too large to be kept")

// A boundedBuffer takes so many bytes and no more.
type boundedBuffer struct {
	bytes.Buffer
	most int
}

func (b *boundedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, errTooMuch
	}
	return b.Buffer.Write(p)
}
