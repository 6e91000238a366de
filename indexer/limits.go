package indexer

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// What a case may hold as a whole, so that folding it fits in memory and ends. No single message that the rules of
// [iif] accept is refused by these; only what many of them make together is. The form that would pass one goes to the
// dead letters, and the case stays as it is. A withdrawal is never refused.
const (
	MaxForms    = 10_000    // form instances, and values kept beside the newest (instances.go)
	MaxBytes    = 64 << 20  // of their values
	MaxSubjects = 50_000    // persons and vehicles
	MaxSections = 5_000     // different acts and sections of the case
	MaxRepeated = 128 << 20 // bytes of the case's sections, which each record repeats, times its persons and vehicles
	MaxTexts    = 240       // different names, aliases, relatives and addresses of one person
	MaxNumbers  = 80        // different numbers of one vehicle; as many of a kind does the register take
)

// A scale weighs a case by its current forms.
type scale struct {
	forms, bytes  int
	subjects      map[string]int // forms that name each person and vehicle
	sections      map[string]int // forms, or places in them, that name each section of the case
	sectionsBytes int
	texts         map[[2]string]int // the same for the texts of each subject
	different     map[string]int    // different texts of each subject
	wordy         int               // subjects with more than MaxTexts or MaxNumbers
}

func newScale() *scale {
	return &scale{subjects: map[string]int{}, sections: map[string]int{}, texts: map[[2]string]int{}, different: map[string]int{}}
}

// count adds n to m[key], and tells by how many the keys have become more.
func count[K comparable](m map[K]int, key K, n int) (more int) {
	was := m[key]
	if m[key] = was + n; m[key] == 0 {
		delete(m, key)
	}
	switch {
	case was == 0 && n > 0:
		return 1
	case was > 0 && was+n == 0:
		return -1
	}
	return 0
}

// put adds a form, or takes one away that was added, where n is -1.
func (s *scale) put(w weighed, n int) {
	s.forms += n
	s.bytes += n * w.bytes
	f := w.form
	for _, c := range f.Sections {
		text := cite(c)
		s.sectionsBytes += count(s.sections, text, n) * len(text)
	}
	for i := range f.Persons {
		p := &f.Persons[i]
		s.subject("p"+p.Ref, n, append([]string{p.Name, p.NameHi, p.Relative, p.RelHi, p.Address, p.Permanent}, p.Aliases...)...)
	}
	for i := range f.Vehicles {
		v := &f.Vehicles[i]
		s.subject("v"+v.Ref, n, v.Registration, v.Chassis, v.Engine)
	}
	if f.Arrest != nil {
		s.subject("p"+f.Arrest.Ref, n)
	}
	if f.Report != nil {
		for i := range f.Report.Charged {
			s.subject("p"+f.Report.Charged[i].Ref, n)
		}
		for i := range f.Report.NotCharged {
			s.subject("p"+f.Report.NotCharged[i].Ref, n)
		}
	}
	for i := range f.Disposals {
		s.subject("p"+f.Disposals[i].Ref, n)
	}
	for i := range f.Appeals {
		s.subject("p"+f.Appeals[i].Ref, n)
	}
}

func (s *scale) subject(ref string, n int, texts ...string) {
	count(s.subjects, ref, n)
	for _, t := range texts {
		if t == "" {
			continue
		}
		more := count(s.texts, [2]string{ref, t}, n)
		if more == 0 {
			continue
		}
		was := s.different[ref]
		count(s.different, ref, more)
		most := MaxTexts
		if ref[0] == 'v' {
			most = MaxNumbers
		}
		if is := was + more; was <= most && is > most {
			s.wordy++
		} else if was > most && is <= most {
			s.wordy--
		}
	}
}

// over says what is too much, or "".
func (s *scale) over() string {
	switch {
	case s.forms > MaxForms:
		return fmt.Sprintf("would be one of more than %d forms of its case", MaxForms)
	case s.bytes > MaxBytes:
		return fmt.Sprintf("would make the forms of its case more than %d MiB", MaxBytes>>20)
	case len(s.subjects) > MaxSubjects:
		return fmt.Sprintf("would make the persons and vehicles of its case more than %d", MaxSubjects)
	case len(s.sections) > MaxSections:
		return fmt.Sprintf("would make the acts and sections of its case more than %d", MaxSections)
	case len(s.subjects)*s.sectionsBytes > MaxRepeated:
		return fmt.Sprintf("would make its case's acts and sections, times its persons and vehicles, more than %d MiB", MaxRepeated>>20)
	case s.wordy > 0:
		return fmt.Sprintf("would make the names, aliases, relatives and addresses of a person more than %d, or the numbers of a vehicle more than %d",
			MaxTexts, MaxNumbers)
	}
	return ""
}

// Most cases are small: four forms cannot give a person more than MaxTexts, nor 64 KiB repeat more than MaxRepeated.
const (
	smallForms = 4
	smallBytes = 64 << 10
)

// tooLarge tells whether a case of these forms passes a limit.
func tooLarge(forms []weighed) bool {
	bytes := 0
	for _, f := range forms {
		bytes += f.bytes
	}
	if len(forms) <= smallForms && bytes <= smallBytes {
		return false
	}
	s := newScale()
	for _, f := range forms {
		s.put(f, 1)
	}
	return s.over() != ""
}

// refused is returned, as an error, where forms would make their cases too large: nothing is applied, and the batch is to
// be applied without them.
type refused map[int64]*iif.Error // by offset

func (r refused) Error() string {
	return fmt.Sprintf("indexer: %d forms would make their cases too large", len(r))
}

// sort takes what is refused out of the updates of a batch.
func (r refused) sort(b Batch, updates []update) (kept []update, rejected []Rejection) {
	for _, m := range b.Messages {
		if why := r[m.Offset]; why != nil {
			rejected = append(rejected, rejection(b, m, why))
		}
	}
	return slices.DeleteFunc(updates, func(u update) bool { return r[u.offset] != nil }), rejected
}

// refuse returns, as refused, which of the updates of a case are too much, or nil. Each is judged by what is there when its
// turn comes. It changes tx's counts, so that tx must not be committed after it has found one.
func (x *Indexer) refuse(tx storage.Tx, fir string, updates []update) error {
	c, err := tx.Case(fir)
	if err != nil {
		return err
	}
	held, err := x.held(tx, c, nil)
	if err != nil {
		return err
	}
	known := map[[sha256.Size]byte]weighed{}
	for i, f := range c.Forms {
		known[f.Sum] = held[i]
	}
	s := newScale()
	s.putAll(c.Forms, "", known, 1)
	read := func(id string) ([]byte, error) { return tx.Value(fir, id) }
	values, r := map[string][]byte{}, refused{}
	for i := range updates {
		u := &updates[i]
		if u.form == nil {
			if _, err := withdraw(c, u, values, read); err != nil {
				return err
			}
			s = newScale()
			s.putAll(c.Forms, "", known, 1)
			continue
		}
		id := u.form.FormID
		known[u.sum] = u.weighed()
		formsBefore, valuesBefore := slices.Clone(c.Forms), maps.Clone(values)
		did, err := x.take(tx, c, u, values, read)
		if err != nil {
			return err
		}
		if !did {
			continue
		}
		s.putAll(formsBefore, id, known, -1)
		s.putAll(c.Forms, id, known, 1)
		if why := s.over(); why != "" {
			r[u.offset] = &iif.Error{Reason: why}
			s.putAll(c.Forms, id, known, -1)
			s.putAll(formsBefore, id, known, 1)
			c.Forms, values = formsBefore, valuesBefore
		}
	}
	if len(r) == 0 {
		return nil
	}
	return r
}

// putAll is put of the forms of one instance, or of all where it is "".
func (s *scale) putAll(forms []storage.Form, instance string, known map[[sha256.Size]byte]weighed, n int) {
	for i := range forms {
		if instance == "" || forms[i].Instance() == instance {
			s.put(known[forms[i].Sum], n)
		}
	}
}
