package indexer

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// What was destroyed by order stays out: the log has it for weeks, senders repeat themselves, and a case goes on after one of
// its accused was taken out of it. The store keeps tombstones (storage.Tombstone), of three kinds of marks under one key:
//
//	case FIR      all of the case is gone: its messages are not applied, and other cases do not link to it
//	some FIR      something of the case is gone, with keyed hashes of the words of the names of those who are
//	record ID     that is gone, ID as in storage.Record
//	key           the key itself, so that another one is noticed
//
// A form of a case of which something is gone is stripped before anything else is done with it: of what speaks of a ref that is
// gone, and of texts that mention somebody who is. What is stored and hashed is the stripped form, so that the same
// form that comes again is the same content.

// ErrGraveKey: the store has tombstones, and the key that was given, if any, is not the one that they were made with.
var ErrGraveKey = errors.New("records were destroyed by order in this store, and secret/destroy.key is not the key that keeps them out: copy it from where the store or its backup was made")

// CountDestroyed counts messages of cases that were destroyed.
const CountDestroyed = "destroyed"

// graves tell what is gone.
type graves struct {
	key  []byte
	held map[storage.Mark]storage.Tombstone
}

func (g *graves) sum(kind, what string) []byte {
	h := hmac.New(sha256.New, g.key)
	h.Write([]byte(kind + "\x00" + what))
	return h.Sum(nil)
}

func (g *graves) mark(kind, what string) (m storage.Mark) {
	copy(m[:], g.sum(kind, what))
	return m
}

func (g *graves) word(key string) uint64 { return binary.BigEndian.Uint64(g.sum("word", key)) }

func (g *graves) has(kind, what string) bool {
	_, ok := g.held[g.mark(kind, what)]
	return ok
}

// KeepOut gives the key of the store's tombstones; the error is ErrGraveKey. A store without any takes any key.
func (x *Indexer) KeepOut(key []byte) error {
	x.graveKey = slices.Clone(key)
	if g := x.graves(); len(g.held) > 0 && (len(key) == 0 || !g.has("key", "")) {
		return ErrGraveKey
	}
	return nil
}

func (x *Indexer) graves() *graves { return &graves{x.graveKey, x.store.Buried()} }

// keepOut takes out of updates what was destroyed.
func (x *Indexer) keepOut(tx storage.Tx, updates []update) []update {
	g := x.graves()
	if len(g.held) == 0 {
		return updates
	}
	kept := make([]update, 0, len(updates))
	for _, u := range updates {
		if g.has("case", u.fir) {
			tx.Count(CountDestroyed, 1)
			continue
		}
		u, ok := g.stripped(u)
		if !ok {
			tx.Count(CountDestroyed, 1)
			continue
		}
		kept = append(kept, u)
	}
	return kept
}

// stripped is an update without what is gone. It is not ok where what is left of a form breaks a rule: then all of it stays out.
func (g *graves) stripped(u update) (update, bool) {
	if u.form == nil {
		return u, true
	}
	value, changed := g.strip(u.fir, u.form, u.value)
	if !changed {
		return u, true
	}
	form, err := iif.Parse([]byte(u.fir), value)
	u.form, u.value, u.sum = form, value, sha256.Sum256(value)
	return u, err == nil
}

// strippedValue is stripped of a value that is stored somewhere. It is not ok where all of it stays out.
func (x *Indexer) strippedValue(fir string, value []byte) (out []byte, changed, ok bool) {
	g := x.graves()
	if len(g.held) == 0 {
		return value, false, true
	}
	form, err := iif.Parse([]byte(fir), value)
	if err != nil || g.has("case", fir) {
		return nil, false, false
	}
	u, ok := g.stripped(update{fir: fir, form: form, value: value})
	return u.value, string(u.value) != string(value), ok
}

// strip returns a form's value without what is gone. The members of what it returns are in order of their names.
func (g *graves) strip(fir string, f *iif.Form, value []byte) (out []byte, changed bool) {
	some, part := g.held[g.mark("some", fir)]
	links := slices.ContainsFunc(f.LinkedFIRs, func(l string) bool { return g.has("case", l) })
	if !part && !links {
		return value, false
	}
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader(iif.TrimMark(value)))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		panic("BUG: indexer: a form is no JSON: " + err.Error())
	}
	if links {
		filter(m, "linked_firs", func(e any) bool { l, _ := e.(string); return g.has("case", l) })
	}
	if part {
		s := stripping{g: g, fir: fir, some: some}
		s.form(m)
	}
	out, err := json.Marshal(m)
	if err != nil {
		panic("BUG: indexer: a form cannot be written: " + err.Error())
	}
	return out, true
}

// filter takes elements out of a list of an object, and the list with the last of them.
func filter(m map[string]any, name string, gone func(any) bool) {
	list, ok := m[name].([]any)
	if !ok {
		return
	}
	if list = slices.DeleteFunc(list, gone); len(list) > 0 {
		m[name] = list
	} else {
		delete(m, name)
	}
}

// A stripping takes what is gone out of the forms of one case.
type stripping struct {
	g    *graves
	fir  string
	some storage.Tombstone
}

// gone reports whether the person or vehicle of a ref is gone; the part of an accused's ref that is a party's may be gone alone.
func (s *stripping) gone(ref, role string) bool {
	if ref == "" {
		return false
	}
	return s.g.has("record", s.fir+"/p/"+ref) || s.g.has("record", s.fir+"/v/"+ref) ||
		role != storage.Accused && s.g.has("record", s.fir+"/p/"+ref+partySuffix)
}

// goneRef is gone by the ref of an object, of which only accused have any beside persons.
func (s *stripping) goneRef(e any) bool {
	m, _ := e.(map[string]any)
	ref, _ := m["ref"].(string)
	return s.gone(ref, storage.Accused)
}

// form strips a whole form.
func (s *stripping) form(m map[string]any) {
	filter(m, "persons", func(e any) bool {
		p, _ := e.(map[string]any)
		ref, _ := p["ref"].(string)
		role, _ := p["role"].(string)
		return s.gone(ref, role)
	})
	persons, _ := m["persons"].([]any)
	for _, e := range persons {
		p, _ := e.(map[string]any)
		for _, field := range []string{"name", "name_hi"} {
			if name, ok := p[field].(string); ok {
				p[field] = s.ownName(name)
			}
		}
	}
	for _, list := range []string{"vehicles", "property", "disposals", "appeals", "property_orders"} {
		filter(m, list, s.goneRef)
	}
	if s.goneRef(m["arrest"]) {
		delete(m, "arrest")
	}
	if r, ok := m["report"].(map[string]any); ok {
		filter(r, "charge_sheeted", s.goneRef)
		filter(r, "not_charge_sheeted", s.goneRef)
	}
	filter(m, "orders", s.orderGone)
	s.refs(m["seizure"], "from")
	items, _ := m["property"].([]any)
	for _, i := range items {
		s.refs(i, "vehicle")
	}
	for name, v := range m {
		if !keptTexts[name] {
			m[name] = s.texts(name, v)
		}
		if m[name] == nil {
			delete(m, name)
		}
	}
}

// orderGone takes refs out of an order; an order that named nobody else is gone, since one without refs is for the whole case.
func (s *stripping) orderGone(e any) bool {
	o, _ := e.(map[string]any)
	refs, named := o["refs"].([]any)
	filter(o, "refs", func(r any) bool { ref, _ := r.(string); return s.gone(ref, storage.Accused) })
	return named && len(refs) > 0 && o["refs"] == nil
}

// refs deletes a field that names a ref which is gone.
func (s *stripping) refs(e any, field string) {
	m, _ := e.(map[string]any)
	if ref, _ := m[field].(string); s.gone(ref, storage.Accused) {
		delete(m, field)
	}
}

// ownName is the name of somebody who stays up to the first relative or other name in it that is gone.
func (s *stripping) ownName(name string) string {
	parts := nameParts(name)
	for _, p := range parts[1:] {
		if p.relative && s.relative(p.text) || !p.relative && s.mentions(p.text) {
			return strings.TrimSpace(name[:p.from])
		}
	}
	return name
}

// keptTexts are fields of a form whose texts are of nobody who can be gone, or are codes. Names of persons who stay are seen to
// apart.
var keptTexts = map[string]bool{"form": true, "form_id": true, "fir": true, "station": true, "event_at": true, "entered_at": true, "entered_by": true,
	"entered_at_unit": true, "io": true, "sections": true, "linked_firs": true, "ref": true, "role": true, "name": true, "name_hi": true, "gender": true,
	"relation": true, "status": true, "act": true, "section": true, "date": true, "registration": true, "chassis": true, "engine": true,
	"kind": true, "order": true, "result": true, "effect": true, "standing": true, "outcome": true, "side": true, "nature": true, "state": true,
	"unoccurred_reason": true, "released_to": true, "fir_type": true, "cnr": true, "type": true, "appeal": true}

// texts is a value without the texts that mention somebody who is gone; nil where nothing is left.
func (s *stripping) texts(name string, v any) any {
	switch v := v.(type) {
	case string:
		if name == "relative" || name == "relative_hi" {
			if s.relative(v) {
				return nil
			}
		} else if s.mentions(v) {
			return nil
		}
	case []any:
		left := slices.DeleteFunc(slices.Clone(v), func(e any) bool { return s.texts(name, e) == nil })
		if len(left) == 0 {
			return nil
		}
		return left
	case map[string]any:
		for field, e := range v {
			if keptTexts[field] {
				continue
			}
			if e = s.texts(field, e); e == nil {
				delete(v, field)
			} else {
				v[field] = e
			}
		}
	}
	return v
}

// mentions reports whether a text has a distinctive word of a name that is gone.
func (s *stripping) mentions(text string) bool {
	return slices.ContainsFunc(ownKeys(text), func(k string) bool { return slices.Contains(s.some.Words, s.g.word(k)) })
}

// ownKeys are the keys of a text's distinctive words, and of each two words that follow each other as one: Dharam Pal is Dharampal.
func ownKeys(text string) (keys []string) {
	last := ""
	for from, to := range wordsIn(text) {
		w := text[from:to]
		for _, k := range [...]string{nameKey(w), nameKey(last + w)} {
			if k != "" && !titleKeys()[k] && !commonKeys()[k] && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
		last = w
	}
	return keys
}

// relative reports whether the name of a relative is, or has, that of somebody who is gone: see hidden.relative.
func (s *stripping) relative(text string) bool {
	if slices.ContainsFunc(ownKeys(text), func(k string) bool { return slices.Contains(s.some.Given, s.g.word(k)) }) {
		return true
	}
	own := slices.DeleteFunc(keysOf(text), func(k string) bool { return commonKeys()[k] })
	return len(own) > 0 && !slices.ContainsFunc(own, func(k string) bool { return !slices.Contains(s.some.Words, s.g.word(k)) })
}

// wordsOf adds the words of a person's names to a tombstone.
func (g *graves) wordsOf(b *storage.Tombstone, r *storage.Record) {
	for _, text := range slices.Concat([]string{r.Name}, r.Names, r.Aliases) {
		for _, part := range nameParts(text) {
			if part.relative {
				continue
			}
			own := slices.DeleteFunc(keysOf(part.text), func(k string) bool { return commonKeys()[k] })
			for i, k := range ownKeys(part.text) {
				if w := g.word(k); !slices.Contains(b.Words, w) {
					b.Words = append(b.Words, w)
				}
				if w := g.word(k); (i == 0 || len(own) > 0 && k == own[0]) && !slices.Contains(b.Given, w) {
					b.Given = append(b.Given, w)
				}
			}
		}
	}
}

// caseOf is the FIR of an id, and whether the id is that of a record.
func caseOf(id string) (fir string, record bool) {
	fir, _, record = strings.Cut(id, "/")
	return fir, record
}

// A Destroyed says what a destruction took out of the store's present. Names and Around are for the search that proves it, and
// for nothing that is kept.
type Destroyed struct {
	Held   bool     // the case or record was there
	IDs    []string // of the case and all its records, or of the record
	Forms  int      // that are gone, or were stripped
	Linked []string // other cases whose forms named the case
	Names  []string // names and aliases of the persons, numbers of the vehicles
	Around []string // relatives and addresses, which may be others' too
}

// ErrAside: a case that waits to be mended cannot be destroyed.
var ErrAside = errors.New("the case is damaged: run anvesh mend first, then destroy it")

// Destroy takes a case, by its FIR, or one record, by its id, out of the store, and buries it: what comes of it later stays out.
// It changes what the store says now; storage.Remake does away with what it said before. The key must be that of KeepOut.
func (x *Indexer) Destroy(ctx context.Context, id string) (*Destroyed, error) {
	fir, record := caseOf(id)
	if err := iif.CheckKey([]byte(fir)); err != nil {
		return nil, err
	}
	d := &Destroyed{}
	err := x.store.Update(ctx, func(tx storage.Tx) error {
		*d = Destroyed{}
		if tx.IsAside(fir) {
			return ErrAside
		}
		c, err := tx.Case(fir)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrAside, err)
		}
		if err := d.note(x.store, c, id); err != nil {
			return err
		}
		if record {
			return x.destroyRecord(tx, c, id, d)
		}
		return x.destroyCase(tx, c, d)
	})
	if err == nil && !record {
		err = x.unlink(ctx, fir, d)
	}
	return d, err
}

// note keeps what is to be searched for.
func (d *Destroyed) note(s *storage.Store, c *storage.Case, id string) error {
	if id == c.FIR {
		d.IDs, d.Held = append(d.IDs, c.FIR), len(c.Forms) > 0
	}
	for _, held := range c.Records {
		if id != c.FIR && held != id {
			continue
		}
		r, err := s.Get(held)
		if err != nil {
			return err
		}
		d.IDs, d.Held = append(d.IDs, held), true
		d.Names = slices.Concat(d.Names, []string{r.Name, r.Registration, r.Chassis, r.Engine}, r.Names, r.Aliases, r.Registrations, r.Chassises, r.Engines)
		d.Around = slices.Concat(d.Around, r.Relatives, r.Places)
	}
	if !slices.Contains(d.IDs, id) {
		d.IDs = append(d.IDs, id)
	}
	return nil
}

// bury writes tombstones, and with the first of the store that of the key.
func (x *Indexer) bury(tx storage.Tx, stones ...storage.Tombstone) error {
	for _, b := range append(stones, storage.Tombstone{Mark: x.graves().mark("key", "")}) {
		if err := tx.Bury(b); err != nil {
			return err
		}
	}
	return nil
}

// destroyCase leaves of a case an empty entry, which Remake drops.
func (x *Indexer) destroyCase(tx storage.Tx, c *storage.Case, d *Destroyed) error {
	d.Forms = len(c.Forms)
	if len(c.Forms)+len(c.Records) > 0 || c.Withdrawn {
		if err := tx.Put(&storage.Case{FIR: c.FIR}, nil, nil); err != nil {
			return err
		}
	}
	return x.bury(tx, storage.Tombstone{Mark: x.graves().mark("case", c.FIR)})
}

// destroyRecord strips the forms of a case of one record.
func (x *Indexer) destroyRecord(tx storage.Tx, c *storage.Case, id string, d *Destroyed) error {
	g := x.graves()
	some := storage.Tombstone{Mark: g.mark("some", c.FIR)}
	if old, ok := g.held[some.Mark]; ok { // another record of the case is gone
		some.Given, some.Words = slices.Clone(old.Given), slices.Clone(old.Words)
	}
	if slices.Contains(c.Records, id) {
		r, err := x.store.Get(id)
		if err != nil {
			return err
		}
		g.wordsOf(&some, r)
	}
	gone := storage.Tombstone{Mark: g.mark("record", id)}
	if err := x.bury(tx, some, gone); err != nil {
		return err
	}
	held := maps.Clone(g.held)
	if held == nil {
		held = map[storage.Mark]storage.Tombstone{}
	}
	held[some.Mark], held[gone.Mark] = some, gone
	n, err := x.stripCase(tx, c, &graves{g.key, held})
	d.Forms = n
	return err
}

// stripCase strips the stored forms of a case, and folds it anew. It returns how many have changed.
func (x *Indexer) stripCase(tx storage.Tx, c *storage.Case, g *graves) (changed int, err error) {
	if len(c.Forms) == 0 {
		return 0, nil
	}
	values := map[string][]byte{}
	var kept []storage.Form
	for _, f := range c.Forms {
		v, err := tx.Value(c.FIR, f.ID)
		if err != nil {
			return 0, err
		}
		form, err := iif.Parse([]byte(c.FIR), v)
		if err != nil {
			return 0, fmt.Errorf("indexer: a stored form breaks a rule: %w", err)
		}
		out, did := g.strip(c.FIR, form, v)
		if did && string(out) != string(v) {
			if _, err := iif.Parse([]byte(c.FIR), out); err != nil { // what is left is no form
				changed++
				continue
			}
			f.Sum, values[f.ID] = sha256.Sum256(out), out
			changed++
		}
		kept = append(kept, f)
	}
	c.Forms = kept
	forms, err := x.held(tx, c, values)
	if err != nil {
		return 0, err
	}
	return changed, tx.Put(c, values, fold(c, forms))
}

// unlink takes the number of a destroyed case out of the forms of others.
func (x *Indexer) unlink(ctx context.Context, fir string, d *Destroyed) error {
	all, err := x.store.CaseNumbers()
	if err != nil {
		return err
	}
	for _, other := range all {
		names, err := x.names(other, fir)
		if err != nil {
			return err
		}
		if !names {
			continue
		}
		err = x.update(ctx, func(tx storage.Tx) error {
			c, err := tx.Case(other)
			if err != nil {
				return err
			}
			_, err = x.stripCase(tx, c, x.graves())
			return err
		})
		if err != nil {
			return err
		}
		d.Linked = append(d.Linked, other)
	}
	return nil
}

// names reports whether a form of a case links to another.
func (x *Indexer) names(fir, linked string) (bool, error) {
	c, values, err := x.store.Forms(fir)
	if err != nil || len(c.Forms) == 0 {
		return false, err
	}
	for _, v := range values {
		f, err := iif.Parse([]byte(fir), v)
		if err != nil {
			return false, err
		}
		if slices.Contains(f.LinkedFIRs, linked) {
			return true, nil
		}
	}
	return false, nil
}
