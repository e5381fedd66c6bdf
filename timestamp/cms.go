package timestamp

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"

	"svidok/evidence"
)

const (
	oidSignedData    = "1.2.840.113549.1.7.2"
	oidTSTInfo       = "1.2.840.113549.1.9.16.1.4"
	oidContentType   = "1.2.840.113549.1.9.3"
	oidMessageDigest = "1.2.840.113549.1.9.4"
	oidSigningCert   = "1.2.840.113549.1.9.16.2.12"
	oidSigningCertV2 = "1.2.840.113549.1.9.16.2.47"
)

const (
	maxCerts   = 32
	maxKeyBits = 16384 // of RSA: beyond that one check takes longer than a person waits
)

// signer is the one SignerInfo (RFC 5652, 5.3).
type signer struct {
	issuer []byte   // DER of the name; nil: named by key identifier
	serial *big.Int // with issuer
	keyID  []byte
	digest algorithm
	set    []byte                       // the signed attributes, under their implicit tag
	attrs  map[string]cryptobyte.String // by type; each has one value, if it is one of ours
	with   algorithm
	sig    []byte
}

// readCMS takes the token apart, without judging it.
func (t *Token) readCMS() error {
	s := cryptobyte.String(t.Raw)
	var info, wrapped, sd cryptobyte.String
	if !s.ReadASN1(&info, der.SEQUENCE) || !s.Empty() {
		return malformed("not one DER value")
	}
	if id, ok := readOID(&info); !ok || id != oidSignedData {
		return malformed("content of type %q, want signed data", id)
	}
	if !info.ReadASN1(&wrapped, context(0, true)) || !info.Empty() || !wrapped.ReadASN1(&sd, der.SEQUENCE) || !wrapped.Empty() {
		return malformed("signed data")
	}
	var version int
	var digests, content, one cryptobyte.String
	if !sd.ReadASN1Integer(&version) || !sd.ReadASN1(&digests, der.SET) || !sd.ReadASN1(&content, der.SEQUENCE) {
		return malformed("signed data")
	}
	if err := t.readContent(content); err != nil {
		return err
	}
	want, err := t.readCollections(&sd)
	if err != nil {
		return err
	}
	if version != want {
		return malformed("signed data of version %d, want %d", version, want)
	}
	if !sd.ReadASN1(&one, der.SET) || !sd.Empty() {
		return malformed("its signers")
	}
	return t.readSigners(one, digests)
}

func (t *Token) readContent(content cryptobyte.String) error {
	var wrapped, info cryptobyte.String
	if id, ok := readOID(&content); !ok || id != oidTSTInfo {
		return malformed("signed content of type %q, want TSTInfo", id)
	}
	if !content.ReadASN1(&wrapped, context(0, true)) || !content.Empty() || !wrapped.ReadASN1(&info, der.OCTET_STRING) || !wrapped.Empty() {
		return malformed("signed content")
	}
	t.info = info
	return nil
}

// readCollections reads the certificates and lists that were put into the token. Nobody has
// signed which these are; forms that this package does not use are passed over. It gives the
// version that signed data with them has (RFC 5652, 5.1).
func (t *Token) readCollections(sd *cryptobyte.String) (version int, err error) {
	version = 3
	for i := range uint(2) {
		tag := context(i, true)
		if !sd.PeekASN1Tag(tag) {
			continue
		}
		var list cryptobyte.String
		if !sd.ReadASN1(&list, tag) {
			return 0, malformed("certificates")
		}
		for n := 0; !list.Empty(); n++ {
			var one cryptobyte.String
			var kind der.Tag
			if !list.ReadAnyASN1Element(&one, &kind) {
				return 0, malformed("certificates")
			}
			if n == maxCerts {
				return 0, fmt.Errorf("more than %d certificates or lists: %w", maxCerts, evidence.ErrLimit)
			}
			switch {
			case kind == context(3, true) || kind == context(1, true) && i == 1: // of other kinds
				version = 5
			case kind == context(2, true) && i == 0: // attribute certificates of version 2
				version = max(version, 4)
			case kind != der.SEQUENCE:
				return 0, malformed("a certificate or list of an unknown kind")
			case i == 1:
				t.crls = append(t.crls, one)
			default:
				cert, err := certificate(one)
				if err != nil {
					return 0, err
				}
				t.certs = append(t.certs, cert)
			}
		}
	}
	return version, nil
}

// certificate parses DER. Keys that would take minutes to check are refused.
func certificate(raw []byte) (*x509.Certificate, error) {
	c, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w: %w", evidence.ErrFormat, err)
	}
	if k, ok := c.PublicKey.(*rsa.PublicKey); ok && k.N.BitLen() > maxKeyBits {
		return nil, fmt.Errorf("certificate of %s: a key of %d bits, limit %d: %w", c.Subject, k.N.BitLen(), maxKeyBits, evidence.ErrLimit)
	}
	return c, nil
}

func (t *Token) readSigners(one, digests cryptobyte.String) error {
	var s, id cryptobyte.String
	var version int
	if !one.ReadASN1(&s, der.SEQUENCE) || !s.ReadASN1Integer(&version) {
		return malformed("its signer")
	}
	if !one.Empty() {
		return malformed("more than one signer")
	}
	switch tag := context(0, false); {
	case version == 1 && s.ReadASN1(&id, der.SEQUENCE):
		var name cryptobyte.String
		t.signer.serial = new(big.Int)
		if !id.ReadASN1Element(&name, der.SEQUENCE) || !id.ReadASN1Integer(t.signer.serial) || !id.Empty() {
			return malformed("its signer's name")
		}
		t.signer.issuer = name
	case version == 3 && s.ReadASN1(&id, tag) && len(id) > 0:
		t.signer.keyID = id
	default:
		return malformed("a signer of version %d", version)
	}
	var ok bool
	if t.signer.digest, ok = readAlgorithm(&s); !ok {
		return malformed("its signer's digest")
	}
	if err := t.readAttributes(&s); err != nil {
		return err
	}
	var sig cryptobyte.String
	if t.signer.with, ok = readAlgorithm(&s); !ok || !s.ReadASN1(&sig, der.OCTET_STRING) {
		return malformed("its signature")
	}
	t.signer.sig = sig
	if tag := context(1, true); s.PeekASN1Tag(tag) && !s.SkipASN1(tag) { // unsigned attributes: nobody vouches for them
		return malformed("its unsigned attributes")
	}
	if !s.Empty() {
		return malformed("its signer: %d bytes behind its end", len(s))
	}
	named := false
	for !digests.Empty() {
		a, ok := readAlgorithm(&digests)
		if !ok {
			return malformed("its digests")
		}
		named = named || a.id == t.signer.digest.id
	}
	if !named {
		return malformed("the signer's digest is none of the token's")
	}
	return nil
}

// readAttributes reads the signed attributes: each type once, those of use with one value.
func (t *Token) readAttributes(s *cryptobyte.String) error {
	var set, body cryptobyte.String
	tag := context(0, true)
	if !s.ReadASN1Element(&set, tag) || !cryptobyteBody(set, tag, &body) || body.Empty() {
		return malformed("no signed attributes")
	}
	t.signer.set, t.signer.attrs = set, map[string]cryptobyte.String{}
	for !body.Empty() {
		var a, values, value cryptobyte.String
		var kind der.Tag
		if !body.ReadASN1(&a, der.SEQUENCE) {
			return malformed("signed attributes")
		}
		id, ok := readOID(&a)
		if !ok || !a.ReadASN1(&values, der.SET) || !a.Empty() || !values.ReadAnyASN1Element(&value, &kind) {
			return malformed("signed attributes")
		}
		if _, twice := t.signer.attrs[id]; twice {
			return malformed("the signed attribute %s is there twice", id)
		}
		switch id {
		case oidContentType, oidMessageDigest, oidSigningCert, oidSigningCertV2:
			if !values.Empty() {
				return malformed("the signed attribute %s has more than one value", id)
			}
		}
		t.signer.attrs[id] = value
	}
	return nil
}

func cryptobyteBody(element cryptobyte.String, tag der.Tag, body *cryptobyte.String) bool {
	return element.ReadASN1(body, tag) && element.Empty()
}

// Certificates are those in the token, DER. Nobody vouches for which these are.
func (t Token) Certificates() [][]byte {
	var out [][]byte
	for _, c := range t.certs {
		out = append(out, c.Raw)
	}
	return out
}

// signerOf finds the certificate that the signer names. Of several, the one that the signed
// attributes are bound to.
func (t *Token) signerOf(certs []*x509.Certificate) (*x509.Certificate, error) {
	var first *x509.Certificate
	for _, c := range certs {
		if t.signer.issuer == nil {
			if !bytes.Equal(t.signer.keyID, c.SubjectKeyId) {
				continue
			}
		} else if !bytes.Equal(t.signer.issuer, c.RawIssuer) || t.signer.serial.Cmp(c.SerialNumber) != 0 {
			continue
		}
		if _, err := t.bound(c); err == nil {
			return c, nil
		}
		if first == nil {
			first = c
		}
	}
	if first == nil {
		return nil, fault("signature-no-certificate", "the signing certificate is not at hand: %w", evidence.ErrNotFound)
	}
	return first, nil
}

// checkSignature checks the signature over the signed attributes, and these over the content.
// It names the algorithms.
func (t *Token) checkSignature(cert *x509.Certificate) (string, error) {
	hash, name := digestOf(t.signer.digest)
	if hash == 0 {
		return "", fault("signature-weak", "it is signed under %s: %w", name, evidence.ErrRefused)
	}
	kind := t.signer.attrs[oidContentType]
	if id, ok := readOID(&kind); !ok || !kind.Empty() || id != oidTSTInfo {
		return "", fault("signature-content-type", "the signed content type is not TSTInfo: %w", evidence.ErrTampered)
	}
	var digest cryptobyte.String
	value := t.signer.attrs[oidMessageDigest]
	if !value.ReadASN1(&digest, der.OCTET_STRING) || !value.Empty() || !bytes.Equal(digest, sum(hash, t.info)) {
		return "", fault("signature-digest", "the signed digest is not that of the TSTInfo: %w", evidence.ErrTampered)
	}
	// Signed is the DER of a SET OF, while the token holds it under an implicit tag (RFC 5652, 5.4).
	set := bytes.Clone(t.signer.set)
	set[0] = byte(der.SET)
	s, err := schemeOf(t.signer.with, hash)
	if err != nil {
		return "", err
	}
	return s.name, s.verify(cert.PublicKey, set, t.signer.sig)
}

// bound checks that the signed attributes name this certificate: in each of the two forms
// that are there, and at least in one (RFC 5816). It says in which.
func (t *Token) bound(cert *x509.Certificate) (string, error) {
	v2, has2 := t.signer.attrs[oidSigningCertV2]
	v1, has1 := t.signer.attrs[oidSigningCert]
	if !has1 && !has2 {
		return "", fault("bound-missing", "the signed attributes name no certificate: %w", evidence.ErrTampered)
	}
	form := "ESSCertIDv2"
	if has2 {
		if err := boundBy(v2, cert, true); err != nil {
			return "", err
		}
	}
	if has1 {
		if err := boundBy(v1, cert, false); err != nil {
			return "", err
		}
		if !has2 {
			form = "ESSCertID"
		}
	}
	return form, nil
}

// boundBy reads a SigningCertificate (RFC 2634, 5.4) or, second, a SigningCertificateV2 (RFC
// 5035, 3), of which the first entry is the signer's.
func boundBy(value cryptobyte.String, cert *x509.Certificate, second bool) error {
	bad := fault("bound-missing", "the certificate that the signed attributes name: %w", evidence.ErrFormat)
	var body, list, id, hashed cryptobyte.String
	if !value.ReadASN1(&body, der.SEQUENCE) || !value.Empty() || !body.ReadASN1(&list, der.SEQUENCE) || !list.ReadASN1(&id, der.SEQUENCE) {
		return bad
	}
	// ESSCertID knows SHA-1 only. It binds one certificate of a key to the signature; to put
	// another one in its place takes a second preimage, which nobody can find.
	digest := func(b []byte) []byte { x := sha1.Sum(b); return x[:] }
	if second {
		hash := crypto.SHA256
		if id.PeekASN1Tag(der.SEQUENCE) {
			a, ok := readAlgorithm(&id)
			h, name := digestOf(a)
			if !ok {
				return bad
			}
			if hash = h; h == 0 {
				return fault("bound-weak", "the certificate is named under %s: %w", name, evidence.ErrRefused)
			}
		}
		digest = func(b []byte) []byte { return sum(hash, b) }
	}
	if !id.ReadASN1(&hashed, der.OCTET_STRING) {
		return bad
	}
	no := fault("bound-other", "the signed attributes name another certificate: %w", evidence.ErrTampered)
	if !bytes.Equal(hashed, digest(cert.Raw)) {
		return no
	}
	if id.Empty() {
		return nil
	}
	var is, names, name, dn cryptobyte.String
	serial := new(big.Int)
	if !id.ReadASN1(&is, der.SEQUENCE) || !id.Empty() || !is.ReadASN1(&names, der.SEQUENCE) || !is.ReadASN1Integer(serial) || !is.Empty() {
		return bad
	}
	if !names.ReadASN1(&name, context(4, true)) || !name.ReadASN1Element(&dn, der.SEQUENCE) || !name.Empty() || !names.Empty() || !sameName(dn, cert.RawIssuer) || serial.Cmp(cert.SerialNumber) != 0 {
		return no
	}
	return nil
}

// sameName compares names (DER) by what they say: authorities encode strings in several ways.
func sameName(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var x, y pkix.RDNSequence
	_, errX := asn1.Unmarshal(a, &x)
	_, errY := asn1.Unmarshal(b, &y)
	return errX == nil && errY == nil && x.String() == y.String()
}

// directoryName gives a GeneralName that is a directory name in words.
func directoryName(general cryptobyte.String) string {
	var name pkix.RDNSequence
	var explicit cryptobyte.String
	if !general.ReadASN1(&explicit, context(4, true)) {
		return ""
	}
	if rest, err := asn1.Unmarshal(explicit, &name); err != nil || len(rest) > 0 {
		return ""
	}
	return name.String()
}
