// Package match is what a list of persons or vehicles goes through: it is read row by row, sent to a running
// service in pieces, and what comes out is written as NDJSON, flat CSV or a report that one reads.
//
// A Job is one list and one file of answers; a Client calls a service, for lists and for whatever else a program
// asks of one. Memory is bounded by a piece of rows, however long the list; an answer is on disk soon after it came,
// in whole rows, so that a run that was stopped is gone on with behind the last of them.
package match
