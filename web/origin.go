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

// byName gives the ID of every name that the reader may give a claimant, made once.
var byName = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for id, b := range bodies() {
		if len(b.Names) > 0 {
			out[b.Names[0]] = id
		}
	}
	for id, name := range origins.Unnamed() {
		out[name] = id
	}
	return out
})

// claimant names who claims a number, in the visitor's language where it is known.
func (l *language) claimant(name string) string {
	if id, ok := byName()[name]; ok {
		return l.origin(id)
	}
	return name
}

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
