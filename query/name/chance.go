package name

import "math"

// LeastPersons is the least number of people that a weight is judged among. A small register says little about how common
// a name is where its people live; 340 records of similar names made 12 % of the wrong ones look sure, with this floor 2 %.
const LeastPersons = 200_000

// ProbableWeight is the weight at which a name, with what else is known, is worth acting on after a look in a register of
// that many persons: about one in a thousand people who are not held finds anyone so heavy by chance.
func ProbableWeight(persons int) float64 {
	return math.Log(1000 * float64(max(persons, LeastPersons)))
}

// Chance is how likely a record whose name has this weight is the person sought, among records of that many persons, if
// nothing but the name is known and the person is held: 0..1, rising with the weight, never 0 or 1 for a weight that can
// occur. The logistic curve was fitted by eye on the pairs in the top ten of 2,900 searches at 200,000 persons
// (TestMeasureCalibration prints the deciles); its slope is a little below 1 since evidence is never quite independent.
func Chance(weight float64, persons int) float64 {
	const slope, shift = .85, .75
	return 1 / (1 + math.Exp(-slope*(weight-math.Log(float64(max(persons, LeastPersons))))-shift))
}
