package timestamp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"svidok/evidence"
)

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,tag:0"`
}

type signedData struct {
	Version      int
	Digests      []algorithm `asn1:"set"`
	Content      encapsulated
	Certificates asn1.RawValue   `asn1:"optional,tag:0"`
	CRLs         asn1.RawValue   `asn1:"optional,tag:1"`
	Signers      []asn1.RawValue `asn1:"set"`
}

type encapsulated struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"optional,explicit,tag:0"`
}

type signerInfo struct {
	Version    int
	ID         asn1.RawValue
	Digest     algorithm
	Attributes asn1.RawValue `asn1:"tag:0"`
	Algorithm  algorithm
	Signature  []byte
	Unsigned   asn1.RawValue `asn1:"optional,tag:1"`
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

type issuerSerial struct {
	Issuer asn1.RawValue
	Serial *big.Int
}

// readCMS takes the token apart, without judging it.
func (t *Token) readCMS() error {
	var c contentInfo
	if err := strict(t.Raw, &c, ""); err != nil {
		return err
	}
	if !c.Type.Equal(oid(1, 2, 840, 113549, 1, 7, 2)) {
		return fmt.Errorf("content of type %s, want signed data: %w", c.Type, evidence.ErrFormat)
	}
	if err := strict(c.Content.Bytes, &t.signed, ""); err != nil {
		return err
	}
	if !t.signed.Content.Type.Equal(oid(1, 2, 840, 113549, 1, 9, 16, 1, 4)) {
		return fmt.Errorf("signed content of type %s, want TSTInfo: %w", t.signed.Content.Type, evidence.ErrFormat)
	}
	if err := strict(t.signed.Content.Content.Bytes, &t.info, ""); err != nil {
		return err
	}
	if len(t.signed.Signers) != 1 {
		return fmt.Errorf("%d signers, want one: %w", len(t.signed.Signers), evidence.ErrFormat)
	}
	if err := strict(t.signed.Signers[0].FullBytes, &t.signer, ""); err != nil {
		return fmt.Errorf("signer: %w", err)
	}
	if len(t.signer.Attributes.Bytes) == 0 {
		return fmt.Errorf("no signed attributes: %w", evidence.ErrFormat)
	}
	return t.readCertificates()
}

func (t *Token) readCertificates() error {
	const most = 32
	for rest := t.signed.Certificates.Bytes; len(rest) > 0; {
		var v asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &v); err != nil {
			return fmt.Errorf("certificates: %w: %w", evidence.ErrFormat, err)
		}
		if len(t.certs) == most {
			return fmt.Errorf("more than %d certificates: %w", most, evidence.ErrLimit)
		}
		if v.Class != asn1.ClassUniversal || v.Tag != asn1.TagSequence {
			continue // attribute certificates and the like say nothing here
		}
		cert, err := x509.ParseCertificate(v.FullBytes)
		if err != nil {
			return fmt.Errorf("certificate: %w: %w", evidence.ErrFormat, err)
		}
		t.certs = append(t.certs, cert)
	}
	return nil
}

// Certificates are those in the token, DER.
func (t Token) Certificates() [][]byte {
	var out [][]byte
	for _, c := range t.certs {
		out = append(out, c.Raw)
	}
	return out
}

// attributes are the signed ones, each once and with one value.
func (t *Token) attributes() (map[string]asn1.RawValue, error) {
	out := map[string]asn1.RawValue{}
	for rest := t.signer.Attributes.Bytes; len(rest) > 0; {
		var a attribute
		var err error
		if rest, err = asn1.Unmarshal(rest, &a); err != nil {
			return nil, fmt.Errorf("signed attributes: %w: %w", evidence.ErrFormat, err)
		}
		if _, twice := out[a.Type.String()]; twice || len(a.Values) != 1 {
			return nil, fmt.Errorf("signed attribute %s: not once with one value: %w", a.Type, evidence.ErrFormat)
		}
		out[a.Type.String()] = a.Values[0]
	}
	return out, nil
}

// signerOf finds the certificate that the signer names.
func (t *Token) signerOf(certs []*x509.Certificate) (*x509.Certificate, error) {
	for _, c := range certs {
		if t.signer.ID.Class == asn1.ClassContextSpecific && t.signer.ID.Tag == 0 {
			if len(c.SubjectKeyId) > 0 && bytes.Equal(t.signer.ID.Bytes, c.SubjectKeyId) {
				return c, nil
			}
			continue
		}
		var is issuerSerial
		if err := strict(t.signer.ID.FullBytes, &is, ""); err != nil {
			return nil, fmt.Errorf("signer: %w", err)
		}
		if bytes.Equal(is.Issuer.FullBytes, c.RawIssuer) && is.Serial.Cmp(c.SerialNumber) == 0 {
			return c, nil
		}
	}
	return nil, fmt.Errorf("the signing certificate is not at hand: %w", evidence.ErrNotFound)
}

var errSignature = errors.New("wrong signature")

// checkSignature checks the signature over the signed attributes, and these over the content.
func (t *Token) checkSignature(cert *x509.Certificate) error {
	hash, name := hashOf(t.signer.Digest.Algorithm)
	if hash == 0 {
		return fmt.Errorf("digest under %s: %w", name, errSignature)
	}
	attrs, err := t.attributes()
	if err != nil {
		return err
	}
	var kind asn1.ObjectIdentifier
	if err := strict(attrs["1.2.840.113549.1.9.3"].FullBytes, &kind, ""); err != nil || !kind.Equal(t.signed.Content.Type) {
		return fmt.Errorf("the signed content type is not TSTInfo: %w", errSignature)
	}
	var digest []byte
	if err := strict(attrs["1.2.840.113549.1.9.4"].FullBytes, &digest, ""); err != nil || !bytes.Equal(digest, sum(hash, t.info)) {
		return fmt.Errorf("the signed digest is not that of the TSTInfo: %w", errSignature)
	}
	// Signed is the DER of a SET OF, while the token holds it under an implicit tag.
	set := append([]byte(nil), t.signer.Attributes.FullBytes...)
	set[0] = asn1.TagSet | 0x20
	return verifySignature(cert.PublicKey, t.signer.Algorithm, hash, set, t.signer.Signature)
}

func sum(h crypto.Hash, b []byte) []byte {
	x := h.New()
	x.Write(b) // never fails
	return x.Sum(nil)
}

type pssParameters struct {
	Hash pkix.AlgorithmIdentifier `asn1:"explicit,tag:0"`
	MGF  pkix.AlgorithmIdentifier `asn1:"explicit,tag:1"`
	Salt int                      `asn1:"explicit,tag:2"`
}

// verifySignature checks sig over message. The signature's own hash must be the signer's.
func verifySignature(public any, a algorithm, digest crypto.Hash, message, sig []byte) error {
	hash, pss, err := signatureHash(a, digest)
	if err != nil {
		return err
	}
	switch key := public.(type) {
	case *rsa.PublicKey:
		if pss {
			err = rsa.VerifyPSS(key, hash, sum(hash, message), sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto, Hash: hash})
		} else {
			err = rsa.VerifyPKCS1v15(key, hash, sum(hash, message), sig)
		}
	case *ecdsa.PublicKey:
		if !ecdsa.VerifyASN1(key, sum(hash, message), sig) {
			err = errSignature
		}
	case ed25519.PublicKey:
		if !ed25519.Verify(key, message, sig) {
			err = errSignature
		}
	default:
		return fmt.Errorf("a key of type %T: %w", public, errSignature)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errSignature, err)
	}
	return nil
}

// signatureHash is the hash that a signature algorithm uses.
func signatureHash(a algorithm, digest crypto.Hash) (hash crypto.Hash, pss bool, err error) {
	fixed := map[string]crypto.Hash{"1.2.840.113549.1.1.11": crypto.SHA256, "1.2.840.113549.1.1.12": crypto.SHA384, "1.2.840.113549.1.1.13": crypto.SHA512,
		"1.2.840.10045.4.3.2": crypto.SHA256, "1.2.840.10045.4.3.3": crypto.SHA384, "1.2.840.10045.4.3.4": crypto.SHA512}
	switch id := a.Algorithm.String(); id {
	case "1.2.840.113549.1.1.1", "1.2.840.10045.2.1", "1.3.101.112": // only the key's kind is named
		return digest, false, nil
	case "1.2.840.113549.1.1.10":
		var p pssParameters
		if err := strict(a.Parameters.FullBytes, &p, ""); err != nil {
			return 0, true, fmt.Errorf("parameters of RSA-PSS: %w", err)
		}
		h, name := hashOf(p.Hash.Algorithm)
		if h == 0 {
			return 0, true, fmt.Errorf("RSA-PSS under %s: %w", name, errSignature)
		}
		return h, true, nil
	default:
		h, ok := fixed[id]
		if !ok {
			return 0, false, fmt.Errorf("signature algorithm %s: %w", id, errSignature)
		}
		return h, false, nil
	}
}

type essCertID struct {
	Hash   []byte
	Issuer asn1.RawValue `asn1:"optional"`
}

type essCertIDv2 struct {
	Algorithm algorithm `asn1:"optional"`
	Hash      []byte
	Issuer    asn1.RawValue `asn1:"optional"`
}

type signingCertificate struct {
	Certs    []asn1.RawValue
	Policies asn1.RawValue `asn1:"optional"`
}

// bound checks that the signed attributes name this certificate.
func (t *Token) bound(cert *x509.Certificate) error {
	attrs, err := t.attributes()
	if err != nil {
		return err
	}
	no := fmt.Errorf("the signed attributes name another certificate: %w", evidence.ErrTampered)
	var list signingCertificate
	if v, ok := attrs["1.2.840.113549.1.9.16.2.47"]; ok {
		var id essCertIDv2
		if err := strict(v.FullBytes, &list, ""); err != nil || len(list.Certs) == 0 {
			return fmt.Errorf("signing certificate: %w", evidence.ErrFormat)
		}
		if err := strict(list.Certs[0].FullBytes, &id, ""); err != nil {
			return fmt.Errorf("signing certificate: %w", err)
		}
		hash := crypto.SHA256
		if len(id.Algorithm.Algorithm) > 0 {
			hash, _ = hashOf(id.Algorithm.Algorithm)
		}
		if hash == 0 || !bytes.Equal(id.Hash, sum(hash, cert.Raw)) {
			return no
		}
		return nil
	}
	v, ok := attrs["1.2.840.113549.1.9.16.2.12"]
	if !ok {
		return fmt.Errorf("the signed attributes name no certificate: %w", evidence.ErrFormat)
	}
	var id essCertID
	if err := strict(v.FullBytes, &list, ""); err != nil || len(list.Certs) == 0 {
		return fmt.Errorf("signing certificate: %w", evidence.ErrFormat)
	}
	if err := strict(list.Certs[0].FullBytes, &id, ""); err != nil {
		return fmt.Errorf("signing certificate: %w", err)
	}
	// ESSCertID knows SHA-1 only. It binds one certificate of a key to the signature; to use
	// another one takes a second preimage, which nobody can find.
	if got := sha1.Sum(cert.Raw); !bytes.Equal(id.Hash, got[:]) {
		return no
	}
	return nil
}
