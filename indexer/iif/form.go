package iif

import (
	"time"

	"anvesh/storage"
)

// A Date is a calendar day as YYYY-MM-DD in Indian time, "" when absent. Dates compare as strings.
type Date string

// Time is the first instant of the day in Indian time, and the zero time for "".
func (d Date) Time() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), storage.IST)
	if err != nil {
		return time.Time{}
	}
	return t
}

// DateOf is the day of t in Indian time, "" for the zero time.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return ""
	}
	var b [10]byte
	return Date(t.In(storage.IST).AppendFormat(b[:0], time.DateOnly))
}

// A Form is one form instance in one version. Absent values are empty, 0, false or nil.
// The tag iif holds the rules: req (required), len (longest text in runes), items (longest list),
// min and max (numbers), one (a code list of rules.go), is (a shape of rules.go), of (the form that a part belongs to).
// The comment beside a field is its description in the schema.
type Form struct {
	Schema        int       `json:"schema" iif:"req,min=1,max=1"`                      // number of this schema: 1
	Form          string    `json:"form" iif:"req,one=form"`                           // which of the seven forms
	FormID        string    `json:"form_id" iif:"req,is=id"`                           // name of the form instance, the same in each of its versions
	Version       int       `json:"version" iif:"req,min=1,max=2147483647"`            // version of the instance; the greatest counts
	FIR           string    `json:"fir" iif:"req,is=fir"`                              // FIR registration number, equal to the message's key
	Station       string    `json:"station" iif:"req,is=station"`                      // eight digits of the police station that has the case
	EventAt       time.Time `json:"event_at" iif:"req"`                                // when it happened: registration, arrest, seizure, report, judgment, decision
	EnteredAt     time.Time `json:"entered_at" iif:"req"`                              // when it was entered
	EnteredBy     string    `json:"entered_by,omitempty" iif:"len=200"`                // who entered it
	EnteredAtUnit string    `json:"entered_at_unit,omitempty" iif:"len=64"`            // code of the unit where it was entered
	Reinstates    bool      `json:"reinstates,omitempty"`                              // brings a withdrawn case back
	Sensitive     bool      `json:"sensitive,omitempty"`                               // not to be published: complainant, victim and witnesses are sealed
	Orders        []Order   `json:"orders,omitempty" iif:"items=50"`                   // sealing and redaction orders in force
	Sections      []Section `json:"sections,omitempty" iif:"items=100"`                // acts and sections
	FIRType       string    `json:"fir_type,omitempty" iif:"one=fir_type"`             // regular, zero or e-fir
	LinkedFIRs    []string  `json:"linked_firs,omitempty" iif:"is=fir,items=20"`       // numbers of the same matter elsewhere, such as the Zero FIR's at the first station
	OffenceFrom   Date      `json:"offence_from,omitempty"`                            // date of offence, or its first day
	OffenceTo     Date      `json:"offence_to,omitempty"`                              // last day of the offence
	InformedAt    time.Time `json:"informed_at,omitzero"`                              // when the station received the information
	Place         string    `json:"place,omitempty" iif:"len=500"`                     // place of occurrence
	CrimeHead     string    `json:"crime_head,omitempty" iif:"len=100"`                // crime major head
	CrimeMinor    string    `json:"crime_minor_head,omitempty" iif:"len=100"`          // crime minor head
	Heinous       bool      `json:"heinous,omitempty"`                                 // heinous offence
	IO            *Officer  `json:"io,omitempty"`                                      // investigating officer
	Court         string    `json:"court,omitempty" iif:"len=200"`                     // court that has the case, or the appeal
	CNR           string    `json:"cnr,omitempty" iif:"is=cnr"`                        // court's case number record, 16 characters
	CourtCase     string    `json:"court_case,omitempty" iif:"len=100"`                // case number at the court
	Prosecution   string    `json:"prosecution_unit,omitempty" iif:"len=100"`          // prosecution unit, such as a District Attorney's office
	Persons       []Person  `json:"persons,omitempty" iif:"items=500"`                 // persons that the form speaks of
	Vehicles      []Vehicle `json:"vehicles,omitempty" iif:"items=500"`                // vehicles that the form speaks of
	Property      []Item    `json:"property,omitempty" iif:"items=1000"`               // other property items
	Scene         *Scene    `json:"scene,omitempty" iif:"of=IIF2"`                     // scene of crime
	Method        *Method   `json:"modus_operandi,omitempty" iif:"of=IIF2"`            // modus operandi
	Arrest        *Arrest   `json:"arrest,omitempty" iif:"of=IIF3"`                    // arrest or surrender; when absent, each accused of the form was arrested at event_at
	Seizure       *Seizure  `json:"seizure,omitempty" iif:"of=IIF4"`                   // how the property was seized
	Report        *Report   `json:"report,omitempty" iif:"of=IIF5"`                    // final report; when absent, each accused of the form is charge-sheeted
	Trial         *Trial    `json:"trial,omitempty" iif:"of=IIF6"`                     // dates and people of the trial
	Disposals     []Result  `json:"disposals,omitempty" iif:"items=500,of=IIF6"`       // court disposal, a row or more per accused
	PropertyOrder []Return  `json:"property_orders,omitempty" iif:"items=500,of=IIF6"` // the court's orders on vehicles and property
	Appeals       []Appeal  `json:"appeals,omitempty" iif:"items=500,of=IIF7"`         // appeals, a row or more per accused

	unknown []string
}

// A Section is one act and section.
type Section struct {
	Act     string `json:"act" iif:"req,len=100"`     // short name of the act: BNS, IPC, Arms Act
	Section string `json:"section" iif:"req,len=100"` // section as cited: 303(2)
}

// An Officer is a police officer in his office.
type Officer struct {
	Name   string `json:"name,omitempty" iif:"len=200"`  // name
	Rank   string `json:"rank,omitempty" iif:"len=50"`   // rank
	Number string `json:"number,omitempty" iif:"len=50"` // belt or PIS number
}

// A Person is one person as this form has him.
type Person struct {
	Ref       string    `json:"ref" iif:"req,is=ref"`                         // key of the person within the case: A1 for the first accused
	Role      string    `json:"role,omitempty" iif:"one=role"`                // part in the case
	Name      string    `json:"name,omitempty" iif:"len=200"`                 // name as written; absent for an unknown accused
	NameHi    string    `json:"name_hi,omitempty" iif:"len=200"`              // name in Devanagari
	Aliases   []string  `json:"aliases,omitempty" iif:"len=200,items=50"`     // other names
	Relative  string    `json:"relative,omitempty" iif:"len=200"`             // name of father, mother, husband, wife or guardian
	RelHi     string    `json:"relative_hi,omitempty" iif:"len=200"`          // the same in Devanagari
	Relation  string    `json:"relation,omitempty" iif:"one=relation"`        // what the relative is
	Gender    string    `json:"gender,omitempty" iif:"one=gender"`            // M, F or T; absent when not known
	BirthDate Date      `json:"birth_date,omitempty"`                         // date of birth
	BirthYear int       `json:"birth_year,omitempty" iif:"min=1850,max=2099"` // year of birth
	Age       *int      `json:"age,omitempty" iif:"min=0,max=130"`            // completed years of age on age_on
	AgeOn     Date      `json:"age_on,omitempty"`                             // day of the age; the day of event_at when absent
	Child     bool      `json:"child,omitempty"`                              // child in conflict with law, or a child victim or witness
	Address   string    `json:"address,omitempty" iif:"len=500"`              // present address
	Permanent string    `json:"permanent_address,omitempty" iif:"len=500"`    // permanent address
	Features  *Features `json:"features,omitempty"`                           // descriptive features
	Status    string    `json:"status,omitempty" iif:"one=person_status"`     // sender's status; counts in IIF1 and IIF4 only
	Armed     bool      `json:"armed,omitempty"`                              // generally armed (IIF3 item 12c)
	Dangerous bool      `json:"dangerous,omitempty"`                          // dangerous (IIF3 item 12a)
	Escape    bool      `json:"escape_risk,omitempty"`                        // has jumped bail or is likely to (IIF3 items 12b and 12g), or has escaped
	Misused   bool      `json:"identity_misused,omitempty"`                   // the name is that of another person, which the offender used
}

// Features describe a person's looks and habits (IIF3 item 9).
type Features struct {
	HeightCM   int    `json:"height_cm,omitempty" iif:"min=20,max=260"` // height in centimetres
	Build      string `json:"build,omitempty" iif:"len=100"`            // build
	Complexion string `json:"complexion,omitempty" iif:"len=100"`       // complexion
	Face       string `json:"face,omitempty" iif:"len=100"`             // face
	Hair       string `json:"hair,omitempty" iif:"len=100"`             // hair
	Eyes       string `json:"eyes,omitempty" iif:"len=100"`             // eyes
	Nose       string `json:"nose,omitempty" iif:"len=100"`             // nose
	Teeth      string `json:"teeth,omitempty" iif:"len=100"`            // teeth
	Beard      string `json:"beard,omitempty" iif:"len=100"`            // beard and moustache
	Speech     string `json:"speech,omitempty" iif:"len=100"`           // speech and voice
	Language   string `json:"language,omitempty" iif:"len=100"`         // language or dialect
	Habits     string `json:"habits,omitempty" iif:"len=200"`           // habits
	Dress      string `json:"dress,omitempty" iif:"len=200"`            // dress habits
	Deformity  string `json:"deformity,omitempty" iif:"len=200"`        // deformities and peculiarities
	Scar       string `json:"scar,omitempty" iif:"len=200"`             // place of scar
	Mole       string `json:"mole,omitempty" iif:"len=200"`             // place of mole
	Tattoo     string `json:"tattoo,omitempty" iif:"len=200"`           // place of tattoo
	BurnMark   string `json:"burn_mark,omitempty" iif:"len=200"`        // place of burn mark
	Leucoderma string `json:"leucoderma,omitempty" iif:"len=200"`       // place of leucoderma
	Marks      string `json:"marks,omitempty" iif:"len=500"`            // identification marks
	Other      string `json:"other,omitempty" iif:"len=500"`            // other features
}

// A Vehicle is one vehicle as this form has it. Numbers are as written, dirt included.
type Vehicle struct {
	Ref          string `json:"ref" iif:"req,is=ref"`                        // key of the vehicle within the case: V1
	Registration string `json:"registration,omitempty" iif:"len=50"`         // registration number
	Chassis      string `json:"chassis,omitempty" iif:"len=50"`              // chassis number or VIN
	Engine       string `json:"engine,omitempty" iif:"len=50"`               // engine number
	Type         string `json:"type,omitempty" iif:"len=100"`                // car, motor cycle, tractor
	Make         string `json:"make,omitempty" iif:"len=100"`                // maker
	Model        string `json:"model,omitempty" iif:"len=100"`               // model
	Colour       string `json:"colour,omitempty" iif:"len=100"`              // colour
	Year         int    `json:"year,omitempty" iif:"min=1850,max=2099"`      // year of manufacture
	Status       string `json:"status,omitempty" iif:"one=vehicle_status"`   // sender's status; counts in IIF1 and IIF4 only
	StatusOn     Date   `json:"status_on,omitempty"`                         // day of that status in IIF4; the day of event_at when absent
	ReleasedTo   string `json:"released_to,omitempty" iif:"one=released_to"` // to whom a seized vehicle was given (IIF4)
}

// An Item is one piece of property other than a vehicle of the form.
type Item struct {
	Ref         string   `json:"ref" iif:"req,is=ref"`                     // key of the item within the case: P1
	Category    string   `json:"category,omitempty" iif:"len=100"`         // property category
	Type        string   `json:"type,omitempty" iif:"len=100"`             // property type
	Description string   `json:"description,omitempty" iif:"len=500"`      // description
	Quantity    float64  `json:"quantity,omitempty" iif:"min=0,max=1e12"`  // quantity
	Unit        string   `json:"unit,omitempty" iif:"len=50"`              // unit of the quantity
	Value       float64  `json:"value,omitempty" iif:"min=0,max=1e15"`     // value in rupees
	Nature      string   `json:"nature,omitempty" iif:"one=nature"`        // nature of the property
	State       string   `json:"state,omitempty" iif:"one=item_state"`     // state of the case property
	StateOn     Date     `json:"state_on,omitempty"`                       // day of that state; the day of event_at when absent
	Location    string   `json:"location,omitempty" iif:"len=200"`         // where it is kept: malkhana section and rack
	RegisterNo  string   `json:"register_no,omitempty" iif:"len=100"`      // number in the station's property register
	SealNo      string   `json:"seal_no,omitempty" iif:"len=100"`          // seal number or mark
	LabNo       string   `json:"lab_no,omitempty" iif:"len=100"`           // forensic laboratory's reference
	Serials     []string `json:"serials,omitempty" iif:"len=100,items=50"` // serial numbers: IMEI, arms, electronics, currency
	Vehicle     string   `json:"vehicle,omitempty" iif:"is=ref"`           // ref of the vehicle that the item is or belongs to
}

// An Order is a court's or competent officer's order that hides persons or the case.
// It is in force as long as the newest version of its form instance carries it.
type Order struct {
	Kind      string   `json:"kind" iif:"req,one=order"`              // seal: hidden from searches; redact: the name is to be masked everywhere
	Refs      []string `json:"refs,omitempty" iif:"is=ref,items=500"` // refs of the persons and vehicles; the whole case when empty
	Number    string   `json:"number,omitempty" iif:"len=100"`        // number of the order
	By        string   `json:"by,omitempty" iif:"len=200"`            // who made it
	Date      Date     `json:"date,omitempty"`                        // date of the order
	Pseudonym string   `json:"pseudonym,omitempty" iif:"len=100"`     // name that a redaction order gives; ABCD when absent
}
