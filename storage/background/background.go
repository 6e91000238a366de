// Package background gives work that nobody waits for threads of its own, to which the kernel gives a core after those for
// whom somebody waits. Go's scheduler knows no ranks: it lets whoever runs go on for ten milliseconds, and does not look
// meanwhile whether a request has come.
package background

// niceness of the threads: while both want a core, one of them gets a tenth of what the thread of a search or an update gets, and those
// have it first. Measured with 1,000,000 records, 2,500 updates a second, a list and 100 searches a second on two cores, in turn: at 5, 10
// and 19 p99 of a search 85, 63 and 53 to 58 ms, freshness p99 555, 259 and 223 to 312 ms, and as many rows of the list, which gets what is
// left either way. Not 19: an update waits for searches that are under way, and on full cores a row would get none for very long.
const niceness = 10
