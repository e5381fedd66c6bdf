package dossier

// stampGuide is the step of VERIFY.md that checks time-stamps, where there are any.
func stampGuide(c *contents) string {
	if c.stated.Wording < 2 || len(c.stamps) == 0 {
		return ""
	}
	const commands = "\n```sh\nopenssl ts -reply -in data/ledger/stamps/1.token -token_in -text\nopenssl ts -verify -in data/ledger/stamps/1.token -token_in -data data/ledger/stamps/1.stamped -CAfile ROOT.pem\n```\n"
	switch c.stated.Language {
	case "uk":
		return `
## 5. Час

У теці data/ledger/stamps лежать позначки часу (RFC 3161): N.token — позначка, N.stamped — байти, які вона засвідчує (підписана контрольна точка журналу, з якої виростає та, що в цьому пакеті). Кореневий сертифікат служби (ROOT.pem) візьміть у неї самої, а не від нас:
` + commands
	case "ru":
		return `
## 5. Время

В папке data/ledger/stamps лежат метки времени (RFC 3161): N.token — метка, N.stamped — байты, которые она удостоверяет (подписанная контрольная точка журнала, из которой вырастает та, что в этом пакете). Корневой сертификат службы (ROOT.pem) возьмите у неё самой, а не у нас:
` + commands
	}
	return `
## 5. The time

The folder data/ledger/stamps holds time-stamps (RFC 3161): N.token is the time-stamp, N.stamped the bytes that it vouches for (a signed checkpoint of the ledger, which the one in this bundle grew from). Take the authority's root certificate (ROOT.pem) from the authority itself, not from us:
` + commands
}
