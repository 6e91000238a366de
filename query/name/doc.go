// Package name reads, compares and finds person names as north-Indian registers write them.
//
// One person stands in five registers with five spellings: a clerk hears the name and writes it in Hindi, another
// writes it in Latin letters, a third joins two words or keeps only initials. No single key survives that, and no
// similarity threshold alone tells a person from a namesake. So this package works in three steps:
//
//   - Read mends how a text was stored (repair.go: signs out of order, legacy fonts, a wrong encoding), takes away what
//     stands around a name in the same field (around.go), and gives names, aliases, the relative and facts. Each Token
//     keeps what was written and a Latin form, made by rule from Devanagari, Gurmukhi or Urdu letters. What may be a
//     title or initials (HC, DR) is kept as tokens that cost nothing where they are not met: the evidence decides.
//   - A token becomes sounds (sound.go), and two tokens have a cost (cost.go): about -ln of the chance that one is
//     written as the other for the same person. Costs are this region's: v for b is cheap, k for j is not. They stand in
//     costs.tsv with the prices of what befalls a whole name: a word missing, an initial, words joined, another order.
//   - An Index holds distinct names, each once for all who bear it. A query token is resolved once against the
//     vocabulary of tokens; names are found through the postings of the near tokens, rarest first, until no other name
//     can be better.
//
// The Weight of a match is evidence in nats: ln P(pair | one person) / P(pair | two people drawn at random), with the
// frequencies taken from the index itself. It adds to evidence from other fields. The Likeness is only how alike the
// spellings are, 0..1, the same both ways; it says nothing about how common the name is. A weight takes words for
// independent; how far they are not, the register's own namesakes tell (twins.go), and where a word contradicts, no
// rarity of the rest makes sure (doubt in resolve.go). How rare an asked word is follows from how it is heard: of two
// spellings the one nearer to a record's never weighs less (law_test.go), and an initial less than the very name.
//
// Where the time went, by profile at 2,000,000 persons, 825,000 names of 5,600 tokens: reading signatures of the long
// lists (Singh, Kumar) was a third until lists were read unit by unit, the shortest first, and signatures kept sounds
// together instead of hashing tokens; resolving a query, most of it the edit distance to some 90 tokens a word, is a tenth
// (to 360 where a fifth of the register is misspelt: a third); the alignment by grid is left to names that need it.
//
// With the relative's name and birth year (2.2 ms) a third is the search for the two names, a third weighing some
// thousands of their bearers by the other name, and the rest reading and explaining the hits; fetching memory ahead, which
// halved the search for vehicles, gained nothing there: it is the weighing itself.
//
// The package promises: Read never panics and keeps nothing of its input beyond the Reading; Search finds what Compare
// would find by looking at every name (scan_test.go), unless the budget ends it, which it says. It does not know
// records, persons, scripts of display or access rights, and imports nothing of this project.
package name
