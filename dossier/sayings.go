package dossier

// saying are the sentences of a verification that went well, and its notes. What failed is
// told in the words of the error, in English, since a technician will read them.
type saying struct {
	container, bag, files, key, checkpoint, entries, records, judgments, derived, manifest             string // bundle
	wording, withheld, stamp, stated, keyInside, stampFew, stamped, stampedCase, stampRoots, witnessed string
	lang, cosigned, witnessKey, crossed, stampEnded, handed                                            string // words of others
	marker, ledger, journal, torn, against, vault, kinds, anchors, decisions, foreign                  string // case
	tail, tailFile, unreferenced, derivedFile, aside, noAgainst                                        string
}

func sayings(lang string) saying {
	switch lang {
	case "uk":
		return saying{
			lang: "uk", handed: "передань, які підтвердив отримувач: %d; чиї то ключі, сказано зі слів укладачів",
			stampEnded: "сертифікати деяких позначок відтоді скінчилися, і в цьому пакеті їх не поновлено; станом на %s незалежних служб, які ще засвідчують усе: %d. Чи були вони чинні, коли пакет складено, скаже той, хто його склав, або його справа",
			cosigned:   "свідок %s підписав журнал (записів: %d; %s)",
			witnessKey: "свідок %s підписав журнал (записів: %d; %s): його ключ узято з самих даних, звірте його з отриманим від свідка й подайте через --witness", crossed: "%s: справа %s, %s: %s; її ключ звірте з отриманим від її господарів (%s)",
			container: "файлів: %d, байтів: %d; кожен байт контейнера на своєму місці", bag: "BagIt %d.%d, файлів із вмістом: %d, байтів: %d", files: "файлів: %d, зайвих немає",
			key: "ключ той, якого очікували", checkpoint: "контрольну точку підписано: %s, записів: %d", entries: "записів, що стоять у підписаному журналі: %d",
			records: "цілих записів WARC: %d, байтів: %d", judgments: "подій: %d, висновків: %d; кожен підтвердила друга людина, кожен стоїть на своїх словах",
			derived: "похідних файлів: %d; вони такі, якими випливають із записів", manifest: "хеш маніфесту %s: звірте його із записом про передання",
			wording: "тексти %s складено іншою версією програми: тут їх не звірити, і стояти в них може що завгодно; перевіряйте тією версією", withheld: "записів журналу, поданих без змісту (облікові записи й машинні пропозиції): %d",
			stamp:    "зовнішньої позначки часу немає: час засвідчено лише годинником спостерігача",
			stampFew: "позначок часу: %d, але незалежних служб, які засвідчують усе: %d, а потрібно дві", stamped: "незалежних служб, які засвідчують кожен запис: %d; станом на %s",
			stampedCase: "записів, які засвідчують щонайменше дві служби: %d з %d (служб: %d)", witnessed: "свідок %s підписав записів: %d з %d", stampRoots: "чи ведуть ланцюги сертифікатів до надійного кореня, не перевірено: подайте корені через --roots",
			stated:    "ролі, назви кодів і родини копій зазначено зі слів укладачів; записами їх не доведено",
			keyInside: "ключ узято з самих даних: звірте його з отриманим з іншого джерела (%s)",
			marker:    "теку позначено як справу", ledger: "записів: %d, файлів дерева: %d; корінь збігається з підписаним", journal: "кадрів: %d; записів на останній контрольній точці: %d",
			torn: "останній кадр журналу обірваний (байтів: %d): запис перервано, підтвердження на нього не видавали", against: "журнал продовжує давнішу контрольну точку (записів: %d)",
			vault: "сегментів: %d, об'єктів: %d, байтів: %d; кожен байт охоплено журналом", kinds: "записів на місці й належного виду: %d",
			anchors: "тверджень, що стоять на своїх словах: %d", decisions: "рішень і подій, дозволених правилами: %d", foreign: "зайвих файлів немає",
			tail: "%s: після останньої занотованої ділянки є ще байти (%d), як після перерваного запису", tailFile: "%s: сегмент поза журналом, як після перерваного запису",
			unreferenced: "об'єктів, яких не називає жоден запис: %d (%s)", derivedFile: "похідні файли (%s) не є доказом і не перевіряються", aside: "байти, відкладені, коли копію лікували (%s), не є частиною справи й не перевіряються: збережіть їх, вони можуть показати, що сталося",
			noAgainst: "пакет не містить доказу, що журнал лише продовжено (було записів: %d, стало: %d); звірте справу",
		}
	case "ru":
		return saying{
			lang: "ru", handed: "передач, подтверждённых получателем: %d; чьи это ключи, сказано со слов составителей",
			stampEnded: "сертификаты некоторых меток с тех пор истекли, и в этом пакете они не обновлены; по состоянию на %s независимых служб, которые ещё удостоверяют всё: %d. Были ли они действительны, когда пакет составлен, скажет тот, кто его составил, или его дело",
			cosigned:   "свидетель %s подписал журнал (записей: %d; %s)",
			witnessKey: "свидетель %s подписал журнал (записей: %d; %s): его ключ взят из самих данных, сверьте его с полученным от свидетеля и подайте через --witness", crossed: "%s: дело %s, %s: %s; его ключ сверьте с полученным от его хозяев (%s)",
			container: "файлов: %d, байтов: %d; каждый байт контейнера на своём месте", bag: "BagIt %d.%d, файлов с содержимым: %d, байтов: %d", files: "файлов: %d, лишних нет",
			key: "ключ тот, которого ожидали", checkpoint: "контрольная точка подписана: %s, записей: %d", entries: "записей, которые стоят в подписанном журнале: %d",
			records: "целых записей WARC: %d, байтов: %d", judgments: "событий: %d, выводов: %d; каждый подтвердил второй человек, каждый стоит на своих словах",
			derived: "производных файлов: %d; они такие, какими следуют из записей", manifest: "хеш манифеста %s: сверьте его с записью о передаче",
			wording: "тексты %s составлены другой версией программы: здесь их не сверить, и стоять в них может что угодно; проверяйте той версией", withheld: "записей журнала, данных без содержания (учётные записи и машинные предложения): %d",
			stamp:    "внешней метки времени нет: время засвидетельствовано лишь часами наблюдателя",
			stampFew: "меток времени: %d, но независимых служб, которые удостоверяют всё: %d, а нужны две", stamped: "независимых служб, которые удостоверяют каждую запись: %d; по состоянию на %s",
			stampedCase: "записей, которые удостоверяют не менее двух служб: %d из %d (служб: %d)", witnessed: "свидетель %s подписал записей: %d из %d", stampRoots: "ведут ли цепочки сертификатов к надёжному корню, не проверено: подайте корни через --roots",
			stated:    "роли, названия кодов и семьи копий указаны со слов составителей; записями они не доказаны",
			keyInside: "ключ взят из самих данных: сверьте его с полученным из другого источника (%s)",
			marker:    "папка помечена как дело", ledger: "записей: %d, файлов дерева: %d; корень совпадает с подписанным", journal: "кадров: %d; записей на последней контрольной точке: %d",
			torn: "последний кадр журнала оборван (байтов: %d): запись прервана, подтверждение на неё не выдавали", against: "журнал продолжает более старую контрольную точку (записей: %d)",
			vault: "сегментов: %d, объектов: %d, байтов: %d; каждый байт охвачен журналом", kinds: "записей на месте и надлежащего вида: %d",
			anchors: "утверждений, которые стоят на своих словах: %d", decisions: "решений и событий, дозволенных правилами: %d", foreign: "лишних файлов нет",
			tail: "%s: после последнего отмеченного участка есть ещё байты (%d), как после прерванной записи", tailFile: "%s: сегмент вне журнала, как после прерванной записи",
			unreferenced: "объектов, которых не называет ни одна запись: %d (%s)", derivedFile: "производные файлы (%s) не доказательство и не проверяются", aside: "байты, отложенные, когда копию лечили (%s), не часть дела и не проверяются: сохраните их, они могут показать, что случилось",
			noAgainst: "в пакете нет доказательства, что журнал лишь продолжен (было записей: %d, стало: %d); сверьте дело",
		}
	}
	return sayingsEnglish()
}

func sayingsEnglish() saying {
	return saying{
		lang: "en", handed: "%d hand-overs are acknowledged by their receivers; whose keys those are, the house says",
		stampEnded: "certificates of time-stamps ended since, and they are not renewed in this bundle: as of %s, %d independent authorities still vouch for all of it. That they ran when the bundle was made is the word of whoever made it; the case may hold renewals",
		cosigned:   "the witness %s cosigned the ledger (%d entries, %s)",
		witnessKey: "the witness %s cosigned the ledger (%d entries, %s): its key was taken from the data itself, compare it with the one the witness gives, and name it with --witness", crossed: "%s: case %s, %s: %s; compare its key with the one that they give (%s)",
		container: "%d files, %d bytes: every byte of the container is accounted for", bag: "BagIt %d.%d, %d payload files, %d bytes", files: "%d files, none besides",
		key: "the key is the expected one", checkpoint: "signed checkpoint of %s at %d entries", entries: "%d entries stand in the signed ledger",
		records: "%d WARC records are whole, %d bytes", judgments: "%d events, %d findings: each confirmed by a second person, each at its words",
		derived: "%d derived files are what follows from the records", manifest: "SHA-256 of the manifest %s: compare it with the record of the release",
		wording: "%s are in the words of another version of this program: they cannot be compared here, and anything may stand in them; verify with that version", withheld: "%d entries (accounts and machine suggestions) are given without their records",
		stamp:    "no outside time-stamp: the time rests on the observer's clock alone",
		stampFew: "%d time-stamps, but %d independent authorities that vouch for all of it, and it takes two", stamped: "%d independent authorities vouch for every entry, by %s",
		stampedCase: "at least two authorities vouch for %d of %d entries (%d authorities in all)", witnessed: "the witness %s cosigned %d of %d entries", stampRoots: "whether the chains of certificates lead to roots that can be trusted was not judged: give roots with --roots",
		stated:    "roles, names of codes and families of copies are stated by the house, not proven by the records",
		keyInside: "the key was taken from the data itself: compare it with one from elsewhere (%s)",
		marker:    "the folder is marked as a case", ledger: "%d entries, %d files of the tree: the root is the signed one", journal: "%d frames, last checkpoint at %d entries",
		torn: "the last frame of the journal is torn (%d bytes): a write was interrupted, and nothing of it was ever receipted", against: "the ledger extends the checkpoint at %d entries",
		vault: "%d segments, %d objects, %d bytes: every byte is under the ledger", kinds: "%d records are there and of the right kind",
		anchors: "%d statements stand at their words", decisions: "%d decisions and events are allowed by the rules", foreign: "no foreign files",
		tail: "%s: %d bytes after the last noted extent, as an interrupted write leaves them", tailFile: "%s: a segment beyond the ledger, as an interrupted write leaves it",
		unreferenced: "%d objects are named by no record: %s", derivedFile: "derived files (%s) are no evidence and are not checked", aside: "bytes that were laid aside when the copy was healed (%s) are no part of the case and are not checked: keep them, they may show what happened",
		noAgainst: "the bundle holds no proof of consistency from %d to %d entries; verify the case",
	}
}

// Verdict is the last line for a person: whether every check passed, and what that means.
func Verdict(lang string, passed bool) string {
	switch {
	case lang == "uk" && passed:
		return "Усе перевірено: нічого не змінено. Що це доводить, а чого ні, сказано в data/methods.md і docs/verify.md."
	case lang == "uk":
		return "НЕ ПРОЙДЕНО: щось змінено або бракує. Не покладайтеся на ці дані; рядки «failed» кажуть, що саме."
	case lang == "ru" && passed:
		return "Всё проверено: ничего не изменено. Что это доказывает, а чего нет, сказано в data/methods.md и docs/verify.md."
	case lang == "ru":
		return "НЕ ПРОЙДЕНО: что-то изменено или отсутствует. Не полагайтесь на эти данные; строки «failed» говорят, что именно."
	case passed:
		return "All checks passed: nothing was changed. What that proves, and what not, stands in data/methods.md and docs/verify.md."
	}
	return "FAILED: something was changed or is missing. Do not rely on these data; the lines marked failed say what."
}
