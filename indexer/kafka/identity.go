package kafka

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/segmentio/kafka-go/protocol"
	"github.com/twmb/franz-go/pkg/kmsg"

	"anvesh/storage/durable"
)

// A topic that is deleted and made again under its name has another id. Offsets of the one mean nothing in the other, and
// once the other has grown past ours nothing else tells them apart. The client library knows no topic ids, so this file
// asks for them itself.

const (
	identityVersion = 10       // of the metadata request: the first that has topic ids (Kafka 2.8)
	maxIdentity     = 16 << 20 // the largest answer that is read
)

// identityCall asks which id the topic has. A value serves one call.
type identityCall struct{ topic, clientID string }

// identity is the answer: the id in hex, or "" where the broker is too old to say, or does not know the topic.
type identity struct{ id string }

var _ protocol.RawExchanger = (*identityCall)(nil)

// ApiKey says that it is a request for metadata.
func (*identityCall) ApiKey() protocol.ApiKey { return protocol.Metadata }

// ApiKey says that it answers a request for metadata.
func (*identity) ApiKey() protocol.ApiKey { return protocol.Metadata }

// Required always asks for the raw connection.
func (*identityCall) Required(map[protocol.ApiKey]int16) bool { return true }

// RawExchange asks the broker what it can do, and then for the topic.
func (i *identityCall) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	able, err := ableTo(rw, i.clientID, protocol.Metadata, identityVersion)
	if err != nil || !able {
		return &identity{}, err
	}
	ask := kmsg.NewPtrMetadataRequest()
	ask.Version = identityVersion
	t := kmsg.NewMetadataRequestTopic()
	t.Topic = &i.topic
	ask.Topics = append(ask.Topics, t)
	told := kmsg.NewPtrMetadataResponse()
	if err := exchange(rw, i.clientID, ask, told); err != nil {
		return nil, err
	}
	for _, t := range told.Topics {
		if t.ErrorCode == 0 && t.TopicID != [16]byte{} && t.Topic != nil && *t.Topic == i.topic {
			return &identity{hex.EncodeToString(t.TopicID[:])}, nil
		}
	}
	return &identity{}, nil
}

// ableTo asks the broker whether it knows a version of a request.
func ableTo(rw io.ReadWriter, clientID string, key protocol.ApiKey, version int16) (bool, error) {
	told := kmsg.NewPtrApiVersionsResponse()
	if err := exchange(rw, clientID, kmsg.NewPtrApiVersionsRequest(), told); err != nil {
		return false, err
	}
	for _, k := range told.ApiKeys {
		if k.ApiKey == int16(key) {
			return k.MinVersion <= version && version <= k.MaxVersion, nil
		}
	}
	return false, nil
}

// exchange sends a request and reads its answer.
func exchange(rw io.ReadWriter, clientID string, ask kmsg.Request, told kmsg.Response) error {
	told.SetVersion(ask.GetVersion())
	id := correlation.Add(1)
	if _, err := rw.Write(kmsg.NewRequestFormatter(kmsg.FormatterClientID(clientID)).AppendRequest(nil, ask, id)); err != nil {
		return err
	}
	var head [8]byte
	if _, err := io.ReadFull(rw, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n < 4 || n > maxIdentity {
		return fmt.Errorf("kafka: a question answered with a frame of %d bytes", n)
	}
	if got := int32(binary.BigEndian.Uint32(head[4:])); got != id {
		return fmt.Errorf("kafka: a question got the answer of request %d instead of %d", got, id)
	}
	body := make([]byte, n-4)
	if _, err := io.ReadFull(rw, body); err != nil {
		return err
	}
	if told.IsFlexible() && told.Key() != int16(protocol.ApiVersions) { // whose head never has tags
		if len(body) == 0 || body[0] != 0 {
			return errors.New("kafka: an answer's head has tags that nobody asked for")
		}
		body = body[1:]
	}
	return told.ReadFrom(body)
}

// sameTopic returns a fault where the topic is not the one that was read so far. The first id that is seen is kept.
func (c *Client) sameTopic(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Deadline)
	defer cancel()
	m, err := c.trip.RoundTrip(ctx, c.addr, &identityCall{c.opts.Topic, c.opts.ClientID})
	if err != nil {
		return fmt.Errorf("kafka: the id of topic %s: %w", c.opts.Topic, c.opts.explain(err))
	}
	is, ok := m.(*identity)
	if !ok || is.id == "" {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.topicID == "" {
		if c.topicID, err = c.opts.keptID(); err != nil {
			return err
		}
	}
	if c.topicID == "" {
		if err := c.opts.keepID(is.id); err != nil {
			return err
		}
		c.topicID = is.id
	}
	if c.topicID != is.id {
		return &fault{text: fmt.Sprintf("the topic was deleted and made again: it has id %s, what was read has %s: restore a backup or begin with an empty store%s",
			is.id, c.topicID, c.opts.orForget())}
	}
	return nil
}

// idFile is where the id of the topic is kept, "" for nowhere.
func (o *Options) idFile() string {
	if o.Dir == "" {
		return ""
	}
	return filepath.Join(o.Dir, "topic-"+o.Topic)
}

func (o *Options) orForget() string {
	if o.Dir == "" {
		return ""
	}
	return ", or remove " + o.idFile() + " if its offsets are those of the one before"
}

// keptID reads the id that was kept, "" if none was.
func (o *Options) keptID() (string, error) {
	if o.Dir == "" {
		return "", nil
	}
	b, err := os.ReadFile(o.idFile())
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("kafka: the kept id of topic %s: %w", o.Topic, err)
	}
	return strings.TrimSpace(string(b)), nil
}

// keepID writes the id.
func (o *Options) keepID(id string) error {
	if o.Dir == "" {
		return nil
	}
	if err := durable.ReplaceBytes(o.idFile(), []byte(id+"\n")); err != nil {
		return fmt.Errorf("kafka: keep the id of topic %s: %w", o.Topic, err)
	}
	return nil
}
