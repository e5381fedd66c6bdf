package coding

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"svidok/evidence"
)

var (
	languageForm = regexp.MustCompile(`^[a-z]{2,3}$`)
	groupForm    = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}$`)
	codeForm     = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}\.[A-Z][A-Z0-9_]{0,40}$`)
	conceptForm  = regexp.MustCompile(`^[a-z][a-z0-9]{0,30}$`)
)

// compiler holds what is known of a book while it is read.
type compiler struct {
	book
	languages []string
	concepts  map[string]term // "lang name"
	levels    map[string]bool // sensitivity
	out       *Codebook
	build     *builder
}

// top lists the keys of the file. They are read in this order, whatever the file's.
func top() (required, optional []string) {
	return []string{"codebook", "version", "languages", "gates", "modality_cues", "sensitivity_levels", "groups", "codes"},
		[]string{"pattern_language", "rules", "concepts", "clauses", "waves"}
}

// Compile reads a codebook (YAML in UTF-8, the format in docs/codebook.md). Any problem
// refuses the book: then the Codebook is nil, and at most 100 problems are named, in the
// order of the file.
func Compile(src []byte) (*Codebook, []Problem) {
	c := &compiler{concepts: map[string]term{}, levels: map[string]bool{}, out: &Codebook{}, build: newBuilder()}
	if root := c.document(src); root != nil {
		c.root(root)
	}
	if len(c.problems) > 0 {
		slices.SortStableFunc(c.problems, func(a, b Problem) int {
			if a.Line != b.Line {
				return a.Line - b.Line
			}
			return a.Column - b.Column
		})
		return nil, c.problems
	}
	c.out.auto = c.build.seal()
	c.out.own = !bytes.Equal(src, builtin)
	c.out.learn()
	c.out.pool.New = func() any { return newScratch(c.out.auto) }
	return c.out, nil
}

func (c *compiler) root(root *yaml.Node) {
	at := map[string]*yaml.Node{}
	required, optional := top()
	c.keys(root, "the codebook", required, optional, func(key string, _, v *yaml.Node) { at[key] = v })
	steps := []struct {
		key  string
		read func(*yaml.Node)
	}{
		{"codebook", func(n *yaml.Node) { c.out.name = c.text(n, "codebook") }},
		{"version", func(n *yaml.Node) { c.out.version = c.text(n, "version") }},
		{"languages", c.readLanguages},
		{"pattern_language", func(n *yaml.Node) { c.free(n, "pattern_language") }},
		{"rules", func(n *yaml.Node) { c.free(n, "rules") }},
		{"waves", c.readWaves},
		{"sensitivity_levels", c.readLevels},
		{"concepts", c.readConcepts},
		{"groups", c.readGroups},
		{"codes", c.readCodes},
		{"gates", func(n *yaml.Node) { c.readRoles(n, "gates", gateRoles(), 3) }},
		{"modality_cues", func(n *yaml.Node) { c.readRoles(n, "modality_cues", cueRoles(), 6) }},
		{"clauses", func(n *yaml.Node) { c.readRoles(n, "clauses", clauseRoles(), 0) }},
	}
	for _, s := range steps {
		if n := at[s.key]; n != nil {
			s.read(n)
		}
	}
}

func (c *compiler) readLanguages(n *yaml.Node) {
	for _, item := range c.items(n, "languages") {
		l := c.text(item, "a language")
		switch {
		case l == "":
		case !languageForm.MatchString(l):
			c.fault(item, "%q is no language code; write two or three small letters, as in uk", l)
		case slices.Contains(c.languages, l):
			c.fault(item, "%q stands twice in languages; keep one", l)
		default:
			c.languages = append(c.languages, l)
		}
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		c.fault(n, "languages is empty; name at least one")
	}
}

func (c *compiler) readWaves(n *yaml.Node) {
	seen := map[string]bool{}
	for _, item := range c.items(n, "waves") {
		c.keys(item, "a wave", []string{"id", "start", "end", "territories", "note", "status"}, nil, func(key string, _, v *yaml.Node) {
			switch key {
			case "id":
				if id := c.text(v, "the id of a wave"); seen[id] {
					c.fault(v, "the wave %q stands twice; rename one", id)
				} else {
					seen[id] = true
				}
			case "start", "end":
				if v.Kind == yaml.ScalarNode && v.Tag == "!!null" && key == "end" {
					return
				}
				if s := c.text(v, key+" of a wave"); s != "" {
					if _, err := time.Parse(time.DateOnly, s); err != nil {
						c.fault(v, "%q is no date; write it as '2022-02-24'", s)
					}
				}
			case "territories":
				for _, t := range c.items(v, "territories") {
					c.text(t, "a territory")
				}
			default:
				c.text(v, key+" of a wave")
			}
		})
	}
}

func (c *compiler) readLevels(n *yaml.Node) {
	known := []string{string(evidence.SensitivityOpen), string(evidence.SensitivityRestricted), string(evidence.SensitivityClosed)}
	c.keys(n, "sensitivity_levels", known, nil, func(key string, _, v *yaml.Node) {
		c.text(v, "the meaning of "+key)
		c.levels[key] = true
	})
}

func (c *compiler) readGroups(n *yaml.Node) {
	for _, item := range c.items(n, "groups") {
		var g Group
		c.keys(item, "a group", []string{"id", "name"}, []string{"multi"}, func(key string, _, v *yaml.Node) {
			switch key {
			case "id":
				g.ID = c.text(v, "the id of a group")
				if g.ID != "" && !groupForm.MatchString(g.ID) {
					c.fault(v, "%q is no group id; write capital letters and digits, as in MTH", g.ID)
				}
				if slices.ContainsFunc(c.out.groups, func(o Group) bool { return o.ID == g.ID }) {
					c.fault(v, "the group %q stands twice; rename or remove one", g.ID)
				}
			case "name":
				g.Name = c.named(v, "the name of a group", c.languages)
			case "multi":
				c.oneOf(v, "multi", "true", "false")
			}
		})
		c.out.groups = append(c.out.groups, g)
	}
}

func (c *compiler) readCodes(n *yaml.Node) {
	items := c.items(n, "codes")
	if len(items) == 0 && n.Kind == yaml.SequenceNode {
		c.fault(n, "codes is empty; a codebook has at least one code")
	}
	for _, item := range items {
		owner := int32(len(c.out.codes))
		var code Code
		var rule codeRule
		c.keys(item, "a code", []string{"id", "group", "tier", "sensitivity", "name", "definition", "indicators"},
			[]string{"include", "exclude", "speech", "modality", "in_context", "lack"}, func(key string, _, v *yaml.Node) {
				c.codeKey(&code, &rule, owner, key, v)
			})
		if group, _, ok := strings.Cut(code.ID, "."); ok && code.Group != "" && group != code.Group {
			c.fault(item, "the code %s is put into group %s; its id begins with its group, as in %s.%s", code.ID, code.Group, code.Group, code.ID[len(group)+1:])
		}
		c.out.codes = append(c.out.codes, code)
		c.out.rules = append(c.out.rules, rule)
	}
}

func (c *compiler) codeKey(code *Code, rule *codeRule, owner int32, key string, v *yaml.Node) {
	switch key {
	case "id":
		code.ID = c.text(v, "the id of a code")
		if code.ID != "" && !codeForm.MatchString(code.ID) {
			c.fault(v, "%q is no code; write GROUP.NAME in capital letters, digits and _", code.ID)
		}
		if slices.ContainsFunc(c.out.codes, func(o Code) bool { return o.ID == code.ID }) {
			c.fault(v, "the code %q stands twice; rename or remove one", code.ID)
		}
	case "group":
		code.Group = c.text(v, "the group of a code")
		if code.Group != "" && !slices.ContainsFunc(c.out.groups, func(g Group) bool { return g.ID == code.Group }) {
			c.fault(v, "unknown group %q; add it under groups or correct the name", code.Group)
		}
	case "tier":
		code.Tier = c.oneOf(v, "tier", "core", "extended")
	case "sensitivity":
		if s := c.oneOf(v, "sensitivity", "open", "restricted", "closed"); s != "" {
			code.Sensitivity = evidence.Sensitivity(s)
		}
	case "name":
		code.Name = c.named(v, "the name of a code", c.languages)
	case "definition":
		code.Definition = c.text(v, "definition")
	case "include":
		code.Include = c.text(v, "include")
	case "exclude":
		code.Exclude = c.text(v, "exclude")
	case "lack":
		rule.lack = c.oneOf(v, "lack", "true", "false") == "true"
	case "speech":
		if said := c.oneOf(v, "speech", "true", "threat", "false"); said != "false" {
			rule.speech = said
		}
	case "modality":
		m := evidence.Modality(c.text(v, "modality"))
		if m != "" && !m.Known() {
			c.fault(v, "unknown modality %q", m)
		}
		rule.modality = m
	case "indicators":
		c.readPatterns(v, "indicators", owner, false)
	case "in_context":
		before := len(c.build.a.patterns)
		c.readPatterns(v, "in_context", owner, false)
		for i := before; i < len(c.build.a.patterns); i++ {
			c.build.a.patterns[i].context = true
		}
	}
}

// readPatterns compiles patterns by language for one owner.
func (c *compiler) readPatterns(n *yaml.Node, what string, owner int32, gate bool) {
	c.keys(n, what, nil, c.languages, func(lang string, _, v *yaml.Node) {
		for _, item := range c.items(v, what+" in "+lang) {
			src := c.text(item, "a pattern")
			if src == "" {
				continue
			}
			p := parser{src: src, concepts: func(name string) (term, bool) {
				t, ok := c.concepts[lang+" "+name]
				return t, ok
			}}
			f, err := p.parse()
			if err != nil {
				c.patternFault(item, err)
				continue
			}
			c.build.add(f, lang, owner, gate)
		}
	})
}

// patternFault puts the problem at its character: exact for text on one line.
func (c *compiler) patternFault(n *yaml.Node, f *fault) {
	at := *n
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		at.Column += f.at
		if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			at.Column++
		}
	}
	c.fault(&at, "bad pattern: %s", f.message)
}

// readConcepts reads named alternatives. A concept may use those above it.
func (c *compiler) readConcepts(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		c.fault(n, "concepts must be a mapping from a name to words by language")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if !conceptForm.MatchString(k.Value) {
			c.fault(k, "%q is no name of a concept; write small letters and digits", k.Value)
		}
		if seen[k.Value] {
			c.fault(k, "the concept %q stands twice; rename or remove one", k.Value)
		}
		seen[k.Value] = true
		c.keys(v, "the concept "+k.Value, nil, c.languages, func(lang string, _, words *yaml.Node) {
			c.concept(lang, k.Value, words)
		})
	}
}

func (c *compiler) concept(lang, name string, words *yaml.Node) {
	var all term
	for _, item := range c.items(words, "the concept "+name) {
		src := c.text(item, "a concept's entry")
		if src == "" {
			continue
		}
		p := parser{src: src, concepts: func(name string) (term, bool) {
			t, ok := c.concepts[lang+" "+name]
			return t, ok
		}}
		f, err := p.parse()
		switch {
		case err != nil:
			c.patternFault(item, err)
		case len(f.terms) != 1 || f.unless != nil || f.first:
			c.fault(item, "a concept's entry is one term: words joined by _ and separated by |")
		default:
			all = append(all, f.terms[0]...)
		}
	}
	if len(all) > maxAlternatives {
		c.fault(words, "the concept %s has more than %d alternatives; split it", name, maxAlternatives)
		return
	}
	c.concepts[lang+" "+name] = all
}

// readRoles reads gates, cues or clause words: a mapping from a role to patterns by
// language. The first few roles must be there.
func (c *compiler) readRoles(n *yaml.Node, what string, roles []role, required int) {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.String()
	}
	c.keys(n, what, names[:required], names[required:], func(key string, _, v *yaml.Node) {
		r := roles[slices.Index(names, key)]
		before := len(c.build.a.patterns)
		c.readPatterns(v, what+" "+key, r.owner(), what == "gates")
		c.out.subject = c.out.subject || what == "gates" && r == gateSubject && len(c.build.a.patterns) > before
	})
}
