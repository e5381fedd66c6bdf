package dossier

// othersGuide is the step of VERIFY.md about witnesses and other observers, where there are any.
func othersGuide(c *contents) string {
	if len(c.witnesses)+len(c.crosses) == 0 {
		return ""
	}
	switch c.stated.Language {
	case "uk":
		return `
## 6. Що кажуть інші

data/ledger/witnesses.jsonl: контрольні точки журналу, які підписали його свідки (c2sp.org/tlog-cosignature). Підпис свідка — Ed25519 над рядком cosignature/v1, рядком time і часом у секундах та текстом контрольної точки; час стоїть перед підписом, вісім байтів. Ключ свідка візьміть у нього самого.
data/ledger/crosses.jsonl: наша фіксація сторінки (own) поруч із фіксацією тієї самої адреси, яку зробив інший спостерігач (other). Обидва — підписані заяви; ключ іншого спостерігача (key) звірте з ним самим.
`
	case "ru":
		return `
## 6. Что говорят другие

data/ledger/witnesses.jsonl: контрольные точки журнала, которые подписали его свидетели (c2sp.org/tlog-cosignature). Подпись свидетеля — Ed25519 над строкой cosignature/v1, строкой time и временем в секундах и текстом контрольной точки; время стоит перед подписью, восемь байтов. Ключ свидетеля возьмите у него самого.
data/ledger/crosses.jsonl: наша фиксация страницы (own) рядом с фиксацией того же адреса, которую сделал другой наблюдатель (other). Оба — подписанные заявления; ключ другого наблюдателя (key) сверьте с ним самим.
`
	}
	return `
## 6. What others say

data/ledger/witnesses.jsonl: checkpoints of the ledger that its witnesses cosigned (c2sp.org/tlog-cosignature). A witness's signature is Ed25519 over the line cosignature/v1, the line time and the time in seconds, and the text of the checkpoint; the time stands before the signature, eight bytes. Take the witness's key from the witness itself.
data/ledger/crosses.jsonl: what we captured (own) beside what another observer captured at the same address (other). Both are signed statements; compare the other observer's key (key) with the one they give.
`
}
