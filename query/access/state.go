package access

import (
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// state is DIR/secret/state.db: what changes with use and must survive a restart. It is a bbolt file, as sessions begin and end
// one by one, and a file that is written anew for each, as keys.json is, would be a megabyte a sign-in where everybody of the
// state is signed in; storage's Badger holds records, and belongs to storage. Its buckets:
//
//	sessions  SHA-256 of the token -> a session as JSON
//	steps     id of a credential -> the 30-second step whose code was last accepted, 8 bytes
//	approvals id of an approval -> whose list it is for, how long it may be, who approved, until when, as JSON
//	spent     day and whose -> searches and rows that were asked, as JSON
type state struct{ db *bbolt.DB }

var (
	sessionBucket = []byte("sessions")
	stepBucket    = []byte("steps")
	spentBucket   = []byte("spent")
	approveBucket = []byte("approvals")
)

// openState opens the file, or makes it.
func openState(file string) (*state, error) {
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return nil, fmt.Errorf("access: open %s: %w; if it is damaged, delete it: all then sign in anew", file, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{sessionBucket, stepBucket, spentBucket, approveBucket} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("access: %s: %w", file, err), db.Close())
	}
	return &state{db}, nil
}

func (s *state) close() error { return s.db.Close() }

// put stores values of a bucket, all or none; a nil value deletes. When it returns they are durable.
func (s *state) put(bucket []byte, values map[string][]byte) error {
	if len(values) == 0 {
		return nil
	}
	err := s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucket)
		for key, value := range values {
			var err error
			if value == nil {
				err = b.Delete([]byte(key))
			} else {
				err = b.Put([]byte(key), value)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("access: write state: %w", err)
	}
	return nil
}

// each reads a bucket. Key and value are the callee's.
func (s *state) each(bucket []byte, f func(key string, value []byte) error) error {
	return s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucket).ForEach(func(k, v []byte) error { return f(string(k), append([]byte(nil), v...)) })
	})
}
