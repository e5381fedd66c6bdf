package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"sort"
	"strings"

	"svidok/evidence"
	"svidok/intake/unpacking"
)

// packed yields the members of an archive.
func (p *parts) packed(kind string, src *source) {
	var a *unpacking.Archive
	var err error
	switch kind {
	case TypeTar:
		a, err = unpacking.Tar(src, src.size, p.unpacking())
	case Type7z:
		a, err = unpacking.SevenZip(src, src.size, p.unpacking())
	default:
		a, err = unpacking.Zip(src, src.size, p.unpacking())
	}
	if err != nil {
		p.fail("", fmt.Errorf("open %q: %w", p.container.Name, err))
		return
	}
	for _, note := range a.Notes {
		if !p.fail("", fmt.Errorf("%q: %s: %w", p.container.Name, note, ErrSkipped)) {
			return
		}
	}
	u := &unpacked{p: p, a: a, src: src, byName: map[string]*unpacking.Member{}, taken: map[*unpacking.Member]bool{}, pages: map[string]int{}}
	// A WACZ file that is cut short, or cannot be read as one, is an archive like another.
	if a.Damage == nil && (kind == TypeWACZ || u.isWACZ()) && p.wacz(src) || p.stop {
		return
	}
	if u.isDocument() {
		p.document(src)
		return
	}
	if a.InOrder {
		u.flatten()
	}
	u.survey()
	u.give()
	if a.Damage != nil {
		p.fail("", fmt.Errorf("%q: %w", p.container.Name, a.Damage))
	}
}

// document gives a file that looked like a container and is a document: it is to be read.
func (p *parts) document(src *source) {
	it := Item{Input: p.container.Input, Door: DoorArchive, Name: baseOf(p.container.Name), Part: evidence.PartReport, Within: "the whole file", Size: src.size, Parent: -1,
		Problems: []string{"it looked like an archive, and is a document"}}
	open := func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(src, 0, src.size)), nil }
	var err error
	r, _ := open() // cannot fail
	if it.Data, it.Open, it.Size, err = p.lim.spool(r, src.size, p.lim.File); err != nil {
		p.fail("", fmt.Errorf("open %q: %w", p.container.Name, err))
		return
	}
	it.MediaType = typeByExt(strings.ToLower(path.Ext(it.Name)))
	if it.MediaType == "" || opens(it.MediaType) {
		it.MediaType = "application/zip"
	}
	p.give(it)
}

// unpacked is an archive whose members are given.
type unpacked struct {
	p      *parts
	a      *unpacking.Archive
	src    *source
	byName map[string]*unpacking.Member
	html   bool                       // it holds web pages, so pictures belong to them
	taken  map[*unpacking.Member]bool // given, or to be given, with an export; or refused
	pages  map[string]int             // where a page is among the parts, by its name without extension

	exports []*unpacking.Member
}

func (u *unpacked) has(name string) bool {
	return slices.ContainsFunc(u.a.Members, func(m unpacking.Member) bool { return m.Name == name })
}

func (u *unpacked) isWACZ() bool {
	return u.has("datapackage.json") && slices.ContainsFunc(u.a.Members, func(m unpacking.Member) bool {
		return strings.HasPrefix(m.Name, "archive/") && (strings.HasSuffix(m.Name, ".warc.gz") || strings.HasSuffix(m.Name, ".warc"))
	})
}

// isDocument: what OPC (ECMA-376 part 2), OCF and ODF packages, jar and apk begin with.
func (u *unpacked) isDocument() bool {
	return u.has("[Content_Types].xml") || u.has("META-INF/MANIFEST.MF") || u.has("AndroidManifest.xml") ||
		len(u.a.Members) > 0 && u.a.Members[0].Name == "mimetype" && u.a.Members[0].Size < 200
}

// flatten unpacks everything once, one member behind the other, so that each can be read
// at any time. Without it, every member of a solid archive would be unpacked from its
// beginning, over and over.
func (u *unpacked) flatten() {
	c := &concat{members: u.a.Members, left: &u.p.left, ends: make([]int64, len(u.a.Members)), errs: make([]error, len(u.a.Members))}
	data, open, size, err := u.p.lim.spool(c, 0, u.p.lim.Total)
	var src *source
	if err == nil {
		src, err = u.p.kept(data, open, size)
	}
	from := int64(0)
	for i := range u.a.Members {
		m := &u.a.Members[i]
		bad := c.errs[i]
		if err != nil || i > c.i || i == c.i && c.cur != nil {
			bad = errors.Join(err, c.fatal)
		}
		switch {
		case m.Refused != nil:
		case bad != nil && (!errors.Is(bad, evidence.ErrFormat) || c.ends[i] <= from):
			m.Refused = bad
		default:
			m.Replace(io.NewSectionReader(src, from, c.ends[i]-from), bad)
		}
		from = max(from, c.ends[i])
	}
}

// concat reads all members, and notes where each ends.
type concat struct {
	members []unpacking.Member
	left    *int64
	i       int
	cur     io.ReadCloser
	at      int64
	ends    []int64
	errs    []error
	fatal   error
}

func (c *concat) Read(b []byte) (int, error) {
	for c.i < len(c.members) {
		if c.cur == nil {
			var err error
			if c.cur, err = c.members[c.i].Open(); err != nil {
				c.end(err)
				continue
			}
		}
		n, err := c.cur.Read(b)
		c.at += int64(n)
		if *c.left -= int64(n); *c.left < 0 {
			c.fatal = fmt.Errorf("more comes out of the container than may: %w", evidence.ErrLimit)
			return 0, c.fatal
		}
		if err == io.EOF {
			err = nil
			c.close()
			c.end(nil)
		} else if err != nil {
			c.close()
			c.end(err)
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, io.EOF
}

func (c *concat) close() {
	_ = c.cur.Close() // read to its end, or broken already
	c.cur = nil
}

func (c *concat) end(err error) {
	c.ends[c.i], c.errs[c.i] = c.at, err
	c.i++
}

// survey learns what has to be known before the first member is given: exports and what
// they refer to, folders that are somebody's case, whether there are pages.
func (u *unpacked) survey() {
	for i := range u.a.Members {
		m := &u.a.Members[i]
		if _, twice := u.byName[m.Name]; !twice && m.Refused == nil {
			u.byName[m.Name] = m
		}
		ext := strings.ToLower(path.Ext(m.Name))
		u.html = u.html || ext == ".html" || ext == ".htm" || ext == ".xhtml"
	}
	for i := range u.a.Members {
		m := &u.a.Members[i]
		switch {
		case m.Refused != nil || u.p.ctx.Err() != nil:
		case path.Base(m.Name) == "svidok" && bytes.HasPrefix(u.begin(m), []byte("svidok case ")):
			u.refuseCase(path.Dir(m.Name))
		case strings.EqualFold(path.Ext(m.Name), ".json") && sniff(m.Name, u.begin(m)) == TypeTelegramExport:
			u.exports = append(u.exports, m)
			u.taken[m] = true
			r, err := m.Open()
			if err != nil {
				continue // told when it is given
			}
			for media := range mediaOf(&contextReader{u.p.ctx, r}, u.p.lim) {
				if beside := u.byName[path.Join(path.Dir(m.Name), media)]; beside != nil {
					u.taken[beside] = true
				}
			}
			_ = r.Close() // opened for reading
		}
	}
}

func (u *unpacked) begin(m *unpacking.Member) []byte {
	r, err := m.Open()
	if err != nil {
		return nil
	}
	defer r.Close()
	head, _ := readHead(r) // what is broken is told when it is given
	return head
}

func (u *unpacked) refuseCase(dir string) {
	for i := range u.a.Members {
		if m := &u.a.Members[i]; dir == "." || strings.HasPrefix(m.Name, dir+"/") {
			u.taken[m] = true
		}
	}
	u.p.fail(dir, evidence.WithHint(fmt.Errorf("%q holds a case, whose key and accounts are not to become reports: %w", u.p.container.Name, evidence.ErrRefused),
		"keep reports and cases apart; of another case, add the files in its vault folder"))
}

// give yields exports with their messages first, then everything else, and the parts of
// saved pages behind the pages.
func (u *unpacked) give() {
	if len(u.a.Members) == 0 && u.a.Damage == nil {
		u.p.fail("", fmt.Errorf("%q holds nothing: %w", u.p.container.Name, ErrSkipped))
		return
	}
	for _, m := range u.exports {
		it, err := u.item(m)
		if err != nil {
			if !u.p.fail(m.Within(), err) {
				return
			}
			continue
		}
		if !u.p.give(it) {
			return
		}
		dir := path.Dir(m.Name)
		u.p.nested(it, &nearby{member: func(kind, name string) (Item, string) { return u.media(dir, kind, name) }})
	}
	order := make([]*unpacking.Member, len(u.a.Members))
	for i := range u.a.Members {
		order[i] = &u.a.Members[i]
	}
	sort.SliceStable(order, func(i, j int) bool { return pageOf(order[i].Name) == "" && pageOf(order[j].Name) != "" })
	for _, m := range order {
		if u.taken[m] {
			continue
		}
		if u.p.stop || !u.one(m) {
			return
		}
	}
}

func (u *unpacked) one(m *unpacking.Member) bool {
	if slices.ContainsFunc(strings.Split(m.Name, "/"), isLeaving) {
		return u.p.fail(m.Within(), fmt.Errorf("%s: left behind by a desktop, says nothing: %w", m.Name, ErrSkipped))
	}
	it, err := u.item(m)
	if err != nil {
		return u.p.fail(m.Within(), err)
	}
	if page := pageOf(m.Name); page != "" {
		if k, ok := u.pages[page]; ok {
			it.Part, it.Opens, it.Parent = evidence.PartAttachment, false, k
		}
	}
	if u.html && isPicture(it.MediaType) && it.Part == evidence.PartReport {
		it.Part = evidence.PartAttachment
	}
	if it.MediaType == "text/html" {
		u.pages[strings.TrimSuffix(m.Name, path.Ext(m.Name))] = u.p.n
	}
	if !u.p.give(it) {
		return false
	}
	u.p.nested(it, nil)
	return !u.p.stop
}

func isPicture(mediaType string) bool {
	top, _, _ := strings.Cut(mediaType, "/")
	return top == "image" || top == "audio" || top == "video"
}

// pageOf: browsers save what belongs to "a page.html" in "a page_files"; the ending is
// translated by some.
func pageOf(name string) string {
	for dir := path.Dir(name); dir != "." && dir != "/"; dir = path.Dir(dir) {
		for _, ending := range []string{"_files", ".files", "-Dateien", "_файлы", "_файли", ".файлы"} {
			if stem, ok := strings.CutSuffix(dir, ending); ok && stem != "" {
				return stem
			}
		}
	}
	return ""
}

// media is what an export in the archive refers to.
func (u *unpacked) media(dir, kind, name string) (Item, string) {
	m := u.byName[path.Join(dir, name)]
	if m == nil {
		return Item{}, fmt.Sprintf("%s %q is missing beside the export", kind, name)
	}
	it, err := u.item(m)
	if err != nil {
		return Item{}, fmt.Sprintf("%s %q: %s", kind, name, words(err))
	}
	it.Door, it.Part, it.Opens = DoorTelegram, evidence.PartAttachment, false
	return it, ""
}

// item reads a member.
func (u *unpacked) item(m *unpacking.Member) (Item, error) {
	r, err := m.Open()
	if err != nil {
		if errors.Is(err, unpacking.ErrNoFile) {
			err = fmt.Errorf("%w: %w", ErrSkipped, err)
		}
		return Item{}, fmt.Errorf("%q in %q: %w", m.Name, u.p.container.Name, err)
	}
	defer r.Close()
	body := &lenient{r: &contextReader{u.p.ctx, r}, left: &u.p.left}
	data, open, size, err := u.p.lim.spool(body, m.Size, u.p.lim.File)
	if err == nil {
		err = body.fatal(u.p.ctx)
	}
	if err == nil && size == 0 {
		if err = body.err; err == nil {
			err = errEmpty()
		}
	}
	if err != nil {
		return Item{}, fmt.Errorf("%q in %q: %w", m.Name, u.p.container.Name, err)
	}
	it := Item{Input: u.p.container.Input, Door: DoorArchive, Name: m.Name, Within: m.Within(), Problems: slices.Clone(m.Problems), Size: size, Data: data, Open: open, Parent: -1}
	it.Claims.Modified = m.Modified
	if body.err != nil {
		it.Problems = append(it.Problems, "not whole: "+words(body.err))
	}
	head, err := u.p.head(&it)
	if err != nil {
		return Item{}, fmt.Errorf("%q in %q: %w", m.Name, u.p.container.Name, err)
	}
	u.p.judgeMember(&it, head, false)
	return it, nil
}

// judgeMember says what a member is by its name and first bytes.
func (p *parts) judgeMember(it *Item, head []byte, named bool) {
	it.MediaType = sniff(it.Name, head)
	it.Part, it.Opens = partOf(it.MediaType, named), opens(it.MediaType)
}
