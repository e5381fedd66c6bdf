package main

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"svidok/evidence"
)

//go:embed messages/*.json
var messageFiles embed.FS

// messages are the words of one language. A missing key would be a defect that
// TestMessages finds, so it shows itself as the key.
type messages struct {
	lang string
	text map[string]string
}

func newMessages(lang string) messages {
	m := messages{lang: lang, text: map[string]string{}}
	b, err := messageFiles.ReadFile("messages/" + lang + ".json")
	if err == nil {
		err = json.Unmarshal(b, &m.text)
	}
	if err != nil {
		m.text["broken"] = err.Error()
	}
	return m
}

func (m messages) s(key string) string {
	if s, ok := m.text[key]; ok {
		return s
	}
	return key
}

func (m messages) f(key string, args ...any) string { return fmt.Sprintf(m.s(key), args...) }

// sentinels in the order in which an error is explained and hinted at.
func sentinels() []struct {
	err error
	key string
} {
	return []struct {
		err error
		key string
	}{
		{evidence.ErrFull, "full"}, {evidence.ErrTampered, "tampered"}, {evidence.ErrBusy, "busy"}, {context.Canceled, "interrupted"},
		{evidence.ErrRefused, "refused"},
		{evidence.ErrLimit, "limit"}, {evidence.ErrPartial, "partial"}, {evidence.ErrNotFound, "not-found"}, {evidence.ErrFormat, "format"},
		{evidence.ErrUsage, "usage"},
	}
}

// explain puts the error's kind, in the person's language, before its details, and does
// not say the kind a second time behind them.
func (m messages) explain(err error) string {
	for _, s := range sentinels() {
		if errors.Is(err, s.err) {
			if s.err == context.Canceled { // the rest would only say so again
				return m.s("error-" + s.key)
			}
			return m.s("error-"+s.key) + ": " + strings.TrimSuffix(err.Error(), ": "+s.err.Error())
		}
	}
	return err.Error()
}

// advice is what the person may do next: the error's own hint, in the person's language
// where it has been translated, or the general one of its kind.
func (m messages) advice(err error) string {
	if h := m.hintOf(err); h != "" {
		return h
	}
	return m.hint(err)
}

// hintOf is the error's own hint: other packages speak English.
func (m messages) hintOf(err error) string {
	return evidence.HintIn(err, func(format string) string { return cmp.Or(m.text["hint: "+format], format) })
}

// hint is the general next step for a kind of error.
func (m messages) hint(err error) string {
	for _, s := range sentinels() {
		if errors.Is(err, s.err) {
			return m.text["hint-"+s.key]
		}
	}
	return ""
}

func languages() []string { return []string{"en", "uk", "ru"} }

// languageOf takes --lang out of the arguments, wherever it stands, or finds the
// language in the environment.
func languageOf(args []string, getenv func(string) string) (string, []string, error) {
	var rest []string
	asked := ""
	for i := 0; i < len(args); i++ {
		v, ok := strings.CutPrefix(args[i], "--lang=")
		switch {
		case args[i] == "--":
			rest = append(rest, args[i:]...)
			i = len(args)
		case ok:
			asked = v
		case args[i] == "--lang" && i+1 < len(args):
			asked = args[i+1]
			i++
		default:
			rest = append(rest, args[i])
		}
	}
	if asked != "" {
		for _, l := range languages() {
			if l == asked {
				return l, rest, nil
			}
		}
		return "en", rest, fmt.Errorf("--lang %s: want one of %s: %w", asked, strings.Join(languages(), ", "), evidence.ErrUsage)
	}
	for _, name := range []string{"SVIDOK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			for _, l := range languages() {
				if strings.HasPrefix(v, l) {
					return l, rest, nil
				}
			}
			return "en", rest, nil
		}
	}
	return "en", rest, nil
}

// overview is the help of the whole program.
func overview(say messages) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", say.s("overview"))
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-12s %s\n", c.name, say.s("short-"+c.name))
	}
	fmt.Fprintf(&b, "\n%s\n", say.s("overview-end"))
	return b.String()
}

// helpOf is the help of one command.
func helpOf(say messages, c command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "svidok %s %s\n\n%s\n", c.name, say.s("args-"+c.name), say.s("short-"+c.name))
	if long := say.text["long-"+c.name]; long != "" {
		fmt.Fprintf(&b, "\n%s\n", long)
	}
	set := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	set.Bool("json", false, "")
	if c.flags != nil {
		c.flags(set)
	}
	fmt.Fprintln(&b)
	set.VisitAll(func(f *pflag.Flag) {
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if f.Value.Type() != "bool" {
			name += " …"
		}
		text := say.text["flag-"+c.name+"-"+f.Name]
		if text == "" {
			text = say.s("flag-" + f.Name)
		}
		fmt.Fprintf(&b, "  %-28s %s\n", name, text)
	})
	fmt.Fprintf(&b, "  %-28s %s\n", "    --lang en|uk|ru", say.s("flag-lang"))
	return b.String()
}

func help(t terminal, say messages, args []string) int {
	if len(args) == 0 {
		fmt.Fprint(t.Out, overview(say))
		return exitOK
	}
	for _, c := range commands() {
		if c.name == args[0] {
			fmt.Fprint(t.Out, helpOf(say, c))
			return exitOK
		}
	}
	return report(t, say, "", unknown(say, args[0]))
}

func unknown(say messages, name string) error {
	return evidence.WithHint(fmt.Errorf("%s: %w", say.f("unknown-command", name), evidence.ErrUsage), "%s", say.f("see-help", "svidok help"))
}
