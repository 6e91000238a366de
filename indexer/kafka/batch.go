package kafka

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"anvesh/indexer"
)

// A record batch, version 2 of Kafka's message format, as the log holds it
// (https://kafka.apache.org/documentation/#recordbatch), big-endian:
//
//	 0  base offset            8   kept by compaction
//	 8  length of what follows 4
//	12  leader epoch           4
//	16  magic                  1   2
//	17  CRC-32C of all behind  4
//	21  attributes             2   bits 0-2 codec, 3 log append time, 4 transactional, 5 control
//	23  last offset delta      4   kept by compaction, so it says where the next batch begins
//	27  base timestamp         8   milliseconds
//	35  max timestamp          8
//	43  producer id            8
//	51  producer epoch         2
//	53  base sequence          4
//	57  number of records      4
//	61  records, compressed as one where a codec is set
//
// A record: length, then attributes (1 byte), time delta, offset delta, key
// length, key, value length, value, number of headers, headers; the numbers are
// zigzag varints, and a length of -1 is a null.
const (
	headerSize = 61
	// maxRecord bounds one record, so that a small compressed batch cannot
	// claim all memory: no topic of ours takes a batch over MaxMessage, but a
	// compressed one may hold a somewhat larger record. A larger one is passed
	// without being held.
	maxRecord = 64 << 20
	// maxUnpacked bounds what is unpacked of one batch, and so the time that it
	// takes: a few seconds. A full batch of forms unpacks to a tenth of it.
	maxUnpacked = 1 << 30
	// inflateBlock is how much of a compressed batch is unpacked at once, at most.
	inflateBlock = 1 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errCRC: the bytes are not those that the producer sent; asking again may help.
var errCRC = errors.New("a record batch is damaged: its checksum does not match")

// errMagic: a message set from before Kafka 0.11; brokers from 3.0 on never send one.
var errMagic = errors.New("the log holds message sets older than Kafka 0.11")

// recordBatch is the head of a batch; raw is the whole of it.
type recordBatch struct {
	base, end   int64 // first offset, and the offset after the last
	epoch       int32 // of the leader that appended it
	crc         uint32
	attributes  int16
	baseTime    int64
	maxTime     int64
	producer    int64
	recordCount int32
	raw         []byte
}

func (b *recordBatch) codec() int8         { return int8(b.attributes & 7) }
func (b *recordBatch) logAppendTime() bool { return b.attributes&8 != 0 }
func (b *recordBatch) transactional() bool { return b.attributes&16 != 0 }
func (b *recordBatch) control() bool       { return b.attributes&32 != 0 }

// nextBatch splits the first batch off data. ok is false where data holds no
// whole batch: a broker may cut the last one off.
func nextBatch(data []byte) (b recordBatch, rest []byte, ok bool, err error) {
	if len(data) < 17 {
		return b, nil, false, nil
	}
	length := int64(int32(binary.BigEndian.Uint32(data[8:])))
	if data[16] != 2 {
		return b, nil, false, fmt.Errorf("%w (format %d)", errMagic, data[16])
	}
	if length < headerSize-12 {
		return b, nil, false, errCRC
	}
	if length > int64(len(data))-12 {
		return b, nil, false, nil
	}
	raw := data[: 12+length : 12+length]
	b = recordBatch{
		base:        int64(binary.BigEndian.Uint64(raw)),
		epoch:       int32(binary.BigEndian.Uint32(raw[12:])),
		crc:         binary.BigEndian.Uint32(raw[17:]),
		attributes:  int16(binary.BigEndian.Uint16(raw[21:])),
		baseTime:    int64(binary.BigEndian.Uint64(raw[27:])),
		maxTime:     int64(binary.BigEndian.Uint64(raw[35:])),
		producer:    int64(binary.BigEndian.Uint64(raw[43:])),
		recordCount: int32(binary.BigEndian.Uint32(raw[57:])),
		raw:         raw,
	}
	b.end = b.base + int64(int32(binary.BigEndian.Uint32(raw[23:]))) + 1
	return b, data[12+length:], true, nil
}

// whole checks the checksum.
func (b *recordBatch) whole() error {
	if crc32.Checksum(b.raw[21:], castagnoli) != b.crc {
		return errCRC
	}
	return nil
}

// A badRecord is one that cannot be read in a batch that can be read on behind it.
type badRecord struct {
	offset int64 // what it says, or the offset after the record before it
	size   int64 // bytes of the record
	sum    [sha256.Size]byte
	head   []byte // its first bytes
	cause  error
}

func (r *badRecord) Error() string { return r.cause.Error() }

// each calls yield for every record in order, and bad for those that cannot be read, until one of them returns an error,
// which each returns. Keys and values share the batch's memory. An error that wraps errDecode means that the batch itself
// is malformed from there on. bad may be nil: then such a record is such an error.
func (b *recordBatch) each(z *codecs, yield func(indexer.Message) error, bad func(*badRecord) error) error {
	if b.recordCount < 0 {
		return fmt.Errorf("%w: %d records", errDecode, b.recordCount)
	}
	in := inflater{buf: b.raw[headerSize:]}
	if code := b.codec(); code != 0 {
		r, done, err := z.open(code, b.raw[headerSize:])
		if err != nil {
			return fmt.Errorf("%w: %w", errDecode, err)
		}
		defer done()
		in = inflater{src: &bounded{r, z.unpacked()}, block: min(8*len(b.raw), inflateBlock)}
	}
	last := b.base - 1
	for i := int32(0); i < b.recordCount; i++ {
		m, err := b.record(&in, z.record())
		var r *badRecord
		if errors.As(err, &r) && bad != nil {
			if r.offset <= last || r.offset >= b.end {
				r.offset = last + 1
			}
			if r.offset < b.end {
				last = r.offset
				if err := bad(r); err != nil {
					return err
				}
				continue
			}
		}
		if err != nil {
			return fmt.Errorf("%w: record %d of %d: %w", errDecode, i+1, b.recordCount, err)
		}
		if m.Offset <= last || m.Offset >= b.end {
			return fmt.Errorf("%w: record %d of %d has an offset out of order", errDecode, i+1, b.recordCount)
		}
		last = m.Offset
		if err := yield(m); err != nil {
			return err
		}
	}
	return nil
}

var (
	errDecode = errors.New("a record batch cannot be decoded")
	errShort  = errors.New("it ends too early")
	errBomb   = errors.New("the batch unpacks to more than is read of one")
)

// record reads one record of at most limit bytes. A badRecord is passed; after another error nothing more can be read.
func (b *recordBatch) record(in *inflater, limit int64) (m indexer.Message, err error) {
	length, err := in.varint()
	if err != nil {
		return m, err
	}
	if length < 0 {
		return m, fmt.Errorf("it claims %d bytes", length)
	}
	if length > limit {
		return m, b.pass(in, length, limit)
	}
	body, err := in.take(int(length))
	if err != nil {
		return m, err
	}
	if m, err = b.fields(body); err != nil {
		return m, &badRecord{m.Offset, length, sha256.Sum256(body), body[:min(len(body), rejectHead)], err}
	}
	return m, nil
}

// pass reads over a record that is too long to be held.
func (b *recordBatch) pass(in *inflater, length, limit int64) error {
	head, err := in.take(int(min(length, rejectHead)))
	if err != nil {
		return err
	}
	sum := sha256.New()
	sum.Write(head)
	if err := in.discard(length-int64(len(head)), sum); err != nil {
		return err
	}
	m, _ := b.fields(head)
	return &badRecord{m.Offset, length, [sha256.Size]byte(sum.Sum(nil)), head,
		fmt.Errorf("a record has %d bytes, at most %d are read", length, limit)}
}

// fields reads a record behind its length. The offset is -1 where the record does not come to say it.
func (b *recordBatch) fields(body []byte) (m indexer.Message, err error) {
	m.Offset = -1
	f := inflater{buf: body, pos: 1} // behind the attributes
	when, err := f.varint()
	if err != nil {
		return m, err
	}
	delta, err := f.varint()
	if err != nil {
		return m, err
	}
	m.Offset = b.base + delta
	m.Time = time.UnixMilli(b.baseTime + when)
	if b.logAppendTime() {
		m.Time = time.UnixMilli(b.maxTime)
	}
	if m.Key, err = f.bytes(); err != nil {
		return m, err
	}
	m.Value, err = f.bytes()
	return m, err // headers follow and are not used
}

// inflater hands out the bytes of a batch in order: those of buf, then those
// of src if it is not nil. A slice that was handed out stays valid.
type inflater struct {
	buf   []byte
	pos   int
	src   io.Reader
	block int // bytes to read from src at once
}

// A bounded reader ends with an error behind so many bytes.
type bounded struct {
	src  io.Reader
	left int64
}

func (r *bounded) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errBomb
	}
	n, err := r.src.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	return n, err
}

// discard reads n bytes into sum and keeps none of them.
func (in *inflater) discard(n int64, sum io.Writer) error {
	have := min(n, int64(len(in.buf)-in.pos))
	sum.Write(in.buf[in.pos:][:have])
	in.pos += int(have)
	if n -= have; n == 0 {
		return nil
	}
	if in.src == nil {
		return errShort
	}
	_, err := io.CopyN(sum, in.src, n)
	if err == io.EOF {
		return errShort
	}
	return err
}

// need makes n bytes stand in buf behind pos, if there are so many.
func (in *inflater) need(n int) error {
	have := len(in.buf) - in.pos
	if have >= n {
		return nil
	}
	if in.src == nil || have < 0 {
		return errShort
	}
	fresh := make([]byte, max(n, in.block))
	copy(fresh, in.buf[in.pos:])
	got, err := io.ReadFull(in.src, fresh[have:])
	in.buf, in.pos = fresh[:have+got], 0
	switch {
	case have+got >= n:
		return nil
	case err == io.EOF, err == io.ErrUnexpectedEOF:
		return errShort
	}
	return err
}

func (in *inflater) take(n int) ([]byte, error) {
	if err := in.need(n); err != nil {
		return nil, err
	}
	b := in.buf[in.pos : in.pos+n : in.pos+n]
	in.pos += n
	return b, nil
}

// bytes reads a length and so many bytes; nil is a null, which is not empty.
func (in *inflater) bytes() ([]byte, error) {
	n, err := in.varint()
	if err != nil {
		return nil, err
	}
	if n == -1 {
		return nil, nil
	}
	if n < 0 || n > int64(len(in.buf)) {
		return nil, fmt.Errorf("a field claims %d bytes", n)
	}
	return in.take(int(n))
}

// varint reads a zigzag varint of at most 64 bits.
func (in *inflater) varint() (int64, error) {
	for size := 1; size <= binary.MaxVarintLen64; size++ {
		if err := in.need(size); err != nil {
			return 0, err
		}
		if in.buf[in.pos+size-1] < 0x80 {
			v, n := binary.Varint(in.buf[in.pos : in.pos+size])
			if n != size {
				break
			}
			in.pos += n
			return v, nil
		}
	}
	return 0, errors.New("a number is too long")
}

// controlType reads what a control record marks: 0 an abort, 1 a commit.
func (b *recordBatch) controlType(z *codecs) (int16, error) {
	kind, seen := int16(-1), false
	err := b.each(z, func(m indexer.Message) error {
		if len(m.Key) < 4 {
			return fmt.Errorf("%w: a control record has a key of %d bytes", errDecode, len(m.Key))
		}
		kind, seen = int16(binary.BigEndian.Uint16(m.Key[2:])), true
		return nil
	}, nil)
	if err == nil && !seen {
		return -1, nil // compaction emptied it
	}
	return kind, err
}
