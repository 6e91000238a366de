package query

import "anvesh/query/plate"

// Plates calls fn with the index of registrations, for measuring; fn must not keep it.
func (g *Register) Plates(fn func(*plate.Index)) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	fn(g.plates)
}

// Chassis calls fn with the index of chassis numbers, for measuring; fn must not keep it.
func (g *Register) Chassis(fn func(*plate.NumberIndex)) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	fn(g.chassis)
}
