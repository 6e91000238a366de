package web

import (
	"strconv"
	"strings"

	"anvesh/query/audit"
	"anvesh/query/web/page"
)

// The view of those who read the log of who asked what. Its looks are those of GET /v1/audit, and in the log as they are.

// logPage is how many entries stand on a page.
const logPage = 20

// showLog answers GET and POST of /log: the newest entries, or those that are asked for, so that no name stands in an address.
func showLog(c *call) error {
	v, ok, err := c.logRoom()
	if !ok {
		return err
	}
	var w wantedEntries
	if c.ctx.IsPost() {
		if w, err = posted(c, v, entriesForm()); err != nil {
			return c.showProblem(v, "desk", err)
		}
	}
	w.Limit = logPage
	found, err := c.lookUp(w)
	if err != nil {
		return c.showProblem(v, "desk", err)
	}
	v.ShowLog(found.Entries, found.Before, func(code string) string { return c.unitName(v, code) })
	return c.render(v)
}

// showEntryProof answers GET /log/{entry}, such as /log/2026-1234: the proof of an entry, which tells nothing of persons.
func showEntryProof(c *call) error {
	v, ok, err := c.logRoom()
	if !ok {
		return err
	}
	year, number, _ := strings.Cut(c.part, "-")
	y, wrongYear := strconv.Atoi(year)
	n, wrongNumber := strconv.ParseInt(number, 10, 64)
	if wrongYear != nil || wrongNumber != nil {
		return c.showProblem(v, "desk", audit.ErrNoEntry)
	}
	if v.Desk.Log.Proof, err = c.Audit.Prove(y, n); err != nil {
		return c.showProblem(v, "desk", err)
	}
	v.Desk.Log.Key = c.Audit.VerifierKey()
	return c.render(v)
}

// logRoom begins the view; without a log there is none.
func (c *call) logRoom() (*view, bool, error) {
	if c.Audit == nil {
		return nil, false, errNoPath
	}
	v, ok, err := c.room("log")
	if ok {
		v.Desk.Log = &page.LogBook{Kinds: audit.Kinds()}
	}
	return v, ok, err
}
