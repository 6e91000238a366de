package match

import (
	"strings"
	"testing"
)

// TestMissingColumnIsNamedAsWritten: of --map and --ignore the one is named that names a column which is not there.
func TestMissingColumnIsNamedAsWritten(t *testing.T) {
	f := func(o ListOptions, want string) {
		t.Helper()
		o.Kind, o.Format, o.Flags = Persons, "csv", true
		_, err := OpenList(strings.NewReader("name,father\nSita,Ram\n"), o)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Fatalf("%v, want %s", err, want)
		}
	}
	f(ListOptions{Ignore: []string{"Z.Z"}}, `--ignore names the column "Z.Z", which the list does not have`)
	f(ListOptions{Map: []string{"Ownr=name"}}, `--map names the column "Ownr", which the list does not have`)
}
