package pdf

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"

	"svidok/evidence"
)

// How strings or streams are encrypted.
type method int

const (
	plain method = iota
	rc4_
	aes128
	aes256
)

// crypt undoes the standard security handler (ISO 32000-1, 7.6; ISO 32000-2 for revision
// 6) with the empty password, under which everybody may read.
type crypt struct {
	key               []byte
	streams, strings_ method
}

// errLocked: a password is asked for.
func errLocked() error {
	return evidence.WithHint(fmt.Errorf("a PDF that is locked with a password: not read: %w", evidence.ErrRefused),
		"open it with its password, save it without one, and add that file, too")
}

// newCrypt finds the key. It returns nil and no error where nothing is encrypted.
func newCrypt(f *file) (*crypt, error) {
	d := f.dict(f.trailer["Encrypt"])
	if d == nil {
		return nil, nil
	}
	if d["Filter"] != name("Standard") {
		return nil, errLocked()
	}
	v, r, bits := f.int(d["V"]), f.int(d["R"]), f.int(d["Length"])
	c := &crypt{streams: rc4_, strings_: rc4_}
	if v >= 4 {
		c.streams, bits = f.cryptFilter(d, "StmF", bits)
		c.strings_, bits = f.cryptFilter(d, "StrF", bits)
	}
	if bits < 40 || bits > 256 || v == 1 {
		bits = 40
	}
	if v == 4 && r <= 4 {
		bits = 128
	}
	if r >= 5 {
		c.key = key256(f, d, r)
	} else {
		c.key = f.keyOf(d, r, bits/8)
	}
	if c.key == nil {
		return nil, errLocked()
	}
	return c, nil
}

func (f *file) cryptFilter(d dict, key name, bits int) (method, int) {
	n, _ := f.get(d[key]).(name)
	cf := f.dict(f.dict(d["CF"])[n])
	switch cf["CFM"] {
	case name("V2"):
		if b := f.int(cf["Length"]); b > 0 && b <= 32 {
			bits = b * 8
		} else if b >= 40 {
			bits = b
		}
		return rc4_, bits
	case name("AESV2"):
		return aes128, 128
	case name("AESV3"):
		return aes256, 256
	}
	return plain, bits // Identity
}

// padding is what an empty password is filled up with (ISO 32000-1, algorithm 2).
const padding = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A"

// keyOf computes the key of the empty user password (algorithm 2), and checks it
// (algorithms 4 and 5).
func (f *file) keyOf(d dict, r, n int) []byte {
	o, _ := f.get(d["O"]).(string)
	u, _ := f.get(d["U"]).(string)
	if len(o) < 32 || len(u) < 16 || n > 16 {
		return nil
	}
	var id string
	if ids := f.array(f.trailer["ID"]); len(ids) > 0 {
		id, _ = f.get(ids[0]).(string)
	}
	h := md5.New()
	h.Write([]byte(padding + o[:32]))
	h.Write(binary.LittleEndian.AppendUint32(nil, uint32(f.int(d["P"]))))
	h.Write([]byte(id))
	if open, ok := f.get(d["EncryptMetadata"]).(bool); ok && !open && r >= 4 {
		h.Write([]byte{255, 255, 255, 255})
	}
	key := h.Sum(nil)
	if r >= 3 {
		for range 50 {
			sum := md5.Sum(key[:n])
			key = sum[:]
		}
	}
	key = key[:n]
	if r == 2 {
		if bytes.Equal(rc4With(key, []byte(padding)), []byte(u)[:min(32, len(u))]) {
			return key
		}
		return nil
	}
	sum := md5.Sum([]byte(padding + id))
	check := rc4With(key, sum[:])
	for i := 1; i <= 19; i++ {
		k := make([]byte, len(key))
		for j := range key {
			k[j] = key[j] ^ byte(i)
		}
		check = rc4With(k, check)
	}
	if bytes.Equal(check, []byte(u[:16])) {
		return key
	}
	return nil
}

func rc4With(key, b []byte) []byte {
	out := make([]byte, len(b))
	if c, err := rc4.NewCipher(key); err == nil {
		c.XORKeyStream(out, b)
	}
	return out
}

// key256 opens the file key with the empty user password (ISO 32000-2, algorithm 2.A).
func key256(f *file, d dict, r int) []byte {
	u, _ := f.get(d["U"]).(string)
	ue, _ := f.get(d["UE"]).(string)
	if len(u) < 48 || len(ue) < 32 {
		return nil
	}
	check, salt := []byte(u[32:40]), []byte(u[40:48])
	if !bytes.Equal(hash256(check, r), []byte(u[:32])) {
		return nil
	}
	block, err := aes.NewCipher(hash256(salt, r))
	if err != nil {
		return nil
	}
	key := make([]byte, 32)
	cipher.NewCBCDecrypter(block, make([]byte, 16)).CryptBlocks(key, []byte(ue[:32]))
	return key
}

// hash256 is algorithm 2.B for the empty password.
func hash256(salt []byte, r int) []byte {
	sum := sha256.Sum256(salt)
	k := sum[:]
	if r < 6 {
		return k
	}
	for i := 0; ; i++ {
		k1 := bytes.Repeat(k, 64)
		block, err := aes.NewCipher(k[:16])
		if err != nil {
			return nil
		}
		cipher.NewCBCEncrypter(block, k[16:32]).CryptBlocks(k1, k1)
		rest := 0
		for _, c := range k1[:16] {
			rest += int(c)
		}
		switch rest % 3 {
		case 0:
			s := sha256.Sum256(k1)
			k = s[:]
		case 1:
			s := sha512.Sum384(k1)
			k = s[:]
		default:
			s := sha512.Sum512(k1)
			k = s[:]
		}
		if i >= 63 && int(k1[len(k1)-1]) <= i-31 {
			return k[:32]
		}
	}
}

func (c *crypt) decrypt(b []byte, r ref, m method) []byte {
	key := c.key
	if m == rc4_ || m == aes128 {
		mix := append(bytes.Clone(key), byte(r.num), byte(r.num>>8), byte(r.num>>16), byte(r.gen), byte(r.gen>>8))
		if m == aes128 {
			mix = append(mix, "sAlT"...)
		}
		sum := md5.Sum(mix)
		key = sum[:min(16, len(c.key)+5)]
	}
	switch m {
	case rc4_:
		return rc4With(key, b)
	case aes128, aes256:
		if len(b) < 32 {
			return nil
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil
		}
		out := make([]byte, (len(b)-16)/16*16)
		cipher.NewCBCDecrypter(block, b[:16]).CryptBlocks(out, b[16:16+len(out)])
		if pad := int(out[len(out)-1]); pad >= 1 && pad <= 16 {
			out = out[:len(out)-pad]
		}
		return out
	}
	return b
}

// strings decrypts the strings of an object that lies in the file by itself.
func (c *crypt) strings(v any, r ref, depth int) any {
	if depth > 2*maxNesting {
		return nil
	}
	switch v := v.(type) {
	case string:
		return string(c.decrypt([]byte(v), r, c.strings_))
	case array:
		for i := range v {
			v[i] = c.strings(v[i], r, depth+1)
		}
	case dict:
		for k := range v {
			v[k] = c.strings(v[k], r, depth+1)
		}
	case *stream:
		c.strings(v.dict, r, depth+1)
	}
	return v
}
