package dossier

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const (
	maxTag      = 4 << 20   // bytes of a tag file that is read whole
	maxManifest = 256 << 20 // bytes of a manifest
)

var (
	bagVersionLine  = regexp.MustCompile(`^BagIt-Version: ([0-9]+)\.([0-9]+)$`)
	bagEncodingLine = regexp.MustCompile(`^Tag-File-Character-Encoding: ([A-Za-z0-9._-]+)$`)
	manifestName    = regexp.MustCompile(`^(tag)?manifest-([a-z0-9]+)\.txt$`)
	manifestLine    = regexp.MustCompile(`^([0-9A-Fa-f]+)([ \t]+)(.+)$`)
	fetchLine       = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*:[^ \t]+)[ \t]+([0-9]+|-)[ \t]+(.+)$`)
	oxumValue       = regexp.MustCompile(`^([0-9]+)\.([0-9]+)$`)
	driveLetter     = regexp.MustCompile(`^[A-Za-z]:`)
)

// CheckBag judges any bag, ours or not: BagIt 0.93 to 0.97 and 1.0 (RFC 8493), manifests
// in md5, sha1, sha224, sha256, sha384 and sha512, tag files in UTF-8, UTF-16, US-ASCII and
// ISO-8859-1, fetch.txt. The bag is valid if no check failed; notes name what is allowed
// and unwise. Every problem is named with its file.
func CheckBag(fsys fs.FS) []Check { return checkBag(fsys, sayings("en").bag) }

// checkBag is CheckBag with the words for a bag that is whole.
func checkBag(fsys fs.FS, whole string) []Check {
	b := &bag{fsys: fsys, sums: map[string]map[string]string{}}
	b.run()
	if !slices.ContainsFunc(b.checks, func(c Check) bool { return c.Status == Failed }) {
		b.say(OK, whole, b.major, b.minor, len(b.payload), b.octets)
	}
	return b.checks
}

type bag struct {
	fsys         fs.FS
	major, minor int
	encoding     string
	files        map[string]fs.FileInfo
	payload      []string
	octets       int64
	fetch        map[string]bool
	lists        []bagList
	sums         map[string]map[string]string // path -> algorithm -> hex
	checks       []Check
}

// bagList is one manifest: what it says each file hashes to.
type bagList struct {
	name, algorithm string
	tag             bool
	want            map[string]string
}

func (b *bag) say(s Status, format string, args ...any) {
	b.checks = append(b.checks, Check{Name: "bag", Status: s, Detail: fmt.Sprintf(format, args...)})
}

func (b *bag) v1() bool { return b.major >= 1 }

func (b *bag) run() {
	if !b.declaration() || !b.walk() {
		return
	}
	b.readFetch()
	for _, name := range slices.Sorted(maps.Keys(b.files)) {
		if m := manifestName.FindStringSubmatch(name); m != nil {
			b.readManifest(name, m[2], m[1] != "")
		}
	}
	if !slices.ContainsFunc(b.lists, func(l bagList) bool { return !l.tag }) {
		b.say(Failed, "no payload manifest that this program can read")
		return
	}
	b.complete()
	b.digests()
	b.info()
}

// declaration reads bagit.txt, which is always UTF-8 without a byte order mark.
func (b *bag) declaration() bool {
	raw, err := readSome(b.fsys, "bagit.txt", maxTag)
	if err != nil {
		b.say(Failed, "bagit.txt: %v", err)
		return false
	}
	if strings.HasPrefix(string(raw), "\uFEFF") {
		b.say(Failed, "bagit.txt begins with a byte order mark")
		return false
	}
	lines := tagLines(string(raw))
	for i, l := range lines {
		if cut := strings.TrimRight(l, " \t"); cut != l {
			b.say(Note, "bagit.txt: line %d ends in white space", i+1)
			lines[i] = cut
		}
	}
	if len(lines) != 2 {
		b.say(Failed, "bagit.txt: want the two lines BagIt-Version and Tag-File-Character-Encoding, found %d", len(lines))
		return false
	}
	v, e := bagVersionLine.FindStringSubmatch(lines[0]), bagEncodingLine.FindStringSubmatch(lines[1])
	if v == nil {
		b.say(Failed, "bagit.txt: %q is not of the form BagIt-Version: M.N", clip(lines[0]))
		return false
	}
	if e == nil {
		b.say(Failed, "bagit.txt: %q is not of the form Tag-File-Character-Encoding: NAME", clip(lines[1]))
		return false
	}
	b.major, _ = strconv.Atoi(v[1])
	b.minor, _ = strconv.Atoi(v[2])
	if known := v[1] == "1" && v[2] == "0" || v[1] == "0" && b.minor >= 93 && b.minor <= 97; !known {
		b.say(Failed, "bagit.txt: version %s.%s is none that this program knows", v[1], v[2])
		return false
	}
	b.encoding = strings.ToUpper(e[1])
	return true
}

// walk lists the files of the bag; anything but files and folders is refused.
func (b *bag) walk() bool {
	b.files = map[string]fs.FileInfo{}
	data := false
	err := fs.WalkDir(b.fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			data = data || p == "data"
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			b.say(Failed, "%s is no regular file", p)
			return nil
		}
		b.files[p] = info
		if strings.HasPrefix(p, "data/") {
			b.payload = append(b.payload, p)
			b.octets += info.Size()
		}
		return nil
	})
	if err != nil {
		b.say(Failed, "list the files: %v", err)
		return false
	}
	if !data {
		b.say(Failed, "no folder data/")
		return false
	}
	return true
}

// tagFile reads a tag file in the bag's encoding, in lines.
func (b *bag) tagFile(name string, limit int64) ([]string, bool) {
	raw, err := readSome(b.fsys, name, limit)
	if err == nil {
		var s string
		if s, err = decodeTag(raw, b.encoding); err == nil {
			return tagLines(s), true
		}
	}
	b.say(Failed, "%s: %v", name, err)
	return nil, false
}

func (b *bag) readFetch() {
	b.fetch = map[string]bool{}
	if _, ok := b.files["fetch.txt"]; !ok {
		return
	}
	lines, _ := b.tagFile("fetch.txt", maxManifest)
	for i, l := range lines {
		m := fetchLine.FindStringSubmatch(l)
		if m == nil {
			b.say(Failed, "fetch.txt: line %d is not of the form URL LENGTH PATH", i+1)
			continue
		}
		p, why := b.scope(m[3], true)
		if why != "" {
			b.say(Failed, "fetch.txt: line %d: %q %s", i+1, clip(m[3]), why)
			continue
		}
		b.fetch[p] = true
	}
}

func (b *bag) readManifest(name, algorithm string, tag bool) {
	if newSum(algorithm) == nil {
		b.say(Note, "%s: the algorithm %s is not known here; this manifest was left unread", name, algorithm)
		return
	}
	lines, ok := b.tagFile(name, maxManifest)
	if !ok {
		return
	}
	list := bagList{name: name, algorithm: algorithm, tag: tag, want: make(map[string]string, len(lines))}
	folded := map[string]string{}
	for i, l := range lines {
		m := manifestLine.FindStringSubmatch(l)
		if m == nil || len(m[1]) != 2*newSum(algorithm).Size() {
			b.say(Failed, "%s: line %d is not of the form CHECKSUM PATH", name, i+1)
			continue
		}
		p := m[3]
		if strings.HasPrefix(p, "*") {
			b.say(Note, "%s: line %d has the asterisk of a checksum tool before the path", name, i+1)
			p = p[1:]
		}
		p, why := b.scope(p, !tag)
		if why != "" {
			b.say(Failed, "%s: line %d: %q %s", name, i+1, clip(m[3]), why)
			continue
		}
		b.list(list, i+1, p, strings.ToLower(m[1]), folded)
	}
	b.lists = append(b.lists, list)
}

// list takes one line of a manifest, and names doubles of every sort.
func (b *bag) list(l bagList, line int, p, sum string, folded map[string]string) {
	if old, twice := l.want[p]; twice {
		switch {
		case old != sum:
			b.say(Failed, "%s: line %d lists %s a second time, with another checksum", l.name, line, p)
		case b.v1():
			b.say(Failed, "%s: line %d lists %s a second time", l.name, line, p)
		default:
			b.say(Note, "%s: line %d lists %s a second time", l.name, line, p)
		}
		return
	}
	l.want[p] = sum
	if other, same := folded[strings.ToLower(p)]; same {
		b.say(Note, "%s: %s and %s differ only in case", l.name, other, p)
	}
	folded[strings.ToLower(p)] = p
	if strings.ContainsFunc(p, func(r rune) bool { return unicode.Is(unicode.Mn, r) }) {
		b.say(Note, "%s: line %d: the name %s is not in the composed normal form, and may collide with one that is", l.name, line, p)
	}
	switch name := p[strings.LastIndexByte(p, '/')+1:]; strings.ToLower(name) {
	case ".ds_store", "thumbs.db", "desktop.ini", ".spotlight-v100", ".trashes":
		b.say(Note, "%s: %s is a file of an operating system", l.name, p)
	}
}

// scope returns the path that a manifest or fetch.txt means, or why it may not be there.
func (b *bag) scope(p string, payload bool) (path, why string) {
	raw := p
	if rest, ok := strings.CutPrefix(p, "./"); ok {
		b.say(Note, "%q begins with ./", clip(p))
		p = rest
	}
	p = b.unescape(p)
	switch {
	case strings.HasPrefix(p, "/"), strings.HasPrefix(p, `\`), driveLetter.MatchString(p):
		return "", "is an absolute path"
	case strings.HasPrefix(p, "~"), strings.HasPrefix(p, "%") && strings.Count(raw, "%") > 1 && payload:
		return "", "is a shortcut to somewhere else"
	case payload && !strings.HasPrefix(p, "data/"):
		return "", "is not under data/"
	case !payload && strings.HasPrefix(p, "data/"):
		return "", "is payload, which a tag manifest does not list"
	case !fs.ValidPath(p):
		return "", "is no plain relative path"
	}
	return p, ""
}

// unescape undoes the percent-encoding of line ends (and, since 1.0, of "%" itself).
// Source: RFC 8493 section 2.1.3.
func (b *bag) unescape(p string) string {
	if !strings.Contains(p, "%") {
		return p
	}
	pairs := []string{"%0A", "\n", "%0a", "\n", "%0D", "\r", "%0d", "\r"}
	if b.v1() {
		pairs = append(pairs, "%25", "%")
	}
	return strings.NewReplacer(pairs...).Replace(p)
}

// complete: every file listed is there, and every payload file is listed (since 1.0 in
// every payload manifest, and every payload manifest in every tag manifest).
func (b *bag) complete() {
	for _, l := range b.lists {
		for _, p := range slices.Sorted(maps.Keys(l.want)) {
			if _, ok := b.files[p]; !ok && b.fetch[p] {
				b.say(Failed, "%s: %s has not been fetched yet: the bag is not complete", l.name, p)
			} else if twin := b.twin(l, p, ok); twin != "" {
				b.say(Note, "%s: %s and %s are one file here: their names differ only in case or in the form of accents", l.name, p, twin)
			} else if !ok {
				b.say(Failed, "%s: %s is missing", l.name, p)
			}
			if b.v1() && l.tag && strings.HasPrefix(p, "tagmanifest-") {
				b.say(Failed, "%s lists a tag manifest: %s", l.name, p)
			}
		}
		for _, o := range b.lists {
			if _, ok := l.want[o.name]; b.v1() && l.tag && !o.tag && !ok {
				b.say(Failed, "%s does not list %s", l.name, o.name)
			}
		}
	}
	for p := range b.fetch {
		if !slices.ContainsFunc(b.lists, func(l bagList) bool { _, ok := l.want[p]; return ok }) {
			b.say(Failed, "fetch.txt: %s stands in no manifest", p)
		}
	}
	for _, p := range b.payload {
		in := 0
		for _, l := range b.lists {
			if _, ok := l.want[p]; ok {
				in++
			} else if b.v1() && !l.tag {
				b.say(Failed, "%s does not list %s", l.name, p)
			}
		}
		if in == 0 && !b.v1() {
			b.say(Failed, "%s stands in no manifest", p)
		}
	}
}

// twin finds a file with the listed checksum whose name a file system may take for p's:
// where a bag was copied through one that folds case or composes accents, one is left.
func (b *bag) twin(l bagList, p string, present bool) string {
	if present {
		return ""
	}
	for other := range b.files {
		if other != p && l.want[other] == l.want[p] && plainName(other) == plainName(p) {
			return other
		}
	}
	return ""
}

// digests hashes every listed file once, with all algorithms that anybody names for it.
func (b *bag) digests() {
	need := map[string][]string{}
	for _, l := range b.lists {
		for p := range l.want {
			if _, ok := b.files[p]; ok && !slices.Contains(need[p], l.algorithm) {
				need[p] = append(need[p], l.algorithm)
			}
		}
	}
	buf := make([]byte, 32<<10)
	for _, p := range slices.Sorted(maps.Keys(need)) {
		sums, err := sumFile(b.fsys, p, need[p], buf)
		if err != nil {
			b.say(Failed, "%s: %v", p, err)
			continue
		}
		for _, l := range b.lists {
			if want, ok := l.want[p]; ok && sums[l.algorithm] != want {
				b.say(Failed, "%s: the %s checksum of %s differs", l.name, l.algorithm, p)
			}
		}
	}
}

// info reads bag-info.txt: metadata, of which only Payload-Oxum can be checked.
func (b *bag) info() {
	if _, ok := b.files["bag-info.txt"]; !ok {
		return
	}
	lines, _ := b.tagFile("bag-info.txt", maxTag)
	for i, l := range lines {
		if strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t") {
			if i == 0 {
				b.say(Failed, "bag-info.txt: begins with a continued line")
			}
			continue
		}
		label, value, ok := strings.Cut(l, ":")
		if !ok {
			b.say(Failed, "bag-info.txt: line %d is not of the form LABEL: VALUE", i+1)
			continue
		}
		if !strings.EqualFold(strings.TrimSpace(label), "Payload-Oxum") {
			continue
		}
		m := oxumValue.FindStringSubmatch(strings.TrimSpace(value))
		if m == nil || m[1] != strconv.FormatInt(b.octets, 10) || m[2] != strconv.Itoa(len(b.payload)) {
			b.say(Failed, "bag-info.txt: Payload-Oxum %s, but the payload has %d bytes in %d files", clip(strings.TrimSpace(value)), b.octets, len(b.payload))
		}
	}
}

func newSum(algorithm string) hash.Hash {
	switch algorithm {
	case "md5":
		return md5.New()
	case "sha1":
		return sha1.New()
	case "sha224":
		return sha256.New224()
	case "sha256":
		return sha256.New()
	case "sha384":
		return sha512.New384()
	case "sha512":
		return sha512.New()
	}
	return nil
}

// sumFile hashes a file with each of the algorithms; buf is scratch.
func sumFile(fsys fs.FS, name string, algorithms []string, buf []byte) (map[string]string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	var sums []hash.Hash
	var all []io.Writer
	for _, a := range algorithms {
		h := newSum(a)
		sums, all = append(sums, h), append(all, h)
	}
	_, err = io.CopyBuffer(io.MultiWriter(all...), onlyReader{f}, buf)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for i, a := range algorithms {
		out[a] = hex.EncodeToString(sums[i].Sum(nil))
	}
	return out, nil
}
