package web

import (
	"anvesh/query"
	"anvesh/query/access"
)

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
	plaintext, key, err := c.Keys.Add(wanted.name, wanted.role)
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
	plaintext, key, err := c.Keys.Rotate(c.part)
	if err != nil {
		return err
	}
	c.Log.Info("web: key rotated", "request", c.requestID, "key", key.ID, "by", c.who.KeyID)
	return writeJSON(c.ctx, shownKey{Plaintext: plaintext, Key: key})
}
