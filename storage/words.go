package storage

import (
	"slices"
	"time"
)

// This file is the vocabulary that all rooms share: roles, statuses, what is outstanding, and civil time.
// The words are those of the contract (api.md, "Update message").

// Roles of a person in a case.
const (
	Accused     = "accused"
	Complainant = "complainant"
	Victim      = "victim"
	Witness     = "witness"
)

// Statuses of accused persons. Complainants, victims and witnesses have none.
const (
	Wanted           = "wanted"
	Absconding       = "absconding"
	Proclaimed       = "proclaimed"
	Arrested         = "arrested"
	ChargeSheeted    = "charge-sheeted"
	NotChargeSheeted = "not-charge-sheeted"
	Convicted        = "convicted"
	Acquitted        = "acquitted"
	Discharged       = "discharged"
	Abated           = "abated"
)

// Statuses of vehicles.
const (
	Stolen    = "stolen"
	Involved  = "involved"
	Seized    = "seized"
	Recovered = "recovered"
	Released  = "released"
)

// ranked are all statuses in order of how outstanding they are: what a constable must know first comes first, after
// the absent one. Saved registers hold places in this list.
var ranked = [...]string{"", Proclaimed, Absconding, Wanted, Stolen, Involved, Arrested, Seized, ChargeSheeted,
	Convicted, Recovered, Released, NotChargeSheeted, Discharged, Acquitted, Abated}

// outstanding is the rank of the last status that calls for an act.
const outstanding = 5

// Roles returns the roles of persons, in the order of the contract.
func Roles() []string { return []string{Accused, Complainant, Victim, Witness} }

// Statuses returns the statuses of persons or of vehicles, in the order in which a case passes through them.
func Statuses(k Kind) []string {
	if k == Vehicle {
		return []string{Stolen, Involved, Seized, Recovered, Released}
	}
	return []string{Wanted, Absconding, Proclaimed, Arrested, ChargeSheeted, NotChargeSheeted, Convicted, Acquitted,
		Discharged, Abated}
}

// StatusRank returns the place of a status among all, from 1 for the most outstanding; 0 for one that is not known.
func StatusRank(status string) uint8 { return uint8(max(0, slices.Index(ranked[:], status))) }

// StatusAt is the inverse of StatusRank.
func StatusAt(rank uint8) string { return ranked[rank] }

// Outstanding reports whether a status calls for an act: find, stop or seize.
func Outstanding(status string) bool { return OutstandingRank(StatusRank(status)) }

// OutstandingRank is Outstanding by the status's rank.
func OutstandingRank(rank uint8) bool { return 0 < rank && rank <= outstanding }

// IST is the civil time of every date in the records: UTC+05:30 without daylight saving. Whatever reads a time with this
// offset gives it this very location.
var IST = time.FixedZone("IST", ISTOffset)

// ISTOffset is how far IST is ahead of UTC, in seconds.
const ISTOffset = 5*60*60 + 30*60

// Day returns the number of the Indian day of a time in Unix seconds, counted from 1 January 1970.
func Day(unix int64) int32 { return int32((unix + ISTOffset) / (24 * 60 * 60)) }
