package kafka

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/segmentio/kafka-go/compress"
)

const (
	// maxWindow is the largest zstd window that is allocated for a batch; the
	// highest of zstd's standard levels uses 8 MiB, "ultra" 128 MiB.
	maxWindow = 128 << 20
	// snappyRatio is more than snappy can shrink: a copy of 64 bytes takes 3.
	snappyRatio = 32
)

// codecs unpacks batches. Anyone who may write to the topic chooses their
// bytes, so no length that they claim is allocated before it is judged; the
// library's own snappy and zstd readers do that.
type codecs struct {
	zstd sync.Pool // *zstd.Decoder

	maxRecord, maxUnpacked int64 // 0 for those of batch.go
}

func (c *codecs) record() int64   { return cmp.Or(c.maxRecord, maxRecord) }
func (c *codecs) unpacked() int64 { return cmp.Or(c.maxUnpacked, maxUnpacked) }

// open returns a reader of the unpacked bytes; call done when it is read.
func (c *codecs) open(code int8, packed []byte) (r io.Reader, done func(), err error) {
	switch compress.Compression(code) {
	case compress.Snappy:
		r, err := unsnappy(packed)
		return r, func() {}, err
	case compress.Zstd:
		d, _ := c.zstd.Get().(*zstd.Decoder)
		if d == nil {
			d, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
			if err != nil {
				return nil, nil, err
			}
		}
		if err := d.Reset(bytes.NewReader(packed)); err != nil {
			return nil, nil, err
		}
		return d, func() { c.zstd.Put(d) }, nil
	case compress.Gzip, compress.Lz4:
		z := compress.Codecs[code].NewReader(bytes.NewReader(packed))
		return z, func() { z.Close() }, nil
	}
	return nil, nil, fmt.Errorf("unknown codec %d", code)
}

// xerial is the head of the framing that Java's snappy puts around its blocks:
// magic, version and compatible version (4 bytes each), then blocks, each with
// its length (4 bytes) before it. Others send one bare block.
var xerial = []byte("\x82SNAPPY\x00")

const xerialHead = 16

func unsnappy(packed []byte) (io.Reader, error) {
	if !bytes.HasPrefix(packed, xerial) {
		plain, err := unsnappyBlock(packed)
		return bytes.NewReader(plain), err
	}
	if len(packed) < xerialHead {
		return nil, errShort
	}
	return &xerialBlocks{packed: packed[xerialHead:]}, nil
}

// xerialBlocks unpacks block after block, so that what stands before a broken one is read.
type xerialBlocks struct {
	packed []byte
	plain  []byte // of the block at hand
}

func (x *xerialBlocks) Read(p []byte) (int, error) {
	for len(x.plain) == 0 {
		if len(x.packed) == 0 {
			return 0, io.EOF
		}
		if len(x.packed) < 4 {
			return 0, errShort
		}
		n := int64(binary.BigEndian.Uint32(x.packed))
		if n > int64(len(x.packed)-4) {
			return 0, errShort
		}
		var err error
		if x.plain, err = unsnappyBlock(x.packed[4 : 4+n]); err != nil {
			return 0, err
		}
		x.packed = x.packed[4+n:]
	}
	n := copy(p, x.plain)
	x.plain = x.plain[n:]
	return n, nil
}

func unsnappyBlock(block []byte) ([]byte, error) {
	n, err := snappy.DecodedLen(block)
	if err != nil {
		return nil, err
	}
	if n > snappyRatio*len(block) {
		return nil, errors.New("a snappy block claims more than it can hold")
	}
	return snappy.Decode(nil, block)
}
