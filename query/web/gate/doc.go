// Package gate decides who comes in and how much of everything he may hold, so that one who takes all that he can leaves something to
// the others, and a service that is asked ten times what it can answer still answers what it takes in about the time that it would
// need alone.
//
//	conn.go    connections: so many in all and of an address, beyond which those at rest give way; lingering, so that a refusal
//	           reaches who still sends
//	gate.go    places for what needs a core: a Gate lets as many searches and rows run as there are cores, each key in its line
//	fair.go    a Share bounds what a caller holds of a thing at once, a Pace holds back answers that cost him nothing
//	intake.go  the body of a list, taken off the connection as fast as it comes, and ended where it comes too slowly
//
// It knows connections, times and names of callers, and nothing of HTTP, keys or what is asked: room web says who a caller is and
// what he is told.
package gate
