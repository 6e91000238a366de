package page

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"anvesh/bench"
)

// dot is the shape of a measured point.
var dot = vgdraw.CircleGlyph{}

// A chart is one picture in both forms.
type chart struct {
	file string
	svg  string
	png  []byte
}

// The colours of the lines, told apart by the colour-blind too (Okabe and Ito).
var (
	blue   = color.RGBA{0, 114, 178, 255}
	orange = color.RGBA{213, 94, 0, 255}
	green  = color.RGBA{0, 158, 115, 255}
	grey   = color.RGBA{120, 120, 120, 255}
)

// draw makes the charts by the titles of their tables.
func draw(r *bench.Report) (map[string]*chart, error) {
	all := map[string]*chart{}
	for _, c := range []struct {
		title, file   string
		make          func(*bench.Report) (*plot.Plot, error)
		width, height vg.Length
	}{
		{titleEngine, "kinds.png", kinds, 18, 12}, {titleHTTP, "http.png", latencies, 18, 10},
		{titleGrowth, "growth.png", growth, 18, 10}, {titleStock, "stock.png", besideStock, 18, 10},
	} {
		p, err := c.make(r)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		done := &chart{file: c.file}
		for _, format := range []string{"svg", "png"} {
			w, err := vgdraw.NewFormattedCanvas(c.width*vg.Centimeter, c.height*vg.Centimeter, format)
			if err != nil {
				return nil, err
			}
			p.Draw(vgdraw.Crop(vgdraw.New(w), margin, -margin, margin, -margin)) // letters of ticks reach beyond the plot's own edge
			var b bytes.Buffer
			if _, err := w.WriteTo(&b); err != nil {
				return nil, err
			}
			if format == "png" {
				done.png = b.Bytes()
			} else {
				done.svg = b.String()[strings.Index(b.String(), "<svg"):] // without the head of a file
			}
		}
		all[c.title] = done
	}
	return all, nil
}

// margin is left free around each plot.
const margin = 2 * vg.Millimeter

// blank is a plot with the house's margins and a grid.
func blank(title, x, y string) *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding = 3 * vg.Millimeter
	p.X.Padding, p.Y.Padding = 0, 0
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.Padding = 1 * vg.Millimeter
	p.Legend.XOffs = 3 * vg.Millimeter
	p.BackgroundColor = color.White
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = color.Gray{225}, color.Gray{225}
	p.Add(grid)
	return p
}

// logTicks are 1, 2 and 5 of each power of ten.
type logTicks struct{}

func (logTicks) Ticks(least, most float64) (ticks []plot.Tick) {
	for e := math.Floor(math.Log10(least)); e <= math.Ceil(math.Log10(most)); e++ {
		for _, k := range []float64{1, 2, 5} {
			if v := k * math.Pow(10, e); v >= least*.999 && v <= most*1.001 {
				ticks = append(ticks, plot.Tick{Value: v, Label: short(v)})
			}
		}
	}
	return ticks
}

// short prints 200000 as 200k.
func short(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%gM", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%gk", v/1e3)
	}
	return fmt.Sprintf("%g", v)
}

// logarithmic gives an axis a scale whose ends are whole steps beyond the values.
func logarithmic(a *plot.Axis, least, most float64) {
	a.Scale, a.Tick.Marker = plot.LogScale{}, logTicks{}
	a.Min, a.Max = least*.8, most*1.25
}

func line(p *plot.Plot, name string, c color.Color, points plotter.XYs) error {
	l, s, err := plotter.NewLinePoints(points)
	if err != nil {
		return err
	}
	l.Color, l.Width = c, vg.Points(1.5)
	s.Color, s.Shape, s.Radius = c, dot, vg.Points(2.5)
	p.Add(l, s)
	p.Legend.Add(name, l, s)
	return nil
}

// latencies is latency by rate of the open loop.
func latencies(r *bench.Report) (*plot.Plot, error) {
	if r.HTTP == nil || len(r.HTTP.Steps) == 0 {
		return nil, nil
	}
	p := blank("Latency of mixed searches over HTTP, by rate", "searches asked a second", "milliseconds since due")
	var p50, p99 plotter.XYs
	least, most := math.Inf(1), 0.
	for _, s := range r.HTTP.Steps {
		p50 = append(p50, plotter.XY{X: s.Rate, Y: s.P50 / 1000})
		p99 = append(p99, plotter.XY{X: s.Rate, Y: s.P99 / 1000})
		least, most = min(least, s.P50/1000), max(most, s.P99/1000)
	}
	logarithmic(&p.Y, least, max(most, 20))
	limit := plotter.NewFunction(func(float64) float64 { return 20 })
	limit.Color, limit.Dashes = grey, []vg.Length{vg.Points(4), vg.Points(3)}
	p.Add(limit)
	p.Legend.Add("20 ms", limit)
	return p, firstOf(line(p, "p99", orange, p99), line(p, "p50", blue, p50))
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// kinds is p50 and p99 of each kind of search.
func kinds(r *bench.Report) (*plot.Plot, error) {
	if len(r.Engine) == 0 {
		return nil, nil
	}
	p := blank("Searches in process, one core", "milliseconds", "")
	n := len(r.Engine)
	var p50, p99 plotter.XYs
	var names []plot.Tick
	least, most := math.Inf(1), 0.
	for i, k := range r.Engine {
		y := float64(n - 1 - i)
		p50 = append(p50, plotter.XY{X: k.P50 / 1000, Y: y})
		p99 = append(p99, plotter.XY{X: k.P99 / 1000, Y: y})
		names = append(names, plot.Tick{Value: y, Label: k.Kind})
		least, most = min(least, k.P50/1000), max(most, k.P99/1000)
		between, err := plotter.NewLine(plotter.XYs{p50[i], p99[i]})
		if err != nil {
			return nil, err
		}
		between.Color, between.Width = color.Gray{190}, vg.Points(2)
		p.Add(between)
	}
	logarithmic(&p.X, least, most)
	p.Y.Tick.Marker = plot.ConstantTicks(names)
	p.Y.Min, p.Y.Max = -.7, float64(n)-.3
	p.Legend.Left, p.Legend.Top = false, false // the searches for numbers are quick, and leave room there
	return p, firstOf(points(p, "p50", blue, p50), points(p, "p99", orange, p99))
}

func points(p *plot.Plot, name string, c color.Color, at plotter.XYs) error {
	s, err := plotter.NewScatter(at)
	if err != nil {
		return err
	}
	s.Color, s.Shape, s.Radius = c, dot, vg.Points(3.5)
	p.Add(s)
	p.Legend.Add(name, s)
	return nil
}

// growth is cost by size, both logarithmic: a flat line costs the same at any size.
func growth(r *bench.Report) (*plot.Plot, error) {
	if len(r.Growth) < 2 {
		return nil, nil
	}
	p := blank("Cost by size", "records held", "microseconds of CPU")
	var update, person, vehicle plotter.XYs
	least, most := math.Inf(1), 0.
	for _, g := range r.Growth {
		x := float64(g.Records)
		update = append(update, plotter.XY{X: x, Y: g.UpdateUS})
		person = append(person, plotter.XY{X: x, Y: g.PersonUS})
		vehicle = append(vehicle, plotter.XY{X: x, Y: g.VehicleUS})
		least, most = min(least, g.UpdateUS, g.PersonUS, g.VehicleUS), max(most, g.UpdateUS, g.PersonUS, g.VehicleUS)
	}
	logarithmic(&p.Y, least, 2*most) // room for the legend
	logarithmic(&p.X, float64(r.Growth[0].Records), float64(r.Growth[len(r.Growth)-1].Records))
	return p, firstOf(line(p, "person, one error", orange, person), line(p, "registration, one error", blue, vehicle), line(p, "update", green, update))
}

// besideStock is how much is found against how fast.
func besideStock(r *bench.Report) (*plot.Plot, error) {
	if len(r.Stock) == 0 {
		return nil, nil
	}
	p := blank("Found in the first ten, by speed", "searches a second and core", "share found")
	var ours, theirs plotter.XYs
	var texts []string
	var at plotter.XYs
	least, most := math.Inf(1), 0.
	seen := map[float64]bool{}
	for _, s := range r.Stock {
		theirs = append(theirs, plotter.XY{X: s.QPS, Y: s.At10})
		at, texts = append(at, theirs[len(theirs)-1]), append(texts, s.Name)
		if !seen[s.OursQPS] {
			seen[s.OursQPS] = true
			ours = append(ours, plotter.XY{X: s.OursQPS, Y: s.OursAt10})
			what, _, _ := strings.Cut(s.Name, ":")
			at, texts = append(at, ours[len(ours)-1]), append(texts, what)
		}
		least, most = min(least, s.QPS, s.OursQPS), max(most, s.QPS, s.OursQPS)
	}
	logarithmic(&p.X, least, most*4) // room for the words beside the points
	p.Y.Min, p.Y.Max = 0, 1.1
	p.Legend.Top = false
	for i, up := range apart(at, texts, p.X.Max/p.X.Min) {
		label, err := plotter.NewLabels(plotter.XYLabels{XYs: at[i : i+1], Labels: texts[i : i+1]})
		if err != nil {
			return nil, err
		}
		label.Offset = vg.Point{X: vg.Points(6), Y: vg.Points(-4) + vg.Length(up)*lineHeight}
		p.Add(label)
	}
	return p, firstOf(points(p, "Anvesh", blue, ours), points(p, "stock Bleve", orange, theirs))
}

// lineHeight is that of a label, and its letters are about half as wide.
const lineHeight = 12

// apart gives for each label beside a point of the chart beside stock Bleve how many lines higher or lower it stands so that
// none lies upon another. The X axis is logarithmic and span is the quotient of its ends; the Y axis ends at 1.1.
func apart(at plotter.XYs, texts []string, span float64) []int {
	const width, height = 440., 220. // of the plot in points, about
	type box struct{ left, right, y float64 }
	var taken []box
	for _, p := range at { // nor upon a point
		x := math.Log(p.X) / math.Log(span) * width
		taken = append(taken, box{x - 4, x + 4, p.Y / 1.1 * height})
	}
	lines := make([]int, len(at))
	for i, p := range at {
		x := math.Log(p.X)/math.Log(span)*width + 6
		b := box{x, x + float64(len(texts[i]))*lineHeight/2, 0}
		free := func(lines int) bool {
			b.y = p.Y/1.1*height + float64(lines)*lineHeight
			for _, t := range taken {
				if b.left < t.right && t.left < b.right && math.Abs(b.y-t.y) < lineHeight-1 {
					return false
				}
			}
			return true
		}
		for _, n := range []int{0, -1, 1, -2, 2, -3, 3} {
			if lines[i] = n; free(n) {
				break
			}
		}
		taken = append(taken, b)
	}
	return lines
}
