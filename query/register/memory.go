package register

import (
	"bytes"
	"io"
	"maps"
	"os"
	"slices"
	"sync"

	"anvesh/storage"
)

// Memory are files in memory, for a register that no store keeps.
type Memory struct {
	mu    sync.Mutex
	files map[string][]byte
}

// NewMemory returns files of which there are none yet.
func NewMemory() *Memory { return &Memory{files: map[string][]byte{}} }

// Write is part of storage.Files.
func (m *Memory) Write(name string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[name] = b.Bytes()
	return nil
}

// Read is part of storage.Files.
func (m *Memory) Read(name string, read func(io.ReaderAt) error) error {
	file, err := m.Map(name)
	if err != nil {
		return err
	}
	return read(bytes.NewReader(file.Data))
}

// Map is part of storage.Files.
func (m *Memory) Map(name string) (storage.Mapping, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data := m.files[name]
	if data == nil {
		return storage.Mapping{}, os.ErrNotExist
	}
	return storage.InMemory(data), nil
}

// Names is part of storage.Files.
func (m *Memory) Names() ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.files)), nil
}

// Remove is part of storage.Files.
func (m *Memory) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, name)
	return nil
}
