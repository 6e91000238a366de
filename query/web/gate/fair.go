package gate

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// A Share bounds what each caller may hold of a thing at once, and all together, so that one who takes all that he can
// leaves something to the others. It remembers only who holds something.
type Share struct {
	each, all int
	tooMany   error // for one who holds as much as each may

	mu    sync.Mutex
	taken map[string]int
	sum   int
}

// NewShare makes a share of all, of which each caller may hold so many; tooMany is what who asks for more is told.
func NewShare(each, all int, tooMany error) *Share {
	return &Share{each: each, all: all, tooMany: tooMany, taken: map[string]int{}}
}

// Take takes one for a caller. The error is ErrBusy where all is taken, else tooMany. After nil, Give must follow.
func (s *Share) Take(who string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.sum >= s.all:
		return ErrBusy
	case s.taken[who] >= s.each:
		return s.tooMany
	}
	s.taken[who]++
	s.sum++
	return nil
}

// Give gives one back.
func (s *Share) Give(who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sum--
	if s.taken[who]--; s.taken[who] == 0 {
		delete(s.taken, who)
	}
}

// Held is how many are taken, by all together.
func (s *Share) Held() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sum
}

// A Pace says how long an answer that costs its caller nothing is held back, so that who sends such requests one behind
// the other, on however many connections, does not take the processor from the others. Each caller has a bucket of
// tokens; an answer beyond them waits for its token, but never longer than most.
type Pace struct {
	rate    rate.Limit // answers a second
	burst   int
	most    time.Duration
	buckets *lru.Cache[string, *rate.Limiter]
}

// mostPaced is how many callers a pace remembers; beyond it the one that was longest away is forgotten, and begins
// again with a full bucket. One bucket takes some 200 bytes.
const mostPaced = 10_000

// NewPace makes a pace of so many answers a second, after a burst that is not held back; most is the longest delay.
func NewPace(perSecond rate.Limit, burst int, most time.Duration) *Pace {
	buckets, err := lru.New[string, *rate.Limiter](mostPaced)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return &Pace{rate: perSecond, burst: burst, most: most, buckets: buckets}
}

// Delay takes a token of a caller and returns how long it takes to come.
func (p *Pace) Delay(who string, now time.Time) time.Duration {
	fresh := rate.NewLimiter(p.rate, p.burst)
	bucket, there, _ := p.buckets.PeekOrAdd(who, fresh)
	if there {
		p.buckets.Get(who) // which notes that it was used
	} else {
		bucket = fresh
	}
	r := bucket.ReserveN(now, 1)
	d := r.DelayFrom(now)
	if d > p.most {
		r.CancelAt(now)
		d = p.most
	}
	return d
}

// Debt returns how long it takes until a caller has a token again, and takes none.
func (p *Pace) Debt(who string, now time.Time) time.Duration {
	bucket, there := p.buckets.Peek(who)
	if !there {
		return 0
	}
	missing := 1 - bucket.TokensAt(now)
	return min(p.most, time.Duration(max(missing, 0)/float64(p.rate)*float64(time.Second)))
}
