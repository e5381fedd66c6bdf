package capturing

// The phrases are what walls and checks say of themselves, folded as fold does; the marks
// are names that stand in the markup of their makers.

func botMarks() []string {
	return []string{"cf-browser-verification", "cf_chl_", "challenge-platform", "cf-turnstile", "ddos-guard", "__ddg", "qrator", "variti", "servicepipe", "g-recaptcha", "recaptcha/api", "hcaptcha", "smartcaptcha",
		"captcha", "px-captcha", "_incapsula_", "datadome", "akamai", "anubis", "geetest", "stormwall"}
}

func botWords() []string {
	return []string{"just a moment", "checking your browser", "checking if the site connection is secure", "verify you are human", "verifying you are human", "are you a robot", "i'm not a robot", "i am not a robot",
		"unusual traffic", "attention required", "ddos protection", "security check", "enable javascript and cookies to continue", "please complete the captcha", "making sure you're not a bot", "pardon our interruption", "one more step",
		"проверка браузера", "проверяем ваш браузер", "проверка вашего браузера", "я не робот", "подтвердите, что вы не робот", "подтвердите что вы не робот", "подтвердите, что запросы отправляли вы", "введите символы с картинки", "защита от ddos", "подозрительная активность",
		"вы не робот", "проверка безопасности", "необычный трафик", "доступ ограничен: обнаружена автоматическая",
		"перевірка браузера", "перевіряємо ваш браузер", "перевірка вашого браузера", "підтвердьте, що ви не робот", "підтвердіть, що ви не робот", "підтвердьте що ви не робот", "ви не робот", "введіть символи з картинки", "захист від ddos", "перевірка безпеки", "підозріла активність", "незвичний трафік"}
}

func blockWords() []string {
	return []string{"access denied", "not available in your country", "not available in your region", "unavailable in your country", "blocked in your country", "your ip has been blocked", "your ip address has been blocked", "you have been blocked", "sorry, you have been blocked", "unavailable for legal reasons", "access to this page has been denied", "this content isn't available in your",
		"доступ запрещен", "доступ к ресурсу ограничен", "доступ ограничен", "доступ к информационному ресурсу ограничен", "ресурс заблокирован", "сайт заблокирован", "заблокирован по решению", "заблокировано роскомнадзором", "недоступен в вашей стране", "недоступен в вашем регионе", "недоступно в вашей стране", "недоступно в вашем регионе", "ваш ip-адрес заблокирован", "ваш ip заблокирован",
		"доступ заборонено", "доступ обмежено", "доступ до ресурсу обмежено", "ресурс заблоковано", "сайт заблоковано", "недоступний у вашій країні", "недоступно у вашій країні", "недоступний у вашому регіоні", "недоступно у вашому регіоні", "вашу ip-адресу заблоковано", "ваш ip заблоковано"}
}

func loginWords() []string {
	return []string{"log in to continue", "sign in to continue", "you must log in", "you must be logged in", "log in or sign up", "please log in", "please sign in", "log into facebook", "log in to facebook", "see more on facebook", "this account is private", "members only", "login required", "sign in to view", "log in to view", "create an account or log in",
		"войдите, чтобы продолжить", "войдите чтобы продолжить", "войдите на сайт", "войдите или зарегистрируйтесь", "авторизуйтесь", "необходимо авторизоваться", "требуется авторизация", "только для зарегистрированных", "вход вконтакте", "вход | вконтакте", "войти в аккаунт", "чтобы посмотреть, войдите", "доступно только авторизованным", "закрытый профиль", "вход на сайт",
		"увійдіть, щоб продовжити", "увійдіть щоб продовжити", "увійдіть на сайт", "увійдіть або зареєструйтеся", "увійдіть або зареєструйтесь", "авторизуйтеся", "авторизуйтесь", "потрібна авторизація", "необхідна авторизація", "лише для зареєстрованих", "тільки для зареєстрованих", "щоб переглянути, увійдіть", "закритий профіль", "вхід на сайт"}
}

func consentWords() []string {
	return []string{"before you continue to", "we value your privacy", "we and our partners store", "accept all cookies", "accept cookies to continue", "your consent is required", "cookie consent", "please accept our cookies", "confirm your age", "are you over 18", "you must be 18",
		"прежде чем продолжить", "мы ценим вашу конфиденциальность", "примите файлы cookie", "согласие на обработку", "чтобы продолжить, примите", "подтвердите свой возраст", "вам есть 18", "мне есть 18",
		"перш ніж продовжити", "ми цінуємо вашу конфіденційність", "ми цінуємо вашу приватність", "прийміть файли cookie", "згода на обробку", "щоб продовжити, прийміть", "підтвердьте свій вік", "вам є 18", "мені є 18", "вам виповнилося 18"}
}

func payWords() []string {
	return []string{"subscribe to continue reading", "subscribe to read", "to continue reading, subscribe", "this article is for subscribers", "subscribers only", "already a subscriber", "you have reached your limit of free articles", "become a member to read", "unlock this article",
		"оформите подписку, чтобы", "только для подписчиков", "доступно по подписке", "материал доступен подписчикам", "чтобы читать дальше", "читайте полную версию по подписке", "вы исчерпали лимит бесплатных",
		"оформіть передплату, щоб", "оформіть підписку, щоб", "лише для передплатників", "тільки для передплатників", "доступно за передплатою", "доступно за підпискою", "щоб читати далі", "матеріал доступний передплатникам", "ви вичерпали ліміт безкоштовних"}
}

func parkWords() []string {
	return []string{"this domain is for sale", "domain is for sale", "buy this domain", "domain parking", "this domain has expired", "domain name has expired", "is parked free", "the domain is registered", "website coming soon", "account suspended", "this account has been suspended",
		"домен продается", "домен продается", "купить домен", "срок регистрации домена истек", "домен припаркован", "хостинг сайта временно приостановлен", "сайт временно приостановлен", "аккаунт заблокирован за неуплату", "домен не прилинкован",
		"домен продається", "купити домен", "термін реєстрації домену закінчився", "домен припарковано", "хостинг сайту призупинено", "роботу сайту призупинено"}
}

func missingWords() []string {
	return []string{"page not found", "404 not found", "error 404", "404 error", "not found - 404", "this page doesn't exist", "this page does not exist", "the page you requested could not be found", "page you are looking for", "this page isn't available", "content isn't available", "this post has been deleted", "has been removed", "this video is unavailable", "no longer available",
		"страница не найдена", "страницы не существует", "страница не существует", "такой страницы нет", "ошибка 404", "404 ошибка", "материал не найден", "новость не найдена", "запись удалена", "запись не найдена", "страница удалена", "страница была удалена", "материал удален", "страница устарела", "видео недоступно", "контент недоступен",
		"сторінку не знайдено", "сторінка не знайдена", "сторінки не існує", "сторінка не існує", "такої сторінки немає", "помилка 404", "404 помилка", "матеріал не знайдено", "новину не знайдено", "запис видалено", "запис не знайдено", "сторінку видалено", "матеріал видалено", "сторінка застаріла", "відео недоступне", "контент недоступний"}
}

func faultWords() []string {
	return []string{"internal server error", "bad gateway", "service unavailable", "gateway timeout", "service temporarily unavailable", "error establishing a database connection", "under maintenance", "down for maintenance", "web server is down", "something went wrong", "technical difficulties", "origin is unreachable", "database error", "fatal error:", "too many connections",
		"внутренняя ошибка сервера", "ошибка сервера", "сервис временно недоступен", "сайт временно недоступен", "технические работы", "ведутся работы", "сайт на обслуживании", "что-то пошло не так", "ошибка подключения к базе", "ошибка 500", "ошибка 502", "ошибка 503",
		"внутрішня помилка сервера", "помилка сервера", "сервіс тимчасово недоступний", "сайт тимчасово недоступний", "технічні роботи", "проводяться роботи", "ведуться роботи", "сайт на обслуговуванні", "щось пішло не так", "помилка підключення до бази", "помилка 500", "помилка 502", "помилка 503"}
}

func scriptWords() []string {
	return []string{"enable javascript", "javascript is disabled", "javascript is required", "you need to enable javascript", "please turn on javascript", "your browser is not supported", "включите javascript", "включить javascript", "отключен javascript", "ваш браузер устарел", "ваш браузер не поддерживается",
		"увімкніть javascript", "увімкнути javascript", "вимкнено javascript", "ваш браузер застарів", "ваш браузер не підтримується", "loading...", "загрузка...", "завантаження..."}
}
