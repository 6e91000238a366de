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
// chain or the bureau, and a person, as a machine is nobody's second look. An approval is for one list of one credential.

// Why an approval was refused. Callers decide by errors.Is.
var (
	// ErrApproval: the list needs an approval, and that which was given is none, is used, another's, too small or too old.
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
	By    string    `json:"by"`
	Until time.Time `json:"until"`
}

// ApproveList approves one list, of so many rows at most, of the credential with that id or name, and returns the approval's
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
	raw, err := json.Marshal(approval{For: h.id.KeyID, Rows: rows, By: by.Who(), Until: until})
	if err != nil {
		return "", time.Time{}, err
	}
	id = randomText(22)
	return id, until, k.state.put(approveBucket, map[string][]byte{id: raw})
}

// UseApproval takes an approval for a list of so many rows; it is used up when this returns nil. Otherwise it is ErrApproval.
func (k *Keys) UseApproval(id string, who Identity, rows int) error {
	taken := false
	err := k.state.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(approveBucket)
		var a approval
		raw := b.Get([]byte(id))
		if raw == nil || json.Unmarshal(raw, &a) != nil || a.For != who.KeyID || a.Rows < rows || !k.now().Before(a.Until) {
			return nil
		}
		taken = true
		return b.Delete([]byte(id))
	})
	if err != nil {
		return fmt.Errorf("access: write state: %w", err)
	}
	if !taken {
		return ErrApproval
	}
	return nil
}

// An Approval is one that waits for its list.
type Approval struct {
	ID    string
	For   string // id of the credential
	Rows  int
	Until time.Time
}

// Approvals are those that somebody has given and that were not used yet, the one that ends first at the head.
func (k *Keys) Approvals(by Identity) (given []Approval, err error) {
	err = k.state.each(approveBucket, func(id string, value []byte) error {
		var a approval
		if json.Unmarshal(value, &a) == nil && a.By == by.Who() && k.now().Before(a.Until) {
			given = append(given, Approval{ID: id, For: a.For, Rows: a.Rows, Until: a.Until})
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
