// Package house holds the plan of the house true: see ARCHITECTURE.md. Change plan,
// page and test together.
package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module        = "svidok"
	maxFile       = 500
	maxFunc       = 60
	maxContract   = 5
	maxArchive    = 15
	maxMainLength = 100
)

// arrows: which room may import which. What is not here may not be.
func arrows() map[string][]string {
	return map[string][]string{
		"evidence":                {},
		"warc":                    {},
		"words":                   {},
		"proof":                   {"evidence"},
		"vault":                   {"warc", "evidence"},
		"vault/vaulttest":         {"vault", "evidence"},
		"ledger":                  {"vault", "proof", "evidence"},
		"catalog":                 {"evidence"},
		"intake":                  {"intake/unpacking", "wacz", "warc", "evidence"},
		"intake/unpacking":        {"evidence"},
		"wacz":                    {"warc", "evidence"},
		"fetching":                {"evidence"},
		"browser":                 {"evidence"},
		"ocr":                     {"evidence"},
		"telegram":                {"evidence"},
		"telegram/previewtest":    {},
		"sources":                 {"telegram", "evidence"},
		"capturing":               {"evidence"},
		"timestamp":               {"evidence"},
		"timestamp/timestamptest": {},
		"standards":               {"evidence"},
		"collector":               {"archive", "catalog", "fetching", "browser", "sources", "capturing", "reading", "timestamp", "witness", "proof", "intake", "evidence"},
		"witness":                 {"proof", "evidence"},
		"crosscapture":            {"proof", "evidence"},
		"handover":                {"proof", "evidence"},
		"intake/telegramtest":     {},
		"reading/documents/pdf":   {"evidence"},
		"reading/documents/media": {"evidence"},
		"reading/documents":       {"reading/documents/pdf", "reading/documents/media", "evidence"},
		"reading":                 {"reading/documents", "telegram", "words", "evidence"},
		"reading/nodates":         {}, // a module of its own, in place of one that slows every start
		"places":                  {"words", "evidence"},
		"when":                    {"words", "evidence"},
		"origins":                 {"words", "evidence"},
		"figures":                 {"words", "evidence"},
		"classifier":              {"words", "evidence"},
		"labelled":                {"evidence"},
		"coding":                  {"places", "when", "origins", "figures", "classifier", "words", "evidence"},
		"corroboration":           {"words", "evidence"},
		"dossier":                 {"timestamp", "crosscapture", "handover", "proof", "warc", "evidence"},
		"archive":                 {"intake", "reading", "coding", "corroboration", "dossier", "standards", "crosscapture", "handover", "vault", "ledger", "catalog", "proof", "places", "words", "evidence"},
		"web":                     {"archive", "catalog", "sources", "standards", "places", "figures", "origins", "evidence"},
		"cmd/svidok-verify":       {"dossier", "evidence"},
		"cmd/svidok/sample":       {},
		"cmd/svidok-train":        {"coding", "classifier", "labelled", "words", "evidence"},
		"cmd/svidok-gazetteer":    {"places", "words", "evidence"},
		"cmd/svidok-lemmas":       {"words"},
		"cmd/svidok": {"web", "archive", "collector", "witness", "crosscapture", "handover", "wacz", "fetching", "browser", "standards", "catalog", "dossier", "intake", "reading", "ocr", "coding", "corroboration", "vault", "proof", "places", "evidence",
			"cmd/svidok/sample"},
	}
}

// touches: which standard packages give a room a hand outside itself, and who may.
func touches() map[string][]string {
	return map[string][]string{
		"os":           {"vault", "intake", "intake/unpacking", "browser", "ocr", "catalog", "cmd/svidok", "cmd/svidok-verify", "cmd/svidok-train", "cmd/svidok-gazetteer", "cmd/svidok-lemmas"},
		"os/exec":      {"cmd/svidok", "browser", "ocr"},
		"net":          {"cmd/svidok", "web", "fetching"},
		"net/http":     {"cmd/svidok", "web", "fetching", "intake", "collector", "witness", "telegram/previewtest", "timestamp/timestamptest"}, // intake: only to sniff what a file is; collector: headers and statuses
		"database/sql": {"catalog"},
		"crypto/rand":  {"archive", "cmd/svidok", "web", "timestamp/timestamptest"},
		"math/rand":    {}, "math/rand/v2": {"vault/vaulttest"},
	}
}

// clocks: who may ask what time it is.
func clocks() []string {
	return []string{"archive", "cmd/svidok", "cmd/svidok-verify", "web", "vault", "telegram/previewtest", "timestamp/timestamptest"} // vault: only how long a lock has been waited for
}

type file struct {
	path, room string
	test       bool
	lines      int
	set        *token.FileSet
	ast        *ast.File
}

func house(t *testing.T) []file {
	t.Helper()
	var files []file
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && p != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || path.Dir(filepath.ToSlash(p)) == "." {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, p, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		p = filepath.ToSlash(p)
		files = append(files, file{path: p, room: path.Dir(p), test: strings.HasSuffix(name, "_test.go"), lines: strings.Count(string(src), "\n"), set: set, ast: tree})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no Go files: run the test in the root of the repository")
	}
	return files
}

func TestArrows(t *testing.T) {
	plan := arrows()
	for _, f := range house(t) {
		allowed, ok := plan[f.room]
		if !ok {
			t.Errorf("%s: the room %s is not in the plan", f.path, f.room)
			continue
		}
		if f.test {
			continue // a test may call on whom it needs to tell its story
		}
		for _, imp := range f.ast.Imports {
			p, _ := strconv.Unquote(imp.Path.Value)
			if room, ours := strings.CutPrefix(p, module+"/"); ours && !slices.Contains(allowed, room) {
				t.Errorf("%s: %s may not know %s", f.path, f.room, room)
			}
			if who, limited := touches()[p]; limited && !slices.Contains(who, f.room) {
				t.Errorf("%s: %s may not touch %s", f.path, f.room, p)
			}
		}
	}
}

func TestPlanHasNoCircle(t *testing.T) {
	plan := arrows()
	var visit func(room string, trail []string)
	visit = func(room string, trail []string) {
		if slices.Contains(trail, room) {
			t.Fatalf("a circle: %v", append(trail, room))
		}
		for _, next := range plan[room] {
			visit(next, append(trail, room))
		}
	}
	for room := range plan {
		visit(room, nil)
		if _, err := os.Stat(room); err != nil {
			t.Errorf("the plan names %s, which is not there", room)
		}
	}
}

func TestBudgets(t *testing.T) {
	methods := map[string]int{}
	for _, f := range house(t) {
		if f.lines > maxFile {
			t.Errorf("%s: %d lines, budget %d", f.path, f.lines, maxFile)
		}
		if f.path == "cmd/svidok-verify/main.go" && f.lines > maxMainLength {
			t.Errorf("%s: %d lines, budget %d", f.path, f.lines, maxMainLength)
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && !f.test {
				checkFunc(t, f, fn)
				if f.room == "archive" && receiver(fn) == "Archive" && fn.Name.IsExported() {
					methods[f.room]++
				}
			}
		}
		if !f.test {
			checkContracts(t, f)
		}
	}
	if n := methods["archive"]; n > maxArchive {
		t.Errorf("archive: %d exported methods on Archive, budget %d", n, maxArchive)
	}
}

func checkFunc(t *testing.T, f file, fn *ast.FuncDecl) {
	t.Helper()
	if fn.Name.Name == "init" && fn.Recv == nil {
		t.Errorf("%s: no init", f.path)
	}
	if fn.Body == nil {
		return
	}
	from, to := f.set.Position(fn.Pos()).Line, f.set.Position(fn.End()).Line
	if n := to - from + 1; n > maxFunc && !isTable(fn) {
		t.Errorf("%s:%d: %s has %d lines, budget %d", f.path, from, fn.Name.Name, n, maxFunc)
	}
}

// isTable: a function that is nothing but data, a lone return of a literal or a lone
// switch of returns.
func isTable(fn *ast.FuncDecl) bool {
	for _, s := range fn.Body.List {
		switch s := s.(type) {
		case *ast.ReturnStmt:
		case *ast.SwitchStmt:
			for _, c := range s.Body.List {
				for _, inner := range c.(*ast.CaseClause).Body {
					if _, ok := inner.(*ast.ReturnStmt); !ok {
						return false
					}
				}
			}
		default:
			return false
		}
	}
	return true
}

func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return ""
	}
	x := fn.Recv.List[0].Type
	if star, ok := x.(*ast.StarExpr); ok {
		x = star.X
	}
	if id, ok := x.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

func checkContracts(t *testing.T, f file) {
	t.Helper()
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if i, ok := n.(*ast.InterfaceType); ok && i.Methods.NumFields() > maxContract {
			t.Errorf("%s:%d: a contract of %d methods, budget %d", f.path, f.set.Position(i.Pos()).Line, i.Methods.NumFields(), maxContract)
		}
		return true
	})
}

// Package-level variables: only what nobody changes after the program started.
func TestNoMutableGlobals(t *testing.T) {
	for _, f := range house(t) {
		if f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if !constantValue(g, v) {
					t.Errorf("%s:%d: package-level variable %s", f.path, f.set.Position(v.Pos()).Line, v.Names[0].Name)
				}
			}
		}
	}
}

// constantValue: blank identifiers, embedded files, sentinel errors, compiled patterns and
// values computed once, which have no way to change; and pools, which hold nothing that
// anybody could observe.
func constantValue(g *ast.GenDecl, v *ast.ValueSpec) bool {
	if v.Names[0].Name == "_" {
		return true
	}
	for _, doc := range []*ast.CommentGroup{g.Doc, v.Doc} {
		if doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") }) {
			return true
		}
	}
	for _, x := range v.Values {
		var made ast.Expr
		switch x := x.(type) {
		case *ast.CallExpr:
			made = x.Fun
		case *ast.CompositeLit:
			made = x.Type
		}
		sel, ok := made.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		from, _ := sel.X.(*ast.Ident)
		if from == nil || !slices.Contains([]string{"errors.New", "fmt.Errorf", "regexp.MustCompile", "sync.OnceValue", "sync.Pool"}, from.Name+"."+sel.Sel.Name) {
			return false
		}
	}
	return len(v.Values) > 0
}

func TestOnlySomeRoomsAskTheClock(t *testing.T) {
	for _, f := range house(t) {
		if f.test || slices.Contains(clocks(), f.room) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "Tick"}, s.Sel.Name) {
					t.Errorf("%s:%d: %s may not ask the clock (time.%s)", f.path, f.set.Position(s.Pos()).Line, f.room, s.Sel.Name)
				}
			}
			return true
		})
	}
}

// Only archive/follow.go writes the catalog.
func TestOneWriterOfTheCatalog(t *testing.T) {
	for _, f := range house(t) {
		if f.test || f.room == "catalog" || f.path == "archive/follow.go" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Apply" {
				t.Errorf("%s:%d: only archive/follow.go writes the catalog", f.path, f.set.Position(s.Pos()).Line)
			}
			return true
		})
	}
}

// Every room begins with its specification; every exported name is explained.
func TestEveryRoomIsExplained(t *testing.T) {
	explained := map[string]bool{}
	for _, f := range house(t) {
		if f.test {
			continue
		}
		explained[f.room] = explained[f.room] || f.ast.Doc != nil && len(f.ast.Doc.Text()) > 60
		for _, d := range f.ast.Decls {
			if name := unexplained(d); name != "" {
				t.Errorf("%s:%d: exported %s has no comment", f.path, f.set.Position(d.Pos()).Line, name)
			}
		}
	}
	for room, ok := range explained {
		if !ok {
			t.Errorf("%s has no package comment", room)
		}
	}
}

func unexplained(d ast.Decl) string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || ast.IsExported(receiver(d))) && !wellKnown(d.Name.Name) {
			return d.Name.Name
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if ts, ok := s.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil {
				return ts.Name.Name
			}
		}
	}
	return ""
}

// wellKnown: methods whose contract is that of the standard library.
func wellKnown(name string) bool {
	return slices.Contains([]string{"Error", "Unwrap", "String", "Is", "As", "Read", "Write", "Close", "Len", "Less", "Swap", "Seek", "ReadAt", "ServeHTTP"}, name)
}

// The page and the test say the same.
func TestThePlanIsOnThePage(t *testing.T) {
	page, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for room := range arrows() {
		top := strings.SplitN(room, "/", 2)[0]
		if !strings.Contains(string(page), top+"/") {
			t.Errorf("ARCHITECTURE.md does not name %s/", top)
		}
	}
	for _, want := range []string{fmt.Sprintf("file ≤ %d lines", maxFile), fmt.Sprintf("function ≤ %d", maxFunc), fmt.Sprintf("contract ≤ %d methods", maxContract), fmt.Sprintf("at most %d exported methods", maxArchive)} {
		if !strings.Contains(string(page), want) {
			t.Errorf("ARCHITECTURE.md does not say %q", want)
		}
	}
}
