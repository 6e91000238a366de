package web

import (
	"math"
	"time"

	"anvesh/query"
	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/phrase"
)

// shownCredential is a credential as its administrator sees it: what is known of it, and the step it is at.
type shownCredential struct {
	State string `json:"state"`
	shownKey
}

func (c *call) credential(plaintext string, key access.Key) shownCredential {
	return shownCredential{State: key.State(c.now()), shownKey: shownKey{Plaintext: plaintext, Key: key}}
}

// wantedForm lists what a request for a credential may carry.
func wantedForm() *form[access.Wanted] {
	type W = access.Wanted
	return &form[W]{what: "a request for a credential", fields: []field[W]{
		{name: "name", bound: freeText, setText: func(w *W, s string) { w.Name = s }},
		{name: "person", bound: freeText, setText: func(w *W, s string) { w.Person = s }},
		{name: "pillar", bound: query.Bound{Field: "pillar", Most: query.MaxText, Choices: access.Pillars()}, setText: func(w *W, s string) { w.Pillar = s }},
		{name: "role", bound: query.Bound{Field: "role", Most: query.MaxText, Choices: access.Roles()}, setText: func(w *W, s string) { w.Role = s }},
		{name: "unit", bound: freeText, setText: func(w *W, s string) { w.Unit = s }},
		{name: "rank", bound: freeText, setText: func(w *W, s string) { w.Rank = s }},
		{name: "days", kind: whole, bound: query.Bound{Field: "days", Least: 1, Most: 1825}, setWhole: func(w *W, n int) { w.Days = n }},
		{name: "batch", bound: freeText, setText: func(w *W, s string) { w.Batch = s }},
	}}
}

// requestCredential answers POST /v1/credentials: whoever has a credential may request one for somebody; it opens nothing
// before another person has approved it.
func requestCredential(c *call) error {
	wanted, err := read(c, wantedForm())
	if err != nil {
		return err
	}
	key, err := c.request(wanted)
	return c.stepped("requested", 201, "", key, err)
}

// request requests a credential; who does is in the log before.
func (c *call) request(wanted access.Wanted) (access.Key, error) {
	if c.KnownUnit != nil && wanted.Unit != "" && !c.KnownUnit(wanted.Unit) {
		return access.Key{}, wrong("unit", phrase.NoUnit)
	}
	asked := changing{Do: "request", Name: wanted.Name, Person: wanted.Person, Role: wanted.Role, Unit: wanted.Unit}
	if err := c.record(audit.KindCredential, "key", asked); err != nil {
		return access.Key{}, err
	}
	return c.Keys.Request(wanted, c.who)
}

// listCredentials answers GET /v1/credentials.
func listCredentials(c *call) error {
	all := []shownCredential{}
	for _, key := range c.Keys.List() {
		all = append(all, c.credential("", key))
	}
	return writeJSON(c.ctx, map[string][]shownCredential{"credentials": all})
}

// reportCredentials answers GET /v1/credentials/report.
func reportCredentials(c *call) error { return writeJSON(c.ctx, c.Keys.Report()) }

// steps are what an administrator does with a credential in one word, over the API and on the page: what the log calls it, what is
// said of it when it is done, and the doing, which returns a plain text where a key was made.
var steps = map[string]struct {
	path, done string
	take       func(c *call, id string) (plaintext string, key access.Key, err error)
}{
	"approve": {"POST /v1/credentials/{id}/approve", "approved", func(c *call, id string) (string, access.Key, error) {
		key, err := c.Keys.Approve(id, c.who)
		return "", key, err
	}},
	"refuse": {"POST /v1/credentials/{id}/refuse", "refused", func(c *call, id string) (string, access.Key, error) {
		key, err := c.Keys.Refuse(id, c.who)
		return "", key, err
	}},
	"issue":  {"POST /v1/credentials/{id}/issue", "issued", func(c *call, id string) (string, access.Key, error) { return c.Keys.Issue(id, c.who) }},
	"rotate": {"POST /v1/credentials/{id}/rotate", "rotated", func(c *call, id string) (string, access.Key, error) { return c.Keys.Rotate(id, 0) }},
	"reset":  {"POST /v1/credentials/{id}/reset", "reset", func(c *call, id string) (string, access.Key, error) { return c.Keys.Reset(id) }},
	"revoke": {"DELETE /v1/credentials/{id}", "revoked", func(c *call, id string) (string, access.Key, error) {
		key, err := c.Keys.Revoke(id)
		return "", key, err
	}},
	"away": {"POST /v1/credentials/{id}/change", "changed", func(c *call, id string) (string, access.Key, error) {
		key, err := c.Keys.SetAway(id, true)
		return "", key, err
	}},
	"back": {"POST /v1/credentials/{id}/change", "changed", func(c *call, id string) (string, access.Key, error) {
		key, err := c.Keys.SetAway(id, false)
		return "", key, err
	}},
}

// takeStep answers a call for a step of the table.
func takeStep(step string) func(*call) error {
	return func(c *call) error {
		plaintext, key, err := steps[step].take(c, c.part)
		return c.stepped(steps[step].done, 200, plaintext, key, err)
	}
}

// rotation is the body of POST /v1/credentials/{id}/rotate.
type rotation struct{ hours int }

// mostOverlap is how long two keys of a credential may be valid: a week, in hours.
const mostOverlap = 7 * 24

func rotateCredential(c *call) error {
	r, err := read(c, &form[rotation]{what: "a rotation", fields: []field[rotation]{
		{name: "overlap_hours", kind: whole, bound: query.Bound{Field: "overlap_hours", Most: mostOverlap}, setWhole: func(r *rotation, n int) { r.hours = n }}}})
	if err != nil {
		return err
	}
	plaintext, key, err := c.Keys.Rotate(c.part, time.Duration(r.hours)*time.Hour)
	return c.stepped("rotated", 200, plaintext, key, err)
}

// change is the body of POST /v1/credentials/{id}/change: what is given is changed.
type change struct {
	away        *bool
	searches    *int
	certificate *string
}

func changeCredential(c *call) error {
	r, err := read(c, &form[change]{what: "a change of a credential", fields: []field[change]{
		{name: "away", kind: truth, setTruth: func(r *change, b bool) { r.away = &b }},
		{name: "searches", kind: whole, bound: query.Bound{Field: "searches", Most: math.MaxInt32}, setWhole: func(r *change, n int) { r.searches = &n }},
		{name: "certificate", bound: freeText, setText: func(r *change, s string) { r.certificate = &s }},
	}})
	if err != nil {
		return err
	}
	if r == (change{}) {
		return malformed("give what is to be changed: away, searches or certificate")
	}
	var key access.Key
	if r.away != nil {
		key, err = c.Keys.SetAway(c.part, *r.away)
	}
	if err == nil && r.searches != nil {
		key, err = c.Keys.Allow(c.part, *r.searches)
	}
	if err == nil && r.certificate != nil {
		key, err = c.Keys.Bind(c.part, *r.certificate)
	}
	return c.stepped("changed", 200, "", key, err)
}

// wantedApproval is the body of POST /v1/approvals.
type wantedApproval struct {
	of     string
	rows   int
	reason string
}

func approvalForm() *form[wantedApproval] {
	type A = wantedApproval
	return &form[A]{what: "an approval", fields: []field[A]{
		{name: "for", bound: freeText, setText: func(a *A, s string) { a.of = s }},
		{name: "rows", kind: whole, bound: query.Bound{Field: "rows", Least: 1, Most: access.MostApproved}, setWhole: func(a *A, n int) { a.rows = n }},
		{name: "reason", bound: freeText, setText: func(a *A, s string) { a.reason = s }},
	}}
}

// approveList answers POST /v1/approvals: a second person approves one long list of another.
func approveList(c *call) error {
	a, err := read(c, approvalForm())
	if err != nil {
		return err
	}
	id, until, err := c.approve(a)
	if err != nil {
		return err
	}
	c.ctx.SetStatusCode(201)
	return writeJSON(c.ctx, map[string]any{"approval": id, "until": until})
}

// approve approves one list of another.
func (c *call) approve(a wantedApproval) (id string, until time.Time, err error) {
	if err := query.CheckReason(a.reason); err != nil {
		return "", time.Time{}, err
	}
	if id, until, err = c.Keys.ApproveList(a.of, a.rows, c.who); err != nil {
		return "", time.Time{}, err
	}
	c.Log.Info("web: list approved", "request", c.requestID, "by", c.who.KeyID, "rows", a.rows)
	return id, until, nil
}

// stepped logs a step by the ids of both credentials, and answers with what came of it.
func (c *call) stepped(what string, status int, plaintext string, key access.Key, err error) error {
	if err != nil {
		return err
	}
	c.Log.Info("web: credential "+what, "request", c.requestID, "key", key.ID, "by", c.who.KeyID)
	c.ctx.SetStatusCode(status)
	return writeJSON(c.ctx, c.credential(plaintext, key))
}

// A shownKey is a key as its administrator sees it; Plaintext only in the answer that made it.
type shownKey struct {
	Plaintext string `json:"key,omitempty"`
	access.Key
}

// A wantedKey is the body of POST /v1/keys.
type wantedKey struct{ name, role string }

// keyForm lists what it may carry.
func keyForm() *form[wantedKey] {
	return &form[wantedKey]{what: "a key", fields: []field[wantedKey]{
		{name: "name", bound: freeText, setText: func(k *wantedKey, s string) { k.name = s }},
		{name: "role", bound: query.Bound{Field: "role", Most: query.MaxText, Choices: []string{access.RoleBureau, access.RoleAdmin}},
			setText: func(k *wantedKey, s string) { k.role = s }},
	}}
}

// listKeys answers GET /v1/keys.
func listKeys(c *call) error {
	return writeJSON(c.ctx, map[string][]access.Key{"keys": c.Keys.List()})
}

// addKey answers POST /v1/keys.
func addKey(c *call) error {
	wanted, err := read(c, keyForm())
	if err != nil {
		return err
	}
	if err := c.record(audit.KindCredential, "key", changing{Do: "add", Name: wanted.name, Role: wanted.role}); err != nil {
		return err
	}
	plaintext, key, err := c.Keys.Add(wanted.name, wanted.role, c.who)
	if err != nil {
		return err
	}
	c.Log.Info("web: key added", "request", c.requestID, "key", key.ID, "by", c.who.KeyID)
	c.ctx.SetStatusCode(201)
	return writeJSON(c.ctx, shownKey{Plaintext: plaintext, Key: key})
}

// revokeKey answers DELETE /v1/keys/{id}; the id may be a name.
func revokeKey(c *call) error {
	key, err := c.Keys.Revoke(c.part)
	if err != nil {
		return err
	}
	c.Log.Info("web: key revoked", "request", c.requestID, "key", key.ID, "by", c.who.KeyID)
	return writeJSON(c.ctx, shownKey{Key: key})
}

// rotateKey answers POST /v1/keys/{id}/rotate; the id may be a name.
func rotateKey(c *call) error {
	plaintext, key, err := c.Keys.Rotate(c.part, 0)
	if err != nil {
		return err
	}
	c.Log.Info("web: key rotated", "request", c.requestID, "key", key.ID, "by", c.who.KeyID)
	return writeJSON(c.ctx, shownKey{Plaintext: plaintext, Key: key})
}
