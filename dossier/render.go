package dossier

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"svidok/evidence"
)

// fileSum is what a manifest says of a file, and its size.
type fileSum struct {
	size int64
	sum  evidence.Hash
}

// payloadFiles gives every file under data/ but the WARC files.
func payloadFiles(c *contents, d *derived) (map[string][]byte, error) {
	files := map[string][]byte{
		"data/codebook.yaml":      c.codebook,
		"data/ledger/checkpoint":  c.note,
		"data/ledger/key.pub":     []byte(c.key + "\n"),
		"data/ledger/entries.txt": entriesText(c),
	}
	var err error
	one := func(name string, v any) {
		b, failed := evidence.Encode(v)
		if failed != nil && err == nil {
			err = fmt.Errorf("%s: %w", name, failed)
		}
		files[name] = append(files[name], b...)
	}
	one("data/stated.json", c.stated)
	one("data/copies.json", d.copies)
	for _, l := range c.lines {
		one("data/ledger/entries.jsonl", l)
	}
	for _, f := range d.findings {
		one("data/findings.jsonl", f)
	}
	for _, s := range d.sources {
		one("data/sources.jsonl", s)
	}
	for _, e := range d.events {
		one("data/events.jsonl", e)
	}
	for _, l := range c.stamps {
		one(stampsFile, l)
	}
	for _, l := range c.witnesses {
		one(witnessesFile, l)
	}
	for _, l := range c.crosses {
		one(crossesFile, l)
	}
	maps.Copy(files, stampFiles(c))
	files["data/methods.md"] = methods(c)
	files["data/report.html"] = report(c, d)
	return files, err
}

// entriesText is for eyes: the index and the line of every entry.
func entriesText(c *contents) []byte {
	var b bytes.Buffer
	for _, l := range c.lines {
		fmt.Fprintf(&b, "%d\t%s\n", l.Index, l.Entry)
	}
	return b.Bytes()
}

func methods(c *contents) []byte {
	w := words(c.stated.Language)
	return fmt.Appendf(nil, "# %s\n\n%s\n\n## %s\n\n%s\n\n## %s\n\n%s\n\n## %s\n\n%s\n",
		w.MethodsTitle, w.Warning, w.MethodsDone, w.DoneList, w.Limits, w.limits(c), w.Suppr, w.SupprList)
}

// tagFiles gives the files beside data/, from the sums of those in it.
func tagFiles(c *contents, sums map[string]fileSum, guide []byte) map[string][]byte {
	var octets int64
	var manifest strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		octets += sums[name].size
		fmt.Fprintf(&manifest, "%s  %s\n", sums[name].sum, name)
	}
	files := map[string][]byte{
		"bagit.txt": []byte("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
		"bag-info.txt": fmt.Appendf(nil, "Bag-Software-Agent: %s\nBagging-Date: %s\nPayload-Oxum: %d.%d\nSvidok-Format: %s\n",
			c.stated.Tool, c.stated.Made.Format("2006-01-02"), octets, len(sums), format),
		"manifest-sha256.txt": []byte(manifest.String()),
		"VERIFY.md":           guide,
	}
	var tags strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&tags, "%s  %s\n", evidence.Sum(files[name]), name)
	}
	files["tagmanifest-sha256.txt"] = []byte(tags.String())
	return files
}
