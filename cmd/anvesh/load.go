package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/valyala/fastjson"

	"anvesh/indexer/iif"
	"anvesh/indexer/kafka"
	"anvesh/query"
)

// loadCmd publishes updates.
type loadCmd struct {
	kafkaFlags
	Files []string `arg:"" name:"file" help:"NDJSON files, - for standard input."`
}

func (loadCmd) examples() string {
	return lines("  anvesh load updates.ndjson", "  anvesh gen --records 1000 | anvesh load -",
		`  echo '{"fir":"13225008230123","withdraw":true}' | anvesh load -`)
}

// loadBatch is how many messages are published together: one fsync of the log serves them all.
const loadBatch = 4_000

// Run validates, publishes what is valid, and prints the offset token when all is acknowledged.
func (c *loadCmd) Run(w *world) error {
	if len(c.Brokers) == 0 {
		c.Brokers = []string{"127.0.0.1:9092"}
	}
	o, err := c.kafkaFlags.options(w)
	if err != nil {
		return err
	}
	client, err := kafka.Dial(w.ctx, o)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.CheckTopics(w.ctx); err != nil {
		return err
	}
	l := loader{w: w, client: client, offsets: map[int]int64{}, batches: make(chan []kafka.Message, 2), meter: w.progress("publish", 0)}
	ctx, cancel := context.WithCancelCause(w.ctx)
	defer cancel(nil)
	published := make(chan error, 1)
	go func() {
		err := l.publish(ctx)
		cancel(err)
		published <- err
	}()
	err = l.readAll(ctx, c.Files)
	close(l.batches)
	err = errors.Join(<-published, err)
	l.meter.done()
	if len(l.offsets) > 0 {
		fmt.Fprintln(w.stdout, query.Token(l.offsets))
	}
	if err == nil && l.refused > 0 {
		err = fmt.Errorf("%d lines were refused and not published; %d were published", l.refused, l.sent)
	} else if err != nil && w.ctx.Err() != nil {
		err = fmt.Errorf("load was stopped by Ctrl-C or a signal; %d updates were published", l.sent)
	}
	return err
}

// A loader takes lines in at one end and publishes them, in order, at the other.
type loader struct {
	w       *world
	client  *kafka.Client
	parser  fastjson.Parser
	batch   []kafka.Message
	batches chan []kafka.Message
	refused int
	sent    int           // of the publishing goroutine until it has ended
	offsets map[int]int64 // the same
	meter   *meter
}

func (l *loader) readAll(ctx context.Context, files []string) error {
	for _, name := range files {
		in := l.w.stdin
		if name != "-" {
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			defer f.Close()
			in = f
		}
		if err := l.read(ctx, name, in); err != nil {
			return err
		}
	}
	return l.flush(ctx)
}

// A file of which nothing is an update is a wrong one: so many of its lines are named, the next ones counted, and so many
// are looked at.
const (
	wrongNamed = 20
	wrongLines = 1000
)

func (l *loader) read(ctx context.Context, name string, in io.Reader) error {
	r := bufio.NewReaderSize(in, 1<<20)
	wrong, accepted := 0, false // lines refused while none was accepted
	for n := 1; ; n++ {
		line, err := readLine(r)
		if len(bytes.TrimSpace(line)) > 0 {
			bad, fatal := l.take(ctx, line)
			if fatal != nil {
				return fatal
			}
			if accepted = accepted || bad == nil; bad != nil && !accepted {
				wrong++
			}
			if bad != nil && (accepted || wrong <= wrongNamed) {
				fmt.Fprintf(l.w.stderr, "%s:%d: %v\n", name, n, bad)
			}
		}
		if wrong == wrongLines && !accepted {
			return fmt.Errorf("%s: none of its first %d lines is an update: is it the right file?", name, wrong)
		}
		if err == nil {
			continue
		}
		if more := wrong - wrongNamed; more > 0 {
			fmt.Fprintf(l.w.stderr, "%s: and %d lines more before the first that is an update\n", name, more)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		return fmt.Errorf("%s: %w", name, err)
	}
}

// take publishes a line with others, or says why it is refused.
func (l *loader) take(ctx context.Context, line []byte) (bad, fatal error) {
	u, bad := readUpdate(&l.parser, bytes.TrimRight(line, "\r\n"))
	if bad != nil {
		l.refused++
		return bad, nil
	}
	if l.batch = append(l.batch, message(u)); len(l.batch) == loadBatch {
		return nil, l.flush(ctx)
	}
	return nil, nil
}

// readLine reads a line; of one that is longer than any update may be only the beginning, so that a wrong file takes no
// memory.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line) <= maxUpdate {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

func (l *loader) flush(ctx context.Context) error {
	if len(l.batch) == 0 {
		return nil
	}
	select {
	case l.batches <- l.batch:
		l.batch = nil
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (l *loader) publish(ctx context.Context) error {
	for b := range l.batches {
		offsets, err := l.client.Publish(ctx, b)
		for p, n := range offsets {
			l.offsets[p] = max(l.offsets[p], n)
		}
		if err != nil {
			return err
		}
		l.sent += len(b)
		l.meter.add(int64(len(b)))
	}
	return nil
}

// maxUpdate is the longest update that is taken, in bytes; Kafka takes messages of 16 MiB.
const maxUpdate = 16 << 20

// readUpdate reads one update as load and POST /v1/updates take it: a form, or {"fir":...,"withdraw":true}. The error, which
// may be an *iif.Error, says what would be right. The update keeps value.
func readUpdate(p *fastjson.Parser, value []byte) (query.Update, error) {
	if len(value) > maxUpdate {
		return query.Update{}, errors.New("must not be longer than 16 MiB")
	}
	value = iif.TrimMark(value)
	v, err := p.ParseBytes(value)
	if err != nil || !v.Exists("fir") {
		if wrapped := iif.Wrapped(value); wrapped != nil {
			return query.Update{}, wrapped
		}
	}
	if err != nil {
		return query.Update{}, errors.New("must be one JSON object on one line")
	}
	key := bytes.Clone(v.GetStringBytes("fir"))
	u := query.Update{FIR: string(key), Value: value, Withdraw: v.GetBool("withdraw")}
	if u.Withdraw {
		u.Value = nil
		return u, iif.CheckKey(key)
	}
	f, err := iif.Parse(key, value)
	if err != nil {
		return query.Update{}, err
	}
	u.Form, u.Station, u.Reinstates, u.EnteredBy, u.EnteredAtUnit = f.Form, f.Station, f.Reinstates, f.EnteredBy, f.EnteredAtUnit
	return u, nil
}

// message is an update as it stands in the log.
func message(u query.Update) kafka.Message { return kafka.Message{Key: []byte(u.FIR), Value: u.Value} }

// A clerk takes the updates that come over HTTP to the log.
type clerk struct {
	client *kafka.Client
	opened <-chan struct{} // closed once the log takes updates
}

// Read checks one form.
func (clerk) Read(form []byte) (query.Update, error) {
	var p fastjson.Parser
	u, err := readUpdate(&p, form)
	var bad *iif.Error
	switch {
	case errors.As(err, &bad):
		return u, &query.FieldError{Field: bad.Field, Message: bad.Reason}
	case err != nil:
		return u, &query.FieldError{Message: err.Error()}
	}
	return u, nil
}

// Publish stamps the forms and appends them to the log. While the log is not open it refuses them: that may take longer
// than their sender waits.
func (c clerk) Publish(ctx context.Context, updates []query.Update) (map[int]int64, error) {
	select {
	case <-c.opened:
	default:
		return nil, errors.New(opening)
	}
	messages := make([]kafka.Message, len(updates))
	for i, u := range updates {
		if !u.Withdraw {
			u.Value = iif.Stamp(u.Value, u.EnteredBy, u.EnteredAtUnit)
		}
		messages[i] = message(u)
	}
	return c.client.Publish(ctx, messages)
}
