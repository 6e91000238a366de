// Package numbers holds the distinct numbers that vehicles are known by and finds among millions of them those that
// explain a reading, however damaged, cheapest first. What a reading may stand for and what each error costs is told by
// package plate.
//
//   - PlateIndex holds distinct registrations, NumberIndex distinct chassis or engine numbers. Both give a distinct string
//     one ordinal, count its bearers, and answer searches from packed memory.
//   - Search bounds a search, a Match is a number found.
//   - SearchPlates and SearchNumbers search several indexes together.
//
// The promise: everything held within Search.MaxEdits plain Damerau-Levenshtein edits of the pattern's text is found
// (complete is then true), at both ends as anywhere, and whatever fits its wildcards. What lies beyond, such as a lost
// state, lines read in the wrong order, a part of a number, is looked for as well, without that proof.
//
// The law of several indexes: however numbers are divided among them, and where some hold the same one, they give the
// matches, costs, total, completeness and mass that one index of all would give. Each step of a search looks into all
// of them before it is decided whether the next is needed; how many distinct numbers there are in all, which no index
// knows, is told by who asks (Search.Held).
//
// Where the time goes, by profile of misread registrations among 3,000,000 vehicles, 160 µs a search with twenty hits
// explained: the splits (split.go) and what lies beyond two edits (fallback.go) a fifth, hits that the grid still
// aligns a fifth, registrations of no common shape (within.go) a tenth; the rest is what query does with the hits:
// their bearers, their chances, what is shown. Grids were twice as much before most hits were aligned without one. A
// part of a chassis number is found by its n-grams of four; the near whole numbers beside it are half of that search.
//
// It knows nothing of records, people, storage or the network, and holds no locks: one writer or many readers at a time
// is the caller's to arrange.
package numbers
