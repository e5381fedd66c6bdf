package coding_test

import (
	"strings"
	"testing"

	"svidok/coding"
	"svidok/evidence"
)

// What is said plainly is read plainly: each text, the codes told as having happened that
// it must have (+), and beginnings of codes that it must not have so told (-).
func TestPlainThings(t *testing.T) {
	b := book(t)
	for _, c := range []struct{ text, want string }{
		// a plan that names its day is a plan
		{"Кремль планує з 1 жовтня розпочати призов у Луганській області.", "-"},
		{"С 1 октября оккупанты планируют начать призыв в Луганской области.", "-"},
		{"From 1 October the occupiers intend to start conscription in occupied Luhansk.", "-"},
		// the number of a date is no age and counts nobody
		{"14 листопада 2023 року. В окупованому Бердянську патрулі перевіряють документи чоловіків.", "-EXM -QTY"},
		{"17 ноября 2022 года в оккупированном Токмаке военные раздавали повестки на рынке.", "+MTH.SUMMONS_STREET -EXM -QTY"},
		{"On 16 March 2024 soldiers handed out summonses at the market in occupied Tokmak.", "+MTH.SUMMONS_STREET -EXM -QTY"},
		// who tells is not whom it is about
		{"Кримськотатарський ресурсний центр повідомив, що в окупованому Джанкої військові вручали повістки на ринку.", "+MTH.SUMMONS_STREET -TGT"},
		{"The Crimean Tatar Resource Centre said that soldiers handed out summonses at the market in occupied Dzhankoi.", "+MTH.SUMMONS_STREET -TGT"},
		// what is a lack is said by a "not"
		{"Сына из Макеевки мобилизовали. Он не умел стрелять, а его сразу отправили на передовую.", "+USE.NO_TRAINING"},
		{"My son was mobilised in Horlivka. He was not examined by any doctor.", "+MED.NO_EXAM"},
		// the year of a thing is no time of what is told
		{"Хлопців з окупованого Довжанська мобілізували просто на шахті й одягли у форму 1943 року.", "+PLC.WORK"},
	} {
		res := b.Code(coding.Input{Text: c.text, Published: evidence.Date{From: "2024-03-20", To: "2024-03-20", Precision: "day"}})
		told := map[string]bool{}
		for _, s := range res.Statements {
			told[s.Code] = s.Modality == evidence.Occurred || told[s.Code]
		}
		for _, want := range strings.Fields(c.want) {
			if code, ok := strings.CutPrefix(want, "+"); ok {
				if !told[code] {
					t.Errorf("%s: %s is not told: gate %s, %v", c.text, code, res.Gate, told)
				}
				continue
			}
			for code, occurred := range told {
				if occurred && strings.HasPrefix(code, want[1:]) {
					t.Errorf("%s: %s is told as having happened", c.text, code)
				}
			}
		}
	}
}

// Numbers say how they are told, where it is not as having come about.
func TestNumbersAreFlagged(t *testing.T) {
	b := book(t)
	for _, c := range []struct{ text, flag string }{
		{"Якби їх не попередили, 30 хлопців із окупованого Новоазовська мобілізували б уже в лютому.", "conditional"},
		{"Если бы их не предупредили, из оккупированного Новоазовска мобилизовали бы 30 парней.", "conditional"},
		{"The occupiers denied that 40 men had been mobilised in Berdiansk.", "denied"},
		{"У Мелітополі мобілізували 30 чоловіків, повідомили мешканці.", ""},
	} {
		res := b.Code(coding.Input{Text: c.text, Published: evidence.Date{From: "2024-03-20", To: "2024-03-20", Precision: "day"}})
		if len(res.Figures) != 1 || strings.Join(res.Figures[0].Flags, " ") != c.flag {
			t.Errorf("%s: %+v, want %q", c.text, res.Figures, c.flag)
		}
	}
}

// What happened in another age is not coded, though the place is occupied now.
func TestAnotherAge(t *testing.T) {
	b := book(t)
	for _, text := range []string{
		"У 1943 році німці в окупованому Мелітополі насильно мобілізували дві тисячі чоловіків. Дід пам'ятав, як їх гнали на станцію. Із них повернулися одиниці.",
		"В 1943 году немцы в оккупированном Мелитополе насильно мобилизовали две тысячи мужчин. Дед помнил, как их гнали на станцию. Вернулись единицы.",
	} {
		if res := b.Code(coding.Input{Text: text, Published: evidence.Date{From: "2024-03-20", To: "2024-03-20", Precision: "day"}}); res.Gate != evidence.GateBlocked {
			t.Errorf("%s: %s %+v", text, res.Gate, res.Statements)
		}
	}
}
