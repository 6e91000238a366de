package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	kafkago "github.com/segmentio/kafka-go"
)

// clusterID is what the embedded broker calls itself.
const clusterID = "anvesh-embedded"

// segmentBytes is the length of the embedded broker's files. It reads each one
// whole when it starts: 200 MB of log took 208 MB of memory with its own
// default of 100 MiB and 28 MB with this.
const segmentBytes = 8 << 20

// EnsureTopics makes the two topics where they are absent, with the contract's
// settings. Of existing ones it refuses a compacted topic of updates
// (ErrCompacted) and warns of other settings that break the contract.
func (c *Client) EnsureTopics(ctx context.Context) error {
	m, err := c.metadata(ctx)
	if err != nil {
		return err
	}
	var missing, present []string
	for _, t := range m.Topics {
		switch {
		case t.Error == nil:
			present = append(present, t.Name)
		case errors.Is(t.Error, kafkago.UnknownTopicOrPartition):
			missing = append(missing, t.Name)
		default:
			return fmt.Errorf("kafka: topic %s: %w", t.Name, t.Error)
		}
	}
	made, err := c.makeTopics(ctx, missing, m.ClusterID == clusterID)
	if err == nil {
		err = c.awaitTopics(ctx, missing)
	}
	if err != nil {
		return err
	}
	for _, t := range missing {
		if !slices.Contains(made, t) { // another process was first
			present = append(present, t)
		}
	}
	return c.checkTopics(ctx, present)
}

// CheckTopics is EnsureTopics for one who only publishes: a topic of updates by another name than the usual one must be there
// (ErrNoTopic), as a name that nobody reads is likely misspelt.
func (c *Client) CheckTopics(ctx context.Context) error {
	if c.opts.Topic == updatesTopic {
		return c.EnsureTopics(ctx)
	}
	m, err := c.metadata(ctx)
	if err != nil {
		return err
	}
	for _, t := range m.Topics {
		switch {
		case t.Name != c.opts.Topic || t.Error == nil:
		case errors.Is(t.Error, kafkago.UnknownTopicOrPartition):
			return fmt.Errorf("kafka: topic %s: %w: is the name right? The service that is started with it makes it", t.Name, ErrNoTopic)
		default:
			return fmt.Errorf("kafka: topic %s: %w", t.Name, t.Error)
		}
	}
	return c.checkTopics(ctx, []string{c.opts.Topic})
}

// makeTopics returns the topics that did not exist before.
func (c *Client) makeTopics(ctx context.Context, names []string, embedded bool) ([]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	config := []kafkago.ConfigEntry{
		{ConfigName: "cleanup.policy", ConfigValue: "delete"},
		{ConfigName: "max.message.bytes", ConfigValue: strconv.Itoa(MaxMessage)},
		{ConfigName: "retention.ms", ConfigValue: strconv.FormatInt(Retention.Milliseconds(), 10)},
	}
	if embedded {
		config = append(config, kafkago.ConfigEntry{ConfigName: "segment.bytes", ConfigValue: strconv.Itoa(segmentBytes)})
	}
	req := &kafkago.CreateTopicsRequest{}
	for _, n := range names {
		partitions := c.opts.Partitions
		if n == c.opts.Rejected {
			partitions = 1
		}
		req.Topics = append(req.Topics, kafkago.TopicConfig{
			Topic: n, NumPartitions: partitions, ReplicationFactor: -1, ConfigEntries: config,
		})
	}
	ctx, cancel := context.WithTimeout(ctx, c.opts.Deadline)
	defer cancel()
	res, err := c.api.CreateTopics(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("kafka: make topics %s: %w", strings.Join(names, ", "), c.opts.explain(err))
	}
	var made []string
	for name, err := range res.Errors {
		switch {
		case err == nil:
			made = append(made, name)
			c.opts.Logger.Info("kafka: topic made", "topic", name)
		case !errors.Is(err, kafkago.TopicAlreadyExists):
			return nil, fmt.Errorf("kafka: make topic %s: %w", name, err)
		}
	}
	return made, nil
}

// awaitTopics returns once every topic is known and each of its partitions has a leader: brokers answer that a topic is made
// before all of them have heard of it.
func (c *Client) awaitTopics(ctx context.Context, names []string) error {
	ctx, cancel := context.WithTimeout(ctx, c.opts.Deadline)
	defer cancel()
	for pause := (pauses{longest: c.opts.Backoff}); len(names) > 0; {
		m, err := c.metadata(ctx)
		if err != nil {
			return err
		}
		for _, t := range m.Topics {
			led := t.Error == nil && !slices.ContainsFunc(t.Partitions, func(p kafkago.Partition) bool { return p.Error != nil })
			if led {
				names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == t.Name })
			}
		}
		if len(names) > 0 && pause.wait(ctx) != nil {
			return fmt.Errorf("kafka: topics %s were made, but the brokers do not know them after %v: look at their logs", strings.Join(names, ", "), c.opts.Deadline)
		}
	}
	return nil
}

func (c *Client) checkTopics(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	req := &kafkago.DescribeConfigsRequest{}
	for _, n := range names {
		req.Resources = append(req.Resources, kafkago.DescribeConfigRequestResource{
			ResourceType: kafkago.ResourceTypeTopic, ResourceName: n,
			ConfigNames: []string{"cleanup.policy", "max.message.bytes", "retention.ms"},
		})
	}
	ctx, cancel := context.WithTimeout(ctx, c.opts.Deadline)
	defer cancel()
	res, err := c.api.DescribeConfigs(ctx, req)
	if err != nil {
		c.opts.Logger.Warn("kafka: the topics' settings cannot be read and were not checked", "error", err)
		return nil
	}
	for _, r := range res.Resources {
		if r.Error != nil {
			c.opts.Logger.Warn("kafka: a topic's settings cannot be read and were not checked", "topic", r.ResourceName, "error", r.Error)
			continue
		}
		if err := c.checkTopic(r.ResourceName, r.ConfigEntries); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) checkTopic(topic string, entries []kafkago.DescribeConfigResponseConfigEntry) error {
	for _, e := range entries {
		n, numErr := strconv.ParseInt(e.ConfigValue, 10, 64)
		switch e.ConfigName {
		case "cleanup.policy":
			if !strings.Contains(e.ConfigValue, "compact") {
				continue
			}
			if topic == c.opts.Topic {
				return fmt.Errorf("kafka: topic %s: %w: cleanup.policy is %q; a value is one form and its key the case, so compaction deletes forms: set it to \"delete\" or name another topic",
					topic, ErrCompacted, e.ConfigValue)
			}
			c.warnSetting(topic, e, "delete")
		case "max.message.bytes":
			if numErr == nil && n < MaxMessage {
				c.warnSetting(topic, e, strconv.Itoa(MaxMessage))
			}
		case "retention.ms":
			if numErr == nil && n >= 0 && n < Retention.Milliseconds() {
				c.warnSetting(topic, e, strconv.FormatInt(Retention.Milliseconds(), 10))
			}
		}
	}
	return nil
}

func (c *Client) warnSetting(topic string, e kafkago.DescribeConfigResponseConfigEntry, want string) {
	c.opts.Logger.Warn("kafka: a topic's setting is not the contract's",
		"topic", topic, "setting", e.ConfigName, "is", e.ConfigValue, "contract", want)
}
