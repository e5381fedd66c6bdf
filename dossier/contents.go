package dossier

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"svidok/crosscapture"
	"svidok/evidence"
	"svidok/proof"
)

// format and wording are the version of the layout and of the derived prose. Prose of
// another wording cannot be compared, and fails: a new wording must keep the old one's words.
// Wording 2 speaks of time-stamps, wording 3 of witnesses and other observers.
const (
	format  = "svidok-dossier/1"
	wording = 3
)

// stated is data/stated.json: what the house says and the records do not prove.
type stated struct {
	Format    string       `json:"format"`
	Wording   int          `json:"wording"`
	Language  string       `json:"language"`
	Title     string       `json:"title,omitempty"`
	To        string       `json:"to,omitempty"`
	Made      time.Time    `json:"made"`
	Tool      string       `json:"tool"`
	Originals bool         `json:"originals"`
	Closed    bool         `json:"closed"`
	Events    []string     `json:"events"`
	Roles     []roleAt     `json:"roles"`
	Codes     []Code       `json:"codes"`
	Suggested []suggestion `json:"suggested,omitempty"`
	Families  []family     `json:"families,omitempty"`
}

// roleAt says what the account of a person was from an entry on. The account's record
// stays in the house; its entry is in the bundle.
type roleAt struct {
	ID     string        `json:"id"`
	Role   evidence.Role `json:"role"`
	Active bool          `json:"active"`
	Entry  int64         `json:"entry"`
}

// suggestion says which coding suggested a statement; its record stays in the house.
type suggestion struct {
	Statement string `json:"statement"`
	Entry     int64  `json:"entry"`
}

// family are texts that are copies of one another; Outside counts those not in the bundle.
type family struct {
	Texts   []evidence.Hash `json:"texts"`
	Outside int             `json:"outside,omitempty"`
}

// line is one line of data/ledger/entries.jsonl.
type line struct {
	Index int64           `json:"index"`
	Entry string          `json:"entry"` // without its line feed
	Path  []evidence.Hash `json:"path,omitempty"`
	entry evidence.Entry
}

// contents are the proven and stated parts of a bundle, read or about to be written.
type contents struct {
	stated    stated
	key       string
	note      []byte
	head      proof.Checkpoint
	lines     []line // by index
	records   map[evidence.Hash][]byte
	texts     map[evidence.Hash][]byte
	payloads  map[evidence.Hash]int64 // sizes of those present
	codebook  []byte
	stamps    []stampLine
	witnesses []witnessLine
	crosses   []crossLine
	seen      []seenBy                // of witnesses
	compared  []crosscapture.Compared // of crosses
	vouched   vouched                 // as judged without roots: the same for everybody
}

// check verifies the ledger part: key, checkpoint, every line under it, the case record.
func (c *contents) check() error {
	if err := c.checkStated(); err != nil {
		return err
	}
	key, err := note.NewVerifier(c.key)
	if err != nil {
		return fmt.Errorf("key.pub: %w: %w", evidence.ErrFormat, err)
	}
	if c.head, err = proof.OpenCheckpoint(c.note, key); err != nil {
		return err
	}
	if len(c.lines) == 0 || c.lines[0].Index != 0 {
		return fmt.Errorf("the entries do not begin with that of the case: %w", evidence.ErrFormat)
	}
	for i := range c.lines {
		if err := c.checkLine(i); err != nil {
			return err
		}
	}
	b, ok := c.records[c.lines[0].entry.Ref]
	if !ok {
		return fmt.Errorf("the case record is missing: %w", evidence.ErrNotFound)
	}
	own, err := evidence.Decode[evidence.Case](b)
	if err != nil {
		return err
	}
	if own.Kind != evidence.KindCase || own.Key != c.key || own.Origin != c.head.Origin {
		return fmt.Errorf("the case record binds another key or origin: %w", evidence.ErrTampered)
	}
	if c.vouched, err = c.judgeStamps(nil); err != nil {
		return err
	}
	return c.observe()
}

func (c *contents) checkStated() error {
	s := &c.stated
	if s.Format != format {
		return fmt.Errorf("stated.json: format %q is not known here: %w", clip(s.Format), evidence.ErrFormat)
	}
	if s.Language != "uk" && s.Language != "en" && s.Language != "ru" {
		return fmt.Errorf("language %q: want uk, en or ru: %w", clip(s.Language), evidence.ErrUsage)
	}
	if s.Made.IsZero() || !s.Made.Equal(evidence.Instant(s.Made)) {
		return fmt.Errorf("stated.json: made at no whole millisecond of UTC: %w", evidence.ErrFormat)
	}
	for _, v := range []string{s.Title, s.To, s.Tool} {
		if strings.ContainsAny(v, "\r\n\x00") {
			return fmt.Errorf("title, recipient and tool are one line each: %w", evidence.ErrUsage)
		}
	}
	if len(s.Events) == 0 {
		return fmt.Errorf("no events to release: %w", evidence.ErrUsage)
	}
	for _, r := range s.Roles {
		if !strings.HasPrefix(r.ID, "p:") || !r.Role.Known() {
			return fmt.Errorf("stated.json: role %q of %q: %w", clip(string(r.Role)), clip(r.ID), evidence.ErrFormat)
		}
	}
	return nil
}

// checkLine parses a line, proves it, and checks that its record is there where it must be.
func (c *contents) checkLine(i int) error {
	l := &c.lines[i]
	if i > 0 && l.Index <= c.lines[i-1].Index {
		return fmt.Errorf("entry %d is out of order: %w", l.Index, evidence.ErrFormat)
	}
	raw := []byte(l.Entry + "\n")
	var err error
	if l.entry, err = proof.ParseEntry(raw); err != nil {
		return fmt.Errorf("entry %d: %w", l.Index, err)
	}
	if err := proof.CheckInclusion(l.Path, c.head.Size, l.Index, c.head.Root, proof.Leaf(raw)); err != nil {
		return err
	}
	_, have := c.records[l.entry.Ref]
	switch l.entry.Kind {
	case evidence.KindAccount, evidence.KindCoding:
		if have {
			return fmt.Errorf("entry %d: a record of kind %s does not leave the house: %w", l.Index, l.entry.Kind, evidence.ErrRefused)
		}
	case evidence.KindCase, evidence.KindCodebook, evidence.KindCapture, evidence.KindText, evidence.KindCopy, evidence.KindDecision, evidence.KindEvent:
		if !have {
			return fmt.Errorf("entry %d: its record %s is missing: %w", l.Index, l.entry.Ref, evidence.ErrNotFound)
		}
	default:
		return fmt.Errorf("entry %d: kind %s has no place in a bundle: %w", l.Index, l.entry.Kind, evidence.ErrFormat)
	}
	return nil
}

// decode reads the record of a line as a T, and checks kind and author against the entry.
func decode[T any](c *contents, l line, who func(T) (evidence.Kind, string)) (T, error) {
	v, err := evidence.Decode[T](c.records[l.entry.Ref])
	if err != nil {
		return v, fmt.Errorf("entry %d: %w", l.Index, err)
	}
	kind, by := who(v)
	if kind != l.entry.Kind || by != "" && by != l.entry.Who {
		return v, fmt.Errorf("entry %d: its record is a %s by %q: %w", l.Index, clip(string(kind)), clip(by), evidence.ErrTampered)
	}
	return v, nil
}

// rolesAt gives the roles stated at an entry.
func (c *contents) rolesAt(index int64) []roleAt {
	var out []roleAt
	for _, r := range c.stated.Roles {
		if r.Entry == index {
			out = append(out, r)
		}
	}
	return out
}

func (c *contents) code(name string) (Code, bool) {
	i := slices.IndexFunc(c.stated.Codes, func(k Code) bool { return k.Code == name })
	if i < 0 {
		return Code{}, false
	}
	return c.stated.Codes[i], true
}
