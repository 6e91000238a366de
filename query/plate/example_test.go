package plate_test

import (
	"fmt"

	"anvesh/query/plate"
)

func ExampleParse() {
	p := plate.Parse("एचआर 26 डीके 837")
	fmt.Println(p.Canonical, p.Kind, p.State, p.Office, p.Series, p.Number, p.Known())
	// Output: HR26DK0837 current HR 26 DK 0837 true
}

func ExampleCompare() {
	a := plate.Compare("HR26OK833", "HR26DK8337")
	fmt.Printf("%s, %d edits\n", a.Grade, a.Edits)
	for _, p := range a.Parts {
		fmt.Printf("%q for %q: %s\n", p.Query, p.Found, p.Cause)
	}
	// Output:
	// partial, 2 edits
	// "O" for "D": look-alike
	// "" for "7": missing tail
}
