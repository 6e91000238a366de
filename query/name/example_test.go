package name_test

import (
	"fmt"

	"anvesh/query/name"
)

func ExampleRead() {
	r := name.Read("Late Sh. Rajender @ Raju S/o Om Parkash R/o Kaithal")
	for _, n := range r.Names {
		fmt.Println(n.Key())
	}
	fmt.Println(r.Relation, r.Relative.Key(), r.Honorifics, r.Deceased)
	// Output:
	// rajender
	// raju
	// father om parkash [Shri] true
}
