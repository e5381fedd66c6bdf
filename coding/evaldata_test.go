//go:build eval

package coding_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"svidok/coding"
	"svidok/evidence"
)

// The news text that the project began with says these things, at these words, and none
// of those.
func TestEvalNewsText(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(dataDir(t), "reports", "calling-up-men-in-occupied-areas.txt"))
	if err != nil {
		t.Fatal(err)
	}
	title, text, _ := strings.Cut(string(raw), "\n")
	res := book(t).Code(coding.Input{Title: title, Text: text})
	anchored(t, text, res)
	if res.Gate == evidence.GateBlocked {
		t.Errorf("gate %s", res.Gate)
	}
	want := map[string]string{
		"MTH.ID_PATROL": "patrols", "MTH.SUMMONS_STREET": "draft summonses", "DUE.NO_PAPERS": "without any paperwork",
		"MED.NO_EXAM": "abolished physical exams", "MED.SICK_CALLED": "chronic diseases", "MTH.HOUSE_ROUND": "apartment blocks",
		"PLC.SHOP_MARKET": "in shops", "MTH.AID_QUEUE": "drinking water", "EXM.AGE_OVER": "age and health", "EXM.CHILDREN": "number of children",
		"COE.BEATING": "severely beaten", "QTY.CUMULATIVE": "100,000", "FAT.UNCOUNTED": "death toll", "USE.FRONT_EXPENDABLE": "cannon fodder",
		"EVD.HIDING": "forced to hide", "PLC.RESIDENCE": "apartment blocks", "PLC.SERVICE_POINT": "drinking water", "PLC.STREET": "in the street",
	}
	// What the text also says, and a reader may or may not code.
	also := map[string]bool{"ACT.OCC_ADMIN": true, "ACT.COMMISSARIAT": true, "ACT.MILITARY": true, "COE.DETAINED": true, "MED.SICK_CALLED": true}
	for code, words := range want {
		found := false
		for _, s := range res.Statements {
			found = found || s.Code == code && s.Modality == evidence.Occurred && strings.Contains(s.Quote, words)
		}
		if !found {
			t.Errorf("%s is not found at %q", code, words)
		}
	}
	wrong := 0
	for _, s := range res.Statements {
		if words, ok := want[s.Code]; (!ok || !strings.Contains(s.Quote, words)) && !also[s.Code] {
			wrong++
			t.Logf("%s (%s) is not said by %q", s.Code, s.Modality, s.Quote)
		}
	}
	if wrong > 4 { // what one in three is right of is suggested: a person strikes out
		t.Errorf("%d statements that the text does not make", wrong)
	}
}

func posts(tb testing.TB) []string {
	names, err := filepath.Glob(filepath.Join(os.Getenv("SVIDOK_POSTS"), "*.json"))
	if err != nil || len(names) == 0 {
		tb.Skip("set SVIDOK_POSTS to the unpacked folder of channel posts")
	}
	var out []string
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		var list []struct {
			Text string `json:"text"`
		}
		if err := json.Unmarshal(raw, &list); err != nil {
			tb.Fatal(err)
		}
		for _, p := range list {
			out = append(out, p.Text)
		}
	}
	return out
}

// BenchmarkEvalPosts codes real channel posts, most of which speak of other things.
func BenchmarkEvalPosts(b *testing.B) {
	cb := book(b)
	texts := posts(b)
	i, n := 0, 0
	for b.Loop() {
		n += len(cb.Code(coding.Input{Text: texts[i%len(texts)]}).Statements)
		i++
	}
	b.ReportMetric(float64(n)/float64(i), "statements/op")
}
