package labelled

import (
	"os"
	"path/filepath"
	"testing"

	"svidok/evidence"
)

const sample = `# uk 2023-05-04 open newsroom a001
! Назва
MTH.SUMMONS_STREET PLC.SHOP_MARKET=planned | В окупованій Макіївці роздавали повістки.
@place Макіївці UA14120110010012345
@figure 300 at_least conscripted | роздавали
- | Погода тепла.

@origin ГУР | тепла
COE.BEATING | Новий абзац.

# en - blocked mixed a002
- | One.
`

func TestParse(t *testing.T) {
	reports, problems := Parse([]byte(sample))
	if len(problems) != 0 || len(reports) != 2 {
		t.Fatalf("%d reports, problems %v", len(reports), problems)
	}
	r := reports[0]
	if r.Text != "В окупованій Макіївці роздавали повістки. Погода тепла.\n\nНовий абзац." || r.Title != "Назва" || !r.Open || reports[1].Open {
		t.Errorf("%+v", r)
	}
	if got := r.Text[r.Sentences[2].Start:r.Sentences[2].End]; got != "Новий абзац." || r.Sentences[2].Paragraph != 1 {
		t.Errorf("%q in paragraph %d", got, r.Sentences[2].Paragraph)
	}
	if l := r.Sentences[0].Codes[1]; l.Code != "PLC.SHOP_MARKET" || l.Modality != evidence.Planned {
		t.Errorf("%+v", l)
	}
	if p := r.Sentences[0].Places[0]; p.Words != "Макіївці" || p.ID != "UA14120110010012345" {
		t.Errorf("%+v", p)
	}
}

func TestProblems(t *testing.T) {
	for _, src := range []string{
		"A.B | text", "# uk open x", "# uk 2023-13-01 open newsroom a\n- | x", "# de - open newsroom a\n- | x",
		"# uk - open newsroom a\nA.B=maybe | x", "# uk - open newsroom a\nA.B A.B | x", "# uk - blocked newsroom a\nA.B | x",
		"# uk - open newsroom a\nno bar", "# uk - open newsroom a\n- | x\n@origin Y | z", "# uk - open newsroom a\n| x", "# uk - open newsroom a",
		"# uk - open newsroom a\n- | x\n# uk - open newsroom a\n- | y", "# uk - open newsroom a\n@origin Y | z",
	} {
		if _, problems := Parse([]byte(src)); len(problems) == 0 {
			t.Errorf("no problem in %q", src)
		}
	}
}

// Every file that lies here can be read without a fault.
func TestFiles(t *testing.T) {
	names, err := filepath.Glob("train/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if reports, problems := Parse(src); len(problems) > 0 || len(reports) == 0 {
			t.Errorf("%s: %d reports, %v", name, len(reports), problems)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Fuzz(func(t *testing.T, src []byte) {
		reports, _ := Parse(src)
		for _, r := range reports {
			for _, s := range r.Sentences {
				_ = r.Text[s.Start:s.End]
			}
		}
	})
}
