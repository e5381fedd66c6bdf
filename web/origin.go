package web

import (
	"sync"

	"svidok/origins"
)

// bodies is the register by ID, made once.
var bodies = sync.OnceValue(func() map[string]origins.Body {
	out := map[string]origins.Body{}
	for _, b := range origins.Register() {
		out[b.ID] = b
	}
	return out
})

// origin names whom a text has something from: a body of the register, an unnamed kind of
// speaker, or what the text itself calls it.
func (l *language) origin(id string) string {
	if b, ok := bodies()[id]; ok {
		names := b.Names
		switch {
		case l.code == "uk" && len(b.NamesUK) > 0:
			names = b.NamesUK
		case l.code == "ru" && len(b.NamesRU) > 0:
			names = b.NamesRU
		}
		if len(names) > 0 {
			return names[0]
		}
	}
	if key := "origin." + id; l.has(key) {
		return l.t(key)
	}
	return id
}
