package main

import (
	"anvesh/indexer/iif"
	"anvesh/query/access"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v4"
)

// A config is the YAML file of --config: flags by name at the top, for every command that has them, or under
// a command's name for that command alone, which wins.
//
//	data: /var/lib/anvesh
//	serve:
//	  brokers: [k1:9092, k2:9092]
type config map[string]any

func loadConfig(r io.Reader) (kong.Resolver, error) {
	c := map[string]any{}
	if err := yaml.NewDecoder(r).Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("configuration file: %w", err)
	}
	return config(c), nil
}

// Resolve gives a flag's value, nil where the file does not say.
func (c config) Resolve(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	var path []string
	for n := parent.Node(); n != nil && n.Type != kong.ApplicationNode; n = n.Parent {
		path = append(path, n.Name)
	}
	slices.Reverse(path)
	value := plain(c[flag.Name])
	for under := map[string]any(c); len(path) > 0; path = path[1:] {
		next, ok := under[path[0]].(map[string]any)
		if !ok {
			break
		}
		if under = next; under[flag.Name] != nil {
			value = plain(under[flag.Name])
		}
	}
	return value, nil
}

// plain leaves out what is a command's section and not a flag's value. A number is given as it would stand on the command line, so
// that what it should be is said in the same words.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return nil
	case []any:
		items := make([]any, len(v))
		for i := range v {
			items[i] = plain(v[i])
		}
		return items
	case int, int64, uint64:
		return fmt.Sprint(v)
	}
	return v
}

// Validate refuses a key that is neither a flag nor a command, so that a typo is not silently without effect.
func (c config) Validate(app *kong.Application) error { return validKeys(c, app.Node) }

func validKeys(c map[string]any, n *kong.Node) error {
	for key, value := range c {
		i := slices.IndexFunc(n.Children, func(child *kong.Node) bool { return child.Name == key })
		section, isSection := value.(map[string]any)
		switch {
		case i >= 0 && isSection:
			if err := validKeys(section, n.Children[i]); err != nil {
				return err
			}
		case isSection || !hasFlag(n, key):
			return fmt.Errorf("configuration file: %q is no flag or command of %s", key, n.Name)
		}
	}
	return nil
}

// hasFlag tells whether the command, or one under it, has a flag of this name.
func hasFlag(n *kong.Node, name string) bool {
	return slices.ContainsFunc(n.Flags, func(f *kong.Flag) bool { return f.Name == name }) ||
		slices.ContainsFunc(n.Children, func(c *kong.Node) bool { return hasFlag(c, name) })
}

// A checked value of a flag or argument is looked at before the command begins, wherever it comes from: nothing is opened
// or made for one that cannot be meant.
type checked interface{ check() error }

func checkValues(line *kong.Context) error {
	var values []*kong.Value
	for _, f := range line.Flags() {
		values = append(values, f.Value)
	}
	for _, p := range line.Path {
		if p.Positional != nil {
			values = append(values, p.Positional)
		}
	}
	for _, v := range values {
		c, ok := v.Target.Interface().(checked)
		if !ok || !v.Set {
			continue
		}
		if err := c.check(); err != nil && v.Flag != nil {
			return fmt.Errorf("--%s: %w", v.Name, err)
		} else if err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
	}
	return nil
}

// Types that are checked.
type (
	address     string   // host:port
	positive    int      // 1 or more
	natural     int      // 0 or more
	hitLimit    int      // hits of a row
	caseNumbers []string // FIR registration numbers
	keyName     string   // of a credential
)

func (a address) check() error {
	_, port, err := net.SplitHostPort(string(a))
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fmt.Errorf("must be host:port, such as 127.0.0.1:8080, not %q", string(a))
	}
	return nil
}

func (n positive) check() error {
	if n < 1 {
		return errors.New("must be at least 1")
	}
	return nil
}

func (n natural) check() error {
	if n < 0 {
		return errors.New("must not be negative")
	}
	return nil
}

func (n hitLimit) check() error {
	if n < 1 || n > 100 {
		return errors.New("must be 1 to 100")
	}
	return nil
}

func (c caseNumbers) check() error {
	for _, fir := range c {
		if iif.CheckKey([]byte(fir)) != nil {
			return fmt.Errorf("must be FIR registration numbers of 13 to 17 digits, not %q", fir)
		}
	}
	return nil
}

func (k keyName) check() error { return access.CheckName(string(k)) }
