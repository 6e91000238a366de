package access

import (
	"hash/maphash"
	"strings"
	"sync"
	"time"
	"unicode"
)

// The kinds of alarms: what audits of police systems have found, and what no work needs.
const (
	AlarmPlates  = "plates swept"          // many numbers of one series, or many open ones
	AlarmNames   = "names swept"           // many persons under one reason
	AlarmRepeat  = "one sought repeatedly" // the same person or vehicle again and again
	AlarmOwnName = "own name"              // the asker's own name, as the person sought or as a relative
	AlarmOutside = "bulk outside own area" // many cases or rows of other units
	AlarmAway    = "use on leave"          // by somebody who is registered as on leave or off duty
)

// AlarmKinds are all of them.
func AlarmKinds() []string {
	return []string{AlarmPlates, AlarmNames, AlarmRepeat, AlarmOwnName, AlarmOutside, AlarmAway}
}

// Where an alarm is raised, in a day of one person. They are guessed, above what a busy desk was thought to need: whoever reads
// the alarms will know better.
const (
	manyOfSeries  = 20  // different numbers of one series of registrations
	manyOpen      = 30  // searches with * or ?
	manyNames     = 40  // different persons under one reason
	manyRepeats   = 10  // of one person or vehicle
	manyOutside   = 30  // cases of other units
	manyRowsAway  = 200 // rows of lists about other units
	mostNoted     = 5_000
	mostWatched   = 20_000
	awayAlarmTime = time.Hour
)

// An Alert is one alarm. It says who, and nothing of what was asked: that stands in the log, under the same person and time.
type Alert struct {
	Kind  string
	Who   Identity
	At    time.Time
	Count int // how often by then
}

// An Alarm is where alerts go: the log of who asked what. Raise is called before the question is answered, and must not block
// for long.
type Alarm interface{ Raise(Alert) }

// watch sees what persons ask in a day. What it notes are hashes under a seed of this process, gone with it; a restart begins the
// day's counting anew.
type watch struct {
	o    GuardOptions
	seed maphash.Seed

	mu      sync.Mutex
	day     string
	persons map[string]*watched
	raised  map[string]uint64
}

// watched is one person's day.
type watched struct {
	series  map[uint64]map[uint64]bool // numbers by series
	reasons map[uint64]map[uint64]bool // persons by reason
	sought  map[uint64]int             // how often each person or vehicle
	noted   int                        // entries of these three, bounded
	open    int
	cases   int // of other units
	rows    int // about other units
	away    time.Time
	own     bool
}

func (w *watch) init(o GuardOptions) {
	w.o, w.seed = o, maphash.MakeSeed()
	w.persons, w.raised = map[string]*watched{}, map[string]uint64{}
}

// see notes a question and raises what it comes to.
func (w *watch) see(who Identity, asked Asked, now time.Time) {
	w.mu.Lock()
	if day := now.Format(time.DateOnly); day != w.day {
		w.day = day
		clear(w.persons)
	}
	p := w.persons[who.Who()]
	if p == nil && len(w.persons) < mostWatched {
		p = &watched{series: map[uint64]map[uint64]bool{}, reasons: map[uint64]map[uint64]bool{}, sought: map[uint64]int{}}
		w.persons[who.Who()] = p
	}
	var alerts []Alert
	if p != nil {
		alerts = w.look(p, who, asked, now)
	}
	for _, a := range alerts {
		w.raised[a.Kind]++
	}
	w.mu.Unlock()
	if w.o.Alarm != nil {
		for _, a := range alerts {
			w.o.Alarm.Raise(a)
		}
	}
}

func (w *watch) counts() map[string]uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string]uint64{}
	for _, kind := range AlarmKinds() {
		all[kind] = w.raised[kind]
	}
	return all
}

// look is what a question comes to. An alarm is raised when its count is reached, once a day for each series, reason and one who
// is sought; use on leave once an hour.
func (w *watch) look(p *watched, who Identity, asked Asked, now time.Time) (alerts []Alert) {
	raise := func(kind string, count, at int) {
		if count == at {
			alerts = append(alerts, Alert{kind, who, now, count})
		}
	}
	if who.Away && now.Sub(p.away) >= awayAlarmTime {
		p.away = now
		raise(AlarmAway, 1, 1)
	}
	if w.outside(who, asked) {
		if asked.Kind == AskCase {
			p.cases++
			raise(AlarmOutside, p.cases, manyOutside)
		} else {
			p.rows++
			raise(AlarmOutside, p.rows, manyRowsAway)
		}
	}
	if asked.List != "" || asked.Kind == AskCase {
		return alerts
	}
	if asked.Kind == AskVehicle {
		plate := asked.Texts[0]
		if strings.ContainsAny(plate, "*?") {
			p.open++
			raise(AlarmPlates, p.open, manyOpen)
		} else if series, number := splitPlate(plate); number != "" {
			raise(AlarmPlates, w.note(p, p.series, series, number), manyOfSeries)
		}
	} else {
		raise(AlarmNames, w.note(p, p.reasons, letters(asked.Reason), letters(asked.Texts[0]+asked.Texts[2])), manyNames)
		if !p.own && (isOwn(who.Name, asked.Texts[0]) || isOwn(who.Name, asked.Texts[2])) {
			p.own = true
			raise(AlarmOwnName, 1, 1)
		}
	}
	sought := w.hash(letters(asked.Texts[0] + "/" + asked.Texts[1] + "/" + asked.Texts[2]))
	if p.sought[sought] > 0 || p.noted < mostNoted {
		if p.sought[sought] == 0 {
			p.noted++
		}
		p.sought[sought]++
		raise(AlarmRepeat, p.sought[sought], manyRepeats)
	}
	return alerts
}

// outside reports whether a question is about a place outside the asker's unit: a case by its number, a row by its filters.
func (w *watch) outside(who Identity, asked Asked) bool {
	if w.o.Within == nil || who.Level == StateLevel || asked.List == "" && asked.Kind != AskCase {
		return false
	}
	station := asked.Station
	if number := asked.Texts[0]; asked.Kind == AskCase && len(number) >= 13 && station == "" {
		station = number[:8]
	}
	return (station != "" || asked.District != "") && !w.o.Within(who.Unit, station, asked.District)
}

// note notes what was asked among those of its group, and returns how many different ones there are, or 0 where it was there.
func (w *watch) note(p *watched, groups map[uint64]map[uint64]bool, group, one string) int {
	g, o := w.hash(group), w.hash(one)
	if groups[g][o] || p.noted >= mostNoted || one == "" {
		return 0
	}
	if groups[g] == nil {
		groups[g] = map[uint64]bool{}
	}
	groups[g][o] = true
	p.noted++
	return len(groups[g])
}

func (w *watch) hash(s string) uint64 { return maphash.String(w.seed, s) }

// letters are the letters, marks and digits of a text in small letters, so that two ways of typing it are one.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// splitPlate takes the running number off the end of a registration.
func splitPlate(plate string) (series, number string) {
	plate = letters(plate)
	series = strings.TrimRight(plate, "0123456789")
	return series, plate[len(series):]
}

// isOwn reports whether all words of a name that is sought stand in the asker's own, and there are two at least.
func isOwn(own, sought string) bool {
	words := strings.Fields(strings.ToLower(sought))
	if len(words) < 2 {
		return false
	}
	mine := strings.FieldsFunc(strings.ToLower(own), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	for _, word := range words {
		found := false
		for _, m := range mine {
			found = found || m == word
		}
		if !found {
			return false
		}
	}
	return true
}
