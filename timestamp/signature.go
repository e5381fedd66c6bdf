package timestamp

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"

	"svidok/evidence"
)

// scheme is a way to sign: key, padding, hash.
type scheme struct {
	name string
	key  x509.PublicKeyAlgorithm
	hash crypto.Hash
	pss  bool
	salt int
}

// schemeOf reads the signature algorithm (RFC 3279, 4055, 5754, 5758, 8410). digest is the
// signer's, for those identifiers that name the kind of key only.
func schemeOf(a algorithm, digest crypto.Hash) (scheme, error) {
	ec, rs := x509.ECDSA, x509.RSA
	known := map[string]scheme{
		"1.2.840.113549.1.1.1":  {key: rs, hash: digest},
		"1.2.840.113549.1.1.11": {key: rs, hash: crypto.SHA256},
		"1.2.840.113549.1.1.12": {key: rs, hash: crypto.SHA384},
		"1.2.840.113549.1.1.13": {key: rs, hash: crypto.SHA512},
		"1.2.840.10045.2.1":     {key: ec, hash: digest}, // not in the RFCs, and met with
		"1.2.840.10045.4.3.2":   {key: ec, hash: crypto.SHA256},
		"1.2.840.10045.4.3.3":   {key: ec, hash: crypto.SHA384},
		"1.2.840.10045.4.3.4":   {key: ec, hash: crypto.SHA512},
		"1.3.101.112":           {key: x509.Ed25519, hash: crypto.SHA512},
	}
	weak := map[string]string{"1.2.840.113549.1.1.5": "RSA with SHA-1", "1.2.840.113549.1.1.4": "RSA with MD5", "1.2.840.10045.4.1": "ECDSA with SHA-1", "1.2.840.10040.4.3": "DSA with SHA-1"}
	if a.id == "1.2.840.113549.1.1.10" {
		return pssScheme(a.params)
	}
	s, ok := known[a.id]
	if name := weak[a.id]; name != "" {
		return s, fault("signature-weak", "it is signed by %s: %w", name, evidence.ErrRefused)
	}
	if !ok {
		return s, fault("signature-unknown-algorithm", "signature algorithm %s: %w", a.id, evidence.ErrRefused)
	}
	if a.id != "1.2.840.10045.2.1" && !a.plain() {
		return s, fault("signature-unknown-algorithm", "signature algorithm %s with parameters: %w", a.id, evidence.ErrFormat)
	}
	s.name = fmt.Sprintf("%s with %s", s.key, s.hash)
	return s, nil
}

// pssScheme reads RSASSA-PSS-params (RFC 4055). The defaults are SHA-1, and so refused.
func pssScheme(raw []byte) (scheme, error) {
	bad := fault("signature-unknown-algorithm", "parameters of RSA-PSS: %w", evidence.ErrFormat)
	s := cryptobyte.String(raw)
	var body, part cryptobyte.String
	if !s.ReadASN1(&body, der.SEQUENCE) || !s.Empty() {
		return scheme{}, bad
	}
	weak := fault("signature-weak", "RSA-PSS under SHA-1: %w", evidence.ErrRefused)
	if !body.PeekASN1Tag(context(0, true)) {
		return scheme{}, weak
	}
	if !body.ReadASN1(&part, context(0, true)) {
		return scheme{}, bad
	}
	a, ok := readAlgorithm(&part)
	hash, name := digestOf(a)
	if !ok || !part.Empty() {
		return scheme{}, bad
	}
	if hash == 0 {
		return scheme{}, fault("signature-weak", "RSA-PSS under %s: %w", name, evidence.ErrRefused)
	}
	if !body.ReadASN1(&part, context(1, true)) {
		return scheme{}, weak
	}
	m, ok := readAlgorithm(&part)
	inner := cryptobyte.String(m.params)
	mask, ok2 := readAlgorithm(&inner)
	if !ok || !ok2 || !part.Empty() || !inner.Empty() || m.id != "1.2.840.113549.1.1.8" || mask.id != a.id {
		return scheme{}, bad
	}
	salt := 20
	if body.PeekASN1Tag(context(2, true)) && (!body.ReadASN1(&part, context(2, true)) || !part.ReadASN1Integer(&salt) || !part.Empty()) {
		return scheme{}, bad
	}
	if !body.Empty() || salt < 1 || salt > 1024 {
		return scheme{}, bad
	}
	return scheme{name: "RSA-PSS with " + hash.String(), key: x509.RSA, hash: hash, pss: true, salt: salt}, nil
}

func (s scheme) verify(public any, message, sig []byte) error {
	ok, fits := false, false
	switch key := public.(type) {
	case *rsa.PublicKey:
		fits = s.key == x509.RSA
		if s.pss {
			ok = rsa.VerifyPSS(key, s.hash, sum(s.hash, message), sig, &rsa.PSSOptions{SaltLength: s.salt, Hash: s.hash}) == nil
		} else {
			ok = rsa.VerifyPKCS1v15(key, s.hash, sum(s.hash, message), sig) == nil
		}
	case *ecdsa.PublicKey:
		fits = s.key == x509.ECDSA
		ok = ecdsa.VerifyASN1(key, sum(s.hash, message), sig)
	case ed25519.PublicKey:
		fits = s.key == x509.Ed25519
		ok = ed25519.Verify(key, message, sig)
	}
	if !fits {
		return fault("signature-unknown-algorithm", "%s by a key of type %T: %w", s.name, public, evidence.ErrRefused)
	}
	if !ok {
		return fault("signature-bad", "the signature is wrong: %w", evidence.ErrTampered)
	}
	return nil
}
