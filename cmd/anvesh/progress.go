package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// When and how often progress is shown.
const (
	quietTime = 2 * time.Second        // what is done by then shows nothing
	lineEvery = 5 * time.Second        // between lines, where stderr is no terminal
	barEvery  = 100 * time.Millisecond // between looks of the bar at the count
)

// A meter shows on stderr how far a step is: a bar on a terminal, lines elsewhere, which a service
// writes to its log. Its methods may be called
// from many goroutines.
type meter struct {
	w     *world
	step  string
	total int64 // 0: unknown
	began time.Time
	n     atomic.Int64
	once  sync.Once
	stop  chan struct{}
	gone  chan struct{} // closed when nothing more is written
}

// progress begins to measure a step of total things, 0 if that is unknown. done must follow.
func (w *world) progress(step string, total int64) *meter {
	m := &meter{w: w, step: step, total: max(total, 0), began: time.Now(), stop: make(chan struct{}), gone: make(chan struct{})}
	go m.run()
	return m
}

// add counts n things more.
func (m *meter) add(n int64) { m.n.Add(n) }

// set says that n things are done.
func (m *meter) set(n int64) { m.n.Store(n) }

// done ends the step, whether it was finished or not. Nothing of it is written to stderr afterwards.
func (m *meter) done() {
	m.once.Do(func() { close(m.stop) })
	<-m.gone
}

// run waits until there is something worth showing, and shows it until done.
func (m *meter) run() {
	defer close(m.gone)
	quiet := time.NewTimer(quietTime)
	defer quiet.Stop()
	select {
	case <-quiet.C:
	case <-m.stop:
		return
	}
	if m.w.tty {
		m.bar()
		return
	}
	say := func(s string) { fmt.Fprintln(m.w.stderr, s) }
	if m.w.serves {
		say = func(s string) { m.w.log.Info("progress of " + s) }
	}
	m.repeat(lineEvery, func() { say(m.line()) })
	say(fmt.Sprintf("%s: ended after %s", m.line(), time.Since(m.began).Round(time.Second)))
}

// repeat calls f at once and then at every tick, until done.
func (m *meter) repeat(every time.Duration, f func()) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		f()
		select {
		case <-tick.C:
		case <-m.stop:
			return
		}
	}
}

// line is where the step stands, such as "match: 1200 of 10000 (12%), 340/s, 26s left".
func (m *meter) line() string {
	n, took := m.n.Load(), time.Since(m.began)
	rate := float64(n) / took.Seconds()
	if m.total == 0 {
		return fmt.Sprintf("%s: %d, %.0f/s", m.step, n, rate)
	}
	s := fmt.Sprintf("%s: %d of %d (%d%%), %.0f/s", m.step, n, m.total, 100*n/m.total, rate)
	if n > 0 && n < m.total {
		left := time.Duration(float64(m.total-n) / rate * float64(time.Second))
		s += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return s
}

// bar shows a bar, or a spinner where the total is unknown, until done.
func (m *meter) bar() {
	bars := mpb.New(mpb.WithOutput(m.w.stderr), mpb.WithAutoRefresh())
	name := decor.Name(m.step + " ")
	speed := decor.NewAverageSpeed(0, " %.0f/s", m.began)
	var b *mpb.Bar
	if m.total == 0 {
		b = bars.New(0, mpb.SpinnerStyle(), mpb.PrependDecorators(name, decor.CurrentNoUnit("%d ")), mpb.AppendDecorators(speed))
	} else {
		b = bars.New(m.total, mpb.BarStyle(), mpb.PrependDecorators(name, decor.CountersNoUnit("%d of %d ")),
			mpb.AppendDecorators(decor.Percentage(), speed, decor.Name(" "), decor.NewAverageETA(decor.ET_STYLE_GO, m.began, nil)))
	}
	m.repeat(barEvery, func() { b.SetCurrent(m.n.Load()) })
	b.SetCurrent(m.n.Load())
	if m.total == 0 {
		b.SetTotal(-1, true)
	} else {
		b.Abort(false)
	}
	bars.Wait()
}
