package access

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// A list that is longer than its asker's role may match needs a second person: one who may approve lists, of the asker's unit's
// chain or the bureau, and a person, as a machine is nobody's second look. An approval is for so many rows of one credential:
// a list is sent in parts, and what of a part was not answered is sent again.

// Why an approval was refused. Callers decide by errors.Is.
var (
	// ErrApproval: the list needs an approval, and that which was given is none, is used up, another's, too small or too old.
	ErrApproval = errors.New("access: the list needs an approval")
	// ErrMayNot: the role may not do that, or not for him.
	ErrMayNot = errors.New("access: not allowed")
)

// MostApproved is the most rows that an approval may be for.
const MostApproved = 200_000

// approvalTime is how long an approval waits for its list.
const approvalTime = 24 * time.Hour

// approval is one as it is kept.
type approval struct {
	For   string    `json:"for"` // id of the credential
	Rows  int       `json:"rows"`
	Left  int       `json:"left"` // of these
	By    string    `json:"by"`
	Until time.Time `json:"until"`
}

// ApproveList approves a list, of so many rows at most, of the credential with that id or name, and returns the approval's
// id. Errors are ErrMayNot and ErrNoKey.
func (k *Keys) ApproveList(idOrName string, rows int, by Identity) (id string, until time.Time, err error) {
	if !by.May(ApproveList) || by.Person == "" {
		return "", time.Time{}, ErrMayNot
	}
	k.mu.Lock()
	var h *holder
	if i := k.find(idOrName); i >= 0 {
		h = (*k.living.Load())[k.entries[i].ID]
	}
	k.mu.Unlock()
	switch {
	case h == nil:
		return "", time.Time{}, ErrNoKey
	case h.id.KeyID == by.KeyID || h.id.Who() == by.Who():
		return "", time.Time{}, ErrMayNot
	}
	until = k.now().Add(approvalTime).UTC().Truncate(time.Second)
	raw, err := json.Marshal(approval{For: h.id.KeyID, Rows: rows, Left: rows, By: by.Who(), Until: until})
	if err != nil {
		return "", time.Time{}, err
	}
	id = randomText(22)
	return id, until, k.state.put(approveBucket, map[string][]byte{id: raw})
}

// UseApproval takes so many rows of an approval for a part of a list, or the whole of it; whole is how many the list has in all.
// It returns how many were approved; otherwise it is ErrApproval.
func (k *Keys) UseApproval(id string, who Identity, rows, whole int) (approved int, err error) {
	err = k.state.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(approveBucket)
		var a approval
		raw := b.Get([]byte(id))
		if raw == nil || json.Unmarshal(raw, &a) != nil || a.For != who.KeyID || a.Left < rows || a.Rows < whole || !k.now().Before(a.Until) {
			return ErrApproval
		}
		approved = a.Rows
		if a.Left -= rows; a.Left == 0 {
			return b.Delete([]byte(id))
		}
		raw, err := json.Marshal(a)
		return errors.Join(err, b.Put([]byte(id), raw))
	})
	if err != nil && !errors.Is(err, ErrApproval) {
		return 0, fmt.Errorf("access: write state: %w", err)
	}
	return approved, err
}

// An Approval is one that waits for its list, or for more of it.
type Approval struct {
	ID    string
	For   string // id of the credential
	Rows  int    // that are left
	Until time.Time
}

// Approvals are those that somebody has given and that were not used up yet, the one that ends first at the head.
func (k *Keys) Approvals(by Identity) (given []Approval, err error) {
	err = k.state.each(approveBucket, func(id string, value []byte) error {
		var a approval
		if json.Unmarshal(value, &a) == nil && a.By == by.Who() && k.now().Before(a.Until) {
			given = append(given, Approval{ID: id, For: a.For, Rows: a.Left, Until: a.Until})
		}
		return nil
	})
	slices.SortFunc(given, func(a, b Approval) int { return cmp.Or(a.Until.Compare(b.Until), strings.Compare(a.ID, b.ID)) })
	return given, err
}

// dropApprovals drops those that nobody has used in time.
func (k *Keys) dropApprovals() error {
	late := map[string][]byte{}
	err := k.state.each(approveBucket, func(key string, value []byte) error {
		var a approval
		if json.Unmarshal(value, &a) != nil || !k.now().Before(a.Until) {
			late[key] = nil
		}
		return nil
	})
	return errors.Join(err, k.state.put(approveBucket, late))
}
