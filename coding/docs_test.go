package coding_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/coding"
	"svidok/evidence"
)

// The guide's example is a codebook that compiles and does what the guide says.
func TestGuideExample(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "docs", "codebook.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(raw), "```yaml\n")
	src, _, ok2 := strings.Cut(rest, "```")
	if !ok || !ok2 {
		t.Fatal("the guide has no example")
	}
	b, problems := coding.Compile([]byte(src))
	if b == nil {
		t.Fatal(problems)
	}
	for text, want := range map[string]evidence.Modality{
		"У Маріуполі облава.":                                            evidence.Occurred,
		"У Маріуполі буде облава.":                                       evidence.Planned,
		"A sweep for men in Donetsk.":                                    evidence.Occurred,
		"They denied that men were swept up: a sweep of men in Donetsk.": evidence.Denied,
		"У Маріуполі облава на рибу.":                                    "",
	} {
		if got := modalityOf(b.Code(coding.Input{Text: text}), "MTH.ROUNDUP"); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
