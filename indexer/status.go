package indexer

import "anvesh/storage"

// This file is the one place that says what a form makes of a person or vehicle. Sources: the contract
// (api.md "Update message": whose word counts; the statuses themselves are storage's), the code lists of
// the forms (domain.md section 2) and the procedure code, BNSS 2023, with the CrPC of 1973 for older cases.
// How rows follow each other in time stands in status_person.go and fold_vehicle.go.

// What a row may say instead of a status.
const (
	asSent    = "as sent"   // the sender's own word
	unchanged = "unchanged" // the form is kept and the status stays
)

// A content is the left side of a row: the form, what it says, and the circumstance that matters, if any.
type content struct{ form, says, when string }

// A meaning is the right side: the status, and where that is written.
type meaning struct{ status, source string }

// Circumstances.
const (
	noList      = "persons without a list" // IIF5: accused of the form while it lists nobody
	afterCharge = "charge framed"          // IIF6: on or after trial.charge_framed_on
	whenSought  = "absconding or proclaimed"
	whenStolen  = "stolen"
	notHeld     = "not in custody" // a vehicle that is stolen or involved
)

// personRules: form and content -> status of an accused.
var personRules = map[content]meaning{
	{"IIF1", "status", ""}:    {asSent, "api.md: a sender's status counts in IIF1 and IIF4"},
	{"IIF1", "no status", ""}: {storage.Wanted, "named as accused and not yet before the law; the list has no weaker word"},
	{"IIF4", "status", ""}:    {asSent, "api.md: a sender's status counts in IIF1 and IIF4"},
	{"any", "no status", ""}:  {storage.Wanted, "as IIF1 without status, while only other forms speak of the accused"},

	{"IIF3", "arrest", ""}:       {storage.Arrested, "BNSS 35, 43"},
	{"IIF3", "surrender", ""}:    {storage.Arrested, "IIF3 item 5: surrendered in court, then bailed or in custody"},
	{"IIF3", "apprehension", ""}: {storage.Arrested, "JJ Act s.10; the record is a child's and not findable"},
	{"IIF3", "notice", ""}:       {unchanged, "BNSS 35(3)-(5): notice of appearance, no arrest"},

	{"IIF5", "charge-sheeted", ""}:             {storage.ChargeSheeted, "BNSS 193(3), item 10"},
	{"IIF5", "charge-sheeted", "not arrested"}: {storage.ChargeSheeted, "item 10(xxii), BNSS 193(3)"},
	{"IIF5", "charge-sheeted", "bailed"}:       {storage.ChargeSheeted, "item 10(xxii)"},
	{"IIF5", "charge-sheeted", "custody"}:      {storage.ChargeSheeted, "item 10(xxii)"},
	{"IIF5", "charge-sheeted", "absconding"}:   {storage.Absconding, "item 10(xxii): evading; charged in absence and still to be found, BNSS 335"},
	{"IIF5", "charge-sheeted", "proclaimed"}:   {storage.Proclaimed, "item 10(xxii), BNSS 84, 335, 356"},
	{"IIF5", "charge-sheeted", "died"}:         {storage.Abated, "no proceedings against the dead; BNSS 435 for appeals"},
	{"IIF5", "not charge-sheeted", ""}:         {storage.NotChargeSheeted, "item 11 (column 2), BNSS 189"},
	{"IIF5", "charge sheet", noList}:           {storage.ChargeSheeted, "a report without closure type that names the accused among its persons"},

	{"IIF5", "not-charge-sheeted", ""}: {storage.NotChargeSheeted, "item 4, want of evidence, BNSS 189"},
	{"IIF5", "undetected", ""}:         {storage.NotChargeSheeted, "item 4: nobody found to have done it"},
	{"IIF5", "undetected", whenSought}: {unchanged, "who is absconding or proclaimed stays sought"},
	{"IIF5", "untraced", ""}:           {storage.NotChargeSheeted, "item 4, untraced report (adam pata)"},
	{"IIF5", "untraced", whenSought}:   {unchanged, "who is absconding or proclaimed stays sought"},
	{"IIF5", "abated", ""}:             {storage.Abated, "item 4, offence abated"},
	{"IIF5", "un-occurred", ""}:        {storage.NotChargeSheeted, "items 4-5, cancellation (akhraj): no offence took place"},

	{"IIF6", "convicted", ""}:             {storage.Convicted, "BNSS 258, 271, 278, 285"},
	{"IIF6", "plea bargaining", ""}:       {storage.Convicted, "BNSS 289-300: judgment on the plea convicts"},
	{"IIF6", "probation", ""}:             {storage.Convicted, "BNSS 401: released on probation after conviction"},
	{"IIF6", "acquitted", ""}:             {storage.Acquitted, "BNSS 255, 258, 271, 278"},
	{"IIF6", "compounded", ""}:            {storage.Acquitted, "BNSS 359(8): composition has the effect of acquittal"},
	{"IIF6", "withdrawn", ""}:             {storage.Discharged, "BNSS 360(a): before the charge"},
	{"IIF6", "withdrawn", afterCharge}:    {storage.Acquitted, "BNSS 360(b): after the charge"},
	{"IIF6", "discharged", ""}:            {storage.Discharged, "BNSS 250, 262, 268"},
	{"IIF6", "quashed", ""}:               {storage.Discharged, "BNSS 528: proceedings end without a finding"},
	{"IIF6", "pardoned", ""}:              {storage.Discharged, "BNSS 343-344: approver, no longer an accused"},
	{"IIF6", "proceedings stopped", ""}:   {storage.Discharged, "BNSS 281"},
	{"IIF6", "abated", ""}:                {storage.Abated, "death of the accused"},
	{"IIF6", "proclaimed", ""}:            {storage.Proclaimed, "BNSS 84; file consigned until he is found"},
	{"IIF6", "cancellation accepted", ""}: {storage.NotChargeSheeted, "the court accepts the closure report"},
	{"IIF6", "untraced accepted", ""}:     {storage.NotChargeSheeted, "the court accepts the closure report"},
	{"IIF6", "split up", ""}:              {unchanged, "the trial goes on apart"},
	{"IIF6", "committed", ""}:             {unchanged, "BNSS 232: to the Court of Session"},
	{"IIF6", "transferred", ""}:           {unchanged, "to another court"},
	{"IIF6", "referred to JJB", ""}:       {unchanged, "JJ Act s.9; the record becomes a child's"},
}

// Kinds of appeal by what was decided below.
const (
	againstConviction = "against a conviction" // kind conviction, or convicted by the record
	againstSentence   = "against the sentence" // kind sentence, enhancement, death reference
	againstAcquittal  = "against an acquittal" // kind acquittal, or acquitted or discharged by the record
	againstUnknown    = "against what is not known"
)

// appealRules: IIF7's result and effect -> status. An effect decides whatever the result is called, but for pending.
var appealRules = map[content]meaning{
	{"IIF7", "effect acquitted", ""}: {storage.Acquitted, "api.md appeals.effect; BNSS 427"},
	{"IIF7", "effect convicted", ""}: {storage.Convicted, "api.md appeals.effect; BNSS 427"},
	{"IIF7", "effect retrial", ""}:   {storage.ChargeSheeted, "api.md appeals.effect; BNSS 427: tried again"},

	{"IIF7", "pending", againstConviction}: {unchanged, "not decided"},
	{"IIF7", "pending", againstSentence}:   {unchanged, "not decided"},
	{"IIF7", "pending", againstAcquittal}:  {unchanged, "not decided"},
	{"IIF7", "pending", againstUnknown}:    {unchanged, "not decided"},

	{"IIF7", "allowed", againstConviction}: {storage.Acquitted, "BNSS 427(b); relief in sentence alone is called modified"},
	{"IIF7", "allowed", againstSentence}:   {storage.Convicted, "BNSS 427(b)(iii), (c): the sentence alone"},
	{"IIF7", "allowed", againstAcquittal}:  {unchanged, "BNSS 427(a): conviction or retrial, so the effect must be said; flagged"},
	{"IIF7", "allowed", againstUnknown}:    {unchanged, "the effect must be said; flagged"},

	{"IIF7", "dismissed", againstConviction}: {storage.Convicted, "the conviction stands"},
	{"IIF7", "dismissed", againstSentence}:   {storage.Convicted, "the conviction stands"},
	{"IIF7", "dismissed", againstAcquittal}:  {unchanged, "the acquittal or discharge stands"},
	{"IIF7", "dismissed", againstUnknown}:    {unchanged, "what was decided stands"},

	{"IIF7", "modified", againstConviction}: {storage.Convicted, "sentence or sections altered, the conviction stands"},
	{"IIF7", "modified", againstSentence}:   {storage.Convicted, "the sentence alone"},
	{"IIF7", "modified", againstAcquittal}:  {unchanged, "the effect must be said; flagged"},
	{"IIF7", "modified", againstUnknown}:    {unchanged, "the effect must be said; flagged"},

	{"IIF7", "remanded", againstConviction}: {storage.ChargeSheeted, "BNSS 427, 429: tried again"},
	{"IIF7", "remanded", againstSentence}:   {storage.Convicted, "on sentence alone, unless the effect says retrial"},
	{"IIF7", "remanded", againstAcquittal}:  {storage.ChargeSheeted, "BNSS 427(a): tried again"},
	{"IIF7", "remanded", againstUnknown}:    {storage.ChargeSheeted, "tried again"},

	{"IIF7", "compounded", againstConviction}: {storage.Acquitted, "BNSS 359(5), (8)"},
	{"IIF7", "compounded", againstSentence}:   {storage.Acquitted, "BNSS 359(5), (8)"},
	{"IIF7", "compounded", againstAcquittal}:  {unchanged, "BNSS 359(8): acquitted already"},
	{"IIF7", "compounded", againstUnknown}:    {storage.Acquitted, "BNSS 359(8)"},

	{"IIF7", "abated", againstConviction}: {storage.Convicted, "BNSS 435: the appeal ends, the finding stands"},
	{"IIF7", "abated", againstSentence}:   {storage.Convicted, "BNSS 435: the appeal ends, the finding stands"},
	{"IIF7", "abated", againstAcquittal}:  {unchanged, "BNSS 435: the finding stands"},
	{"IIF7", "abated", againstUnknown}:    {unchanged, "BNSS 435: the finding stands"},

	{"IIF7", "withdrawn", againstConviction}: {storage.Convicted, "the finding stands"},
	{"IIF7", "withdrawn", againstSentence}:   {storage.Convicted, "the finding stands"},
	{"IIF7", "withdrawn", againstAcquittal}:  {unchanged, "the finding stands"},
	{"IIF7", "withdrawn", againstUnknown}:    {unchanged, "the finding stands"},
}

// vehicleRules: form and content -> status of a vehicle.
var vehicleRules = map[content]meaning{
	{"IIF1", "status", ""}:    {asSent, "api.md: a sender's status counts in IIF1 and IIF4"},
	{"IIF1", "no status", ""}: {storage.Involved, "part of the case; theft is said by the sender"},
	{"any", "no status", ""}:  {storage.Involved, "as IIF1 without status, while only other forms speak of the vehicle"},

	{"IIF4", "status", ""}:             {asSent, "api.md: a sender's status counts in IIF1 and IIF4"},
	{"IIF4", "released", ""}:           {storage.Released, "given to owner, insurer or on superdari, BNSS 497, 503"},
	{"IIF4", "no status", ""}:          {storage.Seized, "item 3 and BNSS 106"},
	{"IIF4", "no status", whenStolen}:  {storage.Recovered, "item 3: a vehicle stolen in this case"},
	{"IIF4", "nature stolen", ""}:      {storage.Recovered, "item 3: seized as stolen property"},
	{"IIF4", "nature recovered", ""}:   {storage.Recovered, "item 3"},
	{"IIF5", "un-occurred", notHeld}:   {storage.Released, "no offence took place: not to be stopped; custody ends by its own form"},
	{"IIF5", "un-occurred", ""}:        {unchanged, "in custody until released"},
	{"IIF5", "charge-sheeted", ""}:     {unchanged, "the report does not move the vehicle"},
	{"IIF5", "not-charge-sheeted", ""}: {unchanged, "a stolen vehicle is still to be found"},
	{"IIF5", "undetected", ""}:         {unchanged, "a stolen vehicle is still to be found"},
	{"IIF5", "untraced", ""}:           {unchanged, "a stolen vehicle is still to be found"},
	{"IIF5", "abated", ""}:             {unchanged, "a stolen vehicle is still to be found"},

	{"IIF6", "return", ""}:     {storage.Released, "BNSS 498, 503"},
	{"IIF6", "auction", ""}:    {storage.Released, "BNSS 505: sold"},
	{"IIF6", "confiscate", ""}: {storage.Seized, "BNSS 498: the State keeps it"},
	{"IIF6", "destroy", ""}:    {storage.Seized, "BNSS 498: it never returns to the road"},
}

// stages ranks a sender's status by the stage of the law that it claims. A form of an earlier stage does not lower it:
// arrest is 2, the report 3, court 4.
var stages = map[string]int{
	storage.Wanted: 1, storage.Absconding: 1, storage.Proclaimed: 1, storage.Arrested: 2, storage.ChargeSheeted: 3, storage.NotChargeSheeted: 3,
	storage.Convicted: 4, storage.Acquitted: 4, storage.Discharged: 4, storage.Abated: 4,
}

// itemStates: the court's order on property -> state of the item (domain.md section 2, e-malkhana).
var itemStates = map[string]string{
	"return": "Disposed", "auction": "Disposed", "confiscate": "Disposed", "destroy": "Disposed",
}
