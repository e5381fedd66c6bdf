package wacz

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"

	"svidok/evidence"
)

// Material is what a WACZ file is made of.
type Material struct {
	Title, Description string
	Software           string    // who makes it, "svidok 1.0"
	Created            time.Time // when, UTC; not asked of any clock
	Records            []Record
	Pages              []PageEntry // in the order of reading; the first is the main page
	// Signer, if given, signs anonymously: an ECDSA key on P-384, as the spec's tools expect. Of
	// an *ecdsa.PrivateKey the signature is deterministic (RFC 6979).
	Signer crypto.Signer
}

// PageEntry is a page to be listed. There must be a record of its URL.
type PageEntry struct {
	URL, Title string
	At         time.Time // of its record
}

// Summary is what was written.
type Summary struct {
	Records, Pages int
	Bytes          int64  // of the WARC file
	Hash           string // of datapackage.json, "sha256:" and hex; of a plain WARC that of the file
}

type resource struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Hash  string `json:"hash"`
	Bytes int64  `json:"bytes"`
}

type packageFile struct {
	Profile     string     `json:"profile"`
	Version     string     `json:"wacz_version"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Created     string     `json:"created"`
	Software    string     `json:"software,omitempty"`
	MainURL     string     `json:"mainPageUrl,omitempty"`
	MainDate    string     `json:"mainPageDate,omitempty"`
	Resources   []resource `json:"resources"`
}

// Write writes a WACZ file. ErrUsage or ErrFormat: the material is not fit for one; what
// was written by then is no WACZ file.
func Write(w io.Writer, m Material) (Summary, error) {
	if err := m.check(); err != nil {
		return Summary{}, err
	}
	p := &packer{zip: zip.NewWriter(w), at: m.Created.UTC()}
	var lines []string
	err := p.file("archive/"+warcName, zip.Store, func(out io.Writer) (err error) {
		lines, err = m.warc(out)
		return err
	})
	if err != nil {
		return Summary{}, err
	}
	var blocks, idx bytes.Buffer
	if err := index(&blocks, &idx, lines); err != nil {
		return Summary{}, err
	}
	for _, f := range []struct {
		path   string
		method uint16
		data   []byte
	}{
		{"indexes/" + cdxName, zip.Store, blocks.Bytes()},
		{"indexes/" + idxName, zip.Deflate, idx.Bytes()},
		{pagesName, zip.Deflate, m.pages()},
	} {
		if err := p.bytes(f.path, f.method, f.data); err != nil {
			return Summary{}, err
		}
	}
	s := Summary{Records: len(m.Records), Pages: len(m.Pages), Bytes: p.resources[0].Bytes}
	if s.Hash, err = m.finish(p); err != nil {
		return Summary{}, err
	}
	return s, nil
}

// finish writes the package's description, its digest and signature, and the end.
func (m *Material) finish(p *packer) (string, error) {
	d := packageFile{Profile: "data-package", Version: version, Title: m.Title, Description: m.Description, Created: stamp(m.Created), Software: m.Software, Resources: p.resources}
	if len(m.Pages) > 0 {
		d.MainURL, d.MainDate = m.Pages[0].URL, warcDate(m.Pages[0].At)
	}
	text := encode(d, "  ")
	sum := sha256.Sum256(text)
	hash := "sha256:" + hex.EncodeToString(sum[:])
	if err := p.bytes(packageName, zip.Deflate, text); err != nil {
		return "", err
	}
	digest := digestFile{Path: packageName, Hash: hash}
	if m.Signer != nil {
		signed, err := sign(m.Signer, hash)
		if err != nil {
			return "", err
		}
		signed.Created, signed.Software, signed.Version = stamp(m.Created), m.Software, "0.1.0"
		digest.Signed = encode(signed, "")
	}
	if err := p.bytes(digestName, zip.Deflate, encode(digest, "  ")); err != nil {
		return "", err
	}
	if err := p.zip.Close(); err != nil {
		return "", fmt.Errorf("write a WACZ file: %w", err)
	}
	return hash, nil
}

// WriteWARC writes the records as a plain .warc.gz file, behind a warcinfo.
func WriteWARC(w io.Writer, m Material) (Summary, error) {
	if err := m.check(); err != nil {
		return Summary{}, err
	}
	out := &summing{w: w, sum: sha256.New()}
	if _, err := m.warc(out); err != nil {
		return Summary{}, err
	}
	return Summary{Records: len(m.Records), Pages: len(m.Pages), Bytes: out.n, Hash: "sha256:" + hex.EncodeToString(out.sum.Sum(nil))}, nil
}

func (m *Material) check() error {
	if len(m.Records) == 0 {
		return fmt.Errorf("write a web archive: there are no records: %w", evidence.ErrUsage)
	}
	if m.Created.IsZero() || m.Created.Year() < 1980 || m.Created.Year() > 2107 {
		return fmt.Errorf("write a web archive: it was made at no time that a zip file can say: %w", evidence.ErrUsage)
	}
	there := map[string]bool{}
	for i, r := range m.Records {
		if err := r.check(len(m.Records)); err != nil {
			return fmt.Errorf("write a web archive: record %d: %w", i, err)
		}
		there[r.URI] = true
	}
	for _, p := range m.Pages {
		if url, _, _ := strings.Cut(p.URL, "#"); !there[p.URL] && !there[url] {
			return fmt.Errorf("write a web archive: %s is to be a page, and has no record: %w", clip(p.URL), evidence.ErrUsage)
		}
		if p.At.IsZero() {
			return fmt.Errorf("write a web archive: the page %s has no time: %w", clip(p.URL), evidence.ErrUsage)
		}
	}
	if m.Signer != nil {
		if pub, ok := m.Signer.Public().(*ecdsa.PublicKey); !ok || pub.Curve != elliptic.P384() {
			return fmt.Errorf("write a web archive: the signer's key is not ECDSA on P-384: %w", evidence.ErrUsage)
		}
	}
	return nil
}

// sign makes the anonymous signature of wacz-auth: r and s, raw, in base64.
func sign(s crypto.Signer, hash string) (signedData, error) {
	sum := sha256.Sum256([]byte(hash))
	der, err := s.Sign(nil, sum[:], crypto.SHA256)
	if err != nil {
		return signedData{}, fmt.Errorf("sign a WACZ file: %w", err)
	}
	var v struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &v); err != nil || len(rest) > 0 {
		return signedData{}, fmt.Errorf("sign a WACZ file: the signer gave no ECDSA signature: %w", evidence.ErrUsage)
	}
	const half = 48 // bytes of a number on P-384
	raw := make([]byte, 2*half)
	v.R.FillBytes(raw[:half])
	v.S.FillBytes(raw[half:])
	key, err := x509.MarshalPKIXPublicKey(s.Public())
	if err != nil {
		return signedData{}, fmt.Errorf("sign a WACZ file: %w", err)
	}
	return signedData{Hash: hash, Signature: base64.StdEncoding.EncodeToString(raw), PublicKey: base64.StdEncoding.EncodeToString(key)}, nil
}

// pages is the list of pages.
func (m *Material) pages() []byte {
	var b bytes.Buffer
	b.Write(encode(struct {
		Format string `json:"format"`
		ID     string `json:"id"`
		Title  string `json:"title"`
	}{"json-pages-1.0", "pages", "All Pages"}, ""))
	for _, p := range m.Pages {
		id := sha256.Sum256([]byte(stamp(p.At) + " " + p.URL))
		b.Write(encode(struct {
			ID    string `json:"id"`
			URL   string `json:"url"`
			TS    string `json:"ts"`
			Title string `json:"title,omitempty"`
		}{hex.EncodeToString(id[:8]), p.URL, warcDate(p.At), p.Title}, ""))
	}
	return b.Bytes()
}

// linesPerBlock is how many lines of the index share a gzip member.
const linesPerBlock = 300

// index writes the sorted lines in blocks, and the index of the blocks (ZipNum).
func index(blocks, idx *bytes.Buffer, lines []string) error {
	slices.Sort(lines)
	idx.WriteString(`!meta 0 {"format": "cdxj-gzip-1.0", "filename": "` + cdxName + "\"}\n")
	for block := range slices.Chunk(lines, linesPerBlock) {
		from := blocks.Len()
		z := gzip.NewWriter(blocks)
		_, err := io.WriteString(z, strings.Join(block, ""))
		if err == nil {
			err = z.Close()
		}
		if err != nil {
			return fmt.Errorf("write the index: %w", err)
		}
		sum := sha256.Sum256(blocks.Bytes()[from:])
		prefix, _, _ := strings.Cut(block[0], " {")
		fmt.Fprintf(idx, "%s {\"offset\": %d, \"length\": %d, \"digest\": \"sha256:%x\"}\n", prefix, from, blocks.Len()-from, sum)
	}
	return nil
}

// encode gives JSON in one form, ending in a line feed.
func encode(v any, indent string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		panic(err) // our own types, without anything that JSON cannot say
	}
	return b.Bytes()
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// packer writes the files of the package, and describes them.
type packer struct {
	zip       *zip.Writer
	at        time.Time
	resources []resource
}

func (p *packer) file(path string, method uint16, write func(io.Writer) error) error {
	f, err := p.zip.CreateHeader(&zip.FileHeader{Name: path, Method: method, Modified: p.at})
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	out := &summing{w: f, sum: sha256.New()}
	if err := write(out); err != nil {
		return err
	}
	p.resources = append(p.resources, resource{path[strings.LastIndexByte(path, '/')+1:], path, "sha256:" + hex.EncodeToString(out.sum.Sum(nil)), out.n})
	return nil
}

func (p *packer) bytes(path string, method uint16, b []byte) error {
	return p.file(path, method, func(w io.Writer) error {
		if _, err := w.Write(b); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
		return nil
	})
}
