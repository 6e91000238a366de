package kafka

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/compress"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/createtopics"
	"github.com/segmentio/kafka-go/protocol/fetch"
	"github.com/segmentio/kafka-go/protocol/listoffsets"
	"github.com/segmentio/kafka-go/protocol/metadata"
	"github.com/segmentio/kafka-go/protocol/produce"
)

// A sheet is a record batch written by hand: what compaction and transactions
// make of a log, which the embedded broker does not.
type sheet struct {
	base     int64
	length   int64 // offsets that the batch covers: last offset delta + 1
	codec    int8
	txn      bool
	control  bool
	kind     byte // of a control record: 0 abort, 1 commit
	producer int64
	epoch    int32
	deltas   []int64 // offsets of the records that are left, from base
	garbage  []byte  // instead of records
	claimed  int32   // records that the head claims beyond those that are there
	lies     int8    // codec that the head claims for bytes that are not compressed
}

func (s *sheet) end() int64 { return s.base + s.length }

func text(offset int64) []byte { return fmt.Appendf(nil, "message %d", offset) }

func (s *sheet) encode() []byte {
	var records []byte
	for _, d := range s.deltas {
		key, value := []byte("k"), text(s.base+d)
		if s.control {
			key, value = []byte{0, 0, 0, s.kind}, make([]byte, 6)
		}
		r := []byte{0}
		r = binary.AppendVarint(r, d) // milliseconds after the base time
		r = binary.AppendVarint(r, d)
		r = append(binary.AppendVarint(r, int64(len(key))), key...)
		r = append(binary.AppendVarint(r, int64(len(value))), value...)
		r = binary.AppendVarint(r, 0)
		records = append(binary.AppendVarint(records, int64(len(r))), r...)
	}
	if s.garbage != nil {
		records = s.garbage
	}
	if s.codec != 0 {
		var b bytes.Buffer
		w := compress.Codecs[s.codec].NewWriter(&b)
		w.Write(records)
		w.Close()
		records = b.Bytes()
	}
	attributes := int16(s.codec | s.lies)
	if s.txn {
		attributes |= 16
	}
	if s.control {
		attributes |= 32
	}
	b := make([]byte, headerSize, headerSize+len(records))
	be := binary.BigEndian
	be.PutUint64(b, uint64(s.base))
	be.PutUint32(b[8:], uint32(headerSize-12+len(records)))
	be.PutUint32(b[12:], uint32(s.epoch))
	b[16] = 2
	be.PutUint16(b[21:], uint16(attributes))
	be.PutUint32(b[23:], uint32(s.length-1))
	be.PutUint64(b[27:], 1_700_000_000_000)
	be.PutUint64(b[43:], uint64(s.producer))
	be.PutUint32(b[57:], uint32(int32(len(s.deltas))+s.claimed))
	b = append(b, records...)
	be.PutUint32(b[17:], crc32.Checksum(b[21:], castagnoli))
	return b
}

// A paper broker answers from sheets: partition 0 of the topic of updates.
type paper struct {
	mu       sync.Mutex
	sheets   []sheet
	start    int64
	high     int64
	id       string
	leader   string          // its address
	ended    map[int32]int64 // where leader epochs ended, of those that the broker knows
	cutFirst bool            // brokers older than 0.10.1 cut even the first batch off
	fetches  int
	letters  [][]byte
	refuse   int // so many dead letters, before one is taken
	unheard  int // so many questions for topics, before they are known
}

func (b *paper) RoundTrip(ctx context.Context, _ net.Addr, req kafkago.Request) (kafkago.Response, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch r := req.(type) {
	case *metadata.Request:
		m := &metadata.Response{}
		b.unheard--
		for _, n := range r.TopicNames {
			if b.unheard >= 0 {
				m.Topics = append(m.Topics, metadata.ResponseTopic{Name: n, ErrorCode: int16(kafkago.UnknownTopicOrPartition)})
				continue
			}
			m.Topics = append(m.Topics, metadata.ResponseTopic{Name: n, Partitions: make([]metadata.ResponsePartition, 1)})
		}
		return m, nil
	case *createtopics.Request:
		made := &createtopics.Response{}
		for _, t := range r.Topics {
			made.Topics = append(made.Topics, createtopics.ResponseTopic{Name: t.Name})
		}
		return made, nil
	case *listoffsets.Request:
		return &listoffsets.Response{Topics: []listoffsets.ResponseTopic{{Topic: r.Topics[0].Topic, Partitions: []listoffsets.ResponsePartition{
			{Timestamp: kafkago.FirstOffset, Offset: b.start}, {Timestamp: kafkago.LastOffset, Offset: b.high},
		}}}}, nil
	case *produce.Request:
		if b.refuse > 0 {
			b.refuse--
			no := []produce.ResponsePartition{{ErrorCode: int16(kafkago.TopicAuthorizationFailed)}}
			return &produce.Response{Topics: []produce.ResponseTopic{{Partitions: no}}}, nil
		}
		for {
			rec, err := r.Topics[0].Partitions[0].RecordSet.Records.ReadRecord()
			if err != nil {
				break
			}
			v, _ := protocol.ReadAll(rec.Value)
			b.letters = append(b.letters, v)
		}
		return &produce.Response{Topics: []produce.ResponseTopic{{Partitions: make([]produce.ResponsePartition, 1)}}}, nil
	case *epochCall:
		if end, ok := b.ended[r.epoch]; ok {
			return &epochEndAnswer{end: end}, nil
		}
		return &epochEndAnswer{end: -1}, nil
	case *identityCall:
		return &identity{b.id}, nil
	case *fetchCall:
		return b.fetch(ctx, r)
	}
	return nil, fmt.Errorf("paper: no answer to %T", req)
}

func (b *paper) fetch(ctx context.Context, r *fetchCall) (kafkago.Response, error) {
	b.fetches++
	p := r.Topics[0].Partitions[0]
	a := &fetchAnswer{answer{sent: time.Now(), from: b.leader, start: b.start, high: b.high, stable: b.high}}
	if p.FetchOffset < b.start || p.FetchOffset > b.high {
		a.code, a.start, a.high, a.stable = kafkago.OffsetOutOfRange, -1, -1, -1
		return a, nil
	}
	limit := int(p.PartitionMaxBytes)
	first := int64(-1)
	for i := range b.sheets {
		s := &b.sheets[i]
		if s.end() <= p.FetchOffset || s.base >= b.high {
			continue
		}
		raw := s.encode()
		if n := limit - len(a.records); len(raw) > n && (first >= 0 || b.cutFirst) {
			a.records = append(a.records, raw[:max(n, 0)]...)
			break
		}
		if first < 0 {
			first = s.base
		}
		a.records = append(a.records, raw...)
	}
	a.aborted = b.aborted(p.FetchOffset)
	if len(a.records) == 0 {
		b.mu.Unlock()
		defer b.mu.Lock()
		return a, sleep(ctx, time.Duration(r.MaxWaitTime)*time.Millisecond)
	}
	return a, nil
}

// aborted lists the aborted transactions that reach from before or behind
// offset to their marker behind it.
func (b *paper) aborted(offset int64) (list []fetch.ResponseTransaction) {
	open := map[int64]int64{}
	for i := range b.sheets {
		s := &b.sheets[i]
		switch {
		case s.control:
			if from, ok := open[s.producer]; ok && s.kind == 0 && s.base >= offset {
				list = append(list, fetch.ResponseTransaction{ProducerID: s.producer, FirstOffset: from})
			}
			delete(open, s.producer)
		case s.txn:
			if _, ok := open[s.producer]; !ok {
				open[s.producer] = s.base
			}
		}
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 { // in no useful order
		list[i], list[j] = list[j], list[i]
	}
	return list
}
