package documents

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"path"
	"strings"
	"time"

	"github.com/emersion/go-message/textproto"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"

	"svidok/evidence"
)

const (
	maxMultipart = 20
	maxParts     = 10_000
	maxMailHead  = 1 << 20
	maxBodies    = 200
	maxHeader    = 100 // fields of one name that are listed
)

// mail reads a message (RFC 5322, RFC 2045 to 2047, 2231).
type mail struct {
	d     *Document
	parts int
	left  int // bytes that parts within parts may still take up
}

func (d *Document) mail(raw []byte) error {
	head, body := splitMail(raw)
	if len(head) > maxMailHead {
		return fmt.Errorf("read a message whose header has more than %d bytes: %w", maxMailHead, evidence.ErrLimit)
	}
	h, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(head)))
	if err != nil && err != io.EOF {
		return fmt.Errorf("read the header of a message: %w: %w", evidence.ErrFormat, err)
	}
	if h.Len() == 0 {
		return fmt.Errorf("read a message: it has no header: %w", evidence.ErrFormat)
	}
	d.mailHead(h)
	m := &mail{d: d, left: maxUnzip}
	d.Bodies, err = m.entity(h, body, 0)
	if err != nil {
		return err
	}
	if d.MediaType == TypeMHT {
		for i := range d.Bodies {
			d.Bodies[i].Address = h.Get("Snapshot-Content-Location")
		}
	}
	if len(d.Bodies) > maxBodies {
		d.Problems = append(d.Problems, fmt.Sprintf("%d text parts; %d of them are read", len(d.Bodies), maxBodies))
		d.Bodies = d.Bodies[:maxBodies]
	}
	return nil
}

// splitMail parts the header from the body, and drops lines of the header that are none:
// the separator of a mailbox, dirt.
func splitMail(raw []byte) (head, body []byte) {
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		bare := bytes.TrimRight(line, "\r")
		if raw = rest; len(bare) == 0 {
			break
		}
		folded := (bare[0] == ' ' || bare[0] == '\t') && len(head) > 0
		key, _, ok := bytes.Cut(bare, []byte(":"))
		if folded || ok && len(key) > 0 && bytes.IndexFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) < 0 {
			head = append(append(head, bare...), '\r', '\n')
		}
		if len(head) > maxMailHead {
			break
		}
	}
	return append(head, '\r', '\n'), raw
}

// mailHead notes what the header says. Nothing of it is verified.
func (d *Document) mailHead(h textproto.Header) {
	d.Title = headerText(h.Get("Subject"))
	d.add("mail.subject", d.Title, true)
	for _, key := range []string{"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Return-Path", "Delivered-To", "Message-ID", "In-Reply-To", "Received", "X-Originating-IP"} {
		n := 0
		for f := h.FieldsByKey(key); f.Next() && n < maxHeader; n++ {
			d.add("mail."+strings.ToLower(key), strings.Join(strings.Fields(headerText(f.Value())), " "), true)
		}
	}
	if s := h.Get("Date"); s != "" {
		d.add("mail.date", s, false)
		if t, err := netmail.ParseDate(s); err == nil && t.Year() > 1970 && t.Year() < 2200 {
			d.Published = t.Format(time.RFC3339)
		} else {
			d.Problems = append(d.Problems, fmt.Sprintf("its date %.60q cannot be read", s))
		}
	}
	for _, key := range []string{"User-Agent", "X-Mailer", "Authentication-Results", "List-Id"} {
		d.add("mail."+strings.ToLower(key), headerText(h.Get(key)), key == "Authentication-Results")
	}
	for f := h.FieldsByKey("DKIM-Signature"); f.Next(); {
		domain := "an unnamed domain"
		for tag := range strings.SplitSeq(f.Value(), ";") {
			if k, v, ok := strings.Cut(tag, "="); ok && strings.TrimSpace(k) == "d" {
				domain = strings.TrimSpace(v)
			}
		}
		d.add("mail.dkim-signature", "present, of "+domain+"; not verified", true)
	}
}

// headerText undoes encoded words, and what was written without any encoding.
func headerText(s string) string {
	d := mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(charset)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(in), nil
	}}
	s = strings.NewReplacer("\r", "", "\n", "").Replace(s)
	if clear, err := d.DecodeHeader(s); err == nil {
		s = clear
	}
	if fixed, err := charmap.Windows1251.NewDecoder().String(s); err == nil && strings.ToValidUTF8(s, "") != s {
		return fixed // bare bytes, which Russian programs wrote
	}
	return s
}

// entity reads a message or a part, and gives its text parts.
func (m *mail) entity(h textproto.Header, body []byte, depth int) ([]Body, error) {
	if m.parts++; m.parts > maxParts {
		return nil, fmt.Errorf("read a message of more than %d parts: %w", maxParts, evidence.ErrLimit)
	}
	declared := h.Get("Content-Type")
	mediaType, params, _ := mime.ParseMediaType(declared) // what cannot be parsed is read as it looks
	if mediaType == "" {
		mediaType = strings.ToLower(strings.TrimSpace(strings.SplitN(declared, ";", 2)[0]))
	}
	if mediaType == "" {
		mediaType = "text/plain"
	}
	switch {
	case mediaType == "multipart/encrypted" || mediaType == "application/pkcs7-mime" && params["smime-type"] != "signed-data":
		return nil, evidence.WithHint(fmt.Errorf("read a message that is encrypted: %w", evidence.ErrRefused), "open it in the program that holds the key, and save it as text or PDF")
	case strings.HasPrefix(mediaType, "multipart/"):
		return m.multipart(mediaType, params["boundary"], body, depth)
	}
	disposition, dp, _ := mime.ParseMediaType(h.Get("Content-Disposition"))
	name := dp["filename"]
	if name == "" {
		name = params["name"]
	}
	clear, whole := transfer(h.Get("Content-Transfer-Encoding"), body)
	if !whole {
		m.d.Problems = append(m.d.Problems, fmt.Sprintf("a part of type %.60s is not whole in its transfer encoding: as far as it goes", mediaType))
	}
	text := mediaType == "text/plain" || mediaType == "text/html"
	if text && disposition != "attachment" && name == "" {
		return []Body{{Raw: clear, MediaType: mediaType, Charset: params["charset"]}}, nil
	}
	sum := sha256.Sum256(clear)
	m.d.add("mail.attachment", fmt.Sprintf("%.200s; %.100s; %d bytes; sha256:%s", attachmentName(name), mediaType, len(clear), hex.EncodeToString(sum[:])), true)
	return nil, nil
}

func attachmentName(s string) string {
	if s = headerText(s); s == "" {
		return "(without a name)"
	}
	return path.Base(strings.ReplaceAll(s, `\`, "/"))
}

// multipart reads the parts; of alternatives, the plain text if it has words, else the last.
func (m *mail) multipart(mediaType, boundary string, body []byte, depth int) ([]Body, error) {
	if depth >= maxMultipart {
		return nil, fmt.Errorf("read a message of multiparts within multiparts, more than %d: %w", maxMultipart, evidence.ErrLimit)
	}
	if boundary == "" {
		m.d.Problems = append(m.d.Problems, "a multipart without a boundary: read as plain text")
		return []Body{{Raw: body, MediaType: "text/plain"}}, nil
	}
	mr := textproto.NewMultipartReader(bytes.NewReader(body), boundary)
	var all [][]Body
	for {
		p, err := mr.NextPart()
		if err == io.EOF {
			break
		}
		var raw []byte
		if err == nil {
			raw, err = io.ReadAll(p)
		}
		if m.left -= len(raw); m.left < 0 {
			return nil, fmt.Errorf("read a message whose parts within parts take up more than %d MiB: %w", maxUnzip>>20, evidence.ErrLimit)
		}
		if err != nil {
			m.d.Problems = append(m.d.Problems, fmt.Sprintf("the message ends too early, or its parts cannot be told: %d were read", len(all)))
			if len(raw) == 0 {
				break
			}
		}
		bodies, deep := m.entity(p.Header, raw, depth+1)
		if deep != nil {
			return nil, deep
		}
		all = append(all, bodies)
		if err != nil {
			break
		}
	}
	return chosen(mediaType, all), nil
}

func chosen(mediaType string, all [][]Body) []Body {
	var out []Body
	if mediaType == "multipart/alternative" {
		for _, bodies := range all {
			if len(bodies) > 0 && bodies[0].MediaType == "text/plain" && len(bytes.TrimSpace(bodies[0].Raw)) > 0 {
				return bodies
			}
			if len(bodies) > 0 {
				out = bodies
			}
		}
		return out
	}
	for _, bodies := range all {
		out = append(out, bodies...)
	}
	return out
}

// transfer undoes a transfer encoding as far as it goes.
func transfer(encoding string, body []byte) ([]byte, bool) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		bare := bytes.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '/' {
				return r
			}
			return -1
		}, body)
		out := make([]byte, base64.RawStdEncoding.DecodedLen(len(bare)))
		n, err := base64.RawStdEncoding.Decode(out, bare)
		return out[:n], err == nil
	case "quoted-printable":
		out, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
		return out, err == nil
	}
	return body, true
}
