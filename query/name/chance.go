package name

import "math"

// LeastPersons is the least number of people that a weight is judged among. A small register says little about how common
// a name is where its people live; 340 records of similar names made 12 % of the wrong ones look sure, with this floor 2 %.
const LeastPersons = 200_000

// ProbableWeight is the weight at which a name, with what else is known, is worth acting on after a look in a register of
// that many persons. By the meaning of a weight at most one search in a thousand for a person who is not held meets it by
// chance; drawn people meet it in one of ten thousand, since the weights of names come in steps, and most steps are missed.
func ProbableWeight(persons int) float64 {
	return math.Log(1000 * float64(max(persons, LeastPersons)))
}

// Chance is how likely a record whose name has this weight is the person sought, among records of that many persons, if
// nothing but the name is known and the person is held: 0..1, rising with the weight, never 0 or 1 for a weight that
// can occur.
//
// Against it stand two kinds of other people. Namesakes by chance grow fewer with the weight as fast as a weight means
// (nearly: evidence is never quite independent). People with a similar name for a reason, of one family or one village,
// do not: bench names --hard has 340 of them. The four numbers were fitted by eye on the first ten hits of the pairs'
// searches at 200,000 persons, with those 340 beside them; bench names prints the deciles.
func Chance(weight float64, persons int) float64 {
	x := weight - math.Log(float64(max(persons, LeastPersons)))
	return 1 / (1 + math.Exp(-.85*x-.98) + .2*math.Exp(-.3*x))
}
