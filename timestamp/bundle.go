package timestamp

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"time"

	"svidok/evidence"
)

// Bundle is a token with all that it is judged by, as it is kept: one JSON object and a line
// feed, in the one form that evidence.Encode gives. Byte strings are base64.
type Bundle struct {
	V       int      `json:"v"` // 1
	Token   []byte   `json:"token"`
	Certs   [][]byte `json:"certs,omitzero"` // DER, beyond those in the token
	CRLs    [][]byte `json:"crls,omitzero"`
	OCSPs   [][]byte `json:"ocsps,omitzero"`
	Over    string   `json:"over"`             // what the token's imprint is of: "checkpoint", or "bundles" (a renewal)
	Renewed []string `json:"renewed,omitzero"` // of a renewal: SHA-256 of each bundle that it renews, hex, in order
}

// What a token may be over.
const (
	OverCheckpoint = "checkpoint"
	OverBundles    = "bundles"
)

const maxBundle = 16 << 20

// Encode gives the bytes that are kept.
func (b Bundle) Encode() ([]byte, error) { return evidence.Encode(b) }

// Open reads a bundle.
func Open(raw []byte) (Bundle, error) {
	if len(raw) > maxBundle {
		return Bundle{}, fmt.Errorf("a bundle of %d bytes, limit %d: %w", len(raw), maxBundle, evidence.ErrLimit)
	}
	b, err := evidence.Decode[Bundle](raw)
	if err != nil {
		return Bundle{}, fmt.Errorf("read a time-stamp bundle: %w", err)
	}
	if b.V != 1 || b.Over != OverCheckpoint && b.Over != OverBundles || (b.Over == OverBundles) != (len(b.Renewed) > 0) {
		return Bundle{}, fmt.Errorf("read a time-stamp bundle: version %d over %q: %w", b.V, b.Over, evidence.ErrFormat)
	}
	return b, nil
}

// RenewalData are the bytes that a renewing token is over: the SHA-256 of each bundle that it
// renews, in hex, a line each.
func RenewalData(bundles []evidence.Hash) []byte {
	var b bytes.Buffer
	b.WriteString("svidok-renewal/1\n")
	for _, h := range bundles {
		fmt.Fprintf(&b, "%s\n", h)
	}
	return b.Bytes()
}

// Judge judges a bundle. data are the bytes that were stamped: the checkpoint's signed note;
// of a renewal they follow from the bundle itself.
func (b Bundle) Judge(data []byte, roots []*x509.Certificate) (Verdict, error) {
	t, err := Parse(b.Token)
	if err != nil {
		return Verdict{}, err
	}
	a := Against{Data: data, Roots: roots, CRLs: b.CRLs, OCSPs: b.OCSPs}
	if b.Over == OverBundles {
		var list []evidence.Hash
		for _, s := range b.Renewed {
			h, err := evidence.ParseHash(s)
			if err != nil {
				return Verdict{}, fmt.Errorf("a renewed bundle: %w", err)
			}
			list = append(list, h)
		}
		a.Data = RenewalData(list)
	}
	if a.Certs, err = Certificates(b.Certs); err != nil {
		return Verdict{}, err
	}
	return t.Verify(a), nil
}

// Certificates parses DER certificates.
func Certificates(list [][]byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for _, der := range list {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("certificate: %w: %w", evidence.ErrFormat, err)
		}
		out = append(out, c)
	}
	return out, nil
}

// PEM reads certificates in PEM form.
func PEM(b []byte) ([]*x509.Certificate, error) {
	var ders [][]byte
	for {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			break
		}
		if block.Type == "CERTIFICATE" {
			ders = append(ders, block.Bytes)
		}
	}
	if len(ders) == 0 {
		return nil, fmt.Errorf("no certificate in PEM form: %w", evidence.ErrFormat)
	}
	return Certificates(ders)
}

// renewBefore is how long before the first certificate of its chain ends a token is renewed.
const renewBefore = 90 * 24 * time.Hour

// Due reports whether a bundle should be renewed now, and by when at the latest.
func Due(v Verdict, now time.Time) (bool, time.Time) {
	if v.Until.IsZero() {
		return true, now
	}
	return now.After(v.Until.Add(-renewBefore)), v.Until
}

// Lasting reports whether a bundle proves its time as of at: its own certificates still run, or
// a bundle that renews it, made while they ran, does in turn. verdicts are by the SHA-256 of
// the bundle's bytes, renewals by that of the renewed one.
func Lasting(bundle evidence.Hash, verdicts map[evidence.Hash]Verdict, renewals map[evidence.Hash][]evidence.Hash, at time.Time) bool {
	return lasting(bundle, verdicts, renewals, at, 0)
}

func lasting(bundle evidence.Hash, verdicts map[evidence.Hash]Verdict, renewals map[evidence.Hash][]evidence.Hash, at time.Time, depth int) bool {
	v, ok := verdicts[bundle]
	if !ok || !v.OK() || depth > 100 {
		return false
	}
	if !at.After(v.Until) {
		return true
	}
	for _, r := range renewals[bundle] {
		next, ok := verdicts[r]
		if ok && next.Time.After(v.Time) && !next.Time.After(v.Until) && lasting(r, verdicts, renewals, at, depth+1) {
			return true
		}
	}
	return false
}

// Independent counts authorities that have nothing to do with each other, as far as
// certificates show it: two whose chains end in the same key are one.
func Independent(list []Verdict) int {
	seen := map[string]bool{}
	for _, v := range list {
		if !v.OK() {
			continue
		}
		key := v.Root
		if key == "" {
			key = v.Authority
		}
		seen[key] = true
	}
	return len(seen)
}
