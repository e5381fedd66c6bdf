package timestamp_test

import (
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"svidok/evidence"
	"svidok/timestamp"
	"svidok/timestamp/timestamptest"
)

// openssl runs the program in a folder of its own.
type openssl struct {
	t    *testing.T
	path string
	dir  string
}

func withOpenSSL(t *testing.T) openssl {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl is installed: NOT compared with it")
	}
	return openssl{t: t, path: path, dir: t.TempDir()}
}

func (o openssl) put(name string, b []byte) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), b, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o openssl) get(name string) []byte {
	o.t.Helper()
	b, err := os.ReadFile(filepath.Join(o.dir, name))
	if err != nil {
		o.t.Fatal(err)
	}
	return b
}

func (o openssl) try(args ...string) (string, error) {
	cmd := exec.Command(o.path, args...)
	cmd.Dir = o.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (o openssl) run(args ...string) string {
	o.t.Helper()
	out, err := o.try(args...)
	if err != nil {
		o.t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// TestOpenSSLTakesOurs: openssl takes what our authority gives for good, with every key; and
// what it must refuse, it refuses, as we do.
func TestOpenSSLTakesOurs(t *testing.T) {
	o := withOpenSSL(t)
	o.put("data", data())
	o.put("other", []byte("other bytes"))
	for _, key := range []timestamptest.Key{timestamptest.P256, timestamptest.P384, timestamptest.P521, timestamptest.RSA2048, timestamptest.RSA3072} {
		a := authority(t, timestamptest.Options{Key: key, Intermediate: true, Forge: timestamptest.Forge{Accuracy: true, Ordering: true, Name: true, IssuerSerial: 2, BothIDs: true}})
		o.put("root.pem", a.RootPEM())
		o.put("token.der", token(t, a, data(), nil).Raw)
		if out := o.run("ts", "-verify", "-in", "token.der", "-token_in", "-data", "data", "-CAfile", "root.pem"); !strings.Contains(out, "Verification: OK") {
			t.Errorf("%s: %s", key, out)
		}
		if out, err := o.try("ts", "-verify", "-in", "token.der", "-token_in", "-data", "other", "-CAfile", "root.pem"); err == nil {
			t.Errorf("%s, over other bytes: %s", key, out)
		}
	}
	// The page says that openssl does not mind this.
	injected := authority(t, timestamptest.Options{Forge: timestamptest.Forge{Inject: [][]byte{authority(t, timestamptest.Options{Name: "Spoof"}).Cert.Raw}}})
	o.put("root.pem", injected.RootPEM())
	tok := token(t, injected, data(), nil)
	o.put("token.der", tok.Raw)
	if out, err := o.try("ts", "-verify", "-in", "token.der", "-token_in", "-data", "data", "-CAfile", "root.pem"); err != nil || tok.Verify(timestamp.Against{Data: data(), Roots: roots(injected)}).OK() {
		t.Errorf("an injected certificate: %s", out)
	}
	for name, opt := range map[string]timestamptest.Options{"soft": {Soft: true}, "more": {MorePurpose: true}, "other id": {Wrong: true}, "enciphers": {Encipher: true}} {
		a := authority(t, opt)
		o.put("root.pem", a.RootPEM())
		tok := token(t, a, data(), nil)
		o.put("token.der", tok.Raw)
		if out, err := o.try("ts", "-verify", "-in", "token.der", "-token_in", "-data", "data", "-CAfile", "root.pem"); err == nil {
			t.Errorf("openssl takes a token whose certificate is %s: %s", name, out)
		}
		if v := tok.Verify(timestamp.Against{Data: data(), Roots: roots(a)}); v.OK() {
			t.Errorf("we take a token whose certificate is %s: %+v", name, v)
		}
	}
}

const opensslConf = `[req]
distinguished_name=dn
prompt=no
[dn]
CN=OpenSSL authority
O=Synthetic
[ca]
basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign
[ts]
basicConstraints=CA:false
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
[tsa]
default_tsa=t
[t]
serial=serial
signer_digest=sha256
default_policy=1.2.3
digests=sha256,sha384,sha512
accuracy=secs:1,millisecs:500,microsecs:100
ordering=yes
tsa_name=yes
ess_cert_id_chain=yes
[rev]
default_ca=c
[c]
database=index
default_md=sha256
default_crl_days=30
crl_extensions=crl
[crl]
authorityKeyIdentifier=keyid
`

// TestWeTakeOpenSSLs: in every form that openssl writes, with its revocation list.
func TestWeTakeOpenSSLs(t *testing.T) {
	o := withOpenSSL(t)
	o.put("tsa.cnf", []byte(opensslConf))
	o.put("serial", []byte("01\n"))
	o.put("index", nil)
	for _, key := range []string{"rsa:2048", "rsa:4096", "ec"} {
		kind := []string{"-newkey", key}
		if key == "ec" {
			kind = append(kind, "-pkeyopt", "ec_paramgen_curve:P-384")
		}
		o.run(append([]string{"req", "-x509", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-config", "tsa.cnf", "-extensions", "ca"}, kind...)...)
		o.run(append([]string{"req", "-nodes", "-keyout", "ts.key", "-out", "ts.csr", "-config", "tsa.cnf", "-subj", "/CN=OpenSSL stamps/O=Synthetic"}, kind...)...)
		o.run("x509", "-req", "-in", "ts.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "ts.pem", "-days", "20", "-extfile", "tsa.cnf", "-extensions", "ts")
		o.run("ca", "-config", "tsa.cnf", "-name", "c", "-gencrl", "-cert", "ca.pem", "-keyfile", "ca.key", "-out", "crl.pem")
		o.run("crl", "-in", "crl.pem", "-outform", "DER", "-out", "crl.der")
		trusted, err := timestamp.PEM(o.get("ca.pem"))
		if err != nil {
			t.Fatal(err)
		}
		for _, digest := range []string{"sha256", "sha384", "sha512"} {
			for _, id := range []string{"sha1", "sha256", "sha512"} {
				if key != "ec" && digest != id { // one key in all forms, the others in some: they are slow
					continue
				}
				o.put("tsa2.cnf", []byte(strings.Replace(opensslConf, "signer_digest=sha256", "signer_digest="+digest+"\ness_cert_id_alg="+id, 1)))
				nonce := big.NewInt(424242)
				req, err := timestamp.Request(evidence.Sum(data()), nonce)
				if err != nil {
					t.Fatal(err)
				}
				o.put("req.der", req)
				o.run("ts", "-reply", "-queryfile", "req.der", "-signer", "ts.pem", "-chain", "ca.pem", "-inkey", "ts.key", "-config", "tsa2.cnf", "-out", "res.der")
				tok, err := timestamp.Response(o.get("res.der"))
				if err != nil {
					t.Fatalf("%s %s %s: %v", key, digest, id, err)
				}
				v := tok.Verify(timestamp.Against{Data: data(), Nonce: nonce, Roots: trusted, CRLs: [][]byte{o.get("crl.der")}, At: tok.Time})
				if !v.OK() || v.Of("chain") != timestamp.Good || v.Of("revocation") != timestamp.Good || !tok.Ordering || tok.Accuracy.String() != "1.5001s" || !strings.Contains(tok.TSA, "CN=OpenSSL stamps") {
					t.Errorf("%s %s %s: bad are %q; %+v", key, digest, id, bad(v), v.Checks)
				}
			}
		}
	}
	// A request that asks for what is not there.
	o.put("tsa2.cnf", []byte(strings.Replace(opensslConf, "digests=sha256,sha384,sha512", "digests=sha512", 1)))
	o.run("ts", "-reply", "-queryfile", "req.der", "-signer", "ts.pem", "-inkey", "ts.key", "-config", "tsa2.cnf", "-out", "no.der")
	if _, err := timestamp.Response(o.get("no.der")); !timestamp.IsDenied(err) || !strings.Contains(err.Error(), "badAlg") {
		t.Errorf("openssl's refusal: %v", err)
	}
	// openssl reads our requests as they are meant.
	if out := o.run("ts", "-query", "-in", "req.der", "-text"); !strings.Contains(out, "Hash Algorithm: sha256") || !strings.Contains(out, "Nonce: 0x067932") || !strings.Contains(out, "Certificate required: yes") {
		t.Errorf("openssl on our request: %s", out)
	}
}

// TestByHand: the commands of docs/formats/timestamps.md, with openssl alone.
func TestByHand(t *testing.T) {
	o := withOpenSSL(t)
	for _, tool := range []string{"sh", "jq", "base64", "sha256sum", "xxd"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: the page's commands are NOT tried", tool)
		}
	}
	page, err := os.ReadFile(filepath.Join("..", "docs", "formats", "timestamps.md"))
	if err != nil {
		t.Fatal(err)
	}
	k := &keeper{t: t, now: year(2026)}
	k.first(k.authority("First", 3))
	k.now = year(2028)
	k.renew(k.authority("Second", 6))
	o.put("checkpoint", data())
	o.put("bundle.json", k.links[0])
	o.put("renewal.json", k.links[1])
	o.put("roots.pem", append(pemOf(k.roots[0].Raw), pemOf(k.roots[1].Raw)...))
	blocks := strings.Split(string(page), "```sh\n")[1:]
	if len(blocks) < 3 {
		t.Fatalf("%d blocks of commands on the page", len(blocks))
	}
	for i, block := range blocks {
		script, _, _ := strings.Cut(block, "```")
		cmd := exec.Command("sh", "-eu", "-c", script)
		cmd.Dir = o.dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("block %d: %v\n%s\n%s", i+1, err, script, out)
		}
		if strings.Contains(script, "ts -verify") && !strings.Contains(string(out), "Verification: OK") {
			t.Errorf("block %d: %s", i+1, out)
		}
		if strings.Contains(string(out), "missing") {
			t.Errorf("block %d: %s", i+1, out)
		}
	}
	// The last block notices a bundle that is not the one that was renewed.
	script, _, _ := strings.Cut(blocks[len(blocks)-1], "```")
	o.put("bundle.json", append(k.links[0], ' '))
	cmd := exec.Command("sh", "-u", "-c", script)
	cmd.Dir = o.dir
	if out, _ := cmd.CombinedOutput(); strings.Count(string(out), "missing") != 1 {
		t.Errorf("with another bundle: %s", out)
	}
}

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
