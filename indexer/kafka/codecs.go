package kafka

import (
	"bytes"
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
}

// open returns a reader of the unpacked bytes; call done when it is read.
func (c *codecs) open(code int8, packed []byte) (r io.Reader, done func(), err error) {
	switch compress.Compression(code) {
	case compress.Snappy:
		plain, err := unsnappy(packed)
		return bytes.NewReader(plain), func() {}, err
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

func unsnappy(packed []byte) ([]byte, error) {
	if !bytes.HasPrefix(packed, xerial) {
		return unsnappyBlock(nil, packed)
	}
	if len(packed) < xerialHead {
		return nil, errShort
	}
	var plain []byte
	for rest := packed[xerialHead:]; len(rest) > 0; {
		if len(rest) < 4 {
			return nil, errShort
		}
		n := int(binary.BigEndian.Uint32(rest))
		if rest = rest[4:]; n > len(rest) {
			return nil, errShort
		}
		var err error
		if plain, err = unsnappyBlock(plain, rest[:n]); err != nil {
			return nil, err
		}
		rest = rest[n:]
	}
	return plain, nil
}

func unsnappyBlock(plain, block []byte) ([]byte, error) {
	n, err := snappy.DecodedLen(block)
	if err != nil {
		return nil, err
	}
	if n > snappyRatio*len(block) {
		return nil, errors.New("a snappy block claims more than it can hold")
	}
	out, err := snappy.Decode(nil, block)
	if err != nil {
		return nil, err
	}
	if plain == nil {
		return out, nil
	}
	return append(plain, out...), nil
}
