package numbers_test

import (
	"fmt"

	"anvesh/query/numbers"
	"anvesh/query/plate"
)

func ExamplePlateIndex_SearchMass() {
	x := numbers.NewPlateIndex()
	for _, s := range []string{"HR26DK8337", "HR26DK8331", "DL03CAB1234"} {
		x.Add(s)
	}
	p, err := plate.ParsePattern("hr-26-ok-8337")
	if err != nil {
		fmt.Println(err)
		return
	}
	matches, total, complete, _ := x.SearchMass(nil, p, numbers.Search{MaxEdits: 2})
	fmt.Println(x.Key(matches[0].Ord), matches[0].Edits, total, complete)
	// Output: HR26DK8337 1 2 true
}
