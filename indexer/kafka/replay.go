package kafka

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	"anvesh/storage/durable"
)

// After a clean stop the broker's library reads its log one segment after the other, for it has written a snapshot of each
// partition. After a kill it has none that fits, and holds the whole log in memory at once to find out which transactions
// were open: 8 GB at 10,000,000 updates, beside a service that answers. The check has seen all that a snapshot says, so it
// writes it after a kill too.

// A snapshot is a partition's snapshot.json, as the library writes and reads it (its persist.go, version 1). It goes by one
// only where the partition's files have the bases and lengths that it lists.
type snapshot struct {
	Version          int               `json:"version"`
	HighWatermark    int64             `json:"high_watermark"`
	LastStableOffset int64             `json:"last_stable_offset"`
	LogStartOffset   int64             `json:"log_start_offset"`
	Epoch            int32             `json:"epoch"`
	CreatedAt        time.Time         `json:"created_at"`
	Segments         []snapshotSegment `json:"segments"`

	dir          string
	torn         bool // bad bytes follow on the last segment
	transactions bool // which ones were aborted is for the library to find out
}

type snapshotSegment struct {
	Base int64 `json:"base_offset"`
	Size int64 `json:"size"`
}

// add counts the next segment.
func (p *snapshot) add(base int64, s *scan) {
	if len(p.Segments) == 0 {
		p.Version, p.LogStartOffset, p.CreatedAt = 1, s.first.base, time.UnixMilli(s.first.baseTime)
	}
	p.Segments = append(p.Segments, snapshotSegment{base, int64(s.whole)})
	p.HighWatermark, p.LastStableOffset, p.Epoch = s.end, s.end, s.epoch
	p.torn, p.transactions = s.bad > 0, p.transactions || s.transactions
}

// write makes the snapshot of a partition that is whole up to a torn end, which it cuts as the library would. Where the
// library must look for itself, or has a snapshot that fits, it writes nothing.
func (p *snapshot) write() error {
	if len(p.Segments) == 0 || p.transactions {
		return nil
	}
	last := p.Segments[len(p.Segments)-1]
	if last.Size == 0 {
		return nil
	}
	if p.torn {
		if err := os.Truncate(segmentPath(p.dir, last.Base), last.Size); err != nil {
			return err
		}
	}
	path := filepath.Join(p.dir, "snapshot.json")
	var held snapshot
	if b, err := os.ReadFile(path); err == nil && json.Unmarshal(b, &held) == nil && slices.Equal(held.Segments, p.Segments) {
		return nil
	}
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return durable.ReplaceBytes(path, b)
}
