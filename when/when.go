// Package when finds dates and periods in Ukrainian, Russian and English text, absolute
// and relative to the day of publication, as intervals of days with a precision. It knows
// no zone, no time of day and no clock. [Find] takes linear time on any text.
//
// # What a mention is
//
// The words of a date or period with what bounds it ("since", "до"), without a mere "in" or
// "on". From and To are inclusive ISO days. Precision is one of
//
//	day night week month season quarter half year part campaign range since until
//
// where part is the beginning, middle or end of something; night belongs to two days;
// since has a known beginning and lasts until the day of publication; what begins later is dated
// by its first day. Until has a known end and begins on the day of publication; if that is
// later, it is dated by that end ("by 2 April they were dead"). Both are open ("") where the day
// of publication is not known. Kind is one of
//
//	absolute   in the calendar, with or without its year
//	relative   told from the day of publication: yesterday, last week, in the third month running
//	named      told by what everybody dates from, only after a word of time ("since the invasion")
//	campaign   a call-up of the Russian army: spring 1 April to 15 July, autumn 1 October to 31 December
//	document   the date of a law, decree or letter, not of what is told
//	published  a line that is nothing but the date of the page, or that says published or updated
//
// What is vague (recently, now, one day, these days) is no mention: it bounds nothing. So are
// ages, lengths of time, births, the years of things ("каску 1943 року", made in 1951), streets and
// villages named after a day, what recurs (every Monday), days that no calendar has, and the
// unbounded time before an event ("before the war").
//
// # Conventions
//
//   - Weeks begin on Monday. This, last and next week, month, quarter and year are whole
//     calendar units. "Last three weeks", "за останній місяць", "за добу" run back from the
//     day of publication: from the same day so long ago, to that day.
//   - "N days ago" is a day; N weeks, months, years ago the calendar week, month, year in which
//     that day lies; half a year ago a month. "In N weeks" likewise, and only where the words
//     around speak of the future.
//   - Early, mid and late: of a month days 1–10, 11–20, 21 to its end; of a season or quarter its
//     first, second and third month; of a year January–March, May–August, October–December; of a
//     week Monday–Tuesday, Wednesday–Thursday, Friday–Sunday. Halves of a month end on the 15th.
//   - Seasons are calendar months, winter from 1 December to the end of February. A winter
//     with one year is the one that ends in it; 2022–2023 names both.
//   - "The night of 6 October" begins on the 6th; "в ночь на 6 октября" ends on it. Both are two days.
//   - A date without a year takes the year that its sentence said before; else it is the latest
//     that began by the day of publication, or, where the nearest verb is of the future (or no
//     verb is of the past and the day comes within two weeks), the next. "До 1 квітня" is a
//     limit, and ahead unless it is far nearer in the past. Without a day of publication the
//     year that the text said before; else there is no mention.
//   - "У четвер" is the latest Thursday, the day of publication included; "last Friday" never
//     is; with a future verb the next. Next Thursday is that of the next week.
//   - Since a period begins with its first day, and so does after; until a month, season or year
//     ends on the day before it, until a day or the end of something on that day, until the
//     middle of a month on the 15th; before on the day before, but before the end of something
//     on its end. Since a month or longer that lies ahead is that month, and until a month that
//     is gone too. "До п'ятниці подати" is a limit ahead, whenever it was ordered.
//   - "3 і 4 квітня" is one stretch, "3 та 7 квітня" are two days. "The first three days of May",
//     the 1990s. From January is told "за девять месяцев" in October.
//   - New Year as a limit is 31 December, else 1 January; Easter is the Julian one; the school
//     year begins on 1 September.
//   - "За тиждень", where words say what came about in that time, runs back from publication.
//   - A text that tells a story goes on from the last day or month told, up to four sentences
//     back: that day, the next day, two days later, "двадцятого числа"; and a month without its
//     year after one whose year was said is the first that comes after, as long as nothing was
//     told from the day of publication.
//   - "Серпнева нарада", "the spring months" are of the month or season. What recurs is none.
//   - Present forms of perfective verbs tell the future; a participle before "на" or "for"
//     (призначено на, set for) and "are to" too. Verbs of saying tell no time but right beside
//     the date; what is compared ("as in January") is past.
//   - 05/06/2023 is 5 June, unless only the American order makes a date. Two-digit years are
//     2010 to 2039.
//   - Full-scale invasion, start of the "special military operation": 2022-02-24. Partial
//     mobilisation: 2022-09-21 to 2022-10-28. Annexation of Crimea: 2014-03-18; its occupation
//     2014-02-20. Pseudo-referendums: 2022-09-23 to 27; "after" begins on the 27th.
//   - A campaign without a year is the one nearest to the day of publication.
//
// # What governs a statement
//
// [For] looks in the sentence of the statement first: what stands within its words (the shortest
// interval), else the nearest before it, else the nearest behind it, where a comma between
// makes things farther. If the sentence has none, the nearest of the three sentences before it
// in the same paragraph. Documents and dates of the page govern nothing.
package when

// Mention is one date or period that a text names.
type Mention struct {
	Start, End  int    // bytes of the words in the text
	From, To    string // ISO days, inclusive; an open beginning or end is "" where it is not known
	Precision   string // one of the precisions of the package comment
	Kind        string // absolute, relative, named, campaign, document or published
	Anchored    bool   // could not be told without the day of publication
	Approximate bool   // the text says about, around, roughly
}
