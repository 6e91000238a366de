package page

import (
	"errors"
	"sync"
	"time"

	"anvesh/query"

	"github.com/hashicorp/golang-lru/v2/expirable"
)

// Recent remembers what the last searches of the page found, under the mark that each bears. A search that is sent again because
// the line dropped, and one that is shown again in the other language, is answered out of it: it is made, charged and logged once.
// It holds a few hundred answers for a few minutes, in memory alone. Its methods are called concurrently.
type Recent struct {
	mu    sync.Mutex
	under *expirable.LRU[string, *made]
}

// A Search is one that was made: the request as it was read, and its answer.
type Search struct {
	Asked  query.Request
	Answer *query.Answer
}

// made is a search under way or done.
type made struct {
	form string // what was sent
	done chan struct{}
	was  Search
	err  error
}

// How many searches are remembered, and for how long: a line that is gone for longer asks anew.
const (
	mostRecent = 256
	recentTime = 10 * time.Minute
)

// errPanicked is what those get who waited for a search that broke.
var errPanicked = errors.New("page: the search broke")

// NewRecent remembers nothing yet.
func NewRecent() *Recent {
	return &Recent{under: expirable.NewLRU[string, *made](mostRecent, nil, recentTime)}
}

// Do searches once under a mark: whoever comes with the same mark and the same form meanwhile waits, and afterwards gets what was
// found. What failed is forgotten, and so is searched for again. Without a mark it only searches.
func (r *Recent) Do(mark, form string, search func() (Search, error)) (Search, error) {
	if mark == "" {
		return search()
	}
	r.mu.Lock()
	m, known := r.under.Get(mark)
	if known = known && m.form == form; !known {
		m = &made{form: form, done: make(chan struct{})}
		r.under.Add(mark, m)
	}
	r.mu.Unlock()
	if known {
		<-m.done
		return m.was, m.err
	}
	m.err = errPanicked
	defer func() {
		if m.err != nil {
			r.forget(mark, m)
		}
		close(m.done)
	}()
	m.was, m.err = search()
	return m.was, m.err
}

// forget drops a search, where it is still the one under that mark.
func (r *Recent) forget(mark string, m *made) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now, ok := r.under.Peek(mark); ok && now == m {
		r.under.Remove(mark)
	}
}
