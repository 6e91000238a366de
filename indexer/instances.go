package indexer

import (
	"slices"
	"strings"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// What a case holds of its messages. Two partitions may hold one case, and then its messages arrive in any order; what is
// held must not depend on it. The rule looks at the set of the case's messages and at nothing else:
//
//   - Messages have an order, their stamps: the log's time, which is taken not to run back within a partition, so that there it is
//     the order of offsets; between partitions the earlier time comes first, then the lesser partition.
//   - A case is withdrawn once a withdrawal is among them. Of its forms those count then which say of themselves that
//     they reinstate and whose stamp is after that of the last withdrawal. All others are gone for good.
//   - Of the forms of one instance that count, the newest counts: the greater version, then the greater SHA-256.
//   - Copies of one value are one: it has the stamp of the last. A copy that comes after a withdrawal reinstates like any other.
//
// A withdrawal that comes late from another partition may leave an older version to count, when only that one says that it
// reinstates, or is late enough. Values that reinstate are therefore kept beside the newest of their instance (storage.Form.Spare)
// unless one of them is both newer and later. They are rare: without a withdrawal nobody has reason to send one.
//
// When a form arrived is the time of its first copy; of one that reinstates it is its stamp's, since what came before the withdrawal is
// forgotten with it.

// An instance is what is held of one form instance while an update is taken in.
type instance struct {
	c    *storage.Case
	id   string
	all  []heldForm
	rest []storage.Form // of other instances
}

// heldForm is one value of an instance, and the id under which the store has it, "" for one that has just come.
type heldForm struct {
	storage.Form
	stored string
	value  []byte
}

func instanceOf(c *storage.Case, id string, values map[string][]byte) *instance {
	in := &instance{c: c, id: id}
	for _, f := range c.Forms {
		if f.ID != id && (!f.Spare || f.Instance() != id) {
			in.rest = append(in.rest, f)
			continue
		}
		h := heldForm{Form: f, stored: f.ID, value: values[f.ID]}
		in.all = append(in.all, h)
	}
	return in
}

// current is the value that counts, nil if none does.
func (in *instance) current() *heldForm {
	for i := range in.all {
		if !in.all[i].Spare {
			return &in.all[i]
		}
	}
	return nil
}

// same is the value that is a copy of u's, nil if none is.
func (in *instance) same(u *update) *heldForm {
	for i := range in.all {
		if h := &in.all[i]; h.Version == u.form.Version && h.Sum == u.sum {
			return h
		}
	}
	return nil
}

// again takes another copy of a value that is held, and reports whether that changes anything.
func (h *heldForm) again(u *update) bool {
	switch {
	case h.Reinstates && u.stamp.After(h.Stamp):
		h.Stamp, h.Arrived = u.stamp, u.stamp.Time
	case !h.Reinstates && u.arrived != 0 && h.Arrived != 0 && u.arrived < h.Arrived:
		h.Arrived = u.arrived
	default:
		return false
	}
	return true
}

// add takes a value that is not held.
func (in *instance) add(u *update) {
	f := storage.Form{ID: in.id, Version: u.form.Version, Sum: u.sum, Arrived: u.arrived, Spare: true}
	if u.form.Reinstates {
		f.Reinstates, f.Stamp, f.Arrived = true, u.stamp, u.stamp.Time
	}
	in.all = append(in.all, heldForm{Form: f, value: u.value})
}

// resolve chooses what counts, drops what never can, and puts the instance back into its case. values takes what is to be
// written; read gets what is stored under an id.
func (in *instance) resolve(values map[string][]byte, read func(id string) ([]byte, error)) error {
	slices.SortFunc(in.all, func(a, b heldForm) int {
		switch {
		case Newer(a.Version, a.Sum, b.Version, b.Sum):
			return -1
		case Newer(b.Version, b.Sum, a.Version, a.Sum):
			return 1
		}
		return 0
	})
	kept := in.all[:0]
	last := storage.Stamp{Time: -1}
	for i, h := range in.all {
		if i > 0 && (!h.Reinstates || !h.Stamp.After(last)) {
			delete(values, h.stored)
			continue
		}
		if h.Reinstates {
			last = h.Stamp
		}
		h.Spare = i > 0
		kept = append(kept, h)
	}
	in.c.Forms = in.rest
	moved := map[string][]byte{}
	for _, h := range kept {
		h.ID = in.id
		if h.Spare {
			h.ID = storage.SpareID(in.id, h.Sum)
		}
		if err := h.move(values, moved, read); err != nil {
			return err
		}
		in.c.Forms = append(in.c.Forms, h.Form)
	}
	for id, v := range moved {
		values[id] = v
	}
	slices.SortFunc(in.c.Forms, func(a, b storage.Form) int { return strings.Compare(a.ID, b.ID) })
	return nil
}

// move sees to it that the value is written where its id says, unless it is stored there.
func (h *heldForm) move(values, moved map[string][]byte, read func(id string) ([]byte, error)) (err error) {
	v := h.value
	if h.stored != "" && h.stored != h.ID && v == nil {
		if v, err = read(h.stored); err != nil {
			return err
		}
	}
	if h.stored != h.ID {
		delete(values, h.stored)
	}
	if v != nil {
		moved[h.ID] = v
	}
	return nil
}

// withdraw takes a withdrawal, and reports whether that changes anything.
func withdraw(c *storage.Case, u *update, values map[string][]byte, read func(id string) ([]byte, error)) (bool, error) {
	if c.Withdrawn && !u.stamp.After(c.Withdrawal) && c.Withdrawal != (storage.Stamp{}) {
		return false, nil
	}
	c.Withdrawn, c.Withdrawal = true, u.stamp
	var instances []string
	stays := func(f storage.Form) bool { return f.Reinstates && f.Stamp.After(c.Withdrawal) }
	for _, f := range c.Forms {
		if stays(f) && !slices.Contains(instances, f.Instance()) {
			instances = append(instances, f.Instance())
		}
		if !stays(f) {
			delete(values, f.ID)
		}
	}
	c.Forms = slices.DeleteFunc(c.Forms, func(f storage.Form) bool { return !stays(f) })
	for _, id := range instances {
		if err := instanceOf(c, id, values).resolve(values, read); err != nil {
			return false, err
		}
	}
	return true, nil
}

// takes reports whether a form may count in a case: any in one that is not withdrawn.
func takes(c *storage.Case, form *iif.Form, stamp storage.Stamp) bool {
	return !c.Withdrawn || form.Reinstates && stamp.After(c.Withdrawal)
}
