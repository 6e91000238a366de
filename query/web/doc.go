// Package web is the front end: the HTTP contract of the service on fasthttp, and the station page.
//
// It exists so that nobody below it has heard of HTTP. What may be asked is decided by two tables, the fields of a
// search (fields.go) and the routes (routes.go); what goes wrong is told by a third (errors.go). The OpenAPI
// description stands beside them by hand, and tests hold it to all three and to the answers themselves.
//
// Who comes in, and how much of everything one key or address may hold, is decided in room gate; room meter measures what became of
// it. A request passes through these, in order:
//
//	handler.go   request id, headers, route, method, key or page session, panics, measures, log
//	decode.go    strictly: what is not understood is refused, so that a typo never searches for less than was meant
//	search.go    one search, or one of the small calls
//	batch.go     a list: rows in as they arrive, answers out in the order of the rows
//	page.go      the page, made by room page, with and without scripts; its views beside the search: account.go, office.go for
//	             those who administer and approve, logbook.go for auditors, lists.go (held in listheld.go) for lists; credentials.go the administration of keys over the API;
//	             store.go backup and rebuild; audit.go proofs of the log of who asked what, and what is written to it here
//
// Promises: nothing of a request is kept after its answer, as fasthttp uses the memory again; the page
// keeps what its last searches found for some minutes, for those who ask again with the same mark (page.Recent). Nothing that a caller
// typed stands in a message, a measure or a log line. A list answers each row as the single search does, by the same
// function. Slow, vast and broken requests cost a bounded time and memory and are told what was wrong in the
// contract's form, also where HTTP itself is broken. A stop answers what has begun.
//
// It does not decide what is a good search, a reason or a hit: that is the Engine's, whose *query.FieldError comes out
// as 400. Who may search what, and how much of it, is decided behind it too (package access); here
// stand only who may administer and operate, and how long a list may be.
package web
