// Package name reads person names as north-Indian registers write them, and tells what two words differ by.
//
// One person stands in five registers with five spellings: a clerk hears the name and writes it in Hindi, another
// writes it in Latin letters, a third joins two words or keeps only initials. This package knows strings only:
//
//   - Read mends how a text was stored (repair.go: signs out of order, legacy fonts, a wrong encoding), takes away what
//     stands around a name in the same field (around.go), and gives names, aliases, the relative and facts. Each Token
//     keeps what was written and a Latin form, made by rule from Devanagari, Gurmukhi or Urdu letters. What may be a
//     title or initials (HC, DR) is kept as tokens that cost nothing where they are not met: the evidence decides.
//   - A token becomes a Sound (sound.go), and two sounds have a cost (cost.go): about -ln of the chance that one is
//     written as the other for the same person. Costs are this region's: v for b is cheap, k for j is not. They stand in
//     costs.tsv with the prices of what befalls a whole name: a word missing, an initial, words joined, another order.
//   - Letters lays two spellings side by side for a person who wants to see what was taken for what.
//   - Chance and ProbableWeight say what a weight means in a register of so many persons.
//
// Names as a whole are weighed by how rare their words are, which the room query/names knows.
//
// The package promises: Read never panics, keeps nothing of its input beyond the Reading, and reads its own Latin forms
// as they are; a cost is the same both ways, nothing between equal words, and Far or at most what short words bear. It
// does not know records, persons, scripts of display or access rights, and imports nothing of this project.
package name
