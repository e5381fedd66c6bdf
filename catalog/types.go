package catalog

import (
	"time"

	"svidok/evidence"
)

// Progress is how far a report has come.
type Progress string

// The steps of a report. Failed: nothing could be read from its bytes; it is kept all
// the same, and Problems say why.
const (
	Waiting Progress = "waiting" // received, not yet read
	Read    Progress = "read"    // has a text, not yet coded under the codebook in force
	Coded   Progress = "coded"   // coded under the codebook in force
	Failed  Progress = "failed"
)

// Report is one distinct payload that was received to be read, however often it came.
type Report struct {
	ID        int64
	Payload   evidence.Hash // the bytes as received
	Capture   evidence.Hash // record of the first capture; the rest of the capture's fields are the first one's too
	Position  int64         // of that capture in the ledger
	Size      int64
	Name      string
	Door      string
	MediaType string // as found when read, else as claimed
	Address   string
	Within    string
	Outlet    string // of the reading, else the claim; likewise Title and Published
	Title     string
	Author    string
	Published evidence.Date
	Received  time.Time
	Captures  int // how often these bytes were received
	Progress  Progress
	Problems  []string      // of the capture and of the reading
	Text      evidence.Hash // object: UTF-8; zero if there is none
	TextSize  int
	Language  string
	Gate      evidence.Gate // "" until coded
	// Family names the reports that share their text, transitively: the ID of its first
	// text. 0 until there is a text. FamilySize counts its reports, this one included.
	Family     int64
	FamilySize int
	Counts     Counts
}

// Counts are statements by standing.
type Counts struct {
	Suggested, Coded, Rejected, Confirmed, Returned, Replaced int
}

// Open is the number that still wait for a person.
func (c Counts) Open() int { return c.Suggested + c.Coded + c.Returned }

// All is the number of statements that stand, in whatever way.
func (c Counts) All() int { return c.Suggested + c.Coded + c.Rejected + c.Confirmed + c.Returned }

// Filter chooses reports. Zero fields choose everything.
type Filter struct {
	// Terms must all occur, in title or text. Each is a phrase of keys as the follower
	// passed them to Tx.Text (folded, stemmed, separated by spaces). The archive makes them
	// from what a person types.
	Terms    []string
	Language string
	Outlet   string
	Gate     evidence.Gate
	Progress Progress
	Standing evidence.Standing // has a statement of this standing
	Code     string            // has a statement of this code, or of a code below it ("A" finds "A.B"); with Standing: one statement has both
	Stated   bool              // has any statement
	Place    string            // KATOTTG: has a statement that names it or a place in it; with Standing, Code, Since, Until: one statement has all
	Since    string            // has a statement of something that happened within, by days, inclusive
	Until    string
	Origin   string   // has something from this origin
	Places   []string // as Place, any of them
	Origins  []string // has something from any of these origins, or from somebody through them
	From, To string   // published within, inclusive; "2023", "2023-09" or "2023-09-01"
	Collapse bool     // of each family only the first report that the filter chooses
	Before   int64    // page: only reports with a smaller ID (the newest come first)
	Limit    int      // at most 500; 0 means 50
}

// Page is one page of reports, newest first. Next is the Before of the next page, 0 at the end.
type Page struct {
	Reports []Report
	Next    int64
}

// Facets count reports by what a filter can choose.
type Facets struct {
	Languages, Outlets, Gates, Codes []Facet // by count, then by name; at most 50 each
	Origins                          []Voice // the most frequent
}

// Facet is one value and how many reports have it.
type Facet struct {
	Value string
	Count int
}

// Capture is one act of taking bytes.
type Capture struct {
	Position int64 // in the ledger
	Ref      evidence.Hash
	Who      string
	evidence.Capture
	Report int64 // 0 for a container or attachment
}

// Detail is a report with all that belongs to it.
type Detail struct {
	Report
	Readings   []Reading // newest first; the first one counts
	Taken      []Capture // every act of taking these bytes, oldest first
	Containers []Capture // what the first capture came in, innermost first
	Beside     []Capture // attachments
	Statements []Statement
	Figures    []evidence.Figure
	Origins    []evidence.Origin
	Codings    []Coding // newest first; the first one counts
	Copies     []CopyOf
	Family     []Report // the other members of its family, earliest first, at most 200
	Custody    []Noted  // every ledger entry that concerns this report, by position
}

// Reading is one reading of a report.
type Reading struct {
	Position int64
	Ref      evidence.Hash
	evidence.Text
}

// Coding is one coding of a text, without its statements.
type Coding struct {
	Position int64
	Ref      evidence.Hash
	Codebook evidence.Hash
	Coder    string
	At       time.Time
	origins  []evidence.Origin
}

// CopyOf is another report that shares its text with this one.
type CopyOf struct {
	Position   int64
	Ref        evidence.Hash
	Relation   evidence.Relation // how this one is like the other
	Similarity float64
	Method     string
	Other      evidence.Hash // text
	Report     int64         // the first report with that text
	Title      string
	Outlet     string
	at         time.Time
}

// Noted is one entry of the ledger.
type Noted struct {
	Position int64
	Kind     evidence.Kind
	Ref      evidence.Hash
	Who      string
	At       time.Time
}

// Statement is what a text says, as judged so far: the fields of Judged are the ones of
// the last decision, and before any the machine's.
type Statement struct {
	evidence.Judged
	Row         int64
	Report      int64 // the first report with this text
	Title       string
	Outlet      string
	Gate        evidence.Gate
	Sensitivity evidence.Sensitivity
	Language    string
	Because     []string
	Places      []evidence.Place
	Origins     []string           // IDs of those whom the text has it from
	Said        *evidence.Interval // what the machine takes for its time
	Machine     bool               // suggested under the codebook in force
	evidence.State
	Event   string     // a standing event that gathers it, "" if none
	History []Decision // oldest first; only from Statement and Report
}

// Decision is one act of judgment.
type Decision struct {
	Position int64
	Ref      evidence.Hash
	evidence.Decision
	// Void says which rule the act broke, if the ledger holds one that the rules refuse (no
	// archive writes such a one). It changed nothing.
	Void string
}

// QueueFor says what somebody waits for.
type QueueFor string

// The queues.
const (
	ToCode   QueueFor = "code"   // suggested or returned
	ToReview QueueFor = "review" // coded or rejected by somebody else
)

// QueueFilter chooses from a queue.
type QueueFilter struct {
	For      QueueFor
	Account  string // whose own coding is left out of ToReview
	Gate     evidence.Gate
	Code     string
	Language string
	Copies   bool  // also statements in texts that are copies of an earlier one
	Rejected bool  // ToReview: also what was rejected
	After    int64 // page: only rows above it
	Limit    int   // at most 500; 0 means 50
}

// Queue is one page of what waits. Next is the After of the next page, 0 at the end.
type Queue struct {
	Statements []Statement
	Next       int64
	Waiting    int // all that wait, this page included
}

// Event gathers statements.
type Event struct {
	evidence.Event
	Position int64 // of its latest record
	Ref      evidence.Hash
	evidence.State
	// Weak names the statements of it that are not, or no longer, confirmed as having
	// occurred. An event is a finding only if it is confirmed and none is weak.
	Weak     []string
	Gathered []Statement // only from Event
	History  []Decision  // decisions on it, oldest first; only from Event
	Records  []Noted     // every record of it, oldest first; only from Event
}

// Finding reports whether the event may leave the house.
func (e Event) Finding() bool { return e.Standing == evidence.Confirmed && len(e.Weak) == 0 }

// Account is somebody who may act.
type Account struct {
	Position int64 // of its latest record
	Ref      evidence.Hash
	ID       string
	Name     string
	Role     evidence.Role
	Active   bool
	At       time.Time
}

// Release is a dossier that left the house, and what its findings rested on then.
type Release struct {
	Position int64
	Ref      evidence.Hash
	Captures int
	Texts    int
	Findings int
	evidence.Release
}

// Codebook is a codebook that is or was in force.
type Codebook struct {
	Seq      int64
	Position int64
	Ref      evidence.Hash
	evidence.CodebookUse
}

// Totals count the case.
type Totals struct {
	Position    int64 // in the ledger
	Reports     int
	Captures    int
	Texts       int
	Families    int
	ToRead      int
	ToCode      int
	ToCompare   int // texts whose copies have not been looked for
	Unreadable  int
	Statements  Counts
	Events      int // not withdrawn
	Findings    int // confirmed events, weak or not
	Releases    int
	Attachments int
	Containers  int
}

// FigureRow is a number that a report claims. Figures are never added or averaged.
type FigureRow struct {
	evidence.Figure
	Row       int64
	Report    int64
	Title     string
	Outlet    string
	Name      string // of the report's file, if it came in one
	Published string // as claimed, from "2023" to an instant; "" if unknown
	Text      evidence.Hash
	Family    int64 // of copies: the same number in copies is one claim
	Language  string
	Hedged    bool // stands in a statement that is hedged: a rumour, "possibly"
}

// Extent is a noted run of a vault segment's bytes.
type Extent struct {
	Position int64
	Segment  string
	From, To int64
	Hash     evidence.Hash
}
