package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"anvesh/indexer"
	"anvesh/query"
	"anvesh/query/access"
	"anvesh/storage"
)

// Roles change and dates slip: refs are used again for others, and children stand in forms whose days lie far ahead. Each
// person who must not be shown has words of his own in the messages, and what must hold does not ask the fold: none of those
// words is in a record that is found, and nothing is said to have happened after the log took it.

// secretWord is a name that nobody else has.
func (s *sim) secretWord() string {
	const consonants, vowels = "bdgjklmnprstv", "aiu"
	n := len(s.secrets)
	w := []byte("Q")
	for range 3 {
		w = append(w, vowels[n%3], consonants[n%13])
		n = n/3 + n%7
	}
	word := string(w) + "x" + strings.Repeat("a", len(s.secrets)%4) + strconv.Itoa(len(s.secrets))
	word = strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return rune("bdgjklmnpr"[r-'0'])
		}
		return r
	}, word)
	s.secrets = append(s.secrets, word)
	return word
}

// roles appends a form in which a ref is a victim's or an accused's, as it comes.
func (s *sim) roles() error {
	fir := simFIRs[s.rng.IntN(len(simFIRs))]
	ref := "A" + strconv.Itoa(1+s.rng.IntN(2))
	person := map[string]any{"ref": ref, "role": "accused", "name": simNames[s.rng.IntN(len(simNames))]}
	if s.rng.IntN(2) == 0 {
		name := s.secretWord()
		role := "victim"
		if s.oneRole {
			role = "accused"
		}
		person = map[string]any{"ref": ref, "role": role, "name": name, "relative": s.secretWord(), "relation": "mother", "address": s.secretWord() + " Nagar"}
		if s.rng.IntN(3) == 0 && !s.oneRole {
			delete(person, "role") // once another form says victim; until then of no role, before any IIF1
		}
	}
	form := s.secretForm(fir, "IIF2", "roles", person)
	if _, said := person["role"]; !said {
		form["form"], form["form_id"] = "IIF3", fir+"-before"
		fir = simFIRs[0][:8] + "239" + strconv.Itoa(100+len(s.secrets))
		form["fir"], form["station"] = fir, fir[:8]
	}
	return s.send(fir, form)
}

// slips appends a form whose days are wrong, with a child, or with a name for somebody of whom other forms speak.
func (s *sim) slips() error {
	fir := simFIRs[s.rng.IntN(len(simFIRs))]
	year := func() string { return strconv.Itoa([]int{2026, 2029, 2036, 2062, 2099}[s.rng.IntN(5)]) }
	child := map[string]any{"ref": "K" + strconv.Itoa(1+s.rng.IntN(3)), "role": "accused", "name": s.secretWord(), "birth_year": 2009 + s.rng.IntN(4)}
	form := s.secretForm(fir, []string{"IIF1", "IIF2"}[s.rng.IntN(2)], "slips", child)
	form["event_at"] = year() + "-02-04T10:20:00+05:30"
	form["entered_at"] = year() + "-02-04T11:05:00+05:30"
	form["offence_from"] = year() + "-02-03"
	return s.send(fir, form)
}

func (s *sim) secretForm(fir, form, id string, person map[string]any) map[string]any {
	id = fir + "-" + id + strconv.Itoa(1+s.rng.IntN(2))
	s.versions[id]++
	return map[string]any{"schema": 1, "form": form, "form_id": id, "version": s.versions[id], "fir": fir, "station": fir[:8],
		"event_at": "2026-02-04T10:20:00+05:30", "entered_at": "2026-02-04T11:05:00+05:30", "persons": []any{person}}
}

// send appends one form to a partition.
func (s *sim) send(fir string, form map[string]any) error {
	p := s.rng.IntN(len(s.log))
	value, err := json.Marshal(form)
	if err != nil {
		return err
	}
	m := indexer.Message{Key: []byte(fir), Value: value, Offset: int64(len(s.log[p])), Time: s.now(p)}
	if s.timeless {
		m.Time = time.Time{}
	}
	s.log[p] = append(s.log[p], m)
	s.appended(p, m.Offset)
	return nil
}

// kept looks whether a record or a search gives a secret away.
func (s *sim) kept() error {
	latest := simStart.Add(2 * 24 * time.Hour)
	err := s.store.Each(func(r *storage.Record) error {
		if r.Visibility != storage.Findable {
			return nil
		}
		if r.Updated.After(latest) {
			return fmt.Errorf("%s was updated %s, after the log took everything", r.ID, r.Updated.Format(time.DateOnly))
		}
		return s.tells(r)
	})
	if errors.Is(err, storage.ErrDamaged) && len(s.harm.harmed) > 0 { // all others were given
		err = nil
	}
	for i := 0; err == nil && i < min(len(s.secrets), 4); i++ {
		err = s.ask(s.secrets[s.rng.IntN(len(s.secrets))])
	}
	if errors.Is(err, errFault) { // a step of a large case that failed: nothing is read until it is done
		return nil
	}
	return err
}

// ask searches for a secret.
func (s *sim) ask(word string) error {
	for _, r := range []query.PersonRequest{{Name: word}, {Relative: word, Name: simNames[0]}, {Name: simNames[0], Place: word}} {
		r.Common = query.Common{Reason: "FIR 1/2026", Limit: &most}
		a, err := s.engine.Search(context.Background(), access.Program("bench"), &r)
		if err != nil {
			return fmt.Errorf("search for a secret: %w", err)
		}
		for _, h := range a.Hits {
			if err := s.tells(h.Record); err != nil {
				return err
			}
		}
	}
	return nil
}

// tells finds a secret in what is shown of a record.
func (s *sim) tells(r any) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	for _, word := range s.secrets {
		if strings.Contains(string(text), word) {
			return fmt.Errorf("a record that is found tells a secret: %s", text)
		}
	}
	return nil
}

// oneRole is the planted fault that a ref is the same person whatever his role.
func oneRole(s *sim) { s.oneRole = true }

// noArrival is the planted fault that nobody knows when a form arrived.
func noArrival(s *sim) { s.timeless = true }
