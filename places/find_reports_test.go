//go:build eval

package places

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/words"
)

// labelledSentence is one sentence of a labelled report, where it lies in the text, and
// the places that it is labelled with.
type labelledSentence struct {
	start, end int
	ids        []string
}

// TestEvalReports measures the finder on whole labelled reports that annotate places
// (files named by SVIDOK_REPORTS, a pattern). It shows numbers alone, so that reports held
// back stay unseen. Counted are the sentences that any place is labelled in; a unit that
// contains a labelled place may be named as well.
func TestEvalReports(t *testing.T) {
	files, err := filepath.Glob(os.Getenv("SVIDOK_REPORTS"))
	if err != nil || len(files) == 0 {
		t.Skip("SVIDOK_REPORTS names no file")
	}
	byLang := map[string]*tally{"uk": {}, "ru": {}, "en": {}}
	beside := 0
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for one := range strings.SplitSeq("\n"+string(raw), "\n# ") {
			lang := one[:min(2, len(one))]
			if byLang[lang] == nil {
				continue
			}
			beside += scoreReport(byLang[lang], one)
		}
	}
	for lang, one := range byLang {
		t.Logf("%s: %v", lang, *one)
	}
	t.Logf("places of acts found in sentences that are labelled with none: %d", beside)
}

func scoreReport(score *tally, report string) (beside int) {
	var text strings.Builder
	var sentences []labelledSentence
	title := ""
	for k, line := range strings.Split(report, "\n") {
		switch {
		case k == 0:
		case strings.HasPrefix(line, "! "):
			title = line[2:]
		case strings.HasPrefix(line, "@place ") && len(sentences) > 0:
			_, id, _ := strings.Cut(line, "|")
			if id = strings.TrimSpace(id); strings.HasPrefix(id, "UA") {
				s := &sentences[len(sentences)-1]
				s.ids = append(s.ids, id)
			}
		case strings.HasPrefix(line, "@"):
		case line == "":
			text.WriteString("\n\n")
		default:
			if _, sentence, ok := strings.Cut(line, " | "); ok {
				start := text.Len()
				text.WriteString(sentence)
				sentences = append(sentences, labelledSentence{start: start, end: text.Len()})
				text.WriteString(" ")
			}
		}
	}
	var c words.Cut
	c.Read(text.String())
	found := Default().Find(&c, title, Hint{})
	for _, s := range sentences {
		beside += scoreSentence(score, s, found)
	}
	return beside
}

func scoreSentence(score *tally, s labelledSentence, found []Mention) (beside int) {
	g := Default()
	got := map[string]bool{}
	for _, m := range found {
		if m.Start >= s.start && m.End <= s.end && m.Role == RoleAct && m.Place != nil {
			got[m.Place.ID] = true
		}
	}
	if len(s.ids) == 0 {
		return len(got)
	}
	want := map[string]bool{}
	for _, id := range s.ids {
		want[id] = true
		if got[id] {
			score.right++
		} else {
			score.missed++
		}
	}
	for id := range got {
		i, _ := g.Lookup(id)
		contains := false
		for w := range want {
			if j, ok := g.Lookup(w); ok && g.Within(j, i) {
				contains = true
			}
		}
		if !want[id] && !contains {
			score.wrong++
		}
	}
	return 0
}
