package ocr

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"svidok/evidence"
)

// readTSV reads what tesseract writes as TSV: level, page_num, block_num, par_num, line_num,
// word_num, left, top, width, height, conf, text. Levels: 1 page to 5 word.
func readTSV(b []byte) (Page, error) {
	var p Page
	var text strings.Builder
	var last [4]int // page, block, paragraph, line
	pictures := 0
	for i, line := range bytes.Split(b, []byte("\n")) {
		if i == 0 || len(line) == 0 {
			continue // names of the columns; the end
		}
		cell := strings.SplitN(strings.TrimSuffix(string(line), "\r"), "\t", 12)
		if len(cell) < 11 {
			return Page{}, fmt.Errorf("line %d of what tesseract said has %d columns: %w", i+1, len(cell), evidence.ErrFormat)
		}
		var n [10]int
		for j := range n {
			v, err := strconv.Atoi(cell[j])
			if err != nil {
				return Page{}, fmt.Errorf("line %d of what tesseract said: column %d is no number: %w", i+1, j+1, evidence.ErrFormat)
			}
			n[j] = v
		}
		if n[0] == 1 {
			pictures++
			p.Width, p.Height = max(p.Width, n[8]), max(p.Height, n[9])
		}
		conf, err := strconv.ParseFloat(cell[10], 64)
		if err != nil {
			return Page{}, fmt.Errorf("line %d of what tesseract said: no confidence: %w", i+1, evidence.ErrFormat)
		}
		word := ""
		if len(cell) == 12 {
			word = strings.ToValidUTF8(strings.TrimSpace(cell[11]), "\ufffd")
		}
		if n[0] != 5 || word == "" || !(conf >= 0) {
			continue
		}
		if len(p.Words) == maxWords {
			p.Problems = append(p.Problems, fmt.Sprintf("only the first %d words are kept", maxWords))
			break
		}
		at := [4]int{n[1], n[2], n[3], n[4]}
		separate(&text, last, at)
		last = at
		from := text.Len()
		text.WriteString(word)
		p.Words = append(p.Words, Word{Text: word, From: from, To: text.Len(), Left: n[6], Top: n[7], Width: n[8], Height: n[9], Confidence: min(conf, 100) / 100})
	}
	if pictures > 1 {
		p.Problems = append(p.Problems, fmt.Sprintf("the picture has %d pages: places are those on each", pictures))
	}
	p.Text, p.Confidence = text.String(), mean(p.Words)
	return p, nil
}

// separate sets words apart as they stand: a line, or a paragraph.
func separate(text *strings.Builder, last, at [4]int) {
	switch {
	case text.Len() == 0:
	case last == at:
		text.WriteByte(' ')
	case last[0] == at[0] && last[1] == at[1] && last[2] == at[2]:
		text.WriteByte('\n')
	default:
		text.WriteString("\n\n")
	}
}

// mean is the confidence over all letters.
func mean(words []Word) float64 {
	sum, all := 0.0, 0
	for _, w := range words {
		n := utf8.RuneCountInString(w.Text)
		sum, all = sum+w.Confidence*float64(n), all+n
	}
	if all == 0 {
		return 0
	}
	return sum / float64(all)
}

// judge says what speaks against what was recognised.
func (p *Page) judge() {
	switch {
	case len(p.Words) == 0:
		p.Problems = append(p.Problems, "no text was recognised")
	case p.Confidence < readable:
		p.Problems = append(p.Problems, fmt.Sprintf("hardly readable: the text is a guess (confidence %d of 100)", int(100*p.Confidence)))
	}
	var doubtful []string
	for i, w := range p.Words {
		if mistakable(w.Text) || alone(p.Words, i) {
			doubtful = append(doubtful, w.Text)
		}
	}
	if n := len(doubtful); n > 0 {
		p.Problems = append(p.Problems, fmt.Sprintf("%d words hold letters and digits that look alike, compare with the picture: %s", n, clipped(strings.Join(doubtful[:min(n, 8)], ", "))))
	}
}

const lookalikes = "ЗзОоoOбlІI|"

// mistakable: digits beside letters that look like digits.
func mistakable(s string) bool {
	return strings.ContainsFunc(s, unicode.IsDigit) && strings.ContainsAny(s, lookalikes)
}

// alone: a capital that looks like a digit, by itself in the middle of a sentence.
func alone(words []Word, i int) bool {
	if i == 0 || words[i].Text != "З" && words[i].Text != "О" && words[i].Text != "O" {
		return false
	}
	return !strings.ContainsAny(words[i-1].Text[len(words[i-1].Text)-1:], ".!?:")
}
