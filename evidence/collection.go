package evidence

import "time"

// SourceType is what kind of place a source is.
type SourceType string

// The types of sources.
const (
	SourceFeed     SourceType = "feed"     // RSS, Atom or JSON Feed
	SourceSitemap  SourceType = "sitemap"  // or an index of sitemaps
	SourcePage     SourceType = "page"     // one page that may change
	SourceList     SourceType = "list"     // a page that lists others
	SourceTelegram SourceType = "telegram" // the public preview of a channel, https://t.me/s/NAME
	SourceFolder   SourceType = "folder"   // a folder of this machine that somebody fills
)

// SourceTypes lists them.
func SourceTypes() []SourceType {
	return []SourceType{SourceFeed, SourceSitemap, SourcePage, SourceList, SourceTelegram, SourceFolder}
}

// Extent of taking: how much of a listed item is captured.
const (
	TakeListing = "listing" // only what the listing itself holds
	TakePage    = "page"    // the item's page, its images and styles
	TakeSeen    = "seen"    // the same, and what a person would have seen: screenshot and print
)

// Source is a place that the case watches. A later record of the same ID takes the place
// of an earlier one, so the records of an ID are the history of its grade. It never leaves
// the case.
type Source struct {
	V         int        `json:"v"` // 1
	Kind      Kind       `json:"kind"`
	ID        string     `json:"id"` // "s:" + 16 hex digits, random
	Name      string     `json:"name"`
	Type      SourceType `json:"type"`
	Address   string     `json:"address,omitempty"`  // URL; of a folder none: its path is private
	Private   Hash       `json:"private,omitzero"`   // object: [Private]
	Languages []string   `json:"languages,omitzero"` // uk, ru, en
	Every     int64      `json:"every"`              // seconds between visits
	Take      string     `json:"take"`               // listing, page, seen
	Select    string     `json:"select,omitempty"`   // of a list: which links, a CSS selector
	Grade     string     `json:"grade"`              // A to F: reliability of the source (F: cannot be judged)
	Reason    Hash       `json:"reason,omitzero"`    // object: [Reason] for the grade
	Active    bool       `json:"active"`
	Previous  Hash       `json:"previous,omitzero"`
	By        string     `json:"by"`
	At        time.Time  `json:"at"`
}

// Private is what must not stand in a record that may be shown to others: kept as an object
// of its own, with a nonce so that it cannot be guessed from its hash. It never leaves.
type Private struct {
	Nonce    string `json:"nonce"`
	Path     string `json:"path,omitempty"`     // of a watched folder
	Persona  string `json:"persona,omitempty"`  // the account or appearance under which it is read
	Operator string `json:"operator,omitempty"` // account that started the collection
	Machine  string `json:"machine,omitempty"`  // host name and system
	Outgoing string `json:"outgoing,omitempty"` // address that the servers saw, or "withheld"
	Via      string `json:"via,omitempty"`      // proxy, if one was used
	Remote   string `json:"remote,omitempty"`   // address that was connected to
	Note     string `json:"note,omitempty"`
}

// Offset is how far this machine's clock was from the clocks of others, as measured.
type Offset struct {
	Milliseconds int64 `json:"ms"` // to be added to this machine's time
	Uncertainty  int64 `json:"pm"` // half-width, milliseconds
	Hosts        int   `json:"hosts"`
}

// Outcome of a visit.
type VisitOutcome string

// The outcomes.
const (
	VisitNew     VisitOutcome = "new"     // something new, changed or gone was found
	VisitSame    VisitOutcome = "same"    // nothing new: a revisit
	VisitPart    VisitOutcome = "part"    // found, but some of it could not be taken
	VisitFailed  VisitOutcome = "failed"  // could not be reached or read: tried again later
	VisitRefused VisitOutcome = "refused" // a rule forbids it: a private address, robots
	VisitClosed  VisitOutcome = "closed"  // there is nothing to see: no preview, gone
)

// Visit is one visit to a source: what was found, and what was there unchanged. The
// responses of a visit that found nothing new are not kept again: this record is the
// revisit.
type Visit struct {
	V        int          `json:"v"` // 1
	Kind     Kind         `json:"kind"`
	Source   string       `json:"source,omitempty"` // ID; none: an address that somebody named
	Address  string       `json:"address,omitempty"`
	Started  time.Time    `json:"started"`
	Ended    time.Time    `json:"ended"`
	Outcome  VisitOutcome `json:"outcome"`
	Why      string       `json:"why,omitempty"`     // it failed, was refused or is closed
	Taken    int          `json:"taken"`             // items captured
	Same     []string     `json:"same,omitzero"`     // items there unchanged: keys, of numbered ones ranges "12-31"
	Gone     []string     `json:"gone,omitzero"`     // items that were there and are not
	Missed   []Missed     `json:"missed,omitzero"`   // items that could not be taken
	Problems []string     `json:"problems,omitzero"` // what was odd with the listing
	Cursor   string       `json:"cursor,omitempty"`  // how the next visit goes on: validators, newest item
	Requests int          `json:"requests"`
	Bytes    int64        `json:"bytes"` // received over the wire
	Offset   *Offset      `json:"offset,omitempty"`
	Private  Hash         `json:"private,omitzero"` // object: [Private]
	Nonce    string       `json:"nonce"`
	Tool     string       `json:"tool"`
	By       string       `json:"by"`
	At       time.Time    `json:"at"`
}

// Missed is an item that could not be taken.
type Missed struct {
	Item string `json:"item"`
	Why  string `json:"why"`
}

// Hollow is a sign that a capture holds something else than what was to be captured.
type Hollow struct {
	Kind    string `json:"kind"` // login, consent, bot-check, shell, error, …: see package capturing
	Certain bool   `json:"certain,omitempty"`
	Because string `json:"because"`
}

// Taking says how the collector took one item of a source: it stands beside the capture
// of the item, which the bytes belong to. Together the takings of an item are its versions.
type Taking struct {
	V       int       `json:"v"` // 1
	Kind    Kind      `json:"kind"`
	Capture Hash      `json:"capture"`          // capture record: the item itself
	Source  string    `json:"source,omitempty"` // ID
	Item    string    `json:"item"`             // what names the thing within the source, or its address
	Content Hash      `json:"content"`          // fingerprint of what counts as its content
	Before  Hash      `json:"before,omitzero"`  // taking of the version before
	Address string    `json:"address"`          // asked for
	Final   string    `json:"final,omitempty"`  // answered from, after redirects
	Status  int       `json:"status,omitempty"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
	Parts   []string  `json:"parts,omitzero"`  // of the court minimum, those there: address, source, screenshot, print, media, metadata, collection, hash
	Lacks   []string  `json:"lacks,omitzero"`  // those that are not, with the reason: "screenshot: no browser"
	Hollow  []Hollow  `json:"hollow,omitzero"` // what makes one doubt that this is the thing
	TLS     string    `json:"tls,omitempty"`   // SHA-256 of the server's certificate, hex
	Offset  *Offset   `json:"offset,omitempty"`
	Private Hash      `json:"private,omitzero"` // object: [Private]
	Tool    string    `json:"tool"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Search is one entry of the search log: what somebody looked for, and what they found, or
// that they found nothing (Berkeley Protocol, online inquiries). It never leaves the case
// but by its owner's will.
type Search struct {
	V       int       `json:"v"` // 1
	Kind    Kind      `json:"kind"`
	Where   string    `json:"where"` // the engine, channel, archive or library
	Query   Hash      `json:"query"` // object: [Reason]: the words that were looked for
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"`
	Found   int       `json:"found"` // results that were looked at; 0: nothing was found
	Kept    []Hash    `json:"kept,omitzero"`
	Remarks Hash      `json:"remarks,omitzero"` // object: [Reason]
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}
