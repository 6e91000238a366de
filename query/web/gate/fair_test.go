package gate

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// TestShare: nobody holds more than each may, all together no more than there is, and who holds nothing is forgotten.
func TestShare(t *testing.T) {
	tooMany := errors.New("too many")
	s := NewShare(2, 3, tooMany)
	f := func(who string, want error) {
		t.Helper()
		if err := s.Take(who); err != want {
			t.Errorf("%s: %v, want %v", who, err, want)
		}
	}
	f("a", nil)
	f("a", nil)
	f("a", tooMany)
	f("b", nil)
	f("b", ErrBusy)
	s.Give("a")
	f("b", nil)
	s.Give("a")
	s.Give("b")
	s.Give("b")
	if s.Held() != 0 || len(s.taken) != 0 {
		t.Errorf("at the end %d are held, by %v", s.Held(), s.taken)
	}
}

// TestPaceForgets remembers a bounded number of callers.
func TestPaceForgets(t *testing.T) {
	p := NewPace(1, 1, time.Hour)
	now := time.Now()
	for i := range 2 * mostPaced {
		p.Delay(fmt.Sprint(i), now)
	}
	if n := p.buckets.Len(); n != mostPaced {
		t.Errorf("%d callers are remembered", n)
	}
	last := fmt.Sprint(2*mostPaced - 1)
	if d := p.Delay(last, now); d != time.Second {
		t.Errorf("the last caller is held back for %v", d)
	}
	p.most = 10 * time.Second
	for range 100 {
		p.Delay(last, now)
	}
	if d := p.Delay(last, now.Add(10*time.Second)); d != time.Second { // what was not waited for is not owed
		t.Errorf("after a flood one is held back for %v", d)
	}
}
