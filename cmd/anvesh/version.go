package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"anvesh/query/register"
)

// version is set by the Makefile (-ldflags -X) from git; "dev" in a plain go build.
var version = "dev"

type versionCmd struct{}

// Run prints one line.
func (versionCmd) Run(w *world) error {
	_, err := fmt.Fprintln(w.stdout, versionLine())
	return err
}

// versionLine is version, commit, Go and terms version.
func versionLine() string {
	return fmt.Sprintf("anvesh %s commit %s %s terms %d", version, commit(), runtime.Version(), register.TermsVersion)
}

// commit is the revision that the Go tool stamped into the program, or "unknown".
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return "unknown"
}
