package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

var (
	orderDate = regexp.MustCompile(`(\d\d)\.(\d\d)[. ]\s?(\d{4})`)
	orderCode = regexp.MustCompile(`UA\d{17}`)
	orderKind = regexp.MustCompile(`^([cс]-щ[еа]|[cс]|м)[. ]+ *`)
)

// editionDay is the day of the edition of the order that is read.
const editionDay = "2025-05-07"

// spell is one line of the order for one pair of dates.
type spell struct {
	code     string
	kind     byte   // o occupied, a active hostilities, p possible hostilities
	from, to string // ISO days, both inclusive; to is empty while it lasts
	part     bool   // only a part of the settlement
	except   []string
}

// readOrder reads the list of territories. What it cannot read is an error: nothing is
// dropped silently, but for names of exceptions, which it reports.
func readOrder(sources fs.FS, t *tree) (spells []spell, unknown []string, err error) {
	f, err := sources.Open("occupation-order-376-2025-05-07.csv")
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, nil, err
	}
	for _, row := range rows[1:] {
		s := spell{code: strings.ReplaceAll(row[3], " ", ""), part: strings.HasPrefix(row[4], "частина")}
		if _, ok := t.at[s.code]; !ok { // a digit too many: the rest of the code is unique
			if s.code = t.nearly(s.code); s.code == "" {
				return nil, nil, fmt.Errorf("order: no unit for %q", row)
			}
		}
		if s.kind, err = sectionKind(row[0]); err != nil {
			return nil, nil, err
		}
		name := strings.Join(strings.Fields(row[4]), " ")
		if _, list, ok := strings.Cut(name, "за винятком"); ok {
			var missed []string
			s.except, missed = t.exceptions(s.code, list)
			unknown = append(unknown, missed...)
		}
		from, to := orderDays(row[5]), orderDays(row[6])
		for k := range to {
			// A slip of the order: an end after the day of the edition, where the same place
			// is under active hostilities again from the next day of 2022 on.
			if s.code == "UA63080130140094059" && to[k] == "2025-09-09" {
				to[k] = "2022-09-09"
			}
			if to[k] > editionDay {
				return nil, nil, fmt.Errorf("order: an end after the edition: %q", row)
			}
		}
		if len(from) == 0 || len(to) > len(from) {
			return nil, nil, fmt.Errorf("order: unreadable dates %q", row)
		}
		for i := range from {
			s.from, s.to = from[i], ""
			if i < len(to) {
				s.to = to[i]
			}
			if s.to == "" && i+1 < len(from) || s.to != "" && s.to < s.from {
				return nil, nil, fmt.Errorf("order: dates do not pair: %q", row)
			}
			spells = append(spells, s)
		}
	}
	return spells, unknown, nil
}

func sectionKind(section string) (byte, error) {
	switch {
	case strings.Contains(section, "окуповані"):
		return 'o', nil
	case strings.Contains(section, "активних"):
		return 'a', nil
	case strings.Contains(section, "можливих"):
		return 'p', nil
	}
	return 0, fmt.Errorf("order: unknown section %q", section)
}

// orderDays: the dates of a cell in order; cells may hold several without a separator.
func orderDays(cell string) (days []string) {
	for _, m := range orderDate.FindAllStringSubmatch(cell, -1) {
		days = append(days, m[3]+"-"+m[2]+"-"+m[1])
	}
	slices.Sort(days)
	return days
}

// nearly finds the unit whose code differs from an ill-written one by one digit too many.
func (t *tree) nearly(code string) string {
	for i := range code {
		if c := code[:i] + code[i+1:]; t.at[c] > 0 {
			return c
		}
	}
	return ""
}

// exceptions finds the settlements named in a list, among those below a unit.
func (t *tree) exceptions(code, list string) (codes, missed []string) {
	below := t.below(code)
	list = strings.NewReplacer(":", "", " та ", ", ", "частина ", "", "Золотого", "Золоте", "`", "’", "'", "’",
		"Новокаїри с. ", "Новокаїри, с. ").Replace(list)
	for _, one := range strings.Split(list, ",") {
		if c := orderCode.FindString(one); c != "" {
			codes = append(codes, c)
			continue
		}
		one, _, _ = strings.Cut(one, "(")
		name := strings.TrimSpace(orderKind.ReplaceAllString(strings.TrimSpace(one), ""))
		found := false
		for _, u := range below {
			if strings.EqualFold(u.name, name) || slices.Contains(t.former[u.code], name) {
				codes, found = append(codes, u.code), true
			}
		}
		if !found {
			missed = append(missed, code+" "+name)
		}
	}
	return codes, missed
}

func orderLines(spells []spell, t *tree) []byte {
	var b bytes.Buffer
	for _, s := range spells {
		var except []string
		for _, c := range s.except {
			except = append(except, fmt.Sprint(t.at[c]))
		}
		part := ""
		if s.part {
			part = "part"
		}
		fmt.Fprintf(&b, "%d\t%c\t%s\t%s\t%s\t%s\n", t.at[s.code], s.kind, s.from, s.to, part, strings.Join(except, " "))
	}
	return b.Bytes()
}
