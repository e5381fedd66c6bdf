package words

// Which languages a common word speaks for. A word that several share speaks for
// all of them; one that all share says nothing and is left out.
const (
	forUK = 1 << iota
	forRU
	forBE
	forBG
	forSR // Serbian and Macedonian
	forEN
	forLA // any other language in Latin letters
)

// cyrillicWord returns which languages in Cyrillic letters use w, in lower case, all the time.
func cyrillicWord(w string) uint8 {
	switch w {
	case "аби", "або", "адже", "багато", "був", "буде", "будуть", "була", "були", "було", "бути", "більше", "вже", "вона", "вони", "воно", "всі",
		"вчора", "від", "він", "де", "десь", "дуже", "завжди", "зараз", "звідки", "згідно", "зокрема", "зі", "його", "йому", "кожен", "коли", "куди",
		"кілька", "лиш", "лише", "людей", "люди", "мають", "має", "мене", "менше", "мені", "можуть", "між", "мій", "навіть", "немає", "неї", "ним",
		"нього", "ні", "ній", "ніхто", "нічого", "однак", "ось", "отже", "перший", "поки", "понад", "потім", "проте", "проти", "під", "після", "роки",
		"року", "років", "році", "саме", "свого", "своє", "своєму", "своєї", "свої", "своїх", "серед", "скільки", "собі", "сьогодні", "таке", "такий",
		"також", "теж", "тепер", "тим", "тобто", "тоді", "тому", "треба", "ті", "тільки", "усі", "хоча", "хтось", "це", "цей", "цим", "цих", "цього",
		"цьому", "цю", "ця", "цією", "чи", "чим", "чого", "чому", "шо", "що", "щоб", "щоби", "щодо", "щось", "яка", "яке", "який", "яким", "якими", "яких",
		"якого", "якому", "якої", "якщо", "є", "із", "інший", "інших", "інші", "їм", "їх", "її":
		return forUK
	case "более", "больше", "будет", "будут", "бы", "был", "были", "быть", "вот", "всегда", "всего", "всех", "всё", "вчера", "где", "года", "году",
		"даже", "другие", "других", "другой", "его", "ее", "ей", "ему", "если", "есть", "еще", "ещё", "её", "здесь", "изо", "именно", "их", "к", "каждый",
		"ко", "когда", "которая", "которого", "которое", "которой", "которые", "который", "которым", "которых", "кто", "куда", "лет", "либо", "лишь",
		"менее", "меньше", "меня", "мне", "могут", "может", "можно", "надо", "нее", "несколько", "нет", "неё", "никто", "ничего", "ну", "нужно", "о", "об",
		"обо", "один", "одна", "однако", "они", "откуда", "ото", "очень", "пока", "потом", "потому", "почему", "против", "сама", "сами", "своего", "своей",
		"свои", "своих", "себя", "сегодня", "сейчас", "сколько", "согласно", "среди", "такая", "также", "такие", "такое", "такой", "тебя", "тем", "теперь",
		"тогда", "того", "тоже", "только", "том", "тот", "ту", "тысяч", "хотя", "чего", "человек", "чем", "что", "чтобы", "эта", "эти", "этим", "этих",
		"это", "этого", "этой", "этом", "этот":
		return forRU
	case "ад", "больш", "былі", "быў", "ва", "вельмі", "гадоў", "гэта", "гэтага", "гэтай", "гэты", "гэтым", "дзе", "ды", "каб", "калі", "людзей", "ля",
		"можа", "мяне", "паміж", "пасля", "перад", "пра", "праз", "пры", "свае", "сваю", "сваё", "сярод", "таксама", "тое", "толькі", "трэба", "ужо", "усё",
		"цяпер", "чалавек", "яго", "яе", "якая", "якое", "якіх", "якія", "яна", "яно", "яны", "яшчэ", "ёй", "ён", "ёсць", "ім", "іх", "ў":
		return forBE
	case "аз", "бе", "бил", "бъдат", "бъде", "бяха", "вече", "всеки", "всички", "във", "докато", "един", "една", "едно", "защото", "имат", "какво",
		"както", "като", "когато", "което", "кои", "които", "кой", "който", "коя", "която", "къде", "където", "към", "ли", "мен", "могат", "нещо", "нея",
		"обаче", "онзи", "още", "преди", "през", "си", "след", "сме", "срещу", "съм", "със", "също", "тази", "теб", "тези", "това", "тогава", "този",
		"трябва", "тук", "тя", "тях", "част", "че", "я":
		return forBG
	case "али", "биде", "биле", "био", "већ", "га", "дека", "због", "између", "кад", "када", "како", "као", "кога", "код", "коме", "кон", "кој", "која",
		"које", "који", "меѓу", "могу", "мора", "нису", "није", "ова", "оваа", "овај", "ови", "овие", "ово", "овој", "од", "пре", "пред", "према", "све",
		"сви", "свих", "смо", "су", "таа", "тај", "ти", "тие", "тоа", "тој", "ја", "јас", "је", "јер", "још", "ће", "ќе":
		return forSR
	case "б", "весь", "день", "ж", "же", "завтра", "них", "перед", "про", "свою", "себе", "тебе", "уже", "через":
		return forUK | forRU
	case "але", "бо", "з", "можна", "усе", "хто", "ці", "як", "які", "і":
		return forUK | forBE
	case "ви", "й", "така", "ще":
		return forUK | forBG
	case "би", "нема":
		return forUK | forSR
	case "была", "было", "вы", "год", "мы", "свой":
		return forRU | forBE
	case "как", "между", "много", "него", "около", "от", "с":
		return forRU | forBG
	case "во", "из", "он", "она", "оно", "после", "со":
		return forRU | forSR
	case "няма":
		return forBE | forBG
	case "па", "што":
		return forBE | forSR
	case "ако", "беше", "била", "били", "било", "вие", "ги", "го", "е", "има", "му", "ни", "ние", "но", "са", "само", "се", "според", "сте", "то":
		return forBG | forSR
	case "вам", "вас", "для", "нам", "нас", "раз", "так", "тут":
		return forUK | forRU | forBE
	case "в", "все":
		return forUK | forRU | forBG
	case "та":
		return forUK | forRU | forSR
	case "ми", "може":
		return forUK | forBG | forSR
	case "сам":
		return forRU | forBE | forSR
	case "и", "или", "им", "под", "те":
		return forRU | forBG | forSR
	case "там", "той":
		return forUK | forRU | forBE | forBG
	case "у":
		return forUK | forRU | forBE | forSR
	case "до", "над", "по", "при":
		return forUK | forRU | forBG | forSR
	case "да":
		return forRU | forBE | forBG | forSR
	}
	return 0
}

// latinWord returns whether English or another language in Latin letters uses w, in lower case, all the time.
func latinWord(w string) uint8 {
	switch w {
	case "about", "above", "according", "after", "again", "against", "all", "also", "although", "among", "an", "and", "any", "are", "aren't", "back",
		"be", "because", "been", "before", "being", "below", "between", "both", "but", "by", "came", "can", "can't", "could", "couldn't", "day", "days",
		"did", "didn't", "does", "doesn't", "don't", "done", "down", "during", "each", "even", "ever", "few", "first", "for", "from", "get", "go", "good",
		"got", "great", "had", "has", "have", "having", "he", "he's", "hello", "her", "here", "hers", "him", "his", "how", "i'm", "i've", "if", "in",
		"into", "is", "isn't", "it", "it's", "its", "just", "know", "last", "let", "lets", "like", "made", "make", "man", "many", "may", "me", "might",
		"month", "more", "most", "much", "must", "my", "need", "never", "new", "next", "no", "nor", "not", "now", "of", "off", "once", "one", "only",
		"onto", "or", "other", "our", "out", "own", "people", "please", "said", "same", "says", "see", "shall", "she", "she's", "should", "since", "so",
		"some", "still", "such", "take", "taken", "than", "thank", "thanks", "that", "that's", "the", "their", "theirs", "them", "then", "there", "there's",
		"these", "they", "they're", "think", "this", "those", "though", "three", "through", "time", "too", "toward", "towards", "two", "under", "until",
		"up", "upon", "us", "use", "used", "very", "via", "want", "was", "wasn't", "way", "we're", "week", "well", "went", "were", "what", "when", "where",
		"which", "while", "who", "whom", "whose", "why", "will", "with", "within", "without", "women", "won't", "would", "year", "years", "yes", "yet",
		"you", "you're", "your":
		return forEN
	case "aan", "aber", "aby", "af", "ako", "al", "ale", "ali", "alla", "als", "am", "ama", "anche", "ao", "att", "au", "auch", "auf", "aus", "aux",
		"av", "avait", "avec", "az", "bei", "bez", "bi", "bij", "bila", "bio", "bir", "bis", "biti", "bu", "bude", "byl", "byla", "bylo", "był", "była",
		"było", "były", "będzie", "care", "ce", "ces", "cette", "che", "co", "com", "comme", "como", "con", "csak", "cu", "cuando", "czy", "că", "da",
		"daha", "dal", "dan", "dans", "das", "dass", "dat", "de", "dei", "del", "della", "delle", "dem", "den", "der", "des", "desde", "det", "deze", "di",
		"die", "din", "dla", "donde", "door", "dos", "du", "durch", "een", "egy", "ei", "ein", "eine", "einem", "einen", "einer", "eines", "ej", "el",
		"elle", "em", "en", "entre", "er", "es", "essere", "est", "esta", "este", "está", "et", "ett", "että", "ez", "fait", "fi", "foi", "fost", "fue",
		"för", "für", "gdy", "gibi", "gli", "ha", "haben", "han", "hanno", "har", "hasta", "hat", "hay", "hem", "het", "hogy", "hän", "ich", "ihr", "ihre",
		"ik", "ikke", "il", "ile", "ili", "ils", "im", "inte", "ist", "iz", "için", "ja", "jag", "jak", "jako", "je", "jeg", "jego", "jej", "jen", "jest",
		"jsem", "jsou", "już", "já", "k", "kada", "kadar", "kako", "kann", "kao", "když", "koja", "koje", "koji", "která", "které", "který", "która",
		"które", "który", "którzy", "kun", "la", "las", "le", "les", "leur", "leurs", "lo", "los", "ma", "maar", "mai", "mais", "med", "mehr", "met", "mit",
		"może", "mutta", "muy", "myös", "már", "más", "még", "na", "naar", "nach", "ne", "nel", "nella", "nem", "není", "nicht", "nie", "niet", "niin",
		"nije", "noch", "nog", "non", "nos", "nous", "nu", "nur", "não", "o", "och", "od", "oder", "og", "olan", "olarak", "oli", "om", "on", "ont", "ook",
		"op", "oraz", "os", "ou", "ova", "ovaj", "ovo", "où", "par", "para", "pas", "pe", "pela", "pelo", "pentru", "pero", "più", "plus", "po", "pod",
		"podle", "por", "pour", "pre", "prema", "pri", "pro", "przed", "przez", "przy", "på", "que", "questa", "questo", "qui", "quien", "roku", "s", "sa",
		"samo", "schon", "se", "sein", "seine", "ser", "ses", "seu", "si", "sich", "sie", "sin", "sind", "się", "sobie", "sobre", "som", "son", "sono",
		"sonra", "sont", "stato", "su", "sua", "sunt", "sur", "sus", "sve", "são", "sú", "są", "tak", "také", "także", "también", "também", "te", "tego",
		"til", "till", "tout", "tylko", "tym", "u", "uit", "um", "uma", "un", "una", "und", "une", "už", "v", "van", "var", "ve", "već", "volt", "vom",
		"von", "voor", "vous", "w", "war", "waren", "wenn", "werd", "werden", "wie", "wir", "wird", "worden", "wordt", "wurde", "wurden", "y", "z", "za",
		"ze", "zijn", "zou", "zu", "zum", "zur", "är", "çok", "è", "és", "été", "être", "în", "über", "će", "što", "że", "že", "și":
		return forLA
	}
	return 0
}
