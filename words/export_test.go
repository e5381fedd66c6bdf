package words

// Decode decodes the dictionary anew, for the benchmark of that.
func Decode(language string) *Dictionary {
	if language == "ru" {
		return embedded(ruLemmas)
	}
	return embedded(ukLemmas)
}
