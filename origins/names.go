package origins

// NameIn returns the canonical name of the body in "uk" or "ru", and in English for any
// other language, or where the register has no other.
func (b *Body) NameIn(language string) string {
	names := b.Names
	switch {
	case language == "uk" && len(b.NamesUK) > 0:
		names = b.NamesUK
	case language == "ru" && len(b.NamesRU) > 0:
		names = b.NamesRU
	}
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// NameIn returns the canonical name of the mention in "uk" or "ru", or in English. A body that the
// register lacks keeps the name that the text gives it; a kind of speaker without a name
// keeps its English one, for its ID is what pages translate.
func (m *Mention) NameIn(language string) string {
	if i, ok := tables().byID[m.ID]; ok {
		return tables().bodies[i].NameIn(language)
	}
	return m.Name
}
