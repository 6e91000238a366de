package page

import (
	"slices"
	"strconv"
	"strings"

	"anvesh/query"
	"anvesh/query/phrase"
)

// A Span is a page of hits: those from one place of the order to another.
type Span struct{ Page, From, To int }

// perPage is how many hits a page shows: as many as a search answers where no limit is given.
const perPage = query.UsualLimit

// Number reads the number of a page; what is none is the first.
func Number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 1
	}
	return min(max(n, 1), query.MaxLimit/perPage)
}

// spans lays the hits out in pages, and keeps to one that there is.
func (v *View) spans() {
	a := v.Answer
	shown := len(a.Hits)
	if v.Page <= 1 && shown == perPage { // more can be had
		shown = min(a.Total, query.MaxLimit)
	}
	v.Page = min(max(v.Page, 1), max((shown+perPage-1)/perPage, 1))
	for from := 0; from < shown && shown > perPage; from += perPage {
		v.Pages = append(v.Pages, Span{from/perPage + 1, from + 1, min(from+perPage, shown)})
	}
	if a.Total > shown {
		v.Most = shown
	}
}

// Where is how the hits that there are lie on the page and beside it: the numbers add up to how many were found. It is "" where all are
// in the list.
func (v *View) Where() string {
	a := v.Answer
	here := len(a.Hits)
	shown := here
	if n := len(v.Pages); n > 0 {
		at := v.Pages[v.Page-1]
		here, shown = at.To-at.From+1, v.Pages[n-1].To
	}
	atLeast := a.TotalIs == "at_least"
	parts := []string{v.Lang.say(phrase.Listed, number(here-v.WeakerCount()))}
	if n := v.WeakerCount(); n > 0 {
		parts = append(parts, v.Lang.say(phrase.FoldedAway, number(n)))
	}
	if n := shown - here; n > 0 {
		parts = append(parts, v.Lang.say(phrase.OnOtherPages, v.Lang.count(n, atLeast && a.Total == shown)))
	}
	if n := a.Total - shown; n > 0 {
		parts = append(parts, v.Lang.say(phrase.NotShown, v.Lang.count(n, atLeast)))
	}
	if len(parts) == 1 {
		return ""
	}
	return strings.Join(parts, ", ")
}

// hits is the answer with the hits of one page, their stations and districts named in the page's language.
func (v *View) hits(n int) *query.Answer {
	of := *v.Answer
	of.Hits = slices.Clone(of.Hits[min(perPage*(n-1), len(of.Hits)):min(perPage*n, len(of.Hits))])
	for i := range of.Hits {
		r := &of.Hits[i].Record
		r.StationName = v.unit(r.Station, stationOf(r))
		if len(r.Station) > districtCode {
			r.District = v.unit(r.Station[:districtCode], r.District)
		}
	}
	return &of
}

// districtCode is how many digits of a station's code are its district's.
const districtCode = 5

// unit is the name of a unit in the page's language, where its English one is that; else the name as it is. The page itself says that
// a station is one.
func (v *View) unit(code, name string) string { return v.Lang.unit(v.Unit, code, name) }

func (l Lang) unit(unit Unit, code, name string) string {
	if unit == nil || l != Hindi {
		return name
	}
	english, hindi := unit(code)
	if english != name || hindi == "" {
		return name
	}
	for _, word := range []string{"थाना ", "ज़िला ", "जिला "} {
		hindi = strings.TrimPrefix(hindi, word)
	}
	return hindi
}
