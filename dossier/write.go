package dossier

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"

	"svidok/evidence"
	"svidok/warc"
)

// Write writes one bundle to w, byte-identical for equal Material. It refuses (ErrRefused)
// what may not leave the house, and fails where something that the events rest on lacks
// (ErrNotFound), is altered (ErrTampered) or is too large for one bundle (ErrLimit). What
// was written when it fails is no bundle. Memory holds records and texts; originals are
// streamed, twice.
func Write(w io.Writer, m Material) (Summary, error) {
	s, err := selectFrom(m)
	if err != nil {
		return Summary{}, fmt.Errorf("write a dossier: %w", err)
	}
	if err := s.c.check(); err != nil {
		return Summary{}, fmt.Errorf("write a dossier: %w", err)
	}
	d, err := derive(s.c)
	if err != nil {
		return Summary{}, fmt.Errorf("write a dossier: %w", err)
	}
	sum, err := s.write(w, d)
	if err != nil {
		return Summary{}, fmt.Errorf("write a dossier: %w", err)
	}
	return sum, nil
}

// part is one file of the bag, known by size and sums before it is written.
type part struct {
	size  int64
	crc   uint32
	sum   evidence.Hash
	write func(io.Writer) error
}

func whole(b []byte) part {
	return part{size: int64(len(b)), crc: crc32.ChecksumIEEE(b), sum: evidence.Sum(b),
		write: func(w io.Writer) error { _, err := w.Write(b); return err }}
}

func (s *selection) write(w io.Writer, d *derived) (Summary, error) {
	files, err := payloadFiles(s.c, d)
	if err != nil {
		return Summary{}, err
	}
	parts := map[string]part{}
	for name, b := range files {
		parts[name] = whole(b)
	}
	if err := s.warcFiles(parts); err != nil {
		return Summary{}, err
	}
	sums := map[string]fileSum{}
	for name, p := range parts {
		sums[name] = fileSum{p.size, p.sum}
	}
	tags := tagFiles(s.c, sums, verifyGuide(s.c))
	for name, b := range tags {
		parts[name] = whole(b)
	}
	z := &zipWriter{w: w}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		p := parts[name]
		if err := z.add(name, p.size, p.crc, p.write); err != nil {
			return Summary{}, err
		}
	}
	if err := z.close(); err != nil {
		return Summary{}, err
	}
	return s.c.summary(d, evidence.Sum(tags["manifest-sha256.txt"]), z.at), nil
}

func (c *contents) summary(d *derived, manifest evidence.Hash, size int64) Summary {
	captures, independent := map[evidence.Hash]bool{}, map[int]bool{}
	for _, s := range d.sources {
		captures[s.Capture], independent[s.Family] = true, true
	}
	return Summary{Events: len(d.events), Findings: len(d.findings), Captures: len(captures), Independent: len(independent),
		Manifest: manifest, Checkpoint: c.head.Size, Bytes: size}
}

// warcFiles plans the WARC files: one pass over all records for sizes and sums, and a
// second when they are written.
func (s *selection) warcFiles(parts map[string]part) error {
	items, err := layout(s.c)
	if err != nil {
		return err
	}
	for n := 1; len(items) > 0; n++ {
		sha := sha256.New()
		m := &meter{crc: crc32.NewIEEE(), sha: sha}
		k := 0
		for k < len(items) && m.n < warcFull {
			if err := s.writeItem(m, items[k]); err != nil {
				return err
			}
			k++
		}
		mine := items[:k]
		items = items[k:]
		parts[fmt.Sprintf("data/warc/%06d.warc.gz", n)] = part{size: m.n, crc: m.crc.Sum32(), sum: evidence.Hash(sha.Sum(nil)),
			write: func(w io.Writer) error {
				for _, it := range mine {
					if err := s.writeItem(w, it); err != nil {
						return err
					}
				}
				return nil
			}}
	}
	return nil
}

func (s *selection) writeItem(w io.Writer, it item) error {
	if it.block != nil || it.size == 0 {
		if err := warc.Write(w, it.fields, bytes.NewReader(it.block), it.size); err != nil {
			return fmt.Errorf("object %s: %w", it.hash, err)
		}
		return nil
	}
	o, ok := s.objects[it.hash]
	if !ok {
		return fmt.Errorf("the original %s: %w", it.hash, evidence.ErrNotFound)
	}
	r, err := o.Open()
	if err != nil {
		return fmt.Errorf("open the original %s: %w", it.hash, err)
	}
	sum := sha256.New()
	err = warc.Write(w, it.fields, io.TeeReader(r, sum), it.size)
	if err2 := r.Close(); err == nil {
		err = err2
	}
	if err != nil {
		return fmt.Errorf("the original %s: %w", it.hash, err)
	}
	if evidence.Hash(sum.Sum(nil)) != it.hash {
		return fmt.Errorf("the original %s does not match its hash: %w", it.hash, evidence.ErrTampered)
	}
	return nil
}
