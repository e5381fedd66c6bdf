package origins

import (
	_ "embed"
	"strings"
)

//go:embed lexicon.txt
var lexiconText string

// class says what a word may do in an attribution: a set of bits.
type class uint32

const (
	say class = 1 << iota
	find
	report
	tells
	cited
	prep
	cite
	via
	dem
	poss
	pron
	that
	rel
	in
	by
	and
	other
	venue
	askedBy
	suspicion
	heading
	photo
	title
	bodyNoun
	channel
	own
	self
)

func classes() map[string]class {
	return map[string]class{
		"say": say, "find": find, "report": report, "tells": tells, "cited": cited, "prep": prep, "cite": cite, "via": via, "dem": dem,
		"poss": poss, "pron": pron, "that": that, "rel": rel, "in": in, "by": by, "andword": and, "other": other, "venue": venue,
		"askedby": askedBy, "suspicion": suspicion, "heading": heading, "photo": photo, "title": title, "bodynoun": bodyNoun,
		"channel": channel, "own": own, "self": self,
	}
}

// speaker is a kind of origin without a name.
type speaker uint8

const (
	nobody speaker = iota
	witness
	residents
	relatives
	anonymous
	captives
	occupation
	activists
	social
	document
	ownReport
	official
	person
	unnamedChannel
	unnamedOutlet
)

// unnamed gives the id, the name and the kind of a speaker without a name.
func unnamed(s speaker) (id, name, kind string) {
	switch s {
	case witness:
		return "witness", "witness", "witness"
	case residents:
		return "residents", "residents", "witness"
	case relatives:
		return "relatives", "relatives", "witness"
	case anonymous:
		return "anonymous", "anonymous source", "anonymous"
	case captives:
		return "captives", "conscripts or captives", "witness"
	case occupation:
		return "occupation", "occupation authorities", "office"
	case activists:
		return "activists", "rights defenders or activists", "ngo"
	case social:
		return "social", "social networks", "social"
	case document:
		return "document", "document", "document"
	case ownReport:
		return Own, "own reporting", "own"
	case official:
		return "official", "official or expert without a body", "office"
	case person:
		return "person", "private person", "witness"
	case unnamedChannel:
		return "unnamed-channel", "unnamed channels", "social"
	case unnamedOutlet:
		return "unnamed-outlet", "unnamed outlet", "outlet"
	}
	return "", "", "body"
}

// Unnamed are the IDs and the names of speakers without a name of their own.
func Unnamed() map[string]string {
	out := map[string]string{}
	for s := witness; s <= unnamedOutlet; s++ {
		id, name, _ := unnamed(s)
		out[id] = name
	}
	return out
}

// readLexicon fills the words of attribution.
func (t *table) readLexicon() {
	byName := classes()
	speakers := map[string]speaker{}
	for s := witness; s <= social; s++ {
		id, _, _ := unnamed(s)
		speakers[id] = s
	}
	speakers["document"], speakers["official"] = document, official
	for line := range strings.Lines(lexiconText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Fields(line)
		for i := 1; i < len(f); i++ {
			parts := strings.Split(f[i], "|")
			stem, ends := parts[0], parts[1:]
			if len(ends) == 0 {
				ends = []string{""}
			}
			for _, e := range ends {
				w := t.words[stem+e]
				if id, ok := strings.CutPrefix(f[0], "speaker."); ok {
					w.speaker = speakers[id]
				} else {
					w.class |= byName[f[0]]
				}
				t.words[stem+e] = w
			}
		}
	}
}
