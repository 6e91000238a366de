// Package names holds distinct names and finds those near to an asked one, each with its match weight.
//
// No single key survives how clerks write, and no similarity threshold alone tells a person from a namesake: so what is
// near is looked up by several keys and weighed.
//
//   - A Vocabulary holds every token once, with its sound and its blocking keys. It only grows.
//   - Frequencies are how often tokens and names are borne, in all indexes that count in them: what a weight follows from.
//   - An Index holds distinct names, each once for all who bear it, with postings over token numbers. A query token is
//     resolved once against vocabulary and frequencies; names are found through the postings of the near tokens, rarest
//     first, until no other name can be better.
//
// The Weight of a match is the match weight of Fellegi and Sunter, evidence in nats: ln P(pair | one person) / P(pair |
// two people drawn at random). It adds to evidence from other fields. The Likeness is only how alike the spellings are,
// 0..1, the same both ways; it says nothing about how common the name is. A weight takes words for independent; how far
// they are not, the register's own namesakes tell (namesakes.go), and where a word contradicts, no rarity of the rest
// makes sure (doubt in resolve.go). How rare an asked word is follows from how it is heard.
//
// The package promises, each in a test:
//
//   - Search finds what Compare would find by looking at every name, unless the budget ends it, which it says.
//   - Names divided over several indexes with one vocabulary and one set of frequencies are found with the weights and in
//     the order that one index would give.
//   - Frequencies and digest depend on what is held, not on the order in which it came and went. A name that nobody bears
//     any more is not found.
//   - Of two spellings the one nearer to a record's never weighs less, and an initial less than the very name.
//   - The parts of an alignment add up to its weight.
//   - A snapshot that is damaged in any byte is refused.
//
// It does not know records, persons, scripts of display or access rights.
//
// Where the time went, by profile at 2,000,000 persons, 825,000 names of 5,600 tokens: reading signatures of the long
// lists (Singh, Kumar) was a third until lists were read unit by unit, the shortest first, and signatures kept sounds
// together instead of hashing tokens; resolving a query, most of it the edit distance to some 90 tokens a word, is a tenth
// (to 360 where a fifth of the register is misspelt: a third); the alignment by grid is left to names that need it.
//
// With the relative's name and birth year (2.2 ms) a third is the search for the two names, a third weighing some
// thousands of their bearers by the other name, and the rest reading and explaining the hits; fetching memory ahead, which
// halved the search for vehicles, gained nothing there: it is the weighing itself.
package names
