package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A credential for a person goes through steps, and the time of each is kept, as the delay between them is what the five pillars
// wait for: it is requested by somebody, approved by another person who may administer, and issued, which makes its key. From
// then on it is a key as any: rotated, put on leave and back, revoked.

// Why a step was refused. Callers decide by errors.Is.
var (
	// ErrSamePerson: who approves must be another person than who requested it, and not a key that the requester made.
	ErrSamePerson = errors.New("access: another person than the one who requested it must approve it")
	// ErrNotStep: the credential is not at that step: not requested, approved already, not approved yet, issued already.
	ErrNotStep = errors.New("access: the credential is not at that step")
	// ErrHasOne: the person has a living credential or a request already.
	ErrHasOne = errors.New("access: the person has a credential, or a request, already")
)

// A WantedError is a request for a credential that cannot be granted as it stands: the field and what would be right.
type WantedError struct{ Field, Message string }

func (e *WantedError) Error() string { return "access: " + e.Field + ": " + e.Message }

// Wanted is what a credential is requested for.
type Wanted struct {
	Name   string // as it will be shown; "" for the person's number
	Person string // number in the service's rolls; "" for a machine
	Pillar string // "" for the role's
	Role   string
	Unit   string // code; "" for the state
	Rank   string
	Days   int    // that it is valid for; 0 for a year
	Batch  string // the list that it is a line of
}

// usualDays is how long a credential is valid: who is posted elsewhere within a year is asked about once.
const usualDays = 365

// check holds what is wanted against the policy, and fills in what follows from it.
func (w *Wanted) check() error {
	w.Name, w.Person, w.Unit, w.Rank = strings.TrimSpace(w.Name), strings.TrimSpace(w.Person), strings.TrimSpace(w.Unit), strings.TrimSpace(w.Rank)
	if w.Name == "" {
		w.Name = w.Person
	}
	if w.Days == 0 {
		w.Days = usualDays
	}
	if err := CheckName(w.Name); err != nil {
		return err
	}
	if !slices.Contains(Roles(), w.Role) {
		return ErrBadRole
	}
	pillar := PillarOf(w.Role)
	if w.Pillar == "" {
		w.Pillar = pillar
	}
	var levels []string
	for _, l := range LevelsOf(w.Role) {
		levels = append(levels, string(l))
	}
	switch {
	case w.Person != "" && CheckName(w.Person) != nil:
		return &WantedError{"person", "must be the person's number in the rolls: letters, digits, spaces or . _ @ -"}
	case w.Person == "" && NeedsSecondFactor(w.Role):
		return &WantedError{"person", "is required: a credential of this role is a person's, not an office's"}
	case pillar != "" && w.Pillar != pillar || !slices.Contains(append(Pillars(), ""), w.Pillar):
		return &WantedError{"pillar", "must be that of the role: " + pillar}
	case !slices.Contains(levels, string(LevelOf(w.Unit))):
		return &WantedError{"unit", "must be the code of a " + strings.Join(levels, ", ") + " (eight digits a station, five a district, none the state)"}
	case utf8.RuneCountInString(w.Rank) > maxName || w.Rank != "" && CheckName(w.Rank) != nil:
		return &WantedError{"rank", "must have at most 64 letters, digits, spaces or . _ @ -"}
	case w.Days < 1 || w.Days > 5*usualDays:
		return &WantedError{"days", "must be a whole number from 1 to 1825"}
	}
	return nil
}

// step is a step of now.
func (k *Keys) step(by Identity) *Step { return &Step{At: k.now().UTC(), By: by.Who(), Key: by.KeyID} }

// Request asks for a credential. It takes the name, and opens nothing. Errors are *WantedError, ErrBadName, ErrBadRole,
// ErrNameTaken, ErrHasOne.
func (k *Keys) Request(w Wanted, by Identity) (Key, error) {
	if err := w.check(); err != nil {
		return Key{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.find(w.Name) >= 0 {
		return Key{}, ErrNameTaken
	}
	for i := range k.entries {
		if e := &k.entries[i]; w.Person != "" && e.living() && !k.expired(&e.Key) && strings.EqualFold(e.Person, w.Person) {
			return Key{}, ErrHasOne
		}
	}
	step := k.step(by)
	expires := step.At.AddDate(0, 0, w.Days).Truncate(time.Second)
	e := entry{Key: Key{ID: k.freshID(), Name: w.Name, Role: w.Role, Created: k.stamp(), Person: w.Person, Pillar: w.Pillar, Unit: w.Unit,
		Rank: w.Rank, Expires: &expires, Batch: w.Batch, Requested: step}}
	return e.Key, k.save(append(k.entries[:len(k.entries):len(k.entries)], e))
}

func (k *Keys) expired(key *Key) bool { return key.Expires != nil && !k.now().Before(*key.Expires) }

// Approve lets a credential be issued. by must be another person than who requested it, or ErrSamePerson.
func (k *Keys) Approve(idOrName string, by Identity) (Key, error) {
	return k.decide(idOrName, by, func(e *entry, s *Step) { e.Approved = s })
}

// Refuse ends a request for good.
func (k *Keys) Refuse(idOrName string, by Identity) (Key, error) {
	return k.decide(idOrName, by, func(e *entry, s *Step) { e.Refused = s })
}

func (k *Keys) decide(idOrName string, by Identity, how func(*entry, *Step)) (Key, error) {
	_, key, err := k.change(idOrName, func(e *entry) (string, error) {
		if e.Requested == nil || e.Approved != nil {
			return "", ErrNotStep
		}
		if k.same(*e.Requested, by) {
			return "", ErrSamePerson
		}
		how(e, k.step(by))
		return "", nil
	})
	return key, err
}

// same reports whether by is the person who took a step, or acts by a key that goes back to the same one: an administrator who
// makes himself other keys, or keys with those, is one person still.
func (k *Keys) same(s Step, by Identity) bool {
	return strings.EqualFold(s.By, by.Who()) || by.KeyID != "" && s.Key != "" && k.origin(by.KeyID) == k.origin(s.Key)
}

// origin is the key that a key goes back to: the one that made it, the one that made that, up to one that was made in the
// directory or was requested and approved.
func (k *Keys) origin(id string) string {
	for i := len(k.entries) - 1; i >= 0; i-- { // a key is made after its maker
		if e := &k.entries[i]; e.ID == id && e.By != nil && e.By.Key != "" {
			id = e.By.Key
		}
	}
	return id
}

// Issue makes the key of an approved credential and returns its plain text, which is kept nowhere.
func (k *Keys) Issue(idOrName string, by Identity) (plaintext string, key Key, err error) {
	return k.change(idOrName, func(e *entry) (string, error) {
		if e.Approved == nil || e.Issued != nil {
			return "", ErrNotStep
		}
		plaintext, hash := newKey(e.ID)
		e.Secrets, e.Issued = []secret{{MAC: k.server.mac(hash)}}, k.step(by)
		return plaintext, nil
	})
}

// SetAway notes that a person is on leave or off duty, or back. The credential goes on, and its use raises an alarm: an ID that is
// used while its owner is on leave is what audits find.
func (k *Keys) SetAway(idOrName string, away bool) (Key, error) {
	_, key, err := k.change(idOrName, func(e *entry) (string, error) { e.Away = away; return "", nil })
	return key, err
}

// Reset takes second factor and password away, where they are lost; the key must be rotated with it, as whoever has the key
// enrols the next. It returns the other key.
func (k *Keys) Reset(idOrName string) (plaintext string, key Key, err error) {
	return k.change(idOrName, func(e *entry) (string, error) {
		if !e.opens() {
			return "", ErrNotIssued
		}
		plaintext, hash := newKey(e.ID)
		now := k.stamp()
		e.Secrets, e.Rotated = []secret{{MAC: k.server.mac(hash)}}, &now
		e.TOTP, e.Password, e.Enrolled = nil, "", false
		return plaintext, nil
	})
}

// Bind binds a credential to a client certificate by its SHA-256 in hex; "" frees it.
func (k *Keys) Bind(idOrName, certificate string) (Key, error) {
	certificate = strings.ToLower(strings.ReplaceAll(certificate, ":", ""))
	if certificate != "" && (len(certificate) != 64 || strings.Trim(certificate, "0123456789abcdef") != "") {
		return Key{}, &WantedError{"certificate", "must be the SHA-256 of the certificate, 64 hexadecimal digits"}
	}
	_, key, err := k.change(idOrName, func(e *entry) (string, error) { e.Certificate = certificate; return "", nil })
	return key, err
}

// Allow gives a credential searches a day of its own; 0 gives it the role's again.
func (k *Keys) Allow(idOrName string, searches int) (Key, error) {
	if searches < 0 {
		return Key{}, &WantedError{"searches", "must be a whole number from 0"}
	}
	_, key, err := k.change(idOrName, func(e *entry) (string, error) { e.Searches = searches; return "", nil })
	return key, err
}

// A Report says how long credentials take, which is what those who wait for them have to go by.
type Report struct {
	Open         int     `json:"open"`     // requested, and neither issued nor refused
	Waiting      int     `json:"waiting"`  // of these, for approval
	Approved     int     `json:"approved"` // of these, for issue
	OldestHours  float64 `json:"oldest_hours"`
	Oldest       string  `json:"oldest,omitempty"` // id of the one that waits longest
	Issued       int     `json:"issued"`           // ever
	MedianHours  float64 `json:"median_hours"`     // from request to issue
	LongestHours float64 `json:"longest_hours"`
	Expiring     int     `json:"expiring"` // valid ones that end within 30 days
}

// Report counts the steps.
func (k *Keys) Report() Report {
	var r Report
	var took []float64
	now := k.now()
	for _, key := range k.List() {
		switch {
		case key.Requested == nil || key.Refused != nil:
		case key.Issued != nil:
			took = append(took, key.Issued.At.Sub(key.Requested.At).Hours())
		case key.Revoked == nil:
			r.Open++
			if key.Approved != nil {
				r.Approved++
			} else {
				r.Waiting++
			}
			if waits := now.Sub(key.Requested.At).Hours(); waits >= r.OldestHours {
				r.OldestHours, r.Oldest = waits, key.ID
			}
		}
		if key.opens() && key.Expires != nil && now.Before(*key.Expires) && key.Expires.Sub(now) < 30*24*time.Hour {
			r.Expiring++
		}
	}
	slices.Sort(took)
	if r.Issued = len(took); r.Issued > 0 {
		r.MedianHours, r.LongestHours = (took[(r.Issued-1)/2]+took[r.Issued/2])/2, took[r.Issued-1]
	}
	return r
}

// State is the step that a credential is at, in a word.
func (k *Key) State(now time.Time) string {
	switch {
	case k.Revoked != nil:
		return "revoked"
	case k.Refused != nil:
		return "refused"
	case k.Expires != nil && !now.Before(*k.Expires):
		return "expired"
	case k.opens():
		return "valid"
	case k.Approved != nil:
		return "approved"
	}
	return "requested"
}

// ByName is somebody who works on the directory of a stopped service, by the name that he gives.
func ByName(name string) (Identity, error) {
	if err := CheckName(name); err != nil {
		return Identity{}, fmt.Errorf("who does this: %w", err)
	}
	return Identity{Name: strings.TrimSpace(name), Role: RoleAdmin, SecondFactor: true}, nil
}
