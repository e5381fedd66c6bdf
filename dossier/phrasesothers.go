package dossier

import "svidok/crosscapture"

// othersPhrases are the words about witnesses and other observers, in one language. Reports
// of wording 3 and later are made of them.
type othersPhrases struct {
	witnesses, cosigned string // "%s, %d entries, %s"
	observer, captured  string // "%s, %s: %s"
	limit               string // what such words do not prove
	likeness            map[crosscapture.Likeness]string
}

func others(lang string) othersPhrases {
	switch lang {
	case "uk":
		return othersPhrases{witnesses: "Свідки журналу", cosigned: "%s (записів: %d; %s)",
			observer: "Інший спостерігач", captured: "справа %s, %s: %s",
			limit: "- Свідок журналу засвідчує лише те, що до журналу тільки дописували. Інший спостерігач, який зберіг ту саму сторінку, показує, що сторінку не вигадано; те, що на ній сказано, від цього не стає правдою, і це не друге джерело. Чи довіряти їхнім ключам, вирішує читач.",
			likeness: map[crosscapture.Likeness]string{
				crosscapture.SameBytes: "ті самі байти", crosscapture.SameText: "інші байти, ті самі слова", crosscapture.Differs: "інші слова, в інший час",
				crosscapture.Contradicts: "інші слова або сторінки немає, майже в той самий час", crosscapture.Unlike: "порівняти не можна: відомо замало"}}
	case "ru":
		return othersPhrases{witnesses: "Свидетели журнала", cosigned: "%s (записей: %d; %s)",
			observer: "Другой наблюдатель", captured: "дело %s, %s: %s",
			limit: "- Свидетель журнала удостоверяет лишь то, что журнал только дополняли. Другой наблюдатель, сохранивший ту же страницу, показывает, что страница не выдумана; сказанное на ней от этого не становится правдой, и это не второй источник. Доверять ли их ключам, решает читатель.",
			likeness: map[crosscapture.Likeness]string{
				crosscapture.SameBytes: "те же байты", crosscapture.SameText: "другие байты, те же слова", crosscapture.Differs: "другие слова, в другое время",
				crosscapture.Contradicts: "другие слова или страницы нет, почти в то же время", crosscapture.Unlike: "сравнить нельзя: известно слишком мало"}}
	}
	return othersPhrases{witnesses: "Witnesses of the ledger", cosigned: "%s (%d entries, %s)",
		observer: "Another observer", captured: "case %s, %s: %s",
		limit: "- A witness of the ledger vouches only that it was appended to and nothing else. Another observer who captured the same page shows that the page was not made up; what it says does not become true by that, and it is no second source. Whether their keys can be trusted is for the reader to judge.",
		likeness: map[crosscapture.Likeness]string{
			crosscapture.SameBytes: "the same bytes", crosscapture.SameText: "other bytes, the same words", crosscapture.Differs: "other words, at another time",
			crosscapture.Contradicts: "other words, or no page, at about the same time", crosscapture.Unlike: "cannot be compared: too little is known"}}
}
