package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"svidok/classifier"
	"svidok/coding"
	"svidok/evidence"
	"svidok/labelled"
)

// tally counts hits, misses and false alarms.
type tally struct{ hit, miss, extra int }

func (t tally) f1() float64 {
	if t.hit == 0 {
		return 0
	}
	return 2 * float64(t.hit) / float64(2*t.hit+t.miss+t.extra)
}

func (t tally) String() string {
	p, r := float64(t.hit)/max(1, float64(t.hit+t.extra)), float64(t.hit)/max(1, float64(t.hit+t.miss))
	return fmt.Sprintf("P %.3f R %.3f F1 %.3f (%d hit, %d missed, %d too much)", p, r, t.f1(), t.hit, t.miss, t.extra)
}

// score is what a measurement found.
type score struct {
	tables         map[string]*tally
	codes          map[string]*tally
	unreal, leaked int // codes not told as having happened, and of these called so
	traps, coded   int // reports that the gate should block, and of these coded
	open, shut     int // reports that it should not, and of these blocked
	right, put     int // of codes that are found: told as they should
	faults         []string
}

func newScore() *score {
	return &score{tables: map[string]*tally{}, codes: map[string]*tally{}}
}

func (s *score) at(name string) *tally {
	if s.tables[name] == nil {
		s.tables[name] = &tally{}
	}
	return s.tables[name]
}

// report scores one report: (sentence, code) pairs told as having happened.
func (s *score) report(book *coding.Codebook, r *labelled.Report) {
	res := book.Code(inputOf(r))
	got := make([]map[string]evidence.Modality, len(r.Sentences))
	told := 0
	for _, st := range res.Statements {
		i := 0
		for i+1 < len(r.Sentences) && r.Sentences[i+1].Start <= st.Start {
			i++
		}
		if st.Start >= r.Sentences[i].End { // between two sentences: cannot be
			continue
		}
		if got[i] == nil {
			got[i] = map[string]evidence.Modality{}
		}
		if got[i][st.Code] == "" || st.Modality == evidence.Occurred {
			got[i][st.Code] = st.Modality
		}
		if st.Modality == evidence.Occurred {
			told++
		}
	}
	if !r.Open {
		s.traps++
		if told > 0 {
			s.coded++
			s.faults = append(s.faults, fmt.Sprintf("TRAP %s %s: %d told, e.g. %s %q", r.ID, res.Gate, told, res.Statements[0].Code, res.Statements[0].Quote))
		}
	} else {
		s.open++
		if res.Gate == evidence.GateBlocked {
			s.shut++
			s.faults = append(s.faults, fmt.Sprintf("SHUT %s: %s %s", r.ID, r.Title, r.Text[:min(200, len(r.Text))]))
		}
	}
	for i := range r.Sentences {
		s.sentence(r, &r.Sentences[i], got[i])
	}
}

func (s *score) sentence(r *labelled.Report, x *labelled.Sentence, got map[string]evidence.Modality) {
	want := map[string]evidence.Modality{}
	var fault []string
	count := func(code string, add func(*tally)) {
		group, _, _ := strings.Cut(code, ".")
		add(s.at("all"))
		add(s.at("language " + r.Language))
		add(s.at("register " + r.Register))
		add(s.at("group " + group))
		if s.codes[code] == nil {
			s.codes[code] = &tally{}
		}
		add(s.codes[code])
	}
	for _, l := range x.Codes {
		want[l.Code] = l.Modality
		m, found := got[l.Code]
		if found {
			s.at("any modality").hit++
			s.put++
			if m == l.Modality {
				s.right++
			}
		} else {
			s.at("any modality").miss++
		}
		switch {
		case l.Modality != evidence.Occurred:
			s.unreal++
			if m == evidence.Occurred {
				s.leaked++
				fault = append(fault, "LEAK "+l.Code+" is "+string(l.Modality))
			}
		case m == evidence.Occurred:
			count(l.Code, func(t *tally) { t.hit++ })
		default:
			count(l.Code, func(t *tally) { t.miss++ })
			fault = append(fault, "-"+l.Code+" "+string(m))
		}
	}
	for code, m := range got {
		if _, ok := want[code]; !ok {
			s.at("any modality").extra++
		}
		if m == evidence.Occurred && want[code] != evidence.Occurred {
			count(code, func(t *tally) { t.extra++ })
			fault = append(fault, "+"+code)
		}
	}
	if len(fault) > 0 {
		slices.Sort(fault)
		s.faults = append(s.faults, fmt.Sprintf("%s %s | %s", r.ID, strings.Join(fault, " "), r.Text[x.Start:x.End]))
	}
}

func (s *score) print(perCode bool) {
	for _, k := range sorted(s.tables) {
		fmt.Printf("  %-22s %v\n", k, s.tables[k])
	}
	macro, n := 0.0, 0
	for _, k := range sorted(s.codes) {
		if c := s.codes[k]; c.hit+c.miss > 0 {
			macro += c.f1()
			n++
			if perCode {
				fmt.Printf("    %-26s %v\n", k, c)
			}
		}
	}
	fmt.Printf("  macro-F1 %.3f over %d codes; modality right %d of %d; unreal told as occurred %d of %d (%.3f); traps coded %d of %d; open reports blocked %d of %d\n",
		macro/max(1, float64(n)), n, s.right, s.put, s.leaked, s.unreal, float64(s.leaked)/max(1, float64(s.unreal)), s.coded, s.traps, s.shut, s.open)
}

func readModels(file string) (coding.Models, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return coding.Models{}, err
	}
	return coding.Decode(raw)
}

func measure(model string, names []string, faults bool) error {
	all, err := hands(names)
	if err != nil {
		return err
	}
	book, err := builtin()
	if err != nil {
		return err
	}
	switch model {
	case "":
	case "none":
		book = book.With(coding.Models{Codes: &classifier.Model{}, Put: &classifier.Model{}, Gate: &classifier.Model{}, Lines: &classifier.Model{}})
	default:
		m, err := readModels(model)
		if err != nil {
			return err
		}
		book = book.With(m)
	}
	s := newScore()
	for _, h := range all {
		for i := range h.reports {
			s.report(book, &h.reports[i])
		}
	}
	s.print(true)
	if faults {
		for _, f := range s.faults {
			fmt.Println(f)
		}
	}
	return nil
}

// cross leaves out one file at a time, learns from the others and measures it.
func cross(names []string, also string, faults bool) error {
	all, err := hands(names)
	if err != nil {
		return err
	}
	var more []hand
	if also != "" {
		if more, err = hands([]string{also}); err != nil {
			return err
		}
	}
	book, err := builtin()
	if err != nil {
		return err
	}
	every := append(slices.Clone(all), more...)
	ex, of := examples(book, every)
	c := &curves{}
	c.codes, c.shared = outside(labelsOf(book), ex, codeOptions())
	codes, err := classifier.Load(classifier.Train(labelsOf(book), ex, codeOptions()).Encode(mostCodes))
	if err != nil {
		return err
	}
	c.put, _ = outside(modalities(), acts(book, every, codes), putOptions())
	c.verdict = gateOf(book, every, ex, of).joined()
	sum := newScore()
	for g := range all {
		rest := append(slices.Delete(slices.Clone(all), g, g+1), more...)
		t, err := fit(book, rest, c)
		if err != nil {
			return err
		}
		own := newScore()
		with := book.With(t.models)
		for i := range all[g].reports {
			own.report(with, &all[g].reports[i])
			sum.report(with, &all[g].reports[i])
		}
		fmt.Printf("%-12s %v\n", all[g].name, own.at("all"))
	}
	sum.print(true)
	if faults {
		for _, f := range sum.faults {
			fmt.Println(f)
		}
	}
	return nil
}
