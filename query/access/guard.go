package access

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// A BudgetError says that a budget is spent, and when there is room again.
type BudgetError struct {
	What  string // whose: BudgetMinute, BudgetDay, BudgetRows or BudgetUnit
	Retry time.Duration
}

// The budgets that may be spent.
const (
	BudgetMinute = "searches in a minute"
	BudgetDay    = "searches of the day"
	BudgetRows   = "rows of lists of the day"
	BudgetUnit   = "the unit's day"
)

func (e *BudgetError) Error() string { return "access: spent: " + e.What }

// unitDay is what all persons of a unit may ask together in a day, by its level: a station of thirty, a district of twenty
// stations. It is far above what their work needs and far below what the store holds, so that a unit whose people share what
// they may ask does not read the store off. Above these levels, and for machines, there is none.
var unitDay = map[Level]Allowance{
	StationLevel:  {Searches: 3_000, Rows: 20_000},
	DistrictLevel: {Searches: 20_000, Rows: 200_000},
}

// GuardOptions say what a guard works with. Keys is required.
type GuardOptions struct {
	Keys  *Keys // whose state.db keeps what was asked today
	Alarm Alarm // where alarms go besides the counts; may be nil
	// Within reports whether a station or district, by code or name as typed, lies in a unit; without it no place is outside.
	Within func(unit, station, district string) bool
}

// A Guard keeps budgets, and looks for what no work needs: it is asked at the door, before anything is looked up. What was asked
// in a day is counted by person (whatever his credentials) and by unit, in memory, and written to state.db once a minute and at
// Close: after a kill at most a minute of it is forgotten, after a stop nothing. Days are Indian.
type Guard struct {
	o     GuardOptions
	watch watch
	spent atomic.Uint64 // questions that a budget refused

	mu      sync.Mutex
	day     string
	persons map[string]*account // by person, or name of a machine
	units   map[string]*account
	earlier map[string]*account // of the day, from before this start, by the key in state.db
}

// account is what one person or unit has asked on the day.
type account struct {
	Searches int `json:"s"`
	Rows     int `json:"r"`

	minute  *rate.Limiter // of a person whose role has one
	changed bool          // since it was written
}

// ist is Indian time, which has no summer.
var ist = time.FixedZone("IST", 19800)

// NewGuard makes a guard and reads what was asked today.
func NewGuard(o GuardOptions) (*Guard, error) {
	if o.Keys == nil {
		return nil, errors.New("access: GuardOptions.Keys is required")
	}
	g := &Guard{o: o, persons: map[string]*account{}, units: map[string]*account{}, earlier: map[string]*account{}}
	g.day = g.now().Format(time.DateOnly)
	g.watch.init(o)
	err := o.Keys.state.each(spentBucket, func(key string, value []byte) error {
		a := &account{}
		if strings.HasPrefix(key, g.day+" ") && json.Unmarshal(value, a) == nil {
			g.earlier[key] = a
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("access: read budgets: %w", err)
	}
	return g, nil
}

func (g *Guard) now() time.Time { return g.o.Keys.now().In(ist) }

// key is what an account is kept by in state.db: nobody's name stands there.
func (g *Guard) key(kind, who string) string {
	sum := g.o.Keys.server.sum([]byte("budget of " + kind + " " + who))
	return g.day + " " + hex.EncodeToString(sum[:12])
}

// Admit charges a question, or gives a *BudgetError. The program itself, and forms to be entered, cost nothing.
func (g *Guard) Admit(who Identity, asked Asked) error {
	if asked.Kind == AskUpdate || who.KeyID == "" {
		return nil
	}
	if who.Person != "" {
		g.watch.see(who, asked, g.now())
	}
	err := g.charge(who, asked, 1)
	if err != nil {
		g.spent.Add(1)
	}
	return err
}

// Unanswered takes the charge back.
func (g *Guard) Unanswered(who Identity, asked Asked) {
	if asked.Kind != AskUpdate && who.KeyID != "" {
		g.charge(who, asked, -1)
	}
}

// charge adds one question to the accounts, or takes one off, which always succeeds.
func (g *Guard) charge(who Identity, asked Asked, n int) error {
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if day := now.Format(time.DateOnly); day != g.day {
		g.day = day
		clear(g.persons)
		clear(g.units)
		clear(g.earlier)
	}
	person, day := g.account(g.persons, "person", who.Who()), who.Day()
	var unit *account
	common, limited := unitDay[who.Level]
	if limited && who.Person != "" && who.Unit != "" {
		unit = g.account(g.units, "unit", who.Unit)
	}
	if n > 0 {
		if err := person.room(day, asked, now); err != nil {
			return err
		}
		if unit != nil && unit.full(common, asked) {
			return &BudgetError{BudgetUnit, untilTomorrow(now)}
		}
	}
	person.add(asked, n)
	if unit != nil {
		unit.add(asked, n)
	}
	return nil
}

func (g *Guard) account(of map[string]*account, kind, who string) *account {
	a := of[who]
	if a == nil {
		if a = g.earlier[g.key(kind, who)]; a == nil {
			a = &account{}
		}
		of[who] = a
	}
	return a
}

// full reports whether the day's searches, or rows, are spent.
func (a *account) full(day Allowance, asked Asked) bool {
	if asked.List != "" {
		return a.Rows >= day.Rows
	}
	return a.Searches >= day.Searches
}

// room says why there is none in a person's account: the day first, as it waits longest.
func (a *account) room(day Allowance, asked Asked, now time.Time) error {
	switch {
	case a.full(day, asked) && asked.List != "":
		return &BudgetError{BudgetRows, untilTomorrow(now)}
	case a.full(day, asked):
		return &BudgetError{BudgetDay, untilTomorrow(now)}
	case asked.List != "" || day.PerMin == 0:
		return nil
	}
	if a.minute == nil {
		a.minute = rate.NewLimiter(rate.Limit(float64(day.PerMin)/60), day.PerMin)
	}
	if !a.minute.AllowN(now, 1) {
		return &BudgetError{BudgetMinute, time.Minute / time.Duration(day.PerMin)}
	}
	return nil
}

func (a *account) add(asked Asked, n int) {
	a.changed = true
	if asked.List != "" {
		a.Rows = max(0, a.Rows+n)
	} else {
		a.Searches = max(0, a.Searches+n)
	}
}

// untilTomorrow is how long an Indian day goes on.
func untilTomorrow(now time.Time) time.Duration {
	y, m, d := now.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, ist).Sub(now)
}

// Today tells what somebody has asked today.
func (g *Guard) Today(who Identity) (searches, rows int) {
	today := g.now().Format(time.DateOnly)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.day != today {
		return 0, 0
	}
	a := g.account(g.persons, "person", who.Who())
	return a.Searches, a.Rows
}

// Keep writes down what was asked, and drops other days. The service calls it every minute and before Keys.Close.
func (g *Guard) Keep() error {
	changed := map[string][]byte{}
	g.mu.Lock()
	day := g.day
	for kind, of := range map[string]map[string]*account{"person": g.persons, "unit": g.units} {
		for who, a := range of {
			if !a.changed {
				continue
			}
			raw, err := json.Marshal(a)
			if err != nil {
				g.mu.Unlock()
				return err
			}
			changed[g.key(kind, who)], a.changed = raw, false
		}
	}
	g.mu.Unlock()
	err := g.o.Keys.state.each(spentBucket, func(key string, _ []byte) error {
		if !strings.HasPrefix(key, day+" ") {
			changed[key] = nil
		}
		return nil
	})
	return errors.Join(err, g.o.Keys.state.put(spentBucket, changed))
}

// Counts are how many questions a budget refused since the start, and how many alarms of each kind were raised.
func (g *Guard) Counts() (spent uint64, alarms map[string]uint64) {
	return g.spent.Load(), g.watch.counts()
}
