package dossier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
	"svidok/warc"
)

const maxBundleText = 1 << 30 // bytes of records and texts of one bundle that are held

var bundleWarc = regexp.MustCompile(`^data/warc/[0-9]{6}\.warc\.gz$`)

// verifyBundle checks an unpacked bundle.
func verifyBundle(ctx context.Context, fsys fs.FS, opt Options, r *result) {
	for _, c := range checkBag(fsys, r.say.bag) {
		r.emit(c)
	}
	v := &bundleCheck{ctx: ctx, fsys: fsys, opt: opt, r: r, sums: map[string]fileSum{}}
	if !v.step("files", v.files) || !v.step("records", v.load) {
		return
	}
	r.ok("records", r.say.records, len(v.seen), v.bytes)
	if !v.step("ledger", v.c.check) || !v.step("key", v.key) {
		return
	}
	r.ok("ledger", r.say.checkpoint, v.c.head.Origin, v.c.head.Size)
	r.ok("entries", r.say.entries, len(v.c.lines))
	var d *derived
	if !v.step("judgments", func() (err error) { d, err = derive(v.c); return err }) {
		return
	}
	r.ok("judgments", r.say.judgments, len(d.events), len(d.findings))
	if !v.step("records", v.layout) || !v.step("derived", func() error { return v.compare(d) }) {
		return
	}
	v.step("time-stamp", v.stamps)
	v.step("witness", v.observers)
	v.notes()
}

type bundleCheck struct {
	ctx   context.Context
	fsys  fs.FS
	opt   Options
	r     *result
	c     *contents
	names []string
	total int64
	done  int64
	bytes int64
	sums  map[string]fileSum
	seen  []seenRecord
}

// seenRecord is what the WARC files said of one record.
type seenRecord struct {
	kind, id, date, uri, mediaType string
	hash                           evidence.Hash
	size                           int64
}

func (v *bundleCheck) step(name string, do func() error) bool {
	if v.r.stopped {
		return false
	}
	err := v.ctx.Err()
	if err == nil {
		err = do()
	}
	if err != nil {
		v.r.fail(name, err)
	}
	return err == nil
}

// files: exactly those of the layout.
func (v *bundleCheck) files() error {
	known := []string{"VERIFY.md", "bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt",
		"data/codebook.yaml", "data/copies.json", "data/events.jsonl", "data/findings.jsonl", "data/ledger/checkpoint", "data/ledger/entries.jsonl",
		"data/ledger/entries.txt", "data/ledger/key.pub", "data/methods.md", "data/report.html", "data/sources.jsonl", "data/stated.json"}
	found := map[string]bool{}
	warcs := 0
	err := fs.WalkDir(v.fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if !slices.Contains([]string{".", "data", "data/ledger", "data/ledger/stamps", "data/warc"}, p) {
				return fmt.Errorf("%s: a foreign folder: %w", p, evidence.ErrFormat)
			}
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !slices.Contains(known, p) && !bundleWarc.MatchString(p) && !isOptional(p) {
			return fmt.Errorf("%s: a foreign file: %w", p, evidence.ErrFormat)
		}
		if bundleWarc.MatchString(p) {
			warcs++
			if p != fmt.Sprintf("data/warc/%06d.warc.gz", warcs) {
				return fmt.Errorf("%s: a WARC file before it is missing: %w", p, evidence.ErrNotFound)
			}
		}
		found[p] = true
		v.total += info.Size()
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range known {
		if !found[p] {
			return fmt.Errorf("%s is missing: %w", p, evidence.ErrNotFound)
		}
	}
	v.names = slices.Sorted(maps.Keys(found))
	v.r.ok("files", v.r.say.files, len(v.names))
	return nil
}

// load reads the proven and stated parts.
func (v *bundleCheck) load() error {
	v.c = &contents{records: map[evidence.Hash][]byte{}, texts: map[evidence.Hash][]byte{}, payloads: map[evidence.Hash]int64{}}
	b, err := v.read("data/stated.json")
	if err != nil {
		return err
	}
	if v.c.stated, err = evidence.Decode[stated](b); err != nil {
		return fmt.Errorf("data/stated.json: %w", err)
	}
	if b, err = v.read("data/ledger/key.pub"); err != nil {
		return err
	}
	var ok bool
	if v.c.key, ok = strings.CutSuffix(string(b), "\n"); !ok || strings.ContainsAny(v.c.key, "\r\n ") {
		return fmt.Errorf("data/ledger/key.pub: want one line: %w", evidence.ErrFormat)
	}
	if v.c.note, err = v.read("data/ledger/checkpoint"); err != nil {
		return err
	}
	if v.c.codebook, err = v.read("data/codebook.yaml"); err != nil {
		return err
	}
	if b, err = v.read("data/ledger/entries.jsonl"); err != nil {
		return err
	}
	if v.c.lines, err = jsonLines[line]("entries.jsonl", b); err != nil {
		return err
	}
	if err := errors.Join(optional(v, stampsFile, &v.c.stamps), optional(v, witnessesFile, &v.c.witnesses), optional(v, crossesFile, &v.c.crosses)); err != nil {
		return err
	}
	for _, name := range v.names {
		if strings.HasPrefix(name, "data/warc/") {
			if err := v.warcFile(name); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func (v *bundleCheck) read(name string) ([]byte, error) {
	b, err := readSome(v.fsys, name, maxWhole)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	v.progress(int64(len(b)))
	return b, nil
}

func (v *bundleCheck) progress(n int64) {
	v.done += n
	if v.opt.Progress != nil {
		v.opt.Progress(v.done, v.total)
	}
}

// warcFile reads one WARC file; records and texts are held, payloads only hashed.
func (v *bundleCheck) warcFile(name string) error {
	f, err := v.fsys.Open(name)
	if err != nil {
		return err
	}
	s := newSegment(maxWhole)
	s.reset(f, 0, nil)
	err = v.records(s)
	return errors.Join(err, f.Close())
}

func (v *bundleCheck) records(s *segment) error {
	for {
		rec, err := s.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := v.ctx.Err(); err != nil {
			return err
		}
		v.bytes += rec.length
		v.progress(rec.to - rec.from)
		v.seen = append(v.seen, seenRecord{string(rec.kind), string(rec.id), string(rec.date), string(rec.uri), string(rec.mediaType), rec.hash, rec.length})
		switch {
		case string(rec.kind) == "resource" || string(rec.kind) == "response":
			v.c.payloads[rec.hash] = rec.length
		case rec.block == nil || v.bytes > maxBundleText:
			return fmt.Errorf("record at byte %d: more than can be held: %w", rec.from, evidence.ErrLimit)
		case string(rec.kind) == "conversion":
			v.c.texts[rec.hash] = append([]byte{}, rec.block...)
		case string(rec.kind) == "metadata":
			v.c.records[rec.hash] = append([]byte{}, rec.block...)
		default:
			return fmt.Errorf("record at byte %d: a WARC record of type %q: %w", rec.from, clip(string(rec.kind)), evidence.ErrFormat)
		}
	}
}

// key compares with what the reader knows from elsewhere.
func (v *bundleCheck) key() error {
	if v.opt.Key != "" {
		if strings.TrimSpace(v.opt.Key) != v.c.key {
			return fmt.Errorf("the bundle is signed with another key: %s: %w", v.c.key, evidence.ErrTampered)
		}
		v.r.ok("key", "%s", v.r.say.key)
	} else {
		v.r.note("key", v.r.say.keyInside, v.c.key)
	}
	if v.opt.Against == nil {
		return nil
	}
	key, err := note.NewVerifier(v.c.key)
	if err != nil {
		return fmt.Errorf("key.pub: %w: %w", evidence.ErrFormat, err)
	}
	old, err := proof.OpenCheckpoint(v.opt.Against, key)
	if err != nil {
		return fmt.Errorf("the checkpoint to compare with: %w", err)
	}
	if old.Size == v.c.head.Size && old.Root != v.c.head.Root {
		return fmt.Errorf("another tree of %d entries was signed before: %w", old.Size, evidence.ErrTampered)
	}
	if old.Size != v.c.head.Size {
		v.r.note("against", v.r.say.noAgainst, old.Size, v.c.head.Size)
	} else {
		v.r.ok("against", v.r.say.against, old.Size)
	}
	return nil
}

// layout: the WARC records are those that the entries call for, in their order, under the
// headers that follow from them.
func (v *bundleCheck) layout() error {
	items, err := layout(v.c)
	if err != nil {
		return err
	}
	if len(items) != len(v.seen) {
		return fmt.Errorf("%d WARC records, and the entries call for %d: %w", len(v.seen), len(items), evidence.ErrFormat)
	}
	for i, it := range items {
		got := v.seen[i]
		want := seenRecord{it.get("WARC-Type"), it.get("WARC-Record-ID"), it.get("WARC-Date"), it.get("WARC-Target-URI"), it.get("Content-Type"), it.hash, it.size}
		if got != want {
			return fmt.Errorf("WARC record %d is %s %s, and the entries call for %s %s, or its header says otherwise: %w",
				i, clip(got.kind), got.hash, want.kind, want.hash, evidence.ErrTampered)
		}
	}
	return nil
}

func (it item) get(name string) string { return warc.Fields(it.fields).Get(name) }

// compare derives every other file again.
func (v *bundleCheck) compare(d *derived) error {
	want, err := payloadFiles(v.c, d)
	if err != nil {
		return err
	}
	prose := []string{"data/report.html", "data/methods.md", "VERIFY.md"}
	foreign := v.c.stated.Wording < 1 || v.c.stated.Wording > wording
	guide := verifyGuide(v.c)
	if foreign {
		if guide, err = v.read("VERIFY.md"); err != nil {
			return err
		}
	}
	buf := make([]byte, 64<<10)
	for _, name := range v.names {
		if !strings.HasPrefix(name, "data/") {
			continue
		}
		sums, err := sumFile(v.fsys, name, []string{"sha256"}, buf)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		info, err := fs.Stat(v.fsys, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		h, err := evidence.ParseHash(sums["sha256"])
		if err != nil {
			return err
		}
		v.sums[name] = fileSum{info.Size(), h}
		if _, ok := want[name]; !ok && isOptional(name) {
			return fmt.Errorf("%s is of nothing in this bundle: %w", name, evidence.ErrFormat)
		}
		if w, ok := want[name]; ok && evidence.Sum(w) != h && !(foreign && slices.Contains(prose, name)) {
			return fmt.Errorf("%s is not what follows from the records: %w", name, evidence.ErrTampered)
		}
	}
	for name := range want {
		if _, ok := v.sums[name]; !ok {
			return fmt.Errorf("%s is missing: %w", name, evidence.ErrNotFound)
		}
	}
	tags := tagFiles(v.c, v.sums, guide)
	for name, w := range tags {
		if b, err := v.read(name); err != nil || !bytes.Equal(b, w) {
			return errors.Join(fmt.Errorf("%s is not what follows from the records: %w", name, evidence.ErrTampered), err)
		}
	}
	v.r.ok("derived", v.r.say.derived, len(want)+len(tags)-4)
	if foreign {
		// The number is stated, not signed: were this a note, whoever raises it could write what they like.
		v.r.emit(Check{"wording", Failed, fmt.Sprintf(v.r.say.wording, strings.Join(prose, ", "))})
	}
	v.r.note("manifest", v.r.say.manifest, evidence.Sum(tags["manifest-sha256.txt"]))
	return nil
}

// notes: what the reader should know.
func (v *bundleCheck) notes() {
	withheld := 0
	for _, l := range v.c.lines {
		if _, ok := v.c.records[l.entry.Ref]; !ok {
			withheld++
		}
	}
	v.r.note("withheld", v.r.say.withheld, withheld)
	v.r.note("stated", "%s", v.r.say.stated)
}
