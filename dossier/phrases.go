package dossier

import "strings"

// phrases are the words of report and methods in one language.
type phrases struct {
	Lang, Kind, Untitled, Lead, Warning                          string
	Made, For, Tool, Ledger, Root, Key, Events, Findings         string
	Reports, Independent, Contents, Place, When, Basis           string
	Says, Source, Published, Captured, Original, Text            string
	Entry, Judged, Families, FamiliesLead, Family, Alone         string
	Outside, Verify, VerifyLead, Limits, NoDate, NoTitle         string
	Restricted, Closed, Included, NotIncluded, Language          string
	Act                                                          map[string]string
	Modality                                                     map[string]string
	Role                                                         map[string]string
	Stamped, StampedBy, Unstamped, StampLimit                    string
	Copies, LimitsList, Done, MethodsTitle, MethodsDone, Suppr   string
	DoneList, SupprList, PageFoot, Address, Size, CodebookPhrase string
}

// limits is what a bundle does not prove. Of one that is time-stamped something else is to
// be said of time.
func (w phrases) limits(c *contents) string {
	lines := strings.Split(w.LimitsList, "\n")
	if c.stated.Wording >= 2 && c.vouched.enough() {
		lines[1] = w.StampLimit
	}
	if len(c.seen)+len(c.compared) > 0 { // of wording 3: see [bundleCheck.observers]
		lines = append(lines, others(c.stated.Language).limit)
	}
	return strings.Join(lines, "\n")
}

func words(lang string) phrases {
	switch lang {
	case "uk":
		return ukrainian()
	case "ru":
		return russian()
	}
	return english()
}

func english() phrases {
	return phrases{
		Lang: "en", Kind: "Dossier of events and findings", Untitled: "Findings on forced conscription under occupation",
		Lead: "This dossier gathers what reports say, at their exact words. Every finding was coded by one person and confirmed by another. " +
			"The bytes of the reports, the records of each step and the proofs lie beside this page, so that anyone can check them without trusting the tool that made it.",
		Warning: "A finding says what a report states. It is not a legal conclusion, and it is not the observer's own knowledge of the event.",
		Made:    "Made", For: "For", Tool: "Made with", Ledger: "Ledger", Root: "Merkle root", Key: "Public key", Events: "Events", Findings: "Findings",
		Reports: "Reports", Independent: "Independent texts", Contents: "Contents", Place: "Place", When: "When", Basis: "Why these belong together",
		Says: "The report says", Source: "Source", Published: "Published (claimed)", Captured: "Captured", Original: "SHA-256 of the original", Text: "SHA-256 of the text",
		Entry: "Ledger entry", Judged: "Judged", Families: "Copies count once",
		FamiliesLead: "Reports that share their text are one voice, however often they were reprinted. Each family below counts as one.",
		Family:       "Family", Alone: "no copies known", Outside: "further copies outside this dossier", Verify: "How to verify",
		VerifyLead: "VERIFY.md in this bundle shows how to check everything with common tools and with a short script. The fingerprints below name what this page was made from.",
		Stamped:    "Time-stamps", StampedBy: "%d independent authorities (RFC 3161) vouch that every entry of this dossier existed by %s",
		Unstamped:  "NOT TIME-STAMPED: it takes two independent authorities that vouch for every entry of this dossier, and there are %d. Its time rests on the observer's own clock.",
		StampLimit: "- The time-stamps (RFC 3161) show that the ledger existed by their time: not that it is true, and not that it did not exist before. Whether their authorities can be trusted is for the reader to judge: see VERIFY.md, step 5.",
		Limits:     "What this does not prove", NoDate: "not stated", NoTitle: "without a title", Restricted: "restricted", Closed: "closed",
		Included: "in this bundle", NotIncluded: "kept by the observer", Language: "Language", Copies: "Copies", Address: "Address", Size: "entries", CodebookPhrase: "Code",
		Act:      map[string]string{"accept": "accepted", "reject": "rejected", "correct": "corrected", "add": "added", "confirm": "confirmed", "return": "returned", "gather": "gathered", "withdraw": "withdrawn"},
		Modality: map[string]string{"occurred": "said to have occurred", "planned": "planned", "threatened": "threatened", "negated": "negated", "denied": "denied", "hedged": "uncertain", "conditional": "conditional", "advice": "advice"},
		Role:     map[string]string{"coder": "coder", "reviewer": "reviewer", "admin": "admin"},
		LimitsList: `- What is proven: this observer held these bytes at the latest when the signed checkpoint was made, by the observer's own clock.
- There is no outside time-stamp yet. Whoever holds the signing key could have made a ledger later than it says; an older checkpoint kept elsewhere, or a later time-stamp, limits this.
- It is not proven that a server, channel or author said this: only that these bytes were received. Addresses, outlets and dates of publication are claims of the bytes themselves.
- It is not proven that what a report says is true. Findings are readings of texts, confirmed by a second person.
- A bundle cannot show what was left out: further reports, other events, later decisions.
- Roles of those who judged, names of codes, and families of copies are stated by the house. The entries of the accounts are in the ledger; their records stay sealed there and can be opened before a court.
- Copies are found by shared words. Independent texts may still go back to one source: independence of text is necessary for corroboration, not sufficient.`,
		MethodsTitle: "Methods", MethodsDone: "What was done", Suppr: "What was left out to protect people",
		DoneList: `1. Reports were received and their raw bytes kept before anything was read from them. Each was hashed (SHA-256) and noted in an append-only ledger (RFC 6962 Merkle tree, signed checkpoints).
2. A text was read from the bytes. It is kept with its own hash; offsets in this dossier count bytes of that text in UTF-8.
3. A codebook (data/codebook.yaml) suggested statements, each at its exact words. A suggestion counts for nothing by itself.
4. One person accepted, corrected or added each statement; a different person, in the role of reviewer, confirmed it. Only then is it called a finding.
5. Findings were gathered into events by a person, and each event was confirmed by another.
6. Texts that share their words (word 5-grams: Jaccard similarity of at least 0.7, or one mostly contained in the other) are one family and count once.`,
		SupprList: `- People who judged appear as opaque identifiers. Their accounts and the reasons they wrote stay in the house.
- Suggestions that nobody confirmed stay in the house, and so does everything that no event of this dossier rests on.
- Findings of closed codes leave only when that was chosen expressly; restricted ones are marked and are not for publication.
- Texts and originals are given unabridged, because a shortened one could not be verified. They may name people: whoever passes this bundle on is responsible for them.`,
		PageFoot: "Verify before you rely on it: see VERIFY.md.",
	}
}

func ukrainian() phrases {
	return phrases{
		Lang: "uk", Kind: "Досьє подій і висновків", Untitled: "Повідомлення про примусовий призов в окупації",
		Lead: "У цьому досьє зібрано те, що кажуть джерела, дослівно. Кожне твердження закодувала одна людина, а підтвердила інша. " +
			"Поруч із цією сторінкою лежать самі байти повідомлень, записи про кожен крок і докази, тож перевірити їх може будь-хто, не покладаючись на програму, що їх створила.",
		Warning: "Висновок передає те, що стверджує джерело. Це не правова кваліфікація і не власне знання спостерігача про подію.",
		Made:    "Складено", For: "Для", Tool: "Програма", Ledger: "Журнал", Root: "Корінь дерева Меркла", Key: "Відкритий ключ", Events: "Події", Findings: "Висновки",
		Reports: "Повідомлення", Independent: "Незалежні тексти", Contents: "Зміст", Place: "Місце", When: "Коли", Basis: "Чому це одна подія",
		Says: "У джерелі сказано", Source: "Джерело", Published: "Опубліковано (за даними джерела)", Captured: "Отримано", Original: "SHA-256 оригіналу", Text: "SHA-256 тексту",
		Entry: "Запис у журналі", Judged: "Рішення", Families: "Копії рахуються один раз",
		FamiliesLead: "Повідомлення зі спільним текстом — це один голос, скільки б разів їх не передруковували. Кожна родина нижче рахується як одне джерело.",
		Family:       "Родина", Alone: "копій не виявлено", Outside: "ще копій поза цим досьє", Verify: "Як перевірити",
		VerifyLead: "Файл VERIFY.md у цьому пакеті показує, як перевірити все звичайними засобами та коротким скриптом. Наведені нижче відбитки вказують, з чого складено цю сторінку.",
		Stamped:    "Позначки часу", StampedBy: "незалежних служб (RFC 3161), які засвідчують, що кожен запис цього досьє вже існував: %d; станом на %s",
		Unstamped:  "БЕЗ ПОЗНАЧКИ ЧАСУ: потрібні дві незалежні служби, які засвідчують кожен запис цього досьє, а їх: %d. Час тут засвідчено лише годинником спостерігача.",
		StampLimit: "- Позначки часу (RFC 3161) показують, що журнал існував на вказаний у них час: але не те, що він правдивий, і не те, що його не було раніше. Чи довіряти цим службам, вирішує читач: див. VERIFY.md, крок 5.",
		Limits:     "Чого це не доводить", NoDate: "не вказано", NoTitle: "без заголовка", Restricted: "обмежений доступ", Closed: "закрите",
		Included: "у цьому пакеті", NotIncluded: "зберігається у спостерігача", Language: "Мова", Copies: "Копії", Address: "Адреса", Size: "записів", CodebookPhrase: "Код",
		Act:      map[string]string{"accept": "прийнято", "reject": "відхилено", "correct": "виправлено", "add": "додано", "confirm": "підтверджено", "return": "повернено", "gather": "зведено в подію", "withdraw": "відкликано"},
		Modality: map[string]string{"occurred": "за словами джерела, відбулося", "planned": "заплановано", "threatened": "погроза", "negated": "заперечено", "denied": "спростовано", "hedged": "непевно", "conditional": "за умови", "advice": "порада"},
		Role:     map[string]string{"coder": "кодувальник", "reviewer": "рецензент", "admin": "адміністратор"},
		LimitsList: `- Доведено ось що: цей спостерігач мав ці байти щонайпізніше тоді, коли було підписано контрольну точку, — за його власним годинником.
- Зовнішньої позначки часу поки що немає. Той, хто має ключ підпису, міг скласти журнал пізніше, ніж у ньому зазначено; це обмежує старіша контрольна точка, збережена деінде, або пізніша позначка часу.
- Не доведено, що це сказав певний сервер, канал чи автор: доведено лише, що такі байти отримано. Адреси, назви видань і дати публікації — це твердження самих байтів.
- Не доведено, що сказане в джерелі є правдою. Висновки — це прочитання текстів, підтверджене другою людиною.
- Пакет не може показати, що до нього не ввійшло: інші повідомлення, інші події, пізніші рішення.
- Ролі тих, хто ухвалював рішення, назви кодів і родини копій зазначено зі слів укладачів. Записи про облікові записи є в журналі; їхній зміст лишається в ньому закритим і може бути розкритий перед судом.
- Копії знайдено за спільними словами. Незалежні тексти можуть походити з одного джерела: незалежність тексту для підтвердження необхідна, але не достатня.`,
		MethodsTitle: "Метод", MethodsDone: "Що зроблено", Suppr: "Що вилучено, щоб захистити людей",
		DoneList: `1. Повідомлення отримано, і їхні первинні байти збережено раніше, ніж із них щось прочитано. Для кожного обчислено SHA-256, і його занотовано в журналі, до якого можна лише дописувати (дерево Меркла за RFC 6962, підписані контрольні точки).
2. З байтів прочитано текст. Він зберігається з власним хешем; зміщення в цьому досьє рахують байти цього тексту в UTF-8.
3. Кодувальна книга (data/codebook.yaml) запропонувала твердження, кожне на його точних словах. Сама собою пропозиція нічого не важить.
4. Одна людина прийняла, виправила або додала кожне твердження; інша, у ролі рецензента, підтвердила його. Лише тоді воно зветься висновком.
5. Висновки звела в події людина, і кожну подію підтвердила інша.
6. Тексти зі спільними словами (п'ятислів'я: подібність Жаккара щонайменше 0,7, або один здебільшого міститься в іншому) становлять одну родину й рахуються один раз.`,
		SupprList: `- Люди, які ухвалювали рішення, позначені знеособленими ідентифікаторами. Їхні облікові записи та написані ними пояснення лишаються в укладачів.
- Пропозиції, яких ніхто не підтвердив, лишаються в укладачів, як і все, на що не спирається жодна подія цього досьє.
- Висновки із закритими кодами виходять назовні лише за окремим рішенням; обмежені позначено, і вони не для оприлюднення.
- Тексти й оригінали подано без скорочень, бо скорочені не вдалося б перевірити. У них можуть бути імена людей: за них відповідає той, хто передає пакет далі.`,
		PageFoot: "Перевірте, перш ніж покладатися на це: див. VERIFY.md.",
	}
}

func russian() phrases {
	return phrases{
		Lang: "ru", Kind: "Досье событий и выводов", Untitled: "Сообщения о принудительном призыве в оккупации",
		Lead: "В этом досье собрано то, что говорят источники, дословно. Каждое утверждение закодировал один человек, а подтвердил другой. " +
			"Рядом с этой страницей лежат сами байты сообщений, записи о каждом шаге и доказательства, поэтому проверить их может кто угодно, не полагаясь на создавшую их программу.",
		Warning: "Вывод передаёт то, что утверждает источник. Это не правовая квалификация и не собственное знание наблюдателя о событии.",
		Made:    "Составлено", For: "Для", Tool: "Программа", Ledger: "Журнал", Root: "Корень дерева Меркла", Key: "Открытый ключ", Events: "События", Findings: "Выводы",
		Reports: "Сообщения", Independent: "Независимые тексты", Contents: "Содержание", Place: "Место", When: "Когда", Basis: "Почему это одно событие",
		Says: "В источнике сказано", Source: "Источник", Published: "Опубликовано (по данным источника)", Captured: "Получено", Original: "SHA-256 оригинала", Text: "SHA-256 текста",
		Entry: "Запись в журнале", Judged: "Решения", Families: "Копии считаются один раз",
		FamiliesLead: "Сообщения с общим текстом — это один голос, сколько бы раз их ни перепечатывали. Каждая семья ниже считается одним источником.",
		Family:       "Семья", Alone: "копий не обнаружено", Outside: "ещё копий вне этого досье", Verify: "Как проверить",
		VerifyLead: "Файл VERIFY.md в этом пакете показывает, как проверить всё обычными средствами и коротким скриптом. Приведённые ниже отпечатки указывают, из чего составлена эта страница.",
		Stamped:    "Метки времени", StampedBy: "независимых служб (RFC 3161), которые удостоверяют, что каждая запись этого досье уже существовала: %d; по состоянию на %s",
		Unstamped:  "БЕЗ МЕТКИ ВРЕМЕНИ: нужны две независимые службы, которые удостоверяют каждую запись этого досье, а их: %d. Время здесь засвидетельствовано лишь часами наблюдателя.",
		StampLimit: "- Метки времени (RFC 3161) показывают, что журнал существовал к указанному в них времени: но не то, что он правдив, и не то, что его не было раньше. Доверять ли этим службам, решает читатель: см. VERIFY.md, шаг 5.",
		Limits:     "Чего это не доказывает", NoDate: "не указано", NoTitle: "без заголовка", Restricted: "ограниченный доступ", Closed: "закрытое",
		Included: "в этом пакете", NotIncluded: "хранится у наблюдателя", Language: "Язык", Copies: "Копии", Address: "Адрес", Size: "записей", CodebookPhrase: "Код",
		Act:      map[string]string{"accept": "принято", "reject": "отклонено", "correct": "исправлено", "add": "добавлено", "confirm": "подтверждено", "return": "возвращено", "gather": "сведено в событие", "withdraw": "отозвано"},
		Modality: map[string]string{"occurred": "по словам источника, произошло", "planned": "запланировано", "threatened": "угроза", "negated": "отрицается", "denied": "опровергается", "hedged": "неопределённо", "conditional": "при условии", "advice": "совет"},
		Role:     map[string]string{"coder": "кодировщик", "reviewer": "рецензент", "admin": "администратор"},
		LimitsList: `- Доказано следующее: этот наблюдатель располагал этими байтами не позднее подписания контрольной точки, по его собственным часам.
- Внешней метки времени пока нет. Владелец ключа подписи мог составить журнал позже, чем в нём указано; это ограничивает более старая контрольная точка, сохранённая в другом месте, или более поздняя метка времени.
- Не доказано, что это сказал определённый сервер, канал или автор: доказано лишь, что такие байты получены. Адреса, названия изданий и даты публикации — утверждения самих байтов.
- Не доказано, что сказанное в источнике правда. Выводы — это прочтение текстов, подтверждённое вторым человеком.
- Пакет не может показать, что в него не вошло: другие сообщения, другие события, более поздние решения.
- Роли принимавших решения, названия кодов и семьи копий указаны со слов составителей. Записи об учётных записях есть в журнале; их содержание остаётся в нём закрытым и может быть раскрыто перед судом.
- Копии найдены по общим словам. Независимые тексты могут восходить к одному источнику: независимость текста для подтверждения необходима, но не достаточна.`,
		MethodsTitle: "Метод", MethodsDone: "Что сделано", Suppr: "Что исключено, чтобы защитить людей",
		DoneList: `1. Сообщения получены, и их исходные байты сохранены прежде, чем из них что-либо прочитано. Для каждого вычислен SHA-256, и оно отмечено в журнале, который можно только дополнять (дерево Меркла по RFC 6962, подписанные контрольные точки).
2. Из байтов прочитан текст. Он хранится с собственным хешем; смещения в этом досье считают байты этого текста в UTF-8.
3. Кодировочная книга (data/codebook.yaml) предложила утверждения, каждое на его точных словах. Само по себе предложение ничего не значит.
4. Один человек принял, исправил или добавил каждое утверждение; другой, в роли рецензента, подтвердил его. Лишь тогда оно называется выводом.
5. Выводы свёл в события человек, и каждое событие подтвердил другой.
6. Тексты с общими словами (пятисловия: сходство Жаккара не менее 0,7, либо один большей частью содержится в другом) составляют одну семью и считаются один раз.`,
		SupprList: `- Люди, принимавшие решения, обозначены обезличенными идентификаторами. Их учётные записи и написанные ими пояснения остаются у составителей.
- Предложения, которые никто не подтвердил, остаются у составителей, как и всё, на что не опирается ни одно событие этого досье.
- Выводы с закрытыми кодами выходят наружу только по отдельному решению; ограниченные помечены и не предназначены для публикации.
- Тексты и оригиналы даны без сокращений, потому что сокращённые нельзя было бы проверить. В них могут быть имена людей: за них отвечает тот, кто передаёт пакет дальше.`,
		PageFoot: "Проверьте, прежде чем полагаться на это: см. VERIFY.md.",
	}
}
