package query

import (
	"slices"
	"strings"
	"time"

	"anvesh/query/phrase"
	"anvesh/query/plate"
	"anvesh/query/register"
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

// told gives the id of a vehicle that is no hit, if an answer may speak of it: it passes the request's filters, and the view
// lets it be told of.
func (s *vehicleScorer) told(at register.VehicleAt) (id string, ok bool) {
	if !s.passes(at) {
		return "", false
	}
	if _, _, differ := s.weighAttributes(at); s.filters && differ {
		return "", false
	}
	return s.text.id(s.v.VehicleID(s.text.scratch[:0], at))
}

// findConflicts reports numbers of the request that are held whole, but by different vehicles.
func (s *vehicleSearch) findConflicts() {
	if len(s.asked) < 2 {
		return
	}
	var all []Conflict
	common := map[register.VehicleAt]int{}
	for i := range s.asked {
		n := &s.asked[i]
		c := Conflict{Field: n.field}
		for _, m := range n.matches {
			if m.Cost > 0 || n.wildcard() {
				continue
			}
			s.list = s.v.AppendVehicles(s.list[:0], n.kind, m.Ord)
			for _, at := range s.list {
				if id, ok := s.told(at); ok {
					c.IDs = append(c.IDs, id)
					common[at]++
				}
				if len(c.IDs) >= MaxLimit {
					break
				}
			}
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
func (s *vehicleSearch) flag(at register.VehicleAt, h *Hit) {
	var flags []string
	for _, twice := range twices {
		if ids := s.elsewhere(at, &h.Record, twice.shared, twice.other); len(ids) > 0 {
			flags = append(flags, twice.flag)
			s.pointTo(twice.field, append(ids, h.Record.ID))
		}
	}
	flags = s.flagDecoded(flags, at, h)
	h.Record.Flags = append(h.Record.Flags, flags...)
}

var twices = [...]struct {
	shared, other register.NumberKind
	flag, field   string
}{{register.Chassis, register.Registration, flagChassisTwice, "chassis"}, {register.Engine, register.Registration, flagEngineTwice, "engine"}, {register.Registration, register.Chassis, flagPlateTwice, "registration"}}

// elsewhere gives the records that share one of the hit's numbers and have another number beside it.
func (s *vehicleSearch) elsewhere(at register.VehicleAt, w *View, shared, other register.NumberKind) (ids []string) {
	mine := s.own[other]
	if len(mine) == 0 {
		return nil
	}
	for _, o := range s.own[shared] {
		if s.borneOnce(shared, o) {
			continue
		}
		s.list = s.v.AppendVehicles(s.list[:0], shared, o)
		all := s.list
		if len(all) < 2 || len(s.ownKey(w, shared, o)) < leastMistyped {
			continue // a part of a number is many vehicles'
		}
		for _, v := range all[:min(len(all), mostBearers)] {
			if theirs := s.numbersOf(other, v); v == at || len(theirs) == 0 || shares(mine, theirs) {
				continue
			}
			if id, ok := s.told(v); ok {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// borneOnce tells whether the search has listed who bears a number, and it is one vehicle.
func (s *vehicleSearch) borneOnce(kind register.NumberKind, o register.NumberAt) bool {
	for i := range s.asked {
		n := &s.asked[i]
		if place, met := n.at.get(o); met && n.kind == kind && n.bearers[place] == 1 {
			return true
		}
	}
	return false
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
func (s *vehicleSearch) flagDecoded(flags []string, at register.VehicleAt, h *Hit) []string {
	for _, o := range s.own[register.Chassis] {
		maker, year, ok := plate.DecodeVIN(s.ownKey(&h.Record, register.Chassis, o))
		if !ok {
			continue
		}
		if held := s.v.Text(s.v.AttributesOf(at)[0]); maker != "" && held != "" && !sameMaker(foldedMakers[maker], held) && !slices.Contains(flags, flagMaker) {
			flags = append(flags, flagMaker)
			s.a.remark(phrase.OtherMaker.With(h.Record.ID, maker, h.Record.Make))
		}
		if maker != "" && year > time.Unix(s.v.VehicleFacts(at).Event, 0).In(storage.IST).Year()+1 && !slices.Contains(flags, flagYear) {
			flags = append(flags, flagYear)
		}
	}
	return flags
}

// foldedMakers are the makers that chassis numbers name, folded as records' makes are.
var foldedMakers = func() map[string]string {
	folded := map[string]string{}
	for _, m := range plate.Makers() {
		folded[m] = register.FoldWord(m)
	}
	return folded
}()

// sameMaker allows for what is written around a maker's name: Hero Honda, Tata Motors, Honda Motorcycle.
func sameMaker(maker, held string) bool {
	return sameWord(maker, held) || strings.Contains(held, maker)
}
