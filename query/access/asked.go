package access

// The kinds of questions.
const (
	AskPerson  = "person"
	AskVehicle = "vehicle"
	AskCase    = "case"
	AskUpdate  = "update" // forms to be entered; costs nothing
)

// Asked is one question as budgets and alarms see it. Nothing of it is kept longer than a day, and then as a keyed hash; nothing
// of it is logged.
type Asked struct {
	Kind string
	List string // the list that this is a row of; "" for a single question
	// Texts are what is sought, as typed: name, alias and relative; registration, chassis and engine number; number of the case.
	Texts             [3]string
	Station, District string // filters, as typed
	Reason            string
}
