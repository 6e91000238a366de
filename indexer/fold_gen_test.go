package indexer

import (
	"encoding/json"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"anvesh/indexer/iif"
	"anvesh/storage"
)

// encode writes a form as a message's value.
func encode(f *iif.Form) []byte {
	value, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	return value
}

// genForms draws valid forms of one case: several versions of several instances, in any order, no two with the same
// form_id, version and content guaranteed to differ.
func genForms(fir string) *rapid.Generator[[]*iif.Form] {
	return rapid.SliceOfN(genForm(fir), 1, 8)
}

// genForm draws one valid form of the case.
func genForm(fir string) *rapid.Generator[*iif.Form] {
	return rapid.Custom(func(t *rapid.T) *iif.Form {
		n := rapid.IntRange(1, 7).Draw(t, "form")
		f := &iif.Form{
			Schema: 1, Form: fmt.Sprintf("IIF%d", n), FIR: fir,
			FormID:  fmt.Sprintf("%s-%d-%d", fir, n, rapid.IntRange(1, 2).Draw(t, "instance")),
			Version: rapid.IntRange(1, 3).Draw(t, "version"),
			Station: rapid.SampledFrom([]string{"13225008", "13225009"}).Draw(t, "station"),
			EventAt: genTime(t), EnteredAt: genTime(t), Sensitive: rapid.Bool().Draw(t, "sensitive"),
		}
		persons := rapid.SliceOfNDistinct(rapid.Custom(genPerson), 0, 3, func(p iif.Person) string { return p.Ref })
		vehicles := rapid.SliceOfNDistinct(rapid.Custom(genVehicle), 0, 2, func(v iif.Vehicle) string { return v.Ref })
		f.Persons = orNil(persons.Draw(t, "persons"))
		f.Vehicles = orNil(vehicles.Draw(t, "vehicles"))
		if rapid.IntRange(0, 9).Draw(t, "order") == 0 {
			f.Orders = []iif.Order{{Kind: "seal", Refs: []string{genRef(t)}}}
		}
		genPart(t, f)
		return f
	})
}

func orNil[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}

// genTime draws one of a few times, so that events often fall on one instant.
func genTime(t *rapid.T) time.Time {
	days := rapid.IntRange(0, 5).Draw(t, "days")
	loc := rapid.SampledFrom([]*time.Location{storage.IST, time.UTC}).Draw(t, "zone")
	return time.Date(2023, 5, 4+80*days, 4, 50, 0, 0, time.UTC).In(loc)
}

func genDate(t *rapid.T) iif.Date {
	if rapid.Bool().Draw(t, "dated") {
		return ""
	}
	return iif.DateOf(genTime(t))
}

func genRef(t *rapid.T) string {
	return rapid.SampledFrom([]string{"A1", "A2", "C1", "V1"}).Draw(t, "ref")
}

// genCode draws one of the codes or none.
func genCode(t *rapid.T, codes ...string) string {
	return rapid.SampledFrom(append(codes, "")).Draw(t, "code")
}

func genPerson(t *rapid.T) iif.Person {
	p := iif.Person{
		Ref: genRef(t), Role: genCode(t, "accused", "accused", "accused", "victim", "witness", "complainant"),
		Name:     genCode(t, "Rakesh Kumar", "Rakesh", "Sunita Devi", "Mohd Akram", "Virender @ Binder"),
		NameHi:   genCode(t, "राकेश कुमार", "सुनीता", "मो. अकरम"),
		Relative: genCode(t, "Om Parkash", "Om Prakash", "ओमप्रकाश"), Relation: genCode(t, "father", "husband"),
		Gender: genCode(t, "M", "F", "T"), Address: genCode(t, "Ward 3, Thanesar", "Village Made Up"),
		Status: genCode(t, "wanted", "absconding", "proclaimed", "arrested", "charge-sheeted", "convicted"),
	}
	if a := genCode(t, "Kala", "Bittu"); a != "" {
		p.Aliases = []string{a}
	}
	switch rapid.IntRange(0, 3).Draw(t, "birth") {
	case 0:
		p.BirthDate = "1990-02-28"
	case 1:
		p.BirthYear = rapid.IntRange(1960, 2010).Draw(t, "year")
	case 2:
		age := rapid.IntRange(0, 90).Draw(t, "age")
		p.Age, p.AgeOn = &age, genDate(t)
	}
	return p
}

func genVehicle(t *rapid.T) iif.Vehicle {
	return iif.Vehicle{
		Ref:          rapid.SampledFrom([]string{"V1", "V2"}).Draw(t, "ref"),
		Registration: genCode(t, "HR26DK8337", "HR 26 DK 8337", "DL3CAB1234"),
		Chassis:      genCode(t, "MA3EJKD1S00123456", "***23456"), Engine: genCode(t, "K12MN1234567"),
		Make: genCode(t, "Maruti", "Hero"), Colour: genCode(t, "white"),
		Status: genCode(t, "stolen", "involved", "seized", "recovered", "released"), StatusOn: genDate(t),
		ReleasedTo: genCode(t, "owner", "superdari"),
	}
}

// genPart draws the part that belongs to the form, or none.
func genPart(t *rapid.T, f *iif.Form) {
	if rapid.IntRange(0, 3).Draw(t, "part") == 0 {
		return
	}
	switch f.Form {
	case "IIF3":
		f.Arrest = &iif.Arrest{Ref: genRef(t), Kind: genCode(t, "arrest", "surrender", "notice"), At: genTime(t)}
	case "IIF4":
		f.Seizure = &iif.Seizure{Nature: genCode(t, "stolen", "involved", "recovered"), At: genTime(t)}
		f.Property = []iif.Item{{Ref: "P1", State: genCode(t, "Seized", "In Malkhana"), StateOn: genDate(t)}}
	case "IIF5":
		f.Report = &iif.Report{Type: genCode(t, "charge-sheeted", "untraced", "un-occurred", "abated"), Date: genDate(t)}
		if rapid.Bool().Draw(t, "charged") {
			f.Report.Charged = []iif.Charged{{Ref: "A1", Standing: genCode(t, "custody", "proclaimed", "absconding", "died")}}
		}
		if rapid.Bool().Draw(t, "not charged") {
			f.Report.NotCharged = []iif.Uncharged{{Ref: "A2"}}
		}
	case "IIF6":
		f.Trial = &iif.Trial{ChargedOn: genDate(t), JudgmentOn: genDate(t)}
		for range rapid.IntRange(0, 3).Draw(t, "disposals") {
			f.Disposals = append(f.Disposals, iif.Result{Ref: genRef(t), Date: genDate(t),
				Result: rapid.SampledFrom([]string{"convicted", "acquitted", "discharged", "withdrawn", "proclaimed"}).Draw(t, "result")})
		}
		f.PropertyOrder = []iif.Return{{Ref: "V1", Order: "return", Date: genDate(t)}}
	case "IIF7":
		for range rapid.IntRange(1, 2).Draw(t, "appeals") {
			f.Appeals = append(f.Appeals, iif.Appeal{Ref: genRef(t), Date: genDate(t), Effect: genCode(t, "acquitted", "convicted", "retrial"),
				Result: rapid.SampledFrom([]string{"allowed", "dismissed", "modified", "remanded", "pending"}).Draw(t, "result")})
		}
	}
}
