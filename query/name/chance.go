package name

import "math"

// Chance is how likely a record whose name has this weight is the person sought, among records of that many persons, if
// nothing but the name is known and the person is held: 0..1, rising with the weight, never 0 or 1 for a weight that can
// occur. The logistic curve was fitted by eye on the pairs in the top ten of 2,900 searches at 200,000 persons
// (TestMeasureCalibration prints the deciles); its slope is a little below 1 since evidence is never quite independent.
func Chance(weight float64, persons int) float64 {
	const slope, shift = .85, .75
	return 1 / (1 + math.Exp(-slope*(weight-math.Log(float64(max(persons, 1))))-shift))
}
