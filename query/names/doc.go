// Package names holds distinct names and finds those near to an asked one, each with its match weight.
//
// No single key survives how clerks write, and no similarity threshold alone tells a person from a namesake: so what is
// near is looked up by several keys and weighed.
//
//   - A vocabulary holds every token once, with its sound and its blocking keys. It only grows.
//   - Frequencies are how often tokens and names are borne: what a weight follows from.
//   - An Index holds distinct names, each once for all who bear it, with postings over token numbers. A query token is
//     resolved once against vocabulary and frequencies; names are found through the postings of the near tokens, rarest
//     first, until no other name can be better.
//   - A Base is the names of an index up to some ordinal, in a flat file that is searched where it lies.
//
// An index is a dictionary: a name keeps its ordinal for good. Most names lie in a base, which is mapped into memory and which
// several indexes may share; what came since is the tail, on the heap. A search goes through the lists of both, one after the
// other, and knows no other difference.
//
//	x.Frozen()       what is held, while x goes on           z.Write(flat, "names/")   a base of all of it
//	OpenBase(flat)   b, read where it lies                   x.Rebase(b)               the tail holds what came since
//
// A flat file may hold several bases. The arrays of one, by the prefix "names/" (element, then what stands there; base.go says
// more):
//
//	names/letters   uint8      r a m k u m a r ...                     letters of all tokens
//	names/ends      uint32     3 8 ...                                 token 0 is "ram", token 1 "kumar"
//	names/words     3 uint32   [0 1 -] [1 - -] [0 4 long] ...          "ram kumar"; "kumar"; four tokens, from 0 on in more
//	names/more      uint32     0 7 9 1 ...
//	names/posts     uint32     0 2 5 ...                               token 0 has postings 0 and 1, token 1 those from 2 to 4
//	names/ords      uint32     0 2 | 0 1 2 | ...                       names that hold it
//	names/signs     uint64     of the same length as ords
//	names/ident     uint32     0 0 3 0 1 ...                           where a name is found by its tokens: ordinal+1
//	names/joins     uint64     hash of "rmkmr", 0 | ...                where it is found by neighbours written together
//
// How many bear a name is not in it: that changes, and stands on the heap, a number a name.
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
//   - What is remembered of words that were asked is what would be found anew.
//   - Names of which some lie in a base are found with the ordinals, the weights and in the order in which they are where all
//     stand in the tail. A base is what was held when it was frozen. An index and its clone do not notice each other.
//   - Frequencies depend on what is held, not on the order in which it came and went. A name that nobody bears
//     any more is not found.
//   - Of two spellings the one nearer to a record's never weighs less, and an initial less than the very name.
//   - The parts of an alignment add up to its weight.
//   - A snapshot or base that is damaged in any byte is refused; a base's arrays are searched once they are proven.
//
// It does not know records, persons, scripts of display or access rights.
//
// Where the time went, by profile at 2,000,000 persons, 825,000 names of 5,600 tokens: reading signatures of the long
// lists (Singh, Kumar) was a third until lists were read unit by unit, the shortest first, and signatures kept sounds
// together instead of hashing tokens; resolving a query, most of it the edit distance to some 90 tokens a word, was a tenth
// (to 360 where a fifth of the register is misspelt: a third) until what is near to a word was remembered; the alignment by
// grid is left to names that need it.
//
// With the relative's name and birth year (2.2 ms) a third is the search for the two names, a third weighing some
// thousands of their bearers by the other name, and the rest reading and explaining the hits; fetching memory ahead, which
// halved the search for vehicles, gained nothing there: it is the weighing itself. Most of that was the grid for names that
// share nothing with the one asked, to see whether their joined tokens fit, which is looked at first.
package names
