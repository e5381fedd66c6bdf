// Command svidok preserves reports of forced conscription, reads and codes them, has
// two people judge them and hands them over in a bundle that a stranger verifies.
//
// This room starts and wires: one file per command. The rules at the terminal:
//
//   - results go to standard output, everything else (progress, words, errors) to
//     standard error;
//   - with --json, standard output holds one JSON object a line and nothing else;
//   - exit status: 0 all done, 1 failed, 2 wrong usage, 3 done in part (the rest is
//     named, nothing is lost);
//   - the language of words is --lang, else SVIDOK_LANG, else the locale, else English;
//   - a password is read from SVIDOK_PASSWORD, else asked for at a terminal; it is never
//     an argument.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/pflag"

	"svidok/evidence"
)

// version is what records name as the tool that made them.
const version = "svidok/0.1.0"

// gcPercent trades a little time for memory: with half a million posts in the case an
// ingest stays below a gigabyte, where Go's default lets it grow to 1.1.
const gcPercent = 50

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv})
	stop()
	os.Exit(code)
}

// terminal is what a run has of the world.
type terminal struct {
	In       io.Reader
	Out, Err io.Writer
	Getenv   func(string) string
}

// command is one verb.
type command struct {
	name  string
	flags func(*pflag.FlagSet) // its own flags, may be nil
	run   func(ctx context.Context, c *call) error
	least int // positional arguments
	most  int // -1: any number
}

// call is one use of a command.
type call struct {
	terminal
	name  string
	args  []string
	flags *pflag.FlagSet
	json  bool
	say   messages
}

// commands in the order of the help.
func commands() []command {
	return []command{
		demoCommand(), initCommand(), sealCommand(), mirrorCommand(), addCommand(), watchCommand(), collectCommand(), workCommand(), serveCommand(),
		reportsCommand(), statementsCommand(), eventsCommand(), figuresCommand(),
		sourcesCommand(), searchCommand(), settingsCommand(),
		accountCommand(), judgeCommand(), gatherCommand(), recodeCommand(),
		dossierCommand(), verifyCommand(), checkCommand(), stampCommand(), witnessCommand(), crossCommand(), exportCommand(), transferCommand(), acknowledgeCommand(), custodyCommand(), rebuildCommand(),
		readCommand(), codeCommand(), copiesCommand(),
	}
}

// run is the whole program: tests call it too.
func run(ctx context.Context, args []string, t terminal) int {
	lang, args, err := languageOf(args, t.Getenv)
	say := newMessages(lang)
	if err != nil {
		return report(t, say, "", err)
	}
	if len(args) == 0 {
		fmt.Fprint(t.Err, overview(say))
		return exitUsage
	}
	if args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		return help(t, say, args[1:])
	}
	if args[0] == "version" || args[0] == "--version" {
		fmt.Fprintln(t.Out, version)
		return exitOK
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return report(t, say, c.name, start(ctx, c, args[1:], t, say))
		}
	}
	return report(t, say, "", unknown(say, args[0]))
}

func start(ctx context.Context, c command, args []string, t terminal, say messages) error {
	set := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	asJSON := set.Bool("json", false, say.s("flag-json"))
	if c.flags != nil {
		c.flags(set)
	}
	if err := set.Parse(args); err != nil {
		if errors.Is(err, pflag.ErrHelp) {
			fmt.Fprint(t.Out, helpOf(say, c))
			return nil
		}
		return usage(say, c, err.Error())
	}
	n := set.NArg()
	if n < c.least {
		return usage(say, c, say.s("too-few"))
	}
	if c.most >= 0 && n > c.most {
		return usage(say, c, say.f("too-many", set.Arg(c.most)))
	}
	return c.run(ctx, &call{terminal: t, name: c.name, args: set.Args(), flags: set, json: *asJSON, say: say})
}

func usage(say messages, c command, what string) error {
	err := fmt.Errorf("svidok %s: %s: %w", c.name, what, evidence.ErrUsage)
	return evidence.WithHint(err, "%s", say.f("see-help", "svidok help "+c.name))
}

// The exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitPart   = 3
)

// report says an error at the terminal and gives the exit status.
func report(t terminal, say messages, name string, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errSilent) {
		return exitFailed
	}
	fmt.Fprintf(t.Err, "svidok: %s\n", paragraph(say.explain(err)))
	if hint := say.advice(err); hint != "" {
		fmt.Fprintf(t.Err, "  → %s\n", paragraph(hint))
	}
	switch {
	case errors.Is(err, evidence.ErrUsage):
		return exitUsage
	case errors.Is(err, evidence.ErrPartial):
		return exitPart
	}
	return exitFailed
}

// errSilent fails a command whose rows have said everything.
var errSilent = errors.New("failed as said")
