// Command svidok-verify verifies a dossier of Svidok (a zip or an unpacked folder) or a
// whole case folder, offline. It is the verifier alone, for a stranger: it writes nothing,
// asks nobody, and needs no other part of Svidok. docs/verify.md says what each check means.
//
// Exit code 0: every check passed; 1: one failed; 2: wrong usage.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"svidok/dossier"
)

const usage = `usage: svidok-verify [--json] [--key KEY|FILE] [--against CHECKPOINT] [--roots CERTIFICATES] [--witness KEY]… [--lang en|uk|ru] BUNDLE|FOLDER|CASE
`

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	cancel()
	os.Exit(code)
}

func run(ctx context.Context, args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("svidok-verify", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.Usage = func() { fmt.Fprint(errs, usage); flags.PrintDefaults() }
	asJSON := flags.Bool("json", false, "one JSON object a line")
	opt := dossier.Options{At: time.Now()}
	flags.StringVar(&opt.Key, "key", "", "the public key that must have signed: the key itself, or a file with it")
	against := flags.String("against", "", "an older signed checkpoint, kept elsewhere: what is there now must extend it")
	roots := flags.String("roots", "", "root certificates (PEM) that chains of time-stamps must lead to")
	flags.Func("witness", "the verifier key of a witness that must have cosigned; may stand more than once", func(s string) error { opt.Witnesses = append(opt.Witnesses, s); return nil })
	flags.StringVar(&opt.Language, "lang", "en", "language of the words: en, uk or ru")
	if flags.Parse(args) != nil {
		return 2
	}
	if flags.NArg() != 1 || opt.Language != "en" && opt.Language != "uk" && opt.Language != "ru" {
		flags.Usage()
		return 2
	}
	if b, err := os.ReadFile(opt.Key); err == nil {
		opt.Key = string(b)
	}
	for into, name := range map[*[]byte]string{&opt.Against: *against, &opt.Roots: *roots} {
		var err error
		if name != "" {
			*into, err = os.ReadFile(name)
		}
		if err != nil {
			fmt.Fprintln(errs, err)
			return 2
		}
	}
	return verify(ctx, flags.Arg(0), opt, *asJSON, out, errs)
}

func verify(ctx context.Context, name string, opt dossier.Options, asJSON bool, out, errs io.Writer) int {
	info, err := os.Stat(name)
	if err != nil {
		fmt.Fprintln(errs, err)
		return 2
	}
	checks := dossier.Verify(ctx, os.DirFS(name), opt)
	if !info.IsDir() {
		f, err := os.Open(name)
		if err != nil {
			fmt.Fprintln(errs, err)
			return 2
		}
		defer f.Close()
		checks = dossier.VerifyZip(ctx, f, info.Size(), opt)
	}
	code := 0
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for c := range checks {
		if c.Status == dossier.Failed {
			code = 1
		}
		if asJSON {
			err = enc.Encode(c)
		} else {
			_, err = fmt.Fprintf(out, "%-6s  %-12s  %s\n", c.Status, c.Name, c.Detail)
		}
		if err != nil {
			fmt.Fprintln(errs, err)
			return 1
		}
	}
	fmt.Fprintln(errs, dossier.Verdict(opt.Language, code == 0))
	return code
}
