package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// Every message exists in every language, takes the same arguments, and is used.
func TestMessages(t *testing.T) {
	verb := regexp.MustCompile(`%[^%a-z]*[a-z]`)
	en := newMessages("en")
	if len(en.text) < 50 {
		t.Fatalf("%d messages", len(en.text))
	}
	for _, lang := range languages() {
		m := newMessages(lang)
		for key, text := range en.text {
			if m.text[key] == "" {
				t.Errorf("%s lacks %q", lang, key)
			} else if !slices.Equal(verb.FindAllString(m.text[key], -1), verb.FindAllString(text, -1)) {
				t.Errorf("%s %q takes other arguments: %q", lang, key, m.text[key])
			}
		}
		if len(m.text) != len(en.text) {
			t.Errorf("%s has %d messages, en %d", lang, len(m.text), len(en.text))
		}
	}
	source := sourceText(t)
	for key := range en.text {
		if !strings.Contains(source, `"`+key+`"`) && !madeKey(key) {
			t.Errorf("%q is used nowhere", key)
		}
	}
}

// madeKey: keys that the program puts together.
func madeKey(key string) bool {
	for _, prefix := range []string{"short-", "args-", "long-", "flag-", "error-", "hint-", "hint: ", "gate-", "receipt-", "none-", "hollow-", "outcome-", "source-", "visit-", "likeness-", "custody-"} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

func sourceText(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(src)
	}
	return b.String()
}

// Every command and every flag is explained in every language.
func TestEveryCommandIsExplained(t *testing.T) {
	for _, lang := range languages() {
		m := newMessages(lang)
		for _, c := range commands() {
			for _, key := range []string{"short-" + c.name, "args-" + c.name} {
				if m.text[key] == "" {
					t.Errorf("%s lacks %q", lang, key)
				}
			}
			set := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
			if c.flags != nil {
				c.flags(set)
			}
			set.VisitAll(func(f *pflag.Flag) {
				if m.text["flag-"+f.Name] == "" && m.text["flag-"+c.name+"-"+f.Name] == "" {
					t.Errorf("%s does not explain --%s of %s", lang, f.Name, c.name)
				}
			})
		}
	}
}

// A hint that the messages translate is still given somewhere, in these very words.
func TestTranslatedHintsAreGiven(t *testing.T) {
	var source strings.Builder
	for _, dir := range []string{"archive", "intake", "reading", "fetching", "telegram", "crosscapture"} {
		files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(files), err)
		}
		for _, f := range files {
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(src)
		}
	}
	for key := range newMessages("en").text {
		if hint, ok := strings.CutPrefix(key, "hint: "); ok && !strings.Contains(source.String(), `"`+hint+`"`) {
			t.Errorf("nobody gives the hint %q", hint)
		}
	}
}
