package places

import "strings"

// Russian makes a Russian name from a Ukrainian one by rule; for areas, the adjective.
func Russian(uk string, l Level) string {
	return strings.NewReplacer("івка", "овка", "і", "и", "ськ", "ск", "ї", "и", "є", "е", "’", "ъ").Replace(uk)
}

// Romanise writes Ukrainian in Latin letters as the resolution 55/2010 of the Cabinet of
// Ministers has it.
func Romanise(uk string) string { return uk }

func romaniseRussian(ru string) string { return "" }
