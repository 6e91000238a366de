package indexer

import (
	"slices"
	"time"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// Who a ref is. A ref names one person of the case, but numbers are used again: where one form calls it an accused and
// another a complainant, victim or witness, they are two persons, whatever came first, so that nothing of a victim stands in
// an accused's record. The accused has the record /p/REF, the other one /p/REF~party, and both are flagged. What a form
// says without a role is the party's then. Where all forms agree there is one person, /p/REF.
//
// Who has no role, but stands where accused stand (an arrest, a report), is an accused once there is an IIF1; before it,
// nobody can tell. Who has another role stays what the forms say, so that a mistaken ref lays no victim open.

// partySuffix ends the ref in the id of a party whose ref is an accused's too; no ref has its sign.
const partySuffix = "~party"

// A subject is one person or vehicle while the forms are read.
type subject struct {
	ref       string
	mentions  []mention // oldest first
	updated   time.Time
	isAccused bool // some form calls him accused
	isParty   bool // some form calls him complainant, victim or witness
	accused   bool // a part for accused names this ref
	child     bool // said to be a child
	claim     string
	arrests   []iif.Date
	reports   []reported
	court     []decision
	moves     []move // vehicles
	sections  []string
	flags     []string
}

// A mention is what one form says of a person or of a vehicle.
type mention struct {
	form    *dated
	person  *iif.Person
	vehicle *iif.Vehicle
}

// roles notes which refs are called what, before anything else is read.
func (f *folding) roles() {
	for i := range f.forms {
		form := &f.forms[i]
		for j := range form.Persons {
			switch p := &form.Persons[j]; p.Role {
			case "":
			case storage.Accused:
				f.persons.get(p.Ref).isAccused = true
			default:
				f.persons.get(p.Ref).isParty = true
			}
		}
	}
}

// twofold reports whether the ref is an accused's and a party's.
func (s *subject) twofold() bool { return s.isAccused && s.isParty }

// parties notes what a form says of persons and vehicles by themselves.
func (f *folding) parties(form *dated) {
	counts := form.Form == "IIF1" || form.Form == "IIF4"
	for i := range form.Persons {
		p := &form.Persons[i]
		m := mention{form: form, person: p}
		s := f.persons.get(p.Ref)
		if s.twofold() && p.Role != storage.Accused {
			s.flags = add(s.flags, FlagRoleChanged)
			if p.Role == "" { // nobody can tell whose age it is
				s.child = s.child || p.Child || f.days.child(nil, []mention{m})
			}
			s = f.parted.get(p.Ref)
			s.flags = add(s.flags, FlagRoleChanged)
		}
		s.speak(form)
		s.mentions = append(s.mentions, m)
		s.child = s.child || p.Child
		if counts && p.Status != "" {
			s.claim = p.Status
		}
	}
	for i := range form.Vehicles {
		v := &form.Vehicles[i]
		s := f.vehicles.speak(v.Ref, form)
		s.mentions = append(s.mentions, mention{form: form, vehicle: v})
		if m, ok := vehicleMove(form, v); ok {
			m.date = f.day(form, m.date)
			s.moves = append(s.moves, m)
		}
	}
}

// role is the part that the newest form tells; parties' parts may differ from form to form.
func (f *folding) role(s *subject) string {
	role := ""
	for _, m := range slices.Backward(s.mentions) {
		switch {
		case role == "":
			role = m.person.Role
		case m.person.Role != "" && m.person.Role != role:
			s.flags = append(s.flags, FlagRoleChanged)
			return role
		}
	}
	switch {
	case role == "" && s.accused && (f.first != nil || len(s.mentions) == 0):
		return storage.Accused
	case role == "":
		s.flags = append(s.flags, FlagRoleMissing)
	case role != storage.Accused && s.accused:
		s.flags = append(s.flags, FlagRoleChanged)
	}
	return role
}

// A roll holds the subjects of a case by ref, in the order of their first mention.
type roll struct {
	list  []*subject
	byRef map[string]*subject // of longer lists only: most cases have few, and those cost no hashing
}

const shortRoll = 16

func (r *roll) find(ref string) *subject {
	if r.byRef != nil {
		return r.byRef[ref]
	}
	for _, s := range r.list {
		if s.ref == ref {
			return s
		}
	}
	return nil
}

// get is the subject with this ref, made if need be.
func (r *roll) get(ref string) *subject {
	if s := r.find(ref); s != nil {
		return s
	}
	s := &subject{ref: ref}
	r.list = append(r.list, s)
	switch {
	case r.byRef != nil:
		r.byRef[ref] = s
	case len(r.list) > shortRoll:
		r.byRef = make(map[string]*subject)
		for _, s := range r.list {
			r.byRef[s.ref] = s
		}
	}
	return s
}

// speak is the same; the form speaks of the subject.
func (r *roll) speak(ref string, form *dated) *subject {
	s := r.get(ref)
	s.speak(form)
	return s
}

func (s *subject) speak(form *dated) {
	if at := form.at(); at.After(s.updated) {
		s.updated = at.In(storage.IST)
	}
}
