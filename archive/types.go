package archive

import (
	"context"
	"io"
	"time"

	"svidok/catalog"
	"svidok/evidence"
	"svidok/intake"
	"svidok/reading"
	"svidok/vault"
)

// Options of an open case. The zero value is what a command wants.
type Options struct {
	ReadOnly bool             // no key is needed and nothing is written but the catalog
	Who      string           // what a waiting process is told: command and process, "svidok add (4711)"
	Tool     string           // what records name as their tool: "svidok/1.0"
	Workers  int              // cores for reading and coding; 0: all
	Now      func() time.Time // nil: the system's clock
	Rand     io.Reader        // nil: the system's randomness
	Backend  vault.Backend    // nil: the folder itself. The catalog is a file in the folder in any case
	Keys     *vault.Keys      // of a sealed case; nil: the case is not encrypted
	// Recognise reads words out of the pictures of a file: of one that is a picture, or of pages
	// that have no words of their own. nil: pictures are not read. What it fails at is noted
	// with the reading; the report does not wait for it.
	Recognise func(ctx context.Context, raw []byte, r reading.Result) ([]reading.OCRPage, error)
	Notice    func(string) // told, in words, when something was healed or must be waited for; nil: nobody

	sealed bool // Backend is wrapped already
}

// Status is what became of one thing that arrived.
type Status string

// The statuses. Preserved: its bytes are durable and in the ledger. Known: the same bytes
// were here before; this act of taking them is noted. Failed: nothing of it was kept.
const (
	Preserved    Status = "preserved"
	Known        Status = "known"
	StatusFailed Status = "failed"
)

// Delivery is what somebody hands over.
type Delivery struct {
	Inputs []string  // files, folders, "-" for Stdin
	Stdin  io.Reader // may be nil
	Name   string    // what Stdin is called, if known: an uploaded file's name
	By     string    // account, or "" for the machine of this case
}

// Receipt says what became of one thing. It is given after the ledger is durable.
type Receipt struct {
	Input    string // as it was named in the delivery
	Name     string // relative to what was given; with Within for a part
	Within   string
	Part     evidence.Part
	Status   Status
	Capture  evidence.Hash // record of this act
	SHA256   evidence.Hash // of the bytes
	Position int64         // of the act in the ledger
	Report   int64         // always 0 until the catalog has followed; ask Catalog.ReportOf
	Problems []string      // what was wrong with the bytes; they are kept all the same
	Err      error         // only if Status is failed
}

// Step is one thing that Work did.
type Step struct {
	Step    string // read, code, copy
	Capture evidence.Hash
	Status  string // ok, failed
	Err     error
	Done    int // of this step, since Work began
	Waiting int // of all steps, as last counted
}

// Judgment is one act of judgment, as a person asks for it.
type Judgment struct {
	Act       evidence.Act
	Statement string        // ID; empty for ActAdd and for judging an event
	Event     string        // ID; only ActConfirm and ActReturn
	Seen      evidence.Hash // State.Last as the person saw it; refused if it moved since. Zero: not checked
	Reason    string        // required but for accept and confirm
	// For ActAdd and ActCorrect. A corrected statement keeps what is zero here.
	Text       evidence.Hash // ActAdd: the text
	Code       string
	Modality   evidence.Modality
	Start, End int // byte offsets into the text; both 0: as it was
	Place      string
	When       *evidence.Interval
}

// Outcome is what became of one Judgment.
type Outcome struct {
	Statement string // the ID that stands now: another one if a correction moved it
	Event     string
	Standing  evidence.Standing
	Record    evidence.Hash
	Position  int64
	Err       error // ErrRefused, ErrNotFound, ErrUsage; nil if it was done
}

// Gathering makes or changes an event.
type Gathering struct {
	ID         string // empty: a new one
	Title      string
	Place      string
	PlaceID    string
	When       evidence.Interval
	Statements []string
	Basis      string        // why these belong together; leaves with the dossier
	Withdrawn  bool          // takes the event back; the other fields may then be empty
	Seen       evidence.Hash // as in Judgment
}

// Enrolment makes or changes an account.
type Enrolment struct {
	ID       string // empty: a new one
	Name     string
	Role     evidence.Role
	Password string // at least 10 characters; empty keeps the old one
	Inactive bool
}

// Change is one difference that a new codebook made.
type Change struct {
	Kind      string // added, removed, modality changed
	Report    int64
	Text      evidence.Hash
	Old, New  evidence.Statement
	Statement string            // ID
	Standing  evidence.Standing // what a person had made of it; it stays
}

// Recoded sums up a Recode.
type Recoded struct {
	Codebook                        evidence.Hash
	Name, Version                   string
	Texts                           int
	Kept, Added, Removed, Rephrased int
	Judged                          int // statements with a human decision, all kept
	JudgedNoLonger                  int // of those, how many the new codebook no longer suggests
}

// ReleaseRequest asks for a dossier.
type ReleaseRequest struct {
	Events    []string // IDs; empty: all that are findings
	Language  string   // uk, en, ru
	Title     string
	To        string
	Originals bool // the reports' bytes go along
	Closed    bool // findings of closed codes may leave; needs an admin
}

// Released says what left.
type Released struct {
	Record                     evidence.Hash
	Position                   int64
	Manifest                   evidence.Hash // SHA-256 of the bag's manifest
	Events, Findings, Captures int
	Independent                int   // families of copies
	Checkpoint                 int64 // ledger size
	Bytes                      int64
}

// Search asks for reports in words.
type Search struct {
	Query string // words, all of which must occur; "in quotes" for a phrase
	catalog.Filter
}

// Hit is one report that was found.
type Hit struct {
	catalog.Report
	Snippet []Piece // of the text, around the words; nil without a query
}

// Piece is a run of a snippet.
type Piece struct {
	Text string
	Hit  bool
}

// Found is one page of hits.
type Found struct {
	Hits []Hit
	Next int64 // the Before of the next page, 0 at the end
}

// Custody says how the case is kept.
type Custody struct {
	Origin     string
	Key        string // public, as a C2SP note verifier key
	Size       int64  // entries in the ledger
	Root       evidence.Hash
	Checkpoint []byte // the signed note
	Published  int64  // entries that the tiles hold; the rest is in the journal
	Followed   int64  // entries that the catalog has read
	Vouched
	Latest []catalog.Noted // the newest entries, newest first, at most 50
}

// Vouched says how far others vouch for the ledger.
type Vouched struct {
	Stamped     int64              // entries that at least Authorities time-stamp authorities vouch for
	Authorities int                // how many it takes: two, or none if none is configured
	Unstamped   int64              // entries beyond Stamped that need it: bookkeeping entries do not
	Since       time.Time          // when the first of these was noted; zero: there is none
	Late        bool               // that is more than an hour ago
	Cosigned    int64              // entries that as many witnesses as the quorum cosigned; 0 without witnesses
	Refused     []catalog.Cosigned // witnesses whose latest answer says that our log is not the one they know
	Damaged     int64              // what the latest check of all bytes found wrong
}

// Noting is what one act keeps and notes, in one batch: all of it becomes durable, or none.
type Noting struct {
	By      string        // account, or "" for this machine
	Items   []intake.Item // become captures; Parent is an index into Items, -1 for none
	Beside  evidence.Hash // capture record that items without a parent lie beside or in; zero: none
	Objects []NotedObject // what the records name
	// Records makes the records, once the names of the captures are known. Each begins
	// with its version and kind (see package evidence).
	Records func(f Facts) ([]any, error)
	Check   func(ctx context.Context) error // asked inside the turn, with the catalog at the head; an error stops the act
}

// Facts are what the records of a Noting must say alike.
type Facts struct {
	At       time.Time
	By       string          // the author as the ledger names it
	Captures []evidence.Hash // records of the items, in order
}

// NotedObject is an object that a record names by its SHA-256.
type NotedObject struct {
	MediaType string
	Data      []byte
}

// Done says what a Noting made.
type Done struct {
	Receipts []Receipt // of Items, in order
	Records  []evidence.Hash
	Position int64 // of the last record in the ledger
}

// Rebuilt says what a rebuild made.
type Rebuilt struct {
	Position int64
	Rows     int64
}
