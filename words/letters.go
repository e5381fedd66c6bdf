package words

// letterCost returns what one letter of Cyrillic, in lower case, costs each language
// (uk, ru, be, bg, sr): minus ten times the logarithm of how often it is
// written there, from counts that are common knowledge. A letter that a language
// does not have costs as much as one in 70,000, since it comes in names and slips.
func letterCost(r rune) [5]int16 {
	switch r {
	case 'а':
		return [5]int16{25, 25, 19, 21, 21}
	case 'б':
		return [5]int16{41, 41, 41, 43, 42}
	case 'в':
		return [5]int16{29, 31, 35, 31, 33}
	case 'г':
		return [5]int16{42, 41, 40, 41, 40}
	case 'д':
		return [5]int16{34, 35, 33, 34, 33}
	case 'е':
		return [5]int16{30, 25, 32, 25, 24}
	case 'ж':
		return [5]int16{47, 47, 47, 50, 50}
	case 'з':
		return [5]int16{38, 41, 35, 39, 40}
	case 'и':
		return [5]int16{28, 26, 111, 24, 24}
	case 'й':
		return [5]int16{43, 44, 44, 50, 111}
	case 'к':
		return [5]int16{32, 34, 32, 34, 33}
	case 'л':
		return [5]int16{33, 31, 32, 33, 34}
	case 'м':
		return [5]int16{35, 34, 35, 37, 33}
	case 'н':
		return [5]int16{27, 27, 27, 27, 29}
	case 'о':
		return [5]int16{24, 22, 32, 24, 24}
	case 'п':
		return [5]int16{35, 36, 35, 35, 36}
	case 'р':
		return [5]int16{31, 31, 30, 29, 30}
	case 'с':
		return [5]int16{32, 29, 31, 30, 30}
	case 'т':
		return [5]int16{29, 28, 32, 26, 31}
	case 'у':
		return [5]int16{34, 36, 34, 43, 32}
	case 'ф':
		return [5]int16{58, 60, 62, 58, 58}
	case 'х':
		return [5]int16{45, 46, 45, 50, 51}
	case 'ц':
		return [5]int16{48, 53, 34, 50, 47}
	case 'ч':
		return [5]int16{43, 42, 41, 43, 47}
	case 'ш':
		return [5]int16{49, 49, 45, 55, 46}
	case 'щ':
		return [5]int16{53, 56, 111, 50, 111}
	case 'ъ':
		return [5]int16{111, 78, 111, 40, 111}
	case 'ы':
		return [5]int16{111, 40, 32, 111, 111}
	case 'ь':
		return [5]int16{40, 41, 40, 85, 111}
	case 'э':
		return [5]int16{111, 57, 41, 111, 111}
	case 'ю':
		return [5]int16{48, 51, 50, 69, 111}
	case 'я':
		return [5]int16{39, 39, 32, 40, 111}
	case 'ё':
		return [5]int16{111, 69, 50, 111, 111}
	case 'ђ':
		return [5]int16{111, 111, 111, 111, 60}
	case 'ѓ':
		return [5]int16{111, 111, 111, 111, 69}
	case 'є':
		return [5]int16{50, 111, 111, 111, 111}
	case 'ѕ':
		return [5]int16{111, 111, 111, 111, 76}
	case 'і':
		return [5]int16{29, 111, 28, 111, 111}
	case 'ї':
		return [5]int16{50, 111, 111, 111, 111}
	case 'ј':
		return [5]int16{111, 111, 111, 111, 32}
	case 'љ':
		return [5]int16{111, 111, 111, 111, 52}
	case 'њ':
		return [5]int16{111, 111, 111, 111, 50}
	case 'ћ':
		return [5]int16{111, 111, 111, 111, 50}
	case 'ќ':
		return [5]int16{111, 111, 111, 111, 65}
	case 'ў':
		return [5]int16{111, 111, 38, 111, 111}
	case 'џ':
		return [5]int16{111, 111, 111, 111, 76}
	case 'ґ':
		return [5]int16{88, 111, 111, 111, 111}
	}
	return [5]int16{150, 150, 150, 150, 30} // Kazakh, Tatar, Chechen and others, who have no table of their own
}
