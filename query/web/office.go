package web

import (
	"net/url"
	"slices"
	"strings"

	"anvesh/query/access"
	"anvesh/query/audit"
	"anvesh/query/phrase"
	"anvesh/query/web/page"
)

// The views of those who hand out credentials, and of those who approve long lists. A step is taken by the function that the API
// takes it by, and stands in the log in the same words, before.

// mostShown is how many credentials stand on the page that are not asked for by name: the newest.
const mostShown = 20

// showCredentials answers GET and POST of /credentials; a POST says which to look for, so that no name stands in an address.
func showCredentials(c *call) error {
	v, ok, err := c.room("credentials")
	if !ok {
		return err
	}
	find := ""
	if c.ctx.IsPost() {
		args, err := c.postedForm()
		if err != nil {
			return c.showProblem(v, "desk", err)
		}
		find = strings.TrimSpace(string(args.Peek("find")))
	}
	if done := string(c.ctx.QueryArgs().Peek("done")); done != "" {
		v.SaidStep(done)
	}
	c.fillOffice(v, find)
	return c.render(v)
}

// fillOffice puts the credentials into a view.
func (c *call) fillOffice(v *view, find string) {
	o := &page.Office{Report: c.Keys.Report(), Find: find, Roles: access.Roles()}
	now := c.now()
	for _, key := range c.Keys.List() {
		one := page.Credential{Key: key, State: key.State(now)}
		if key.Unit != "" {
			one.UnitName = c.unitName(v, key.Unit)
		}
		switch {
		case one.State == "requested" || one.State == "approved":
			o.Open = append(o.Open, one)
		case find == "" || holds(one, find):
			o.All = append(o.All, one)
		}
	}
	slices.Reverse(o.All)
	o.More = max(0, len(o.All)-mostShown)
	o.All = o.All[:len(o.All)-o.More]
	v.Desk.Office = o
}

// holds tells whether a credential has what is looked for in its name, number, unit or id.
func holds(one page.Credential, find string) bool {
	find = strings.ToLower(find)
	return slices.ContainsFunc([]string{one.Name, one.Person, one.Unit, one.UnitName, one.ID}, func(s string) bool {
		return strings.Contains(strings.ToLower(s), find)
	})
}

// pageRequest answers POST /credentials/new.
func pageRequest(c *call) error {
	v, ok, err := c.room("credentials")
	if !ok {
		return err
	}
	wanted, err := posted(c, v, wantedForm())
	if err == nil {
		var key access.Key
		if key, err = c.request(wanted); err == nil {
			c.Log.Info("web: credential requested", "request", c.requestID, "key", key.ID, "by", c.who.KeyID)
			return c.to("/credentials?done=request")
		}
	}
	c.fillOffice(v, "")
	return c.showProblem(v, "desk", err)
}

// pageStep answers POST /credentials/{id}: a step is taken. A key that it makes is shown in the answer and nowhere else.
func pageStep(c *call) error {
	v, ok, err := c.room("credentials")
	if !ok {
		return err
	}
	args, err := c.postedForm()
	if err != nil {
		return c.showProblem(v, "desk", err)
	}
	do := string(args.Peek("do"))
	step, known := steps[do]
	if !known {
		c.fillOffice(v, "")
		return c.showProblem(v, "desk", malformed("do must be a step of a credential"))
	}
	plaintext := ""
	var key access.Key
	if err = c.record(audit.KindCredential, "key", changing{Do: step.path, Key: c.part}); err == nil {
		plaintext, key, err = step.take(c, c.part)
	}
	if err != nil {
		c.fillOffice(v, "")
		return c.showProblem(v, "desk", err)
	}
	c.Log.Info("web: credential "+step.done, "request", c.requestID, "key", key.ID, "by", c.who.KeyID)
	if plaintext == "" {
		return c.to("/credentials?done=" + url.QueryEscape(do))
	}
	v.SaidStep(do)
	c.fillOffice(v, key.ID)
	v.Desk.Office.Fresh, v.Desk.Office.FreshOf = plaintext, key.Name
	return c.render(v)
}

// showApprovals answers GET and POST of /approvals; a POST approves a list.
func showApprovals(c *call) error {
	v, ok, err := c.room("approvals")
	if !ok {
		return err
	}
	given := &page.Approvals{}
	if c.ctx.IsPost() {
		var a wantedApproval
		if a, err = posted(c, v, approvalForm()); err == nil {
			err = c.record(audit.KindCredential, "key", changing{Do: "POST /v1/approvals"})
		}
		if err == nil {
			given.Rows = a.rows
			if given.ID, given.Until, err = c.approve(a); err == nil {
				v.Desk.Values = nil
				v.Said(phrase.ListApproved)
			}
		}
	}
	var unread error
	if given.Given, unread = c.Keys.Approvals(c.who); unread != nil {
		return unread
	}
	v.Desk.Approvals = given
	if err != nil {
		return c.showProblem(v, "desk", err)
	}
	return c.render(v)
}
