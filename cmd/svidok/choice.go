package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"svidok/archive"
	"svidok/catalog"
	"svidok/evidence"
)

// What a list is asked for must be something that can be: a misspelt code, a place that does
// not exist or the thirtieth of February would find nothing, and look as if there were
// nothing. So every value is checked before anything is listed, and an empty list says that
// it is empty.

// chooseFlags are the flags of lists that choose by what was told.
func chooseFlags(f *flagSet) {
	for _, name := range []string{"place", "since", "until", "origin", "code", "language"} {
		f.String(name, "", "")
	}
}

// unfit is the error for a value of a flag that can be nothing, with what to do.
func (c *call) unfit(flag, value, what, hint string) error {
	return evidence.WithHint(fmt.Errorf("svidok %s: --%s %q: %s: %w", c.name, flag, value, what, evidence.ErrUsage), "%s", hint)
}

// value is what a flag was given, without the spaces around it.
func (c *call) value(flag string) string {
	v, err := c.flags.GetString(flag)
	if err != nil {
		return "" // the command has no such flag
	}
	return strings.TrimSpace(v)
}

// plainChoice reads the flags that can be judged without the case: times and language.
func (c *call) plainChoice() (catalog.Filter, error) {
	f := catalog.Filter{Language: strings.ToLower(c.value("language"))}
	if f.Language != "" && !slices.Contains([]string{"uk", "ru", "en", "other", "und"}, f.Language) {
		return f, c.unfit("language", f.Language, c.say.s("no-language"), c.say.s("hint-language"))
	}
	for _, x := range []struct {
		into        *string
		flag, first string
	}{{&f.Since, "since", ""}, {&f.Until, "until", "since"}, {&f.From, "from", ""}, {&f.To, "to", "from"}} {
		v := c.value(x.flag)
		if v == "" {
			continue
		}
		first, last, ok := daysOf(v)
		if !ok {
			return f, c.unfit(x.flag, v, c.say.s("no-date"), c.say.s("hint-date"))
		}
		*x.into = first
		if x.first == "" {
			continue
		}
		*x.into = last
		if begin, _, ok := daysOf(c.value(x.first)); ok && begin > last {
			return f, c.unfit(x.flag, v, c.say.f("before-first", "--"+x.first), c.say.s("hint-before-first"))
		}
	}
	return f, nil
}

// daysOf reads a date as people write it: 2023-11-01, 01.11.2023, 2023-11, 11.2023 or 2023,
// and returns its first and its last day.
func daysOf(s string) (first, last string, ok bool) {
	for _, x := range []struct {
		layout       string
		years, month int // of which it is the whole
	}{{"2006-1-2", 0, 0}, {"2.1.2006", 0, 0}, {"2006-1", 0, 1}, {"1.2006", 0, 1}, {"2006", 1, 0}} {
		t, err := time.Parse(x.layout, s)
		if err != nil || t.Year() < 1900 || t.Year() > 2200 {
			continue
		}
		end := t
		if x.years+x.month > 0 {
			end = t.AddDate(x.years, x.month, -1)
		}
		return t.Format(time.DateOnly), end.Format(time.DateOnly), true
	}
	return "", "", false
}

// choice reads all flags that choose; what was meant by a name is said in words.
func (c *call) choice(ctx context.Context, a *archive.Archive) (catalog.Filter, error) {
	f, err := c.plainChoice()
	if err != nil {
		return f, err
	}
	if v := c.value("code"); v != "" {
		if f.Code, err = c.codeChoice(ctx, a, v); err != nil {
			return f, err
		}
	}
	if v := c.value("place"); v != "" {
		if f.Places, err = c.placeChoice(ctx, a, v); err != nil {
			return f, err
		}
	}
	if v := c.value("origin"); v != "" {
		f.Origins, err = c.originChoice(ctx, a, v)
	}
	return f, err
}

// none says that nothing was found, and under which flags.
func (c *call) none(what string) {
	var asked []string
	c.flags.Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" {
			asked = append(asked, "--"+f.Name+" "+f.Value.String())
		}
	})
	if len(asked) == 0 {
		c.words("none-" + what)
		return
	}
	c.words("none-such-"+what, strings.Join(asked, " "))
}
