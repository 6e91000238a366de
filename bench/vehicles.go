package bench

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"anvesh/bench/madeup"
	"anvesh/query"
	"anvesh/query/numbers"
	"anvesh/query/plate"
	"anvesh/storage"
)

// VehiclesOptions say what Vehicles measures.
type VehiclesOptions struct {
	Pairs     string // file of plates and what a plate reader made of them (plate, ocr_read); "" for none
	Records   int    // made-up vehicles held beside the plates of the file
	Sample    int    // searches of each kind
	Seed      uint64 // the same seed makes the same vehicles
	Absent    int    // vehicles asked for that are not held, for each way to ask
	Baseline  int    // searches of stock Bleve of each kind; 0 for none
	Scan      int    // searches compared with a scan of all that is held; 0 for none
	Scattered bool   // numbers lie thinly under all series that there can be, not in the series that offices have given out
	Data      string // directory of the store; "" for a temporary one
	Out       io.Writer
}

// A VehiclesReport is what Vehicles found. Shares lie in 0..1; rank is one more than the better records plus half of
// the ties, a hit counts when its registration is the right one.
type VehiclesReport struct {
	Records   int    `json:"records"`
	Plates    int    `json:"distinct_plates"`
	Sample    int    `json:"sample"`
	Seed      uint64 `json:"seed"`
	Scattered bool   `json:"scattered"`
	Found
	ByCause     map[string]Found `json:"by_cause"`
	ByEdits     map[string]Found `json:"by_edits"`
	Complete1   float64          `json:"complete_1_edit"`
	Complete2   float64          `json:"complete_2_edits"`
	Complete    Completeness     `json:"completeness"`
	Rank1OfBest float64          `json:"rank1_of_best"`
	Scanned     int              `json:"scanned"`

	FalsePer1000  float64                `json:"false_probable_per_1000"` // of the searches that the error model expects
	Absent        map[string]FalseGrades `json:"absent"`                  // by what was asked
	ProbableShare float64                `json:"probable_share"`          // of misread registrations of held vehicles, alone
	Probable      map[string]Share       `json:"probable"`                // by what was asked
	Calibration   []Step                 `json:"calibration,omitempty"`

	Timing
	BytesPerRecord float64              `json:"bytes_per_record"`
	ByTask         map[string]TaskFound `json:"by_task"`
	Real           *RealFound           `json:"real,omitempty"`
	Baseline       map[string]Stock     `json:"baseline,omitempty"`
	TimesFuzzy2    float64              `json:"times_bleve_fuzzy2,omitempty"` // searches a second over those of bleve_fuzzy2
}

// Found counts right answers by rank.
type Found struct {
	N    int     `json:"n"`
	At1  float64 `json:"found_at_1"`
	At3  float64 `json:"found_at_3"`
	At10 float64 `json:"found_at_10"`
}

// TaskFound is what one kind of search found and cost.
type TaskFound struct {
	Found
	Timing
	Total float64 `json:"total_mean"` // hits counted
	Whole float64 `json:"complete"`   // share of the answers that say they are complete
}

// A Share is a share of N.
type Share struct {
	N     int     `json:"n"`
	Share float64 `json:"share"`
}

// vehicles is one measurement under way.
type vehicles struct {
	o      VehiclesOptions
	h      *Held
	draw   *madeup.Vehicles
	rows   []realPlate
	all    *flatPlates
	plates *numbers.PlateIndex // all of them in one
	report VehiclesReport
}

// Vehicles draws made-up vehicles, holds them with the plates of a file, and searches them by damaged readings.
func Vehicles(o VehiclesOptions) (report VehiclesReport, err error) {
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Records < 1 || o.Sample < 1 {
		return report, errors.New("bench: vehicles: records and sample must be at least 1")
	}
	v := &vehicles{o: o, draw: madeup.NewVehicles(o.Records, o.Seed, o.Scattered)}
	if o.Pairs != "" {
		if v.rows, err = readRealPlates(o.Pairs); err != nil {
			return report, err
		}
	}
	before := heapInUse()
	if v.h, err = OpenHeld(o.Data); err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, v.h.Close()) }()
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"hold", func() error { return v.hold(before) }}, {"ask", v.ask}, {"tasks", v.tasks}, {"real readings", v.real},
		{"compare with scans", v.scan}, {"grade", v.grade}, {"stock Bleve", v.baseline},
	} {
		fmt.Fprintln(o.Out, "vehicles:", step.name)
		if err := step.run(); err != nil {
			return v.report, err
		}
	}
	return v.report, nil
}

// hold fills the store.
func (v *vehicles) hold(before float64) error {
	have := v.h.Len()
	for i := range v.o.Records {
		if have > 0 { // a directory that was filled by the same options
			break
		}
		if err := v.h.Add(v.record(i)); err != nil {
			return err
		}
		if i%500_000 == 499_999 {
			fmt.Fprintf(v.o.Out, "held %d of %d\n", i+1, v.o.Records)
		}
	}
	for _, r := range v.rows {
		if have > 0 {
			break
		}
		if err := v.h.Add(&storage.Record{Kind: storage.Vehicle, Status: "stolen", Registration: r.plate}); err != nil {
			return err
		}
	}
	if err := v.h.Flush(); err != nil {
		return err
	}
	v.h.Rest()
	n := float64(v.h.Len())
	v.report = VehiclesReport{Records: v.h.Len(), Sample: v.o.Sample, Seed: v.o.Seed, Scattered: v.o.Scattered, BytesPerRecord: (heapInUse() - before) / n}
	v.h.Register.Plates(func(in []*numbers.PlateIndex) {
		v.plates = numbers.NewPlateIndex()
		for _, x := range in {
			for o := range uint32(x.Len()) {
				if x.Alive(o) {
					v.plates.Add(x.Key(o))
				}
			}
		}
		v.report.Plates = v.plates.Len()
		v.all = newFlatPlates(v.plates)
	})
	return nil
}

func (v *vehicles) record(i int) *storage.Record {
	w := v.draw.Draw(i)
	return vehicleRecord(&w)
}

// vehicleRecord is the record of a made-up vehicle.
func vehicleRecord(w *madeup.Vehicle) *storage.Record {
	return &storage.Record{Kind: storage.Vehicle, Status: w.Status, Registration: w.Registration, Chassis: w.ChassisWritten, Engine: w.EngineWritten,
		Make: w.Maker, Model: w.Model, Colour: w.Colour}
}

// some draws a vehicle that is held.
func (v *vehicles) some(rng *rand.Rand) madeup.Vehicle { return v.draw.Draw(rng.IntN(v.o.Records)) }

// request asks for a vehicle.
func request(registration string) query.VehicleRequest {
	return query.VehicleRequest{Registration: registration, Common: query.Common{Reason: benchReason}}
}

// canonical is the key of a registration.
func canonical(registration string) string { return plate.Parse(registration).Canonical }
