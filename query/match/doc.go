// Package match is what a list of persons or vehicles goes through: it is read row by row, sent to a running
// service in pieces, and what comes out is written as NDJSON, flat CSV or a report that one reads.
//
// A List is the one reader, for the program and for the service: it finds the headings and what they mean (headings.go,
// words.go), makes each row the request that it means (values.go) and says what is destroyed (damage.go). LISTS.md
// shows what is read and what is refused. A Job is one list and one file of answers; a Held is a list in memory that somebody looks
// at first, and Results the answers to it: the page. A Client calls a service, for
// lists and for whatever else a program asks of one.
//
// What holds: a fault of a row costs that row and no other; a column that may matter is never dropped in silence; what
// is destroyed is not searched for, and what is left out is said. Memory is bounded by a piece of rows, however long
// the list. An answer is on disk soon after it came, in whole rows, and a run that was stopped is gone on with behind
// the last of them, by the same call on the same list only.
package match
