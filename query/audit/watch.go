package audit

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"anvesh/query/access"
)

// Raise writes an alarm: which rule, who, when and how often by then; what was asked stands in the entries of the same person
// before and after it. It makes a Log the place where a Guard's alarms go. The alarm is durable when it returns, and so before
// what raised it is answered. One that cannot be written does not stop the question, which finds the same by itself.
func (l *Log) Raise(a access.Alert) {
	ev := Event{At: a.At, Kind: KindAlarm, Who: a.Who, Rows: []Row{{About: "alarm", Why: a.Kind, Total: a.Count, Complete: true}}}
	if err := l.Append(context.Background(), &ev); err != nil {
		l.o.Logger.Error("audit: an alarm could not be written", "alarm", a.Kind, "key", a.Who.KeyID, "error", err)
	}
}

// A Refusal is something that was asked and refused, by the policy or a budget.
type Refusal struct {
	Who     access.Identity
	Request string
	About   string // what was asked for: person, vehicle, case, form, or the method and path
	Why     string // by what it was refused; nothing that the asker typed
	Asked   any    // as in a Row; nil where there is nothing to show
}

// How much is written of what is refused: whoever asks again and again what he may not ask fills an entry a minute, and not the
// disk. An entry has a row for each thing that was asked for and why it was refused.
const (
	refusedEvery = time.Minute
	mostRefused  = 12      // rows, the last of them for all other things
	mostSample   = 1 << 10 // bytes of what was asked that are shown
)

// refusals are what is to be written of refusals.
type refusals struct {
	mu sync.Mutex
	to map[string]*refused // by credential
}

// refused is what was refused to one credential since its last entry.
type refused struct {
	event Event     // without rows where nothing was
	next  time.Time // before which nothing is written
}

// Refused notes that something was refused. The first time is written at once, and what follows within a minute as one entry
// when the minute is over, or the log is closed: how often what was refused, and what was asked the first time. Nobody waits
// for that to be durable, as nothing leaves.
func (l *Log) Refused(r Refusal) {
	now := l.o.Now()
	l.refusals.mu.Lock()
	to := l.refusals.to[r.Who.KeyID]
	if to == nil {
		if l.refusals.to == nil {
			l.refusals.to = map[string]*refused{}
		}
		to = &refused{}
		l.refusals.to[r.Who.KeyID] = to
	}
	to.note(&r, now)
	ev, due := to.due(now)
	l.refusals.mu.Unlock()
	if due {
		l.queueRefused(ev)
	}
}

// note counts a refusal.
func (to *refused) note(r *Refusal, now time.Time) {
	if len(to.event.Rows) == 0 {
		to.event = Event{At: now, Kind: KindRefusal, Who: r.Who, Request: r.Request}
	}
	rows := &to.event.Rows
	row := func(about, why string) int {
		return slices.IndexFunc(*rows, func(row Row) bool { return row.About == about && row.Why == why })
	}
	i := row(r.About, r.Why)
	if i < 0 && len(*rows) >= mostRefused-1 {
		r = &Refusal{About: "other", Why: "other"}
		i = row(r.About, r.Why)
	}
	if i < 0 {
		i = len(*rows)
		*rows = append(*rows, Row{About: r.About, Why: r.Why, Asked: sample(r.Asked), Complete: true})
	}
	(*rows)[i].Total++
}

// sample is what was asked, unless it is long.
func sample(asked any) any {
	raw, err := json.Marshal(asked)
	if asked == nil || err != nil || len(raw) > mostSample {
		return nil
	}
	return json.RawMessage(raw)
}

// due returns what is to be written, if it is time.
func (to *refused) due(now time.Time) (ev Event, due bool) {
	if len(to.event.Rows) == 0 || now.Before(to.next) {
		return ev, false
	}
	ev, to.event, to.next = to.event, Event{}, now.Add(refusedEvery)
	return ev, true
}

// writeRefused writes what was refused to those whose minute is over, or to all.
func (l *Log) writeRefused(all bool) {
	now := l.o.Now()
	var events []Event
	l.refusals.mu.Lock()
	for key, to := range l.refusals.to {
		if all {
			to.next = now
		}
		if ev, due := to.due(now); due {
			events = append(events, ev)
		} else if !now.Before(to.next) {
			delete(l.refusals.to, key)
		}
	}
	l.refusals.mu.Unlock()
	for _, ev := range events {
		l.queueRefused(ev)
	}
}

func (l *Log) queueRefused(ev Event) {
	if _, err := l.queue(&ev); err != nil {
		l.o.Logger.Error("audit: what was refused could not be written", "key", ev.Who.KeyID, "error", err)
	}
}
