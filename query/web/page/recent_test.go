package page

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"anvesh/query"
)

// TestRecent: under one mark and form a search is made once, however often and at once it comes; what failed is made again.
func TestRecent(t *testing.T) {
	r := NewRecent()
	var searches atomic.Int32
	search := func() (Search, error) {
		searches.Add(1)
		return Search{Answer: &query.Answer{Total: 7}}, nil
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if s, err := r.Do("m", "q=x", search); err != nil || s.Answer.Total != 7 {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
	all.Wait()
	f := func(what, mark, form string, want int32) {
		t.Helper()
		searches.Store(0)
		r.Do(mark, form, search)
		if n := searches.Load(); n != want {
			t.Errorf("%s: %d searches, want %d", what, n, want)
		}
	}
	if n := searches.Load(); n != 1 {
		t.Errorf("twenty at once: %d searches", n)
	}
	f("again", "m", "q=x", 0)
	f("another form under the mark", "m", "q=y", 1)
	f("another mark", "n", "q=x", 1)
	f("no mark", "", "q=x", 1)
	f("no mark again", "", "q=x", 1)
	r.Do("failed", "q=x", func() (Search, error) { return Search{}, errors.New("down") })
	f("after a failure", "failed", "q=x", 1)
	func() {
		defer func() { recover() }()
		r.Do("broken", "q=x", func() (Search, error) { panic("x") })
	}()
	f("after a panic", "broken", "q=x", 1)
}
