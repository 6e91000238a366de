package numbers

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"anvesh/query/plate"
	"anvesh/query/plate/platetest"
	"anvesh/query/snapshot"
)

// benchSize is the number of vehicles in the benchmarks: 200,000, or what ANVESH_BENCH_VEHICLES says (3000000,
// 10000000).
func benchSize() int {
	if n, err := strconv.Atoi(os.Getenv("ANVESH_BENCH_VEHICLES")); err == nil {
		return n
	}
	return 200_000
}

// scatteredPlate is one of a register whose numbers lie thinly under very many prefixes.
func scatteredPlate(rng *rand.Rand, _ int) string {
	state := "HR"
	if rng.IntN(7) == 0 {
		state = []string{"DL", "UP", "PB", "RJ", "CH", "HP", "UK"}[rng.IntN(7)]
	}
	if rng.IntN(100) == 0 {
		return fmt.Sprintf("%02dBH%04d%s", 21+rng.IntN(5), rng.IntN(9999)+1, platetest.Letters(rng, 1+rng.IntN(2)))
	}
	return fmt.Sprintf("%s%02d%s%04d", state, 1+rng.IntN(99), platetest.Letters(rng, 1+rng.IntN(2)), rng.IntN(9999)+1)
}

// heap is the bytes in use after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// built keeps bytes and microseconds for each number added.
var built = map[string][2]float64{}

// BenchmarkBuild reports what the indexes of the other benchmarks weigh and what an Add takes.
func BenchmarkBuild(b *testing.B) {
	report := func(name string, build func(*testing.B)) {
		b.Run(name, func(b *testing.B) {
			build(b)
			b.ReportMetric(built[name][0], "bytes/number")
			b.ReportMetric(built[name][1], "us/add")
			b.ReportMetric(0, "ns/op")
		})
	}
	report("scattered", func(b *testing.B) { plateIndex(b, "scattered", scatteredPlate) })
	report("dense", func(b *testing.B) {
		plateIndex(b, "dense", func(_ *rand.Rand, i int) string { return platetest.Dense(i) })
	})
	report("chassis", func(b *testing.B) { numberIndex(b) })
}

// held keeps one index between the rounds of a benchmark.
var held = map[string]any{}

// mapped writes a flat file and maps it, as the register does.
func mapped(b *testing.B, write func(f *snapshot.FlatWriter)) *snapshot.Flat {
	file, err := os.Create(filepath.Join(b.TempDir(), "flat"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	w := snapshot.NewFlatWriter(file, "bench")
	if write(w); w.Close() != nil {
		b.Fatal(w.Close())
	}
	size, _ := file.Seek(0, io.SeekEnd)
	data, err := syscall.Mmap(int(file.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		b.Fatal(err)
	}
	f, err := snapshot.OpenFlat(data, "bench")
	if err != nil {
		b.Fatal(err)
	}
	return f
}

// BenchmarkFreeze merges the numbers of benchSize vehicles, divided between two frozen indexes and one that is not, into
// one frozen index, and reports what a number takes; and opens it.
func BenchmarkFreeze(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	var plates [3]*PlateIndex
	var chassis [3]*NumberIndex
	for i := range plates {
		plates[i], chassis[i] = NewPlateIndex(), NewNumberIndex()
	}
	n := benchSize()
	for i := range n {
		part := min(i*25/n, 24) / 12 // 48, 48 and 4 of a hundred
		plates[part].Add(platetest.Dense(i))
		chassis[part].Add(benchChassis(rng, i))
	}
	f := mapped(b, func(f *snapshot.FlatWriter) {
		for i := range 2 {
			MergePlates(f, fmt.Sprint("plates ", i), plates[i:i+1])
			MergeNumbers(f, fmt.Sprint("chassis ", i), chassis[i:i+1])
		}
	})
	for i := range 2 {
		plates[i], _ = OpenPlates(f, fmt.Sprint("plates ", i))
		chassis[i], _ = OpenNumbers(f, fmt.Sprint("chassis ", i))
	}
	report := func(name string, merge func(f *snapshot.FlatWriter)) {
		b.Run(name, func(b *testing.B) {
			before, most, steps := heap(), uint64(0), 0
			var file *snapshot.Flat
			for b.Loop() {
				file = mapped(b, func(f *snapshot.FlatWriter) {
					f.Pace(func() {
						if steps++; steps%64 == 0 {
							var m runtime.MemStats
							runtime.ReadMemStats(&m)
							most = max(most, m.HeapAlloc)
						}
					})
					merge(f)
				})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/number")
			b.ReportMetric(float64(file.Bytes())/float64(n), "file-bytes/number")
			b.ReportMetric((float64(most)-float64(before))/float64(n), "heap-bytes/number")
		})
	}
	report("plates", func(f *snapshot.FlatWriter) { MergePlates(f, "x", plates[:]) })
	report("chassis", func(f *snapshot.FlatWriter) { MergeNumbers(f, "x", chassis[:]) })
	b.Run("open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			x, err := OpenPlates(f, "plates 0")
			y, err2 := OpenNumbers(f, "chassis 0")
			if err != nil || err2 != nil || x.Len()+y.Len() == 0 {
				b.Fatal(err, err2)
			}
		}
	})
}

func plateIndex(b *testing.B, name string, some func(*rand.Rand, int) string) *PlateIndex {
	if x, ok := held[name]; ok {
		return x.(*PlateIndex)
	}
	clear(held)
	rng := rand.New(rand.NewPCG(1, 2))
	n := benchSize()
	before, start := heap(), time.Now()
	x := NewPlateIndex()
	for i := range n {
		x.Add(some(rng, i))
	}
	took := time.Since(start)
	built[name] = [2]float64{float64(heap()-before) / float64(n), float64(took.Microseconds()) / float64(n)}
	held[name] = x
	return x
}

// threadTime is the processor time of the calling thread, so that a busy machine does not spoil the percentiles.
func threadTime() time.Duration {
	const clockThreadCPU = 3
	var t syscall.Timespec
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPU, uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		panic(errno)
	}
	return time.Duration(t.Nano())
}

// measure runs the searches and reports the 99th percentile beside the mean.
func measure(b *testing.B, n int, search func(i int) int) {
	took := make([]time.Duration, 0, n)
	b.ReportAllocs()
	b.ResetTimer()
	found := 0
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for i := 0; i < b.N; i++ {
		start := threadTime()
		found += search(i)
		took = append(took, threadTime()-start)
	}
	b.StopTimer()
	sum := time.Duration(0)
	for _, d := range took {
		sum += d
	}
	b.ReportMetric(float64(sum.Nanoseconds())/float64(len(took))/1e3, "cpu-us")
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e6, "p99-ms")
	b.ReportMetric(float64(found)/float64(b.N), "found/op")
}

func BenchmarkPlates(b *testing.B) {
	for _, kind := range []struct {
		name string
		some func(*rand.Rand, int) string
	}{{"scattered", scatteredPlate}, {"dense", func(_ *rand.Rand, i int) string { return platetest.Dense(i) }}} {
		b.Run(kind.name, func(b *testing.B) { benchPlates(b, plateIndex(b, kind.name, kind.some)) })
		b.Run(kind.name+"-frozen", func(b *testing.B) {
			x := plateIndex(b, kind.name, kind.some)
			y, err := OpenPlates(mapped(b, func(f *snapshot.FlatWriter) { MergePlates(f, "x", []*PlateIndex{x}) }), "x")
			if err != nil {
				b.Fatal(err)
			}
			benchPlates(b, y)
		})
	}
}

func benchPlates(b *testing.B, x *PlateIndex) {
	rng := rand.New(rand.NewPCG(5, 6))
	run := tasksOf(b, x, rng)
	run("exact", func(s string) string { return s }, 2)
	run("misread", func(s string) string { read, _, _ := plate.Misread(rng, s); return read }, 2)
	run("two-edits", func(s string) string { return platetest.Edited(rng, s, 2) }, 2)
	run("unheld", func(string) string {
		return "HR" + strconv.Itoa(10+rng.IntN(80)) + platetest.Letters(rng, 2) + "ZZ" + platetest.Letters(rng, 1)
	}, 2)
	run("suffix", func(s string) string { return "*" + s[len(s)-4:] }, 0)
	run("suffix3", func(s string) string { return "*" + s[len(s)-3:] }, 0)
	run("wild", func(s string) string { return opened(rng, s) }, 0)
	run("fragment", func(s string) string { i := rng.IntN(len(s) - 4); return s[i : i+3+rng.IntN(2)] }, 2)
}

// tasksOf gives what measures a task: searches of an index for what is made of numbers that it holds.
func tasksOf(b *testing.B, x interface {
	Key(uint32) string
	Len() int
	SearchMass([]Match, plate.Pattern, Search) ([]Match, int, bool, float64)
}, rng *rand.Rand) func(task string, make func(number string) string, edits int) {
	const n = 4096
	return func(task string, make func(number string) string, edits int) {
		patterns := listOf(n, func() plate.Pattern {
			for {
				if p, err := plate.ParsePattern(make(x.Key(uint32(rng.IntN(x.Len()))))); err == nil {
					return p
				}
			}
		})
		b.Run(task, func(b *testing.B) {
			dst := []Match{}
			measure(b, n, func(i int) int {
				var total int
				dst, total, _, _ = x.SearchMass(dst[:0], patterns[i%n], Search{Limit: 20, MaxEdits: edits})
				return total
			})
		})
	}
}

// listOf makes a slice of n things.
func listOf[T any](n int, some func() T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = some()
	}
	return list
}

// benchChassis is one of a register where a few hundred prefixes share running serial numbers, and some are older.
func benchChassis(rng *rand.Rand, i int) string {
	switch i % 10 {
	case 0:
		return strconv.Itoa(1000000 + rng.IntN(900000000))
	case 1:
		return platetest.Letters(rng, 2) + strconv.Itoa(rng.IntN(100)) + platetest.Letters(rng, 3) + strconv.Itoa(rng.IntN(100000))
	}
	r := rand.New(rand.NewPCG(uint64(rng.IntN(300)), 3))
	maker := []string{"MA3", "MAL", "MAT", "MBL", "MD2", "MD6", "ME4", "MA1"}[r.IntN(8)]
	return plate.Number(fmt.Sprintf("%s%s%02d%s%d%s%06d", maker, platetest.Letters(r, 3), r.IntN(100), platetest.Letters(r, 1), r.IntN(10), platetest.Letters(r, 1), rng.IntN(200000)))
}

func BenchmarkChassis(b *testing.B) {
	b.Run("grown", func(b *testing.B) { benchNumbers(b, numberIndex(b)) })
	b.Run("frozen", func(b *testing.B) {
		x := numberIndex(b)
		y, err := OpenNumbers(mapped(b, func(f *snapshot.FlatWriter) { MergeNumbers(f, "x", []*NumberIndex{x}) }), "x")
		if err != nil {
			b.Fatal(err)
		}
		benchNumbers(b, y)
	})
}

func benchNumbers(b *testing.B, x *NumberIndex) {
	rng := rand.New(rand.NewPCG(5, 6))
	run := tasksOf(b, x, rng)
	run("whole", func(s string) string { return s }, 2)
	run("two-edits", func(s string) string { return platetest.Edited(rng, s, 2) }, 2)
	run("last5", func(s string) string { return s[max(0, len(s)-5):] }, 2)
	run("last8", func(s string) string { return s[max(0, len(s)-8):] }, 2)
	run("fragment", func(s string) string {
		n := min(len(s), 4+rng.IntN(5))
		i := rng.IntN(len(s) - n + 1)
		return s[i : i+n]
	}, 2)
	run("ground", func(s string) string { i := rng.IntN(len(s)); return s[:i] + "?" + s[i+1:] }, 2)
}

func numberIndex(b *testing.B) *NumberIndex {
	if x, ok := held["chassis"]; ok {
		return x.(*NumberIndex)
	}
	clear(held)
	rng := rand.New(rand.NewPCG(1, 2))
	n := benchSize()
	before, start := heap(), time.Now()
	x := NewNumberIndex()
	for i := range n {
		x.Add(benchChassis(rng, i))
	}
	took := time.Since(start)
	built["chassis"] = [2]float64{float64(heap()-before) / float64(n), float64(took.Microseconds()) / float64(n)}
	held["chassis"] = x
	return x
}
