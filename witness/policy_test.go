package witness_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/proof"
	"svidok/witness"
)

// Keys of public logs and witnesses.
const (
	logKey       = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
	remoraKey    = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
	stagemoleKey = "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv"
	gardenKey    = "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"
)

const three = "witness A " + remoraKey + "\nwitness B " + stagemoleKey + " https://witness.stagemole.eu/\n\twitness  C\t" + gardenKey + "\n"

func TestPolicies(t *testing.T) {
	for text, quorum := range map[string]int{
		"quorum none\n": 0,
		"# nobody\n\n  # yet\nlog " + logKey + " https://sum.golang.org\nquorum none": 0,
		"witness A " + remoraKey + "\nquorum A\n":                                     1,
		three + "quorum 1": 1,
		three + "quorum 3": 3,
		three + "group all-of-them any A B C\nquorum all-of-them\n":            1,
		three + "group g 2 C B A\nquorum g\n":                                  2,
		three + "group g all A B C\nquorum g\n":                                3,
		"witness 1 " + remoraKey + "\nquorum 1\n":                              1, // the name, not the number
		three + "group свої 2 A B C\nquorum свої\n":                            2,
		"quorum none\n" + three:                                                0,
		"witness none-of-them " + remoraKey + " http://[::1]:8732/w\nquorum 1": 1,
	} {
		p, err := witness.ParsePolicy([]byte(text))
		if err != nil || p.Quorum != quorum || len(p.Witnesses) != strings.Count(text, "witness ")-strings.Count(text, "https://witness ") {
			t.Errorf("%q: %+v, %v", text, p, err)
		}
	}
	p, err := witness.ParsePolicy([]byte(three + "log " + logKey + "\nquorum 2"))
	if err != nil || p.Witnesses[1].URL != "https://witness.stagemole.eu/" || p.Witnesses[2].Name != "C" || p.Witnesses[0].Key.String() != remoraKey || p.Logs[0].Origin != "sum.golang.org" {
		t.Fatalf("%+v, %v", p, err)
	}
}

func TestPoliciesThatAreRefused(t *testing.T) {
	for text, want := range map[string]error{
		"":                                evidence.ErrFormat,
		three:                             evidence.ErrFormat, // no quorum
		three + "quorum 0":                evidence.ErrFormat,
		three + "quorum 4":                evidence.ErrFormat,
		three + "quorum 01":               evidence.ErrFormat,
		three + "quorum D":                evidence.ErrFormat,
		three + "quorum 1\nquorum 2":      evidence.ErrFormat,
		three + "quorum A":                evidence.ErrRefused, // B and C would not count
		three + "group g 1 A B\nquorum g": evidence.ErrRefused,
		three + "group g 1 A B\ngroup h all g C\nquorum h":      evidence.ErrRefused,
		three + "group g 0 A B C\nquorum g":                     evidence.ErrFormat,
		three + "group g 4 A B C\nquorum g":                     evidence.ErrFormat,
		three + "group g 2 A A B\nquorum g":                     evidence.ErrFormat,
		three + "group g any A D\nquorum g":                     evidence.ErrFormat,
		three + "group A any B C\nquorum A":                     evidence.ErrFormat,
		three + "group g any A B C\ngroup h any A\nquorum g":    evidence.ErrFormat,
		three + "witness A " + remoraKey + "\nquorum 1":         evidence.ErrFormat,
		three + "witness D " + remoraKey + "\nquorum 1":         evidence.ErrFormat, // one key twice
		"witness none " + remoraKey + "\nquorum 1":              evidence.ErrFormat,
		"witness A " + logKey + "\nquorum 1":                    evidence.ErrFormat,
		"log " + remoraKey + "\nquorum none":                    evidence.ErrFormat,
		"log " + logKey + "\nlog " + logKey + "\nquorum none":   evidence.ErrFormat,
		"witness A " + remoraKey + " ftp://x\nquorum 1":         evidence.ErrFormat,
		"witness A " + remoraKey + " https://u:p@x/\nquorum 1":  evidence.ErrFormat,
		"witness A " + remoraKey + " https://x/ more\nquorum 1": evidence.ErrFormat,
		"quorum none\r\n":              evidence.ErrFormat,
		"quorum none\x00":              evidence.ErrFormat,
		"quorum":                       evidence.ErrFormat,
		"allow everybody\nquorum none": evidence.ErrFormat,
		strings.Repeat("#\n", 1<<16):   evidence.ErrLimit,
		strings.Repeat("group", 1) + " g any\nquorum g": evidence.ErrFormat,
	} {
		if p, err := witness.ParsePolicy([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%.300q: %+v, %v", text, p, err)
		}
	}
}

func TestAQuorum(t *testing.T) {
	l := newLog(t).grow(7)
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	var text strings.Builder
	var lines []string
	for i, name := range []string{"a", "b", "c"} {
		c := cosigner(t, "svidok.witness/"+name, byte(i+1))
		text.WriteString("witness " + name + " " + c.Key().String() + "\n")
		line, err := c.Cosign(l.head(7).Text(), at.Add(time.Duration(i)*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	p, err := witness.ParsePolicy([]byte(text.String() + "quorum 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	in := proof.Bounds{NotAfter: at.Add(90 * time.Minute)}
	for _, c := range []struct {
		lines string
		want  int
		err   error
	}{
		{"", 0, evidence.ErrRefused},
		{lines[0], 1, evidence.ErrRefused},
		{lines[0] + lines[0], 1, evidence.ErrRefused},
		{lines[0] + lines[1], 2, nil},
		{lines[0] + lines[2], 1, evidence.ErrRefused}, // the clock of c is ahead
		{lines[0] + lines[1] + lines[2], 2, nil},
		{lines[0] + lines[1] + strings.Replace(lines[2], "A", "B", 1), 0, nil},
	} {
		signed := append(l.signed(7), c.lines...)
		got, err := p.Check(signed, in)
		if c.want == 0 && c.err == nil { // a mangled line is a stranger's, or makes all of it doubtful
			if len(got) != 2 && !errors.Is(err, evidence.ErrTampered) {
				t.Errorf("mangled: %v, %v", got, err)
			}
			continue
		}
		if len(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q: %v, %v", c.lines, got, err)
		}
	}
	other := newLog(t).grow(8)
	if got, err := p.Check(append(other.signed(8), lines[0]+lines[1]...), in); !errors.Is(err, evidence.ErrTampered) || len(got) > 0 {
		t.Errorf("of another checkpoint: %v, %v", got, err)
	}
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte(three + "log " + logKey + "\ngroup g 2 A B C\nquorum g\n"))
	f.Add([]byte("quorum none"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := witness.ParsePolicy(b)
		if err == nil && (p.Quorum < 0 || p.Quorum > len(p.Witnesses)) {
			t.Fatalf("%q: %+v", b, p)
		}
	})
}
