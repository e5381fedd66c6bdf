package coding_test

import (
	"strings"
	"testing"

	"svidok/coding"
	"svidok/evidence"
)

// What a pronoun stands for is in a sentence before: a pattern in context counts near the
// subject of the book and nowhere else.
func TestInContext(t *testing.T) {
	b := ruled(t)
	for _, c := range []struct {
		code, text string
		want       evidence.Modality
	}{
		{"FAT.KILLED", "Сина з Макіївки мобілізували восени. Він загинув у лютому.", evidence.Occurred},
		{"FAT.KILLED", "Слюсар із Макіївки любив риболовлю. Він загинув у лютому.", ""},
		{"FAT.KILLED", "Сына из Горловки мобилизовали. Говорят, он погиб в марте.", evidence.Hedged},
		{"FAT.WOUNDED", "They drafted my brother in Horlivka. He came home wounded.", evidence.Occurred},
		{"FAT.WOUNDED", "My brother lives in Horlivka. He came home wounded.", ""},
		{"COE.DETAINED", "У Скадовську він провів тиждень у підвалі комендатури. Потім підписав контракт.", evidence.Occurred},
		{"COE.DETAINED", "У Скадовську родина просиділа тиждень у підвалі через обстріли.", ""},
		{"FAT.KILLED", "В Макеевке идёт призыв.\n" + strings.Repeat("Погода стоит тёплая.\n", 6) + "Дядя попал под поезд: он погиб в марте.", ""},
	} {
		if got := modalityOf(b.Code(coding.Input{Text: c.text}), c.code); got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.text, c.code, got, c.want)
		}
	}
}

// A word is a plan's only in its own language, and a condition upon something to come is
// no event.
func TestPlansAcrossLanguages(t *testing.T) {
	b := ruled(t)
	for _, c := range []struct {
		code, text string
		want       evidence.Modality
	}{
		{"MTH.SUMMONS_STREET", "В Мелитополе повестки начали вручать прямо на улицах.", evidence.Occurred},
		{"MTH.SUMMONS_STREET", "У Мелітополі повістки почали вручати просто на вулицях.", evidence.Occurred},
		{"MTH.SUMMONS_STREET", "У Мелітополі повістки вручать просто на вулицях.", evidence.Planned},
		{"MTH.SUMMONS_STREET", "В Мелитополе решили вручать повестки прямо на улицах.", evidence.Planned},
		{"DUE.EVASION_PROSECUTION", "Men in Crimea will be fined for draft evasion if they ignore the call-up.", evidence.Conditional},
		{"MTH.HOUSE_ROUND", "Окупанти в Бердянську чекають наказу, щоб почати обходи квартир.", evidence.Planned},
		{"EVD.EXIT_BAN", "Наказ про заборону виїзду для чоловіків з Криму ще не підписано.", evidence.Planned},
		{"MTH.CONTRACT_COERCION", "У Токмаку його били, поки не підписав контракт.", evidence.Occurred},
		{"FAT.KILLED", "It is feared that the man drafted in Yalta has been killed.", evidence.Hedged},
		{"COE.BEATING", "The commissar in Kerch denied beating conscripts.", evidence.Denied},
		{"MTH.DETENTION_RECRUIT", "В колонии Макеевки заключённых вербуют на войну, обещают снять судимость.", evidence.Occurred},
	} {
		if got := modalityOf(b.Code(coding.Input{Text: c.text}), c.code); got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.text, c.code, got, c.want)
		}
	}
}
