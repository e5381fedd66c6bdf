package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"svidok/evidence"
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

// A hint that any room gives has its words in every language, and the messages hold no
// others: a person is told what to do in their own language, whichever room says it.
func TestHintsAreTranslated(t *testing.T) {
	given := map[string]bool{}
	for _, f := range sourceFiles(t, filepath.Join("..", "..")) {
		tree, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 || nameOf(call.Fun) != "WithHint" {
				return true
			}
			words, ok := call.Args[1].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: a hint that is no sentence there and then is not found among the messages", f)
				return true
			}
			if hint, err := strconv.Unquote(words.Value); err != nil || hint != "%s" { // "%s": in the person's language already
				given[hint] = true
			}
			return true
		})
	}
	if len(given) < 60 {
		t.Fatalf("%d hints", len(given))
	}
	known := newMessages("en").text // TestMessages holds the other languages to it
	for hint := range given {
		if known["hint: "+hint] == "" {
			t.Errorf("not translated: %q", hint)
		}
	}
	for key := range known {
		if hint, ok := strings.CutPrefix(key, "hint: "); ok && !given[hint] {
			t.Errorf("nobody gives the hint %q", hint)
		}
	}
}

func nameOf(fun ast.Expr) string {
	switch x := fun.(type) {
	case *ast.SelectorExpr:
		return x.Sel.Name
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// sourceFiles are the Go files of the program, without tests.
func sourceFiles(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && p != root) {
			return fs.SkipDir
		}
		if strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Every number that an act of custody carries has its words, at the terminal and on the desk.
func TestCountsOfCustodyHaveWords(t *testing.T) {
	desk, err := os.ReadFile(filepath.Join("..", "..", "web", "messages", "en.json"))
	if err != nil {
		t.Fatal(err)
	}
	terminal, found := newMessages("en").text, 0
	for _, f := range sourceFiles(t, filepath.Join("..", "..")) {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\{Name: "([a-z]+)", N: `).FindAllSubmatch(src, -1) {
			found++
			if name := string(m[1]); terminal["custody-count-"+name] == "" || !strings.Contains(string(desk), `"count.`+name+`"`) {
				t.Errorf("%s: no words for the count %q", f, name)
			}
		}
	}
	if found < 8 {
		t.Errorf("%d counts", found)
	}
}

// The arguments of a hint are filled into its words in any language.
func TestHintInAnotherLanguage(t *testing.T) {
	err := fmt.Errorf("outside: %w", evidence.WithHint(evidence.ErrTampered, "restore %s from a mirror", "000001.warc.gz"))
	for lang, want := range map[string]string{"en": "restore 000001.warc.gz from a mirror", "uk": "відновіть 000001.warc.gz із копії", "ru": "восстановите 000001.warc.gz из копии"} {
		if got := newMessages(lang).advice(err); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
}
