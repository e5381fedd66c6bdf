package timestamp

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"

	"svidok/evidence"
)

// follow judges the way from the signer to a root as of the token's time. RFC 5280's rules
// (names, times, path lengths, purposes, critical extensions) are the standard library's.
func (v *Verdict) follow(when time.Time, cert *x509.Certificate, at, roots []*x509.Certificate) {
	if path, err := build(cert, at, roots, when); err == nil {
		v.settle(path, true)
		v.note("chain", "chain-trusted", Good, path[len(path)-1].Subject.String())
		return
	} else if len(roots) > 0 {
		v.unjudged(when, cert, at)
		last := v.path[len(v.path)-1]
		switch {
		case !selfSigned(last) && hasIssuer(last, append(at, roots...)), contains(roots, last):
			v.add("chain", fault("chain-broken", "%w: %w", err, evidence.ErrRefused), "")
		case selfSigned(last):
			v.add("chain", fault("chain-untrusted", "it leads to %s, which is not trusted here: %w", last.Subject, evidence.ErrRefused), "")
		default:
			v.add("chain", fault("chain-incomplete", "the certificate of %s's issuer, %s, is not at hand: %w", last.Subject, last.Issuer, evidence.ErrNotFound), "")
		}
		return
	}
	err := v.unjudged(when, cert, at)
	last := v.path[len(v.path)-1]
	switch {
	case err != nil:
		v.add("chain", fault("chain-broken", "%w: %w", err, evidence.ErrRefused), "")
	case selfSigned(last):
		v.note("chain", "chain-not-judged", NotJudged, "it leads to "+last.Subject.String()+"; no roots were given to judge that by")
	default:
		v.note("chain", "chain-not-judged", NotJudged, "no roots were given, and the certificate of "+last.Issuer.String()+" is not at hand")
	}
}

// unjudged follows the chain as far as it goes, whether or not its end is trusted. An error
// is what is wrong with a chain that reaches a root of its own.
func (v *Verdict) unjudged(when time.Time, cert *x509.Certificate, at []*x509.Certificate) error {
	var ends []*x509.Certificate
	for _, c := range append([]*x509.Certificate{cert}, at...) {
		if selfSigned(c) {
			ends = append(ends, c)
		}
	}
	path, err := build(cert, at, ends, when)
	if err == nil {
		v.settle(path, true)
		return nil
	}
	path = climb(cert, at)
	v.settle(path, selfSigned(path[len(path)-1]))
	if selfSigned(path[len(path)-1]) {
		return err
	}
	return nil
}

func (v *Verdict) settle(path []*x509.Certificate, reached bool) {
	v.path = path
	if reached {
		v.Root = evidence.Sum(path[len(path)-1].RawSubjectPublicKeyInfo).String()
	}
}

// build finds the shortest good chain to one of ends. It never asks the machine's own roots.
func build(cert *x509.Certificate, at, ends []*x509.Certificate, when time.Time) ([]*x509.Certificate, error) {
	o := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: when, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}}
	for _, c := range ends {
		o.Roots.AddCert(c)
	}
	for _, c := range at {
		o.Intermediates.AddCert(c)
	}
	chains, err := cert.Verify(o)
	if err != nil {
		return nil, err
	}
	best := chains[0]
	for _, c := range chains[1:] {
		if len(c) < len(best) || len(c) == len(best) && bytes.Compare(c[len(c)-1].Raw, best[len(best)-1].Raw) < 0 {
			best = c
		}
	}
	return best, nil
}

// climb follows signatures alone, to say how far a chain goes that is no good.
func climb(cert *x509.Certificate, at []*x509.Certificate) []*x509.Certificate {
	const longest = 8
	path := []*x509.Certificate{cert}
	for last := cert; len(path) < longest && !selfSigned(last); {
		var next *x509.Certificate
		for _, p := range at {
			if next == nil && !p.Equal(last) && signed(last, p) {
				next = p
			}
		}
		if next == nil {
			break
		}
		path, last = append(path, next), next
	}
	return path
}

// signed reports whether parent's key signed c, under any algorithm.
func signed(c, parent *x509.Certificate) bool {
	return bytes.Equal(parent.RawSubject, c.RawIssuer) && parent.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

func selfSigned(c *x509.Certificate) bool { return signed(c, c) }

func hasIssuer(c *x509.Certificate, at []*x509.Certificate) bool {
	return slices.ContainsFunc(at, func(p *x509.Certificate) bool { return !p.Equal(c) && bytes.Equal(p.RawSubject, c.RawIssuer) })
}

func contains(list []*x509.Certificate, c *x509.Certificate) bool {
	return slices.ContainsFunc(list, c.Equal)
}

// strong: no algorithm that was broken when the token was made. All that are in this package's
// reach at all were good at any time that a token can bear; SHA-1 (collisions since 2017) and
// RSA below 2048 bits (NIST SP 800-131A: not since 2014) never count. at: those that have
// aged since are said. A root's own signature proves nothing and is not asked.
func (v *Verdict) strong(at time.Time) {
	for i, c := range v.path {
		what := ""
		switch key := c.PublicKey.(type) {
		case *rsa.PublicKey:
			if n := key.N.BitLen(); n < 2048 {
				what = fmt.Sprintf("a key of %d bits", n)
			}
		case *ecdsa.PublicKey:
			if n := key.Curve.Params().BitSize; n < 224 {
				what = fmt.Sprintf("a curve of %d bits", n)
			}
		}
		if weakSignature(c.SignatureAlgorithm) && (i == 0 || i < len(v.path)-1 || !selfSigned(c)) {
			what = "a signature by " + c.SignatureAlgorithm.String()
		}
		if what != "" {
			v.add("strong", fault("strong-weak", "%s (certificate of %s): %w", what, c.Subject, evidence.ErrRefused), "")
			return
		}
	}
	if at.IsZero() {
		at = v.Time
	}
	for _, c := range v.path {
		if end, ok := ageing(c); ok && at.After(end) {
			v.note("strong", "strong-aged", NotJudged, "keys of 112 bits of strength count as strong until "+end.Format(time.DateOnly)+" only (NIST SP 800-57): "+c.Subject.String())
			return
		}
	}
	v.add("strong", nil, "")
}

func weakSignature(a x509.SignatureAlgorithm) bool {
	switch a {
	case x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA, x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS,
		x509.ECDSAWithSHA256, x509.ECDSAWithSHA384, x509.ECDSAWithSHA512, x509.PureEd25519:
		return false
	}
	return true
}

// ageing: until when the key of a certificate counts as strong, if an end is known: keys of 112
// bits of strength (RSA below 3072 bits, curves below 256) until the end of 2030 (NIST SP
// 800-57, part 1, revision 5, table 4).
func ageing(c *x509.Certificate) (time.Time, bool) {
	end := time.Date(2030, 12, 31, 23, 59, 59, 0, time.UTC)
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return end, key.N.BitLen() < 3072
	case *ecdsa.PublicKey:
		return end, key.Curve.Params().BitSize < 256
	}
	return time.Time{}, false
}

// Needs are the addresses from which to fetch what a token will be judged by later.
type Needs struct{ Issuers, CRLs, OCSPs []string }

// Needs says where the certificates, lists and answers of the chain are to be had, as far as
// the chain can be followed; certs are at hand besides those in the token. A token whose
// signature is wrong needs nothing: its addresses may be anybody's. Fetch when the token is
// taken, and again shortly before it is renewed: a later list says more.
func (t Token) Needs(certs []*x509.Certificate) Needs {
	const most = 16
	var n Needs
	at := append(append([]*x509.Certificate(nil), t.certs...), certs...)
	cert, err := t.signerOf(at)
	if err != nil {
		return n
	}
	if _, err := t.checkSignature(cert); err != nil {
		return n
	}
	add := func(to *[]string, list []string) {
		for _, a := range list {
			if !slices.Contains(*to, a) && len(*to) < most {
				*to = append(*to, a)
			}
		}
	}
	for _, c := range climb(cert, at) {
		if !selfSigned(c) {
			add(&n.Issuers, c.IssuingCertificateURL)
			add(&n.CRLs, c.CRLDistributionPoints)
			add(&n.OCSPs, c.OCSPServer)
		}
	}
	return n
}

// AskOCSP makes the question (RFC 6960) to an OCSP server about the signing certificate, if
// its issuer is at hand.
func (t Token) AskOCSP(certs []*x509.Certificate) ([]byte, error) {
	at := append(append([]*x509.Certificate(nil), t.certs...), certs...)
	cert, err := t.signerOf(at)
	if err != nil {
		return nil, fmt.Errorf("ask about the signing certificate: %w", err)
	}
	path := climb(cert, at)
	if len(path) < 2 {
		return nil, fmt.Errorf("ask about %s: its issuer is not at hand: %w", cert.Subject, evidence.ErrNotFound)
	}
	b, err := ocsp.CreateRequest(cert, path[1], nil)
	if err != nil {
		return nil, fmt.Errorf("ask about %s: %w", cert.Subject, err)
	}
	return b, nil
}
