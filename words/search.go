package words

// SearchKey returns the folded words of text, set apart by single spaces: the stream
// that full-text search indexes, and the form that a query takes before it asks.
func SearchKey(text string) string {
	key := make([]byte, 0, len(text)+1)
	for _, t := range Tokenize(nil, text) {
		if t.Kind == Percent {
			continue
		}
		if len(key) > 0 {
			key = append(key, ' ')
		}
		key = Fold(key, text[t.Start:t.End])
	}
	return string(key)
}
