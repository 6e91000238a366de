package query

import (
	"context"
	"slices"

	"anvesh/query/access"
	"anvesh/query/register"
)

// Weigh weighs one record that is held against one request outside a search, for who asks: the hit has the class, score and
// reasons that a search for the request gives the record, whatever its place among others. found is false for a record
// that the filters leave out, that is not as good as the least class asked for, or that has nothing of what is asked.
//
// A person is weighed by itself: also for name and relative in each other's place, which a search looks for only where it has
// nobody likelier. A vehicle's chance is measured against all others that fit, so that its numbers are looked
// up as in a search.
func (e *Engine) Weigh(ctx context.Context, who access.Identity, r Request, id string) (h Hit, found bool, err error) {
	p := passage{who: who, asks: &weighing{r, id}}
	if err := e.pass(ctx, &p); err != nil || len(p.answer.Hits) == 0 {
		return h, false, err
	}
	return p.answer.Hits[0], true, nil
}

// A weighing asks what one record is to a request.
type weighing struct {
	Request
	id string
}

func (w *weighing) fill(_ context.Context, e *Engine, p *passage) (err error) {
	if r, ok := w.Request.(*PersonRequest); ok {
		p.answer, err = e.weighPerson(p.who, r, w.id)
	} else {
		p.answer, err = e.weighVehicle(w.Request.(*VehicleRequest), w.id)
	}
	return err
}

func (e *Engine) weighPerson(who access.Identity, r *PersonRequest, id string) (a *Answer, err error) {
	for _, among := range labelsOf(r.Role) {
		s, err := e.newPersonSearch(r, among, who, func(*Common) (*Answer, error) { return &Answer{}, nil })
		if err != nil {
			return nil, err
		}
		if s.weighHeld(id); len(s.a.Hits) > 0 {
			return s.a, nil
		}
		a = s.a
	}
	return a, nil
}

// weighHeld weighs a record, if it is held under the label of the search.
func (s *personSearch) weighHeld(id string) {
	var release func()
	s.v, release = s.e.view(s.among)
	defer release()
	at, held := s.v.FindPerson(id)
	if !held || s.listsParties() {
		return
	}
	s.prepare()
	s.ask()
	defer s.close()
	s.seen = takeVisited()
	s.weighAlone(at)
	s.hits.finish(s.v.PersonID)
	s.show()
}

// weighAlone weighs a record as a search does that meets it.
func (s *personSearch) weighAlone(at register.PersonAt) {
	if len(s.order) == 0 { // by place, station or section: such a search meets who has one of the places
		if len(s.places) == 0 || overlap(s.placeNums, s.v.PlacesOf(at)) > 0 {
			s.look(at, -1, 0)
		}
		return
	}
	for _, i := range s.order {
		c := &s.sources[i]
		if _, w := c.best(s.v.NamesOf(c.of, at)); w > 0 {
			s.seen.mark(at)
			s.look(at, i, float64(float32(w))) // as a search reads it in names.Match
			break
		}
	}
	if s.passes(at) && s.askSwapped() {
		if _, w := s.swapped[0].best(s.v.NamesOf(register.OwnNames, at)); w > 0 {
			s.weighSwapped(at, 0, float64(float32(w)))
		}
	}
}

func (e *Engine) weighVehicle(r *VehicleRequest, id string) (*Answer, error) {
	s := vehicleSearches.Get().(*vehicleSearch)
	defer s.release()
	if err := s.read(e, r); err != nil {
		return nil, err
	}
	a := &Answer{}
	var release func()
	s.a = a
	s.v, release = e.view(register.Findable)
	defer release()
	at, held := s.v.FindVehicle(id)
	if !held {
		return a, nil
	}
	s.find()
	s.found = slices.DeleteFunc(s.found, func(c candidate) bool { return c.at != at })
	s.keepBest()
	s.show()
	return a, nil
}
