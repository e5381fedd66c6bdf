//go:build eval

package coding_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"svidok/coding"
	"svidok/evidence"
)

// dataDir is where the shared data lie: SVIDOK_DATA, or ../shared/data beside the repository.
func dataDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("SVIDOK_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("the shared data are missing: %v; set SVIDOK_DATA", err)
	}
	return dir
}

// tally counts hits, misses and false alarms.
type tally struct{ hit, miss, extra int }

func (c tally) String() string {
	p, r := ratio(c.hit, c.hit+c.extra), ratio(c.hit, c.hit+c.miss)
	f := 0.0
	if p+r > 0 {
		f = 2 * p * r / (p + r)
	}
	return fmt.Sprintf("P %.3f R %.3f F1 %.3f (hit %d, miss %d, extra %d)", p, r, f, c.hit, c.miss, c.extra)
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// score holds the tallies of one file by what they are about.
type score map[string]*tally

func (s score) at(name string) *tally {
	if s[name] == nil {
		s[name] = &tally{}
	}
	return s[name]
}

// beside are the groups that annotate an act (where, who, which unit): a code of them
// that the label does not name is neither right nor wrong.
func beside(code string) bool {
	switch group, _, _ := strings.Cut(code, "."); group {
	case "PLC", "ACT", "TGT", "QTY":
		return true
	}
	return false
}

func evaluate(t *testing.T, b *coding.Codebook, name string) score {
	s := score{}
	for _, l := range readLabelled(t, name) {
		res := b.Code(coding.Input{Text: l.text})
		if fault := l.fault(res); fault != "" {
			t.Logf("%s:%d %s\n\t%s [%s] => %s", name, l.line, fault, l.text, res.Gate, brief(res))
		}
		want := map[string]bool{}
		for _, code := range l.codes {
			want[code] = true
			group, _, _ := strings.Cut(code, ".")
			if modalityOf(res, code) != "" {
				s.at("group "+group).hit++
				s.at("language "+l.language).hit++
				s.at("codes").hit++
			} else {
				s.at("group "+group).miss++
				s.at("language "+l.language).miss++
				s.at("codes").miss++
			}
		}
		for _, st := range res.Statements {
			if want[st.Code] || beside(st.Code) {
				continue
			}
			group, _, _ := strings.Cut(st.Code, ".")
			if l.kind != "TRAP" || st.Gate == evidence.GateOpen {
				s.at("group "+group).extra++
				s.at("language "+l.language).extra++
				s.at("codes").extra++
			}
		}
		s.modality(l, res)
		s.gate(l, res)
	}
	return s
}

func (s score) modality(l labelled, res coding.Result) {
	want := evidence.Occurred
	if m, ok := strings.CutPrefix(l.kind, "MOD:"); ok {
		want = evidence.Modality(m)
	}
	for _, code := range l.codes {
		got := modalityOf(res, code)
		switch {
		case got == "":
		case got == want:
			s.at("modality "+string(want)).hit++
		default:
			s.at("modality "+string(want)).miss++
			s.at("modality "+string(got)).extra++
			if got == evidence.Occurred {
				s.at("told as occurred though it is not").extra++
			}
		}
		if got != "" && want != evidence.Occurred && got != evidence.Occurred {
			s.at("told as occurred though it is not").hit++
		}
	}
}

func (s score) gate(l labelled, res coding.Result) {
	want, got := "open or review", "open or review"
	if l.kind == "TRAP" {
		want = "shut"
	}
	if res.Gate == evidence.GateBlocked || want == "shut" && res.Gate == evidence.GateReview {
		got = "shut"
	}
	if got == want {
		s.at("gate "+want).hit++
	} else {
		s.at("gate "+want).miss++
		s.at("gate "+got).extra++
	}
}

func brief(res coding.Result) string {
	var b strings.Builder
	for _, s := range res.Statements {
		fmt.Fprintf(&b, "%s:%s ", s.Code, s.Modality)
	}
	return b.String()
}

func TestEvalSentences(t *testing.T) {
	b := book(t)
	for _, name := range []string{"sentences.tsv", "labelled.tsv", "heldout.tsv", "fresh.tsv", "unreal.tsv", "last.tsv", "second.tsv", "third.tsv"} {
		s := evaluate(t, b, name)
		keys := make([]string, 0, len(s))
		for k := range s {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			t.Logf("%-14s %-34s %v", name, k, s[k])
		}
	}
}
