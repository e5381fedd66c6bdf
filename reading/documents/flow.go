package documents

import (
	"strings"
)

// flow collects paragraphs and tables in the order of the text.
type flow struct {
	blocks []string         // paragraphs, and tables with a row to the line
	para   *strings.Builder // the paragraph that is open
	boxes  []string         // text boxes, until their paragraph ends
	tables []*table
	size   int
}

// table is an open table.
type table struct {
	rows  []string
	cells []string
	cell  []string // paragraphs of the open cell
}

func newFlow() *flow { return &flow{para: &strings.Builder{}} }

func (f *flow) write(s string) {
	if f.size += len(s); f.size <= maxText+1 {
		f.para.WriteString(s)
	}
}

// end closes a paragraph.
func (f *flow) end() {
	s := strings.Trim(f.para.String(), " \t\n")
	f.para.Reset()
	if s != "" {
		f.put(s)
	}
	boxes := f.boxes
	f.boxes = nil
	for _, b := range boxes {
		f.put(b)
	}
}

func (f *flow) put(s string) {
	if f.size += 16; f.size > maxText+1 { // what a paragraph takes beside its words
		return
	}
	if n := len(f.tables); n > 0 {
		f.tables[n-1].cell = append(f.tables[n-1].cell, strings.TrimSpace(s))
		return
	}
	f.blocks = append(f.blocks, s)
}

func (f *flow) beginTable() {
	f.end()
	f.tables = append(f.tables, &table{})
}

// endCell closes a cell, which stands for as many columns as times says.
func (f *flow) endCell(times int) {
	f.end()
	if n := len(f.tables); n > 0 {
		t := f.tables[n-1]
		s := strings.Join(t.cell, " ")
		s = strings.NewReplacer("\n", " ", "\t", " ").Replace(s)
		for range max(1, min(times, 200)) {
			if f.size += len(s) + 4; f.size <= maxText+1 {
				t.cells = append(t.cells, s)
			}
		}
		t.cell = nil
	}
}

func (f *flow) endRow(times int) {
	if n := len(f.tables); n > 0 {
		t := f.tables[n-1]
		s := strings.TrimRight(strings.Join(t.cells, "\t"), "\t")
		t.cells = nil
		for range max(1, min(times, 200)) {
			if f.size += len(s); s != "" && f.size <= maxText+1 {
				t.rows = append(t.rows, s)
			}
		}
	}
}

func (f *flow) endTable() {
	f.end()
	n := len(f.tables)
	if n == 0 {
		return
	}
	t := f.tables[n-1]
	f.tables = f.tables[:n-1]
	if len(t.cells) > 0 || len(t.cell) > 0 {
		t.rows = append(t.rows, strings.Join(append(t.cells, t.cell...), "\t"))
	}
	if len(t.rows) > 0 {
		f.put(strings.Join(t.rows, "\n"))
	}
}

// all closes what is open, and gives the blocks.
func (f *flow) all() []string {
	f.end()
	for len(f.tables) > 0 {
		f.endTable()
	}
	return f.blocks
}

// flows are the text and, within it, what is no part of the paragraph where it stands: text
// boxes, notes.
type flows struct {
	*flow
	stack []*flow
}

func (f *flows) open() {
	f.stack = append(f.stack, f.flow)
	inner := newFlow()
	inner.size = f.size
	f.flow = inner
}

// shut ends what was opened last, and gives its blocks.
func (f *flows) shut() []string {
	n := len(f.stack)
	if n == 0 {
		return nil
	}
	blocks, size := f.all(), f.size
	f.flow, f.stack = f.stack[n-1], f.stack[:n-1]
	f.size = size
	return blocks
}

// finished closes everything, and gives the blocks of the text.
func (f *flows) finished() []string {
	for len(f.stack) > 0 {
		inner := f.shut()
		f.boxes = append(f.boxes, inner...)
	}
	return f.all()
}

// once appends what is not yet there.
func once(list []string, more ...string) []string {
	seen := make(map[string]bool, len(list))
	for _, s := range list {
		seen[s] = true
	}
	for _, s := range more {
		if !seen[s] {
			seen[s] = true
			list = append(list, s)
		}
	}
	return list
}
