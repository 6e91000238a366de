package iif

import "time"

// A Scene is what IIF2 says of the place of crime.
type Scene struct {
	VisitedAt   time.Time `json:"visited_at,omitzero"`                  // when the scene was visited
	Kind        string    `json:"kind,omitempty" iif:"len=100"`         // type of place attacked
	Description string    `json:"description,omitempty" iif:"len=2000"` // description
	Evidence    string    `json:"evidence,omitempty" iif:"len=2000"`    // physical evidence and clues
}

// A Method is the modus operandi (IIF2).
type Method struct {
	Methods    []string `json:"methods,omitempty" iif:"len=100,items=50"`   // methods
	Style      string   `json:"style,omitempty" iif:"len=100"`              // character assumed by the offender
	Languages  []string `json:"languages,omitempty" iif:"len=100,items=20"` // languages and dialects used
	Attacked   []string `json:"attacked,omitempty" iif:"len=100,items=50"`  // properties attacked
	Conveyance string   `json:"conveyance,omitempty" iif:"len=200"`         // conveyance used
	Features   string   `json:"features,omitempty" iif:"len=500"`           // special features, trademark
	Motive     string   `json:"motive,omitempty" iif:"len=100"`             // motive
}

// An Arrest is the arrest, surrender or apprehension of one accused (IIF3).
type Arrest struct {
	Ref        string    `json:"ref" iif:"req,is=ref"`                // ref of the accused
	Kind       string    `json:"kind,omitempty" iif:"one=arrest"`     // how; arrest when absent
	At         time.Time `json:"at,omitzero"`                         // when; event_at when absent
	Place      string    `json:"place,omitempty" iif:"len=500"`       // where
	Outcome    string    `json:"outcome,omitempty" iif:"one=outcome"` // what followed
	ProducedAt time.Time `json:"produced_at,omitzero"`                // when produced before a magistrate
	BailedOn   Date      `json:"bailed_on,omitempty"`                 // date of release on bail
}

// A Seizure is how property was seized or recovered (IIF4).
type Seizure struct {
	At            time.Time `json:"at,omitzero"`                            // when; event_at when absent
	Place         string    `json:"place,omitempty" iif:"len=500"`          // where
	Nature        string    `json:"nature,omitempty" iif:"one=nature"`      // nature of the property
	From          string    `json:"from,omitempty" iif:"is=ref"`            // ref of the person from whom it was seized
	Circumstances string    `json:"circumstances,omitempty" iif:"len=2000"` // circumstances and grounds
	Recording     string    `json:"recording,omitempty" iif:"len=200"`      // audio-video recording reference
}

// A Report is the final report (IIF5).
type Report struct {
	Kind       string      `json:"kind,omitempty" iif:"one=report"`                  // original or supplementary
	Type       string      `json:"type,omitempty" iif:"one=closure"`                 // charge-sheeted, or how the case was closed
	Reason     string      `json:"unoccurred_reason,omitempty" iif:"one=unoccurred"` // why un-occurred
	Number     string      `json:"number,omitempty" iif:"len=100"`                   // number of the report
	Date       Date        `json:"date,omitempty"`                                   // date of the report; the day of event_at when absent
	SentOn     Date        `json:"sent_on,omitempty"`                                // date of dispatch to the court
	Charged    []Charged   `json:"charge_sheeted,omitempty" iif:"items=500"`         // accused charge-sheeted
	NotCharged []Uncharged `json:"not_charge_sheeted,omitempty" iif:"items=500"`     // accused not charge-sheeted (column 2)
}

// A Charged accused stands in the charge sheet.
type Charged struct {
	Ref         string    `json:"ref" iif:"req,is=ref"`                  // ref of the accused
	Standing    string    `json:"standing,omitempty" iif:"one=standing"` // where the accused is
	Sections    []Section `json:"sections,omitempty" iif:"items=100"`    // acts and sections charged
	ArrestedOn  Date      `json:"arrested_on,omitempty"`                 // date of arrest
	BailedOn    Date      `json:"bailed_on,omitempty"`                   // date of release on bail
	ForwardedOn Date      `json:"forwarded_on,omitempty"`                // date forwarded to court
}

// An Uncharged accused is named in the report and not charge-sheeted.
type Uncharged struct {
	Ref    string `json:"ref" iif:"req,is=ref"`           // ref of the accused
	Reason string `json:"reason,omitempty" iif:"len=500"` // reason
}

// A Trial holds what IIF6 says of the case as a whole.
type Trial struct {
	SheetNo      string `json:"charge_sheet_no,omitempty" iif:"len=100"`  // number of the charge sheet
	SheetOn      Date   `json:"charge_sheet_on,omitempty"`                // date of the charge sheet
	CognizanceOn Date   `json:"cognizance_on,omitempty"`                  // date of cognizance or committal
	ChargedOn    Date   `json:"charge_framed_on,omitempty"`               // date on which the charge was framed
	JudgmentOn   Date   `json:"judgment_on,omitempty"`                    // date of judgment or disposal
	Judge        string `json:"judge,omitempty" iif:"len=200"`            // judge
	Prosecutor   string `json:"prosecutor,omitempty" iif:"len=200"`       // public prosecutor
	AppealAdvice string `json:"appeal,omitempty" iif:"one=appeal_advice"` // whether an appeal is recommended or filed
}

// A Result is a court's disposal of one accused (IIF6).
type Result struct {
	Ref        string    `json:"ref" iif:"req,is=ref"`                // ref of the accused
	Result     string    `json:"result" iif:"req,one=disposal"`       // type of disposal
	Sections   []Section `json:"sections,omitempty" iif:"items=100"`  // acts and sections of the result
	Punishment string    `json:"punishment,omitempty" iif:"len=500"`  // punishment
	Fine       float64   `json:"fine,omitempty" iif:"min=0,max=1e15"` // fine in rupees
	Date       Date      `json:"date,omitempty"`                      // date of judgment; trial.judgment_on or the day of event_at when absent
}

// A Return is the court's order on one vehicle or property item (IIF6).
type Return struct {
	Ref   string `json:"ref" iif:"req,is=ref"`               // ref of the vehicle or item
	Order string `json:"order" iif:"req,one=property_order"` // what is to become of it
	Date  Date   `json:"date,omitempty"`                     // date of the order
}

// An Appeal is an appeal or revision of one accused's result (IIF7).
type Appeal struct {
	Ref      string    `json:"ref" iif:"req,is=ref"`               // ref of the accused
	Result   string    `json:"result" iif:"req,one=appeal_result"` // result of the appeal
	Effect   string    `json:"effect,omitempty" iif:"one=effect"`  // what the accused is by it
	Date     Date      `json:"date,omitempty"`                     // date of decision; the day of event_at when absent
	Kind     string    `json:"kind,omitempty" iif:"one=appeal"`    // what the appeal is against
	Number   string    `json:"number,omitempty" iif:"len=100"`     // number and year of the appeal
	Court    string    `json:"court,omitempty" iif:"len=200"`      // appellate court
	Side     string    `json:"side,omitempty" iif:"one=side"`      // who appeals
	FiledOn  Date      `json:"filed_on,omitempty"`                 // date of filing
	Sections []Section `json:"sections,omitempty" iif:"items=100"` // acts and sections after the appeal
	Sentence string    `json:"sentence,omitempty" iif:"len=500"`   // sentence after the appeal
}
