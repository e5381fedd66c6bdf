package evidence

import "time"

// Case is the record of the first entry: it binds the ledger to its key.
type Case struct {
	V       int       `json:"v"` // 1
	Kind    Kind      `json:"kind"`
	Origin  string    `json:"origin"` // the log's name in every checkpoint
	Key     string    `json:"key"`    // the public key, as a C2SP note verifier key
	Created time.Time `json:"created"`
	Tool    string    `json:"tool"`
}

// Role is what an account may do. A reviewer may also code, and an admin may do both,
// but nobody confirms what they coded themselves.
type Role string

// The roles.
const (
	RoleCoder    Role = "coder"
	RoleReviewer Role = "reviewer"
	RoleAdmin    Role = "admin"
)

// Known reports whether r is a role.
func (r Role) Known() bool { return r == RoleCoder || r == RoleReviewer || r == RoleAdmin }

// Account is one person who may act in the case. A later record of the same ID
// supersedes the earlier. It never leaves the case.
type Account struct {
	V        int       `json:"v"` // 1
	Kind     Kind      `json:"kind"`
	ID       string    `json:"id"` // "p:" + 16 hex digits, random: the only thing that other records know
	Name     string    `json:"name"`
	Role     Role      `json:"role"`
	Active   bool      `json:"active"`
	Password string    `json:"password"` // argon2id in PHC string form
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// CodebookUse notes that from here on a codebook is in force.
type CodebookUse struct {
	V       int       `json:"v"` // 1
	Kind    Kind      `json:"kind"`
	YAML    Hash      `json:"yaml"` // object: the file as it was given
	Name    string    `json:"name"`
	Version string    `json:"version"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// Part of a capture's life in the house.
type Part string

// What a capture is for. Only a report is read and coded.
const (
	PartReport     Part = "report"     // to be read
	PartContainer  Part = "container"  // holds reports (an export, a WARC file)
	PartAttachment Part = "attachment" // lies beside a report (its photo)
)

// Capture is one act of taking bytes.
type Capture struct {
	V         int       `json:"v"` // 1
	Kind      Kind      `json:"kind"`
	Payload   Hash      `json:"payload"` // object: the bytes as received
	Size      int64     `json:"size"`
	MediaType string    `json:"media_type"` // from the door, or sniffed; a claim
	Part      Part      `json:"part"`
	Door      string    `json:"door"`              // file, stdin, telegram, warc
	Name      string    `json:"name,omitempty"`    // relative to what was given; never an absolute path
	Parent    Hash      `json:"parent,omitzero"`   // capture record of the container, or of the report it lies beside
	Within    string    `json:"within,omitempty"`  // where in the parent: "message 17", "record at byte 4096"
	Claims    Claims    `json:"claims"`            // what the bytes say of themselves
	Problems  []string  `json:"problems,omitzero"` // what was wrong with them, in words
	Received  time.Time `json:"received"`
	Nonce     string    `json:"nonce"` // 16 hex digits, random: two acts never share a record
	Tool      string    `json:"tool"`
}

// Claims are what arrived bytes, or their wrapping, say of themselves. None is believed.
type Claims struct {
	Address   string `json:"address,omitempty"` // URL or t.me address
	Outlet    string `json:"outlet,omitempty"`  // channel or site
	Title     string `json:"title,omitempty"`
	Published string `json:"published,omitempty"` // RFC 3339; as precise as claimed
	Edited    string `json:"edited,omitempty"`
	Forwarded string `json:"forwarded,omitempty"` // forwarded from
	ReplyTo   string `json:"reply_to,omitempty"`
	Charset   string `json:"charset,omitempty"` // from a transport header
	Modified  string `json:"modified,omitempty"`
}

// Text is one reading of a report.
type Text struct {
	V         int       `json:"v"` // 1
	Kind      Kind      `json:"kind"`
	Capture   Hash      `json:"capture"`       // capture record
	Payload   Hash      `json:"payload"`       // the bytes that were read
	Text      Hash      `json:"text,omitzero"` // object: UTF-8; zero if nothing could be read
	Size      int       `json:"size"`          // bytes of the text
	MediaType string    `json:"media_type"`    // as found
	Language  string    `json:"language"`      // uk, ru, en, other or und
	Title     string    `json:"title,omitempty"`
	Author    string    `json:"author,omitempty"`
	Outlet    string    `json:"outlet,omitempty"`
	Published Date      `json:"published,omitzero"`
	Problems  []string  `json:"problems,omitzero"`
	Reader    string    `json:"reader"` // "reading/1"
	At        time.Time `json:"at"`
}

// Date is an interval with the precision and the source of a claim about time.
type Date struct {
	From      string `json:"from,omitempty"`      // RFC 3339 date or date-time
	To        string `json:"to,omitempty"`        // inclusive; same form
	Precision string `json:"precision,omitempty"` // second, minute, day, month, season, year
	Source    string `json:"source,omitempty"`    // where it stood: "json-ld", "meta", "export", "text"
	Raw       string `json:"raw,omitempty"`       // as written, zone included
}

// Modality is how a text puts what it says.
type Modality string

// The modalities. Only Occurred may ever become an event.
const (
	Occurred    Modality = "occurred"
	Planned     Modality = "planned"
	Threatened  Modality = "threatened"
	Negated     Modality = "negated"
	Denied      Modality = "denied"
	Hedged      Modality = "hedged"
	Conditional Modality = "conditional"
	Advice      Modality = "advice"
)

// Known reports whether m is a modality.
func (m Modality) Known() bool {
	switch m {
	case Occurred, Planned, Threatened, Negated, Denied, Hedged, Conditional, Advice:
		return true
	}
	return false
}

// Gate says whether a text speaks of territory under occupation (the double gate of
// the method): open; review where it may also speak of Ukraine's own mobilisation or
// of drafts inside Russia; blocked where it speaks only of those, or of neither.
type Gate string

// The gates.
const (
	GateOpen    Gate = "open"
	GateReview  Gate = "review"
	GateBlocked Gate = "blocked"
)

// Sensitivity is how far a code's statements may travel.
type Sensitivity string

// The sensitivities, least first.
const (
	SensitivityOpen       Sensitivity = "open"
	SensitivityRestricted Sensitivity = "restricted"
	SensitivityClosed     Sensitivity = "closed"
)

// Place is a place that a statement names.
type Place struct {
	ID       string  `json:"id"` // KATOTTG
	Name     string  `json:"name"`
	Level    string  `json:"level"`
	Lat      float64 `json:"lat"`
	Lon      float64 `json:"lon"`
	Occupied string  `json:"occupied"` // yes, no, partly, unknown: on the day spoken of
}

// Precisions are the words for how precisely a date or an interval is known: by a unit of
// time, or by what was said (a range, since, until, a campaign of the draft).
func Precisions() []string {
	return []string{"second", "minute", "day", "night", "week", "month", "season", "quarter", "half", "year", "part", "range", "since", "until", "campaign"}
}

// Interval is when something is said to have happened.
type Interval struct {
	From      string `json:"from"`
	To        string `json:"to"`
	Precision string `json:"precision"`
}

// Statement is what a text says, at its exact words: text[Start:End] == Quote, where
// Start and End are byte offsets into the UTF-8 text.
type Statement struct {
	ID          string      `json:"id"` // StatementID of the text, code, start and end
	Code        string      `json:"code"`
	Modality    Modality    `json:"modality"`
	Gate        Gate        `json:"gate"`
	Sensitivity Sensitivity `json:"sensitivity"`
	Quote       string      `json:"quote"`
	Start       int         `json:"start"`
	End         int         `json:"end"`
	Language    string      `json:"language"`             // of its sentence
	Confidence  float64     `json:"confidence,omitempty"` // 0 to 1, in hundredths, where the code was learned: how often such a suggestion is right
	Because     []string    `json:"because,omitzero"`     // the pattern, cue and gate words that did it
	Places      []Place     `json:"places,omitzero"`
	When        *Interval   `json:"when,omitempty"`
	Origins     []string    `json:"origins,omitzero"` // IDs of those whom the text has this from; none: it says so itself, or does not tell
}

// Figure is a number that a text claims. Figures are never added or averaged.
type Figure struct {
	Value    float64 `json:"value"`
	Operator string  `json:"operator"`
	Kind     string  `json:"kind"`
	Scope    string  `json:"scope"`
	Period   string  `json:"period"`
	Claimant string  `json:"claimant"`
	Quote    string  `json:"quote"`
	Start    int     `json:"start"`
	End      int     `json:"end"`

	High  float64      `json:"high,omitempty"`  // upper end, where a range is claimed: Value is its lower end
	Unit  string       `json:"unit,omitempty"`  // persons, percent, papers or cases
	Reach string       `json:"reach,omitempty"` // cumulative, campaign, period or as_of: what the number covers, where the text says
	Flags []string     `json:"flags,omitzero"`  // what a reader should know of the number itself, in words
	Parts []FigurePart `json:"parts,omitzero"`  // of a total that the text breaks down
}

// FigurePart is one part of a total, as the text lists it.
type FigurePart struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Origin is where a text says that it has something from.
type Origin struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Quote string `json:"quote"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	// Via are the IDs of those who only pass it on, the one nearest to the origin first.
	Via []string `json:"via,omitzero"`
}

// Coding is what a machine suggests of one text under one codebook. A later coding of
// the same text supersedes the earlier; decisions stay.
type Coding struct {
	V          int         `json:"v"` // 1
	Kind       Kind        `json:"kind"`
	Capture    Hash        `json:"capture"`
	Text       Hash        `json:"text"`     // object
	Codebook   Hash        `json:"codebook"` // object: the YAML
	Language   string      `json:"language"`
	Gate       Gate        `json:"gate"`
	Statements []Statement `json:"statements,omitzero"`
	Figures    []Figure    `json:"figures,omitzero"`
	Origins    []Origin    `json:"origins,omitzero"`
	Coder      string      `json:"coder"` // "coding/1"
	At         time.Time   `json:"at"`
}

// Relation is how the text of one report is like that of another.
type Relation string

// The relations. Contained: most of this one's word 5-grams stand in the other.
const (
	Identical Relation = "identical" // the same words
	Near      Relation = "near"      // Jaccard over word 5-grams at or above the bound
	Contained Relation = "contained" // a cut copy of the other
	Contains  Relation = "contains"  // the other is a cut copy of this one
)

// Copy says that a report shares its text with an earlier one. It is a measurement,
// not a judgment.
type Copy struct {
	V          int       `json:"v"` // 1
	Kind       Kind      `json:"kind"`
	Text       Hash      `json:"text"`  // object: the later one
	Other      Hash      `json:"other"` // object: the earlier one
	Relation   Relation  `json:"relation"`
	Similarity float64   `json:"similarity"` // Jaccard, or containment for a cut copy; four decimals
	Method     string    `json:"method"`     // "corroboration/1 word-5-gram"
	At         time.Time `json:"at"`
}
