// Package page makes the station page: what stands on it, in which words, and its HTML. It knows no HTTP: room web hands it what
// was sent and what was found, and sends what it writes.
//
//	typed.go   reads the one box: a person with father, age and place, a number of a vehicle, a case
//	list.go    lays hits out as lines: one person with several cases is one, namesakes that nothing tells apart are one
//	say.go     the sentence that stands first, and the next step
//	suggest.go names of stations and districts for those who type one
//	words.go   one language at a time; numbers and dates as people in India write them
//	desk.go    the views beside the search, and who sees which: account, credentials, approvals; log.go the log for auditors;
//	           list_view.go a list that somebody puts there, and what came of it
//	pages.go   hits by pages; units in the language
//	view.go    all that a page shows; render.go the templates (html) and files (static)
//
// Promises: it works without scripts, under a policy without unsafe-inline, and loads nothing from another host. Every text is in
// the catalogue (query/phrase) in both languages; names, numbers and addresses stand as they were written. Nothing is said by
// colour alone. What was typed never stands in an address that the page makes. No hit is never told as "not held": what was
// searched, among how many records, and as of when stands with it; a LEAD says that it is no ground for a stop.
package page
