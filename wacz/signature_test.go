package wacz_test

import (
	"archive/zip"
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"svidok/evidence"
	"svidok/wacz"
)

// domain makes a root and the certificate of observer.example, and signs hash with it.
func domain(t *testing.T, hash, host string, from time.Time) (signed map[string]any, roots *x509.CertPool) {
	t.Helper()
	rootKey, leafKey := key(t), key(t)
	cert := func(serial int64, cn string, ca bool, pub, parentKey any, parent *x509.Certificate) *x509.Certificate {
		c := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: cn}, NotBefore: from, NotAfter: from.AddDate(0, 3, 0), IsCA: ca, BasicConstraintsValid: true}
		if !ca {
			c.DNSNames = []string{cn}
		}
		if parent == nil {
			parent = c
		}
		der, err := x509.CreateCertificate(rand.Reader, c, parent, pub, parentKey)
		if err != nil {
			t.Fatal(err)
		}
		c, _ = x509.ParseCertificate(der)
		return c
	}
	root := cert(1, "Synthetic Root", true, rootKey.Public(), rootKey, nil)
	leaf := cert(2, "observer.example", false, leafKey.Public(), rootKey, root)
	sum := sha256.Sum256([]byte(hash))
	sig, err := ecdsa.SignASN1(rand.Reader, leafKey, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	chain := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw})) + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw}))
	roots = x509.NewCertPool()
	roots.AddCert(root)
	return map[string]any{"hash": hash, "created": "2024-05-06T10:00:00Z", "software": "synthetic", "version": "0.1.0", "signature": base64.StdEncoding.EncodeToString(sig),
		"domain": host, "domainCert": chain, "timeSignature": base64.StdEncoding.EncodeToString([]byte("a token")), "timestampCert": chain}, roots
}

func TestSignedByADomain(t *testing.T) {
	b, sum := write(t, material(t))
	good := func(at time.Time) func([]byte, []byte, []*x509.Certificate) (wacz.Stamp, error) {
		return func(token, data []byte, certs []*x509.Certificate) (wacz.Stamp, error) {
			if string(token) != "a token" || len(certs) != 2 || len(data) < 60 {
				return wacz.Stamp{}, errors.New("not what was stamped")
			}
			return wacz.Stamp{At: at, By: "Synthetic Authority"}, nil
		}
	}
	bad := func([]byte, []byte, []*x509.Certificate) (wacz.Stamp, error) {
		return wacz.Stamp{}, errors.New("of another thing")
	}
	spring, winter := made.AddDate(0, -1, 0), made.AddDate(1, 0, 0)
	for name, c := range map[string]struct {
		host                      string
		from                      time.Time
		roots                     bool
		stamp                     func([]byte, []byte, []*x509.Certificate) (wacz.Stamp, error)
		signature, chain, stamped wacz.State
		said                      string
	}{
		"all good":       {"observer.example", spring, true, good(made.Add(time.Minute)), wacz.Valid, wacz.Valid, wacz.Valid, "leads to Synthetic Root"},
		"nothing given":  {"observer.example", spring, false, nil, wacz.Valid, wacz.NotJudged, wacz.NotJudged, "chain not judged: no roots were given"},
		"other domain":   {"court.example", spring, true, good(made), wacz.Wrong, wacz.Valid, wacz.Valid, "not that of court.example"},
		"not yet valid":  {"observer.example", winter, true, good(made), wacz.Valid, wacz.Wrong, wacz.Valid, "expired or is not yet valid"},
		"stamped later":  {"observer.example", spring, true, good(made.Add(time.Hour)), wacz.Valid, wacz.Valid, wacz.Wrong, "more than ten minutes apart"},
		"stamp is wrong": {"observer.example", spring, true, bad, wacz.Valid, wacz.Valid, wacz.Wrong, "of another thing"},
	} {
		data, roots := domain(t, sum.Hash, c.host, c.from)
		file := repacked(t, b, func(f map[string][]byte) {
			f["datapackage-digest.json"], _ = json.Marshal(map[string]any{"path": "datapackage.json", "hash": sum.Hash, "signedData": data})
		})
		trust := wacz.Trust{Stamp: c.stamp}
		if c.roots {
			trust.Roots = roots
		}
		s := opened(t, file).Signed(trust)
		if s.Signature != c.signature || s.Chain != c.chain || s.Stamp != c.stamped || s.By != c.host || s.Anonymous || !strings.Contains(strings.Join(s.Words(), "\n"), c.said) {
			t.Errorf("%s: %+v\n%s", name, s, strings.Join(s.Words(), "\n"))
		}
		_, other := domain(t, sum.Hash, c.host, c.from)
		if c.roots && c.chain == wacz.Valid {
			if s := opened(t, file).Signed(wacz.Trust{Roots: other}); s.Chain != wacz.Wrong || s.Holds() {
				t.Errorf("%s: trusted under another root: %+v", name, s)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	m := material(f)
	m.Records, m.Signer = m.Records[:1], key(f)
	b, _ := write(f, m)
	f.Add(b)
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := wacz.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			if !errors.Is(err, evidence.ErrFormat) && !errors.Is(err, evidence.ErrNotFound) && !errors.Is(err, evidence.ErrLimit) && !errors.Is(err, evidence.ErrRefused) {
				t.Fatalf("without a sentinel: %v", err)
			}
			return
		}
		for _, r := range file.Resources {
			_, _ = file.Check(r)
		}
		for range file.Pages() {
		}
		if w := file.Signed(wacz.Trust{}).Words(); len(w) == 0 {
			t.Fatal("nothing said of the signature")
		}
	})
}

// FuzzDigest fuzzes the digest and its signature, behind a whole package.
func FuzzDigest(f *testing.F) {
	m := material(f)
	m.Records, m.Signer = m.Records[:1], key(f)
	b, _ := write(f, m)
	file := opened(f, b)
	f.Add(string(file.Digest()), string(file.Manifest()))
	f.Add(`{"path":"datapackage.json","hash":"sha256:00","signedData":{"domain":"a","domainCert":"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"}}`, `{"resources":[{"path":"a","hash":"b","bytes":-1}]}`)
	f.Fuzz(func(t *testing.T, digest, manifest string) {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for name, text := range map[string]string{"datapackage.json": manifest, "datapackage-digest.json": digest} {
			w, err := z.CreateHeader(&zip.FileHeader{Name: name})
			if err == nil {
				_, err = io.WriteString(w, text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		file, err := wacz.Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil {
			return
		}
		s := file.Signed(wacz.Trust{Roots: x509.NewCertPool()})
		if s.Signature == wacz.Valid && s.Digest == wacz.Valid && (digest != string(opened(t, b).Digest()) && !s.Anonymous) {
			t.Errorf("valid by chance: %+v", s)
		}
		if len(s.Words()) == 0 {
			t.Error("nothing said")
		}
	})
}
