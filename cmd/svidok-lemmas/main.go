// Command svidok-lemmas makes the dictionaries of word forms that package words embeds,
// from hunspell's dictionaries of Ukrainian and Russian (Debian packages hunspell-uk and
// hunspell-ru). The same input gives the same bytes.
//
//	svidok-lemmas LANGUAGE FILE.aff FILE.dic OUT
package main

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"svidok/words"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: svidok-lemmas LANGUAGE FILE.aff FILE.dic OUT")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, "svidok-lemmas:", err)
		os.Exit(1)
	}
}

func run(language, aff, dic, out string) error {
	rules, err := readRules(aff)
	if err != nil {
		return err
	}
	f, err := os.Open(dic)
	if err != nil {
		return err
	}
	defer f.Close()
	stems := map[string]map[string]bool{} // stem -> paradigms, as endings joined by NUL, the lemma's first
	forms := 0
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		word, flags, _ := strings.Cut(strings.TrimSpace(lines.Text()), "/")
		if word == "" || word[0] >= '0' && word[0] <= '9' {
			continue
		}
		stem, endings := paradigm(word, flags, rules)
		if stem == "" && len(endings) == 1 {
			continue
		}
		if stems[stem] == nil {
			stems[stem] = map[string]bool{}
		}
		stems[stem][strings.Join(endings, "\x00")] = true
		forms += len(endings)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	file, err := encode(language, stems)
	if err != nil {
		return err
	}
	if _, err := words.ParseDictionary(file); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s: %d stems, %d forms, %d bytes\n", language, len(stems), forms, len(file))
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return os.WriteFile(out, file, 0o644)
}

func fold(s string) string { return string(words.Fold(nil, s)) }

// paradigm expands one entry and cuts all its forms into what they share and endings.
func paradigm(word, flags string, rules map[rune][]rule) (stem string, endings []string) {
	lemma := fold(word)
	forms := []string{lemma}
	seen := map[string]bool{lemma: true}
	for _, flag := range flags {
		for _, r := range rules[flag] {
			form, ok := r.apply(word)
			if form = fold(form); ok && !seen[form] {
				seen[form] = true
				forms = append(forms, form)
			}
		}
	}
	stem = lemma
	for _, form := range forms {
		n := 0
		for n < len(stem) && n < len(form) && stem[n] == form[n] {
			n++
		}
		for n > 0 && n < len(stem) && stem[n]&0xC0 == 0x80 {
			n-- // not within a character
		}
		stem = stem[:n]
	}
	sort.Strings(forms[1:])
	for _, form := range forms {
		endings = append(endings, form[len(stem):])
	}
	return stem, endings
}

func encode(language string, stems map[string]map[string]bool) ([]byte, error) {
	number := map[string]int{}
	var paradigms []string
	order := make([]string, 0, len(stems))
	for stem, set := range stems {
		order = append(order, stem)
		for p := range set {
			if _, ok := number[p]; !ok {
				number[p] = 0
				paradigms = append(paradigms, p)
			}
		}
	}
	sort.Strings(order)
	sort.Strings(paradigms)
	if len(paradigms) >= 1<<16 {
		return nil, fmt.Errorf("%d paradigms, more than the format holds", len(paradigms))
	}
	raw := []byte("svidok lemmas 1 " + language + "\n")
	raw = binary.AppendUvarint(raw, uint64(len(paradigms)))
	for i, p := range paradigms {
		number[p] = i
		endings := strings.Split(p, "\x00")
		raw = binary.AppendUvarint(raw, uint64(len(endings)))
		for _, e := range endings {
			raw = append(binary.AppendUvarint(raw, uint64(len(e))), e...)
		}
	}
	raw = appendStems(raw, order, stems, number)
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// appendStems writes the stems in order, each with what it shares with the one before.
func appendStems(raw []byte, order []string, stems map[string]map[string]bool, number map[string]int) []byte {
	raw = binary.AppendUvarint(raw, uint64(len(order)))
	before := ""
	for _, stem := range order {
		n := 0
		for n < len(before) && n < len(stem) && before[n] == stem[n] {
			n++
		}
		raw = binary.AppendUvarint(raw, uint64(n))
		raw = append(binary.AppendUvarint(raw, uint64(len(stem)-n)), stem[n:]...)
		before = stem
		ids := make([]int, 0, len(stems[stem]))
		for p := range stems[stem] {
			ids = append(ids, number[p])
		}
		sort.Ints(ids)
		raw = binary.AppendUvarint(raw, uint64(len(ids)))
		for _, id := range ids {
			raw = binary.AppendUvarint(raw, uint64(id))
		}
	}
	return raw
}
