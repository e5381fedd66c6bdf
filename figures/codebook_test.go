package figures

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"svidok/evidence"
)

type claim struct {
	N             int
	Value, High   float64
	Operator      string
	Kind, Unit    string
	From, To      string
	Reach         string
	Scope, URL    string
	Parts         map[string]float64
	Claimant      string
	ConflictsWith int `yaml:"conflicts_with"`
}

// TestCodebookClaims: the claims that are shipped use the words of this package, their
// parts add up, and the phrasings in testdata are those of their rows.
func TestCodebookClaims(t *testing.T) {
	b, err := os.ReadFile("../coding/codebook/figures.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var rows []claim
	if err := yaml.Unmarshal(b, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 34 {
		t.Fatalf("%d rows", len(rows))
	}
	gold := map[string][]string{}
	for _, s := range samples(t, "claims.txt") {
		row, _, _ := strings.Cut(s.name, " ")
		gold[row] = append(gold[row], strings.Join(s.gold, ", "))
	}
	for i, r := range rows {
		if r.N != i+1 || r.Scope == "" || r.URL == "" || r.Claimant == "" || r.ConflictsWith > 34 || r.High != 0 && r.High <= r.Value {
			t.Errorf("row %d: %+v", i+1, r)
		}
		if !strings.Contains(" exact at_least more_than about up_to ", " "+r.Operator+" ") ||
			!strings.Contains(" conscripted mobilised summonses planned killed cases share ", " "+r.Kind+" ") ||
			!strings.Contains(" persons papers cases percent ", " "+r.Unit+" ") || !strings.Contains("  cumulative campaign period as_of ", " "+r.Reach+" ") {
			t.Errorf("row %d: unknown word in %+v", r.N, r)
		}
		var parts []evidence.FigurePart
		for name, v := range r.Parts {
			parts = append(parts, evidence.FigurePart{Name: name, Value: v})
		}
		if flags := CheckParts(r.Value, parts, len(parts) > 0); flags != nil {
			t.Errorf("row %d: %v", r.N, flags)
		}
		phrasings := gold[fmt.Sprint(r.N)]
		if len(phrasings) != 3 {
			t.Errorf("row %d: %d phrasings", r.N, len(phrasings))
		}
		want := fmt.Sprintf("%s %s %s", plain(r.Value), r.Operator, r.Kind)
		for _, p := range phrasings {
			if !strings.Contains(p, want) {
				t.Errorf("row %d: %q where the codebook says %q", r.N, p, want)
			}
		}
	}
}
