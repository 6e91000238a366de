// Package plate reads and compares the numbers a vehicle is known by: its registration, its chassis number and its
// engine number, however damaged the reading. Strings only; package numbers finds them among those that are held.
//
// A register that must be asked for HR26DK8337 letter for letter is blind to most of what a witness, a camera or a
// tired clerk brings: O for 0, a lost tail, the lower line of a two-line plate read first. This package takes such a
// reading, says what it may stand for, and what it costs to explain a stored number by it.
//
//   - Plate is a registration as parsed: Parse never fails, Known says whether a grammar fits. What stands around a
//     number, words, marks, blanks of any kind, is no part of it (labels.go); letters and digits of other scripts are read
//     as what they look like (fold.go). The grammars in force, and their rules, are in grammar.go.
//   - Several tells the registrations of a text that holds more than one.
//   - Pattern is what a searcher typed, with ? and * for what is not known.
//   - Alignment, made by Compare, explains one stored number by one reading: cost in nats, edits, and each part by cause.
//   - Cause, Grid and the costs are the error model by itself, for who searches many numbers (costs.go, confusion.go).
//   - Misread is the error model seeded, for generators and benches; its shares are the ones the costs are made of.
//
// It knows nothing of records, people, storage or the network, and holds nothing: every function may be called by many
// at once.
package plate
