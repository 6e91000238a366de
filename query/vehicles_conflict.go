package query

import (
	"slices"
	"strings"
	"time"

	"anvesh/query/plate"
	"anvesh/storage"
)

// What a vehicle's own numbers say against each other, or against other records: the marks of a cloned or re-plated
// vehicle. They are flags of the record as shown.
const (
	flagChassisTwice = "chassis-under-two-registrations"
	flagEngineTwice  = "engine-under-two-registrations"
	flagPlateTwice   = "registration-under-two-chassis"
	flagMaker        = "chassis-of-another-make"
	flagYear         = "chassis-newer-than-case"
)

// mostBearers bounds how many other records of one number are looked at for a flag.
const mostBearers = 100

// told tells whether an answer may speak of a vehicle that is no hit: it passes the request's filters, and no commit has
// taken it away or hidden it that the register has not followed yet.
func (s *vehicleSearch) told(at vehicleAt) bool {
	v := &s.g.vehicles[at]
	if s.f.selective() && !s.f.passes(s.g, v.station, v.status, storage.Day(v.event)) {
		return false
	}
	if _, _, differ := s.weighKind(v); s.filters && differ {
		return false
	}
	var id [idLen]byte
	return !s.e.store.Withdrawn(s.g.appendID(id[:0], v.id))
}

// findConflicts reports numbers of the request that are held whole, but by different vehicles.
func (s *vehicleSearch) findConflicts() {
	if len(s.asked) < 2 {
		return
	}
	var all []Conflict
	common := map[vehicleAt]int{}
	for i := range s.asked {
		n := &s.asked[i]
		c := Conflict{Field: n.field}
		for _, m := range n.matches {
			if m.Cost > 0 || n.wild() {
				continue
			}
			s.g.bearersOf(n.kind).each(m.Ord, func(at vehicleAt) bool {
				if s.told(at) {
					c.IDs = append(c.IDs, s.g.recordID(s.g.vehicles[at].id))
					common[at]++
				}
				return len(c.IDs) < MaxLimit
			})
		}
		if len(c.IDs) > 0 {
			slices.Sort(c.IDs)
			all = append(all, c)
		}
	}
	for _, n := range common {
		if n > 1 {
			return // one vehicle bears both
		}
	}
	if len(all) > 1 {
		s.a.Conflicts = all
	}
}

// flag marks a hit whose numbers stand in other records beside other numbers, and says in the answer where, and one
// whose chassis number tells another make or a later year than the record.
func (s *vehicleSearch) flag(v *vehicle, h *Hit) {
	var flags []string
	for _, twice := range twices {
		if ids := s.elsewhere(v, twice.shared, twice.other); len(ids) > 0 {
			flags = append(flags, twice.flag)
			s.pointTo(twice.field, append(ids, h.Record.ID))
		}
	}
	flags = s.flagDecoded(flags, v, h)
	h.Record.Flags = append(h.Record.Flags, flags...)
}

var twices = [...]struct {
	shared, other int
	flag, field   string
}{{chassisKind, plateKind, flagChassisTwice, "chassis"}, {engineKind, plateKind, flagEngineTwice, "engine"}, {plateKind, chassisKind, flagPlateTwice, "registration"}}

// elsewhere gives the records that share one of the vehicle's numbers and have another number beside it.
func (s *vehicleSearch) elsewhere(v *vehicle, shared, other int) (ids []string) {
	mine := s.g.refs(v, other)
	if len(mine) == 0 {
		return nil
	}
	for _, o := range s.g.refs(v, shared) {
		var one [1]vehicleAt
		all := s.g.bearersOf(shared).of(o, &one)
		if len(all) < 2 || len(s.keyOf(shared, o)) < leastMistyped {
			continue // a part of a number is many vehicles'
		}
		for _, at := range all[:min(len(all), mostBearers)] {
			w := &s.g.vehicles[at]
			if theirs := s.g.refs(w, other); w != v && len(theirs) > 0 && !shares(mine, theirs) && s.told(at) {
				ids = append(ids, s.text.recordID(s.g, w.id))
			}
		}
	}
	return ids
}

func shares(a, b []uint32) bool {
	return slices.ContainsFunc(a, func(o uint32) bool { return slices.Contains(b, o) })
}

// pointTo adds to the answer's conflicts that a field points to different vehicles, once for the same ones.
func (s *vehicleSearch) pointTo(field string, ids []string) {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for _, c := range s.a.Conflicts {
		if c.Field == field && slices.Equal(c.IDs, ids) {
			return
		}
	}
	s.a.Conflicts = append(s.a.Conflicts, Conflict{Field: field, IDs: ids})
}

// flagDecoded compares make and model year as a whole chassis number tells them with the record. The year may be one
// ahead of the case, for models are sold before their year begins; a chassis number whose tenth place
// is no year passes, since Indian makers are not bound to it.
func (s *vehicleSearch) flagDecoded(flags []string, v *vehicle, h *Hit) []string {
	for _, o := range s.g.refs(v, chassisKind) {
		maker, year, ok := plate.DecodeVIN(s.keyOf(chassisKind, o))
		if !ok {
			continue
		}
		if held := s.g.words.text[s.g.kinds.of(v)[0]]; maker != "" && held != "" && !sameMaker(foldedMakers[maker], held) && !slices.Contains(flags, flagMaker) {
			flags = append(flags, flagMaker)
			s.a.remark("chassis of "+h.Record.ID+" is one of "+maker+", the record says "+h.Record.Make,
				h.Record.ID+" की चेसिस संख्या "+maker+" की है, अभिलेख में "+h.Record.Make+" लिखा है")
		}
		if maker != "" && year > time.Unix(v.event, 0).In(storage.IST).Year()+1 && !slices.Contains(flags, flagYear) {
			flags = append(flags, flagYear)
		}
	}
	return flags
}

// foldedMakers are the makers that chassis numbers name, folded as records' makes are.
var foldedMakers = func() map[string]string {
	folded := map[string]string{}
	for _, m := range plate.Makers() {
		folded[m] = foldWord(m)
	}
	return folded
}()

// sameMaker allows for what is written around a maker's name: Hero Honda, Tata Motors, Honda Motorcycle.
func sameMaker(maker, held string) bool {
	return sameWord(maker, held) || strings.Contains(held, maker)
}
