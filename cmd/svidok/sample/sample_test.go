package sample_test

import (
	"bytes"
	"strings"
	"testing"

	"svidok/cmd/svidok/sample"
)

func TestSamplesAreWholeAndMarked(t *testing.T) {
	reports, err := sample.Reports()
	if err != nil {
		t.Fatal(err)
	}
	if len(reports) < 60 {
		t.Fatalf("%d reports, want at least 60", len(reports))
	}
	ids := map[string]sample.Report{}
	languages := map[string]int{}
	for _, r := range reports {
		if _, twice := ids[r.ID]; twice || r.ID == "" {
			t.Errorf("%q: not a unique ID", r.ID)
		}
		ids[r.ID] = r
		languages[r.Language]++
		if r.Date.IsZero() || len(r.Paragraphs) == 0 || r.Gold.Gate == "" {
			t.Errorf("%s: no date, text or gate", r.ID)
		}
		if (r.Gold.Trap != "") == (len(r.Gold.Codes) > 0) {
			t.Errorf("%s: either a trap or codes", r.ID)
		}
		marked := false
		for _, m := range []string{"(зразок)", "(образец)", "(sample)", "(синтетичний канал)", "(синтетический канал)"} {
			marked = marked || strings.HasSuffix(r.Outlet, m)
		}
		if !marked && r.Kind != "text" {
			t.Errorf("%s: outlet %q is not marked as synthetic", r.ID, r.Outlet)
		}
	}
	for _, r := range reports {
		for _, of := range []string{r.Gold.Of, r.Gold.Translation} {
			if _, ok := ids[of]; of != "" && !ok {
				t.Errorf("%s: copy or translation of %q, which is not there", r.ID, of)
			}
		}
	}
	for _, l := range []string{"uk", "ru", "en"} {
		if languages[l] < 20 {
			t.Errorf("%d reports in %s", languages[l], l)
		}
	}
}

func TestFilesAreTheSameEveryTime(t *testing.T) {
	a, err := sample.Files()
	if err != nil {
		t.Fatal(err)
	}
	b, _ := sample.Files()
	if len(a) != len(b) || len(a) == 0 {
		t.Fatalf("%d and %d files", len(a), len(b))
	}
	for i := range a {
		if a[i].Path != b[i].Path || !bytes.Equal(a[i].Data, b[i].Data) {
			t.Errorf("%s differs", a[i].Path)
		}
		if strings.Contains(string(a[i].Data), "ZgotmplZ") {
			t.Errorf("%s: the template refused a value", a[i].Path)
		}
	}
}
