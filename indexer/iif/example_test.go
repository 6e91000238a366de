package iif_test

import (
	"fmt"

	"anvesh/indexer/iif"
)

func ExampleParse() {
	key := []byte("13225008230123")
	value := []byte(`{"schema":1,"form":"IIF1","form_id":"13225008230123-1","version":1,"fir":"13225008230123",
		"station":"13225008","event_at":"2023-05-04T10:20:00+05:30","entered_at":"2023-05-04T11:05:00+05:30",
		"persons":[{"ref":"A1","role":"accused","name":"Made Up","gender":"man"}]}`)
	_, err := iif.Parse(key, value)
	fmt.Println(err)
	// Output: iif: persons[0].gender must be one of M, F, T
}
