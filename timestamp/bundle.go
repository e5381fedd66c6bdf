package timestamp

import (
	"crypto"
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
	Over    string   `json:"over"`             // what the token's imprint is of
	Renewed []string `json:"renewed,omitzero"` // of a renewal: the hashes that the token is over, hex, ascending: see [Renew]
	Hash    string   `json:"hash,omitempty"`   // of a renewal: under which they are; none: SHA-256
}

// What a token may be over.
const (
	OverCheckpoint = "checkpoint"
	OverBundles    = "bundles" // bundles before it: [Renew]
	OverAgain      = "again"   // the stamped bytes again and all bundles before it, under another hash: [RenewAgain]
)

const (
	maxBundle  = 48 << 20 // bytes as kept; revocation lists have up to some MiB
	maxRenewed = 1 << 12  // hashes under one renewal
	maxBeside  = 64       // certificates, lists or answers beside a token
)

// Encode gives the bytes that are kept; an error if [Open] would not read them.
func (b Bundle) Encode() ([]byte, error) {
	if err := b.check(); err != nil {
		return nil, fmt.Errorf("keep a time-stamp bundle: %w", err)
	}
	raw, err := evidence.Encode(b)
	if err == nil && len(raw) > maxBundle {
		err = fmt.Errorf("keep a time-stamp bundle of %d bytes, limit %d: %w", len(raw), maxBundle, evidence.ErrLimit)
	}
	return raw, err
}

// Open reads a bundle. Its token is not read yet.
func Open(raw []byte) (Bundle, error) {
	if len(raw) > maxBundle {
		return Bundle{}, fmt.Errorf("a bundle of %d bytes, limit %d: %w", len(raw), maxBundle, evidence.ErrLimit)
	}
	b, err := evidence.Decode[Bundle](raw)
	if err != nil {
		return Bundle{}, fmt.Errorf("read a time-stamp bundle: %w", err)
	}
	if err := b.check(); err != nil {
		return Bundle{}, fmt.Errorf("read a time-stamp bundle: %w", err)
	}
	return b, nil
}

// check finds what a bundle cannot be. Its token is not read.
func (b Bundle) check() error {
	renewal := b.Over == OverBundles || b.Over == OverAgain
	if b.V != 1 || !renewal && b.Over != OverCheckpoint || renewal != (len(b.Renewed) > 0) || !renewal && b.Hash != "" || (b.Over == OverAgain) && b.Hash == "" {
		return malformed("version %d over %q", b.V, b.Over)
	}
	if n := max(len(b.Certs), len(b.CRLs), len(b.OCSPs)); n > maxBeside {
		return fmt.Errorf("%d certificates, lists or answers, limit %d: %w", n, maxBeside, evidence.ErrLimit)
	}
	_, err := b.renewed()
	return err
}

// Judge judges a bundle by itself, as of its token's time. data are the bytes that were
// stamped: the checkpoint's signed note; of a renewal they follow from the bundle. Whether
// that renews what it should is [VerifyChain]'s.
func (b Bundle) Judge(data []byte, roots []*x509.Certificate) (Verdict, error) {
	return b.JudgeAt(data, roots, time.Time{})
}

// JudgeAt is Judge as of at: see [Against].
func (b Bundle) JudgeAt(data []byte, roots []*x509.Certificate, at time.Time) (Verdict, error) {
	if err := b.check(); err != nil {
		return Verdict{}, fmt.Errorf("judge a time-stamp bundle: %w", err)
	}
	t, err := Parse(b.Token)
	if err != nil {
		return Verdict{}, err
	}
	a := Against{Data: data, Roots: roots, CRLs: b.CRLs, OCSPs: b.OCSPs, At: at}
	if b.Over != OverCheckpoint {
		hashes, err := b.renewed()
		if err != nil {
			return Verdict{}, err
		}
		a.Data = joined(hashes)
		if h, _ := b.hash(); h != t.imprintHash {
			return Verdict{}, malformed("a renewal under %s whose token is under %s", b.Hash, t.Hash)
		}
	}
	if a.Certs, err = Certificates(b.Certs); err != nil {
		return Verdict{}, err
	}
	return t.Verify(a), nil
}

// hash is that under which a renewal is made.
func (b Bundle) hash() (crypto.Hash, error) {
	switch b.Hash {
	case "":
		return crypto.SHA256, nil
	case "SHA-384":
		return crypto.SHA384, nil
	case "SHA-512":
		return crypto.SHA512, nil
	}
	return 0, malformed("a renewal under the hash %q", b.Hash)
}

// Certificates parses DER certificates.
func Certificates(list [][]byte) ([]*x509.Certificate, error) {
	var out []*x509.Certificate
	for _, raw := range list {
		c, err := certificate(raw)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// PEM reads certificates in PEM form (RFC 7468); or one in DER, which is often called so.
func PEM(b []byte) ([]*x509.Certificate, error) {
	var ders [][]byte
	for rest := b; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type == "CERTIFICATE" {
			ders = append(ders, block.Bytes)
		}
	}
	if len(ders) == 0 {
		if c, err := certificate(b); err == nil {
			return []*x509.Certificate{c}, nil
		}
		return nil, evidence.WithHint(malformed("no certificate in PEM form"), "The file must have lines that say BEGIN CERTIFICATE.")
	}
	return Certificates(ders)
}

// Due reports whether a bundle should be renewed now, and by when at the latest (v.RenewFor
// says why): 90 days before the first certificate or algorithm of its chain ends, or when half
// of the time from the token until then has passed, whichever is later.
func Due(v Verdict, now time.Time) (bool, time.Time) {
	const before = 90 * 24 * time.Hour
	if v.RenewBy.IsZero() {
		return true, now
	}
	return now.After(v.RenewBy.Add(-min(before, v.RenewBy.Sub(v.Time)/2))), v.RenewBy
}
