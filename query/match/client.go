package match

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A Client calls a running service.
type Client struct {
	base string // scheme, host and port, without a slash at the end
	key  string
	http *http.Client
}

// headerTime is how long a service may take until it begins to answer. It waits 10 s for one search at most.
const headerTime = time.Minute

// NewClient makes a client. server is a URL, or host:port alone.
func NewClient(server, key string) (*Client, error) {
	key = strings.TrimSpace(key)
	if key == "" {
		return nil, UsageError{errors.New("a key is needed: give --key or ANVESH_KEY; anvesh keys add --name WHO makes one")}
	}
	if !strings.Contains(server, "://") {
		server = "http://" + server
	}
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil {
		return nil, UsageError{errors.New("--server must be an address such as http://127.0.0.1:8080")}
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = headerTime
	return &Client{base: strings.TrimSuffix(u.String(), "/"), key: key, http: &http.Client{Transport: t}}, nil
}

// Close ends connections that are kept for further calls.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// A UsageError is a call that cannot be meant: a wrong flag or argument, as against work that failed.
type UsageError struct{ error }

// A CallError is an answer other than 2xx; Code is the contract's.
type CallError struct {
	Status     int
	Code       string
	message    string
	field      string
	retryAfter time.Duration // 0: not said
}

func (e *CallError) Error() string {
	if e.field != "" && !strings.HasPrefix(e.message, e.field+":") {
		return e.field + ": " + e.message
	}
	return e.message
}

// A NetworkError is a service that could not be reached, or that broke off.
type NetworkError struct {
	message string
	err     error
}

func (e *NetworkError) Error() string { return e.message }
func (e *NetworkError) Unwrap() error { return e.err }

// Do sends a request and returns the answer, whose body the caller closes. The error is a *CallError, a
// *NetworkError, or that of ctx.
func (c *Client) Do(ctx context.Context, method, path, contentType string, body []byte) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("request to %s: %w", c.base, err)
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, c.unreached(ctx, err)
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	return nil, c.refused(resp)
}

// Call sends in as JSON, if it is not nil, and decodes the answer into out, unless that is nil.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	contentType := ""
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		contentType = "application/json"
	}
	resp, err := c.Do(ctx, method, path, contentType, body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("%s did not answer as an anvesh service does; is --server right?", c.base)
	}
	return nil
}

// unreached says why no answer came, without the address's query.
func (c *Client) unreached(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var dns *net.DNSError
	e := &NetworkError{err: err}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		e.message = "no service listens at " + c.base + ": start one with anvesh serve or anvesh demo, or give its address with --server"
	case errors.As(err, &dns):
		e.message = "no host of that name: " + c.base + "; give the service's address with --server"
	default:
		e.message = fmt.Sprintf("no answer from %s: %v", c.base, err)
	}
	return e
}

// refused reads the contract's error object.
func (c *Client) refused(resp *http.Response) error {
	var body struct{ Error Fault }
	e := &CallError{Status: resp.StatusCode}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		e.retryAfter = time.Duration(seconds) * time.Second
	}
	err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&body)
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		e.message = "the service at " + c.base + " does not know the key: give a valid one with --key or ANVESH_KEY; anvesh keys add --name WHO makes one"
	case err != nil || body.Error.Message == "":
		e.message = fmt.Sprintf("%s answered %s, and not as an anvesh service does; is --server right?", c.base, resp.Status)
	default:
		e.Code, e.message, e.field = body.Error.Code, body.Error.Message, body.Error.Field
	}
	return e
}
