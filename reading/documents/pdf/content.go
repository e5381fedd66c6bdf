package pdf

import (
	"bytes"
	"math"
	"unicode/utf8"
)

const (
	maxForms  = 16      // forms within forms
	maxStack  = 64      // saved graphics states
	maxGlyphs = 400_000 // of one page
	drawing   = 300     // what it costs, in operators, to open a stream
)

// matrix: x' = a·x + c·y + e, y' = b·x + d·y + f.
type matrix [6]float64

func identity() matrix { return matrix{1, 0, 0, 1, 0, 0} }

// then applies m first, and n after it.
func (m matrix) then(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// state is the part of the graphics state that text needs.
type state struct {
	ctm                        matrix
	font                       *font
	size, char, word, lead, up float64
	scale                      float64
	mode                       int
}

// canvas takes the text of one page.
type canvas struct {
	f        *file
	fonts    map[any]*font
	at       state
	saved    []state
	text     matrix // text matrix
	line     matrix // text line matrix
	lines    []line
	glyphs   int
	unknown  int // glyphs of which nobody says what they mean
	hidden   int // glyphs that are not painted: text recognition laid over a picture
	pictures []Picture
	marks    []mark
	drawn    map[spot]struct{}
	seen     map[*stream]bool
	shapes   int // fills and strokes
}

// mark is marked content that is open, and what it stands for, if it says so.
type mark struct {
	actual string
	has    bool
	begun  bool
}

// spot: where a glyph was drawn; fonts are made bold by drawing twice.
type spot struct {
	x, y int32
	r    rune
}

// draw interprets a content stream (ISO 32000-1, 8 and 9).
func (c *canvas) draw(content []byte, resources dict, depth int) {
	l := &lexer{b: content, left: &c.f.ops}
	var args []any
	base := len(c.saved)
	for c.glyphs < maxGlyphs {
		v := l.object(0)
		op, ok := v.(keyword)
		if !ok {
			if len(args) < 64 {
				args = append(args, v)
			}
			continue
		}
		if op == end {
			break
		}
		if op == "BI" {
			skipImage(l)
		} else {
			c.operate(op, args, resources, depth)
		}
		args = args[:0]
	}
	for len(c.saved) > base {
		c.restore()
	}
	if c.f.ops <= 0 {
		c.f.reached("its pages and fonts hold more operators than any page that people write: not all is read")
	}
}

// skipImage goes over an inline image.
func skipImage(l *lexer) {
	for {
		t := l.token()
		if t == end {
			return
		}
		if t == keyword("ID") {
			break
		}
	}
	for {
		k := bytes.Index(l.b[min(l.i, len(l.b)):], []byte("EI"))
		if k < 0 {
			l.i = len(l.b)
			return
		}
		l.i += k + 2
		*l.left -= 1 + k/32
		if isSpace(l.peek(0)) && l.i >= 3 && isSpace(l.b[l.i-3]) || l.i >= len(l.b) {
			return
		}
	}
}

func (c *canvas) restore() {
	if n := len(c.saved); n > 0 {
		c.at = c.saved[n-1]
		c.saved = c.saved[:n-1]
	}
}

func numbers(args []any, n int) ([]float64, bool) {
	if len(args) < n {
		return nil, false
	}
	out := make([]float64, n)
	for i, v := range args[len(args)-n:] {
		out[i] = float(v)
	}
	return out, true
}

func toMatrix(args []any) (matrix, bool) {
	n, ok := numbers(args, 6)
	if !ok {
		return identity(), false
	}
	return matrix(n), true
}

func (c *canvas) operate(op keyword, args []any, resources dict, depth int) {
	switch op {
	case "q":
		if len(c.saved) < maxStack*(depth+1) {
			c.saved = append(c.saved, c.at)
		}
	case "Q":
		c.restore()
	case "cm":
		if m, ok := toMatrix(args); ok {
			c.at.ctm = m.then(c.at.ctm)
		}
	case "BT":
		c.text, c.line = identity(), identity()
	case "Do":
		if len(args) > 0 {
			n, _ := args[len(args)-1].(name)
			c.object(c.f.get(c.f.dict(resources["XObject"])[n]), resources, depth)
		}
	case "BDC", "BMC":
		c.open(args, resources)
	case "EMC":
		if n := len(c.marks); n > 0 {
			c.marks = c.marks[:n-1]
		}
	case "f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "sh":
		c.shapes++
	default:
		c.operateText(op, args, resources)
	}
}

func (c *canvas) operateText(op keyword, args []any, resources dict) {
	var n []float64
	if v, ok := numbers(args, 1); ok {
		n = v
	}
	switch op {
	case "Tf":
		if len(args) >= 2 {
			key, _ := args[len(args)-2].(name)
			c.at.font, c.at.size = c.fontOf(c.f.dict(resources["Font"])[key]), float(args[len(args)-1])
		}
	case "Td", "TD":
		if xy, ok := numbers(args, 2); ok {
			c.move(xy[0], xy[1])
			if op == "TD" {
				c.at.lead = -xy[1]
			}
		}
	case "Tm":
		if m, ok := toMatrix(args); ok {
			c.text, c.line = m, m
		}
	case "T*":
		c.move(0, -c.at.lead)
	case "Tj":
		c.showLast(args)
	case "'":
		c.move(0, -c.at.lead)
		c.showLast(args)
	case "\"":
		if v, ok := numbers(args[:min(len(args), 2)], 2); ok {
			c.at.word, c.at.char = v[0], v[1]
		}
		c.move(0, -c.at.lead)
		c.showLast(args)
	case "TJ":
		if len(args) > 0 {
			c.showAll(args[len(args)-1])
		}
	}
	if n == nil {
		return
	}
	switch op {
	case "Tc":
		c.at.char = n[0]
	case "Tw":
		c.at.word = n[0]
	case "Tz":
		c.at.scale = n[0] / 100
	case "TL":
		c.at.lead = n[0]
	case "Ts":
		c.at.up = n[0]
	case "Tr":
		c.at.mode = int(n[0])
	}
}

func (c *canvas) move(x, y float64) {
	c.line = matrix{1, 0, 0, 1, x, y}.then(c.line)
	c.text = c.line
}

func (c *canvas) showLast(args []any) {
	if len(args) > 0 {
		s, _ := args[len(args)-1].(string)
		c.show(s)
	}
}

func (c *canvas) showAll(v any) {
	list, _ := v.(array)
	for _, v := range list {
		if s, ok := v.(string); ok {
			c.show(s)
			continue
		}
		c.text = matrix{1, 0, 0, 1, -float(v) / 1000 * c.at.size * c.at.scale, 0}.then(c.text)
	}
}

func (c *canvas) fontOf(v any) *font {
	key, isRef := v.(ref)
	if isRef {
		if t, ok := c.fonts[key]; ok {
			return t
		}
	}
	if len(c.fonts) >= maxFonts {
		c.f.reached("more than 2,000 fonts: not all is read")
		return nil
	}
	t := c.f.font(v)
	if isRef {
		c.fonts[key] = t
	} else {
		c.fonts[t] = t
	}
	return t
}

// object draws a form, or lists a picture.
func (c *canvas) object(v any, resources dict, depth int) {
	s, ok := v.(*stream)
	if !ok || depth >= maxForms {
		return
	}
	if s.dict["Subtype"] == name("Image") {
		c.picture(s)
		return
	}
	if s.dict["Subtype"] != name("Form") {
		return
	}
	c.form(s, resources, depth)
}

func (c *canvas) form(s *stream, resources dict, depth int) {
	if c.f.ops -= drawing; c.f.ops <= 0 {
		return
	}
	content, err := c.f.data(s)
	if err != nil {
		return
	}
	before, text, line := c.at, c.text, c.line
	if m, ok := toMatrix(c.f.array(s.dict["Matrix"])); ok {
		c.at.ctm = m.then(c.at.ctm)
	}
	if own := c.f.dict(s.dict["Resources"]); own != nil {
		resources = own
	}
	c.draw(content, resources, depth+1)
	c.at, c.text, c.line = before, text, line
}

// open begins marked content; ActualText says what the glyphs within stand for.
func (c *canvas) open(args []any, resources dict) {
	m := mark{}
	if len(c.marks) > 0 {
		last := c.marks[len(c.marks)-1]
		m.has = last.has // within what is replaced already
		m.begun = last.has
	}
	if len(args) >= 2 && !m.has {
		props, ok := args[1].(dict)
		if n, named := args[1].(name); named {
			props, ok = c.f.dict(c.f.dict(resources["Properties"])[n]), true
		}
		if s, has := c.f.get(props["ActualText"]).(string); ok && has {
			m.actual, m.has = textString(s), true
		}
	}
	if len(c.marks) < 1000 {
		c.marks = append(c.marks, m)
	}
}

// actual gives what is written in place of a glyph, where the content says so: once, all of it.
func (c *canvas) actual(text string) string {
	if len(c.marks) == 0 {
		return text
	}
	m := &c.marks[len(c.marks)-1]
	if !m.has {
		return text
	}
	if m.begun {
		return ""
	}
	m.begun = true
	return m.actual
}

// show writes one string.
func (c *canvas) show(s string) {
	t := c.at.font
	if t == nil {
		c.unknown += len(s)
		return
	}
	for len(s) > 0 && c.glyphs < maxGlyphs {
		n, text, width, known := t.next(s)
		if n == 0 {
			return
		}
		c.f.ops--
		wide := width*c.at.size + c.at.char
		if n == 1 && s[0] == ' ' {
			wide += c.at.word
		}
		s = s[n:]
		m := matrix{c.at.size * c.at.scale, 0, 0, c.at.size, 0, c.at.up}.then(c.text).then(c.at.ctm)
		c.text = matrix{1, 0, 0, 1, wide * c.at.scale, 0}.then(c.text)
		if !known {
			c.unknown++
			text = "\uFFFD"
		}
		c.glyphs++
		if c.at.mode == 3 {
			c.hidden++
		}
		if text = c.actual(text); text != "" {
			c.put(text, m, width)
		}
	}
}

// put places a glyph that is width ems wide; m leads from ems to the page.
func (c *canvas) put(text string, m matrix, width float64) {
	long := math.Hypot(m[0], m[1])
	size := math.Hypot(m[2], m[3])
	if long == 0 || math.IsNaN(long+size+m[4]+m[5]) || math.IsInf(long+size+m[4]+m[5], 0) || long+size > 1e6 || math.Abs(m[4])+math.Abs(m[5]) > 1e9 {
		return
	}
	g := glyph{text: text, size: max(size, 1e-3), dx: round(m[0] / long), dy: round(m[1] / long), hidden: c.at.mode == 3}
	g.along = m[4]*g.dx + m[5]*g.dy
	g.across = m[5]*g.dx - m[4]*g.dy
	g.end = g.along + width*long
	if r, n := utf8.DecodeRuneInString(text); n == len(text) && r > ' ' {
		k := spot{int32(m[4] / g.size * 8), int32(m[5] / g.size * 8), r}
		if _, twice := c.drawn[k]; twice {
			return
		}
		c.drawn[k] = struct{}{}
	}
	c.place(g)
}

func round(v float64) float64 { return math.Round(v*1000) / 1000 }
