// Package plate reads, compares and finds the numbers a vehicle is known by: its registration, its chassis number and
// its engine number, however damaged the reading.
//
// A register that must be asked for HR26DK8337 letter for letter is blind to most of what a witness, a camera or a
// tired clerk brings: O for 0, a lost tail, the lower line of a two-line plate read first. This package takes such a
// reading, says what it may stand for, and finds among millions of held numbers those that explain it, cheapest first.
//
// There are only a few types:
//
//   - Plate is a registration as parsed: Parse never fails, Known says whether a grammar fits. What stands around a number, words,
//     marks, blanks of any kind, is no part of it (labels.go); letters and digits of other scripts are read as what they look like
//     (fold.go). The grammars in force, and their rules, are in grammar.go.
//   - Pattern is what a searcher typed, with ? and * for what is not known.
//   - Alignment, made by Compare, explains one stored number by one reading: cost in nats, edits, and each part by cause.
//   - Index holds distinct registrations, NumberIndex distinct chassis or engine numbers. Both give a distinct string
//     one ordinal, count its bearers, and answer searches from packed memory.
//   - Misread is the error model seeded, for generators and benches; its shares are the ones the costs are made of
//     (costs.go).
//
// The promise: everything held within Search.MaxEdits plain Damerau-Levenshtein edits of the pattern's text is found
// (complete is then true), at both ends as anywhere, and whatever fits its wildcards. What lies beyond, such as a lost
// state, lines read in the wrong order, a wild fragment, is looked for as well, without that proof.
//
// Where the time goes, by profile of misread registrations among 3,000,000 vehicles, 160 µs a search with twenty hits
// explained: the lanes (lane.go) and what lies beyond two edits (wide.go) a fifth, hits that the grid still aligns a fifth,
// registrations of no common shape (near.go) a tenth; the rest is what query does with the hits: their bearers, their
// chances, what is shown. Grids were twice as much before most hits were aligned without one (plain.go). A part of a chassis
// number is found by its stretches of four; the near whole numbers beside it are half of that search.
//
// It knows nothing of records, people, storage or the network, and holds no locks: one writer or many readers at a time
// is the caller's to arrange.
package plate
