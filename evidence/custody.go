package evidence

import "time"

// Stamp says that a time-stamp authority vouched for a checkpoint of the ledger (RFC 3161):
// everything noted up to Size existed at Time.
type Stamp struct {
	V          int       `json:"v"` // 1
	Kind       Kind      `json:"kind"`
	Size       int64     `json:"size"`            // of the ledger
	Root       Hash      `json:"root"`            // of its Merkle tree
	Checkpoint Hash      `json:"checkpoint"`      // object: the signed note whose SHA-256 was stamped
	Authority  string    `json:"authority"`       // address that was asked
	Bundle     Hash      `json:"bundle"`          // object: token, chain and revocation data, see package timestamp
	Time       time.Time `json:"time"`            // what the authority says
	Chain      string    `json:"chain,omitempty"` // who stands behind it, SHA-256 of the key that the first such chain ended in (or of the name it broke off at): two of one are one authority
	Renews     []Hash    `json:"renews,omitzero"` // stamp records whose bundles this one vouches for (RFC 4998)
	By         string    `json:"by"`
	At         time.Time `json:"at"`
}

// Cosigned says that a witness saw a checkpoint and found it to extend the last one it saw
// (C2SP tlog-witness), or why it did not.
type Cosigned struct {
	V       int       `json:"v"` // 1
	Kind    Kind      `json:"kind"`
	Size    int64     `json:"size"`
	Root    Hash      `json:"root"`
	Witness string    `json:"witness"`           // its verifier key
	Note    Hash      `json:"note"`              // object: the checkpoint with its cosignature, or the note that contradicts ours
	Time    time.Time `json:"time,omitzero"`     // what the cosignature says
	Refused string    `json:"refused,omitempty"` // it did not cosign: the log it knows is another
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

// CustodyAct is what happened to an item, beyond what other records say.
type CustodyAct string

// The acts of custody. That something was received, read, coded, judged or released is said
// by the records of these acts.
const (
	CustodyViewed       CustodyAct = "viewed"       // somebody opened the original, where a reason was asked for
	CustodyCopied       CustodyAct = "copied"       // the case was mirrored
	CustodyChecked      CustodyAct = "checked"      // every byte was compared with its hash
	CustodyHealed       CustodyAct = "healed"       // damage was repaired from another copy
	CustodyExported     CustodyAct = "exported"     // bytes left in another form than a dossier: WARC, WACZ
	CustodyTransferred  CustodyAct = "transferred"  // handed over to somebody
	CustodyAcknowledged CustodyAct = "acknowledged" // the receiver confirmed the same root
	CustodyAccepted     CustodyAct = "accepted"     // we confirmed to somebody what they handed over to us
	CustodySealed       CustodyAct = "sealed"       // the case was encrypted, or opened for good
	CustodyDisposed     CustodyAct = "disposed"     // something was removed, by rule
	CustodyCompared     CustodyAct = "compared"     // another observer's capture of the same address was set beside ours
)

// Custody is one event in the chain of custody.
type Custody struct {
	V       int        `json:"v"` // 1
	Kind    Kind       `json:"kind"`
	Act     CustodyAct `json:"act"`
	About   []Hash     `json:"about,omitzero"`   // capture or release records; none: the whole case
	Size    int64      `json:"size"`             // of the ledger that the act covers
	Root    Hash       `json:"root"`             // of its tree: a receiver acknowledges this one
	To      string     `json:"to,omitempty"`     // receiver, in words of the house
	Counts  []Count    `json:"counts,omitzero"`  // of a check or mirror
	Objects []Hash     `json:"objects,omitzero"` // what the act left: another observer's statement; slip, answer and key of a hand-over; a [Reason] that says what was disposed of
	Reason  Hash       `json:"reason,omitzero"`  // object: [Reason]
	Nonce   string     `json:"nonce"`
	By      string     `json:"by"`
	At      time.Time  `json:"at"`
}

// Count is a number with its name.
type Count struct {
	Name string `json:"name"`
	N    int64  `json:"n"`
}

// Settings say how the case is collected and vouched for. A later record takes the place of
// the earlier. It never leaves the case.
type Settings struct {
	V           int       `json:"v"` // 1
	Kind        Kind      `json:"kind"`
	Authorities []string  `json:"authorities,omitzero"` // addresses of RFC 3161 time-stamp authorities
	Roots       Hash      `json:"roots,omitzero"`       // object: PEM certificates that their chains must lead to; none: chains are not judged
	Witnesses   []Witness `json:"witnesses,omitzero"`
	Quorum      int       `json:"quorum,omitempty"` // of witnesses
	Robots      bool      `json:"robots"`
	Pace        int64     `json:"pace"`               // milliseconds between two requests to one host
	Proxy       string    `json:"proxy,omitempty"`    // http://… or socks5://…
	Allow       []string  `json:"allow,omitzero"`     // private networks that may be visited, CIDR
	Outgoing    string    `json:"outgoing,omitempty"` // "withheld", or the address that servers see
	Sweep       int64     `json:"sweep"`              // seconds between fixity sweeps; 0: none
	Viewing     bool      `json:"viewing,omitempty"`  // the desk shows an original only for a reason, which is noted
	By          string    `json:"by"`
	At          time.Time `json:"at"`
}

// Witness is somebody who cosigns checkpoints.
type Witness struct {
	Key     string `json:"key"`               // C2SP verifier key of type 4
	Address string `json:"address,omitempty"` // where checkpoints are submitted
}

// FormName is which form was filled in.
type FormName string

// The forms that the Berkeley Protocol asks for (HR/PUB/20/2, chapters V and VI, annexes).
const (
	FormPlan       FormName = "plan"       // online investigation plan
	FormRisk       FormName = "risk"       // digital threat and risk assessment
	FormLandscape  FormName = "landscape"  // digital landscape assessment
	FormAssessment FormName = "assessment" // preliminary assessment of an item, before or when it is collected
	FormVerified   FormName = "verified"   // verification of an item: its source, the thing itself, what it says
)

// FormNames lists them.
func FormNames() []FormName {
	return []FormName{FormPlan, FormRisk, FormLandscape, FormAssessment, FormVerified}
}

// Form is a form that a person filled in, about the case or about items. A later one by the
// same name about the same takes its place. It never leaves the case.
type Form struct {
	V     int       `json:"v"` // 1
	Kind  Kind      `json:"kind"`
	Form  FormName  `json:"form"`
	About []Hash    `json:"about,omitzero"` // capture records; none: the case
	Text  Hash      `json:"text"`           // object: [Filled]
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

// Filled is what was written into a form: an object of its own, with a nonce.
type Filled struct {
	Nonce  string  `json:"nonce"`
	Fields []Field `json:"fields"`
}

// Field is one answer. Names are those of package standards.
type Field struct {
	Name string `json:"name"`
	Text string `json:"text"`
}
