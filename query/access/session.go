package access

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"
)

// SessionTime is how long a session lasts at most: a shift at the counter. It is not prolonged by use.
const SessionTime = 8 * time.Hour

// IdleTime is how long a session lasts without use: a counter that was left is nobody's. The station's own lock screens come
// earlier; this is for where there are none.
const IdleTime = time.Hour

// maxSessions bounds what sessions may cost in memory; the one that ends first gives way. Guessed: every station of the
// state with ten open pages.
const maxSessions = 10_000

// tokenPrefix and tokenLen: a session's token is told from a key at a glance, and has 43 characters of base62, 256 bits.
const (
	tokenPrefix = "ans_"
	tokenLen    = len(tokenPrefix) + 43
)

// keepEvery is how stale the last use of a session may be on disk: after a kill idle time counts from there.
const keepEvery = time.Minute

// sessions are those of one data directory: in memory for each call, in state.db for the next start.
type sessions struct {
	mu    sync.Mutex
	byID  map[[sha256.Size]byte]*session // by hash of the token, so that looking it up tells nothing about it
	state *state
	now   func() time.Time
}

// session remembers what it began with; a key that was rotated, a password that was changed, prove it no longer.
type session struct {
	KeyID        string    `json:"key"`
	With         []byte    `json:"with"` // see holder.proves
	SecondFactor bool      `json:"second_factor,omitempty"`
	Used         time.Time `json:"used"`
	Ends         time.Time `json:"ends"`

	kept time.Time // the use that stands on disk
}

// over reports whether a session has ended by its age or for lack of use.
func (s *session) over(now time.Time) bool {
	return !now.Before(s.Ends) || !now.Before(s.Used.Add(IdleTime))
}

// init reads the sessions that a restart has left.
func (s *sessions) init(st *state, now func() time.Time) error {
	s.byID, s.state, s.now = make(map[[sha256.Size]byte]*session), st, now
	return st.each(sessionBucket, func(key string, value []byte) error {
		var one session
		if len(key) != sha256.Size || json.Unmarshal(value, &one) != nil {
			return nil // unreadable: that browser signs in anew
		}
		one.kept = one.Used
		s.byID[[sha256.Size]byte([]byte(key))] = &one
		return nil
	})
}

// StartSession begins a page session with a valid key and returns its random token. The error is ErrBadKey.
func (k *Keys) StartSession(plaintext string, certificates ...string) (token string, ends time.Time, err error) {
	h, with := k.check(plaintext)
	if h == nil {
		return "", time.Time{}, ErrBadKey
	}
	who, err := h.with(certificates)
	if err != nil {
		return "", time.Time{}, err
	}
	return k.sessions.start(session{KeyID: who.KeyID, With: []byte(with), SecondFactor: who.SecondFactor})
}

// start begins a session and makes it durable.
func (s *sessions) start(one session) (token string, ends time.Time, err error) {
	token = tokenPrefix + randomText(tokenLen-len(tokenPrefix))
	changed := map[string][]byte{}
	s.mu.Lock()
	if len(s.byID) >= maxSessions {
		s.makeRoom(changed)
	}
	s.mu.Unlock()
	one.Used = s.now().UTC()
	one.Ends, one.kept = one.Used.Add(SessionTime), one.Used
	id := sha256.Sum256([]byte(token))
	if changed[string(id[:])], err = json.Marshal(&one); err != nil {
		return "", time.Time{}, err
	}
	if err := s.state.put(sessionBucket, changed); err != nil { // not under the lock: others' calls need not wait for the disk
		return "", time.Time{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[id] = &one
	return token, one.Ends, nil
}

// Session returns whom a session belongs to, or ErrBadKey where it never was, has ended, or its key was changed.
func (k *Keys) Session(token string) (Identity, error) {
	if !IsToken(token) {
		return Identity{}, ErrBadKey
	}
	id := sha256.Sum256([]byte(token))
	s := &k.sessions
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.byID[id]
	if found == nil {
		return Identity{}, ErrBadKey
	}
	now := s.now().UTC()
	h := (*k.living.Load())[found.KeyID]
	if h == nil || found.over(now) || !h.proves(string(found.With), now) {
		delete(s.byID, id) // on disk it goes with the next keep; it proves nothing there either
		return Identity{}, ErrBadKey
	}
	found.Used = now
	who := h.id
	who.SecondFactor = found.SecondFactor || !NeedsSecondFactor(who.Role)
	return who, nil
}

// IsToken reports whether a text is written like a session's token.
func IsToken(text string) bool { return len(text) == tokenLen && strings.HasPrefix(text, tokenPrefix) }

// EndSession ends a session; one that does not exist is ended already.
func (k *Keys) EndSession(token string) error {
	id := sha256.Sum256([]byte(token))
	s := &k.sessions
	s.mu.Lock()
	found := s.byID[id] != nil
	delete(s.byID, id)
	s.mu.Unlock()
	if !found {
		return nil
	}
	return s.state.put(sessionBucket, map[string][]byte{string(id[:]): nil})
}

// Keep writes down what sessions were last used at, and drops those that have ended, and approvals that were not used. The service calls it every minute, and
// Close does.
func (k *Keys) Keep() error { return errors.Join(k.sessions.keep(), k.dropApprovals()) }

func (s *sessions) keep() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, changed := s.now(), map[string][]byte{}
	for id, one := range s.byID {
		if one.over(now) {
			delete(s.byID, id)
			continue
		}
		if one.Used.Sub(one.kept) >= keepEvery {
			raw, err := json.Marshal(one)
			if err != nil {
				return err
			}
			changed[string(id[:])], one.kept = raw, one.Used
		}
	}
	err := s.state.each(sessionBucket, func(key string, _ []byte) error {
		if len(key) != sha256.Size || s.byID[[sha256.Size]byte([]byte(key))] == nil {
			changed[key] = nil
		}
		return nil
	})
	return errors.Join(err, s.state.put(sessionBucket, changed))
}

// makeRoom drops what has ended and, if nothing had, the session that would end first, and notes which.
func (s *sessions) makeRoom(gone map[string][]byte) {
	var first [sha256.Size]byte
	var ends time.Time
	now := s.now()
	for id, e := range s.byID {
		if e.over(now) {
			delete(s.byID, id)
			gone[string(id[:])] = nil
			continue
		}
		if ends.IsZero() || e.Ends.Before(ends) {
			first, ends = id, e.Ends
		}
	}
	if len(s.byID) >= maxSessions {
		delete(s.byID, first)
		gone[string(first[:])] = nil
	}
}
