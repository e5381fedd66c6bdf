package coding_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"svidok/coding"
)

func book(t testing.TB) *coding.Codebook {
	t.Helper()
	b, problems := coding.Compile(coding.Builtin())
	for _, p := range problems {
		t.Errorf("%d:%d: %s", p.Line, p.Column, p.Message)
	}
	if b == nil {
		t.FailNow()
	}
	return b
}

// ruled is the book without what it has learned: its patterns and rules alone, as they
// count in a book of the user's own.
func ruled(t testing.TB) *coding.Codebook {
	t.Helper()
	none, err := coding.Decode(nil)
	if err != nil {
		t.Fatal(err)
	}
	return book(t).With(none)
}

func TestBuiltinCompiles(t *testing.T) {
	begin := time.Now()
	b := book(t)
	t.Logf("compiled in %v", time.Since(begin))
	if n := len(b.Codes()); n != 98 {
		t.Errorf("%d codes, want 97", n)
	}
	if n := len(b.Groups()); n != 14 {
		t.Errorf("%d groups, want 14", n)
	}
}

// small is a codebook with one code; %s is where tests put what they test.
const small = `codebook: test
version: '1'
languages:
- en
sensitivity_levels:
  open: o
  restricted: r
  closed: c
concepts:
  men:
    en:
    - 'man|men'
groups:
- id: MTH
  name:
    en: Method
codes:
- id: MTH.ROUNDUP
  group: MTH
  tier: core
  sensitivity: open
  name:
    en: Round-up
  definition: Men are rounded up.
  indicators:
    en:
    - %s
gates:
  territory:
    en:
    - 'donetsk'
  own_state_draft:
    en:
    - 'tcc'
  russia_proper:
    en:
    - 'moscow'
modality_cues:
  negated:
    en:
    - 'not'
  planned:
    en:
    - 'will'
  denied:
    en:
    - 'denied'
  hedged:
    en:
    - 'allegedly'
  conditional:
    en:
    - 'if'
  advice:
    en:
    - 'should'
`

func bookWith(pattern string) string { return fmt.Sprintf(small, pattern) }

// Each pattern means what the pattern language says it means.
func TestPatternLanguage(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{`'raid'`, "A raid in Donetsk.", true},
		{`'raid'`, "Many raids in Donetsk.", false},
		{`'raid*'`, "Many raids in Donetsk.", true},
		{`'*aids'`, "Many raids in Donetsk.", true},
		{`'*aids'`, "A raid in Donetsk.", false},
		{`'RAID*'`, "Many Raids in Donetsk.", true},
		{`'sweep|raid'`, "A raid in Donetsk.", true},
		{`'#num $men'`, "They took 1 200 men in Donetsk.", true},
		{`'#num $men'`, "They took twenty men in Donetsk.", false},
		{`'men taken'`, "In Donetsk men taken away.", true},
		{`'men taken'`, "In Donetsk men were taken away.", false},
		{`'men ~1 taken'`, "In Donetsk men were taken away.", true},
		{`'men ~1 taken'`, "In Donetsk men have been taken away.", false},
		{`'men ~2 taken ~1 night'`, "In Donetsk men have been taken at night.", true},
		{`'men ~2 taken ~1 night'`, "In Donetsk men have been taken in the night.", false},
		{`'taken men'`, "In Donetsk men taken away.", false},
		{`'[taken men]~2'`, "In Donetsk men were taken away.", true},
		{`'[taken men]~1'`, "In Donetsk men were taken away.", false},
		{`'[men men]~5'`, "In Donetsk men were taken.", false},
		{`'[men men]~5'`, "In Donetsk men took men.", true},
		{`'[taken $men night]~6'`, "At night in Donetsk a man was taken.", true},
		{`'[taken $men night]~6'`, "In Donetsk a man was taken.", false},
		{`'round_up'`, "They round up men in Donetsk.", true},
		{`'[round*_up men]~4'`, "They rounded up men in Donetsk.", true},
		{`'[round*_up men]~4'`, "They rounded men up in Donetsk.", false},
		{`'^ men'`, "Men were taken in Donetsk.", true},
		{`'^ men'`, "The men were taken in Donetsk.", false},
		{`'raid !weapons'`, "A raid in Donetsk.", true},
		{`'raid !weapons'`, "A raid for weapons in Donetsk.", false},
		{`'raid !weapons'`, "A raid in Donetsk where no one at all had looked for weapons.", true},
		{`'50 %'`, "They took 50 % in Donetsk.", true},
		{`'can''t'`, "They can’t leave Donetsk.", true},
		{`'men taken'`, "In Donetsk there are men. Taken away.", false},
	} {
		b, problems := coding.Compile(fmt.Appendf(nil, small, c.pattern))
		if b == nil {
			t.Errorf("%s: %v", c.pattern, problems)
			continue
		}
		if got := len(b.Code(coding.Input{Text: c.text}).Statements) == 1; got != c.want {
			t.Errorf("%s on %q: %v, want %v", c.pattern, c.text, got, c.want)
		}
	}
}

func TestBadPatterns(t *testing.T) {
	for pattern, want := range map[string]string{
		`'men ~x taken'`:      "27:12: bad pattern: a gap is ~N",
		`'men ~2'`:            "27:14: bad pattern: the pattern ends in a gap",
		`'~2 men'`:            "27:8: bad pattern: a gap stands between",
		`'[men taken]'`:       "27:13: bad pattern: a window ends in ]~N",
		`'[men taken]~99'`:    "27:19: bad pattern: after ] comes ~N",
		`'[men]~3'`:           "27:8: bad pattern: a window holds 2 to 8 terms",
		`'[men ~2 taken]~3'`:  "27:13: bad pattern: inside a window no ~N",
		`'men||taken'`:        "27:12: bad pattern: an alternative is empty",
		`'*'`:                 "27:8: bad pattern: a word is missing",
		`'m*n'`:               "27:9: bad pattern: \"*\" cannot stand in a word",
		`'bus-stop'`:          "27:11: bad pattern: \"-\" cannot stand in a word",
		`'$nobody'`:           "27:8: bad pattern: $nobody is no concept",
		`'(men)'`:             "27:8: bad pattern: \"(\" cannot stand in a word",
		`''`:                  "27:7: a pattern is empty",
		`[men]`:               "27:7: a pattern must be text",
		`'a b c d e f g h i'`: "27:8: bad pattern: a pattern holds 1 to 8 terms, this one 9",
	} {
		b, problems := coding.Compile(fmt.Appendf(nil, small, pattern))
		if b != nil || len(problems) == 0 {
			t.Errorf("%s: accepted", pattern)
			continue
		}
		got := fmt.Sprintf("%d:%d: %s", problems[0].Line, problems[0].Column, problems[0].Message)
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s; want %s…", pattern, got, want)
		}
	}
}

// Every fault of the file is named at its line and column, all of them at once.
func TestFaultsOfTheFile(t *testing.T) {
	good := fmt.Sprintf(small, `'raid'`)
	if b, problems := coding.Compile([]byte(good)); b == nil {
		t.Fatal(problems)
	}
	for _, c := range []struct{ old, new, want string }{
		{"codebook: test\n", "", `1:1: the codebook lacks the key "codebook"`},
		{"  tier: core\n", "", `18:3: a code lacks the key "tier"`},
		{"tier: core", "tier: major", `20:9: tier is "major"; it must be one of core, extended`},
		{"tier: core", "teir: core", `20:3: unknown key "teir" in a code; known are`},
		{"sensitivity: open", "sensitivity: secret", `21:16: sensitivity is "secret"`},
		{"  group: MTH", "  group: XYZ", `19:10: unknown group "XYZ"`},
		{"- id: MTH.ROUNDUP", "- id: roundup", `18:7: "roundup" is no code`},
		{"- id: MTH\n  name:\n    en: Method\n", "- id: MTH\n  name:\n    en: A\n- id: MTH\n  name:\n    en: B\n", `17:7: the group "MTH" stands twice`},
		{"    en: Round-up\n", "    en: Round-up\n    uk: Облава\n", `24:5: unknown key "uk"`},
		{"codebook: test", "codebook: test\ncodebook: again", `2:1: "codebook" stands twice`},
		{"version: '1'", "version: &v '1'", `2:10: anchors and aliases`},
		{"version: '1'", "version: !x '1'", `2:10: tags (!) are not allowed`},
		{"version: '1'", "version: '1", `not YAML`},
		{"version: '1'", "version: ['1']", `2:10: version must be text`},
		{"codes:\n", "codes: none\nrest:\n", `17:8: codes must be a list`},
		{"  negated:\n    en:\n    - 'not'\n", "", `39:3: modality_cues lacks the key "negated"`},
		{"  territory:\n", "  teritory:\n", `unknown key "teritory" in gates`},
		{"  closed: c\n", "", `6:3: sensitivity_levels lacks the key "closed"`},
		{"  men:\n", "  Men:\n", `10:3: "Men" is no name of a concept`},
		{"- en\n", "- english\n", `4:3: "english" is no language code`},
	} {
		if !strings.Contains(good, c.old) {
			t.Fatalf("the test's own text lacks %q", c.old)
		}
		b, problems := coding.Compile([]byte(strings.Replace(good, c.old, c.new, 1)))
		if b != nil {
			t.Errorf("%q: accepted", c.new)
			continue
		}
		var all []string
		for _, p := range problems {
			all = append(all, fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Message))
		}
		if !strings.Contains(strings.Join(all, "\n"), c.want) {
			t.Errorf("%q:\n%s\nwant %s…", c.new, strings.Join(all, "\n"), c.want)
		}
	}
}

func TestDuplicateCode(t *testing.T) {
	good := fmt.Sprintf(small, `'raid'`)
	from, to := strings.Index(good, "- id: MTH.ROUNDUP"), strings.Index(good, "gates:")
	b, problems := coding.Compile([]byte(good[:to] + good[from:to] + good[to:]))
	if b != nil || len(problems) != 1 || problems[0].Line != 28 || problems[0].Column != 7 ||
		!strings.Contains(problems[0].Message, `the code "MTH.ROUNDUP" stands twice`) {
		t.Errorf("%+v", problems)
	}
}

// Files made to exhaust memory or the stack are refused quickly.
func TestHostileFiles(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'i'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), ","))
	}
	for name, src := range map[string]string{
		"aliases":        bomb,
		"too large":      strings.Repeat("# nothing\n", 1<<19),
		"deep flow":      strings.Repeat("[", 50000),
		"deep block":     strings.Repeat("- ", 5000) + "x",
		"many values":    "[" + strings.Repeat("a,", 300000) + "a]",
		"empty":          "",
		"only a comment": "# nothing\n",
		"binary":         "\x00\x01\x02",
		"not UTF-8":      "codebook: \xff\xfe",
		"two documents":  fmt.Sprintf(small, `'raid'`) + "---\nx: y\n",
		"wide pattern":   fmt.Sprintf(small, "'"+strings.Repeat("a|", 15000)+"a'"),
	} {
		begin := time.Now()
		b, problems := coding.Compile([]byte(src))
		if b != nil || len(problems) == 0 {
			t.Errorf("%s: accepted", name)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, pattern := range []string{`'raid'`, `'[a b]~3 !c'`, `'^ a ~2 b|c_d*'`, `'#num $men *x'`} {
		f.Add(fmt.Sprintf(small, pattern))
	}
	f.Add("a: &a [*a]")
	f.Add("- - - -")
	f.Fuzz(func(t *testing.T, src string) {
		b, problems := coding.Compile([]byte(src))
		if (b == nil) != (len(problems) > 0) {
			t.Fatalf("book %v, problems %v", b, problems)
		}
		lines := 1 // as YAML counts them
		for _, r := range src {
			if strings.ContainsRune("\n\r\u0085\u2028\u2029", r) {
				lines++
			}
		}
		for _, p := range problems {
			if p.Message == "" || p.Line < 0 || p.Line > lines+1 || p.Column < 0 {
				t.Fatalf("problem %+v in %d lines", p, lines)
			}
		}
		if b != nil {
			text := "In Donetsk men will not be taken 100 if a raid, allegedly."
			anchored(t, text, b.Code(coding.Input{Text: text}))
		}
	})
}

// FuzzPattern puts any text in the place of a pattern.
func FuzzPattern(f *testing.F) {
	for _, p := range []string{"raid", "[men $men]~2", "a ~1 b !c|d", "^ x_y*", "*z", "#num %"} {
		f.Add(p, "In Donetsk a raid, men, men. 100 %")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if strings.ContainsAny(pattern, "\n\r") {
			return
		}
		b, problems := coding.Compile(fmt.Appendf(nil, small, "'"+strings.ReplaceAll(pattern, "'", "''")+"'"))
		if (b == nil) != (len(problems) > 0) {
			t.Fatalf("book %v, problems %v", b, problems)
		}
		if b != nil {
			anchored(t, text, b.Code(coding.Input{Text: text}))
		}
	})
}
