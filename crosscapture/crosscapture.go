// Package crosscapture is how one case shows another what it captured at an address, and
// how the two are set side by side: two observers who saw the same are more than one who
// saw it twice.
//
// A [Statement] is made by one case for others. A [Pair] is two of them, ours and another's,
// of one address; [Pair.Open] verifies both offline and says how they stand to each other.
// It touches no net, disk or clock. docs/formats/crosscapture.md has the bytes.
package crosscapture

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/evidence"
	"svidok/proof"
)

const (
	head     = "svidok-crosscapture/1"
	maxBytes = 192 << 10
	maxProof = 63 // hashes
)

// Statement is how one case shows another what it captured, without its ledger and
// without the bytes: one capture record, its line in the ledger, and the proof that the line
// lies under a signed checkpoint. It travels as a note signed by the ledger's key
// ([Statement.Sign]): the line "svidok-crosscapture/1", then one JSON object in the form
// of evidence.Encode, on one line.
//
// The ledger proves that its case held these payload bytes when the checkpoint was
// cosigned. Body, text and status are its own reading of them: whoever gets the payload, too, can
// compare its SHA-256 and read it again.
type Statement struct {
	V          int             `json:"v"` // 1
	Record     string          `json:"record"`
	Entry      string          `json:"entry"`            // line of the ledger, with its line feed
	Index      int64           `json:"index"`            // number of the line
	Path       []evidence.Hash `json:"path"`             // inclusion proof, RFC 6962 section 2.1.1
	Checkpoint string          `json:"checkpoint"`       // signed note, with whatever cosignatures it has
	Status     int             `json:"status,omitempty"` // of the answer, if it was one over HTTP
	Body       evidence.Hash   `json:"body,omitzero"`    // SHA-256 of the answer's content, codings undone
	Text       evidence.Hash   `json:"text,omitzero"`    // SHA-256 of the UTF-8 text as it was read
	Reader     string          `json:"reader,omitempty"` // what read it: texts of different readers may differ
}

// Shown is a statement that was verified.
type Shown struct {
	Observation
	Case     string           // origin of the other ledger
	Record   evidence.Hash    // of the capture record
	Index    int64            // of the ledger's line
	Size     int64            // entries under the checkpoint
	Root     evidence.Hash    // of their tree
	Cosigned []proof.Cosigned // by the witnesses that were given; none: only the case itself says when
}

// Observation is what one observer saw at an address.
type Observation struct {
	Address string    // as it was answered from, without fragment
	Taken   time.Time // by the observer's clock
	Payload evidence.Hash
	Status  int           // 0: unknown
	Body    evidence.Hash // zero: unknown
	Text    evidence.Hash // zero: unknown
	Reader  string
}

// record reads the capture record, and refuses one that says more than what was seen at a
// public address: such a record stays in its case.
func (c Statement) record() (evidence.Capture, error) {
	r, err := evidence.Decode[evidence.Capture]([]byte(c.Record))
	if err != nil {
		return r, fmt.Errorf("its capture record: %w", err)
	}
	if r.V != 1 || r.Kind != evidence.KindCapture {
		return r, fmt.Errorf("its record is no capture: %w", evidence.ErrFormat)
	}
	for _, x := range []struct{ what, value string }{{"a file's name", r.Name},
		{"whom it was forwarded from", r.Claims.Forwarded}, {"what it replies to", r.Claims.ReplyTo}} {
		if x.value != "" {
			return r, evidence.WithHint(fmt.Errorf("the capture record has %s in it: %w", x.what, evidence.ErrRefused),
				"show a capture of the page itself, taken by its address")
		}
	}
	if r.Part == evidence.PartContainer {
		return r, fmt.Errorf("a container of reports is not shown: %w", evidence.ErrRefused)
	}
	if _, err := address(r.Claims.Address); err != nil {
		return r, err
	}
	return r, nil
}

// address takes the address of a public page and cuts its fragment.
func address(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("address %.100q: not one of the web: %w", s, evidence.ErrRefused)
	}
	if u.User != nil {
		return "", fmt.Errorf("an address with somebody's credentials: %w", evidence.ErrRefused)
	}
	s, _, _ = strings.Cut(s, "#")
	return s, nil
}

// Sign makes the statement of it, after checking it as a receiver would, under the public
// key that goes with signer. ErrRefused where the record has what must not leave: a file's
// name, names of others, an address with credentials.
func (c Statement) Sign(signer note.Signer, key note.Verifier) ([]byte, error) {
	c.V = 1
	body, err := evidence.Encode(c)
	if err != nil {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: head + "\n" + string(body)}, signer)
	if err != nil {
		return nil, fmt.Errorf("sign what was captured: %w", err)
	}
	if _, err := Open(signed, key, nil, proof.Bounds{}); err != nil {
		return nil, fmt.Errorf("show what was captured: %w", err)
	}
	return signed, nil
}

// Open verifies a statement, offline: the signature of the other case's key, its
// checkpoint and the cosignatures of these witnesses, the proof, and that line and record
// are of one another. Where only a cosignature's time is out of bounds, it does not count.
func Open(signed []byte, key note.Verifier, witnesses []*proof.CosignatureKey, in proof.Bounds) (Shown, error) {
	c, err := parse(signed, key)
	if err != nil {
		return Shown{}, fmt.Errorf("what another case captured: %w", err)
	}
	s, err := c.verify(key, witnesses, in)
	if err != nil {
		return Shown{}, fmt.Errorf("what another case captured: %w", err)
	}
	return s, nil
}

func parse(signed []byte, key note.Verifier) (Statement, error) {
	if len(signed) > maxBytes {
		return Statement{}, fmt.Errorf("%d bytes, limit %d: %w", len(signed), maxBytes, evidence.ErrLimit)
	}
	n, err := note.Open(signed, note.VerifierList(key))
	if _, malformed := errors.AsType[*note.UnverifiedNoteError](err); malformed {
		return Statement{}, fmt.Errorf("not signed by %s: %w", key.Name(), evidence.ErrRefused)
	}
	if _, wrong := errors.AsType[*note.InvalidSignatureError](err); wrong {
		return Statement{}, fmt.Errorf("%w: %w", evidence.ErrTampered, err)
	}
	if err != nil {
		return Statement{}, fmt.Errorf("no signed note: %w: %w", evidence.ErrFormat, err)
	}
	if _, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64); err != nil { // another spelling is another byte
		return Statement{}, fmt.Errorf("its signature: %w: %w", evidence.ErrTampered, err)
	}
	body, ok := strings.CutPrefix(n.Text, head+"\n")
	if !ok {
		return Statement{}, fmt.Errorf("it does not begin with %q: %w", head, evidence.ErrFormat)
	}
	c, err := evidence.Decode[Statement]([]byte(body))
	if err == nil && (c.V != 1 || c.Status < 0 || c.Status > 999 || len(c.Reader) > 100 || len(c.Path) > maxProof) {
		err = fmt.Errorf("version %d, or a value out of range: %w", c.V, evidence.ErrFormat)
	}
	return c, err
}

func (c Statement) verify(key note.Verifier, witnesses []*proof.CosignatureKey, in proof.Bounds) (Shown, error) {
	cp, err := proof.OpenCheckpoint([]byte(c.Checkpoint), key)
	if err != nil {
		return Shown{}, err
	}
	by, err := proof.VerifyCosignatures([]byte(c.Checkpoint), witnesses, in)
	if err != nil && !errors.Is(err, evidence.ErrRefused) {
		return Shown{}, err
	}
	e, err := proof.ParseEntry([]byte(c.Entry))
	if err != nil {
		return Shown{}, err
	}
	if err := proof.CheckInclusion(c.Path, cp.Size, c.Index, cp.Root, proof.Leaf([]byte(c.Entry))); err != nil {
		return Shown{}, err
	}
	ref := evidence.Sum([]byte(c.Record))
	if e.Kind != evidence.KindCapture || e.Ref != ref {
		return Shown{}, fmt.Errorf("the ledger's line is of another record: %w", evidence.ErrTampered)
	}
	r, err := c.record()
	if err != nil {
		return Shown{}, err
	}
	where, err := address(r.Claims.Address)
	if err != nil {
		return Shown{}, err
	}
	return Shown{Case: cp.Origin, Record: ref, Index: c.Index, Size: cp.Size, Root: cp.Root, Cosigned: by,
		Observation: Observation{Address: where, Taken: r.Received, Payload: r.Payload, Status: c.Status, Body: c.Body, Text: c.Text, Reader: c.Reader}}, nil
}

// Likeness is how two observations of one address stand to each other.
type Likeness string

// The likenesses. None says which of the two is right, nor that either server was honest.
const (
	SameBytes   Likeness = "same-bytes"  // the content is the same, byte for byte
	SameText    Likeness = "same-text"   // other bytes, the same words
	Differs     Likeness = "differs"     // other words, but so far apart in time that the page may have changed
	Contradicts Likeness = "contradicts" // other words, or there and not there, at about the same time
	Unlike      Likeness = "unlike"      // not to be compared: other addresses, or too little is known
)

// Liken compares two observations. window is how far apart in time they may be for a
// difference to contradict. A page that shows something else to each visitor contradicts
// itself, too: it takes a person to say what it means.
func Liken(a, b Observation, window time.Duration) Likeness {
	wa, errA := address(a.Address)
	wb, errB := address(b.Address)
	if errA != nil || errB != nil || wa != wb {
		return Unlike
	}
	near := a.Taken.Sub(b.Taken).Abs() <= window
	other := Differs
	if near {
		other = Contradicts
	}
	if there(a.Status) != there(b.Status) && a.Status != 0 && b.Status != 0 {
		return other
	}
	if a.Payload == b.Payload && !a.Payload.IsZero() || a.Body == b.Body && !a.Body.IsZero() {
		return SameBytes
	}
	if a.Text.IsZero() || b.Text.IsZero() {
		return Unlike
	}
	if a.Text == b.Text {
		return SameText
	}
	if a.Reader != b.Reader {
		return Unlike // the difference may be theirs
	}
	return other
}

func there(status int) bool { return status >= 200 && status < 300 }
