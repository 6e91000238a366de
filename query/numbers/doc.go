// Package numbers holds the distinct numbers that vehicles are known by and finds among millions of them those that
// explain a reading, however damaged, cheapest first. What a reading may stand for and what each error costs is told by
// package plate.
//
//   - PlateIndex holds distinct registrations, NumberIndex distinct chassis or engine numbers. Both give a distinct string
//     one ordinal, and answer searches from packed memory. One that is added to counts bearers; one that is frozen lies in
//     a flat file (package snapshot), which is mapped and searched where it lies.
//   - Search bounds a search, a Match is a number found.
//   - SearchPlates and SearchNumbers search several indexes together.
//   - MergePlates and MergeNumbers write one frozen index of what is alive in several.
//   - Gone is what has no bearers any more. An index that is added to marks that itself; for a frozen one whoever
//     searches does.
//
// The promise: everything held within Search.MaxEdits plain Damerau-Levenshtein edits of the pattern's text is found
// (complete is then true), at both ends as anywhere, and whatever fits its wildcards. What lies beyond, such as a lost
// state, lines read in the wrong order, a part of a number, is looked for as well, without that proof.
//
// The law of several indexes: however numbers are divided among them, frozen or not, and where some hold the same one,
// they give the matches, costs, total, completeness and mass that one index of all would give, from which was removed
// what has gone. Each step of a search looks into all of them before it is decided whether the next is needed; how many
// distinct numbers there are in all, which no index knows, is told by who asks (Search.Held).
//
// # Frozen indexes
//
// An index is an array or more of a flat file for each of its parts, each named by the name of the index, a space, and
// what stands here. Ordinals count up in the order of the numbers, so that a number's place is its ordinal: registrations
// by prefix, then serial, and after them those of no common shape; other numbers by length, then as their codes sort, and
// after them those that cannot be packed.
//
//	keys          uint64 for each prefix, ascending: up to eight characters, the first in the highest byte
//	signatures    uint64 for each prefix: a bit for each plate.Code that it holds
//	prefix of     key uint64, place of the prefix plus one uint64; 0 is free. Open addressing by the mix of the key
//	by deletion   key uint64 of a prefix that has lost one character, place of the first deletion uint64; likewise
//	deletions     keys of up to four prefixes uint64 each, their places uint32 each, how many uint32, next uint32; 0 is none
//	prefixes      for each prefix, and once more at the end: where its serials begin uint32, its set from 1 on uint32
//	serials       uint16 for each registration, by ordinal: under each prefix ascending
//	sets          157 uint64 for each prefix of 256 serials and more: a bit for each serial
//	holders from  uint32 for each of the ten thousand serials, and once more: where its holders begin
//	holders       place of the prefix uint32, ordinal uint32: for each serial in the order of the mix of the key
//
// And those of no common shape, under the name of the index and " rest", as chassis and engine numbers are:
//
//	keys          two uint64 for each number: six bits a character, ten in each, from the top; plate.Code plus one, 0 at the end
//	sizes         uint32 for each length up to twenty, and once more: where the numbers of that length begin
//	table         ordinal plus one uint32; 0 is free. Open addressing by the hash of the key
//	n-grams       n-gram of four uint32, numbers that hold it uint32, where their postings begin uint64; likewise
//	postings      bytes: for each n-gram the ordinals ascending, as differences, base 128
//	odd ends      uint32 for each number that cannot be packed, sorted: where its text ends
//	odd text      bytes
//
// Bearers are not stored. Opening reads the ends of the arrays and builds nothing.
//
// Where the time goes, by profile of misread registrations among 3,000,000 vehicles, 160 µs a search with twenty hits
// explained: the splits (split.go) and what lies beyond two edits (fallback.go) a fifth, hits that the grid still
// aligns a fifth, registrations of no common shape (within.go) a tenth; the rest is what query does with the hits:
// their bearers, their chances, what is shown. Grids were twice as much before most hits were aligned without one. A
// part of a chassis number is found by its n-grams of four; the near whole numbers beside it are half of that search.
//
// It knows nothing of records, people, storage or the network, and holds no locks: one writer or many readers at a time
// is the caller's to arrange. A frozen index has any number of readers, and beside them the writer of another Gone.
package numbers
