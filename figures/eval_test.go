//go:build eval

package figures

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/labelled"
	"svidok/words"
)

// TestEvalLabelled measures the figures of whole reports in labelled/, of those that have
// any annotation beside their codes; places and periods are not given. Texts held back
// give totals alone, so that nobody mends rules by them.
func TestEvalLabelled(t *testing.T) {
	files, _ := filepath.Glob("../labelled/*/*.txt")
	if len(files) == 0 {
		t.Fatal("no labelled reports")
	}
	for _, file := range files {
		if strings.Contains(file, "sealed") && os.Getenv("SVIDOK_SEALED") == "" {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		reports, _ := labelled.Parse(src)
		var n [3]int
		for _, r := range reports {
			var gold []string
			annotated := false
			for _, s := range r.Sentences {
				annotated = annotated || len(s.Places)+len(s.Whens)+len(s.Figures)+len(s.Origins) > 0
				for _, f := range s.Figures {
					low, _, _ := strings.Cut(f.Value, "-")
					gold = append(gold, low+" "+f.Operator+" "+f.Kind)
				}
			}
			if !annotated || !r.Open {
				continue
			}
			var c words.Cut
			c.Read(r.Text)
			tp, missed, extra := compare(gold, Find(nil, Context{Cut: &c, Language: r.Language}))
			n[0], n[1], n[2] = n[0]+tp, n[1]+len(missed), n[2]+len(extra)
			if strings.Contains(file, "train") && len(missed)+len(extra) > 0 {
				t.Logf("%s: missed %q extra %q", r.ID, missed, extra)
			}
		}
		if n[0]+n[1]+n[2] > 0 {
			t.Logf("%s: found %d, missed %d, extra %d, F1 %.3f", file, n[0], n[1], n[2], f1(n))
		}
	}
}
