package access

import (
	"crypto/sha256"
	"sync"
	"time"
)

// SessionTime is how long a page session lasts: a shift at the counter. It is not prolonged by use.
const SessionTime = 8 * time.Hour

// maxSessions bounds what sessions may cost in memory; the one that ends first gives way. Guessed: every station of the
// state with ten open pages.
const maxSessions = 10_000

// sessions are the page sessions of one process.
type sessions struct {
	mu   sync.Mutex
	byID map[[sha256.Size]byte]session // by hash of the token, so that looking it up tells nothing about it
	now  func() time.Time
}

// session remembers the very holder that it began with; a rotated or revoked key has another or none.
type session struct {
	key  *holder
	ends time.Time
}

func (s *sessions) init() {
	s.byID = make(map[[sha256.Size]byte]session)
	s.now = time.Now
}

// StartSession begins a page session with a valid key and returns its random token. The error is ErrBadKey.
func (k *Keys) StartSession(plaintext string) (token string, ends time.Time, err error) {
	h := k.check(plaintext)
	if h == nil {
		return "", time.Time{}, ErrBadKey
	}
	token = randomText(secretLen)
	s := &k.sessions
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byID) >= maxSessions {
		s.makeRoom()
	}
	ends = s.now().Add(SessionTime)
	s.byID[sha256.Sum256([]byte(token))] = session{key: h, ends: ends}
	return token, ends, nil
}

// Session returns whom a session belongs to, or ErrBadKey where it never was, has ended, or its key was changed.
func (k *Keys) Session(token string) (Identity, error) {
	if len(token) != secretLen {
		return Identity{}, ErrBadKey
	}
	sum := sha256.Sum256([]byte(token))
	s := &k.sessions
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.byID[sum]
	if !ok {
		return Identity{}, ErrBadKey
	}
	current := (*k.living.Load())[found.key.id.KeyID]
	if current == nil || current.hash != found.key.hash || !s.now().Before(found.ends) {
		delete(s.byID, sum)
		return Identity{}, ErrBadKey
	}
	return current.id, nil
}

// EndSession ends a session; one that does not exist is ended already.
func (k *Keys) EndSession(token string) {
	s := &k.sessions
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, sha256.Sum256([]byte(token)))
}

// makeRoom drops what has ended and, if nothing had, the session that would end first.
func (s *sessions) makeRoom() {
	var first [sha256.Size]byte
	var ends time.Time
	for id, e := range s.byID {
		if !s.now().Before(e.ends) {
			delete(s.byID, id)
			continue
		}
		if ends.IsZero() || e.ends.Before(ends) {
			first, ends = id, e.ends
		}
	}
	if len(s.byID) >= maxSessions {
		delete(s.byID, first)
	}
}
