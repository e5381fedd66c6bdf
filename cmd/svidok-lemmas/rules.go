package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// rule is one suffix rule of an .aff file (hunspell(5)): words that end in when lose
// strip and gain add.
type rule struct {
	strip, add string
	when       [][]rune // by place from the front: the letters allowed there; with ! first, those not allowed; nil: any
}

// readRules reads the suffix rules by flag. Prefix rules are not used by the two
// dictionaries; one that has them is refused, since its forms would be wrong.
func readRules(path string) (map[rune][]rule, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rules := map[rune][]rule{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		field := strings.Fields(lines.Text())
		if len(field) > 0 && field[0] == "PFX" {
			return nil, fmt.Errorf("%s has prefix rules, which this program does not know", path)
		}
		if len(field) < 5 || field[0] != "SFX" {
			continue
		}
		flag := []rune(field[1])[0]
		add, _, _ := strings.Cut(field[3], "/")
		r := rule{strip: field[2], add: add, when: condition(field[4])}
		if r.strip == "0" {
			r.strip = ""
		}
		if r.add == "0" {
			r.add = ""
		}
		rules[flag] = append(rules[flag], r)
	}
	return rules, lines.Err()
}

func condition(s string) [][]rune {
	var when [][]rune
	for rest := []rune(s); len(rest) > 0; {
		if rest[0] != '[' {
			if rest[0] == '.' {
				when = append(when, nil)
			} else {
				when = append(when, rest[:1])
			}
			rest = rest[1:]
			continue
		}
		n := 1
		for n < len(rest) && rest[n] != ']' {
			n++
		}
		set := append([]rune(nil), rest[1:n]...)
		if len(set) > 0 && set[0] == '^' {
			set[0] = '!'
		}
		when = append(when, set)
		rest = rest[min(n+1, len(rest)):]
	}
	return when
}

func (r rule) apply(word string) (string, bool) {
	if !strings.HasSuffix(word, r.strip) {
		return "", false
	}
	letters := []rune(word)
	if len(letters) < len(r.when) {
		return "", false
	}
	for i, set := range r.when {
		if c := letters[len(letters)-len(r.when)+i]; set != nil && !allowed(set, c) {
			return "", false
		}
	}
	return word[:len(word)-len(r.strip)] + r.add, true
}

func allowed(set []rune, c rune) bool {
	if set[0] == '!' {
		for _, x := range set[1:] {
			if x == c {
				return false
			}
		}
		return true
	}
	for _, x := range set {
		if x == c {
			return true
		}
	}
	return false
}
