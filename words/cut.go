package words

// Cut is a text cut into words and sentences, with every word folded: what all rooms
// that read a text need, made once. Read refills it and keeps its memory; between two
// calls of Read it may be shared, since reading it changes nothing.
type Cut struct {
	Text      string
	Tokens    []Token
	Sentences []Span
	first     []int32 // by sentence: its first token; one more at the end
	arena     []byte
	folded    string
	ends      []int32 // by token: where its folded form ends in folded
}

// Read cuts text.
func (c *Cut) Read(text string) {
	c.Text = text
	c.Tokens = Tokenize(c.Tokens[:0], text)
	c.Sentences = Sentences(c.Sentences[:0], text)
	c.arena, c.ends = c.arena[:0], c.ends[:0]
	for _, t := range c.Tokens {
		c.arena = Fold(c.arena, text[t.Start:t.End])
		c.ends = append(c.ends, int32(len(c.arena)))
	}
	c.folded = string(c.arena)
	c.first = c.first[:0]
	n := 0
	for _, s := range c.Sentences {
		c.first = append(c.first, int32(n))
		for n < len(c.Tokens) && c.Tokens[n].Start < s.End {
			n++
		}
	}
	c.first = append(c.first, int32(n))
}

// Folded returns token i as Fold writes it. The string stays valid after the next Read.
func (c *Cut) Folded(i int) string {
	if i == 0 {
		return c.folded[:c.ends[0]]
	}
	return c.folded[c.ends[i-1]:c.ends[i]]
}

// Raw returns token i as it stands in the text.
func (c *Cut) Raw(i int) string { return c.Text[c.Tokens[i].Start:c.Tokens[i].End] }

// Words returns the tokens [lo,hi) of sentence i. A sentence of marks alone has none.
func (c *Cut) Words(i int) (lo, hi int) { return int(c.first[i]), int(c.first[i+1]) }
