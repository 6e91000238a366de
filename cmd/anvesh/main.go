// Command anvesh keeps police and court records findable: it reads IIF updates from Kafka, keeps them in
// Badger, finds them through Bleve shards and answers fuzzy searches for persons and vehicles over HTTP.
//
// This package is wiring: a file per subcommand, each a struct whose fields are its flags and whose Run
// does the work. Flags, ANVESH_ variables and --config FILE (YAML, keys as the flags) meet here and nowhere else.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"anvesh/query/match"
	"anvesh/query/register"
)

// cli is the command line. Exit codes: 0 done, 1 the work failed or found a fault, 2 wrong usage.
type cli struct {
	Config   kong.ConfigFlag `help:"YAML file with any of the flags, such as data: /var/lib/anvesh." placeholder:"FILE"`
	LogLevel string          `help:"What is logged: debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`

	ShowVersion kong.VersionFlag `name:"version" env:"-" help:"Print version, commit, Go and terms version."`

	Demo            demoCmd            `cmd:"" help:"Everything in one process with made-up records: broker, service, page."`
	Serve           serveCmd           `cmd:"" help:"The service: reads the log, answers searches."`
	Load            loadCmd            `cmd:"" help:"Publish IIF updates from NDJSON files."`
	Gen             genCmd             `cmd:"" help:"Made-up IIF updates as NDJSON on standard output."`
	Match           matchCmd           `cmd:"" help:"Match a list of persons or vehicles against a running service."`
	Keys            keysCmd            `cmd:"" help:"Credentials."`
	Audit           auditCmd           `cmd:"" help:"The log of who asked what: prove it, export it."`
	VerifyStatement verifyStatementCmd `cmd:"" help:"Check a signed statement that nobody was found, with the public key and nothing else."`
	Check           checkCmd           `cmd:"" help:"Prove that the store, the shards and what is derived agree."`
	Backup          backupCmd          `cmd:"" help:"Add a part to a backup, also of a running service."`
	Restore         restoreCmd         `cmd:"" help:"Make a store from a backup."`
	Rebuild         rebuildCmd         `cmd:"" help:"Make the shards and what is derived again from the store."`
	Mend            mendCmd            `cmd:"" help:"Put damaged cases right, from a backup, the log and what is left; the service stopped."`
	Destroy         destroyCmd         `cmd:"" help:"Carry out an order to destroy a case or a record; the service stopped. Prints a certificate."`
	Bench           benchCmd           `cmd:"" help:"Measure quality and speed, beside stock Bleve."`
	Version         versionCmd         `cmd:"" help:"Version, commit, Go, terms version."`

	Completion completionCmd `cmd:"" help:"What a shell needs to complete commands and flags."`

	Help helpCmd `cmd:"" help:"Show a command's flags and examples."`
}

// world is what commands work with, so that tests can give them another.
type world struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer // results
	stderr io.Writer // progress and logs
	tty    bool      // stderr is a terminal
	log    *slog.Logger
	serves bool // a service runs, whose progress off a terminal belongs into its log
}

// usageError makes the exit code 2: what was asked for cannot be meant.
type usageError struct{ error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	w := &world{ctx: ctx, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, tty: term.IsTerminal(int(os.Stderr.Fd()))}
	context.AfterFunc(ctx, func() { // a second signal kills
		stop()
		if w.tty {
			fmt.Fprintln(w.stderr, "anvesh: stopping; Ctrl-C once more ends at once")
		}
	})
	os.Exit(run(w, os.Args[1:]))
}

// run is the program but for os.Exit.
func run(w *world, args []string) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c, kong.Name("anvesh"), kong.Description("Find persons and vehicles in police and court records."),
		kong.Configuration(loadConfig), kong.DefaultEnvars("ANVESH"), kong.Vars{"examples": "", "version": versionLine(), "roles": rolesHelp()},
		kong.Writers(w.stdout, w.stderr), kong.Exit(func(code int) { exit = code }), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}), kong.Help(helpWithExamples), kong.ValueFormatter(helpWithDefault))
	if err != nil {
		fmt.Fprintln(w.stderr, "BUG:", err)
		return 1
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if args[0] == "help" { // anvesh help X is anvesh X --help
		args = append(args[1:], "--help")
	}
	k, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err == nil {
		err = checkValues(k)
	}
	if err != nil {
		fmt.Fprintf(w.stderr, "anvesh: %v\n", err)
		return 2
	}
	w.log = newLogger(w, c.LogLevel)
	w.stdin = &untilStopped{ctx: w.ctx, in: w.stdin}
	err = stopped(w, k.Command(), k.Run(w, parser))
	var usage usageError
	var wrongCall match.UsageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage), errors.As(err, &wrongCall):
		fmt.Fprintf(w.stderr, "anvesh: %v\n", err)
		return 2
	}
	fmt.Fprintf(w.stderr, "anvesh: %v\n", err)
	return 1
}

// stopped says in plain words that a command ended because it was told to, or because its time was over.
func stopped(w *world, command string, err error) error {
	command, _, _ = strings.Cut(command, " <")
	switch {
	case err == nil:
		return nil
	case w.ctx.Err() != nil && errors.Is(err, context.Canceled):
		return fmt.Errorf("%s was stopped by Ctrl-C or a signal before it was done", command)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s was given up, as an answer took too long: %s", command,
			strings.TrimSuffix(strings.TrimSuffix(err.Error(), context.DeadlineExceeded.Error()), ": "))
	}
	return err
}

// untilStopped reads in until ctx ends, also while in has nothing to give.
type untilStopped struct {
	ctx  context.Context
	in   io.Reader
	once sync.Once
	pipe *io.PipeReader
}

func (r *untilStopped) Read(p []byte) (int, error) {
	r.once.Do(func() {
		out, in := io.Pipe()
		r.pipe = out
		context.AfterFunc(r.ctx, func() { in.CloseWithError(r.ctx.Err()) })
		go func() {
			_, err := io.Copy(in, r.in)
			in.CloseWithError(err) // nil is the end
		}()
	})
	return r.pipe.Read(p)
}

// newLogger logs text to a terminal and JSON elsewhere.
func newLogger(w *world, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(strings.ToUpper(level))); err != nil {
		l = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: l}
	if w.tty {
		return slog.New(slog.NewTextHandler(w.stderr, o))
	}
	return slog.New(slog.NewJSONHandler(w.stderr, o))
}

// helpCmd stands in the list of commands; run turns it into --help before it is parsed.
type helpCmd struct {
	Command []string `arg:"" optional:"" help:"The command."`
}

// Run is never reached.
func (helpCmd) Run() error { return nil }

// An exampler is a command that has examples, one a line.
type exampler interface{ examples() string }

// lines joins lines, each ended.
func lines(list ...string) string { return strings.Join(list, "\n") + "\n" }

// helpWithDefault adds to a flag's help what it is where it is not given, and its variable.
func helpWithDefault(v *kong.Value) string {
	help := kong.DefaultHelpValueFormatter(v)
	if v.Default == "" || v.Default == "false" || v.Flag == nil || v.Flag.PlaceHolder == "" { // without a placeholder it stands there
		return help
	}
	return strings.TrimSuffix(help, ".") + ", default " + v.Default + "."
}

// helpWithExamples prints the usual help and the command's examples.
func helpWithExamples(o kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(o, ctx); err != nil {
		return err
	}
	if sel := ctx.Selected(); sel != nil && sel.Target.IsValid() {
		if e, ok := sel.Target.Addr().Interface().(exampler); ok {
			fmt.Fprintf(ctx.Stdout, "\nExamples:\n%s", e.examples())
		}
	}
	return nil
}

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
