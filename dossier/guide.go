package dossier

// verifyGuide is VERIFY.md: how a stranger checks a bundle with common tools. The script is
// the same in every language; a test takes it out of the page and runs it.
func verifyGuide(c *contents) []byte {
	g := guideEnglish()
	switch c.stated.Language {
	case "uk":
		g = guideUkrainian()
	case "ru":
		g = guideRussian()
	}
	return []byte(g[0] + "\n```sh\nsha256sum -c tagmanifest-sha256.txt\nsha256sum -c manifest-sha256.txt\n```\n" +
		g[1] + "\n```sh\ngzip -dc data/warc/000001.warc.gz | less\n```\n" +
		g[2] + "\n```python\n" + script() + "```\n" + g[3] + stampGuide(c) + othersGuide(c))
}

func guideEnglish() [4]string {
	return [4]string{`# How to verify this bundle

No tool of ours is needed. Unpack the zip and open a terminal in the folder in which this file lies.

## 1. Nothing was changed since the bundle was made

The bundle is a BagIt 1.0 bag (RFC 8493); any BagIt tool can check it, and so can sha256sum (on macOS: shasum -a 256 -c):
`, `
This shows that the files belong together. It does not show who made them: that is step 3.

## 2. The records can be read

The files in data/warc are standard WARC 1.1 (ISO 28500), gzip per record. Any WARC tool reads them, for example:
`, `
Records of type "resource" and "response" are reports as received, "conversion" are texts read from them, "metadata" are the records of each step.

## 3. The records stood in the signed ledger, and the findings stand at their words

Save the following as check.py in the folder above this one (nothing may be added to the bag), and run here: python3 ../check.py
It needs nothing but Python 3.8 or later. It checks the Ed25519 signature of the checkpoint (RFC 8032), the Merkle path of every entry (RFC 6962), the SHA-256 of every record, and that every quote stands at its offsets.
`, `
The lines "withheld" name entries of accounts and of machine codings: their records stay with the observer, and their hashes bind the observer to them.

## 4. Compare the key

The public key in data/ledger/key.pub should be compared with one that you have from elsewhere: from the observer in person, an earlier dossier, a printed card. Otherwise you know that one key signed everything, not whose it is.

## What remains open

See data/methods.md. In short: what is proven is that this observer held these bytes when the checkpoint was signed, by the observer's own clock.
`}
}

func guideUkrainian() [4]string {
	return [4]string{`# Як перевірити цей пакет

Наші програми для цього не потрібні. Розпакуйте zip і відкрийте термінал у теці, де лежить цей файл.

## 1. Відтоді, як пакет складено, нічого не змінено

Пакет є «сумкою» BagIt 1.0 (RFC 8493): його перевірить будь-який засіб BagIt, а також sha256sum (у macOS: shasum -a 256 -c):
`, `
Це показує, що файли належать до одного пакета. Хто його склав, це не показує: для того є крок 3.

## 2. Записи можна прочитати

Файли в data/warc — це звичайні WARC 1.1 (ISO 28500), кожен запис стиснено gzip окремо. Їх читає будь-який засіб для WARC, наприклад:
`, `
Записи типу "resource" і "response" — це повідомлення так, як їх отримано; "conversion" — прочитані з них тексти; "metadata" — записи про кожен крок.

## 3. Записи стояли в підписаному журналі, а висновки стоять на своїх словах

Збережіть поданий нижче текст як check.py у теці на рівень вище (до сумки нічого не додають) і запустіть тут: python3 ../check.py
Потрібен лише Python 3.8 або новіший. Скрипт перевіряє підпис Ed25519 контрольної точки (RFC 8032), шлях Меркла кожного запису (RFC 6962), SHA-256 кожного запису й те, що кожна цитата стоїть на вказаному місці.
`, `
Рядки "withheld" називають записи про облікові записи людей і машинні пропозиції: їхній зміст лишається у спостерігача, а хеші не дають йому змінити його потім.

## 4. Звірте ключ

Відкритий ключ у data/ledger/key.pub слід звірити з тим, який ви маєте з іншого джерела: особисто від спостерігача, з давнішого досьє, з друкованої картки. Інакше ви знаєте, що все підписав один ключ, але не знаєте чий.

## Що лишається відкритим

Див. data/methods.md. Коротко: доведено, що цей спостерігач мав ці байти, коли підписував контрольну точку, — за його власним годинником.
`}
}

func guideRussian() [4]string {
	return [4]string{`# Как проверить этот пакет

Наши программы для этого не нужны. Распакуйте zip и откройте терминал в папке, где лежит этот файл.

## 1. С тех пор как пакет составлен, ничего не изменено

Пакет — это «сумка» BagIt 1.0 (RFC 8493): её проверит любое средство BagIt, а также sha256sum (в macOS: shasum -a 256 -c):
`, `
Это показывает, что файлы принадлежат к одному пакету. Кто его составил, это не показывает: для того есть шаг 3.

## 2. Записи можно прочитать

Файлы в data/warc — обычные WARC 1.1 (ISO 28500), каждая запись сжата gzip отдельно. Их читает любое средство для WARC, например:
`, `
Записи типа "resource" и "response" — сообщения в том виде, в каком они получены; "conversion" — прочитанные из них тексты; "metadata" — записи о каждом шаге.

## 3. Записи стояли в подписанном журнале, а выводы стоят на своих словах

Сохраните приведённый ниже текст как check.py в папке уровнем выше (в сумку ничего не добавляют) и запустите здесь: python3 ../check.py
Нужен только Python 3.8 или новее. Скрипт проверяет подпись Ed25519 контрольной точки (RFC 8032), путь Меркла каждой записи (RFC 6962), SHA-256 каждой записи и то, что каждая цитата стоит на указанном месте.
`, `
Строки "withheld" называют записи об учётных записях людей и машинные предложения: их содержание остаётся у наблюдателя, а хеши не позволяют ему изменить его потом.

## 4. Сверьте ключ

Открытый ключ в data/ledger/key.pub следует сверить с полученным из другого источника: лично от наблюдателя, из более раннего досье, с печатной карточки. Иначе вы знаете, что всё подписал один ключ, но не знаете чей.

## Что остаётся открытым

См. data/methods.md. Коротко: доказано, что этот наблюдатель располагал этими байтами, когда подписывал контрольную точку, по его собственным часам.
`}
}

func script() string {
	return `import base64, glob, gzip, hashlib, json, sys

def sha(b): return hashlib.sha256(b).digest()
def fail(why): sys.exit("FAILED: " + why)

# Ed25519 (RFC 8032, section 5.1), only as far as verifying needs it
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
def add(a, b):
    e, f, g, h = ((a[1]-a[0])*(b[1]-b[0]), 2*a[3]*b[3]*D, 2*a[2]*b[2], (a[1]+a[0])*(b[1]+b[0]))
    e, f, g, h = h - e, g - f, g + f, h + e
    return (e*f % P, g*h % P, f*g % P, e*h % P)
def mul(s, p):
    q = (0, 1, 1, 0)
    while s:
        if s & 1: q = add(q, p)
        p, s = add(p, p), s >> 1
    return q
def point(b):
    y = int.from_bytes(b, "little"); sign, y = y >> 255, y & (1 << 255) - 1
    x2 = (y*y - 1) * pow(D*y*y + 1, P - 2, P) % P
    x = pow(x2, (P + 3)//8, P)
    if (x*x - x2) % P: x = x * pow(2, (P - 1)//4, P) % P
    if y >= P or (x*x - x2) % P: fail("a point that is not on the curve")
    if x & 1 != sign: x = P - x
    return (x, y, 1, x*y % P)
def verify(key, text, sig):
    s = int.from_bytes(sig[32:], "little")
    h = int.from_bytes(hashlib.sha512(sig[:32] + key + text).digest(), "little") % L
    g = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    a, b = mul(s, g), add(point(sig[:32]), mul(h, point(key)))
    return s < L and (a[0]*b[2] - b[0]*a[2]) % P == 0 and (a[1]*b[2] - b[1]*a[2]) % P == 0

# the checkpoint and its signature
name, keyid, key = open("data/ledger/key.pub", encoding="utf-8").read().strip().split("+", 2)
key = base64.b64decode(key)[1:]
text, sigs = open("data/ledger/checkpoint", "rb").read().split(b"\n\n", 1)
text += b"\n"
origin, size, root = text.decode().split("\n")[:3]
size, root = int(size), base64.b64decode(root)
ours = [l.split(" ")[2] for l in sigs.decode().splitlines() if l.split(" ")[1] == name]
if origin != name or not any(verify(key, text, base64.b64decode(s)[4:]) for s in ours if base64.b64decode(s)[:4].hex() == keyid):
    fail("the checkpoint is not signed by the key")

# the WARC records, by the SHA-256 of their blocks
blocks = {}
for f in sorted(glob.glob("data/warc/*.warc.gz")):
    with gzip.open(f) as w:
        while w.readline():
            head = {}
            for l in iter(w.readline, b"\r\n"):
                k, v = l.decode().split(": ", 1)
                head[k] = v.strip()
            b = w.read(int(head["Content-Length"]))
            if w.read(4) != b"\r\n\r\n" or head["WARC-Block-Digest"] != "sha256:" + sha(b).hex():
                fail("a record of " + f + " is damaged")
            blocks[sha(b).hex()] = b

# every entry lies under the checkpoint (RFC 6962, section 2.1.1), and its record is here
def climb(leaf, i, n, path):
    if n <= 1: return leaf if not path else fail("a path that is too long")
    k = 1 << (n - 1).bit_length() - 1
    if not path: fail("a path that is too short")
    if i < k: return sha(b"\1" + climb(leaf, i, k, path[:-1]) + path[-1])
    return sha(b"\1" + path[-1] + climb(leaf, i - k, n - k, path[:-1]))
entries = [json.loads(l) for l in open("data/ledger/entries.jsonl", encoding="utf-8")]
for e in entries:
    leaf = sha(b"\0" + e["entry"].encode() + b"\n")
    if climb(leaf, e["index"], size, [bytes.fromhex(h) for h in e.get("path", [])]) != root:
        fail("entry %d is not in the ledger" % e["index"])
    _, kind, ref = e["entry"].split(" ")[:3]
    if ref not in blocks:
        if kind not in ("account", "coding"): fail("the record of entry %d is missing" % e["index"])
        print("withheld: entry %d, %s" % (e["index"], kind))
if json.loads(blocks[entries[0]["entry"].split(" ")[2]])["key"] != open("data/ledger/key.pub", encoding="utf-8").read().strip():
    fail("the case was begun with another key")

# every finding stands at its words, and two people judged it
findings = [json.loads(l) for l in open("data/findings.jsonl", encoding="utf-8")]
for f in findings:
    if blocks[f["text"]][f["start"]:f["end"]].decode() != f["quote"]: fail("finding " + f["id"] + " is not at its words")
    last = f["decisions"][-1]
    coded = [d for d in f["decisions"] if d["act"] in ("accept", "correct", "add")]
    if last["act"] != "confirm" or last["by"] == coded[-1]["by"]: fail("finding " + f["id"] + " was not confirmed by a second person")
print("OK: %d records, %d entries under a signed tree of %d, %d findings at their words" % (len(blocks), len(entries), size, len(findings)))
`
}
