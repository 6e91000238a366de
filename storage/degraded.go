package storage

import "fmt"

// Degraded says why answers may miss records or updates are not taken; nil while all is well.
func (s *Store) Degraded() []string {
	var why []string
	if err := s.failure(); err != nil {
		why = append(why, "updates are not taken: "+err.Error())
	}
	if err := s.NoRoom(); err != nil {
		why = append(why, "updates are not taken: "+err.Error())
	}
	if s.State().Redo != nil {
		why = append(why, "the last commit is durable and not yet carried out: cases cannot be read until it is, see the log of the service")
	}
	if s.State().Stale {
		done, total, _ := s.Rebuilding()
		why = append(why, fmt.Sprintf("the shards are rebuilt for terms version %d, %d of %d records: searches without a name or number may miss records",
			s.o.TermsVersion, done, total))
	}
	if s.unproven.Load() {
		why = append(why, "updates are not taken: "+ErrUnproven.Error())
	}
	if list := s.Damaged(); len(list) > 0 {
		waiting := 0
		for _, a := range list {
			waiting += a.Waiting
		}
		why = append(why, fmt.Sprintf("%d cases are damaged and %d updates for them wait, the first: %s: run anvesh mend for each that the status lists", len(list), waiting, list[0].Why))
	}
	if n, list := s.Faults(); n > 0 {
		why = append(why, fmt.Sprintf("%d faults were found in what is stored, the first: %s: run anvesh check", n, list[0].What))
	}
	return why
}
