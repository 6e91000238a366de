package kafka

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"anvesh/storage/durable"
)

// ErrDamagedLog: the embedded broker's log lost something that it had acknowledged; the text around it says what to do.
var ErrDamagedLog = errors.New("the log is damaged")

// brokerTopic is a topic as the embedded broker keeps it in topics.json.
type brokerTopic struct {
	Name       string            `json:"name"`
	ID         []byte            `json:"id"`
	Partitions int32             `json:"partitions"`
	Configs    map[string]string `json:"configs"`
}

func (t *brokerTopic) compacted() bool {
	return strings.Contains(t.Configs["cleanup.policy"], "compact")
}

// retention is how long the topic keeps a message; ok is false for ever.
func (t *brokerTopic) retention() (d time.Duration, ok bool) {
	ms, err := strconv.ParseInt(t.Configs["retention.ms"], 10, 64)
	return time.Duration(ms) * time.Millisecond, err == nil && ms >= 0
}

// readTopics reads the broker's list of topics; the error is os.ErrNotExist before its first start.
func readTopics(dir string) ([]brokerTopic, error) {
	b, err := os.ReadFile(filepath.Join(dir, "topics.json"))
	if err != nil {
		return nil, err
	}
	var in struct {
		Topics []brokerTopic `json:"topics"`
	}
	err = json.Unmarshal(b, &in)
	return in.Topics, err
}

// partitionDir is where the broker keeps a partition.
func partitionDir(dir, topic string, partition int32) string {
	return filepath.Join(dir, "partitions", url.PathEscape(topic)+"-"+strconv.Itoa(int(partition)))
}

// segmentsOf lists the first offsets of a partition's segments, in order. One without a byte is none: the broker leaves it
// behind where it cut all of it.
func segmentsOf(dir string) (bases []int64, err error) {
	held, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for _, e := range held {
		if name, ok := strings.CutSuffix(e.Name(), ".dat"); ok {
			base, err := strconv.ParseInt(name, 10, 64)
			info, statErr := e.Info()
			if err == nil && statErr == nil && info.Size() > 0 {
				bases = append(bases, base)
			}
		}
	}
	slices.Sort(bases)
	return bases, nil
}

func segmentPath(dir string, base int64) string {
	return filepath.Join(dir, strconv.FormatInt(base, 10)+".dat")
}

// A logDamage is one place where a partition's log is not what was written.
type logDamage struct {
	topic     string
	partition int32
	segment   string // path of what the broker is going to cut, "" where nothing is left to cut
	hole      int64  // the offset behind what is missing in the middle, else 0
	what      string
}

// checkLog reads the whole log of an embedded broker that is not running, and returns what is damaged (a torn end that was
// never acknowledged is not) and a snapshot of each partition. Where age has deleted all of a partition, it makes the broker
// go on from its offset. It reads one segment after the other, since searches are answered beside it, and ends with ctx.
func checkLog(ctx context.Context, dir string, notes *acknowledged, now time.Time) (all []logDamage, seen []*snapshot, err error) {
	topics, err := readTopics(dir)
	if errors.Is(err, os.ErrNotExist) {
		topics, err = nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s: %w", ErrDamagedLog, filepath.Join(dir, "topics.json"), err)
	}
	known := map[string]bool{}
	for i := range topics {
		for p := range topics[i].Partitions {
			s := &snapshot{dir: partitionDir(dir, topics[i].Name, p)}
			known[filepath.Base(s.dir)] = true
			found, err := checkPartition(ctx, s, &topics[i], p, notes, now)
			if err != nil {
				return nil, nil, err
			}
			all, seen = append(all, found...), append(seen, s)
		}
	}
	return all, seen, unlisted(dir, known)
}

// unlisted returns an error where there are segments of a partition that the broker's own lists do not have: it would begin
// at offset 0 and append behind them.
func unlisted(dir string, known map[string]bool) error {
	held, err := os.ReadDir(filepath.Join(dir, "partitions"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	_, metaErr := os.Stat(filepath.Join(dir, "meta.json"))
	for _, e := range held {
		bases, err := segmentsOf(filepath.Join(dir, "partitions", e.Name()))
		switch {
		case err != nil:
			return err
		case len(bases) == 0:
		case metaErr != nil:
			return fmt.Errorf("%w: it has segments and no meta.json (%w): copy the log's directory back from a backup", ErrDamagedLog, metaErr)
		case !known[e.Name()]:
			return fmt.Errorf("%w: it has segments of %s, which topics.json does not know: copy the log's directory back from a backup", ErrDamagedLog, e.Name())
		}
	}
	return nil
}

func checkPartition(ctx context.Context, seen *snapshot, t *brokerTopic, partition int32, notes *acknowledged, now time.Time) (all []logDamage, err error) {
	home, need := seen.dir, notes.need(t.Name, partition)
	bases, err := segmentsOf(home)
	if err != nil {
		return nil, err
	}
	damaged := func(segment string, hole int64, format string, args ...any) {
		if hole == 0 || !t.compacted() && !slices.Contains(need.holes, hole) {
			all = append(all, logDamage{t.Name, partition, segment, hole, fmt.Sprintf(format, args...)})
		}
	}
	if len(bases) == 0 {
		keep, bounded := t.retention()
		switch {
		case need.need == 0:
		case need.empty || bounded && now.Sub(need.at) >= keep:
			return nil, placeholder(home, need.need, now)
		default:
			damaged("", 0, "it has no segment, and offsets up to %d were acknowledged", need.need)
		}
		return all, nil
	}
	end := int64(-1)
	for i, base := range bases {
		path := segmentPath(home, base)
		if end >= 0 && base != end {
			damaged("", base, "offsets %d to %d are missing before segment %s", end, base-1, filepath.Base(path))
		}
		s, err := scanSegment(path, base)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		seen.add(base, &s)
		for _, gap := range s.gaps {
			damaged("", gap, "segment %s has a hole before offset %d", filepath.Base(path), gap)
		}
		if end = s.end; i < len(bases)-1 && s.bad > 0 {
			damaged(path, 0, "segment %s is damaged at byte %d, behind offset %d", filepath.Base(path), s.whole, s.end)
		}
		if i == len(bases)-1 && s.end < need.need && !t.compacted() {
			damaged(path, 0, "it can be read up to offset %d (byte %d of segment %s), and offsets up to %d were acknowledged",
				s.end, s.whole, filepath.Base(path), need.need)
		}
	}
	return all, nil
}

// A scan is what a segment holds: whole batches up to byte whole and offset end, bad bytes behind them.
type scan struct {
	end        int64
	whole, bad int
	gaps       []int64 // where a batch begins that does not follow on the one before

	first        recordBatch // without its bytes
	epoch        int32       // of the last batch
	transactions bool
}

// scanned holds what segments are read into, again and again: fresh memory for each segment takes longer than reading it.
var scanned = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func scanSegment(path string, base int64) (s scan, err error) {
	f, err := os.Open(path)
	if err != nil {
		return s, err
	}
	defer f.Close()
	buffer := scanned.Get().(*bytes.Buffer)
	defer scanned.Put(buffer)
	buffer.Reset()
	if st, err := f.Stat(); err == nil {
		buffer.Grow(int(st.Size()) + bytes.MinRead)
	}
	if _, err := buffer.ReadFrom(f); err != nil {
		return s, err
	}
	data := buffer.Bytes()
	s.end = base
	for rest := data; ; {
		b, next, ok, err := nextBatch(rest)
		if err != nil || !ok || b.whole() != nil || b.base < s.end || b.end <= b.base {
			s.bad = len(rest)
			return s, nil
		}
		if s.whole == 0 {
			s.first = b
			s.first.raw = nil
		}
		if b.base != s.end {
			s.gaps = append(s.gaps, b.base)
		}
		s.end, s.whole, rest = b.end, s.whole+len(b.raw), next
		s.epoch, s.transactions = b.epoch, s.transactions || b.transactional() || b.control()
	}
}

// placeholder writes a segment that ends at an offset and holds nothing, as compaction leaves it: without one the broker
// would begin at offset 0 again.
func placeholder(dir string, end int64, now time.Time) error {
	b := make([]byte, headerSize)
	be := binary.BigEndian
	be.PutUint64(b, uint64(end-1))
	be.PutUint32(b[8:], headerSize-12)
	b[16] = 2
	be.PutUint64(b[27:], uint64(now.UnixMilli()))
	be.PutUint64(b[35:], uint64(now.UnixMilli()))
	be.PutUint64(b[43:], ^uint64(0)) // no producer
	be.PutUint16(b[51:], ^uint16(0))
	be.PutUint32(b[53:], ^uint32(0))
	be.PutUint32(b[17:], crc32.Checksum(b[21:], castagnoli))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := segmentPath(dir, end-1)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close(), durable.SyncDir(dir))
}

// openLog checks the log before the broker may cut it, and writes the snapshots that the broker goes by. accept keeps a copy
// of each damaged segment beside it, and lets the broker go on with what is whole.
func openLog(ctx context.Context, o *BrokerOptions) (*acknowledged, error) {
	notes, err := openNotes(o.Dir)
	if err != nil {
		return nil, err
	}
	found, seen, err := checkLog(ctx, o.Dir, notes, time.Now())
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		for _, s := range seen {
			if err := s.write(); err != nil {
				o.Logger.Warn("kafka: embedded broker: without a snapshot the log is held in memory while it is opened", "error", err)
			}
		}
		return notes, nil
	case !o.AcceptGap:
		d := found[0]
		return nil, fmt.Errorf("%w, %s/%d: %s (places: %d): copy the log's directory back from a backup, or give --accept-gap to go on without what is lost",
			ErrDamagedLog, d.topic, d.partition, d.what, len(found))
	}
	notes.mu.Lock()
	defer notes.mu.Unlock()
	for _, d := range found {
		o.Logger.Warn("kafka: embedded broker: damage is accepted", "topic", d.topic, "partition", d.partition, "damage", d.what)
		if err := notes.accept(d); err != nil {
			return nil, err
		}
	}
	return notes, notes.rewrite()
}

// accept makes a damage one that is known, and keeps a copy of what the broker is going to cut. The lock is held.
func (a *acknowledged) accept(d logDamage) error {
	k := keyOf(d.topic, d.partition)
	n := a.held[k]
	if d.hole > 0 {
		a.take(k, noteHole, d.hole, time.Now())
		return nil
	}
	n.need = 0
	a.held[k] = n
	if d.segment == "" {
		return nil
	}
	bases, err := segmentsOf(filepath.Dir(d.segment))
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(bases, func(base int64) bool { return segmentPath(filepath.Dir(d.segment), base) == d.segment }); i+1 < len(bases) {
		a.take(k, noteHole, bases[i+1], time.Now())
	}
	b, err := os.ReadFile(d.segment)
	if err == nil {
		err = os.WriteFile(d.segment+".damaged", b, 0o600)
	}
	return err
}
