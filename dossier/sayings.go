package dossier

// saying are the sentences of a verification that went well, and its notes. What failed is
// told in the words of the error, in English, since a technician will read them.
type saying struct {
	container, bag, files, key, checkpoint, entries, records, judgments, derived, manifest string // bundle
	wording, withheld, stamp, stated, keyInside                                            string
	marker, ledger, journal, torn, against, vault, kinds, anchors, decisions, foreign      string // case
	tail, tailFile, unreferenced, derivedFile, noAgainst                                   string
}

func sayings(lang string) saying {
	switch lang {
	case "uk":
		return saying{
			container: "%d файлів, %d байтів: кожен байт контейнера на своєму місці", bag: "%s", files: "%d файлів, зайвих немає",
			key: "ключ той, якого очікували", checkpoint: "контрольну точку підписано: %s, записів %d", entries: "%d записів стоять у підписаному журналі",
			records: "%d записів WARC цілі, %d байтів", judgments: "подій %d, висновків %d: кожен підтвердила друга людина, кожен на своїх словах",
			derived: "%d похідних файлів такі, якими вони випливають із записів", manifest: "хеш маніфесту %s: звірте його із записом про передання",
			wording: "тексти %s складено іншою версією програми; їх не звірено", withheld: "%d записів журналу (облікові записи й машинні пропозиції) подано без змісту",
			stamp:     "зовнішньої позначки часу немає: час засвідчено лише годинником спостерігача",
			stated:    "ролі, назви кодів і родини копій зазначено зі слів укладачів; записами їх не доведено",
			keyInside: "ключ узято з самих даних: звірте його з отриманим з іншого джерела (%s)",
			marker:    "теку позначено як справу", ledger: "%d записів, %d файлів дерева: корінь збігається з підписаним", journal: "%d кадрів, остання контрольна точка на %d записах",
			torn: "останній кадр журналу обірваний (%d байтів): запис перервано, підтвердження на нього не видавали", against: "журнал продовжує контрольну точку на %d записах",
			vault: "%d сегментів, %d об'єктів, %d байтів: кожен байт охоплено журналом", kinds: "%d записів на місці й належного виду",
			anchors: "%d тверджень стоять на своїх словах", decisions: "%d рішень і подій дозволено правилами", foreign: "зайвих файлів немає",
			tail: "%s: %d байтів після останньої занотованої ділянки, як після перерваного запису", tailFile: "%s: сегмент поза журналом, як після перерваного запису",
			unreferenced: "%d об'єктів не названо жодним записом: %s", derivedFile: "похідні файли (%s) не є доказом і не перевіряються",
			noAgainst: "пакет не містить доказу послідовності від %d до %d записів; звірте справу",
		}
	case "ru":
		return saying{
			container: "%d файлов, %d байтов: каждый байт контейнера на своём месте", bag: "%s", files: "%d файлов, лишних нет",
			key: "ключ тот, которого ожидали", checkpoint: "контрольная точка подписана: %s, записей %d", entries: "%d записей стоят в подписанном журнале",
			records: "%d записей WARC целы, %d байтов", judgments: "событий %d, выводов %d: каждый подтвердил второй человек, каждый на своих словах",
			derived: "%d производных файлов такие, какими они следуют из записей", manifest: "хеш манифеста %s: сверьте его с записью о передаче",
			wording: "тексты %s составлены другой версией программы; они не сверены", withheld: "%d записей журнала (учётные записи и машинные предложения) даны без содержания",
			stamp:     "внешней метки времени нет: время засвидетельствовано лишь часами наблюдателя",
			stated:    "роли, названия кодов и семьи копий указаны со слов составителей; записями они не доказаны",
			keyInside: "ключ взят из самих данных: сверьте его с полученным из другого источника (%s)",
			marker:    "папка помечена как дело", ledger: "%d записей, %d файлов дерева: корень совпадает с подписанным", journal: "%d кадров, последняя контрольная точка на %d записях",
			torn: "последний кадр журнала оборван (%d байтов): запись прервана, подтверждение на неё не выдавали", against: "журнал продолжает контрольную точку на %d записях",
			vault: "%d сегментов, %d объектов, %d байтов: каждый байт охвачен журналом", kinds: "%d записей на месте и надлежащего вида",
			anchors: "%d утверждений стоят на своих словах", decisions: "%d решений и событий дозволены правилами", foreign: "лишних файлов нет",
			tail: "%s: %d байтов после последнего отмеченного участка, как после прерванной записи", tailFile: "%s: сегмент вне журнала, как после прерванной записи",
			unreferenced: "%d объектов не названы ни одной записью: %s", derivedFile: "производные файлы (%s) не доказательство и не проверяются",
			noAgainst: "в пакете нет доказательства последовательности от %d до %d записей; сверьте дело",
		}
	}
	return sayingsEnglish()
}

func sayingsEnglish() saying {
	return saying{
		container: "%d files, %d bytes: every byte of the container is accounted for", bag: "%s", files: "%d files, none besides",
		key: "the key is the expected one", checkpoint: "signed checkpoint of %s at %d entries", entries: "%d entries stand in the signed ledger",
		records: "%d WARC records are whole, %d bytes", judgments: "%d events, %d findings: each confirmed by a second person, each at its words",
		derived: "%d derived files are what follows from the records", manifest: "SHA-256 of the manifest %s: compare it with the record of the release",
		wording: "%s are in the words of another version of this program; not compared", withheld: "%d entries (accounts and machine suggestions) are given without their records",
		stamp:     "no outside time-stamp: the time rests on the observer's clock alone",
		stated:    "roles, names of codes and families of copies are stated by the house, not proven by the records",
		keyInside: "the key was taken from the data itself: compare it with one from elsewhere (%s)",
		marker:    "the folder is marked as a case", ledger: "%d entries, %d files of the tree: the root is the signed one", journal: "%d frames, last checkpoint at %d entries",
		torn: "the last frame of the journal is torn (%d bytes): a write was interrupted, and nothing of it was ever receipted", against: "the ledger extends the checkpoint at %d entries",
		vault: "%d segments, %d objects, %d bytes: every byte is under the ledger", kinds: "%d records are there and of the right kind",
		anchors: "%d statements stand at their words", decisions: "%d decisions and events are allowed by the rules", foreign: "no foreign files",
		tail: "%s: %d bytes after the last noted extent, as an interrupted write leaves them", tailFile: "%s: a segment beyond the ledger, as an interrupted write leaves it",
		unreferenced: "%d objects are named by no record: %s", derivedFile: "derived files (%s) are no evidence and are not checked",
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
