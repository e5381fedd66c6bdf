package wacz

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// near is how far the time claimed may lie from the time-stamp, wacz-auth, step 7.
const near = 10 * time.Minute

// digestFile is datapackage-digest.json.
type digestFile struct {
	Path   string          `json:"path"`
	Hash   string          `json:"hash"`
	Signed json.RawMessage `json:"signedData,omitempty"`
}

// signedData is both forms of wacz-auth.
type signedData struct {
	Hash      string `json:"hash"`
	Created   string `json:"created"`
	Software  string `json:"software"`
	Version   string `json:"version,omitempty"`
	Signature string `json:"signature"`
	PublicKey string `json:"publicKey,omitempty"`

	Domain     string `json:"domain,omitempty"`
	DomainCert string `json:"domainCert,omitempty"`
	TimeSig    string `json:"timeSignature,omitempty"`
	StampCert  string `json:"timestampCert,omitempty"`
	CrossCert  string `json:"crossSignedCert,omitempty"`
}

// Signed checks the digest and the signature.
func (f *File) Signed(t Trust) Signed {
	var s Signed
	if f.digest == nil {
		return s
	}
	var d digestFile
	if err := json.Unmarshal(f.digest, &d); err != nil {
		s.Digest = Wrong
		s.problem("datapackage-digest.json cannot be read: %v", err)
		return s
	}
	if d.Path != packageName {
		s.problem("datapackage-digest.json is about %q", clip(d.Path))
	}
	s.Digest = Wrong
	if h, name, want, err := hasher(d.Hash); err != nil {
		s.problem("datapackage-digest.json: %v", err)
	} else {
		h.Write(f.manifest)
		if bytes.Equal(h.Sum(nil), want) {
			s.Digest = Valid
		}
		if name == "md5" || name == "sha1" {
			s.problem("the digest is %s, which is weak", name)
		}
	}
	if len(d.Signed) == 0 || string(d.Signed) == "null" {
		return s
	}
	var x signedData
	strict := json.NewDecoder(bytes.NewReader(d.Signed))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&x); err != nil {
		s.problem("the signature's form: %v", err)
		if err := json.Unmarshal(d.Signed, &x); err != nil {
			s.Signature, s.Why, s.By = NotJudged, "it cannot be read", "nobody that can be named"
			return s
		}
	}
	s.Software, s.Created = clip(x.Software), clip(x.Created)
	if f.Created != "" && x.Created != f.Created {
		s.problem("signed as made at %s, datapackage.json says %s", clip(x.Created), clip(f.Created))
	}
	s.judge(x, d.Hash, t)
	return s
}

func (s *Signed) problem(format string, args ...any) {
	s.Problems = append(s.Problems, fmt.Sprintf(format, args...))
}

func (s *Signed) wrong(format string, args ...any) {
	if s.Signature != Wrong {
		s.Signature, s.Why = Wrong, fmt.Sprintf(format, args...)
	}
}

func (s *Signed) judge(x signedData, hash string, t Trust) {
	s.Signature = Valid
	if x.Hash != hash {
		s.wrong("it is over another digest than that of datapackage.json")
	}
	sig, err := base64.StdEncoding.DecodeString(x.Signature)
	if err != nil {
		s.wrong("it is no base64")
	}
	if x.PublicKey != "" || x.DomainCert == "" {
		s.anonymous(x, sig)
		return
	}
	s.By = clip(x.Domain)
	certs, err := chain(x.DomainCert)
	if err != nil {
		s.wrong("domainCert: %v", err)
		s.Chain, s.ChainWhy = Wrong, "it cannot be read"
		return
	}
	if pub, ok := certs[0].PublicKey.(*ecdsa.PublicKey); !ok {
		s.wrong("the certificate's key is no ECDSA key")
	} else if !verify(pub, x.Hash, sig) {
		s.wrong("it is not by the key of the certificate")
	}
	if certs[0].VerifyHostname(x.Domain) != nil && certs[0].Subject.CommonName != x.Domain {
		s.wrong("the certificate is not that of %s", clip(x.Domain))
	}
	s.stamp(x, t)
	s.chain(x, certs, t)
}

func (s *Signed) anonymous(x signedData, sig []byte) {
	s.Anonymous, s.By = true, "nobody that can be named"
	der, err := base64.StdEncoding.DecodeString(x.PublicKey)
	if err != nil || len(der) == 0 {
		s.wrong("there is no public key")
		return
	}
	sum := sha256.Sum256(der)
	s.By = "key sha256:" + hex.EncodeToString(sum[:])
	key, err := x509.ParsePKIXPublicKey(der)
	pub, ok := key.(*ecdsa.PublicKey)
	if err != nil || !ok {
		s.wrong("its public key is no ECDSA key")
		return
	}
	if !verify(pub, x.Hash, sig) {
		s.wrong("it is not by the key that stands with it")
	}
}

// verify takes both forms in which signatures are written.
func verify(pub *ecdsa.PublicKey, text string, sig []byte) bool {
	sum := sha256.Sum256([]byte(text))
	if n := (pub.Curve.Params().BitSize + 7) / 8; len(sig) == 2*n {
		r, v := new(big.Int).SetBytes(sig[:n]), new(big.Int).SetBytes(sig[n:])
		if ecdsa.Verify(pub, sum[:], r, v) {
			return true
		}
	}
	return ecdsa.VerifyASN1(pub, sum[:], sig)
}

func chain(text string) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for rest := []byte(text); len(certs) < 20; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		if b.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil {
			return nil, err
		}
		certs = append(certs, c)
	}
	if len(certs) == 0 {
		return nil, fmt.Errorf("there is no certificate")
	}
	return certs, nil
}

// stamp judges the time-stamp over the signature's text.
func (s *Signed) stamp(x signedData, t Trust) {
	if x.TimeSig == "" {
		s.problem("signed by a domain, and without a time-stamp")
		return
	}
	token, err := base64.StdEncoding.DecodeString(x.TimeSig)
	if err != nil {
		s.Stamp, s.StampWhy = Wrong, "it is no base64"
		return
	}
	if t.Stamp == nil {
		s.Stamp, s.StampWhy = NotJudged, "nothing was given to judge it by"
		return
	}
	certs, err := chain(x.StampCert)
	if err != nil {
		s.problem("timestampCert: %v", err) // the token may hold its certificates itself
	}
	got, err := t.Stamp(token, []byte(x.Signature), certs)
	if err != nil {
		s.Stamp, s.StampWhy = Wrong, err.Error()
		return
	}
	s.Stamp, s.StampedAt, s.StampedBy = Valid, got.At, got.By
	created, err := time.Parse(time.RFC3339, x.Created)
	if err != nil {
		s.problem("the time claimed, %q, is none", clip(x.Created))
		return
	}
	if d := got.At.Sub(created); d > near || d < -near {
		s.Stamp, s.StampWhy = Wrong, fmt.Sprintf("made, as it says, at %s, and stamped at %s: more than ten minutes apart", x.Created, got.At.UTC().Format(time.RFC3339))
	}
}

// chain judges the certificate as of when it was used.
func (s *Signed) chain(x signedData, certs []*x509.Certificate, t Trust) {
	if t.Roots == nil {
		s.Chain, s.ChainWhy = NotJudged, "no roots were given to judge it by"
		return
	}
	at := s.StampedAt
	if s.Stamp != Valid {
		var err error
		if at, err = time.Parse(time.RFC3339, x.Created); err != nil {
			s.Chain, s.ChainWhy = NotJudged, "no time says when it was used"
			return
		}
	}
	root, err := trusted(certs, t.Roots, at)
	if err != nil && x.CrossCert != "" {
		if other, err2 := chain(x.CrossCert); err2 == nil && slices.Equal(other[0].RawSubjectPublicKeyInfo, certs[0].RawSubjectPublicKeyInfo) {
			root, err = trusted(other, t.Roots, at)
		}
	}
	if err != nil {
		s.Chain, s.ChainWhy = Wrong, strings.TrimPrefix(err.Error(), "x509: ")
		return
	}
	s.Chain, s.Root = Valid, root
}

func trusted(certs []*x509.Certificate, roots *x509.CertPool, at time.Time) (string, error) {
	between := x509.NewCertPool()
	for _, c := range certs[1:] {
		between.AddCert(c)
	}
	chains, err := certs[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return "", err
	}
	last := chains[0][len(chains[0])-1]
	if last.Subject.CommonName != "" {
		return last.Subject.CommonName, nil
	}
	return last.Subject.String(), nil
}
