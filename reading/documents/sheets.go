package documents

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"svidok/evidence"
)

// maxShared bounds the shared strings of a workbook.
const maxShared = 2_000_000

// book is what the sheets of a workbook share.
type book struct {
	shared []string
	dates  []bool // by cell format: it shows a date
	since  time.Time
	cut    bool // a sheet was left out in part
}

// xlsx reads SpreadsheetML (ECMA-376 part 1, 18).
func (d *Document) xlsx(a *archive) error {
	main := a.mainPart("xl/workbook.xml")
	b, err := a.part(main)
	if errors.Is(err, evidence.ErrNotFound) {
		return fmt.Errorf("it has no workbook: %w", evidence.ErrFormat)
	}
	if err != nil {
		return err
	}
	k := &book{since: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)}
	sheets, err := k.workbook(b)
	if err := d.tolerate(err, len(sheets)); err != nil {
		return err
	}
	parts := map[string]string{}
	for _, r := range a.relations(main) {
		parts[r.id] = r.target
		read := map[string]func([]byte) error{"sharedStrings": k.strings, "styles": k.styles}[r.kind]
		if read == nil {
			continue
		}
		part, err := a.part(r.target)
		if err == nil {
			err = read(part)
		}
		if err := d.tolerate(err, 1); err != nil {
			return err
		}
	}
	var blocks []string
	size := 0
	for _, s := range sheets {
		part, err := a.part(parts[s.id])
		if err != nil {
			if errors.Is(err, evidence.ErrLimit) {
				return err
			}
			d.Problems = append(d.Problems, fmt.Sprintf("the sheet %.80q could not be read: %v", s.name, err))
			continue
		}
		rows, err := k.rows(part, maxText-size)
		if k.cut {
			d.full(maxText + 1)
			k.cut = false
		}
		if err := d.tolerate(err, len(rows)); err != nil {
			return err
		}
		if s.state == "hidden" || s.state == "veryHidden" {
			d.Problems = append(d.Problems, fmt.Sprintf("the sheet %.80q is hidden in the program that shows it; it is read", s.name))
		}
		blocks = append(blocks, s.name, strings.Join(rows, "\n"))
		size += len(blocks[len(blocks)-1])
	}
	d.Text = strings.Join(slices.DeleteFunc(blocks, func(s string) bool { return s == "" }), "\n\n")
	return nil
}

// sheet names a sheet of a workbook.
type sheet struct{ name, id, state string }

// workbook lists the sheets, and tells from when days are counted.
func (k *book) workbook(b []byte) ([]sheet, error) {
	var sheets []sheet
	err := walk(b, handler{text: func(string) {}, close: func(string) {}, open: func(n node) bool {
		switch n.name {
		case "sheet":
			if len(sheets) < maxMembers {
				sheets = append(sheets, sheet{n.attr("name"), n.attr("id"), n.attr("state")})
			}
		case "workbookPr":
			if v := n.attr("date1904"); v == "1" || v == "true" {
				k.since = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
			}
		}
		return true
	}})
	return sheets, err
}

// strings reads the shared strings; readings of East Asian characters are left out.
func (k *book) strings(b []byte) error {
	var s strings.Builder
	in := false
	return walk(b, handler{
		open: func(n node) bool {
			switch n.name {
			case "si":
				s.Reset()
			case "t":
				in = true
			}
			return n.name != "rPh"
		},
		close: func(name string) {
			switch name {
			case "t":
				in = false
			case "si":
				if len(k.shared) < maxShared {
					k.shared = append(k.shared, s.String())
				}
			}
		},
		text: func(t string) {
			if in {
				s.WriteString(t)
			}
		},
	})
}

// styles finds the cell formats that show a date.
func (k *book) styles(b []byte) error {
	own := map[int]bool{}
	cells := false
	return walk(b, handler{text: func(string) {},
		open: func(n node) bool {
			switch n.name {
			case "numFmt":
				if len(own) < 10_000 {
					own[number(n.attr("numFmtId"))] = isDateFormat(n.attr("formatCode"))
				}
			case "cellXfs":
				cells = true
			case "xf":
				if id := number(n.attr("numFmtId")); cells && len(k.dates) < 100_000 {
					k.dates = append(k.dates, id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58 || own[id])
				}
			}
			return true
		},
		close: func(name string) {
			if name == "cellXfs" {
				cells = false
			}
		}})
}

// isDateFormat: letters of days, months or years stand outside quotes and brackets.
func isDateFormat(s string) bool {
	quoted, bracket := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i] | 0x20; {
		case s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '[':
			bracket = true
		case s[i] == ']':
			bracket = false
		case !quoted && !bracket && (c == 'y' || c == 'd' || c == 'h'):
			return true
		}
	}
	return false
}

// cell is an open cell.
type cell struct {
	kind   string
	format int
	column int
	value  strings.Builder
}

// rows reads the rows of a sheet, up to room bytes.
func (k *book) rows(b []byte, room int) ([]string, error) {
	var rows []string
	var row []string
	var c cell
	in := false
	err := walk(b, handler{
		open: func(n node) bool {
			switch n.name {
			case "row":
				row = nil
			case "c":
				c = cell{kind: n.attr("t"), format: number(n.attr("s")), column: column(n.attr("r"), len(row))}
			case "v", "t":
				in = true
			}
			return n.name != "f" && n.name != "rPh"
		},
		close: func(name string) {
			switch name {
			case "v", "t":
				in = false
			case "c":
				for len(row) < min(c.column, len(row)+50) {
					row = append(row, "")
				}
				s := strings.NewReplacer("\n", " ", "\r", "", "\t", " ").Replace(k.value(&c))
				if room -= len(s) + 1; room > 0 {
					row = append(row, s)
				} else {
					k.cut = true
				}
			case "row":
				if s := strings.TrimRight(strings.Join(row, "\t"), "\t"); s != "" {
					rows = append(rows, s)
				}
			}
		},
		text: func(s string) {
			if in {
				c.value.WriteString(s)
			}
		},
	})
	return rows, err
}

// column reads the letters of "AB12": from 0; at most 50 behind the cell before.
func column(ref string, before int) int {
	n := 0
	for _, r := range ref {
		if r < 'A' || r > 'Z' || n > 20_000 {
			break
		}
		n = n*26 + int(r-'A') + 1
	}
	return max(before, min(n-1, before+50))
}

func (k *book) value(c *cell) string {
	s := strings.TrimSpace(c.value.String())
	switch c.kind {
	case "s":
		if i, err := strconv.Atoi(s); err == nil && i >= 0 && i < len(k.shared) {
			return k.shared[i]
		}
		return ""
	case "b":
		return map[string]string{"1": "TRUE", "0": "FALSE"}[s]
	case "", "n":
		if c.format >= 0 && c.format < len(k.dates) && k.dates[c.format] {
			return k.date(s)
		}
	}
	return s
}

// date turns days since the workbook's epoch into a date, with the time of day if there is one.
func (k *book) date(s string) string {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || v < 0 || v > 3_000_000 {
		return s
	}
	days, part := math.Modf(v)
	seconds := int(math.Round(part * 86400))
	t := k.since.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second)
	switch {
	case days == 0 && seconds > 0:
		return t.Format("15:04:05")
	case seconds > 0:
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format("2006-01-02")
}

// pptx reads PresentationML (ECMA-376 part 1, 19), slide by slide.
func (d *Document) pptx(a *archive) error {
	main := a.mainPart("ppt/presentation.xml")
	b, err := a.part(main)
	if errors.Is(err, evidence.ErrNotFound) {
		return fmt.Errorf("it has no presentation: %w", evidence.ErrFormat)
	}
	if err != nil {
		return err
	}
	targets := map[string]string{}
	for _, r := range a.relations(main) {
		targets[r.id] = r.target
	}
	var ids []string
	err = walk(b, handler{text: func(string) {}, close: func(string) {}, open: func(n node) bool {
		if n.name == "sldId" {
			for _, x := range n.attrs {
				if x.Name.Space == "r" && x.Name.Local == "id" {
					ids = append(ids, x.Value)
				}
			}
		}
		return true
	}})
	if err := d.tolerate(err, len(ids)); err != nil {
		return err
	}
	var blocks []string
	var starts []int
	for i, id := range ids[:min(len(ids), maxMembers)] {
		starts = append(starts, len(blocks))
		part, err := a.part(targets[id])
		if errors.Is(err, evidence.ErrLimit) {
			return err
		}
		w := &word{flows: flows{flow: newFlow()}}
		if err == nil {
			err = w.read(part)
		}
		if err != nil {
			d.Problems = append(d.Problems, fmt.Sprintf("slide %d could not be read whole: %v", i+1, err))
		}
		blocks = append(blocks, w.finished()...)
	}
	d.slides(blocks, starts)
	return nil
}
