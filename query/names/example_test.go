package names_test

import (
	"fmt"

	"anvesh/query/name"
	"anvesh/query/names"
)

func ExampleIndex_Search() {
	x := names.NewIndex()
	for _, s := range []string{"Rajender Singh", "Ramesh Kumar", "Sunita Devi", "Jai Bhagwan", "Mohd Akram"} {
		x.Add(name.Read(s).Names[0])
	}
	for _, s := range []string{"राजेंद्र सिंह", "Jaibhagwan", "M. Akram"} {
		matches, _ := x.Search(nil, name.Read(s).Names[0], names.Search{Limit: 1, Likeness: true})
		fmt.Printf("%s: %s, %.1f alike\n", s, x.Key(matches[0].Ord), matches[0].Likeness)
	}
	// Output:
	// राजेंद्र सिंह: rajender singh, 1.0 alike
	// Jaibhagwan: jai bhagwan, 0.9 alike
	// M. Akram: mohd akram, 0.9 alike
}
