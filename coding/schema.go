package coding

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits of a codebook file.
const (
	maxBookBytes = 4 << 20
	maxBookNodes = 200_000
	maxBookDepth = 32
	maxProblems  = 100
)

// book reads a codebook's YAML and gathers every problem instead of stopping at the first.
type book struct {
	problems []Problem
}

func (b *book) fault(n *yaml.Node, format string, args ...any) {
	p := Problem{Message: fmt.Sprintf(format, args...)}
	if n != nil {
		p.Line, p.Column = n.Line, n.Column
	}
	if len(b.problems) < maxProblems {
		b.problems = append(b.problems, p)
	}
}

var lineInError = regexp.MustCompile(`line (\d+): `)

// document parses exactly one YAML document into nodes, without resolving anything.
func (b *book) document(src []byte) *yaml.Node {
	if len(src) > maxBookBytes {
		b.fault(nil, "the file has %d bytes; a codebook has at most %d", len(src), maxBookBytes)
		return nil
	}
	var doc, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(src))
	if err := dec.Decode(&doc); err != nil {
		b.syntax(err)
		return nil
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		b.fault(&more, "a second document begins here; a codebook is one document, so remove the line ---")
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		b.fault(nil, "the file is empty; begin from the built-in codebook")
		return nil
	}
	count := 0
	if !b.plain(doc.Content[0], 0, &count) {
		return nil
	}
	return doc.Content[0]
}

func (b *book) syntax(err error) {
	if errors.Is(err, io.EOF) {
		b.fault(nil, "the file is empty; begin from the built-in codebook")
		return
	}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	p := Problem{Message: "not YAML: " + text + "; check indentation, quotes and colons there"}
	if m := lineInError.FindStringSubmatch(text); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.Column = 1
	}
	b.problems = append(b.problems, p)
}

// plain refuses aliases, merge keys, custom tags and trees beyond the limits.
func (b *book) plain(n *yaml.Node, depth int, count *int) bool {
	*count++
	switch {
	case *count > maxBookNodes:
		b.fault(n, "more than %d values; split the codebook", maxBookNodes)
		return false
	case depth > maxBookDepth:
		b.fault(n, "nested deeper than %d", maxBookDepth)
		return false
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		b.fault(n, "anchors and aliases (& and *) are not allowed; write the value out, and put quotes around a word with *")
		return false
	case n.Style&yaml.TaggedStyle != 0:
		b.fault(n, "tags (!) are not allowed; put quotes around the value")
		return false
	}
	for _, c := range n.Content {
		if !b.plain(c, depth+1, count) {
			return false
		}
	}
	return true
}

// keys walks a mapping. Every key must be in allowed, each once; those in required must
// be there.
func (b *book) keys(n *yaml.Node, what string, required, optional []string, each func(key string, k, v *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		b.fault(n, "%s must be a mapping (key: value lines)", what)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case k.Kind != yaml.ScalarNode:
			b.fault(k, "a key of %s must be a word", what)
		case seen[k.Value]:
			b.fault(k, "%q stands twice in %s; keep one", k.Value, what)
		case !slices.Contains(required, k.Value) && !slices.Contains(optional, k.Value):
			b.fault(k, "unknown key %q in %s; known are %s", k.Value, what, list(required, optional))
		default:
			seen[k.Value] = true
			each(k.Value, k, v)
		}
	}
	for _, key := range required {
		if !seen[key] {
			b.fault(n, "%s lacks the key %q; add it", what, key)
		}
	}
}

func list(a, b []string) string {
	all := append(slices.Clone(a), b...)
	sort.Strings(all)
	return strings.Join(all, ", ")
}

// text reads a non-empty string.
func (b *book) text(n *yaml.Node, what string) string {
	if n.Kind != yaml.ScalarNode {
		b.fault(n, "%s must be text; if it holds a colon or a bracket, put it in quotes", what)
		return ""
	}
	if n.Tag == "!!null" || strings.TrimSpace(n.Value) == "" {
		b.fault(n, "%s is empty; write something or remove the key", what)
		return ""
	}
	return n.Value
}

// oneOf reads one of the given words.
func (b *book) oneOf(n *yaml.Node, what string, allowed ...string) string {
	v := b.text(n, what)
	if v != "" && !slices.Contains(allowed, v) {
		b.fault(n, "%s is %q; it must be one of %s", what, v, strings.Join(allowed, ", "))
		return ""
	}
	return v
}

// items returns the entries of a list.
func (b *book) items(n *yaml.Node, what string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		b.fault(n, "%s must be a list (lines that begin with -)", what)
		return nil
	}
	return n.Content
}

// named reads text by language; every language of the book must be there.
func (b *book) named(n *yaml.Node, what string, languages []string) map[string]string {
	out := map[string]string{}
	b.keys(n, what, languages, nil, func(key string, _, v *yaml.Node) { out[key] = b.text(v, what+" in "+key) })
	return out
}

// free checks that n is text or nested lists and mappings of text: for notes that
// people read and the machine does not.
func (b *book) free(n *yaml.Node, what string) {
	switch n.Kind {
	case yaml.ScalarNode:
		return
	case yaml.MappingNode:
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if k := n.Content[i]; seen[k.Value] {
				b.fault(k, "%q stands twice in %s; keep one", k.Value, what)
			} else {
				seen[k.Value] = true
			}
			b.free(n.Content[i+1], what)
		}
	default:
		for _, c := range n.Content {
			b.free(c, what)
		}
	}
}
