package bench

import (
	"context"
	"io"

	"anvesh/query/register"
	"anvesh/storage"
)

// derived is what the store derives.
func (s *sim) derived(reg *register.Register) storage.Derived {
	if s.early {
		return &earlyCut{Register: reg}
	}
	return reg
}

// cutsEarly is the planted fault that the register is cut before it has followed the commit that it is saved at.
func cutsEarly(s *sim) { s.early = true }

type earlyCut struct {
	*register.Register
	write func(context.Context, io.Writer) error
}

func (e *earlyCut) Apply(cs []storage.Change) {
	e.write = e.Register.Cut()
	e.Register.Apply(cs)
}

func (e *earlyCut) Cut() func(context.Context, io.Writer) error {
	if e.write == nil {
		return e.Register.Cut()
	}
	return e.write
}
