package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"svidok/coding"
	"svidok/labelled"
)

// files lists the .txt files named, folders searched.
func files(args []string) ([]string, error) {
	var out []string
	for _, arg := range args {
		err := filepath.WalkDir(arg, func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(p, ".txt") {
				out = append(out, p)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	return out, nil
}

// builtin compiles the codebook that Svidok ships.
func builtin() (*coding.Codebook, error) {
	book, problems := coding.Compile(coding.Builtin())
	if len(problems) > 0 {
		return nil, fmt.Errorf("the built-in codebook: line %d: %s", problems[0].Line, problems[0].Message)
	}
	return book, nil
}

// check prints the faults of labelled files and what they hold.
func check(args []string) error {
	names, err := files(args)
	if err != nil {
		return err
	}
	book, err := builtin()
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, c := range book.Codes() {
		known[c.ID] = true
	}
	faults := 0
	count := map[string]map[string]int{}
	add := func(table, key string) {
		if count[table] == nil {
			count[table] = map[string]int{}
		}
		count[table][key]++
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		reports, problems := labelled.Parse(src)
		for _, p := range problems {
			fmt.Printf("%s:%v\n", name, p)
		}
		faults += len(problems)
		for _, r := range reports {
			add("reports", fmt.Sprintf("%s open=%t", r.Language, r.Open))
			for _, s := range r.Sentences {
				add("sentences", r.Language)
				if len(s.Codes) == 0 {
					add("sentences without a code", r.Language)
				}
				for _, l := range s.Codes {
					if !known[l.Code] {
						faults++
						fmt.Printf("%s:%d: unknown code %s\n", name, s.Line, l.Code)
						continue
					}
					add("codes", l.Code)
					add("modalities", string(l.Modality))
				}
			}
		}
	}
	show(count, known)
	if faults > 0 {
		return fmt.Errorf("%d faults", faults)
	}
	return nil
}

func show(count map[string]map[string]int, known map[string]bool) {
	for _, table := range []string{"reports", "sentences", "sentences without a code", "modalities"} {
		fmt.Printf("%s:", table)
		for _, k := range sorted(count[table]) {
			fmt.Printf("  %s %d", k, count[table][k])
		}
		fmt.Println()
	}
	for _, k := range sorted(count["codes"]) {
		fmt.Printf("  %-26s %d\n", k, count["codes"][k])
	}
	var none []string
	for code := range known {
		if count["codes"][code] == 0 {
			none = append(none, code)
		}
	}
	slices.Sort(none)
	fmt.Printf("codes that no sentence has: %s\n", strings.Join(none, " "))
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
