package page

import (
	"fmt"
	"html/template"
	"image/color"
	"slices"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"anvesh/query/access"
	"anvesh/query/phrase"
)

// A Desk is what stands on the page in place of the search: one of its other views. At says which; of the parts only that view's
// is set, and none where the asker may not see it.
type Desk struct {
	At     string
	Said   string            // what was just done
	Values map[string]string // what was typed into a form that is shown again

	Account   *Account
	Office    *Office
	Approvals *Approvals
	Log       *LogBook
	List      *ListView
}

// A Room is a view of the page, as the navigation names it.
type Room struct {
	At, Path string
	may      func(access.Identity) bool
}

// rooms are the views, in the order of the navigation, and who sees them.
var rooms = []Room{
	{"search", "/", maySearch},
	{"lists", "/lists", func(who access.Identity) bool { return who.May(access.List) }},
	{"approvals", "/approvals", func(who access.Identity) bool { return who.May(access.ApproveList) && who.Person != "" }},
	{"credentials", "/credentials", func(who access.Identity) bool { return who.May(access.Administer) }},
	{"log", "/log", func(who access.Identity) bool { return who.May(access.ReadLog) }},
	{"account", "/account", func(access.Identity) bool { return true }},
}

// maySearch tells whether there is anything that somebody may look for.
func maySearch(who access.Identity) bool {
	return slices.ContainsFunc([]access.Action{access.SearchAccused, access.SearchVictims, access.SearchComplainants, access.SearchWitnesses,
		access.SearchVehicles, access.ViewCase}, who.May)
}

// MayEnter tells whether somebody sees a view.
func MayEnter(at string, who access.Identity) bool {
	return slices.ContainsFunc(rooms, func(r Room) bool { return r.At == at && r.may(who) })
}

// Home is the path of the first view that somebody sees.
func Home(who access.Identity) string {
	for _, r := range rooms {
		if r.may(who) {
			return r.Path
		}
	}
	return "/"
}

// Rooms are the views that the asker sees; none where there is but one.
func (v *View) Rooms() (seen []Room) {
	for _, r := range rooms {
		if v.Who != nil && r.may(*v.Who) {
			seen = append(seen, r)
		}
	}
	return seen
}

// In tells whether a view is the one that is shown.
func (v *View) In(at string) bool {
	return v.Desk == nil && at == "search" || v.Desk != nil && v.Desk.At == at
}

// Posts tells whether the form of the search is posted to see what is shown in the other language; else that has an address of its own.
func (v *View) Posts() bool { return v.Who != nil && v.Desk == nil && v.CaseAt == "" }

// HereIn is the address of the view that is shown, in a language.
func (v *View) HereIn(lang string) string {
	if at := v.Here(); strings.Contains(at, "?") {
		return at + "&lang=" + lang
	} else {
		return at + "?lang=" + lang
	}
}

// Here is the address of the view that is shown.
func (v *View) Here() string {
	if v.CaseAt != "" {
		return v.CaseAt
	}
	if v.Desk != nil && v.Desk.List != nil && v.Desk.List.ID != "" {
		return "/lists/" + v.Desk.List.ID
	}
	for _, r := range rooms {
		if v.In(r.At) {
			return r.Path
		}
	}
	return "/"
}

// Refreshes tells whether what is shown goes on by itself.
func (v *View) Refreshes() bool {
	return v.Desk != nil && v.Desk.List != nil && v.Desk.List.Stage == "search"
}

// Said puts what was just done into the view.
func (v *View) Said(p phrase.Phrase, with ...string) { v.Desk.Said = v.Lang.say(p, with...) }

// SaidStep puts into the view which step was taken with a credential; what is no step says nothing.
func (v *View) SaidStep(step string) {
	if label := phrase.LabelOf("done " + step); label.Hindi != "" {
		v.Desk.Said = v.Lang.pick(label.English, label.Hindi)
	}
}

// An Account is who somebody is, what he may do, and what is left of the day.
type Account struct {
	Unit    string // its name
	Expires time.Time
	May     []Right
	Forms   []string // that may be entered

	Searches, SearchesLeft int
	Rows, RowsLeft         int
	ListRows               int // of one list without approval; 0 for as many as there are

	Needs    bool           // a second factor, before anything else
	Enrolled bool           // one is set
	Person   bool           // as against a machine
	Factor   *access.Factor // begun just now
}

// A Right is an action, and how far it goes.
type Right struct{ Action, Reach string }

// Secret is what is typed into an authenticator app, in fours.
func (a *Account) Secret() string {
	var parts []string
	for s := range slices.Chunk([]byte(a.Factor.Secret), 4) {
		parts = append(parts, string(s))
	}
	return strings.Join(parts, " ")
}

// A Code is a QR code: how many squares its side has, with the margin that it needs, and the dark ones as an SVG path.
type Code struct {
	Side int
	Dark string
}

// codeMargin is how many light squares must stand around a QR code (ISO/IEC 18004).
const codeMargin = 4

// Wide is how many pixels the code is wide: four a square, a whole number, so that all squares are alike.
func (c Code) Wide() int { return 4 * c.Side }

// Code is the same for the app's camera.
func (a *Account) Code() (Code, error) {
	code, err := qr.Encode(a.Factor.URI, qr.M, qr.Auto)
	if err != nil {
		return Code{}, fmt.Errorf("page: QR code: %w", err)
	}
	var path strings.Builder
	side := code.Bounds().Dx()
	for y := range side {
		for x := range side {
			if code.At(x, y) == color.Black {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+codeMargin, y+codeMargin)
			}
		}
	}
	return Code{side + 2*codeMargin, path.String()}, nil
}

// Link is the same for the app on the very telephone.
func (a *Account) Link() template.URL { return template.URL(a.Factor.URI) }

// An Office is what an administrator sees of the credentials.
type Office struct {
	Report  access.Report
	Open    []Credential // requests that wait, the longest first
	All     []Credential // the others that are looked for, the newest first
	More    int          // others that are not shown
	Find    string       // in name, person, unit or id
	Roles   []string
	Fresh   string // the plain text of a key that was made just now
	FreshOf string // and whose
}

// A Credential is one as its administrator sees it.
type Credential struct {
	access.Key
	State    string
	UnitName string
}

// Steps are what may be done with it.
func (c Credential) Steps() []string {
	switch c.State {
	case "requested":
		return []string{"approve", "refuse"}
	case "approved":
		return []string{"issue", "revoke"}
	case "valid":
		switch {
		case c.Person == "": // a machine is neither on leave nor has it a telephone to lose
			return []string{"rotate", "revoke"}
		case c.Away:
			return []string{"back", "rotate", "reset", "revoke"}
		}
		return []string{"away", "rotate", "reset", "revoke"}
	}
	return nil
}

// Final tells of a step whether it cannot be undone, and is asked about twice.
func (c Credential) Final(step string) bool {
	return step == "refuse" || step == "revoke" || step == "reset" || step == "rotate"
}

// Approvals are what somebody sees who approves long lists of others.
type Approvals struct {
	ID    string // of the approval that was given just now
	Rows  int
	Until time.Time
	Given []access.Approval // and not used yet
}
