package places

import "strings"

// class is how the ending of a word changes from case to case: the endings that may
// follow its stem. The list is generous, as a text may be written by anybody.
type class uint8

const (
	clsNone class = iota // the word as it stands
	clsUkHard
	clsUkHardOblique
	clsUkSoft
	clsUkSoftOblique
	clsUkJ
	clsUkFemA
	clsUkFemLoc
	clsUkJa
	clsUkFemZero
	clsUkAdjNeut
	clsUkAdjNeutOwn
	clsUkNeutE
	clsUkNeutO
	clsUkPlural
	clsUkPluralSoft
	clsUkAdjMasc
	clsRuHard
	clsRuHardOblique
	clsRuSoft
	clsRuJ
	clsRuFemA
	clsRuFemAja
	clsRuFemJaja
	clsRuJa
	clsRuAdjNeut
	clsRuAdjNeutSoft
	clsRuNeutE
	clsRuNeutO
	clsRuPlural
	clsRuAdjMasc
	clsRuAdjPlural
	clsUkAdjective
	clsRuAdjective
	clsPeople  // all endings of a word for people of a place
	clsFemNoun // Донеччина in both languages
	clsCount
)

// classes gives the endings of each class; "-" is none.
func classes() [clsCount][]string {
	table := [clsCount]string{
		clsNone:          "-",
		clsUkHard:        "- а у ові ом і е",
		clsUkHardOblique: "а у ові ом і",
		clsUkSoft:        "ь я ю еві ем і",
		clsUkSoftOblique: "я ю еві ем і",
		clsUkJ:           "й я ю єм ї єві",
		clsUkFemA:        "а и і ї у ою о ої ій",
		clsUkFemLoc:      "і",
		clsUkJa:          "я і ї ю єю ею єм ям ьої ьою ій",
		clsUkFemZero:     "- і ю",
		clsUkAdjNeut:     "е ого ому им ім",
		clsUkAdjNeutOwn:  "е ого ому им ім а у і ом о",
		clsUkNeutE:       "е я ю ем і а у",
		clsUkNeutO:       "о а у ом і е ого ому им",
		clsUkPlural:      "и ів ам ами ах -",
		clsUkPluralSoft:  "і ї ів їв ам ями ах ям ях ами их им ими іх ім іми",
		clsUkAdjMasc:     "ий ій ого ього ому ьому им ім",
		clsRuHard:        "- а у ом е ым",
		clsRuHardOblique: "а у ом е",
		clsRuSoft:        "ь я ю ем е и ью",
		clsRuJ:           "й я ю ем е и",
		clsRuFemA:        "а ы и е у ой ою ей",
		clsRuFemAja:      "ая ой ую ою",
		clsRuFemJaja:     "яя ей юю ею",
		clsRuJa:          "я и е ю ей",
		clsRuAdjNeut:     "ое ого ому ым им ом",
		clsRuAdjNeutSoft: "ее его ему им ем",
		clsRuNeutE:       "е я ю ем и",
		clsRuNeutO:       "о а у ом е ым",
		clsRuPlural:      "ы и ов ей ам ами ах ям ями ях -",
		clsRuAdjMasc:     "ый ий ой ого его ому ему ым им ом ем",
		clsRuAdjPlural:   "ые ие ых их ым им ыми ими",
		clsUkAdjective:   "ий ого ому им ім а ої ій у ою е і их ими",
		clsRuAdjective:   "ий ого ому им ом ая ой ую ою ое ие их ими",
		clsPeople:        "и - ам ами ах ин ина ину ином инові і ів ям ями ях я ю ем ы ов ом а у е ой ою ев",
		clsFemNoun:       "а и і у ою ы е ой",
	}
	var out [clsCount][]string
	for i, list := range table {
		for _, e := range strings.Fields(list) {
			out[i] = append(out[i], strings.TrimPrefix(e, "-"))
		}
	}
	return out
}

// decl is one stem of a word and the endings that it takes.
type decl struct {
	stem  string
	class class
}

func cut(w string, letters int) string { return w[:len(w)-2*letters] } // Cyrillic letters are two bytes

func ends(w string, ends ...string) bool {
	for _, e := range ends {
		if len(w) > len(e) && strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// declineUk appends the stems of a Ukrainian word, folded and without apostrophes.
func declineUk(d []decl, w string) []decl {
	switch {
	case len(w) < 6:
		return declineShort(d, w)
	case ends(w, "ий", "ій"):
		return append(d, decl{cut(w, 2), clsUkAdjMasc}, decl{cut(w, 1), clsUkJ})
	case ends(w, "й"):
		return append(d, decl{cut(w, 1), clsUkJ})
	case ends(w, "ь"):
		return softUk(d, w)
	case ends(w, "а"):
		d = append(d, decl{cut(w, 1), clsUkFemA})
		if s := softened(cut(w, 1)); s != "" {
			d = append(d, decl{s, clsUkFemLoc})
		}
		return d
	case ends(w, "я"):
		return append(d, decl{cut(w, 1), clsUkJa})
	case ends(w, "ове", "еве", "єве", "ине", "їне", "іне"):
		return append(d, decl{cut(w, 1), clsUkAdjNeutOwn})
	case ends(w, "поле", "ище", "море", "це"):
		return append(d, decl{cut(w, 1), clsUkNeutE})
	case ends(w, "е", "є"):
		return append(d, decl{cut(w, 1), clsUkAdjNeut})
	case ends(w, "о"):
		return append(d, decl{cut(w, 1), clsUkNeutO})
	case ends(w, "и"):
		return fleeting(append(d, decl{cut(w, 1), clsUkPlural}), cut(w, 1), "о")
	case ends(w, "і", "ї"):
		return append(d, decl{cut(w, 1), clsUkPluralSoft})
	case ends(w, "у", "ю"):
		return append(d, decl{w, clsNone})
	}
	return hardUk(d, w)
}

func declineShort(d []decl, w string) []decl {
	if len(w) == 4 || len(w) > 2 && w[0] < 0x80 {
		return append(d, decl{w, clsNone})
	}
	return append(d, decl{w, clsUkHard})
}

// softUk: masculine Мелітополь, Бориспіль (Борисполя), Кременець (Кременця); feminine Пристань.
func softUk(d []decl, w string) []decl {
	s := cut(w, 1)
	d = append(d, decl{s, clsUkSoft})
	if ends(s, "ец", "єц", "ен") {
		d = append(d, decl{cut(s, 2) + s[len(s)-2:], clsUkSoftOblique})
	}
	return opened(d, s, clsUkSoftOblique)
}

// hardUk: Донецьк, Харків (Харкова), Канів (Канева), Київ (Києва), Керч.
func hardUk(d []decl, w string) []decl {
	d = append(d, decl{w, clsUkHard})
	if ends(w, "ськ", "цьк") { // з Донецка, as mixed speech has it
		d = append(d, decl{cut(w, 2) + "к", clsRuHardOblique})
	}
	if ends(w, "ч", "ж", "ш", "щ") {
		d = append(d, decl{w, clsUkFemZero})
	}
	if ends(w, "ок", "ек") {
		d = append(d, decl{cut(w, 2) + "к", clsUkHardOblique})
	}
	return opened(d, w, clsUkHardOblique)
}

// opened adds the stems in which the і of a closed syllable becomes о or е.
func opened(d []decl, s string, c class) []decl {
	if len(s) < 6 {
		return d
	}
	last := s[len(s)-2:]
	switch head := cut(s, 1); {
	case ends(head, "і"):
		head = cut(head, 1)
		d = append(d, decl{head + "о" + last, c}, decl{head + "е" + last, c})
	case ends(head, "ї"):
		d = append(d, decl{cut(head, 1) + "є" + last, c})
	}
	return d
}

// softened gives the stem of the locative: Макіївка, у Макіївці.
func softened(s string) string {
	switch {
	case ends(s, "к"):
		return cut(s, 1) + "ц"
	case ends(s, "г"):
		return cut(s, 1) + "з"
	case ends(s, "х"):
		return cut(s, 1) + "с"
	}
	return ""
}

// fleeting adds the genitive of a plural without ending: Олешки, Олешок; Ровеньки, Ровенек.
func fleeting(d []decl, s, vowel string) []decl {
	if !ends(s, "к") || len(s) < 6 {
		return d
	}
	head := cut(s, 1)
	if ends(head, "а", "е", "и", "і", "о", "у", "ы", "я", "ю", "є", "ї") {
		return d
	}
	d = append(d, decl{head + vowel + "к", clsNone})
	if ends(head, "ь", "й") {
		d = append(d, decl{cut(head, 1) + "е" + "к", clsNone}, decl{cut(head, 1) + "о" + "к", clsNone})
	}
	return d
}

// declineRu appends the stems of a Russian word, folded.
func declineRu(d []decl, w string) []decl {
	switch {
	case len(w) < 6:
		return declineShort(d, w)
	case ends(w, "ый", "ий", "ой"):
		d = append(d, decl{cut(w, 2), clsRuAdjMasc})
		if ends(w, "ий", "ой") {
			d = append(d, decl{cut(w, 1), clsRuJ})
		}
		return d
	case ends(w, "й"):
		return append(d, decl{cut(w, 1), clsRuJ})
	case ends(w, "ь"):
		return append(d, decl{cut(w, 1), clsRuSoft})
	case ends(w, "ая"):
		return append(d, decl{cut(w, 2), clsRuFemAja}, decl{cut(w, 1), clsRuJa})
	case ends(w, "яя"):
		return append(d, decl{cut(w, 2), clsRuFemJaja})
	case ends(w, "а"):
		return append(d, decl{cut(w, 1), clsRuFemA})
	case ends(w, "я"):
		return append(d, decl{cut(w, 1), clsRuJa})
	case ends(w, "ое"):
		return append(d, decl{cut(w, 2), clsRuAdjNeut})
	case ends(w, "ее"):
		return append(d, decl{cut(w, 2), clsRuAdjNeutSoft})
	case ends(w, "ые", "ие"):
		return append(d, decl{cut(w, 2), clsRuAdjPlural})
	case ends(w, "е"):
		return append(d, decl{cut(w, 1), clsRuNeutE})
	case ends(w, "о"):
		return append(d, decl{cut(w, 1), clsRuNeutO})
	case ends(w, "ы", "и"):
		return fleeting(append(d, decl{cut(w, 1), clsRuPlural}), cut(w, 1), "е")
	case ends(w, "у", "ю", "э"):
		return append(d, decl{w, clsNone})
	}
	d = append(d, decl{w, clsRuHard})
	if ends(w, "ец", "ок", "ек", "ел") {
		d = append(d, decl{cut(w, 2) + w[len(w)-2:], clsRuHardOblique})
	}
	return d
}

// skeleton appends what the romanisations of one name have in common: letters that
// differ from one system to the next are made alike. Both sides of a comparison pass
// through it, so that Makiivka, Makiyivka and Makijivka meet.
func skeleton(dst []byte, w string) []byte {
	from := len(dst)
	for i := 0; i < len(w); i++ {
		b := w[i]
		switch {
		case b == '\'' || b >= 0x80:
			continue
		case b == 'h' && len(dst) > from && (dst[len(dst)-1] == 'k' || dst[len(dst)-1] == 'h'):
			dst[len(dst)-1] = 'h' // kh, gh
			continue
		case b == 'h' && len(dst) > from && dst[len(dst)-1] == 'z':
			continue // zh
		case b == 'y' || b == 'j':
			b = 'i'
		case b == 'g':
			b = 'h'
		case b == 'w':
			b = 'v'
		}
		if b == 'e' && len(dst) > from && dst[len(dst)-1] == 'i' {
			dst[len(dst)-1] = 'e' // ie, ye
			continue
		}
		if len(dst) > from && dst[len(dst)-1] == b {
			continue // doubled
		}
		dst = append(dst, b)
	}
	return dst
}
