package query

import "anvesh/query/numbers"

// Plates calls fn with the index of registrations, for measuring; fn must not keep it.
func (g *Register) Plates(fn func(*numbers.PlateIndex)) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	fn(g.plates)
}

// Chassis calls fn with the index of chassis numbers, for measuring; fn must not keep it.
func (g *Register) Chassis(fn func(*numbers.NumberIndex)) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	fn(g.chassis)
}
