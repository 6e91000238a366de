package names

import (
	"testing"

	"anvesh/query/name"
)

// indexOf gives an index of names, the first of a text each.
func indexOf(texts ...string) *Index {
	x := NewIndex()
	for _, s := range texts {
		x.Add(name.Read(s).Names[0])
	}
	return x
}

// TestVeryNameStandsBeforeInitial: few write an initial, so that to meet one is rare; it is no better evidence than the
// very name, or one that sounds like it.
func TestVeryNameStandsBeforeInitial(t *testing.T) {
	x := indexOf("V Singh", "Vinod Singh", "Vinod Singh", "Binod Singh", "Vinod Kumar", "Ramesh Singh", "H Tomar", "Hoshiar Tomar", "Hoshyar Tomar",
		"S Rana", "Satpal Rana")
	for range 300 {
		x.Add(name.Read("Vinod Singh").Names[0])
		x.Add(name.Read("Satpal Rana").Names[0])
	}
	f := func(asked, initial string, very ...string) {
		t.Helper()
		q := name.Read(asked).Names[0]
		least := x.Compare(q, name.Read(initial).Names[0]).Weight
		for _, v := range very {
			if w := x.Compare(q, name.Read(v).Names[0]).Weight; w <= least {
				t.Errorf("asked %s: %s weighs %.2f, %s %.2f", asked, v, w, initial, least)
			}
		}
	}
	f("Vinod Singh", "V Singh", "Vinod Singh", "Binod Singh")
	f("Hoshiar Tomar", "H Tomar", "Hoshiar Tomar", "Hoshyar Tomar")
	f("Satpal Rana", "S Rana", "Satpal Rana")
}

// TestAffixesAreCut: -rao-ji, -sinh-ji and the like are written on to a name, one or two of them.
func TestAffixesAreCut(t *testing.T) {
	x := indexOf("Gulab Patil", "Jayant Solanki", "Kamla Khare", "Nizam Ansari")
	f := func(asked, held string) {
		t.Helper()
		al := x.Compare(name.Read(asked).Names[0], name.Read(held).Names[0])
		if al.Weight < 3 || al.Parts[0].Grade != GradePartial && al.Parts[0].Grade != GradeSpelling {
			t.Errorf("%s, %s: weight %.2f, %+v", asked, held, al.Weight, al.Parts)
		}
	}
	f("Gulabraoji Patil", "Gulab Patil")
	f("Jayantsinhji Solanki", "Jayant Solanki")
	f("Jayant Solanki", "Jayantsinhji Solanki")
	f("Kamlabai Khare", "Kamla Khare")
	f("Kamlatai Khare", "Kamla Khare")
	f("Nizamuddin Ansari", "Nizam Ansari")
}
